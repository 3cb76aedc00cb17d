# SPDX-License-Identifier: GPL-3.0-or-later
"""A box as Windows paths: a folder of links whose names are the paths, programs for PATH, and the environment.

On Linux a Windows path is an ordinary file name, so a process that runs in this folder opens
`C:\\inetpub\\wwwroot\\web.config` and reaches the box's file. What it creates by such a name is moved into the box.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lab.box import Box
from lab.engine import WriteFault
from lab.engine_pwsh.build import FEATURE_MODULES, MODULES, PROGRAMS, StandIns

IIS_FILE = "C:\\Windows\\System32\\inetsrv\\Microsoft.Web.Administration.dll"
POWERSHELL_NAMES = ("powershell", "PowerShell", "powershell.exe", "pwsh")
# program of Windows -> its script in stand_ins/programs
SCRIPTS = {f"{name}.exe": f"{name}.py" for name in ("certutil", "icacls", "netsh", "powercfg", "schtasks", "secedit")}
# the server of the role DNS and, where its tools are, their program
ROLE_SCRIPTS = {"dns.exe": "dns.py"}
TOOL_SCRIPTS = {"dnscmd.exe": "dnscmd.py"}
# chcp.com changes the console's code page, which Ansible's wrapper asks for; here every console is UTF-8
CHCP = "#!/bin/sh\nexit 0\n"
START = '#!/bin/sh\nexec "$LAB_PYTHON" -S -E "{script}" "$@"\n'
# names of the view that are not Windows paths: what was linked or brought, the box and the fault, groups, writes, a crash
LINKED, VIEW, GROUPS, WRITES, CRASHED = ".linked", ".view", ".groups", ".writes", ".crashed"


class View:
    """The view of one box. A context manager: at the end what was created is in the box and the folder is gone."""

    def __init__(self, box: Box, stand_ins: StandIns, powershell: Path, fault: WriteFault | None = None) -> None:
        self.box = box
        self.stand_ins = stand_ins
        self.powershell = powershell
        self.fault = fault
        self._closed: list[Path] = []
        self._linked: list[str] = []
        self._dns_tools = False
        # beside the box, so that a file of the view and one of the box can be the same file
        self.folder = Path(tempfile.mkdtemp(prefix=".view-", dir=box.folder.absolute().parent))
        self.programs = Path(tempfile.mkdtemp(prefix="hardening-programs-"))

    def __enter__(self) -> View:
        for windows_path, real in _entries(self.box):
            self._link(windows_path, real)
            if real.is_file():
                self._linked.append(windows_path)
        self._note()
        dns = self.box.read_json("dns")
        self._dns_tools = bool(dns.get("tools"))
        _write_programs(self.programs, self.powershell, (ROLE_SCRIPTS if dns else {}) | (TOOL_SCRIPTS if self._dns_tools else {}))
        return self

    def _note(self) -> None:
        """What stand-ins find beside the view's files. Native ones see no environment variable that PowerShell sets."""
        (self.folder / LINKED).write_text("".join(f"{name}\n" for name in self._linked), "utf-8")
        fault = self.fault.as_text() if self.fault else ""
        (self.folder / VIEW).write_text(f"box={self.box.folder.absolute()}\nfault={fault}\n", "utf-8")
        groups = self.box.read_json("accounts").get("groups", [])
        (self.folder / GROUPS).write_text("".join(f"{one['sid']}\t{one['name']}\n" for one in groups), "utf-8")

    @property
    def crashed(self) -> bool:
        """Whether a program or native library ended the payload because of the write fault."""
        return (self.folder / CRASHED).exists()

    def __exit__(self, *_exception: object) -> None:
        self.collect()
        for closed in self._closed:
            closed.chmod(0o700)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.programs, ignore_errors=True)

    def _link(self, windows_path: str, real: Path) -> None:
        name = self.folder / windows_path
        if self.box.is_denied(windows_path):
            _close(name, real.is_dir())
            self._closed.append(name)
        elif windows_path == IIS_FILE:
            name.symlink_to(self.stand_ins.iis)
        else:
            name.symlink_to(real)

    def collect(self) -> None:
        """Moves what the command created by a Windows path into the box, and takes out of it what it deleted."""
        for name in sorted(os.listdir(self.folder)):
            path = self.folder / name
            if name[1:3] != ":\\" or path.is_symlink() or self.box.is_denied(name):
                continue
            if path.is_dir():
                self.box.path(name).mkdir(parents=True, exist_ok=True)
            elif self._has_folder(name):
                self.box.replace_file(name, path.read_bytes())
        for name in (self.folder / LINKED).read_text("utf-8").splitlines():
            if not os.path.lexists(self.folder / name):
                _remove(self.box.path(name))

    def _has_folder(self, name: str) -> bool:
        """Whether the folder of a created file is still there: here it is a file of its own beside what Windows has inside it."""
        folder = name.rpartition("\\")[0]
        return len(folder) == 2 or os.path.lexists(self.folder / folder) or self.box.path(folder).is_dir()

    def environment(self) -> dict[str, str]:
        """The variables of the box's account, and what the stand-ins and the engine need."""
        host = self.box.host
        own = {name: os.environ[name] for name in ("HOME", "PWSH_ENGINE_HOME", "XDG_CACHE_HOME") if name in os.environ}
        language = host.get("language", "en-US").replace("-", "_")
        temporary = {"TEMP": str(self.programs), "TMP": str(self.programs)}
        lab = {
            "COMPUTERNAME": host.get("computer_name", self.box.name),
            "LANG": f"{language}.UTF-8",
            "DOTNET_SYSTEM_GLOBALIZATION_PREDEFINED_CULTURES_ONLY": "false",
            # hexadecimal; at .NET's own 30 calls more than a third of all time goes into compiling again what soon ends
            "DOTNET_TC_CallCountThreshold": "1000",
            # a second collector beside the first is for programs that must not pause
            "DOTNET_gcConcurrent": "0",
            "LAB_BOX": str(self.box.folder.absolute()),
            "LAB_VIEW": str(self.folder),
            "LAB_FAULT": self.fault.as_text() if self.fault else "",
            "LAB_PYTHON": sys.executable,
            "LD_LIBRARY_PATH": str(self.stand_ins.native),
            "PSModulePath": f"{MODULES}:{FEATURE_MODULES}" if self._dns_tools else str(MODULES),
            "PWSH_OVERLAY": str(self.stand_ins.overlay),
            "PATH": f"{self.programs}:/usr/bin:/bin",
        }
        return own | host.get("environment", {}) | temporary | lab


