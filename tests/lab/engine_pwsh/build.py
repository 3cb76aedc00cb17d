# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the PowerShell engine and compiles the stand-ins with it, once for each state of their sources."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab.engine import EngineMissing

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
OUTPUT = REPOSITORY / "build" / "lab" / "stand_ins"
BESIDE = REPOSITORY.parent / "shared" / "tools" / "pwsh" / "pwsh"

# assembly -> folder of its sources; iis goes into the view, the others into PWSH_OVERLAY
OVERLAY = {
    "Microsoft.Win32.Registry": "registry",
    "System.DirectoryServices": "directory",
    "System.Security.Principal.Windows": "principal",
    "System.ServiceProcess.ServiceController": "service",
}
IIS = "Microsoft.Web.Administration"
# Windows' own libraries that the payload calls; the file has the very name, which is what DllImport looks for
NATIVE = ("advapi32", "netapi32", "wtsapi32")
MODULES = HERE / "stand_ins" / "modules"
# what a feature of Windows brings, so that it is not on every host: DnsServer comes with RSAT-DNS-Server
FEATURE_MODULES = HERE / "stand_ins" / "feature_modules"
PROGRAMS = HERE / "stand_ins" / "programs"


@dataclass(frozen=True)
class StandIns:
    """Compiled stand-ins: the folder for PWSH_OVERLAY, that of native libraries, and the file of Microsoft.Web.Administration."""

    overlay: Path
    native: Path
    iis: Path


def find_powershell() -> Path:
    """The engine: $PWSH, then PATH, then beside the repository. Raises EngineMissing."""
    candidates = [os.environ.get("PWSH"), shutil.which("pwsh"), str(BESIDE)]
    for candidate in filter(None, candidates):
        if os.access(candidate, os.X_OK):
            return Path(candidate).absolute()
    raise EngineMissing(
        "No PowerShell was found: set PWSH to the file of a PowerShell 7 for Linux, or put pwsh on PATH, to run the lab's PowerShell engine."
    )


def build(powershell: Path) -> StandIns:
    """Compiles what is not there yet. Processes that build at once wait for each other."""
    folder = OUTPUT / _state()
    made = StandIns(folder / "overlay", folder / "native", folder / f"{IIS}.dll")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with open(OUTPUT / ".lock", "a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made.overlay.mkdir(parents=True, exist_ok=True)
        made.native.mkdir(exist_ok=True)
        for library in NATIVE:
            _compile_native(made.native / f"{library}.dll", library)
        for assembly, sources in OVERLAY.items():
            _compile(powershell, made.overlay / f"{assembly}.dll", sources)
        _compile(powershell, made.iis, "iis")
    return made


def _sources(folder: str) -> list[Path]:
    return sorted((HERE / "stand_ins" / folder).glob("*.cs"))


def _state() -> str:
    digest = hashlib.sha256()
    folder = HERE / "stand_ins"
    for source in sorted([*folder.rglob("*.cs"), *(folder / "native").iterdir()]):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:16]


def _compile(powershell: Path, output: Path, folder: str) -> None:
    if output.exists():
        return
    # the assembly is named after its file, so the unfinished one stands in a folder of its own
    unfinished = output.parent / "unfinished" / output.name
    unfinished.parent.mkdir(exist_ok=True)
    sources = [*_sources("box"), *_sources(folder)]
    command = [powershell, "-NoProfile", "-File", HERE / "compile.ps1", unfinished, *sources]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode or not unfinished.exists():
        raise EngineMissing(f"The stand-in {output.name} does not compile: {(done.stderr or done.stdout).strip()}")
    unfinished.replace(output)


def _compile_native(output: Path, library: str) -> None:
    if output.exists():
        return
    compiler = shutil.which("gcc")
    if compiler is None:
        raise EngineMissing(
            "No gcc was found: install it, because the lab's PowerShell engine has stand-ins for Windows' native libraries in C."
        )
    sources = [HERE / "stand_ins" / "native" / f"{name}.c" for name in (library, "box", "text")]
    unfinished = output.with_suffix(".unfinished")
    options = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-Wl,-Bsymbolic"]
    command = [compiler, *options, "-o", unfinished, *sources]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise EngineMissing(f"The stand-in {output.name} does not compile: {done.stderr.strip()}")
    unfinished.replace(output)
