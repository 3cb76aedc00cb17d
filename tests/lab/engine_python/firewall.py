# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `firewall`: rules as Windows stores them, as text in the registry."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from lab.box import Box

from .errors import Refusal
from .hive import find_key
from .planned import expect
from .writes import Writes

LOCAL = "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules"
POLICY = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules"
# the schema's version of a host that has no rule yet
VERSION = "v2.31"
PROTOCOLS = {"TCP": "6", "UDP": "17"}
INTERFACES = {"Wired": "Lan", "Wireless": "Wireless", "RemoteAccess": "RemoteAccess"}
# names of addresses that a rule may have, in both families
KEYWORDS = ("LocalSubnet", "DNS", "DHCP", "WINS", "DefaultGateway", "Internet", "Intranet")
PORT = re.compile(r"\d{1,5}")
INVALID = "New-NetFirewallRule: {} is invalid. (HRESULT 0x80070057)"


def fields(text: str) -> dict[str, str]:
    """`v2.31|Action=Allow|...` by name; of a repeated name the last."""
    pairs = (part.partition("=") for part in text.split("|")[1:] if "=" in part)
    return {name: value for name, _, value in pairs}


def _stored(box: Box, key: str) -> dict[str, str]:
    machine = box.registry.get("HKLM", {})
    found = find_key(machine, key)
    return {} if found is None else {name: item["value"] for name, item in machine[found].items() if isinstance(item["value"], str)}


def read_rules(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    names, groups = ({text.lower() for text in read[key]} for key in ("names", "groups"))

    def is_wanted(name: str, text: str, actions: tuple[str, ...]) -> bool:
        rule = fields(text)
        counts = rule.get("Active") == "TRUE" and rule.get("Action") in actions
        return rule.get("Dir") == "In" and (name.lower() in names or rule.get("EmbedCtxt", "").lower() in groups or counts)

    def wanted(key: str, *actions: str) -> dict[str, str]:
        return {name: text for name, text in _stored(box, key).items() if is_wanted(name, text, actions)}

    profiles = box.read_json("network").get("active_profiles")
    return {
        "local": wanted(LOCAL, "Block"),
        "policy": wanted(POLICY, "Block", "Allow"),
        "active_profiles": None if profiles is None else sorted(set(profiles)),
    }


def _name(rules: dict[str, Any], name: str) -> str | None:
    return next((found for found in rules if found.lower() == name.lower()), None)


def check_planned(box: Box, operation: dict[str, Any]) -> None:
    rules = _stored(box, LOCAL)
    name = _name(rules, operation["name"])
    found = {"exists": False} if name is None else {"exists": True, "enabled": fields(rules[name]).get("Active") == "TRUE"}
    expect(found, operation["planned"])


def _version(rules: dict[str, str]) -> str:
    """Windows writes a rule in the version of its own schema, which the newest of its other rules has."""
    known = [int(found[1]) for found in (re.match(r"v2\.(\d+)\|", text) for text in rules.values()) if found]
    return f"v2.{max(known)}" if known else VERSION


def rule_text(rule: dict[str, Any], version: str) -> str:
    """A rule in the order in which Windows writes it. Refusal `command_failed` for what New-NetFirewallRule refuses."""
    if any("|" in rule[name] for name in ("display_name", "description", "group", "program", "service")):
        raise Refusal("command_failed", INVALID.format("The text"))
    if not PORT.fullmatch(rule["local_port"]) or not 0 < int(rule["local_port"]) < 65536:
        raise Refusal("command_failed", INVALID.format("The port"))
    profiles = [f"Profile={profile}" for profile in rule["profiles"] if profile != "Any"]
    interfaces = [f"IFType={INTERFACES[kind]}" for kind in rule["interface_types"] if kind != "Any"]
    addresses = [part for text in rule["remote_addresses"] if text != "Any" for part in _address(text)]
    names = {"App": "program", "Svc": "service", "Name": "display_name", "Desc": "description", "EmbedCtxt": "group"}
    parts = [
        "Action=Allow",
        f"Active={'TRUE' if rule['enabled'] else 'FALSE'}",
        "Dir=In",
        f"Protocol={PROTOCOLS[rule['protocol']]}",
        *profiles,
        f"LPort={rule['local_port']}",
        *addresses,
        *interfaces,
        *(f"{name}={rule[key]}" for name, key in names.items() if rule[key]),
    ]
    return "|".join([version, *parts, ""])


def _address(text: str) -> list[str]:
    """An IPv4 network has its mask written out; a keyword stands for both families."""
    if text in KEYWORDS:
        return [f"RA4={text}", f"RA6={text}"]
    try:
        first, *rest = [ipaddress.ip_network(part, strict=False) for part in text.split("-")]
    except ValueError:
        raise Refusal("command_failed", INVALID.format(f"The address {text}")) from None
    if rest or "/" not in text:
        return [f"RA{first.version}={text}"]
    return [f"RA4={first.with_netmask}" if first.version == 4 else f"RA6={first}"]


def write(box: Box, operation: dict[str, Any], writes: Writes) -> None:
    added = rule_text(operation["rule"], _version(_stored(box, LOCAL))) if operation["operation"] == "add" else ""

    def change() -> None:
        registry = box.registry
        machine = registry["HKLM"]
        rules = machine.setdefault(find_key(machine, LOCAL) or LOCAL, {})
        name = _name(rules, operation["name"]) or operation["name"]
        if operation["operation"] == "remove":
            rules.pop(name, None)
        else:
            text = added or _switched(rules[name]["value"], operation["enabled"])
            rules[name] = {"kind": "String", "value": text}
        box.write_json("registry", registry)

    writes.make("write", change)


def _switched(text: str, enabled: bool) -> str:
    return re.sub(r"\|Active=[^|]*\|", f"|Active={'TRUE' if enabled else 'FALSE'}|", text)
