# SPDX-License-Identifier: GPL-3.0-or-later
"""What a domain makes of a host: its names, and what Group Policy owns of one that is under it."""

from __future__ import annotations

from typing import Any

from lab.boxes.accounts import ADMINISTRATORS, DOMAIN, DOMAIN_DNS, DOMAIN_SID, REMOTE_DESKTOP_USERS
from lab.boxes.remote_desktop import FIREWALL_POLICY_RULES, TERMINAL_SERVICES_POLICY

POWER_POLICY = r"SOFTWARE\Policies\Microsoft\Power\PowerSettings"
SLEEP_AFTER = "29F6C1DB-86DA-48C5-9FDB-F2B67B1F44DA"
GPO = "Servers"
NAMES = {"netbios": DOMAIN, "dns": DOMAIN_DNS}
REMOTE_ADMINS = f"{DOMAIN_SID}-1105"
RULE = "{7A1F0A5C-3D0E-4E39-9B44-2E5D0C6F8A11}"

# what the policy says is worse than what the listener of a new host has: who reads only the local values is misled
LISTENER_POLICY = {"SecurityLayer": 1, "UserAuthentication": 0, "MinEncryptionLevel": 2, "fEncryptRPCTraffic": 0}


def account() -> dict[str, Any]:
    """The account of the connection on a domain controller, which has none of its own."""
    groups = [ADMINISTRATORS, "S-1-5-32-545", "S-1-5-2", "S-1-5-11", f"{DOMAIN_SID}-512", f"{DOMAIN_SID}-513"]
    return {"name": f"{DOMAIN}\\deploy", "sid": f"{DOMAIN_SID}-1104", "local": False, "groups": groups}


def policy(port: int) -> dict[str, Any]:
    """policy.json of a host whose Remote Desktop a domain's policy owns."""
    rule = f"v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort={port}|RA4=10.20.0.0/255.255.0.0|Name=Remote administration|"
    registry = [_number(TERMINAL_SERVICES_POLICY, name, value) for name, value in LISTENER_POLICY.items()]
    registry.append(_number(f"{POWER_POLICY}\\{SLEEP_AFTER}", "ACSettingIndex", 1200))
    registry.append({"key": FIREWALL_POLICY_RULES, "name": RULE, "kind": "String", "value": rule, "gpo": GPO})
    return {
        "known": True,
        "registry": registry,
        "rights": [
            {"right": "SeRemoteInteractiveLogonRight", "accounts": [ADMINISTRATORS, REMOTE_DESKTOP_USERS, REMOTE_ADMINS], "gpo": GPO}
        ],
        "groups": [{"group": REMOTE_DESKTOP_USERS, "members": [REMOTE_ADMINS], "gpo": GPO}],
        "account": [{"setting": "MinimumPasswordLength", "value": 8, "gpo": "Default Domain Policy"}],
    }


def _number(key: str, name: str, value: int) -> dict[str, Any]:
    return {"key": key, "name": name, "kind": "DWord", "value": value, "gpo": GPO}
