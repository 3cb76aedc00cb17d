# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the firewall lets anybody in to a port, profile by profile: a host with two networks may be closed in one and open in the other."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .firewall import Firewall, Rule
from .firewall_profiles import PROFILES

# So many rules are named; blockers of attackers make dozens.
_NAMED = 5


@dataclass(frozen=True)
class Obstacle:
    """Why rules that allow the port let nobody in, in the profiles that are named, and what to do about it."""

    profiles: tuple[str, ...]
    why: str
    advice: str


def firewall_obstacle(port: int, firewall: Firewall, profiles: t.Iterable[str]) -> Obstacle | None:
    """What keeps everybody out, in every profile in use, in spite of local rules that allow the port in these profiles."""
    found = _closed(port, firewall, profiles)
    reachable = _reachable(firewall, profiles)
    return found if found and set(reachable) <= set(found.profiles) else None


def nobody_comes_in(port: int, found: Obstacle) -> str:
    return f"Nobody can come in on port {port}, which Remote Desktop has: {found.why}; {found.advice}."


def reach_warnings(port: int, firewall: Firewall, profiles: t.Iterable[str]) -> list[str]:
    """What a person should know where somebody can come in: profiles in use in which nobody can, and those in which no rule decides."""
    found, warnings = _closed(port, firewall, profiles), []
    if found and not firewall_obstacle(port, firewall, profiles):
        warnings.append(f"In the profile {', '.join(found.profiles)} nobody can come in on port {port}: {found.why}; {found.advice}.")
    for words, where in (("is off", firewall.off), ("lets in whom no rule blocks", firewall.admitting)):
        named = [profile for profile in firewall.in_use if profile in where]
        if named:
            warnings.append(
                f"The firewall {words} in the profile {', '.join(named)}: its rules do not decide there who comes in on port {port}."
            )
    return warnings


def limited_blocks(port: int, firewall: Firewall) -> list[str]:
    """A warning of the rules that block the port for some: whom they are about cannot be told from here."""
    names = [rule.name for rule in firewall.blocking("TCP", port) if rule.is_limited and _counting(firewall, rule)]
    if not names:
        return []
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return [
        f"Firewall rules block port {port} for some addresses, interfaces or users ({', '.join(names[:_NAMED])}{more}); a rule that blocks beats "
        "every rule that allows, so look whether you are among them."
    ]


def unused_profiles(port: int, firewall: Firewall, rules: t.Sequence[Rule]) -> list[str]:
    """A warning where rules that allow the port do so only in profiles that are not in use."""
    in_use, named = firewall.active_profiles, {profile for rule in rules for profile in rule.profiles}
    if not rules or in_use is None or named & set(in_use) or firewall.open_profiles:
        return []
    return [
        f"The firewall rules that let port {port} in ({', '.join(rule.name for rule in rules)}) are for the profile "
        f"{', '.join(sorted(named))}; in use is {', '.join(in_use) or 'none'}, so nobody can come in now. Give those rules the profile in use."
    ]


def _reachable(firewall: Firewall, profiles: t.Iterable[str]) -> list[str]:
    """The profiles in use in which these rules count, or no rule is needed."""
    named = tuple(profiles)
    return [profile for profile in firewall.in_use if "Any" in named or profile in (*named, *firewall.open_profiles)]


def _closed(port: int, firewall: Firewall, profiles: t.Iterable[str]) -> Obstacle | None:
    """Of the reachable profiles those in which nobody can come in all the same."""
    reachable = _reachable(firewall, profiles)
    blocking = {profile: _blocking(port, firewall, profile) for profile in reachable}
    dead = [profile for profile in reachable if not blocking[profile] and _is_dead(port, firewall, profile)]
    rules = list(dict.fromkeys(f"{rule.name} ({rule.store})" for rule in blocking.values() if rule))
    why = [f"the firewall rule {name} blocks it, and a rule that blocks beats every rule that allows" for name in rules]
    advice = ["change that rule first"] if rules else []
    if dead:
        named = ", ".join(profile for profile in PROFILES if profile in dead)
        why.append(f"a policy makes local firewall rules void in the profile {named} (AllowLocalPolicyMerge 0)")
        advice.append("have the policy allow the port first")
    closed = tuple(profile for profile in reachable if blocking[profile] or profile in dead)
    return Obstacle(closed, "; ".join(why), " and ".join(advice)) if closed else None


def _blocking(port: int, firewall: Firewall, profile: str) -> Rule | None:
    """A rule that blocks the port for everybody in a profile."""
    rules = () if profile in firewall.off else firewall.blocking("TCP", port)
    return next((rule for rule in rules if not rule.is_limited and profile in rule.profiles), None)


def _is_dead(port: int, firewall: Firewall, profile: str) -> bool:
    """Whether local rules are void in a profile and no policy lets the port in there."""
    if profile not in firewall.merge_off or profile in firewall.open_profiles:
        return False
    return not any(rule.store == "policy" and profile in rule.profiles for rule in firewall.allowing("TCP", port))


def _counting(firewall: Firewall, rule: Rule) -> bool:
    return any(profile in rule.profiles and profile not in firewall.off for profile in firewall.in_use)
