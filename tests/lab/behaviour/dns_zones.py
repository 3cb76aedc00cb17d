# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: zones of the DNS Server, who gets them, who is told of changes, who may update them, how they age."""

from __future__ import annotations

from typing import Any

from lab.behaviour.dns_expectation import Kept, Objects, Only
from lab.behaviour.dns_host import (
    CONTROLLER,
    FILES,
    MOF,
    PAGES,
    REAL,
    REPORT,
    SECONDARY,
    SHOP,
    ZONE_JSON,
    host,
    many,
    reading,
    writing,
)
from lab.behaviour.dns_requests import call, dnscmd, get, none, one, zones
from lab.behaviour.expectation import Part, ReadError
from lab.boxes.dns import strings
from lab.boxes.remote_desktop import number
from lab.dns_values import DAY, ZONES

ZONE, AGING = "DnsServerZone", "DnsServerZoneAging"
TRANSFER = ("SecureSecondaries", "SecondaryServers", "Notify", "NotifyServers")
CORP, MSDCS, PARTNER, AUTO = "corp.example", "_msdcs.corp.example", "partner.example", "127.in-addr.arpa"
SCOPE = "DNS zone transfer options are reset after you change zone replication scope (KB4050194)"
UNKNOWN = "DNS_ERROR_ZONE_DOES_NOT_EXIST 9601, win32 system errors"
RESETTING = "dnscmd /ZoneResetSecondaries, learn.microsoft.com"
OPEN_TO_ALL = "AsBuiltReport.Microsoft.AD: zenpr.local, a secondary zone with SecureSecondaries 0"


def zone(name: str, *properties: str) -> dict[str, Any]:
    return get(ZONE, *(properties or TRANSFER), Name=name)


def key(name: str) -> str:
    return f"{ZONES}\\{name}"


def kept(name: str, **values: Any) -> Kept:
    return Kept(values, key(name))


def has(name: str, secure: str, secondaries: list[str] | None, notify: str, notified: list[str] | None) -> tuple[Any, ...]:
    return (Objects(({"SecureSecondaries": secure, "SecondaryServers": secondaries, "Notify": notify, "NotifyServers": notified},)),)


READING = (
    reading(
        "a zone of the directory is not transferred, and notifies a list that is empty",
        host(CONTROLLER),
        zone(CORP),
        *has(CORP, "NoTransfer", None, "NotifyServers", None),
        source=ZONE_JSON,
        certainty="M",
    ),
    reading(
        "a zone in a file is given to its name servers",
        host(),
        zone(SHOP),
        *has(SHOP, "TransferToZoneNameServer", None, "Notify", None),
        source="default of a new zone in a file; inferred from the console",
        certainty="I",
    ),
    reading(
        "a zone's registry values by their names",
        host(
            keys={
                SHOP: {
                    "SecureSecondaries": number(2),
                    "SecondaryServers": strings("10.20.0.9", "2001:db8::9"),
                    "NotifyLevel": number(2),
                    "NotifyServers": strings("10.20.0.9"),
                }
            }
        ),
        zone(SHOP.upper()),
        *has(SHOP, "TransferToSecureServers", ["10.20.0.9", "2001:db8::9"], "NotifyServers", ["10.20.0.9"]),
        source=SCOPE + "; WMI MicrosoftDNS_Zone",
        certainty="D",
    ),
    reading(
        "zones of the directory, of files, and those that the server made by itself",
        host(CONTROLLER),
        get(ZONE, "ZoneName", "ZoneType", "IsDsIntegrated", "IsAutoCreated", "IsReverseLookupZone", "ReplicationScope", "DynamicUpdate"),
        Part(
            "0",
            {
                "ZoneName": "0.in-addr.arpa",
                "ZoneType": "Primary",
                "IsAutoCreated": True,
                "IsDsIntegrated": False,
                "ReplicationScope": "None",
            },
        ),
        Part("2", {"ZoneName": "20.10.in-addr.arpa", "IsReverseLookupZone": True, "IsAutoCreated": False, "DynamicUpdate": "Secure"}),
        Part("4", {"ZoneName": MSDCS, "ReplicationScope": "Forest", "DynamicUpdate": "Secure", "IsDsIntegrated": True}),
        Part("6", {"ZoneName": PARTNER, "ZoneType": "Forwarder"}),
        Part("7", {"ZoneName": "TrustAnchors", "ReplicationScope": "Forest", "DynamicUpdate": "None", "IsAutoCreated": False}),
        source=REPORT,
        certainty="M",
    ),
    reading(
        "a conditional forwarder has nothing of transfers and updates",
        host(CONTROLLER),
        get(ZONE, *TRANSFER, "DynamicUpdate", "MasterServers", "ForwarderTimeout", "IsSigned", Name=PARTNER),
        Only(("MasterServers", "ForwarderTimeout")),
        source=MOF + ", DnsServerConditionalForwarderZone",
        certainty="D",
    ),
    reading(
        "a secondary zone has nothing of transfers and updates",
        host(SECONDARY),
        get(ZONE, *TRANSFER, "DynamicUpdate", "MasterServers", "IsWinsEnabled", Name=CORP),
        Only(("MasterServers", "IsWinsEnabled")),
        source=MOF + ", DnsServerSecondaryZone",
        certainty="D",
    ),
    reading(
        "a zone that is not there", host(), zone("gone.example"), ReadError("zone_unknown", "0x80072581"), source=UNKNOWN, certainty="D"
    ),
    reading(
        "zones, their aging and the registry of secondary ones in one read",
        host(SECONDARY, keys={SHOP: {"SecureSecondaries": number(2), "SecondaryServers": strings("10.20.0.9")}}),
        zones("ZoneName"),
        Part("zones", [{"ZoneName": name} for name in ("0.in-addr.arpa", AUTO, "255.in-addr.arpa", CORP, SHOP)]),
        Part("aging", {}),
        Part(
            "registry",
            {CORP: {"SecureSecondaries": 0, "NotifyLevel": 0}, SHOP: {"SecureSecondaries": 2, "SecondaryServers": ["10.20.0.9"]}},
        ),
        source=OPEN_TO_ALL,
        certainty="M",
    ),
    reading(
        "aging of every primary but those that the server made and the trust anchors",
        host(CONTROLLER),
        zones("ZoneName", "NotThere"),
        Part(
            "aging/corp.example", {"AgingEnabled": False, "RefreshInterval": 7 * DAY, "NoRefreshInterval": 7 * DAY, "ScavengeServers": None}
        ),
        Part("aging/TrustAnchors", "(missing)"),
        Part("aging/127.in-addr.arpa", "(missing)"),
        Part("aging/partner.example", "(missing)"),
        Part("registry", {}),
        source=REAL,
        certainty="I",
    ),
    reading(
        "aging of a zone that is not there and of one that cannot age",
        host(CONTROLLER),
        zones("ZoneName", aging=["gone.example", PARTNER, CORP]),
        Part("aging/gone.example/error/kind", "zone_unknown"),
        Part("aging/partner.example/error/kind", "zone_unfit"),
        Part("aging/corp.example/AgingEnabled", False),
        source=UNKNOWN,
        certainty="I",
    ),
)

