# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: where the DNS Server listens, in its setting, in the registry and by its sockets."""

from __future__ import annotations

from typing import Any

from lab.behaviour.dns_expectation import Kept, Objects, Open
from lab.behaviour.dns_host import CONTROLLER, FORWARDER, OPERATION, PAGES, host, reading, refused, row, writing
from lab.behaviour.dns_requests import LISTENERS, dnscmd, get, one, query, setting
from lab.behaviour.dns_settings import SETTING
from lab.behaviour.expectation import Expectation, Part, Steps
from lab.behaviour.requests import apply, registry_set
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation
from lab.boxes import dns
from lab.dns_values import LISTEN, PARAMETERS

SOURCE = OPERATION + ", ListenAddresses"
ALL = "dnscmd /info of Windows Server 2022: ListenAddresses is empty, and all addresses are those of the machine"
SOCKETS = "netstat -ano of a DNS Server: with the default 127.0.0.1:53 and [::1]:53 beside every address of the machine"
FIRST, SECOND, LINK = "10.20.0.40", "10.20.0.41", "fe80::5b4:a375:14eb:da4b"
READ = get(SETTING, "ListeningIPAddress", "AllIPAddress", All=True)
BOTH = [FIRST, SECOND]


def narrowed(*addresses: str, **changed: Any) -> Situation:
    """The server with two addresses that listens on these only."""
    own = [{"protocol": kind, "address": one, "port": 53, "process": dns.PROCESS} for kind in ("tcp", "udp") for one in addresses]
    network = {"active_profiles": ["Public"], "excluded": [], "sockets": own, "resolvers": dns.resolvers("192.0.2.53"), "name_servers": {}}
    return host(FORWARDER, parameters={LISTEN: {"kind": "MultiString", "value": list(addresses)}}, network=network, **changed)


READING = (
    reading(
        "a server that listens everywhere shows every address of the host",
        host(CONTROLLER),
        (READ, {"provider": "registry", "read": "value", "hive": "HKLM", "key": PARAMETERS, "name": LISTEN}),
        Objects(({"ListeningIPAddress": ["10.20.0.10", LINK], "AllIPAddress": ["10.20.0.10", LINK]},)),
        Part("exists", False, number=1),
        source=ALL,
        certainty="M",
    ),
    reading(
        "its sockets are those of every address, and of the loopback ones",
        host(CONTROLLER),
        LISTENERS,
        Open(("10.20.0.10", LINK, "127.0.0.1", "::1")),
        source=SOCKETS,
        certainty="K",
    ),
    reading(
        "a server with a list shows the list",
        narrowed(FIRST),
        (READ, LISTENERS),
        Objects(({"ListeningIPAddress": [FIRST], "AllIPAddress": BOTH},)),
        Part("sockets/0", {"address": FIRST, "port": 53, "services": ["DNS"]}, number=1),
        source=ALL,
        certainty="D",
    ),
)

WRITING = (
    writing(
        "one address only, at once and without a restart",
        host(FORWARDER),
        dnscmd("ResetListenAddresses", FIRST),
        Objects(({"ListeningIPAddress": [FIRST], "AllIPAddress": BOTH},)),
        Kept({LISTEN: [FIRST]}),
        Open((FIRST,)),
        read=(READ,),
        source=SOURCE,
        certainty="D",
    ),
    writing(
        "a list of all addresses is still a list: nobody is answered on loopback",
        host(FORWARDER),
        dnscmd("ResetListenAddresses", SECOND, FIRST),
        Objects(({"ListeningIPAddress": [SECOND, FIRST]},)),
        Kept({LISTEN: [SECOND, FIRST]}),
        Open((FIRST, SECOND)),
        read=(READ,),
        source=SOURCE,
        certainty="I",
    ),
    writing(
        "no address is everywhere, and the registry has no list any more",
        narrowed(FIRST),
        dnscmd("ResetListenAddresses"),
        Objects(({"ListeningIPAddress": BOTH},)),
        Kept({LISTEN: None}),
        Open((FIRST, SECOND, "127.0.0.1", "::1")),
        read=(READ,),
        source="dnscmd /ResetListenAddresses, learn.microsoft.com",
        certainty="D",
    ),
    writing(
        "an IPv6 address of the host",
        host(CONTROLLER),
        dnscmd("ResetListenAddresses", "10.20.0.10", LINK),
        Kept({LISTEN: ["10.20.0.10", LINK]}),
        Open(("10.20.0.10", LINK)),
        source=SOURCE + ": addresses that are not IPv4 are dropped, which current versions may not do",
        certainty="?",
        variants=((Kept({LISTEN: ["10.20.0.10"]}), Open(("10.20.0.10",))),),
    ),
    writing(
        "a list in the registry waits for a restart",
        host(FORWARDER),
        registry_set(PARAMETERS, LISTEN, "MultiString", [FIRST], {"exists": False}),
        Kept({LISTEN: [FIRST]}),
        Open((FIRST, SECOND, "127.0.0.1", "::1")),
        source=PAGES + ": the service reads the registry when it starts",
        certainty="D",
    ),
    writing(
        "a list in the registry counts after a restart",
        host(FORWARDER),
        registry_set(PARAMETERS, LISTEN, "MultiString", [FIRST], {"exists": False}),
        Open((FIRST,)),
        Part("0/records/0/type", "SOA"),
        Part("0/error/hresult", "0x800705b4", number=1),
        Part("0/error/kind", "dns_error", number=1),
        read=(query(FIRST, ("intern.example", "SOA")), query("127.0.0.1", ("intern.example", "SOA"))),
        restart=True,
        source=PAGES + ": the service reads the registry when it starts",
        certainty="D",
    ),
)


def _never(what: str, *addresses: str, source: str = SOURCE, certainty: str = "D") -> Row:
    """The number is not documented."""
    step = dnscmd("ResetListenAddresses", *addresses)
    return refused(f"listening on {what}", step, "dns_error", None, source, certainty, host(FORWARDER), kinds=("command_failed",))


REFUSED = (
    _never("an address that the host does not have", FIRST, "10.20.0.99", source=SOURCE + "; dsccommunity/DnsServerDsc issue 68"),
    _never("loopback", "127.0.0.1"),
    _never("a multicast address", "224.0.0.251"),
    _never("what is no address", "everywhere", certainty="I"),
)


def _listed(what: str, situation: Situation, *expect: Expectation) -> Row:
    """Set-DnsServerSetting makes a list of the addresses that it shows; the setting itself is written."""
    steps = (Steps(("failed:not_applied",)), Kept({"EnableIQueryResponseGeneration": 1}))
    step = setting("EnableIQueryResponseGeneration", True, one(SETTING, {"EnableIQueryResponseGeneration": False}, All=True))
    return row(f"a setting that makes a list of addresses, {what}", situation, apply(step), (*steps, *expect), WHOLE, "?")


WHOLE = "Set-DnsServerSetting, learn.microsoft.com: the whole object is written; what becomes of the addresses in it is not documented"
# an address that the host has lost cannot be listened on again
GONE = narrowed(FIRST, "10.20.0.99", settings_write_listen=True)
BY_SETTINGS = (
    _listed("everywhere", host(FORWARDER, settings_write_listen=True), Kept({LISTEN: None}), Open((FIRST, SECOND, "127.0.0.1", "::1"))),
    _listed("which cannot be put back", GONE, Kept({LISTEN: [FIRST]}), Open((FIRST,))),
)

ROWS = (*READING, *WRITING, *REFUSED, *BY_SETTINGS)
