# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: client subnets, recursion scopes and policies."""

from __future__ import annotations

from typing import Any

from lab.behaviour.dns_expectation import Kept, Objects
from lab.behaviour.dns_host import FORWARDER, MOF, OPERATION, PAGES, host, reading, refused, writing
from lab.behaviour.dns_requests import call, get, none
from lab.behaviour.dns_settings import RECURSION
from lab.behaviour.expectation import Part, ReadError
from lab.behaviour.requests import Step

SUBNET, SCOPE = "DnsServerClientSubnet", "DnsServerRecursionScope"
POLICY, TRANSFER = "DnsServerQueryResolutionPolicy", "DnsServerZoneTransferPolicy"

READ_SUBNETS = get(SUBNET, "Name", "IPv4Subnet", "IPv6Subnet")
GUESTS = {"Name": "guests", "IPv4Subnet": ["10.30.0.0/16"], "IPv6Subnet": None}
SUBNETS = (
    writing(
        "a client subnet is added, widened, narrowed and replaced",
        host(FORWARDER),
        (
            call("Add-" + SUBNET, none(SUBNET, {"Name": "staff"}), Name="staff", IPv4Subnet=["10.31.0.0/16"], IPv6Subnet=["2001:db8::/32"]),
            call("Set-" + SUBNET, Name="guests", Action="ADD", IPv4Subnet=["10.32.0.0/16", "10.33.0.0/16"]),
            call("Set-" + SUBNET, Name="guests", Action="REMOVE", IPv4Subnet=["10.32.0.0/16"]),
            call("Set-" + SUBNET, Name="staff", Action="REPLACE", IPv4Subnet=["10.34.0.0/16"]),
        ),
        Objects(
            (
                {**GUESTS, "IPv4Subnet": ["10.30.0.0/16", "10.33.0.0/16"]},
                {"Name": "staff", "IPv4Subnet": ["10.34.0.0/16"], "IPv6Subnet": None},
            )
        ),
        read=(READ_SUBNETS,),
        source=OPERATION + ", AddSubnetsInRecord, ResetClientSubnetRecord",
        certainty="D",
    ),
    writing(
        "a client subnet that nobody speaks of is removed",
        host(FORWARDER),
        (call("Add-" + SUBNET, Name="staff", IPv4Subnet=["10.31.0.0/16"]), call("Remove-" + SUBNET, Name="Staff")),
        Objects((GUESTS,)),
        ReadError("dns_error", "0x800726f8", number=1),
        read=(READ_SUBNETS, get(SUBNET, "Name", Name="staff")),
        source=OPERATION + ", DeleteClientSubnetRecord",
        certainty="D",
    ),
    refused("a client subnet of a policy", call("Remove-" + SUBNET, Name="guests"), "dns_error", 9975, OPERATION, "D", host(FORWARDER)),
    refused(
        "the last network of a client subnet",
        call("Set-" + SUBNET, Name="guests", Action="REMOVE", IPv4Subnet=["10.30.0.0/16"]),
        "dns_error",
        9573,
        OPERATION,
        "D",
        host(FORWARDER),
    ),
    refused(
        "a client subnet that is not there", call("Remove-" + SUBNET, Name="nobody"), "dns_error", 9976, OPERATION, "D", host(FORWARDER)
    ),
)

