# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan for zones is asked and says, for the tests of dns_zone_security."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.zone_security import DnsZoneSecurity
from unit.dns.zone_samples import Server, zone
from unit.dns.zone_samples import statuses as every_status

DC = {"product_type": "LanmanNT", "computer_name": "DC01"}
SERVERS = ["10.20.0.11", "2001:db8::53"]


def mode(word: str, *addresses: str) -> dict[str, Any]:
    return {"mode": word} | ({"addresses": list(addresses or SERVERS)} if word == "listed" else {})


def statuses(planned: Plan) -> dict[str, str]:
    """Without WINS, which is judged whatever is asked."""
    return {number: status for number, status in every_status(planned).items() if number != "46"}


def plan(server: Server, **options: Any) -> Plan:
    return server.plan(DnsZoneSecurity, **options)


def assert_refused(server: Server, *parts: str, **options: Any) -> None:
    with pytest.raises(HardeningError) as problem:
        plan(server, **options)
    missing = [part for part in parts if part not in str(problem.value)]
    assert not missing, str(problem.value)
    assert str(problem.value).startswith("Nothing was changed")
    assert str(problem.value).endswith(".")


def controller(*zones: Any, **more: Any) -> Server:
    """A domain controller with the zones that every one has."""
    own = [zone("corp.example"), zone("_msdcs.corp.example"), zone("0.in-addr.arpa", directory=False, IsAutoCreated=True)]
    rest = [zone("TrustAnchors", DynamicUpdate="None"), zone("partner.example", "Forwarder")]
    return Server([*own, *zones, *rest], facts=DC, **more)


EVERYTHING: dict[str, Any] = {
    "transfers": mode("listed"),
    "notify": mode("listed"),
    "dynamic_update": "secure",
    "aging": {"enabled": True},
}
WRONG: dict[str, Any] = {"DynamicUpdate": "NonsecureAndSecure", "SecureSecondaries": "TransferAnyServer"}