def _entries(box: Box) -> Iterator[tuple[str, Path]]:
    """Every file and folder of the box's drives; links are not followed."""
    for drive in sorted(box.folder.iterdir()):
        if not drive.is_dir() or len(drive.name) != 1:
            continue
        yield f"{drive.name}:\\", drive
        for folder, folders, files in os.walk(drive):
            for name in (*folders, *files):
                real = Path(folder, name)
                yield box.windows_path(real), real


def _close(name: Path, is_folder: bool) -> None:
    """What the account may not open stands in the view as something without any permission."""
    if is_folder:
        name.mkdir(mode=0)
    else:
        name.touch(mode=0)


def without_override() -> list[str]:
    """What stands in front of a command of root, so that permissions bind it as they bind everybody else."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0 or setpriv is None:
        return []
    return [setpriv, "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


def _write_programs(folder: Path, powershell: Path, more: dict[str, str]) -> None:
    for name in POWERSHELL_NAMES:
        (folder / name).symlink_to(powershell)
    texts = {name: START.format(script=PROGRAMS / script) for name, script in (SCRIPTS | more).items()}
    for name, text in (texts | {"chcp.com": CHCP}).items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)


def _remove(real: Path) -> None:
    if real.is_dir():
        shutil.rmtree(real)
    else:
        real.unlink(missing_ok=True)
