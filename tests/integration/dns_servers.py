# SPDX-License-Identifier: GPL-3.0-or-later
"""Real DNS servers: Debian's BIND on 127.0.0.1, with a port that the system chose and a folder of its own, ended by its process.

None of them asks anybody outside: who recurses forwards to another one of them, whose root zone holds the foreign names.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from integration.rdp_servers import absent, process, with_patience

START_SECONDS = 20
# Program -> Debian's package.
PACKAGES = {
    "named": "bind9",
    "dnssec-keygen": "bind9-utils",
    "dnssec-signzone": "bind9-utils",
    "dig": "bind9-dnsutils",
    "nsupdate": "bind9-dnsutils",
}
# What named logs when its zones are loaded.
RUNNING = re.compile(r"^\S+ \S+ running$", re.MULTILINE)
SERIAL = 2026112701
ZONE = "corp.example"
# Names that only recursion finds: unsigned, signed, and changed after it was signed.
FOREIGN, GOOD, BOGUS = "www.outside.test", "good.signed.test", "bogus.signed.test"
SIGNED_ZONE, TRUE_ADDRESS, FALSE_ADDRESS = "signed.test", "192.0.2.3", "192.0.2.4"
SECRET = "c2VjcmV0IG9mIHRoZSB0ZXN0IG9ubHk="
UPDATES = 'recursion no; dnssec-validation no; version "unknown"; allow-transfer { none; };'
TAKES_UPDATES = "type primary; allow-update { any; };"
KEY = f'key "known" {{ algorithm hmac-sha256; secret "{SECRET}"; }};'

OPTIONS = """
options {{
    directory "{folder}";
    pid-file "{folder}/named.pid";
    session-keyfile "{folder}/session.key";
    listen-on port {port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    notify no;
    minimal-responses no;
    {options}
}};
controls {{ }};
{further}
"""
RECORDS = f"""$TTL 3600
@ IN SOA ns.{ZONE}. hostmaster.{ZONE}. {SERIAL} 900 600 86400 3600
@ IN NS ns.{ZONE}.
ns IN A 127.0.0.1
www IN A 10.20.0.5
*.wild IN A 10.20.0.6
"""
ROOT_RECORDS = """$TTL 3600
@ IN SOA a.root.test. hostmaster.root.test. 1 900 600 86400 3600
@ IN NS a.root.test.
a.root.test. IN A 127.0.0.1
www.outside.test. IN A 192.0.2.1
"""
SIGNED_RECORDS = f"""$TTL 3600
@ IN SOA ns hostmaster 1 900 600 86400 3600
@ IN NS ns
ns IN A 127.0.0.1
good IN A 192.0.2.2
bogus IN A {TRUE_ADDRESS}
"""


@dataclass(frozen=True)
class Setting:
    """options: of named's options. zone: the statement of corp.example, empty for none. further: other statements. files: by name."""

    options: str
    zone: str = "type primary;"
    further: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Server:
    port: int
    folder: Path

    def dig(self, *arguments: str) -> str:
        """What another tool is answered."""
        command = ["dig", "@127.0.0.1", "-p", str(self.port), "+tcp", "+time=5", "+tries=1", "+short", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def zone_files(self) -> dict[str, bytes]:
        """The zone's file and whatever is beside it, such as a journal."""
        return {file.name: file.read_bytes() for file in sorted(self.folder.glob(f"{ZONE}*"))}


def required() -> None:
    """Skips where BIND is not installed; CI may not skip it."""
    missing = sorted({package for program, package in PACKAGES.items() if shutil.which(program, path=search_path()) is None})
    if missing:
        absent(f"the real DNS server is not installed (Debian packages {', '.join(missing)})")


def search_path() -> str:
    """Debian keeps servers where only root looks for programs."""
    return f"{os.environ.get('PATH', '')}:/usr/sbin"


def free_port() -> int:
    """Free over TCP and over UDP."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as chosen, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            port = int(chosen.getsockname()[1])
            try:
                datagrams.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@contextmanager
def named(folder: Path, setting: Setting) -> Iterator[Server]:
    """A server that has loaded its zones."""
    required()
    folder.mkdir()
    server = Server(free_port(), folder)
    files = {ZONE: RECORDS, "named.conf": configuration(server, setting), **setting.files}
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    program = shutil.which("named", path=search_path()) or "named"
    log = folder / "named.log"
    with process([program, "-g", "-n", "1", "-c", str(folder / "named.conf")], log) as started:
        for _attempt in range(START_SECONDS * 20):
            if RUNNING.search(log.read_text(errors="replace")) or started.poll() is not None:
                break
            with_patience(started)
        assert RUNNING.search(log.read_text(errors="replace")), f"named does not run:\n{log.read_text(errors='replace')[-2000:]}"
        yield server


def configuration(server: Server, setting: Setting) -> str:
    zone = f'zone "{ZONE}" {{ file "{ZONE}"; {setting.zone} }};' if setting.zone else ""
    return OPTIONS.format(folder=server.folder, port=server.port, options=setting.options, further=f"{setting.further}\n{zone}")


# -- signed ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signed:
    """zone: the file, in which one record was changed after it was signed. anchor: named's statement for who validates."""

    zone: str
    anchor: str


def sign(folder: Path) -> Signed:
    required()
    folder.mkdir()
    (folder / SIGNED_ZONE).write_text(SIGNED_RECORDS, encoding="utf-8")
    base = run(folder, "dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", SIGNED_ZONE).strip()
    run(folder, "dnssec-signzone", "-q", "-z", "-S", "-o", SIGNED_ZONE, SIGNED_ZONE)
    signed = (folder / f"{SIGNED_ZONE}.signed").read_text(encoding="utf-8")
    assert signed.count(TRUE_ADDRESS) == 1
    key = (folder / f"{base}.key").read_text(encoding="utf-8").splitlines()[-1].split("DNSKEY", 1)[1].split()
    anchor = f'trust-anchors {{ "{SIGNED_ZONE}" static-key {" ".join(key[:3])} "{"".join(key[3:])}"; }};'
    return Signed(signed.replace(TRUE_ADDRESS, FALSE_ADDRESS), anchor)


def run(folder: Path, *command: str) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


# -- the bed --------------------------------------------------------------------------------------------

UPSTREAM = """
zone "." { type primary; file "root"; };
zone "signed.test" { type primary; file "signed"; };
"""
HINTS = "$TTL 3600\n. NS a.root.test.\na.root.test. A 127.0.0.1\n"
AUTHORITATIVE = "recursion no; dnssec-validation no; version none; allow-transfer { none; };"


def upstream(signed: Signed) -> Setting:
    """Whom those ask that recurse: it has the root, and everything foreign in it."""
    return Setting(AUTHORITATIVE, "", UPSTREAM, {"root": ROOT_RECORDS, "signed": signed.zone})


def settings(port: int, signed: Signed) -> dict[str, Setting]:
    """port: of upstream."""
    recursing = f"recursion yes; forwarders {{ 127.0.0.1 port {port}; }}; forward only;"
    return {
        "open": Setting(
            f"{recursing} allow-recursion {{ any; }}; dnssec-validation no; edns-udp-size 4096; max-udp-size 4096; "
            "allow-transfer { any; };",
            "type primary; allow-update { any; };",
        ),
        "hard": Setting(f"{AUTHORITATIVE} rate-limit {{ responses-per-second 5; window 1; }};"),
        "referral": Setting(
            "recursion yes; allow-recursion { none; }; allow-query-cache { any; }; dnssec-validation no; version none; "
            "allow-transfer { none; };",
            further='zone "." { type hint; file "hints"; };',
            files={"hints": HINTS},
        ),
        "updates": Setting(UPDATES, TAKES_UPDATES),
        "signatures": Setting(
            f'{recursing} allow-recursion {{ 127.0.0.2; }}; dnssec-validation no; version "Microsoft DNS 6.1.7601 (1DB14556)"; '
            'allow-transfer { key "known"; };',
            'type primary; allow-update { key "known"; };',
            KEY,
        ),
        "secondary": Setting(
            "recursion no; dnssec-validation no; version none; allow-transfer { any; };",
            f"type secondary; masterfile-format text; primaries {{ 127.0.0.1 port {port}; }};",
        ),
        "validating": Setting(
            f"{recursing} allow-recursion {{ any; }}; dnssec-validation yes; version none; allow-transfer {{ none; }};", "", signed.anchor
        ),
    }


@contextmanager
def bed(folder: Path) -> Iterator[dict[str, Server]]:
    """All of them, by name."""
    signed = sign(folder / "keys")
    with ExitStack() as running:
        above = running.enter_context(named(folder / "upstream", upstream(signed)))
        yield {name: running.enter_context(named(folder / name, one)) for name, one in settings(above.port, signed).items()}
