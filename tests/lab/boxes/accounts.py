# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts, groups, names and the account policy of a new box: accounts.json and security.inf.

Sources: user rights and account policy as `secedit /export` of a fresh server gives them (a right that nobody has is
absent; LockoutDuration and ResetLockoutCount are absent while LockoutBadCount is 0; media with the change of
October 2022 lock after 10); well-known SIDs and the names of the built-in groups as Windows shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lab import inf

# the machine's and the domain's own SID
MACHINE_SID = "S-1-5-21-1004336348-1177238915-682003330"
DOMAIN_SID = "S-1-5-21-2093847110-1448206571-3312207418"
DOMAIN, DOMAIN_DNS = "CORP", "corp.example"
BUILTIN = "S-1-5-32-"
ADMINISTRATORS, REMOTE_DESKTOP_USERS = BUILTIN + "544", BUILTIN + "555"

# number after S-1-5-32-, English and German name
GROUPS = (
    (579, "Access Control Assistance Operators", "Zugriffssteuerungs-Unterstützungsoperatoren"),
    (544, "Administrators", "Administratoren"),
    (551, "Backup Operators", "Sicherungs-Operatoren"),
    (574, "Certificate Service DCOM Access", "Zertifikatdienst-DCOM-Zugriff"),
    (569, "Cryptographic Operators", "Kryptografie-Operatoren"),
    (562, "Distributed COM Users", "Distributed COM-Benutzer"),
    (573, "Event Log Readers", "Ereignisprotokollleser"),
    (546, "Guests", "Gäste"),
    (578, "Hyper-V Administrators", "Hyper-V-Administratoren"),
    (568, "IIS_IUSRS", "IIS_IUSRS"),
    (556, "Network Configuration Operators", "Netzwerkkonfigurations-Operatoren"),
    (559, "Performance Log Users", "Leistungsprotokollbenutzer"),
    (558, "Performance Monitor Users", "Leistungsüberwachungsbenutzer"),
    (547, "Power Users", "Hauptbenutzer"),
    (550, "Print Operators", "Druck-Operatoren"),
    (576, "RDS Endpoint Servers", "RDS-Endpunktserver"),
    (577, "RDS Management Servers", "RDS-Verwaltungsserver"),
    (575, "RDS Remote Access Servers", "RDS-Remotezugriffsserver"),
    (555, "Remote Desktop Users", "Remotedesktopbenutzer"),
    (580, "Remote Management Users", "Remoteverwaltungsbenutzer"),
    (552, "Replicator", "Replikations-Operator"),
    (581, "System Managed Accounts Group", "System Managed Accounts Group"),
    (545, "Users", "Benutzer"),
)
# built-in groups that only a domain controller has
DOMAIN_GROUPS = (
    (548, "Account Operators", "Konten-Operatoren"),
    (554, "Pre-Windows 2000 Compatible Access", "Prä-Windows 2000 kompatibler Zugriff"),
    (549, "Server Operators", "Server-Operatoren"),
)
WELL_KNOWN = (
    ("S-1-1-0", "Everyone", "Jeder"),
    ("S-1-5-2", "NT AUTHORITY\\NETWORK", "NT-AUTORITÄT\\NETZWERK"),
    ("S-1-5-4", "NT AUTHORITY\\INTERACTIVE", "NT-AUTORITÄT\\INTERAKTIV"),
    ("S-1-5-6", "NT AUTHORITY\\SERVICE", "NT-AUTORITÄT\\DIENST"),
    ("S-1-5-7", "NT AUTHORITY\\ANONYMOUS LOGON", "NT-AUTORITÄT\\ANONYMOUS-ANMELDUNG"),
    ("S-1-5-9", "NT AUTHORITY\\ENTERPRISE DOMAIN CONTROLLERS", "NT-AUTORITÄT\\DOMÄNENCONTROLLER DER ORGANISATION"),
    ("S-1-5-11", "NT AUTHORITY\\Authenticated Users", "NT-AUTORITÄT\\Authentifizierte Benutzer"),
    ("S-1-5-14", "NT AUTHORITY\\REMOTE INTERACTIVE LOGON", "NT-AUTORITÄT\\REMOTE INTERACTIVE LOGON"),
    ("S-1-5-17", "NT AUTHORITY\\IUSR", "NT-AUTORITÄT\\IUSR"),
    ("S-1-5-18", "NT AUTHORITY\\SYSTEM", "NT-AUTORITÄT\\SYSTEM"),
    ("S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE", "NT-AUTORITÄT\\Lokaler Dienst"),
    ("S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE", "NT-AUTORITÄT\\Netzwerkdienst"),
    ("S-1-5-80-0", "NT SERVICE\\ALL SERVICES", "NT SERVICE\\ALL SERVICES"),
    ("S-1-5-90-0", "Window Manager\\Window Manager Group", "Window Manager\\Window Manager Group"),
    ("S-1-5-113", "NT AUTHORITY\\Local account", "NT-AUTORITÄT\\Lokales Konto"),
    (
        "S-1-5-114",
        "NT AUTHORITY\\Local account and member of Administrators group",
        'NT-AUTORITÄT\\Lokales Konto und Mitglied der Gruppe "Administratoren"',
    ),
)
# number after the machine's SID, English and German name, enabled, day of the last password change
USERS = (
    (500, "Administrator", "Administrator", True, "2026-06-01"),
    (501, "Guest", "Gast", False, None),
    (503, "DefaultAccount", "DefaultAccount", False, None),
    (1001, "deploy", "deploy", True, "2026-10-01"),
    (1002, "anna", "anna", True, "2026-11-01"),
    (1003, "ben", "ben", True, "2026-09-15"),
)
NEVER_EXPIRES = {501, 503, 1001}
DOMAIN_NAMES = {
    500: "Administrator",
    512: "Domain Admins",
    513: "Domain Users",
    519: "Enterprise Admins",
    1104: "deploy",
    1105: "Remote Admins",
}

