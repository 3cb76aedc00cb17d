# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m lab serve`: the lab in the foreground, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from lab.boxes import BOXES
from lab.engine import EngineMissing
from lab.front import RdpFront
from lab.laboratory import Lab, prepare

# a request that reads nothing but the host's facts
READ = '{"protocol": 1, "operation": "read", "batch": []}'
STATE = Path(__file__).resolve().parents[2] / "build" / "lab"


def known_box(name: str) -> str:
    if name.rpartition("=")[2] not in BOXES:
        raise argparse.ArgumentTypeError(f"the lab has no box {name!r}; it has {', '.join(BOXES)}")
    return name


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    serve = top.add_subparsers(dest="command", required=True).add_parser("serve", help="serve boxes over WinRM")
    serve.add_argument(
        "--box",
        action="append",
        required=True,
        metavar="[HOST=]BOX",
        type=known_box,
        help="a box to serve, and the host's name where it is another: " + ", ".join(BOXES),
    )
    serve.add_argument("--engine", choices=("python", "pwsh"), default="python", help="what answers (default: python)")
    serve.add_argument("--folder", type=Path, help="where the lab keeps its state; boxes in it are kept (default: a new one)")
    return top


def describe(lab: Lab, engine: str) -> str:
    """What a person needs to use the lab. The passwords stand in the inventory and nowhere else here."""
    lines = [f"inventory: {lab.inventory}", f"control:   {lab.control_url}", f"engine:    {engine}", ""]
    lines += [lab.inventory.read_text("utf-8"), "Reach them all, or one of them by its name:"]
    lines.append(f"  ansible -i {lab.inventory} windows -m hardening.windows.windows_iis -a '{READ}'")
    lines += [
        f"  curl -u {endpoint.user} -H 'Content-Type: application/soap+xml' -d @request.xml {endpoint.url}" for endpoint in lab.endpoints
    ]
    lines += [f"Remote Desktop of {name}: {_front(front)}" for name, front in lab.fronts.items()]
    lines += [f"DNS Server of {name}: 127.0.0.1:{front.port} (UDP and TCP)" for name, front in lab.dns_fronts.items() if front.port]
    lines.append(f"Numbers so far:\n  curl {lab.control_url}/counters\nCtrl-C ends the lab.")
    return "\n".join(lines)


def _front(front: RdpFront) -> str:
    if front.problem is not None:
        return front.problem
    return "does not listen" if front.port is None else f"127.0.0.1:{front.port}"


def serve(box_names: Sequence[str], engine: str, folder: Path | None) -> int:
    if folder is None:
        STATE.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=STATE))
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        lab = Lab(folder, prepare(folder, box_names), engine)
    except (KeyError, ValueError, EngineMissing) as error:
        print(f"The lab cannot start: {error.args[0]}", file=sys.stderr)
        return 2
    try:
        print(describe(lab, engine), flush=True)
        ended.wait()
    finally:
        lab.close()
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    return serve(chosen.box, chosen.engine, chosen.folder)


if __name__ == "__main__":
    sys.exit(main())