READ_SCOPES = get(SCOPE, "Name", "Forwarder", "EnableRecursion")
DOT = {"Name": ".", "Forwarder": ["192.0.2.53", "198.51.100.53"], "EnableRecursion": True}
OWN = {"Name": "guests", "Forwarder": ["203.0.113.53"], "EnableRecursion": True}
SCOPES = (
    reading(
        "recursion scopes, and the server itself is one",
        host(FORWARDER),
        READ_SCOPES,
        Objects((DOT, OWN)),
        source="PSWinDocumentation.DNS, AsBuiltReport: the scope . has the server's forwarders",
        certainty="M",
    ),
    writing(
        "a recursion scope is added, changed and removed",
        host(FORWARDER),
        (
            call("Add-" + SCOPE, none(SCOPE, {"Name": "inside"}), Name="inside", EnableRecursion=False),
            call("Set-" + SCOPE, Name="guests", EnableRecursion=False, Forwarder=["203.0.113.54"]),
            call("Add-" + SCOPE, Name="gone"),
            call("Remove-" + SCOPE, Name="gone"),
        ),
        Objects(
            (
                DOT,
                {**OWN, "EnableRecursion": False, "Forwarder": ["203.0.113.54"]},
                {"Name": "inside", "Forwarder": None, "EnableRecursion": False},
            )
        ),
        read=(READ_SCOPES,),
        source=PAGES + ", Set-DnsServerRecursionScope",
        certainty="D",
    ),
    writing(
        "the forwarders of the server are those of its own scope",
        host(FORWARDER),
        call("Set-DnsServerForwarder", IPAddress=["192.0.2.9"]),
        Part("0", {"Name": ".", "Forwarder": ["192.0.2.9"]}),
        read=(READ_SCOPES,),
        source="AsBuiltReport.Microsoft.AD: forwarders of server and scope are the same in every sample",
        certainty="M",
    ),
    writing(
        "recursion of the server's own scope",
        host(FORWARDER),
        call("Set-" + SCOPE, Name=".", EnableRecursion=False),
        Part("0", {"Name": ".", "EnableRecursion": False}),
        Objects(({"Enable": False},), 1),
        Kept({"NoRecursion": 1}),
        read=(READ_SCOPES, get(RECURSION, "Enable")),
        source=PAGES + "; whether it is the same value as the server's recursion is not documented",
        certainty="?",
        variants=((Part("0", {"Name": ".", "EnableRecursion": False}), Objects(({"Enable": True},), 1)),),
    ),
    refused(
        "a recursion scope of a policy",
        call("Remove-" + SCOPE, Name="guests"),
        "dns_error",
        9988,
        OPERATION + ", DeleteServerScope",
        "D",
        host(FORWARDER),
    ),
    refused(
        "a recursion scope that is not there",
        call("Set-" + SCOPE, Name="nobody", EnableRecursion=False),
        "dns_error",
        9959,
        OPERATION,
        "D",
        host(FORWARDER),
    ),
)

READ_POLICIES = get(
    POLICY,
    "Name",
    "Level",
    "AppliesOn",
    "Action",
    "Condition",
    "IsEnabled",
    "ProcessingOrder",
    "Criteria.CriteriaType",
    "Criteria.Criteria",
    "Content.ScopeName",
)
READ_ORDER = get(POLICY, "Name", "ProcessingOrder", "AppliesOn")
GIVEN = {
    "Name": "guests",
    "Level": "Server",
    "AppliesOn": "Recursion",
    "Action": "Allow",
    "Condition": "And",
    "IsEnabled": True,
    "ProcessingOrder": 1,
    "Criteria.CriteriaType": ["ClientSubnet"],
    "Criteria.Criteria": ["EQ,guests"],
    "Content.ScopeName": ["guests"],
}
# 9974 by the specification; the system's errors have numbers of their own for some of these (9985, 9986, 9987)
CREATE = OPERATION + ", CreatePolicy, and 3.1.8.3 DNS Policy Validation"


def policy(name: str, **parameters: Any) -> Step:
    return call("Add-" + POLICY, Name=name, **{"Action": "DENY", "Fqdn": f"EQ,*.{name}.example", **parameters})


def _ordered(*names: str) -> Objects:
    """By their places, those of one place in the order in which they came: recursion and queries are processed apart."""
    return Objects(tuple({"Name": name.split(":")[0], "ProcessingOrder": int(name.split(":")[1])} for name in names))


