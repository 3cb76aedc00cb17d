# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: the block list, forwarders, root hints and trust anchors."""

from __future__ import annotations

from lab.behaviour.dns_expectation import Kept, Objects
from lab.behaviour.dns_host import CONTROLLER, FILES, FORWARDER, OPERATION, PAGES, PROTOCOL, REPORT, host, reading, refused, writing
from lab.behaviour.dns_requests import call, config, dnscmd, get, none, one, several
from lab.behaviour.expectation import Part, ReadError
from lab.boxes.dns_zones import ROOT_SERVERS

BLOCKED, FORWARDERS, HINTS, ANCHORS = "DnsServerGlobalQueryBlockList", "DnsServerForwarder", "DnsServerRootHint", "DnsServerTrustAnchor"
READ_BLOCKED = get(BLOCKED, "Enable", "List")
BLOCK_SOURCE = "Set-DnsServerGlobalQueryBlockList, learn.microsoft.com"

BLOCK_LIST = (
    writing(
        "the block list is replaced, in small letters",
        host(),
        call(
            "Set-DnsServerGlobalQueryBlockList", one(BLOCKED, {"List": ["wpad", "isatap"]}), List=["ISATAP", "Autodiscover"], Enable=False
        ),
        Objects(({"Enable": False, "List": ["isatap", "autodiscover"]},)),
        Kept({"GlobalQueryBlockList": ["isatap", "autodiscover"], "EnableGlobalQueryBlockList": 0}),
        read=(READ_BLOCKED,),
        source=BLOCK_SOURCE,
        certainty="D",
    ),
    writing(
        "the block list is emptied by one empty name, and stays on",
        host(),
        call("Set-DnsServerGlobalQueryBlockList", List=[""]),
        Objects(({"Enable": True, "List": None},)),
        Kept({"EnableGlobalQueryBlockList": 1}),
        read=(READ_BLOCKED,),
        source=BLOCK_SOURCE + ", the parameter allows the empty string",
        certainty="I",
    ),
    writing(
        "the block list by dnscmd",
        host(),
        (config("GlobalQueryBlockList", "wpad", "isatap", "proxy"), config("EnableGlobalQueryBlockList", "0")),
        Objects(({"Enable": False, "List": ["wpad", "isatap", "proxy"]},)),
        read=(READ_BLOCKED,),
        source="dnscmd /config, learn.microsoft.com",
        certainty="D",
    ),
    writing(
        "the block list without names by dnscmd",
        host(),
        config("GlobalQueryBlockList"),
        Objects(({"Enable": True, "List": None},)),
        read=(READ_BLOCKED,),
        source="dnscmd /config, learn.microsoft.com",
        certainty="D",
    ),
)

READ_FORWARDERS = get(FORWARDERS, "IPAddress", "ReorderedIPAddress", "Timeout", "UseRootHint", "EnableReordering")
FORWARDING = (
    writing(
        "forwarders are replaced and keep their order",
        host(FORWARDER),
        call(
            "Set-DnsServerForwarder",
            one(FORWARDERS, {"IPAddress": ["192.0.2.53", "198.51.100.53"]}),
            IPAddress=["203.0.113.9", "192.0.2.53", "2001:DB8:0::53"],
            UseRootHint=False,
            Timeout=0,
            EnableReordering=False,
        ),
        Objects(
            ({"IPAddress": ["203.0.113.9", "192.0.2.53", "2001:db8::53"], "Timeout": 3, "UseRootHint": False, "EnableReordering": False},)
        ),
        Kept({"Forwarders": ["203.0.113.9", "192.0.2.53", "2001:db8::53"], "IsSlave": 1, "ForwardingTimeout": 3}),
        read=(READ_FORWARDERS,),
        source="reg query of Services\\DNS\\Parameters of a real domain controller with forwarders",
        certainty="S",
    ),
    writing(
        "an address in another order is another list, and with the first list come the timer and the mode",
        host(),
        (
            call("Set-DnsServerForwarder", one(FORWARDERS, {"IPAddress": None}), IPAddress=["192.0.2.53", "198.51.100.53"]),
            call("Set-DnsServerForwarder", IPAddress=["198.51.100.53", "192.0.2.53"]),
        ),
        Objects(({"IPAddress": ["198.51.100.53", "192.0.2.53"]},)),
        Kept({"Forwarders": ["198.51.100.53", "192.0.2.53"], "ForwardingTimeout": 3, "IsSlave": 0}),
        read=(READ_FORWARDERS,),
        source="reg query of Services\\DNS\\Parameters of a real domain controller with forwarders",
        certainty="S",
    ),
    writing(
        "no forwarder any more, by dnscmd",
        host(FORWARDER),
        dnscmd("ResetForwarders"),
        Objects(({"IPAddress": None, "UseRootHint": True, "Timeout": 3},)),
        read=(READ_FORWARDERS,),
        source="dnscmd /ResetForwarders, learn.microsoft.com",
        certainty="D",
    ),
    writing(
        "forwarders, their timer and nothing but them, by dnscmd",
        host(),
        dnscmd("ResetForwarders", "192.0.2.1", "192.0.2.2", "/TimeOut", "5", "/Slave"),
        Objects(({"IPAddress": ["192.0.2.1", "192.0.2.2"], "UseRootHint": False, "Timeout": 5},)),
        Kept({"Forwarders": ["192.0.2.1", "192.0.2.2"], "IsSlave": 1, "ForwardingTimeout": 5}),
        read=(READ_FORWARDERS,),
        source="dnscmd /ResetForwarders, learn.microsoft.com",
        certainty="D",
    ),
    refused("a forwarders' timer of 16", call("Set-DnsServerForwarder", Timeout=16), "dns_error", 9567, OPERATION, "D", host(FORWARDER)),
)

