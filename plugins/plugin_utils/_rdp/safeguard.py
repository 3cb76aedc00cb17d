# SPDX-License-Identifier: GPL-3.0-or-later
"""The scheduled task that puts a moved port back on the host itself, unless the move is confirmed: the controller may be gone by then.

Its triggers do not depend on anybody's clock: so many seconds after it is registered, and after a start of the host
(Task Scheduler schema, registrationTriggerType and bootTriggerType).
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from .._core.operations import Operation, Read
from .._core.plan import ABSENT, Change
from .terminal_services import LISTENER, SERVICE

PLACE = "scheduled tasks"
REGISTERED = "registered"
NAME = r"\hardening.windows\remote-desktop-port"
_SYSTEM = r"%SystemRoot%\System32"


# A service that is just starting cannot be stopped, so that is tried until it has started anew; after the last try the port holds from the
# next start of the host on. net start fails where the service still runs, which says in no language whether it was stopped. Its process
# is never ended, since other services may share it. ping waits: timeout needs a console, which a task of SYSTEM has not.
_TRIES, _PAUSE = 10, 5
_RESTART = f'/d /c "for /l %i in (1,1,{_TRIES}) do (net stop {SERVICE} /y & net start {SERVICE} && exit & ping -n {_PAUSE + 1} 127.0.0.1)"'


def task_read() -> Read:
    return Read("task", "task", {"name": NAME})


def register_change(old_port: int, definition: str, seconds: int) -> Change:
    register = Operation("task", "register", {"name": NAME, "definition": definition, "planned": {"exists": False}})
    return Change(PLACE, NAME, ABSENT, f"puts port {old_port} back after {seconds} seconds", register, _delete())


def confirm_change(definition: str) -> Change:
    """Deletes the task once the port is proved. definition: what it was registered with, for the way back."""
    register = Operation("task", "register", {"name": NAME, "definition": definition, "planned": {"exists": False}})
    return Change(PLACE, NAME, REGISTERED, ABSENT, _delete(), register)


def _delete() -> Operation:
    return Operation("task", "delete", {"name": NAME, "planned": {"exists": True}})


def task_definition(old_port: int, opened: list[str], switched_on: list[str], seconds: int) -> str:
    """The task as Task Scheduler takes it. opened: names of rules that were added; switched_on: of rules that were disabled before."""
    actions = "".join(
        f"<Exec><Command>{escape(command)}</Command><Arguments>{escape(arguments)}</Arguments></Exec>"
        for command, arguments in _commands(old_port, opened, switched_on)
    )
    return (
        '<?xml version="1.0" encoding="UTF-16"?>'
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">'
        f"<RegistrationInfo><Description>Puts Remote Desktop back to port {old_port} unless its move is confirmed.</Description></RegistrationInfo>"
        f"<Triggers><RegistrationTrigger><Delay>PT{seconds}S</Delay></RegistrationTrigger><BootTrigger><Delay>PT1M</Delay></BootTrigger></Triggers>"
        '<Principals><Principal id="System"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>'
        "<Settings><DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries><StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>"
        "<StartWhenAvailable>true</StartWhenAvailable><ExecutionTimeLimit>PT10M</ExecutionTimeLimit></Settings>"
        f'<Actions Context="System">{actions}</Actions></Task>'
    )


def _commands(old_port: int, opened: list[str], switched_on: list[str]) -> list[tuple[str, str]]:
    """Programs and arguments, in order; the task deletes itself at the end."""
    rules = [("Remove", opened), ("Disable", switched_on)]
    # A backslash before a quote would escape it on the command line, so the key has none at its end.
    return [
        (rf"{_SYSTEM}\reg.exe", rf'add "HKLM\{LISTENER}" /v PortNumber /t REG_DWORD /d {old_port} /f'),
        (rf"{_SYSTEM}\cmd.exe", _RESTART),
        *(
            (
                rf"{_SYSTEM}\WindowsPowerShell\v1.0\powershell.exe",
                f'-NoProfile -NonInteractive -Command "{verb}-NetFirewallRule -Name {_quoted(names)}"',
            )
            for verb, names in rules
            if names
        ),
        (rf"{_SYSTEM}\schtasks.exe", f'/delete /tn "{NAME}" /f'),
    ]


def _quoted(names: list[str]) -> str:
    return ",".join("'" + name.replace("'", "''") + "'" for name in names)
