# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: firewall rules as Windows stores them, and what the NetSecurity cmdlets write."""

from __future__ import annotations

from typing import Any

from lab.behaviour.expectation import InAnswer, Part, Steps
from lab.behaviour.rdp_expectation import Names, Rule, Whole
from lab.behaviour.rdp_host import PROTOCOL, host, row
from lab.behaviour.rdp_requests import add_rule, enable_rule, remove_rule, rules
from lab.behaviour.requests import apply, reads

LOCAL = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
POLICY = r"SOFTWARE\Policies\Microsoft\WindowsFirewall\FirewallRules"
GROUP = "@FirewallAPI.dll,-28752"
TCP, UDP, SHADOW = "RemoteDesktop-UserMode-In-TCP", "RemoteDesktop-UserMode-In-UDP", "RemoteDesktop-Shadow-In-TCP"
NEW = "hardening.windows-RemoteDesktop-TCP"
REGISTRY = "bin456789/reinstall windows-change-rdp-port.bat: FirewallRules of a real host"
GRAMMAR = "[MS-GPFAS] 2.2.2.19: firewall rule messages, learn.microsoft.com"
CMDLET = "New-NetFirewallRule, learn.microsoft.com"

SERVICE = "App=%SystemRoot%\\system32\\svchost.exe|Svc=termservice"
TCP_TEXT = (
    f"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=3389|{SERVICE}"
    f"|Name=@FirewallAPI.dll,-28775|Desc=@FirewallAPI.dll,-28756|EmbedCtxt={GROUP}|"
)
UDP_TEXT = (
    f"v2.31|Action=Allow|Active=FALSE|Dir=In|Protocol=17|LPort=3389|{SERVICE}"
    f"|Name=@FirewallAPI.dll,-28776|Desc=@FirewallAPI.dll,-28777|EmbedCtxt={GROUP}|"
)
TEXTS = {
    TCP: TCP_TEXT,
    UDP: UDP_TEXT,
    SHADOW: f"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|App=%SystemRoot%\\system32\\RdpSa.exe|EmbedCtxt={GROUP}|Edge=TRUE|Defer=App|",
    "Other-In": "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=445|Name=Other|EmbedCtxt=Other|",
    "Other-Out": f"v2.31|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|Name=Other|EmbedCtxt={GROUP}|",
    "{11111111-0000-0000-0000-000000000001}": "v2.30|Action=Block|Active=TRUE|Dir=In|App=C:\\x.exe|Name=Block in|",
    "{11111111-0000-0000-0000-000000000002}": "v2.30|Action=Block|Active=FALSE|Dir=In|App=C:\\x.exe|Name=Block in, off|",
    "{11111111-0000-0000-0000-000000000003}": "v2.30|Action=Block|Active=TRUE|Dir=Out|App=C:\\x.exe|Name=Block out|",
}
POLICY_TEXTS = {
    TCP: TCP_TEXT.replace("Active=TRUE", "Active=FALSE"),
    "Policy-Block": "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=3389|Name=Block|",
    "Policy-Other": "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|Name=Web|",
    "Policy-Off": "v2.31|Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=81|Name=Web|",
    "Policy-Out": "v2.31|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|LPort=82|Name=Web|",
}
BLOCK_IN = "{11111111-0000-0000-0000-000000000001}"


def key(texts: dict[str, str]) -> dict[str, Any]:
    return {name: {"kind": "String", "value": text} for name, text in texts.items()}


def network(profiles: Any) -> dict[str, Any]:
    return {"network": {"active_profiles": profiles, "excluded": [], "sockets": []}}


HOST = host(registry={LOCAL: key(TEXTS)}, documents=network(["Public"]))
MANAGED = host(registry={LOCAL: key(TEXTS), POLICY: key(POLICY_TEXTS)}, documents=network(["Private", "Domain", "Private"]))
FIELDS = {
    "Action": ["Allow"],
    "Active": ["TRUE"],
    "Dir": ["In"],
    "Protocol": ["6"],
    "LPort": ["3390"],
    "App": [r"%SystemRoot%\system32\svchost.exe"],
    "Svc": ["TermService"],
    "Name": ["Remote Desktop on port 3390"],
    "EmbedCtxt": ["hardening.windows"],
}

READING = (
    row(
        "firewall: rules by name without case, as Windows wrote them, and every active inbound block",
        HOST,
        reads(rules(names=(UDP.upper(), "Other-In", "Nothing"))),
        (
            Part("local", {UDP: UDP_TEXT, "Other-In": TEXTS["Other-In"], BLOCK_IN: TEXTS[BLOCK_IN]}),
            Names("local", ("Other-In", UDP, BLOCK_IN)),
            Part("policy", {}),
            Names("policy", ()),
            Part("active_profiles", ["Public"]),
        ),
        REGISTRY,
        "S",
    ),
    row(
        "firewall: rules by the resource string of their group, inbound ones only",
        HOST,
        reads(rules(groups=(GROUP.lower(),))),
        (Names("local", (SHADOW, TCP, UDP, BLOCK_IN)), Part(f"local/{TCP}", TCP_TEXT)),
        REGISTRY,
        "S",
    ),
    row(
        "firewall: rules of Group Policy stand beside the host's own, with every active inbound one",
        MANAGED,
        reads(rules(names=(TCP,))),
        (
            Names("local", (TCP, BLOCK_IN)),
            Part("policy", {name: POLICY_TEXTS[name] for name in (TCP, "Policy-Block", "Policy-Other")}),
            Names("policy", ("Policy-Block", "Policy-Other", TCP)),
            Part("active_profiles", ["Domain", "Private"]),
        ),
        GRAMMAR,
        "D",
    ),
    row(
        "firewall: no network is connected",
        host(registry={LOCAL: key({})}, documents=network([])),
        reads(rules()),
        (Whole({"local": {}, "policy": {}, "active_profiles": []}),),
        PROTOCOL,
        "P",
    ),
    row(
        "firewall: which networks are connected cannot be told",
        host(registry={LOCAL: key({})}, documents=network(None)),
        reads(rules()),
        (Whole({"local": {}, "policy": {}, "active_profiles": None}),),
        PROTOCOL,
        "P",
    ),
)

