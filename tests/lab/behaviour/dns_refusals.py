# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: what the payload of the DNS Server has, requests of another form, and a server that cannot be spoken to."""

from __future__ import annotations

from typing import Any

from lab.behaviour.dns_expectation import Kept, Objects
from lab.behaviour.dns_host import CONTROLLER, FILES, FORWARDER, PROTOCOL, SHOP, host, reading, refused, row, stopped
from lab.behaviour.dns_requests import ACL, LISTENERS, acl, call, config, dnscmd, get, query, setting, zones
from lab.behaviour.dns_settings import RECURSION, SETTING
from lab.behaviour.expectation import InAnswer, JournalLines, Part, ReadError, Refused, Steps
from lab.behaviour.iis_changes import GIT
from lab.behaviour.journal import file
from lab.behaviour.rdp_requests import right
from lab.behaviour.requests import JOURNAL, SERVER, Step, apply, reads, registry_set
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation
from lab.dns_values import PARAMETERS

OFF = call("Set-DnsServerRecursion", Enable=False)
READ = get(RECURSION, "Enable")
MISSING_TOOLS = "the role without -IncludeManagementTools brings no module, Install-WindowsFeature, learn.microsoft.com"
STOPPED_SOURCE = "RPC_S_SERVER_UNAVAILABLE 1722, win32 system errors"
DENIED_SOURCE = "dnscmd /info and /config of a real server without rights: Status = 5"


def _request(name: str, request: dict[str, Any], entry: str | None = None, kind: str = "request_invalid") -> Row:
    return Row("dns refused: " + name, host(), request, (Refused(kind),), PROTOCOL, "P", family="windows_dns", entry=entry)


def _changed(step: Step, **keys: Any) -> Step:
    """The step with other keys in its operation; None takes one out."""
    operation = {name: item for name, item in (step["operation"] | keys).items() if item is not None}
    return {"operation": operation, "undo": step["undo"]}