SECURITY = (
    ("NoTransfer", 3, "/NoXfr"),
    ("TransferToSecureServers", 2, "/SecureList"),
    ("TransferToZoneNameServer", 1, "/SecureNs"),
    ("TransferAnyServer", 0, "/NonSecure"),
)
NOTIFY = (("NoNotify", 0, "/NoNotify"), ("Notify", 1, "/Notify"), ("NotifyServers", 2, "/NotifyList"))


LIST = ["10.20.0.9", "10.20.0.8"]
NUMBERED = tuple(f"zone-{index:03}.example" for index in range(1, 5))
EVERY_MODE = tuple(zip(NUMBERED, SECURITY, strict=True))


def _list(stored: int) -> list[str] | None:
    return LIST if stored == 2 else None


def _other(stored: int) -> dict[str, Any]:
    """What the registry has before: another mode, and a list."""
    return {"SecureSecondaries": number(2 if stored == 0 else 0), "SecondaryServers": strings("10.9.9.9")}


EVERY_TRANSFER = (
    writing(
        "every mode of transfers by the cmdlet",
        many(CONTROLLER, len(NUMBERED)),
        tuple(
            call(
                "Set-DnsServerPrimaryZone",
                one(ZONE, {"SecureSecondaries": "NoTransfer"}, Name=name),
                Name=name,
                SecureSecondaries=mode,
                **({"SecondaryServers": LIST} if stored == 2 else {}),
            )
            for name, (mode, stored, _switch) in EVERY_MODE
        ),
        *(
            Objects(({"SecureSecondaries": mode, "SecondaryServers": _list(stored), "Notify": "NotifyServers"},), index)
            for index, (_name, (mode, stored, _switch)) in enumerate(EVERY_MODE)
        ),
        *(kept(name, SecureSecondaries=stored, SecondaryServers=_list(stored)) for name, (_mode, stored, _switch) in EVERY_MODE),
        read=tuple(zone(name) for name in NUMBERED),
        source=SCOPE + "; WMI MicrosoftDNS_Zone.ResetSecondaries",
        certainty="D",
    ),
    writing(
        "every mode of transfers of secondary zones by dnscmd",
        many(SECONDARY, len(NUMBERED), {name: _other(stored) for name, (_mode, stored, _switch) in EVERY_MODE}),
        tuple(
            dnscmd(
                "ZoneResetSecondaries",
                name,
                switch,
                *(_list(stored) or []),
                "/NoNotify",
                planned=(one(ZONE, {"ZoneType": "Secondary"}, Name=name),),
            )
            for name, (_mode, stored, switch) in EVERY_MODE
        ),
        *(Part(f"registry/{name}", {"SecureSecondaries": stored, "NotifyLevel": 0}) for name, (_mode, stored, _switch) in EVERY_MODE),
        *(
            kept(name, SecureSecondaries=stored, SecondaryServers=_list(stored), NotifyLevel=0, NotifyServers=None)
            for name, (_mode, stored, _switch) in EVERY_MODE
        ),
        read=(zones("ZoneName"),),
        source=RESETTING,
        certainty="D",
    ),
    writing(
        "every mode of notification by the cmdlet",
        many(FILES, len(NOTIFY)),
        tuple(
            call("Set-DnsServerPrimaryZone", Name=name, Notify=mode, **({"NotifyServers": LIST} if stored == 2 else {}))
            for name, (mode, stored, _switch) in zip(NUMBERED, NOTIFY, strict=False)
        ),
        *(
            Objects(({"Notify": mode, "NotifyServers": _list(stored), "SecureSecondaries": "TransferToZoneNameServer"},), index)
            for index, (mode, stored, _switch) in enumerate(NOTIFY)
        ),
        *(kept(name, NotifyLevel=stored) for name, (_mode, stored, _switch) in zip(NUMBERED, NOTIFY, strict=False)),
        read=tuple(zone(name) for name in NUMBERED[: len(NOTIFY)]),
        source="WMI MicrosoftDNS_Zone.ResetSecondaries, learn.microsoft.com",
        certainty="D",
    ),
)