NAME, V4, V6 = "NameServer.RecordData.NameServer", "IPAddress.RecordData.IPv4Address", "IPAddress.RecordData.IPv6Address"
READ_HINTS = get(HINTS, NAME, V4, V6)
PLAIN = [{"name": "a.root-servers.net.", "addresses": ["198.41.0.4", "198.41.0.4", "2001:503:ba3e::2:30"]}]
TWO = [*PLAIN, {"name": "b.root-servers.net.", "addresses": ["199.9.14.201"]}]
TWINS = [*TWO, TWO[1]]
ONE_HINT, TWO_HINTS = host(DnsServerRootHint=PLAIN), host(DnsServerRootHint=TWO)
A = {NAME: "a.root-servers.net.", V4: ["198.41.0.4", "198.41.0.4"], V6: ["2001:503:ba3e::2:30"]}
B = {NAME: "b.root-servers.net.", V4: ["199.9.14.201"]}
SAME = "what an existing name and an existing address are answered with is not documented"
HINT_PAGES = "Add-, Remove- and Get-DnsServerRootHint, learn.microsoft.com"

ROOT_HINTS = (
    reading(
        "root hints with their addresses, one of them twice",
        host(FILES),
        READ_HINTS,
        Part("0", A),
        Part("1", {NAME: "b.root-servers.net.", V4: ["199.9.14.201"], V6: ["2001:500:200::b"]}),
        Part("12", {NAME: "m.root-servers.net.", V4: [ROOT_SERVERS["m"][0]], V6: [ROOT_SERVERS["m"][1]]}),
        source=REPORT,
        certainty="M",
    ),
    reading(
        "a root hint that has addresses of one kind only, and one without any",
        host(DnsServerRootHint=[{"name": "c.root-servers.net.", "addresses": ["2001:500:2::c"]}, {"name": "x.example.", "addresses": []}]),
        READ_HINTS,
        Objects(({NAME: "c.root-servers.net.", V4: [], V6: ["2001:500:2::c"]}, {NAME: "x.example.", V4: None})),
        source=REPORT,
        certainty="M",
    ),
    reading("no root hints are an empty list", host(DnsServerRootHint=[]), READ_HINTS, Objects(()), source=REPORT, certainty="I"),
    writing(
        "a root hint is added, in small letters and with a dot",
        ONE_HINT,
        call(
            "Add-DnsServerRootHint",
            none(HINTS, {NAME: "ns.root.example."}),
            NameServer="NS.Root.Example",
            IPAddress=["192.0.2.1", "2001:DB8::1"],
        ),
        Objects((A, {NAME: "ns.root.example.", V4: ["192.0.2.1"], V6: ["2001:db8::1"]})),
        read=(READ_HINTS,),
        source=HINT_PAGES,
        certainty="D",
    ),
    writing(
        "a root hint is removed with all its addresses, duplicates too",
        TWO_HINTS,
        call(
            "Remove-DnsServerRootHint",
            one(HINTS, {V4: ["198.41.0.4", "198.41.0.4"]}, {NAME: "a.root-servers.net."}),
            NameServer="A.root-servers.net.",
        ),
        Objects((B,)),
        read=(READ_HINTS,),
        source=HINT_PAGES,
        certainty="D",
    ),
    writing(
        "an address of a root hint is removed, the other stays",
        TWO_HINTS,
        call("Remove-DnsServerRootHint", NameServer="a.root-servers.net.", IPAddress=["2001:503:ba3e::2:30"]),
        Objects(({NAME: "a.root-servers.net.", V4: ["198.41.0.4", "198.41.0.4"], V6: []}, B)),
        read=(READ_HINTS,),
        source=HINT_PAGES,
        certainty="D",
    ),
    writing(
        "removed and added again a root hint has the new addresses",
        TWO_HINTS,
        (
            call("Remove-DnsServerRootHint", NameServer="b.root-servers.net."),
            call("Add-DnsServerRootHint", NameServer="b.root-servers.net.", IPAddress=["170.247.170.2"]),
        ),
        Objects((A, {NAME: "b.root-servers.net.", V4: ["170.247.170.2"]})),
        read=(READ_HINTS,),
        source=HINT_PAGES,
        certainty="D",
    ),
    writing(
        "an address is added to a root hint that is there",
        TWO_HINTS,
        call("Add-DnsServerRootHint", NameServer="b.root-servers.net.", IPAddress=["170.247.170.2"]),
        Objects((A, {NAME: "b.root-servers.net.", V4: ["199.9.14.201", "170.247.170.2"]})),
        read=(READ_HINTS,),
        source=HINT_PAGES + "; " + SAME,
        certainty="?",
        variants=((Objects((A, {NAME: "b.root-servers.net.", V4: ["170.247.170.2"]})),),),
    ),
    writing(
        "every root hint is removed",
        ONE_HINT,
        call("Remove-DnsServerRootHint", NameServer="a.root-servers.net."),
        Objects(()),
        read=(READ_HINTS,),
        source=HINT_PAGES,
        certainty="D",
    ),
    writing(
        "what is planned on two, and there are two with equal records",
        host(DnsServerRootHint=TWINS),
        call(
            "Remove-DnsServerRootHint",
            several(2, one(HINTS, {V4: ["199.9.14.201"]}, {NAME: "b.root-servers.net."})),
            several(0, one(HINTS, {}, {NAME: "x.example."})),
            several(2, none(HINTS, {NAME: "b.root-servers.net."})),
            NameServer="b.root-servers.net.",
        ),
        Objects((A,)),
        read=(READ_HINTS,),
        source=PROTOCOL,
        certainty="P",
    ),
    *(
        refused(
            f"planned on two, {what}",
            call("Remove-DnsServerRootHint", several(2, one(HINTS, {V4: [address]}, {NAME: name})), NameServer=name),
            "changed_meanwhile",
            None,
            PROTOCOL,
            "P",
            host(DnsServerRootHint=[*TWINS, TWO[1] | {"name": "c.root-servers.net."}]),
        )
        for what, name, address in (
            ("and there is one", "c.root-servers.net.", "199.9.14.201"),
            ("and there is none", "x.example.", "199.9.14.201"),
            ("and they have other values", "b.root-servers.net.", "170.247.170.2"),
        )
    ),
    *(
        refused(
            f"a plan whose count is {count!r}",
            call("Remove-DnsServerRootHint", {**none(HINTS, {NAME: "x.example."}), "count": count}, NameServer="b.root-servers.net."),
            "request_invalid",
            None,
            PROTOCOL,
            "P",
            TWO_HINTS,
        )
        for count in (-1, "2", None, True)
    ),
    refused(
        "a root hint that is not there",
        call("Remove-DnsServerRootHint", NameServer="x.example."),
        "dns_error",
        None,
        "record and name that are missing, win32 system errors 9701 and 9714",
        "I",
        TWO_HINTS,
    ),
    writing(
        "root hints are written back, which shows nowhere",
        ONE_HINT,
        dnscmd("WriteBackFiles", "."),
        Objects((A,)),
        read=(READ_HINTS,),
        source=OPERATION + ", WriteBackFile",
        certainty="D",
    ),
)

