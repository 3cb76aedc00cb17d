# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a policy of the server would leave the host itself without answers: one that denies or ignores everybody but some subnets.

A policy is looked at as far as its criteria are known for a query of the host to itself, which comes from the address that it goes to. Names,
types and times differ from query to query, so a policy that asks for them takes some answers, not all.
Source: Add-DnsServerQueryResolutionPolicy (the first policy that matches decides; DENY refuses, IGNORE does not answer).
"""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass

from .._core.errors import HardeningError
from .criteria import meaning
from .policies import Policy
from .recursion_loss import bare

Networks = t.Mapping[str, t.Sequence[str]]


@dataclass(frozen=True)
class Policies:
    """The server's own, for one kind of queries, in their order. networks: of each client subnet, by its name in small letters."""

    policies: t.Sequence[Policy]
    networks: Networks

    def denying(self, address: str) -> Policy | None:
        """The policy by which no query of this address is answered; None where there is none, or nobody can say."""
        for policy in self.policies:
            if not policy.parameters.get("Disable") and self._meets(policy, address):
                return None if str(policy.parameters["Action"]).upper() == "ALLOW" else policy
        return None

    def _meets(self, policy: Policy, address: str) -> bool:
        """Whether every query of the address meets the policy's criteria."""
        tests: dict[str, t.Callable[[str], bool | None]] = {
            "ClientSubnet": lambda name: self._is_in(name, address),
            "ServerInterfaceIP": lambda other: bare(other) == address,
            "InternetProtocol": lambda version: version == f"ipv{ipaddress.ip_address(address).version}",
        }
        given = policy.parameters
        found = [_holds(given[name], test) for name, test in tests.items() if given.get(name)]
        others = any(given.get(name) for name in ("Fqdn", "QType", "TimeOfDay", "TransportProtocol"))
        if str(given.get("Condition") or "AND").upper() == "OR":
            return True in found
        return not others and all(found)

    def _is_in(self, subnet: str, address: str) -> bool | None:
        networks = self.networks.get(subnet)
        return None if networks is None else any(_contains(one, address) for one in networks)


def _holds(criterion: t.Any, test: t.Callable[[str], bool | None]) -> bool | None:
    """None where a value's own answer is not known."""
    statements = [(word == "EQ", [test(value) for value in values]) for word, values in meaning(criterion)]
    if any(None in found for _wanted, found in statements):
        return None
    return all((True in found) is wanted for wanted, found in statements)


def _contains(network: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def refuse_silence(before: Policies, after: Policies, own: t.Iterable[str], word: str) -> None:
    """own: addresses of the host that it resolves through. word: the option that allows it.

    Raises HardeningError where the host would be denied what it is answered now.
    """
    for address in own:
        policy = after.denying(address)
        if policy and not before.denying(address):
            raise HardeningError(
                f"Nothing was changed: the query policy {policy.name} would {policy.parameters['Action'].lower()} the host's own queries: it "
                f"resolves through itself ({address}), and that address meets the policy's criteria. Take it into a client subnet that the policy "
                f"leaves out, or say {word} true."
            )