WRITING = (
    row(
        "firewall: a rule for every network and everybody",
        HOST,
        apply(add_rule(NEW), read=(rules(names=(NEW,)),)),
        (Steps(("done",)), Rule(NEW, FIELDS), InAnswer("changed", True)),
        CMDLET,
        "D",
    ),
    row(
        "firewall: a rule for some networks, interfaces and addresses",
        HOST,
        apply(
            add_rule(
                NEW,
                protocol="UDP",
                description="For administrators.",
                profiles=["Domain", "Private"],
                remote_addresses=["10.1.0.0/16", "192.0.2.7", "2001:db8::/32", "LocalSubnet"],
                interface_types=["Wired", "RemoteAccess"],
                enabled=False,
            ),
            read=(rules(names=(NEW,)),),
        ),
        (
            Steps(("done",)),
            Rule(
                NEW,
                FIELDS
                | {
                    "Active": ["FALSE"],
                    "Protocol": ["17"],
                    "Profile": ["Domain", "Private"],
                    "RA4": ["10.1.0.0/255.255.0.0", "192.0.2.7", "LocalSubnet"],
                    "RA6": ["2001:db8::/32", "LocalSubnet"],
                    "IFType": ["Lan", "RemoteAccess"],
                    "Desc": ["For administrators."],
                },
            ),
        ),
        GRAMMAR,
        "I",
    ),
    row(
        "firewall: a range of addresses",
        HOST,
        apply(add_rule(NEW, remote_addresses=["10.0.0.1-10.0.0.9"]), read=(rules(names=(NEW,)),)),
        (Steps(("done",)), Rule(NEW, FIELDS | {"RA4": ["10.0.0.1-10.0.0.9"]})),
        GRAMMAR,
        "D",
    ),
    row(
        "firewall: a rule of this name is there, though planned as absent",
        HOST,
        apply(add_rule(TCP), read=(rules(names=(TCP,)),)),
        (Steps(("failed:changed_meanwhile",)), Part(f"local/{TCP}", TCP_TEXT)),
        PROTOCOL,
        "P",
    ),
    row(
        "firewall: a port that is none",
        HOST,
        apply(add_rule(NEW, local_port="70000"), read=(rules(names=(NEW,)),)),
        (Steps(("failed:command_failed",)), Names("local", (BLOCK_IN,))),
        CMDLET + ": the port is invalid",
        "C",
    ),
    row(
        "firewall: an address that is none",
        HOST,
        apply(add_rule(NEW, remote_addresses=["10.0.0.256"]), read=(rules(names=(NEW,)),)),
        (Steps(("failed:command_failed",)), Names("local", (BLOCK_IN,))),
        CMDLET + ": the address is invalid",
        "C",
    ),
    row(
        "firewall: a rule is removed by its name without case",
        HOST,
        apply(remove_rule(TCP.lower()), read=(rules(names=(TCP, UDP)),)),
        (Steps(("done",)), Names("local", (UDP, BLOCK_IN))),
        "Remove-NetFirewallRule, learn.microsoft.com",
        "D",
    ),
    row(
        "firewall: a rule that is not there is not removed",
        HOST,
        apply(remove_rule(NEW)),
        (Steps(("failed:changed_meanwhile",)),),
        PROTOCOL,
        "P",
    ),
    row(
        "firewall: rules are switched on and off, the rest of the text stays",
        HOST,
        apply(enable_rule(TCP, False, True), enable_rule(UDP, True, False), read=(rules(names=(TCP, UDP)),)),
        (
            Steps(("done", "done")),
            Part(f"local/{TCP}", TCP_TEXT.replace("Active=TRUE", "Active=FALSE")),
            Part(f"local/{UDP}", UDP_TEXT.replace("Active=FALSE", "Active=TRUE")),
        ),
        "Set-NetFirewallRule, learn.microsoft.com",
        "D",
    ),
    row(
        "firewall: switched meanwhile",
        HOST,
        apply(enable_rule(UDP, False, True), read=(rules(names=(UDP,)),)),
        (Steps(("failed:changed_meanwhile",)), Part(f"local/{UDP}", UDP_TEXT)),
        PROTOCOL,
        "P",
    ),
    row(
        "firewall: only rules of the host's own store are written",
        MANAGED,
        apply(enable_rule(TCP, False, True), remove_rule("Policy-Block"), read=(rules(names=(TCP,)),)),
        (
            Steps(("not_attempted", "failed:changed_meanwhile")),
            Part(f"local/{TCP}", TCP_TEXT),
            Names("policy", ("Policy-Block", "Policy-Other", TCP)),
        ),
        PROTOCOL,
        "P",
    ),
)

ROWS = READING + WRITING