DIGEST = "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
READ_ANCHORS = get(
    ANCHORS,
    "TrustAnchorName",
    "TrustAnchorType",
    "TrustAnchorData.KeyTag",
    "TrustAnchorData.Digest",
    "TrustAnchorData.Base64Data",
    Name=".",
)
KSK = {"Name": ".", "KeyTag": 20326, "CryptoAlgorithm": "RsaSha256", "DigestType": "Sha256", "Digest": DIGEST}
SIGNED = {"TrustAnchorName": ".", "TrustAnchorType": "DS", "TrustAnchorData.KeyTag": 20326, "TrustAnchorData.Digest": DIGEST}
TRUST = (
    reading(
        "no trust anchor",
        host(CONTROLLER),
        READ_ANCHORS,
        ReadError("dns_error"),
        source="DNS_ERROR_NAME_DOES_NOT_EXIST 9714, win32 system errors",
        certainty="I",
    ),
    writing(
        "a trust anchor of the root by its digest",
        host(CONTROLLER),
        call("Add-DnsServerTrustAnchor", none(ANCHORS, {"TrustAnchorData.KeyTag": 20326}, Name="."), **KSK),
        Objects((SIGNED,)),
        read=(READ_ANCHORS,),
        source=PAGES + ", Add-DnsServerTrustAnchor; " + "MOF of DnsServerTrustAnchor",
        certainty="D",
    ),
    writing(
        "every trust anchor of a name is removed",
        host(CONTROLLER),
        (call("Add-DnsServerTrustAnchor", **KSK), call("Remove-DnsServerTrustAnchor", Name=".")),
        ReadError("dns_error"),
        read=(READ_ANCHORS,),
        source=PAGES + ", Remove-DnsServerTrustAnchor",
        certainty="D",
    ),
)

ROWS = (*BLOCK_LIST, *FORWARDING, *ROOT_HINTS, *TRUST)
