# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a task writes: the locations of applicationHost.config its target names, and which of them are broken."""

from __future__ import annotations

from dataclasses import dataclass

from .._core.errors import HardeningError
from .._core.observation import Failure
from .layers import covers
from .policy import Policy
from .section import SERVER, PathState, Section
from .server import Server

# A path that fails for one of these reasons serves nothing, but no file is wrong: a folder that was deleted, a share that is away.
_AWAY = frozenset({"not_found", "access_denied", "sharing_violation", "on_share"})


@dataclass(frozen=True)
class Scope:
    """locations: where to write. failures: sentences about what is down already. warnings: the same, where no file is wrong."""

    locations: tuple[str, ...]
    failures: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def scope_of(policy: Policy, server: Server, section: Section) -> Scope:
    """Raises HardeningError when a named target is missing or broken; under all sites (and the server) broken ones are left out."""
    if policy.target == "sites":
        return Scope(tuple(_sound(server.site(name).name, section) for name in policy.sites))
    if policy.target == "location":
        name = server.site(policy.location.partition("/")[0]).name
        return Scope((_sound("/".join((name, *policy.location.split("/")[1:])), section),))
    if policy.target == "all_sites":
        return _all_sites(server, section)
    down = [(state, state.failure) for state in section.paths if state.failure]
    return Scope(
        (SERVER,),
        failures=tuple(_down(state, failure) for state, failure in down if failure.kind not in _AWAY),
        warnings=tuple(_down(state, failure) for state, failure in down if failure.kind in _AWAY),
    )


def _sound(location: str, section: Section) -> str:
    """The location, if nothing at or below it fails."""
    section.effective(location)
    for state in section.paths:
        if state.failure and covers(location.lower(), location_of(state).lower()):
            raise HardeningError(f"Nothing was changed: {_down(state, state.failure)}")
    return location


def _all_sites(server: Server, section: Section) -> Scope:
    failing = {state.site.lower(): _down(state, state.failure) for state in section.paths if state.failure}
    for site in server.sites:
        level = section.levels.get(site.name.lower())
        if isinstance(level, Failure):
            failing[site.name.lower()] = f"{site.name} is left out: {level.describe()}."
    sound = tuple(site.name for site in server.sites if site.name.lower() not in failing)
    return Scope(sound, tuple(failing.values()))


def location_of(state: PathState) -> str:
    return state.site + state.path.rstrip("/")


def _down(state: PathState, failure: Failure) -> str:
    return (
        f"{state.site}{state.path} is down already, its configuration cannot be read: {failure.describe()}. "
        "Mend that file, then run the task again."
    )
