# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: who may update a zone, what of a zone cannot be changed, and how zones age."""

from __future__ import annotations

from lab.behaviour.dns_expectation import Objects
from lab.behaviour.dns_host import (
    CONTROLLER,
    LAB,
    OPERATION,
    PROTOCOL,
    SECONDARY,
    SHOP,
    ZONE_JSON,
    document,
    host,
    many,
    reading,
    refused,
    writing,
)
from lab.behaviour.dns_lists import HINTS, NAME, V4
from lab.behaviour.dns_requests import call, dnscmd, get, given, none, one, zones
from lab.behaviour.dns_zones import AGING, AUTO, CORP, PARTNER, SCOPE, UNKNOWN, ZONE, zone
from lab.behaviour.expectation import Part, ReadError
from lab.behaviour.requests import Step
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation
from lab.dns_values import DAY, HOUR

READ_ONLY_ZONES = [one_zone | {"IsReadOnly": one_zone["IsDsIntegrated"]} for one_zone in document(CONTROLLER)[ZONE]]
READ_ONLY = host(CONTROLLER, DnsServerSetting={"IsReadOnlyDC": True}, DnsServerZone=READ_ONLY_ZONES)
UPDATE_SOURCE = OPERATION + ", AllowUpdate"


def update(name: str, mode: str) -> Step:
    return call("Set-DnsServerPrimaryZone", Name=name, DynamicUpdate=mode)


# zone, what is given to the cmdlet or to dnscmd, what is shown then; before, all of them take any update
MODES = tuple(
    (f"zone-{index:03}.example", given, shown)
    for index, (given, shown) in enumerate(
        (
            ("None", "None"),
            ("Secure", "Secure"),
            ("NonSecureAndSecure", "NonsecureAndSecure"),
            ("0", "None"),
            ("1", "NonsecureAndSecure"),
            ("2", "Secure"),
        ),
        1,
    )
)

UPDATES = (
    writing(
        "every mode of updates, by the cmdlet and by dnscmd, and the getter spells it NonsecureAndSecure",
        many(CONTROLLER, len(MODES)),
        tuple(dnscmd("Config", name, "/AllowUpdate", given) if given.isdecimal() else update(name, given) for name, given, _shown in MODES),
        *(Objects(({"DynamicUpdate": shown},), index) for index, (_name, _given, shown) in enumerate(MODES)),
        read=tuple(zone(name, "DynamicUpdate") for name, _given, _shown in MODES),
        source=ZONE_JSON + "; " + UPDATE_SOURCE,
        certainty="M",
    ),
    writing(
        "no updates of a zone in a file",
        host(),
        call("Set-DnsServerPrimaryZone", one(ZONE, {"DynamicUpdate": "NonsecureAndSecure"}, Name=LAB), Name=LAB, DynamicUpdate="None"),
        Objects(({"DynamicUpdate": "None", "SecureSecondaries": "TransferAnyServer"},)),
        read=(zone(LAB, "DynamicUpdate", "SecureSecondaries"),),
        source=UPDATE_SOURCE,
        certainty="D",
    ),
    refused("secure updates of a zone in a file", update(SHOP, "Secure"), "zone_unfit", None, UPDATE_SOURCE, "D", kinds=("dns_error",)),
    refused(
        "secure updates of a zone in a file by dnscmd",
        dnscmd("Config", SHOP, "/AllowUpdate", "2"),
        "zone_unfit",
        None,
        UPDATE_SOURCE,
        "D",
        kinds=("dns_error",),
    ),
    refused(
        "updates of a secondary zone", update(CORP, "None"), "zone_unfit", None, UPDATE_SOURCE, "D", host(SECONDARY), kinds=("dns_error",)
    ),
    refused("updates of a zone that is not there", update("gone.example", "None"), "zone_unknown", 9601, UNKNOWN, "D"),
    refused(
        "updates on a read-only domain controller",
        update(CORP, "None"),
        "dns_error",
        9569,
        "DNS_ERROR_NOT_ALLOWED_ON_RODC, win32 system errors",
        "I",
        READ_ONLY,
    ),
    writing(
        "transfers on a read-only domain controller are its own",
        READ_ONLY,
        call("Set-DnsServerPrimaryZone", Name=CORP, SecureSecondaries="TransferToZoneNameServer"),
        Objects(({"SecureSecondaries": "TransferToZoneNameServer"},)),
        read=(zone(CORP),),
        source=SCOPE,
        certainty="I",
    ),
)

HINT = "b.root-servers.net."
MADE = OPERATION + ": for any operation an error where the zone is marked AutoCreated"


def _made_by_itself(name: str, step: Step, situation: Situation | None = None) -> Row:
    return refused(f"{name} of a zone that the server made by itself", step, "zone_unfit", None, MADE, "D", situation, kinds=("dns_error",))


