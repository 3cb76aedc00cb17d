# SPDX-License-Identifier: GPL-3.0-or-later
"""What Debian's dig and nsupdate (bind9-dnsutils) say of a DNS server on 127.0.0.1, each question a process of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass

from integration.rdp_servers import absent

FOREIGN = "www.outside.test"
# More than answers of one kind in a second, and again as many should a second end meanwhile.
MANY = 12


@dataclass(frozen=True)
class Seen:
    """What other people's tools see of one zone and its server.

    transferred: records that came, 0 where the transfer was refused. version: its text, or the code. recursion: whether it is offered, and
    how many answers a foreign name has. upward: records of the root's servers in the answer. udp_size: of EDNS. update: "" where an unsigned
    one was taken, else nsupdate's reason. limited: whether some of many equal questions in a row got no answer, or a truncated one.
    """

    transferred: int
    version: str
    recursion: tuple[bool, int]
    upward: int
    udp_size: int
    update: str
    limited: bool


def required() -> None:
    """Skips where the tools are not installed; CI may not skip them."""
    missing = [name for name in ("dig", "nsupdate") if shutil.which(name) is None]
    if missing:
        absent(f"not installed: {', '.join(missing)} (apt-get install bind9-dnsutils)")


def look(port: int, zone: str) -> Seen:
    """The server at a port, and one of its zones."""
    foreign = dig(port, FOREIGN, "A")
    return Seen(
        transferred=transferred(port, zone),
        version=version(port),
        recursion=(" ra" in flags(foreign), count(foreign, "ANSWER")),
        upward=count(foreign, "AUTHORITY"),
        udp_size=int(matched(r"udp: (\d+)", dig(port, zone, "SOA"))),
        update=update(port, zone),
        limited=limited(port, zone),
    )


def dig(port: int, *arguments: str) -> str:
    command = ["dig", "@127.0.0.1", "-p", str(port), "+time=5", "+tries=1", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def transferred(port: int, zone: str) -> int:
    told = dig(port, zone, "AXFR")
    if "Transfer failed." in told:
        return 0
    return int(matched(r"XFR size: (\d+) records", told))


def version(port: int) -> str:
    """Over TCP, which nobody limits."""
    told = dig(port, "+tcp", "version.bind", "TXT", "CH")
    found = re.search(r'\sTXT\s+"([^"]*)"', told)
    return found[1] if found else matched(r"status: (\w+)", told)


def flags(told: str) -> str:
    return matched(r"flags:([^;]*);", told)


def count(told: str, section: str) -> int:
    return int(matched(rf"{section}: (\d+)", told))


def update(port: int, zone: str) -> str:
    script = f"server 127.0.0.1 {port}\nzone {zone}\nupdate add stranger.{zone}. 60 A 192.0.2.66\nsend\n"
    done = subprocess.run(["nsupdate", "-v"], input=script, capture_output=True, text=True, check=False)
    return done.stderr.strip().removeprefix("update failed: ")


def limited(port: int, zone: str) -> bool:
    """Twelve questions by one process, one after the other, over UDP and without coming back over TCP."""
    told = dig(port, *["+time=1", "+ignore", "+notcp", *[zone, "NS"] * MANY])
    return "timed out" in told or any(" tc" in one for one in re.findall(r"flags:([^;]*);", told))


def matched(pattern: str, told: str) -> str:
    found = re.search(pattern, told)
    assert found, f"no {pattern} in what the tool said:\n{told}"
    return found[1]