LISTED = host(keys={SHOP: {"SecureSecondaries": number(2), "SecondaryServers": strings("10.20.0.9"), "NotifyLevel": number(1)}})
TRANSFERS = (
    writing(
        "no transfer any more, and the list may stay",
        LISTED,
        call("Set-DnsServerPrimaryZone", Name=SHOP, SecureSecondaries="NoTransfer"),
        Objects(({"SecureSecondaries": "NoTransfer", "SecondaryServers": ["10.20.0.9"]},)),
        read=(zone(SHOP),),
        source="Set-DnsServerPrimaryZone, learn.microsoft.com: only what is given is changed",
        certainty="?",
        variants=((Objects(({"SecureSecondaries": "NoTransfer", "SecondaryServers": None},)),),),
    ),
    writing(
        "a list without anybody in it",
        host(),
        call("Set-DnsServerPrimaryZone", Name=SHOP, SecureSecondaries="TransferToSecureServers"),
        *has(SHOP, "TransferToSecureServers", None, "Notify", None),
        read=(zone(SHOP),),
        source=PAGES,
        certainty="I",
    ),
    writing(
        "transfers, notification and updates in one call",
        host(CONTROLLER),
        call(
            "Set-DnsServerPrimaryZone",
            Name=CORP,
            SecureSecondaries="TransferToSecureServers",
            SecondaryServers=["10.20.0.9"],
            Notify="NotifyServers",
            NotifyServers=["10.20.0.9", "10.20.0.8"],
            DynamicUpdate="None",
        ),
        *has(CORP, "TransferToSecureServers", ["10.20.0.9"], "NotifyServers", ["10.20.0.9", "10.20.0.8"]),
        Objects(({"DynamicUpdate": "None"},), 1),
        read=(zone(CORP), zone(CORP, "DynamicUpdate")),
        source="Set-DnsServerPrimaryZone, learn.microsoft.com: parameter set Parameters",
        certainty="D",
    ),
    writing(
        "a primary by dnscmd, both lists replaced",
        LISTED,
        dnscmd("ZoneResetSecondaries", SHOP.upper(), "/securelist", "10.20.0.7", "/notifylist", "10.20.0.6"),
        *has(SHOP, "TransferToSecureServers", ["10.20.0.7"], "NotifyServers", ["10.20.0.6"]),
        read=(zone(SHOP),),
        source=RESETTING,
        certainty="D",
    ),
    writing(
        "dnscmd without a switch for notification",
        host(CONTROLLER),
        dnscmd("ZoneResetSecondaries", CORP, "/NoXfr"),
        Objects(({"SecureSecondaries": "NoTransfer", "Notify": "Notify"},)),
        read=(zone(CORP),),
        source=RESETTING + "; what it makes of notification then is not documented",
        certainty="?",
        variants=tuple((Objects(({"SecureSecondaries": "NoTransfer", "Notify": mode},)),) for mode in ("NoNotify", "NotifyServers")),
    ),
    writing(
        "a change of the replication scope is another call, and leaves this server's transfers",
        host(CONTROLLER),
        call(
            "Set-DnsServerPrimaryZone", none(ZONE, {"ReplicationScope": "Legacy"}), Name=CORP, SecureSecondaries="TransferToZoneNameServer"
        ),
        Objects(({"ReplicationScope": "Domain", "ZoneFile": None},)),
        read=(zone(CORP, "ReplicationScope", "ZoneFile"),),
        source=SCOPE,
        certainty="D",
    ),
)

ROWS = (*READING, *EVERY_TRANSFER, *TRANSFERS)
