# SPDX-License-Identifier: GPL-3.0-or-later
"""A running lab: boxes in a folder, a WinRM, a Remote Desktop and a DNS listener for each, the control, the inventory."""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lab import boxes as templates
from lab.box import Box
from lab.control import ControlServer
from lab.counting import Log
from lab.dispatch import Dispatcher
from lab.engine import Engine
from lab.faults import FaultList
from lab.front import RdpFront
from lab.front.domain_names import DnsFront
from lab.inventory import Endpoint, render
from lab.ports import free_port
from lab.server import Listener

IIS = "C:\\Windows\\System32\\inetsrv\\Microsoft.Web.Administration.dll"
HOST_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


class Lab:
    """Serves boxes until it is closed. `boxes` maps host names to boxes.

    fronts: the Remote Desktop listener of each host, dns_fronts: its DNS Server; who changes a box's network without the lab calls `follow`.
    """

    def __init__(self, folder: Path, boxes: Mapping[str, Box], engine: str | Engine = "python") -> None:
        self.folder, self.boxes = Path(folder), dict(boxes)
        for name in self.boxes:
            if not HOST_NAME.fullmatch(name):
                raise ValueError(f"{name!r} cannot be a host's name: letters, digits, '_', '.' and '-' can")
        self.log, self.faults = Log(self.folder), FaultList(self.folder)
        self.fronts = {name: RdpFront(box) for name, box in self.boxes.items()}
        self.dns_fronts = {name: DnsFront(box) for name, box in self.boxes.items()}
        for box in self.boxes.values():
            self._follow(box)
        dispatcher = Dispatcher(engine, self._follow)
        self._listeners = [Listener(name, box, dispatcher, self.log, self.faults) for name, box in self.boxes.items()]
        self._control = ControlServer(self.log, self.faults)
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True) for server in (*self._listeners, self._control)
        ]
        for thread in self._threads:
            thread.start()
        self.inventory = self.folder / "inventory.yml"
        self.inventory.write_text(render(self.endpoints), encoding="utf-8")

    @property
    def endpoints(self) -> list[Endpoint]:
        """How each host is reached, with the first user of its box."""
        return [_endpoint(listener, self.dns_fronts[listener.name].port) for listener in self._listeners]

    def _follow(self, box: Box) -> None:
        """After a command on a box: what is seen from outside is what it says now."""
        for front in (*self.fronts.values(), *self.dns_fronts.values()):
            if front.box is box:
                front.follow()

    @property
    def control_url(self) -> str:
        return self._control.url

    def close(self) -> None:
        for listener in self._listeners:
            listener.close()
        for front in (*self.fronts.values(), *self.dns_fronts.values()):
            front.close()
        self._control.shutdown()
        self._control.server_close()
        for thread in self._threads:
            thread.join()


def _endpoint(listener: Listener, dns_port: int | None) -> Endpoint:
    user, password = next(iter(listener.box.host["users"].items()))
    return Endpoint(listener.name, listener.server_port, user, password, _groups(listener.box), dns_port)


def _groups(box: Box) -> tuple[str, ...]:
    """By what is installed, as people sort their inventories."""
    installed = {"iis_servers": box.path(IIS).exists(), "dns_servers": "DNS" in box.services}
    return tuple(group for group, there in installed.items() if there)


def prepare(folder: Path, names: Sequence[str]) -> dict[str, Box]:
    """Boxes in `folder`/boxes for names as `default2022` or `web1=default2022`; one that exists is kept.

    Remote Desktop of a new one has a port that the system chose: labs run side by side.
    """
    found = {}
    for host, template in (_named(name) for name in names):
        home = Path(folder) / "boxes" / host
        found[host] = Box(home) if (home / "host.json").exists() else templates.build(template, home, rdp_port=free_port())
    return found


def _named(name: str) -> tuple[str, str]:
    """(host, box) of `web1=default2022` or `default2022`."""
    host, _, template = name.rpartition("=")
    return host or template, template


@contextmanager
def running(boxes: Sequence[str] | Mapping[str, Box], engine: str | Engine = "python", folder: Path | None = None) -> Iterator[Lab]:
    """A lab for the time of a with block.

    boxes: names as `prepare` takes them, or host names with boxes that exist.
    engine: `python`, `pwsh`, or an object that is an Engine.
    folder: where boxes, records and the inventory stand; without it, a folder that is gone afterwards.
    """
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lab-")))
        folder.mkdir(parents=True, exist_ok=True)
        hosts = boxes if isinstance(boxes, Mapping) else prepare(folder, boxes)
        lab = Lab(folder, hosts, engine)
        stack.callback(lab.close)
        yield lab
