# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes made of real configuration files, which lie beside the checkout and are not part of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from behaviour.documents import parse
from lab import boxes
from lab.box import DRIVE_PATH, Box

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "iis"
CONFIG = boxes.CONFIG
APPLICATION_HOST = CONFIG + "\\applicationHost.config"
MISSING = "the real configuration files are not beside this checkout (../shared/data/iis)"
SCHEMA_10, SCHEMA_85 = "IIS_schema.xml", "schema/IIS_schema-8.5.xml"


@dataclass(frozen=True)
class Server:
    """A real applicationHost.config and the schema of its release. box: the lab's host around it."""

    file: str
    schema: str = SCHEMA_10
    box: str = "default2022"


SERVERS = {
    "apachecoz": Server("apachecoz_pruebamonitoreo.applicationHost.config", box="default2019"),
    "c1982": Server("c1982_IIS-SharedGitConfig.applicationHost.config", SCHEMA_85, "default2016"),
    "dalawton": Server("dalawton_eic-inventory.applicationHost.config", box="default2025"),
    "dorik84": Server("dorik84_Web-Server-IIS.applicationHost.config", box="default2019"),
    "know-it-peru": Server("know-it-peru_WebKnowIT.CFGHISTORY_0000000033.applicationHost.config", SCHEMA_85, "default2016"),
    "mattgillard": Server("mattgillard_iis-reverse-proxy.applicationHost.config"),
    "mlbakerak": Server("mlbakerak_WinIRISBuild.applicationHost.config"),
    "redhatse": Server("RedHatSE_windowcontainertest.applicationHost.config", box="default2019"),
    "v-junish": Server("v-junish_etc.applicationHost.config"),
}


def data(path: str) -> bytes:
    """A real file; skips where there is none."""
    file = DATA / path
    if not file.is_file():
        pytest.skip(MISSING)
    return file.read_bytes()


def server_box(name: str, folder: Path) -> Box:
    """The box of a real server, with the folders that its sites name."""
    server = SERVERS[name]
    configuration, schema = data(f"apphost/{server.file}"), data(server.schema)
    box = boxes.build(server.box, folder)
    box.replace_file(APPLICATION_HOST, configuration)
    box.replace_file(CONFIG + "\\schema\\IIS_schema.xml", schema)
    for directory in parse(configuration).iterfind(".//sites/site/application/virtualDirectory"):
        path = box.expand(directory.get("physicalPath"))
        if DRIVE_PATH.match(path):
            box.path(path).mkdir(parents=True, exist_ok=True)
    return box