OWN = (
    _made_by_itself("transfers", call("Set-DnsServerPrimaryZone", Name=AUTO, SecureSecondaries="NoTransfer")),
    _made_by_itself("updates", update(AUTO, "None")),
    _made_by_itself("aging", call("Set-DnsServerZoneAging", Name=AUTO, Aging=True)),
    _made_by_itself("transfers by dnscmd", dnscmd("ZoneResetSecondaries", AUTO, "/NoXfr", "/NoNotify"), host(SECONDARY)),
    refused(
        "transfers of a secondary zone by the cmdlet for primaries",
        call("Set-DnsServerPrimaryZone", Name=CORP, SecureSecondaries="NoTransfer"),
        "zone_unfit",
        9611,
        "DNS_ERROR_INVALID_ZONE_TYPE, win32 system errors",
        "I",
        host(SECONDARY),
        kinds=("dns_error", "zone_unknown"),
    ),
    refused(
        "transfers by dnscmd of a zone that is not there",
        dnscmd("ZoneResetSecondaries", "gone.example", "/NoXfr", "/NoNotify"),
        "zone_unknown",
        9601,
        UNKNOWN,
        "D",
    ),
    refused(
        "transfers of a conditional forwarder",
        dnscmd("ZoneResetSecondaries", PARTNER, "/NoXfr", "/NoNotify"),
        "zone_unfit",
        None,
        "DNS_ERROR_INVALID_ZONE_TYPE, win32 system errors",
        "I",
        host(CONTROLLER),
        kinds=("dns_error",),
    ),
)

PLANNED = (
    writing(
        "a secondary zone is still given on as planned",
        host(SECONDARY),
        dnscmd(
            "ZoneResetSecondaries",
            CORP,
            "/NoXfr",
            "/NoNotify",
            planned=(given(CORP, SecureSecondaries=0, SecondaryServers=None, NotifyLevel=0),),
        ),
        Part(f"registry/{CORP}/SecureSecondaries", 3),
        read=(zones("ZoneName"),),
        source=PROTOCOL,
        certainty="P",
    ),
    *(
        refused(
            f"a secondary zone is given on otherwise than planned, {name}",
            dnscmd("ZoneResetSecondaries", CORP, "/NoXfr", "/NoNotify", planned=(given(CORP, **{name: value}),)),
            "changed_meanwhile",
            None,
            PROTOCOL,
            "P",
            host(SECONDARY),
        )
        for name, value in (("SecureSecondaries", 1), ("NotifyLevel", None))
    ),
    writing(
        "what is removed and added in one batch is planned on what is left",
        host(DnsServerRootHint=[{"name": HINT, "addresses": ["199.9.14.201"]}]),
        (
            call("Remove-DnsServerRootHint", one(HINTS, {V4: ["199.9.14.201"]}, {NAME: HINT}), NameServer=HINT),
            call("Add-DnsServerRootHint", none(HINTS, {NAME: HINT}), NameServer=HINT, IPAddress=["170.247.170.2"]),
        ),
        Objects(({NAME: HINT, V4: ["170.247.170.2"]},)),
        read=(get(HINTS, NAME, V4),),
        source=PROTOCOL,
        certainty="P",
    ),
)

READ_AGING = get(AGING, "AgingEnabled", "RefreshInterval", "NoRefreshInterval", "ScavengeServers", "ZoneName", Name=CORP)
AGES = (
    writing(
        "aging of a zone",
        host(CONTROLLER),
        call(
            "Set-DnsServerZoneAging",
            one(AGING, {"AgingEnabled": False}, Name=CORP),
            Name=CORP,
            Aging=True,
            RefreshInterval=4 * DAY,
            NoRefreshInterval=3 * DAY + HOUR,
            ScavengeServers=["10.20.0.10"],
        ),
        Objects(
            (
                {
                    "AgingEnabled": True,
                    "RefreshInterval": 4 * DAY,
                    "NoRefreshInterval": 3 * DAY + HOUR,
                    "ScavengeServers": ["10.20.0.10"],
                    "ZoneName": CORP,
                },
            )
        ),
        read=(READ_AGING,),
        source="Set-DnsServerZoneAging, learn.microsoft.com",
        certainty="D",
    ),
    writing(
        "aging is switched, the rest of it stays",
        host(CONTROLLER),
        (
            call("Set-DnsServerZoneAging", Name=CORP, Aging=True, ScavengeServers=["10.20.0.10"]),
            call("Set-DnsServerZoneAging", Name=CORP, Aging=False),
            dnscmd("Config", CORP, "/RefreshInterval", "24"),
            dnscmd("Config", CORP, "/Aging", "1"),
        ),
        Objects(({"AgingEnabled": True, "RefreshInterval": DAY, "NoRefreshInterval": 7 * DAY, "ScavengeServers": ["10.20.0.10"]},)),
        read=(READ_AGING,),
        source="Set-DnsServerZoneAging and dnscmd /config, learn.microsoft.com",
        certainty="D",
    ),
    writing(
        "nobody in particular scavenges any more",
        host(CONTROLLER),
        (
            call("Set-DnsServerZoneAging", Name=CORP, ScavengeServers=["10.20.0.10"]),
            call("Set-DnsServerZoneAging", Name=CORP, ScavengeServers=[]),
        ),
        Objects(({"ScavengeServers": None},)),
        read=(READ_AGING,),
        source="Set-DnsServerZoneAging, learn.microsoft.com; whether it takes an empty list is not documented",
        certainty="?",
        variants=((Objects(({"ScavengeServers": ["10.20.0.10"]},)),),),
    ),
    refused(
        "aging on a read-only domain controller",
        call("Set-DnsServerZoneAging", Name=CORP, Aging=True),
        "dns_error",
        9569,
        "DNS_ERROR_NOT_ALLOWED_ON_RODC, win32 system errors",
        "I",
        READ_ONLY,
    ),
    reading(
        "aging by its cmdlet of a zone that is not there",
        host(),
        get(AGING, "AgingEnabled", Name="gone.example"),
        ReadError("zone_unknown", "0x80072581"),
        source=UNKNOWN,
        certainty="D",
    ),
)

ROWS = (*UPDATES, *OWN, *PLANNED, *AGES)
