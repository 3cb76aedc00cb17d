# SPDX-License-Identifier: GPL-3.0-or-later
"""Protocol versions of Schannel: how each stands by what is stored and by default, what must change, and what may not be lost.

Enabled 0 is off, always; Enabled not 0 is on where DisabledByDefault is 0, and else only for a program that asks for it. Some tools
write 0xffffffff for Enabled (Microsoft, "TLS registry settings").
"""

from __future__ import annotations

import ssl
import typing as t
from dataclasses import dataclass, field

from .._core.connection import Connection
from .._core.controls import CHANGED, COMPLIANT
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.operations import Read
from .._core.registry import Place, Registry, key_read, set_change
from .override import Disagreement, report_override
from .ownership import Ownership
from .schannel_table import BY_OPTION, BY_REQUEST, MISSING, OFF, OLD_WRITTEN_OFF, ON, PROTOCOLS, ROLES, TLS, TLS_1_3_BUILD, Protocol

# What Python can be made to speak; older versions are switched off in the libraries that carry WinRM (urllib3, "SSL warnings").
_PYTHON = {"tls_1_2": ssl.TLSVersion.TLSv1_2, "tls_1_3": ssl.TLSVersion.TLSv1_3}
_NO_LIMIT = (ssl.TLSVersion.MINIMUM_SUPPORTED, ssl.TLSVersion.MAXIMUM_SUPPORTED)


def spoken_here() -> frozenset[str]:
    """The versions the controller can speak, by its own library's settings."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lowest, highest = context.minimum_version, context.maximum_version
    return frozenset(
        option
        for option, version in _PYTHON.items()
        if (lowest in _NO_LIMIT or lowest <= version) and (highest in _NO_LIMIT or highest >= version)
    )


@dataclass(frozen=True)
class Wish:
    """A protocol version of one role, and whether it shall be on."""

    protocol: Protocol
    role: str
    on: bool

    @property
    def option(self) -> str:
        return f"protocols.{self.protocol.option}.{self.role}"

    @property
    def text(self) -> str:
        return ON if self.on else OFF


def wishes(options: t.Mapping[str, t.Any]) -> list[Wish]:
    """Every version and role that is given. Raises HardeningError for what no host could take."""
    given = options.get("protocols", {})
    found = [Wish(one, role, given[one.option][role]) for one in PROTOCOLS for role in ROLES if role in given.get(one.option, {})]
    for wish in found:
        if wish.protocol.option == "tls_1_2" and not wish.on:
            raise HardeningError(
                f"Nothing was changed: {wish.option} may not be switched off. Remote Desktop, WinRM, IIS and everything else that uses "
                "Schannel depend on TLS 1.2. Switch the older versions off instead."
            )
        if wish.protocol.option == "ssl_2_0" and wish.on:
            raise HardeningError(
                f"Nothing was changed: {wish.option} may not be on: Windows has no SSL 2.0 since Server 2016. Remove the option."
            )
    return found


def judged_roles(wanted: t.Iterable[Wish]) -> tuple[str, ...]:
    """The server's, by which the connection and Remote Desktop come in, and those that are wished about."""
    return tuple(role for role in ROLES if role == "server" or role in {wish.role for wish in wanted})


def protocol_reads(roles: t.Sequence[str]) -> list[Read]:
    """All versions of these roles: whether one may be switched off depends on the others."""
    return [key_read(protocol.places(role)[0].key) for protocol in PROTOCOLS for role in roles]


# By option and role: ON, BY_REQUEST, OFF, MISSING, or None where it is not certain.
States = t.Mapping[tuple[str, str], str | None]


def observed_states(registry: Registry, build: int | None, roles: t.Iterable[str]) -> dict[tuple[str, str], str | None]:
    return {(one.option, role): _state(registry, build, one, role) for role in roles for one in PROTOCOLS}


def _state(registry: Registry, build: int | None, protocol: Protocol, role: str) -> str | None:
    enabled, by_default = (stored_number(registry, place) for place in protocol.places(role))
    default = protocol.default(build)
    if enabled == 0:
        return OFF
    if default == MISSING and enabled is None:
        return MISSING
    if by_default is not None and by_default != 0:
        return BY_REQUEST
    if enabled is not None and by_default == 0:
        return ON
    return default if default == ON or (enabled is None and by_default is None) else None


def stored_number(registry: Registry, place: Place) -> int | None:
    """The stored number; None where there is none, or where it is of a kind that Schannel does not read."""
    found = registry.found(place)
    return found["value"] if found and found["kind"] == "DWord" else None