# group number -> members: numbers are accounts of this machine, text is a SID
MEMBERS: dict[int, tuple[int | str, ...]] = {
    544: (500, 1001),
    545: ("S-1-5-4", "S-1-5-11", 1002, 1003),
    546: (501,),
    568: ("S-1-5-17",),
    581: (503,),
}
DOMAIN_MEMBERS: dict[int, tuple[int | str, ...]] = {
    544: (500, 512, 519),
    545: ("S-1-5-4", "S-1-5-11", 513),
    554: ("S-1-5-11",),
}

# right -> who has it on a server; B before a number stands for S-1-5-32-
RIGHTS = {
    "SeNetworkLogonRight": "S-1-1-0 B544 B545 B551",
    "SeBackupPrivilege": "B544 B551",
    "SeChangeNotifyPrivilege": "S-1-1-0 S-1-5-19 S-1-5-20 B544 B545 B551",
    "SeSystemtimePrivilege": "S-1-5-19 B544",
    "SeCreatePagefilePrivilege": "B544",
    "SeDebugPrivilege": "B544",
    "SeRemoteShutdownPrivilege": "B544",
    "SeAuditPrivilege": "S-1-5-19 S-1-5-20",
    "SeIncreaseQuotaPrivilege": "S-1-5-19 S-1-5-20 B544",
    "SeIncreaseBasePriorityPrivilege": "B544 S-1-5-90-0",
    "SeLoadDriverPrivilege": "B544",
    "SeBatchLogonRight": "B544 B551 B559",
    "SeServiceLogonRight": "S-1-5-80-0",
    "SeInteractiveLogonRight": "B544 B545 B551",
    "SeSecurityPrivilege": "B544",
    "SeSystemEnvironmentPrivilege": "B544",
    "SeProfileSingleProcessPrivilege": "B544",
    "SeAssignPrimaryTokenPrivilege": "S-1-5-19 S-1-5-20",
    "SeRestorePrivilege": "B544 B551",
    "SeShutdownPrivilege": "B544 B551",
    "SeTakeOwnershipPrivilege": "B544",
    "SeUndockPrivilege": "B544",
    "SeManageVolumePrivilege": "B544",
    "SeRemoteInteractiveLogonRight": "B544 B555",
    "SeImpersonatePrivilege": "S-1-5-19 S-1-5-20 B544 S-1-5-6",
    "SeCreateGlobalPrivilege": "S-1-5-19 S-1-5-20 B544 S-1-5-6",
    "SeIncreaseWorkingSetPrivilege": "B545",
    "SeTimeZonePrivilege": "S-1-5-19 B544",
    "SeCreateSymbolicLinkPrivilege": "B544",
    "SeDelegateSessionUserImpersonatePrivilege": "B544",
}
DOMAIN_CONTROLLER_RIGHTS = {
    "SeNetworkLogonRight": "S-1-1-0 S-1-5-11 S-1-5-9 B544 B554",
    "SeInteractiveLogonRight": "B544 B548 B549 B550 B551 S-1-5-9",
    "SeMachineAccountPrivilege": "S-1-5-11",
    "SeEnableDelegationPrivilege": "B544",
    "SeRemoteInteractiveLogonRight": "B544",
}
ACCESS: dict[str, int | str] = {
    "MinimumPasswordAge": 0,
    "MaximumPasswordAge": 42,
    "MinimumPasswordLength": 0,
    "PasswordComplexity": 0,
    "PasswordHistorySize": 0,
    "LockoutBadCount": 0,
    "RequireLogonToChangePassword": 0,
    "ForceLogoffWhenHourExpire": 0,
    "NewAdministratorName": '"Administrator"',
    "NewGuestName": '"Guest"',
    "ClearTextPassword": 0,
    "LSAAnonymousNameLookup": 0,
    "EnableAdminAccount": 1,
    "EnableGuestAccount": 0,
}
# release -> what differs; 2016 stands for a host without the update that knows AllowAdministratorLockout
ACCESS_OF: dict[str, dict[str, int | str]] = {
    "2016": {},
    "2019": {"AllowAdministratorLockout": 0},
    "2022": {"AllowAdministratorLockout": 0},
    "2025": {"LockoutBadCount": 10, "ResetLockoutCount": 10, "LockoutDuration": 10, "AllowAdministratorLockout": 1},
}


