# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: which folders are entered and which files count at a path."""

from __future__ import annotations

from lab.behaviour.expectation import Files, Part, Path, PathError, ReadError
from lab.behaviour.iis_names import LOCKING, MWA_TESTS, PROTOCOL, READ, SITE, WEB_CONFIG, other
from lab.behaviour.requests import extensions, reads, section
from lab.behaviour.row import Row
from lab.behaviour.situation import ROOT, Situation, web_config
from lab.boxes.configuration import Site

APPS = (Site(SITE, 1, r"%SystemDrive%\inetpub\wwwroot", applications=(("/shop", "Shop", r"C:\apps\shop"),)),)
NESTED = (Site(SITE, 1, r"%SystemDrive%\inetpub\wwwroot", applications=(("/store", "Shop", ROOT + "\\shop"),)),)
SHARE = (Site(SITE, 1, "\\\\files01\\web"),)
NINE = web_config('<requestLimits maxUrl="9" />')

ROWS = (
    Row(
        "folders breadth first by name",
        Situation(files={f"{ROOT}\\{name}\\web.config": NINE for name in ("b", "A", "a1\\z", "c\\d")}),
        READ,
        (Files((("/A", None), ("/b", None), ("/a1/z", None), ("/c/d", None))), Path(SITE, "/a1/z", "requestLimits/@maxUrl", 9)),
        PROTOCOL,
        "P",
    ),
    Row(
        "an application inherits from the site's root",
        Situation(
            sites=APPS,
            files={WEB_CONFIG: NINE, r"C:\apps\shop\web.config": web_config('<hiddenSegments><add segment="x" /></hiddenSegments>')},
        ),
        READ,
        (
            Files((("/", None), ("/shop", None))),
            Path(SITE, "/shop", "requestLimits/@maxUrl", 9),
            Path(SITE, "/shop", "hiddenSegments/*segment", ["web.config", "x"]),
        ),
        LOCKING,
        "D",
    ),
    Row(
        "the root of another application is walked once",
        Situation(sites=NESTED, files={ROOT + "\\shop\\web.config": NINE}),
        READ,
        (Files((("/store", None),)), Path(SITE, "/store", "requestLimits/@maxUrl", 9), Path(SITE, "/", "requestLimits/@maxUrl", 4096)),
        PROTOCOL,
        "P",
    ),
    Row("a file without the section is not listed", other("<directoryBrowse />"), READ, (Files(()),), PROTOCOL, "P"),
    Row(
        "a folder that does not exist",
        Situation(sites=APPS),
        READ,
        (Files((("/shop", "not_found"),)), PathError(SITE, "/shop", "not_found"), Path(SITE, "/", "requestLimits/@maxUrl", 4096)),
        MWA_TESTS,
        "T",
    ),
    Row("a share is not opened", Situation(sites=SHARE), READ, (Files((("/", "on_share"),)),), PROTOCOL, "P"),
    Row(
        "a link is not entered",
        Situation(files={r"C:\elsewhere\web.config": NINE}, links={ROOT + "\\link": r"C:\elsewhere"}),
        READ,
        (Files((("/link", "link_not_followed"),)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "a folder that is closed to the account",
        Situation(files={ROOT + "\\closed\\web.config": NINE}, facts={"denied": [ROOT + "\\closed"]}),
        READ,
        (Files((("/closed", "access_denied"),)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "a web.config that is closed to the account",
        Situation(files={WEB_CONFIG: NINE}, facts={"denied": [WEB_CONFIG]}),
        READ,
        (Files((("/", "access_denied"),)), PathError(SITE, "/", "access_denied", "0x80070005")),
        MWA_TESTS + "; KB 942055 0x80070005",
        "D",
    ),
    Row(
        "more folders than the limit",
        Situation(folders=tuple(f"{ROOT}\\d{number}" for number in range(5))),
        reads(section(limit=3)),
        (Files((("/", "walk_incomplete"),)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "without configuration in subfolders",
        Situation(
            files={ROOT + "\\a\\web.config": NINE},
            edits={
                r'physicalPath="%SystemDrive%\inetpub\wwwroot"': r'physicalPath="%SystemDrive%\inetpub\wwwroot" allowSubDirConfig="false"'
            },
        ),
        READ,
        (Files(()),),
        "IIS_schema.xml, allowSubDirConfig; " + PROTOCOL,
        "S",
    ),
    Row(
        "a location in a web.config",
        Situation(
            files={
                WEB_CONFIG: web_config(
                    "",
                    inner='<location path="up"><system.webServer><security>'
                    '<requestFiltering><requestLimits maxUrl="9" /></requestFiltering></security></system.webServer></location>',
                )
            }
        ),
        READ,
        (Path(SITE, "/up", "requestLimits/@maxUrl", 9), Path(SITE, "/", "requestLimits/@maxUrl", 4096)),
        LOCKING,
        "D",
    ),
    Row(
        "a folder's own file wins over a location above it",
        Situation(
            files={
                ROOT + "\\up\\web.config": NINE,
                WEB_CONFIG: web_config(
                    "",
                    inner='<location path="up"><system.webServer><security><requestFiltering><requestLimits maxUrl="8" /></requestFiltering></security>'
                    "</system.webServer></location>",
                ),
            }
        ),
        READ,
        (Path(SITE, "/up", "requestLimits/@maxUrl", 9),),
        "the order of the path's levels",
        "I",
        ((Path(SITE, "/up", "requestLimits/@maxUrl", 8),),),
    ),
    Row(
        "which extensions a site's files have",
        Situation(files={ROOT + "\\old\\PAGE.ASPX": "x", ROOT + "\\readme.txt": "x"}),
        reads(extensions(SITE, ".asp", ".aspx")),
        (Part("", {"site": SITE, "found": [".aspx"], "complete": True}),),
        PROTOCOL,
        "P",
    ),
    Row(
        "extensions behind a link are not known",
        Situation(files={r"C:\elsewhere\page.asp": "x"}, links={ROOT + "\\link": r"C:\elsewhere"}),
        reads(extensions(SITE, ".asp")),
        (Part("", {"found": [], "complete": False}),),
        PROTOCOL,
        "P",
    ),
    Row(
        "extensions of more folders than the limit",
        Situation(files={ROOT + "\\a\\page.asp": "x"}),
        reads(extensions(SITE, ".asp", limit=1)),
        (Part("", {"found": [], "complete": False}),),
        PROTOCOL,
        "P",
    ),
    Row(
        "extensions of a site that does not exist",
        Situation(),
        reads(extensions("Nowhere", ".asp")),
        (ReadError("location_unknown"),),
        PROTOCOL,
        "P",
    ),
)
