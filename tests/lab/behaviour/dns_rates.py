# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: response rate limiting and its exceptions."""

from __future__ import annotations

from typing import Any

from lab.behaviour.dns_expectation import Objects, Refusal
from lab.behaviour.dns_host import FORWARDER, MOF, OPERATION, host, refused, row, writing
from lab.behaviour.dns_requests import call, get, none
from lab.behaviour.dns_settings import RATES
from lab.behaviour.expectation import Steps
from lab.behaviour.requests import apply
from lab.behaviour.row import Row

LIMITING, EXCEPTION = "Set-DnsServerResponseRateLimiting", "DnsServerResponseRateLimitingExceptionlist"
SET = OPERATION + ", SetRRL"
NUMBERS = (
    "ResponsesPerSec ErrorsPerSec WindowInSec IPv4PrefixLength IPv6PrefixLength LeakRate TruncateRate MaximumResponsesPerWindow".split()
)
READ = get(RATES, "Mode", *NUMBERS)
DEFAULT = dict(zip(NUMBERS, (5, 5, 5, 24, 56, 3, 2, 1024), strict=True))


def _rates(name: str, shown: dict[str, Any], mode: str, *given: dict[str, Any], **before: Any) -> Row:
    """Every call is taken; after the last the rates are the default but for what is in `shown`."""
    start = host(DnsServerResponseRateLimiting=before) if before else host()
    wanted = Objects(({"Mode": mode, **DEFAULT, **shown},))
    return writing(name, start, tuple(call(LIMITING, **one) for one in given), wanted, read=(READ,), source=SET, certainty="D")


LIMITS = (
    _rates(
        "rates without a mode stay off",
        {"WindowInSec": 7, "LeakRate": 4, "ResponsesPerSec": 10},
        "Disable",
        {"WindowInSec": 7, "LeakRate": 4, "ResponsesPerSec": 10},
    ),
    _rates(
        "rates are switched on by the mode, and what is not given stays",
        {"IPv4PrefixLength": 32, "ErrorsPerSec": 9},
        "LogOnly",
        {"Mode": "Enable", "IPv4PrefixLength": 32},
        {"Mode": "LogOnly", "ErrorsPerSec": 9},
    ),
    _rates(
        "rates back to the default keep the mode",
        {},
        "Enable",
        {"ResetToDefault": True, "LeakRate": 9},
        Mode="Enable",
        WindowInSec=9,
        LeakRate=8,
    ),
    _rates(
        "a rate of zero is below no other, and both are changed in one call",
        {"LeakRate": 10, "TruncateRate": 10},
        "Disable",
        {"LeakRate": 0, "TruncateRate": 0},
        {"LeakRate": 0, "TruncateRate": 9},
        {"LeakRate": 10, "TruncateRate": 10},
    ),
    *(
        refused(
            "rates " + ", ".join(f"{name} {value}" for name, value in given.items()), call(LIMITING, **given), "dns_error", error, SET, "D"
        )
        for given, error in (
            ({"LeakRate": 1}, 9916),
            ({"LeakRate": 11}, 9916),
            ({"TruncateRate": 1, "LeakRate": 5}, 9915),
            ({"TruncateRate": 11, "LeakRate": 10}, 9915),
            ({"WindowInSec": 0}, 9912),
            ({"IPv4PrefixLength": 33}, 9913),
            ({"IPv6PrefixLength": 129}, 9914),
            ({"LeakRate": 3, "TruncateRate": 4, "Mode": "Enable"}, 9917),
        )
    ),
    row(
        "a leak rate below the truncate rate that is there",
        host(DnsServerResponseRateLimiting={"TruncateRate": 3}),
        apply(call(LIMITING, LeakRate=2)),
        (Steps(("failed:dns_error",)), Refusal("dns_error", 9917)),
        SET + "; whether the pair is that of the call or that of the server is not documented",
        "?",
        variants=((Steps(("done",)),),),
    ),
)

READ_EXCEPTIONS = get(EXCEPTION, "Name", "Condition", "ClientSubnet", "Fqdn", "ServerInterfaceIP")
EXCEPTIONS = (
    writing(
        "an exception of the rates is added, changed and removed",
        host(FORWARDER),
        (
            call(
                "Add-" + EXCEPTION,
                none(EXCEPTION, {"Name": "inside"}),
                Name="inside",
                Fqdn="EQ,*.intern.example",
                ClientSubnet="EQ,guests",
                Condition="OR",
            ),
            call("Add-" + EXCEPTION, Name="front", ServerInterfaceIP="EQ,10.20.0.41"),
            call("Set-" + EXCEPTION, Name="front", Fqdn="EQ,*.example"),
            call("Add-" + EXCEPTION, Name="gone", Fqdn="EQ,*.gone"),
            call("Remove-" + EXCEPTION, Name="GONE"),
        ),
        Objects(
            (
                {
                    "Name": "inside",
                    "Condition": "Or",
                    "ClientSubnet": "EQ,guests",
                    "Fqdn": "EQ,*.intern.example",
                    "ServerInterfaceIP": None,
                },
                {"Name": "front", "Condition": "And", "ClientSubnet": None, "Fqdn": "EQ,*.example", "ServerInterfaceIP": "EQ,10.20.0.41"},
            )
        ),
        read=(READ_EXCEPTIONS,),
        source=MOF + ", DnsServerResponseRateLimitingExceptionlist: And, Or",
        certainty="D",
    ),
    refused(
        "an exception of a subnet that is not there",
        call("Add-" + EXCEPTION, Name="x", ClientSubnet="EQ,nobody"),
        "dns_error",
        None,
        "DNS_ERROR_CLIENT_SUBNET_DOES_NOT_EXIST 9976, win32 system errors",
        "I",
    ),
)

ROWS = (*LIMITS, *EXCEPTIONS)