POLICIES = (
    reading(
        "a policy with its criteria and its scope",
        host(FORWARDER),
        READ_POLICIES,
        Objects((GIVEN,)),
        source=MOF + ", DnsServerPolicy",
        certainty="D",
    ),
    writing(
        "a policy refuses queries by two criteria",
        host(FORWARDER),
        policy("any", QType="EQ,ANY", TransportProtocol="EQ,UDP", Condition="OR", Action="IGNORE", Disable=True),
        Part(
            "1",
            {
                "Name": "any",
                "AppliesOn": "QueryProcessing",
                "Action": "Ignore",
                "Condition": "Or",
                "IsEnabled": False,
                "ProcessingOrder": 1,
                "Content.ScopeName": None,
            },
        ),
        read=(READ_POLICIES,),
        source=MOF + ", DnsServerPolicyCriteria",
        certainty="D",
    ),
    writing(
        "policies move back for one in front, and close up behind one that goes",
        host(FORWARDER),
        (policy("one"), policy("two"), policy("first", ProcessingOrder=1), policy("three"), call("Remove-" + POLICY, Name="one")),
        _ordered("guests:1", "first:1", "two:2", "three:3"),
        read=(READ_ORDER,),
        source=OPERATION + ", CreatePolicy and DeletePolicy",
        certainty="D",
    ),
    writing(
        "a policy is changed where it is named",
        host(FORWARDER),
        (policy("one"), policy("two"), call("Set-" + POLICY, Name="two", Fqdn="EQ,*.other.example", ProcessingOrder=1)),
        _ordered("guests:1", "two:1", "one:2"),
        Objects(({"Criteria.Criteria": ["EQ,*.other.example"]},), 1),
        read=(READ_ORDER, get(POLICY, "Criteria.Criteria", Name="two")),
        source=OPERATION + ", UpdatePolicy",
        certainty="D",
    ),
    writing(
        "a policy of a zone is not one of the server",
        host(FORWARDER),
        (
            policy("local", ZoneName="intern.example"),
            call("Add-" + TRANSFER, Name="away", Action="DENY", ClientSubnet="NE,guests", ZoneName="intern.example"),
        ),
        _ordered("guests:1"),
        Objects(({"Name": "local", "Level": "Zone", "ZoneName": "intern.example"},), 1),
        Objects(({"Name": "away", "AppliesOn": "ZoneTransfer", "Action": "Deny"},), 2),
        read=(
            READ_ORDER,
            get(POLICY, "Name", "Level", "ZoneName", ZoneName="intern.example"),
            get(TRANSFER, "Name", "AppliesOn", "Action", ZoneName="intern.example"),
        ),
        source=PAGES + ", Get-DnsServerQueryResolutionPolicy",
        certainty="D",
    ),
    writing(
        "a transfer policy of the server",
        host(FORWARDER),
        (
            call("Add-" + TRANSFER, none(TRANSFER, {"Name": "away"}), Name="away", Action="IGNORE", ClientSubnet="EQ,guests"),
            call("Add-" + TRANSFER, Name="none", Action="DENY", ClientSubnet="EQ,guests", ProcessingOrder=1),
        ),
        Objects(
            (
                {"Name": "none", "Level": "Server", "Action": "Deny", "ProcessingOrder": 1},
                {"Name": "away", "Level": "Server", "Action": "Ignore", "ProcessingOrder": 2},
            )
        ),
        read=(get(TRANSFER, "Name", "Level", "Action", "ProcessingOrder"),),
        source=PAGES + ", Add-DnsServerZoneTransferPolicy",
        certainty="D",
    ),
    reading(
        "a policy that is not there",
        host(FORWARDER),
        get(POLICY, "Name", Name="nobody"),
        ReadError("dns_error", "0x800726f4"),
        source="DNS_ERROR_POLICY_DOES_NOT_EXIST 9972, win32 system errors",
        certainty="D",
    ),
    *(
        refused(name, step, "dns_error", error, CREATE, "D", host(FORWARDER))
        for name, step, error in (
            ("a policy of this name", policy("Guests"), 9971),
            ("a policy of the server that allows queries", policy("x", Action="ALLOW", RecursionScope="guests"), None),
            ("a policy that allows recursion from no scope", policy("x", Action="ALLOW", ApplyOnRecursion=True), None),
            ("a policy far behind all others", policy("x", ProcessingOrder=7), None),
            ("a policy of a client subnet that is not there", policy("x", ClientSubnet="EQ,nobody"), 9976),
            ("a policy that is not there", call("Remove-" + POLICY, Name="nobody"), 9972),
        )
    ),
)

ROWS = (*SUBNETS, *SCOPES, *POLICIES)