@dataclass(frozen=True)
class ProtocolPlanner:
    """Plans wishes into a draft. explicit: both values must be stored even where the meaning is already right."""

    registry: Registry
    ownership: Ownership
    build: int | None
    explicit: bool
    fail_on_override: bool
    draft: PlanDraft
    written: dict[Place, int] = field(default_factory=dict)

    def state(self, protocol: Protocol, role: str) -> str | None:
        return _state(self.registry, self.build, protocol, role)

    def plan(self, wanted: t.Sequence[Wish], connection: Connection | None) -> None:
        """Raises HardeningError for what would shut everybody out, or what this version of Windows cannot do."""
        roles = judged_roles(wanted)
        before = observed_states(self.registry, self.build, roles)
        after = dict(before)
        for wish in wanted:
            self._refuse_unsafe(wish)
            if self._plan(wish):
                after[wish.protocol.option, wish.role] = wish.text
        for role in roles:
            _refuse_loss(role, before, after)
        _refuse_lost_connection(before, after, connection)
        if after["dtls_1_2", "server"] == OFF != before["dtls_1_2", "server"]:
            self.draft.warnings.append("Without DTLS 1.2 Remote Desktop falls back from UDP to TCP, which is slower over long distances.")

    def _plan(self, wish: Wish) -> bool:
        """Whether something is to be written for it."""
        state = self.state(wish.protocol, wish.role)
        complies = state == ON if wish.on else state in (OFF, MISSING)
        needed = [one for one in self._targets(wish) if self._differs(*one)] if self.explicit or not complies else []
        owner, place = self._owner([place for place, _value in needed])
        if owner and place:
            self._override(wish, state, place, owner)
            return False
        controls = wish.protocol.controls.get(wish.on, ())
        for place, value in self._targets(wish):
            change = set_change(place, self.registry.found(place), value, str, tuple(control.id for control in controls))
            self.draft.want(change, (place, value) in needed)
        self.draft.reboot_required |= bool(needed)
        self.written.update(needed)
        controls = tuple(control.met_by(self._stored_for_all()) for control in controls)
        self.draft.judge(controls, CHANGED if needed else COMPLIANT, self._evidence(wish, state, bool(needed)))
        return bool(needed)

    def _targets(self, wish: Wish) -> list[tuple[Place, int]]:
        enabled, by_default = wish.protocol.places(wish.role)
        return [(enabled, int(wish.on)), (by_default, int(not wish.on))]

    def _stored_for_all(self) -> str | None:
        """Older versions are planned before TLS 1.2, whose result says this of them."""
        asked = [Wish(BY_OPTION[option], "server", option == "tls_1_2") for option in ("ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2")]
        targets = [target for wish in asked for target in self._targets(wish)]
        return OLD_WRITTEN_OFF if all(self._will_be(place, value) for place, value in targets) else None

    def _will_be(self, place: Place, value: int) -> bool:
        return self.written[place] == value if place in self.written else not self._differs(place, value)

    def _differs(self, place: Place, value: int) -> bool:
        """Whether another meaning than this is stored: every number but 0 says yes."""
        stored = stored_number(self.registry, place)
        return stored is None or bool(stored) != bool(value)

    def _owner(self, places: t.Iterable[Place]) -> tuple[str | None, Place | None]:
        """Who owns one of these values, and which. They are no policy values, so one that no policy is known to own is the host's."""
        for place in places:
            owner = self.ownership.of_local(place)
            if owner:
                return owner, place
        return None, None

    def _override(self, wish: Wish, state: str | None, place: Place, owner: str) -> None:
        one = Disagreement(wish.option, wish.text, state or "not certain", place, owner)
        report_override(self.draft, one, wish.protocol.controls.get(wish.on, ()), self.fail_on_override)

    def _refuse_unsafe(self, wish: Wish) -> None:
        if wish.protocol.option == "tls_1_3" and wish.on and (self.build is None or self.build < TLS_1_3_BUILD):
            raise HardeningError(
                f"Nothing was changed: {wish.option} may not be on here: Windows supports TLS 1.3 since Server 2022 (build {TLS_1_3_BUILD}), "
                f"and this host's build is {self.build or 'not known'}. Microsoft calls it no safe configuration before. Leave the option out."
            )

    def _evidence(self, wish: Wish, state: str | None, changes: bool) -> str:
        enabled, by_default = wish.protocol.places(wish.role)
        stored = [f"{place.name} {self.registry.value(place)}" for place in (enabled, by_default) if self.registry.found(place)]
        where = f"{', '.join(stored)} in {enabled.path}" if stored else "not stored, Windows' default"
        found = f"{wish.protocol.name} {wish.role} {'was' if changes else 'is'} {state or 'not certainly anything'} ({where})"
        return f"{found}, wanted {wish.text}{' explicitly' if self.explicit else ''}" if changes else found


def _lost(role: str, before: States, after: States) -> list[str]:
    """The TLS versions of a role that would be switched off."""
    return [option for option in TLS if before[option, role] not in (OFF, MISSING) and after[option, role] == OFF]


def _refuse_loss(role: str, before: States, after: States) -> None:
    lost = _lost(role, before, after)
    if lost and after["tls_1_2", role] != ON:
        names = ", ".join(BY_OPTION[option].name for option in lost)
        raise HardeningError(
            f"Nothing was changed: TLS 1.2 is {after['tls_1_2', role]} for the role {role}, so without {names} nobody could rely on Remote "
            f"Desktop, WinRM over HTTPS or IIS any more. Switch it on in the same task (protocols.tls_1_2.{role}: true)."
        )


def lost_connection(before: States, after: States, connection: Connection | None) -> str | None:
    """Why the connection could not be made again, as a part of a sentence: HTTPS carries this very task, and both ends must have a version."""
    if connection is None or not connection.is_winrm or not connection.tls:
        return None
    spoken = spoken_here()
    left = any(after[option, "server"] == ON for option in spoken)
    there = any(before[option, "server"] == ON for option in spoken)
    if left or not (there or _lost("server", before, after)):
        return None
    names = ", ".join(BY_OPTION[option].name for option in sorted(spoken)) or "none of them"
    return f"this task's connection is HTTPS, the controller speaks {names}, and the host would not any more"


def _refuse_lost_connection(before: States, after: States, connection: Connection | None) -> None:
    why = lost_connection(before, after, connection)
    if why:
        raise HardeningError(
            f"Nothing was changed: {why}. Let the controller speak TLS 1.2 (MinProtocol of its OpenSSL configuration), or leave the version on "
            "that it speaks."
        )