@dataclass(frozen=True)
class Membership:
    """Where a box's accounts are: its own, a domain's beside them, or (on a controller) the domain's only."""

    german: bool = False
    domain: bool = False
    controller: bool = False


def accounts(where: Membership) -> dict[str, Any]:
    """accounts.json; a domain controller has no accounts of its own."""
    column = 2 if where.german else 1
    groups = GROUPS + (DOMAIN_GROUPS if where.controller else ())
    names = {row[0]: row[column] for row in WELL_KNOWN}
    if where.domain:
        names |= {f"{DOMAIN_SID}-{number}": f"{DOMAIN}\\{name}" for number, name in DOMAIN_NAMES.items()}
    return {
        "users": [] if where.controller else [_user(row, column) for row in USERS],
        "groups": [{"name": row[column], "sid": f"{BUILTIN}{row[0]}"} for row in groups],
        "names": names,
    }


def _user(row: tuple[int, str, str, bool, str | None], column: int) -> dict[str, Any]:
    number, changed = row[0], row[4]
    return {
        "name": row[column],
        "sid": f"{MACHINE_SID}-{number}",
        "enabled": row[3],
        "password_last_set": f"{changed}T00:00:00Z" if changed else None,
        "password_expires": number not in NEVER_EXPIRES,
    }


def security(year: str, where: Membership) -> str:
    """security.inf."""
    access = ACCESS | ACCESS_OF[year] | ({"NewGuestName": '"Gast"'} if where.german else {})
    rights = RIGHTS | (DOMAIN_CONTROLLER_RIGHTS if where.controller else {})
    return inf.render(
        {
            inf.ACCESS: {name: str(value) for name, value in access.items()},
            inf.RIGHTS: {name: inf.listed([_sid(item) for item in holders.split()]) for name, holders in rights.items()},
            inf.GROUPS: _members(where),
        }
    )


def _sid(item: str) -> str:
    return BUILTIN + item[1:] if item.startswith("B") else item


def _members(where: Membership) -> dict[str, str]:
    """One line for every group; on a member of a domain its administrators are the machine's, too."""
    authority = DOMAIN_SID if where.controller else MACHINE_SID
    table = DOMAIN_MEMBERS if where.controller else MEMBERS
    found = {
        f"{BUILTIN}{row[0]}": [item if isinstance(item, str) else f"{authority}-{item}" for item in table.get(row[0], ())]
        for row in GROUPS + (DOMAIN_GROUPS if where.controller else ())
    }
    if where.domain and not where.controller:
        found[ADMINISTRATORS].append(f"{DOMAIN_SID}-512")
        found[BUILTIN + "545"].append(f"{DOMAIN_SID}-513")
    return {inf.members_key(group): inf.listed(members) for group, members in found.items()}