def _read(read: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return reads({name: item for name, item in (read | keys).items() if item is not None})


ENTRIES = (
    _request("IIS of the payload of the DNS Server", reads(SERVER)),
    _request("a change of IIS by the payload of the DNS Server", apply(GIT)),
    _request("user rights of the payload of the DNS Server", reads(right("SeNetworkLogonRight"))),
    _request("the DNS Server of the payload of Remote Desktop", reads(READ), "windows_rdp_read"),
    _request("a change of the DNS Server by the payload of IIS", apply(OFF), "windows_iis"),
    _request("an apply by the payload that only reads", apply(OFF), "windows_dns_read"),
    _request("an apply under check mode", apply(OFF, _ansible_check_mode=True), kind="check_mode"),
    reading(
        "it has the providers that every payload has, accounts and sockets",
        host(CONTROLLER),
        (
            {"provider": "service", "read": "service", "name": "dns"},
            {"provider": "journal", "read": "journals"},
            {"provider": "account", "read": "resolve", "names": ["DnsAdmins"]},
            LISTENERS,
        ),
        Part("", {"exists": True, "state": "Running", "start_type": "Automatic"}),
        Part("", [], number=1),
        Part("DnsAdmins/name", "CORP\\DnsAdmins", number=2),
        Part("excluded", [[50000, 50059]], number=3),
        source=PROTOCOL,
        certainty="P",
    ),
    row("the payload that writes also reads", host(), reads(READ), (Objects(({"Enable": True},)),), PROTOCOL, "P"),
)

FORMS = (
    _request("a getter of something else", _read(READ, cmdlet="Process")),
    _request("a getter whose name goes on", _read(READ, cmdlet="DnsServerRecursion; x")),
    _request("parameters that are a list", _read(READ, parameters=[])),
    _request("properties that are text", _read(READ, properties="Enable")),
    _request("zones without aging", _read(zones("ZoneName"), aging=None)),
    _request("a query without a server", _read(query("127.0.0.1", (SHOP, "SOA")), server=None)),
    _request("a query whose seconds are text", _read(query("127.0.0.1", (SHOP, "SOA")), seconds="30")),
    _request("a cmdlet that makes a zone", apply(_changed(OFF, cmdlet="Add-DnsServerZone"))),
    _request("a cmdlet that writes the whole server", apply(_changed(OFF, cmdlet="Set-DnsServerSetting"))),
    _request("a cmdlet that removes a zone", apply(_changed(OFF, cmdlet="Remove-DnsServerZone"))),
    _request("a cmdlet that writes what nobody asks for", apply(_changed(OFF, cmdlet="Set-DnsServerDsSetting"))),
    _request("a getter as an operation", apply(_changed(OFF, cmdlet="Get-DnsServerRecursion"))),
    _request("a call without what it was planned on", apply(_changed(OFF, planned=None))),
    _request("a command of dnscmd that is not offered", apply(_changed(config("NoRecursion", "1"), command="ZoneDelete"))),
    _request("arguments that are text", apply(_changed(config("NoRecursion", "1"), arguments="/NoRecursion 1"))),
    _request("a setting without a value", apply(_changed(setting("RoundRobin", False), value=None))),
    _request("rules that are no list", apply(_changed(acl([], [], []), add={}))),
)

TOOLS = host(tools=False)
NOT_INSTALLED = Situation(host="no_iis")
DENIED = host(denied=True)
EVERY_WRITE = (
    ("a cmdlet", OFF),
    ("dnscmd", config("NoRecursion", "1")),
    ("the whole object", setting("EnableIQueryResponseGeneration", True)),
)


def _unreachable(what: str, situation: Situation, kind: str, hresult: str | None, source: str, certainty: str) -> tuple[Row, ...]:
    """Nothing is read, nothing is written; what does not go by the service is."""
    return (
        reading(
            what,
            situation,
            (
                READ,
                get(SETTING, "EnableDnsSec", All=True),
                zones("ZoneName"),
                get("DnsClientServerAddress", "ServerAddresses", AddressFamily="IPv4"),
                ACL,
            ),
            *(ReadError(kind, hresult, number=number) for number in range(3)),
            Objects(({"ServerAddresses": ["127.0.0.1"]},), 3),
            Part("", {"applies": False}, number=4),
            source=source,
            certainty=certainty,
        ),
        *(
            refused(f"{what}, {how}", step, kind, int(hresult[-4:], 16) if hresult else None, source, certainty, situation)
            for how, step in EVERY_WRITE
        ),
    )


UNREACHABLE = (
    *_unreachable("the service is stopped", stopped(), "service_stopped", "0x800706ba", STOPPED_SOURCE, "D"),
    *_unreachable("the account may not administer the service", DENIED, "access_denied", "0x80070005", DENIED_SOURCE, "M"),
    *_unreachable("the service's tools are not there", TOOLS, "command_missing", None, MISSING_TOOLS, "K"),
    reading(
        "the role is not installed",
        NOT_INSTALLED,
        (READ, zones("ZoneName"), {"provider": "service", "read": "service", "name": "DNS"}, query("127.0.0.1", (SHOP, "SOA"))),
        ReadError("command_missing"),
        ReadError("command_missing", number=1),
        Part("exists", False, number=2),
        Part("0/error/hresult", "0x800705b4", number=3),
        source=MISSING_TOOLS,
        certainty="K",
    ),
)

NEWER = reading(
    "a cmdlet that the release does not have",
    host(FILES),
    (get("DnsServerEncryptionProtocol", "EnableDoh"), READ),
    ReadError("command_missing"),
    Objects(({"Enable": True},), 1),
    source="Get-DnsServerEncryptionProtocol came with an update of Windows Server 2025",
    certainty="D",
)

LINES = (("protocol", "id", "started", "account", "steps"), ("at", "done"))
MIXED = (
    row(
        "steps of several kinds, each a line of the journal",
        host(FILES),
        apply(
            OFF,
            config("RoundRobin", "0"),
            setting("AllowReadOnlyZoneTransfer", True),
            registry_set(PARAMETERS, "MaximumUdpPacketSize", "DWord", 1221, {"exists": False}),
            restarts=["DNS"],
        ),
        (
            Steps(("done",) * 4),
            JournalLines((*LINES, *LINES[1:] * 3, ("at", "finished")), file(JOURNAL)),
            InAnswer("restarts", [{"service": "DNS", "error": None}]),
            Kept({"NoRecursion": 1, "RoundRobin": 0, "AllowReadOnlyZoneTransfer": 1, "MaximumUdpPacketSize": 1221}),
        ),
        PROTOCOL,
        "P",
    ),
    row(
        "the first refusal ends the apply, what was written stays",
        host(FORWARDER),
        apply(OFF, dnscmd("Config", "/RecursionTimeout", "99"), config("RoundRobin", "0"), restarts=["DNS"], read=(READ,)),
        (
            Steps(("done", "failed:dns_error", "not_attempted")),
            JournalLines((*LINES, ("at", "failed", "error"), ("at", "finished")), file(JOURNAL)),
            InAnswer("restarts", []),
            InAnswer("changed", True),
            Objects(({"Enable": False},)),
            Kept({"RoundRobin": None}),
        ),
        PROTOCOL,
        "P",
    ),
)

ROWS = (*ENTRIES, *FORMS, *UNREACHABLE, NEWER, *MIXED)
