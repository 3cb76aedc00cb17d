# SPDX-License-Identifier: GPL-3.0-or-later
"""What Group Policy owns on a host, by the resultant set of policy."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.errors import whole
from .._core.observation import Observations
from .._core.operations import Read
from .._core.registry import Place

# What every policy key of this family is below, in one read, so that a converge asks once; whole branches, because the request is what
# travels with every run, and the answer is as long as what policies set there. Control is where the security options of a policy object
# stand (LSA, SAM), Schannel, and the listener.
POLICY_KEYS = (
    r"SOFTWARE\Policies\Microsoft",
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System",
    r"SYSTEM\CurrentControlSet\Control",
)

UNKNOWN_OWNER = "Group Policy or something else (the host keeps no resultant set of policy that would tell)"


def owned_read() -> Read:
    return Read("rsop", "owned", {"keys": list(POLICY_KEYS)})


@dataclass(frozen=True)
class Ownership:
    """The policy object that owns a thing, by name. known is false where the host could not tell; then nothing is called unmanaged."""

    known: bool
    registry: t.Mapping[tuple[str, str], str]
    rights: t.Mapping[str, str]
    groups: t.Mapping[str, str]
    account: t.Mapping[str, str]

    @classmethod
    def observed(cls, observations: Observations) -> Ownership:
        value = observations.value(owned_read())
        with whole("what Group Policy owns"):
            return cls(
                known=value["known"],
                registry={(item["key"].lower(), item["name"].lower()): item["gpo"] for item in value["registry"]},
                rights={item["right"].lower(): item["gpo"] for item in value["rights"]},
                groups={item["group"].upper(): item["gpo"] for item in value["groups"]},
                account={item["setting"].lower(): item["gpo"] for item in value["account"]},
            )

    def of_place(self, place: Place) -> str | None:
        """Who owns a value below a policy key that is there: a policy object, an unknown owner, or None for a value that is unmanaged."""
        owner = self.of_local(place)
        if owner or self.known:
            return owner
        return UNKNOWN_OWNER

    def of_local(self, place: Place) -> str | None:
        """Who owns a value outside the policy keys: only a policy object that is known to, since most such values are the host's own."""
        return self.registry.get((place.key.lower(), place.name.lower()))

    def of_right(self, right: str) -> str | None:
        return self.rights.get(right.lower())

    def of_group(self, sid: str) -> str | None:
        return self.groups.get(sid.upper())

    def of_account_setting(self, setting: str) -> str | None:
        return self.account.get(setting.lower())
