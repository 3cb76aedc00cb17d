# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `right`: user rights, as the Local Security Authority keeps them."""

from __future__ import annotations

from typing import Any

from lab import inf
from lab.box import Box

from .errors import Refusal
from .planned import expect
from .writes import Writes

# Account rights and privileges. Source: Win32 "Account Rights Constants" and "Privilege Constants".
LOGON = ("Batch", "Interactive", "Network", "RemoteInteractive", "Service")
RIGHTS = frozenset(
    [f"Se{deny}{kind}LogonRight" for deny in ("", "Deny") for kind in LOGON]
    + [
        f"Se{name}Privilege"
        for name in (
            "AssignPrimaryToken Audit Backup ChangeNotify CreateGlobal CreatePagefile CreatePermanent CreateSymbolicLink CreateToken Debug "
            "DelegateSessionUserImpersonate EnableDelegation Impersonate IncreaseBasePriority IncreaseQuota IncreaseWorkingSet LoadDriver "
            "LockMemory MachineAccount ManageVolume ProfileSingleProcess Relabel RemoteShutdown Restore Security Shutdown SyncAgent "
            "SystemEnvironment SystemProfile Systemtime TakeOwnership Tcb TimeZone TrustedCredManAccess Undock"
        ).split()
    ]
)


def _holders(box: Box, right: str) -> list[str]:
    if right not in RIGHTS:
        raise Refusal("right_unknown", f"A specified privilege does not exist: {right} (0xC0000060).")
    return inf.sids(inf.read(box)[inf.RIGHTS].get(right, ""))


def read_right(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    return {"accounts": sorted(_holders(box, read["right"]))}


def check_planned(box: Box, operation: dict[str, Any]) -> None:
    expect({"held": operation["account"] in _holders(box, operation["right"])}, operation["planned"])


def write(box: Box, operation: dict[str, Any], writes: Writes) -> None:
    def change() -> None:
        holders = [sid for sid in _holders(box, operation["right"]) if sid != operation["account"]]
        if operation["operation"] == "grant":
            holders.append(operation["account"])
        sections = inf.read(box)
        sections[inf.RIGHTS][operation["right"]] = inf.listed(holders)
        sections[inf.RIGHTS] = {right: value for right, value in sections[inf.RIGHTS].items() if value}
        inf.write(box, sections)

    writes.make("write", change)
