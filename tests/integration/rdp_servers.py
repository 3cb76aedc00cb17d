# SPDX-License-Identifier: GPL-3.0-or-later
"""Real RDP servers of Debian, started on 127.0.0.1 with a port that the system chose, and ended by the process that was started."""

from __future__ import annotations

import configparser
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

START_SECONDS = 20
# Program -> Debian's package.
PACKAGES = {
    "xrdp": "xrdp",
    "freerdp-shadow-cli": "freerdp2-shadow-x11",
    "Xvfb": "xvfb",
    "winpr-hash": "winpr-utils",
    "weston": "weston",
}
XRDP_SETTINGS = Path("/etc/xrdp/xrdp.ini")


class Settings(configparser.ConfigParser):
    """An ini file whose names keep their case."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


@dataclass(frozen=True)
class Files:
    """A folder for one test run, and a self-signed certificate in it."""

    folder: Path
    certificate: Path
    key: Path


def required(*programs: str) -> None:
    """Skips where a server is not installed; CI may not skip it."""
    missing = [PACKAGES[program] for program in programs if shutil.which(program) is None]
    if missing:
        absent(f"the real RDP server is not installed (Debian packages {', '.join(missing)})")


def absent(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def make_files(folder: Path) -> Files:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    files = Files(folder, folder / "certificate.pem", folder / "key.pem")
    files.certificate.write_bytes(self_signed(key).public_bytes(serialization.Encoding.PEM))
    form, nothing = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    files.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, nothing))
    return files


def self_signed(key: rsa.RSAPrivateKey, valid: timedelta = timedelta(days=1)) -> x509.Certificate:
    """Of WEB01, from an hour ago to `valid` from now."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "WEB01")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(hours=1)).not_valid_after(now + valid)
    return builder.sign(key, hashes.SHA256())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        return int(chosen.getsockname()[1])


@contextmanager
def process(
    command: Sequence[str], log: Path, settings: Mapping[str, str] | None = None, passed: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        started = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **(settings or {})}, pass_fds=passed)
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(10)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@contextmanager
def listening(command: Sequence[str], port: int, log: Path, settings: Mapping[str, str] | None = None) -> Iterator[int]:
    """The port, once a connection to it can be made."""
    with process(command, log, settings) as started:
        for _attempt in range(START_SECONDS * 20):
            if started.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                with_patience(started)
                continue
            yield port
            return
        pytest.fail(f"{command[0]} does not listen on port {port}:\n{log.read_text(errors='replace')[-2000:]}")


def with_patience(started: subprocess.Popen[bytes]) -> None:
    """Waits for the process to end, for a twentieth of a second: the one event there is before it listens."""
    try:
        started.wait(0.05)
    except subprocess.TimeoutExpired:
        return


@contextmanager
def xrdp(files: Files, **settings: str) -> Iterator[int]:
    """settings: of the section Globals of xrdp.ini."""
    required("xrdp")
    if os.geteuid() != 0:
        absent("xrdp reads its keys in /etc/xrdp as root only")
    port = free_port()
    parser = Settings(interpolation=None, strict=False, comment_prefixes=(";", "#"))
    parser.read(XRDP_SETTINGS)
    parser["Globals"].update({"port": f"tcp://127.0.0.1:{port}", "certificate": str(files.certificate), "key_file": str(files.key)})
    parser["Globals"].update(settings)
    parser["Logging"].update({"LogFile": str(files.folder / f"xrdp-{port}.log"), "EnableSyslog": "false"})
    file = files.folder / f"xrdp-{port}.ini"
    with file.open("w", encoding="utf-8") as target:
        parser.write(target, space_around_delimiters=False)
    with listening(["xrdp", "-n", "-c", str(file)], port, files.folder / f"xrdp-{port}.out"):
        yield port


@contextmanager
def display(log: Path) -> Iterator[str]:
    """A screen without hardware; the X server chooses its number and writes it to a pipe.

    Of itself it starts anew whenever its last client leaves, and refuses whoever comes meanwhile.
    """
    required("Xvfb")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"]
    with os.fdopen(reading) as pipe, process(command, log, passed=[writing]):
        os.close(writing)
        number = pipe.readline().strip()
        assert number, f"Xvfb ended without a display: {log.read_text('utf-8')}"
        yield f":{number}"


@contextmanager
def shadow(files: Files, screen: str, *options: str) -> Iterator[int]:
    required("freerdp-shadow-cli", "winpr-hash")
    port = free_port()
    accounts = files.folder / "accounts"
    hashed = subprocess.run(["winpr-hash", "-u", "user", "-p", "pass", "-f", "sam"], capture_output=True, text=True, check=True)
    accounts.write_text(hashed.stdout, encoding="utf-8")
    command = ["freerdp-shadow-cli", "/bind-address:127.0.0.1", f"/port:{port}", *options, "+auth", f"/sam-file:{accounts}"]
    settings = {"HOME": str(files.folder), "DISPLAY": screen}
    with listening(command, port, files.folder / f"shadow-{port}.out", settings):
        yield port


@contextmanager
def weston(files: Files) -> Iterator[int]:
    required("weston")
    port = free_port()
    command = ["weston", "--backend=rdp-backend.so", f"--socket=probe-{port}", "--address=127.0.0.1", f"--port={port}"]
    command += [f"--rdp-tls-cert={files.certificate}", f"--rdp-tls-key={files.key}"]
    with listening(command, port, files.folder / f"weston-{port}.out", {"XDG_RUNTIME_DIR": str(files.folder)}):
        yield port
