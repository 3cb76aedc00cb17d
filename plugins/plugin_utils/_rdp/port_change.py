# SPDX-License-Identifier: GPL-3.0-or-later
"""The port of Remote Desktop, moved so that a known port is open at every moment.

In order: open the new port in the firewall for whoever may use the present one; have the host put everything back by itself after a
while; write the port and restart the service; see the socket on the host and an answer from outside; only then confirm and close the
present port (Microsoft's article "Change the listening port for Remote Desktop" names the value and the restart; the order is ours).
"""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass

from .._core.connection import Connection
from .._core.errors import HardeningError
from .._core.observation import Observations
from .._core.operations import Read
from .._core.plan import Change, Proof, Stage
from .._core.registry import Place, Registry, key_read, set_change
from .firewall import (
    BUILT_IN,
    BUILT_IN_PORT,
    OWN_GROUP,
    PROFILES,
    Firewall,
    Rule,
    add_change,
    copied,
    enable_change,
    firewall_reads,
    new_rule,
    own_name,
)
from .port_checks import (
    FIRST_DYNAMIC_PORT,
    SERVICE,
    check_copy,
    check_firewall,
    check_free,
    check_number,
    firewall_obstacle,
    listeners_read,
    nobody_comes_in,
    observed_listeners,
)
from .safeguard import NAME, confirm_change, register_change, task_definition, task_read
from .terminal_services import LISTENER

PORT = Place(LISTENER, "PortNumber")

PORT_SPEC: dict[str, t.Any] = {
    "port": {"type": "int"},
    "remote_addresses": {"type": "list", "elements": "str"},
    "verify_from": {"type": "str", "choices": ["controller", "none"], "default": "controller"},
    "confirm_within": {"type": "int", "default": 600},
}


@dataclass(frozen=True)
class PortStages:
    """before: changes that come first in the plan's first stage. proofs: of that stage. after: the second stage's changes."""

    before: tuple[Change, ...] = ()
    restarts: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()
    after: tuple[Change, ...] = ()
    warnings: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def stages(self, others: t.Sequence[Change], restarts: t.Sequence[str]) -> tuple[Stage, ...]:
        """The plan's stages with the other changes of the resource in the first one, ahead of the move."""
        first = Stage((*others, *self.before), tuple(dict.fromkeys((*restarts, *self.restarts))), proofs=self.proofs)
        return tuple(stage for stage in (first, Stage(self.after, lost=self.lost)) if stage.changes)


@dataclass(frozen=True)
class PortChange:
    """port: the wanted one. remote_addresses: who may come in; empty copies the present rules."""

    port: int
    remote_addresses: tuple[str, ...]
    knock: bool
    confirm_within: int

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> PortChange | None:
        """None where no port is asked for. Raises HardeningError for a port that no host can take."""
        port = options.get("port")
        if port is None:
            return None
        check_number(port)
        seconds = options.get("confirm_within", 600)
        if not 120 <= seconds <= 86400:
            raise HardeningError(f"Nothing was changed: confirm_within is {seconds}; it takes 120 to 86400 seconds.")
        addresses = tuple(options.get("remote_addresses", ()))
        return cls(port, addresses, options.get("verify_from", "controller") != "none", seconds)

    def reads(self) -> list[Read]:
        return [key_read(LISTENER), *firewall_reads(), listeners_read(), task_read()]

    def plan(
        self, observations: Observations, registry: Registry, connection: Connection | None, is_on: bool, restart_now: bool
    ) -> PortStages:
        """is_on: whether Remote Desktop will be switched on. Raises HardeningError where the move could shut somebody out."""
        firewall = Firewall.observed(observations, registry)
        present = registry.number(PORT) or BUILT_IN_PORT
        self._refuse_unconfirmed(observations)
        opening = self._opening(firewall, present)
        closing = tuple(_closing(firewall, self.port))
        kept = self._left_alone(firewall, present)
        if present == self.port:
            return self._kept(firewall, opening, closing, kept)
        check_free(self.port, observed_listeners(observations, listeners_read()), connection)
        check_firewall(self.port, firewall, self._profiles(firewall, present))
        warnings = (*_warnings(self.port), *kept)
        move = set_change(PORT, registry.found(PORT), self.port)
        if not is_on:
            return PortStages((*opening, move), after=closing, warnings=warnings)
        if not restart_now:
            raise HardeningError(
                f"Nothing was changed: Remote Desktop moves to port {self.port} only with restart now: without the restart of {SERVICE} "
                "nobody could see whether the new port works before the present one is closed."
            )
        task, confirm = self._safeguard(present, opening)
        proof = self._proof(present, move, (*opening, task))
        return PortStages((*opening, task, move), (SERVICE,), (proof,), (confirm, *closing), warnings, (self._unconfirmed(present),))

    def _kept(self, firewall: Firewall, opening: tuple[Change, ...], closing: tuple[Change, ...], warnings: tuple[str, ...]) -> PortStages:
        """The port is right already. Where nobody comes in on it, the rules of other ports stay open."""
        found = firewall_obstacle(self.port, firewall, self._profiles(firewall, self.port))
        if found is None:
            return PortStages(before=opening, after=closing, warnings=warnings)
        told = f"{nobody_comes_in(self.port, found)} The rules of other ports were not closed."
        return PortStages(before=opening, warnings=(told, *warnings))

    def _left_alone(self, firewall: Firewall, present: int) -> tuple[str, ...]:
        """Warnings of rules that let the port in already, for others than remote_addresses; they are never narrowed or widened."""
        rules = [rule for protocol in ("TCP", "UDP") for rule in self._standing(firewall, protocol, present)]
        wanted = _canonical(self.remote_addresses)
        return tuple(
            f"The firewall rule {rule.name} lets {', '.join(rule.remote_addresses) or 'Any'} in on port {self.port} ({rule.protocol}) already. It "
            f"was left alone, so remote_addresses ({', '.join(self.remote_addresses)}) does not hold for it: change or delete that rule yourself."
            for rule in rules
            if self.remote_addresses and _canonical(rule.remote_addresses or ("Any",)) != wanted
        )

    def _standing(self, firewall: Firewall, protocol: str, present: int) -> list[Rule]:
        """The rules for which no new one is made: enabled ones, or one of this collection's own that only has to be enabled."""
        allowing = firewall.allowing(protocol, self.port)
        if any(rule.ports and (present == self.port or _opens(rule)) for rule in allowing):
            return [rule for rule in allowing if rule.ports]
        stale = firewall.local(own_name(protocol, self.port, 1))
        return [stale] if stale else []

    def _unconfirmed(self, present: int) -> str:
        return (
            f"Remote Desktop is on port {self.port}, which was proved to work. Where the scheduled task {NAME} is still on the host, it puts "
            f"Remote Desktop back to port {present} within {self.confirm_within} seconds; run again once that task is gone."
        )

    def _safeguard(self, present: int, opening: t.Sequence[Change]) -> tuple[Change, Change]:
        """The change that registers the task which puts everything back, and the one that deletes it."""
        added = [change.target for change in opening if change.operation.name == "add"]
        enabled = [change.target for change in opening if change.operation.name == "enable"]
        definition = task_definition(present, added, enabled, self.confirm_within)
        return register_change(present, definition, self.confirm_within), confirm_change(definition)

    def _proof(self, present: int, move: Change, tidy: tuple[Change, ...]) -> Proof:
        read = listeners_read(self.port)

        def problem(observations: Observations) -> str | None:
            if observed_listeners(observations, read).serves(self.port):
                return None
            return f"After the restart of {SERVICE} nothing of it listens on port {self.port}."

        return Proof(
            reads=(read,),
            problem=problem,
            knock=self.port if self.knock else None,
            changes=(move,),
            restarts=(SERVICE,),
            tidy=tidy,
            kept=f"Remote Desktop was put back to port {present}, whose firewall rules were never touched; the rules for port {self.port} are gone.",
            otherwise=(
                f"Port {present} is still open in the firewall, and the scheduled task {NAME} on the host puts Remote Desktop back to it "
                f"{self.confirm_within} seconds after the move, or at the next start of the host; run again once that task is gone."
            ),
        )

    def _refuse_unconfirmed(self, observations: Observations) -> None:
        if observations.value(task_read())["exists"]:
            raise HardeningError(
                f"Nothing was changed: an earlier move of Remote Desktop's port was never confirmed, and the scheduled task {NAME} is about to "
                "put the port back. Wait until the task is gone and run again, or delete it if the port is what it should be."
            )

    def _opening(self, firewall: Firewall, present: int) -> tuple[Change, ...]:
        """Rules to add or to enable, so that whoever may use the present port may use the wanted one."""
        return tuple(change for protocol in ("TCP", "UDP") for change in self._opened(firewall, protocol, present))

    def _opened(self, firewall: Firewall, protocol: str, present: int) -> list[Change]:
        built_in = firewall.local(BUILT_IN[protocol])
        # Somebody may have given Windows' own rule another port, and it lets in whomever it says, not remote_addresses.
        if (
            built_in
            and built_in.covers(protocol, self.port)
            and self.port == BUILT_IN_PORT
            and (built_in.enabled or not self.remote_addresses)
        ):
            return [] if built_in.enabled else [enable_change(built_in, True)]
        standing = self._standing(firewall, protocol, present)
        if standing:
            return [enable_change(rule, True) for rule in standing if not rule.enabled]
        if self.remote_addresses:
            return [add_change(own_name(protocol, self.port, 1), new_rule(protocol, self.port, 1, self.remote_addresses))]
        sources = self._sources(firewall, protocol, present)
        return [add_change(own_name(protocol, self.port, n), copied(old, protocol, self.port, n)) for n, old in enumerate(sources, start=1)]

    def _sources(self, firewall: Firewall, protocol: str, present: int) -> list[Rule]:
        """The rules that let people in now. Raises HardeningError where there is none for TCP: nobody knows whom to let in."""
        sources = [rule for rule in firewall.allowing(protocol, present) if rule.ports] or [
            rule for rule in firewall.rules if rule.enabled and rule.protocol == protocol and _is_listeners(rule)
        ]
        if not sources and protocol == "TCP":
            raise HardeningError(
                f"Nothing was changed: no enabled firewall rule lets anybody in on port {present}, so there is none to copy for port {self.port}. "
                "Give remote_addresses (Any for everybody), so that it is known who may come in."
            )
        for rule in sources:
            check_copy(rule)
        return sources

    def _profiles(self, firewall: Firewall, present: int) -> tuple[str, ...]:
        if self.remote_addresses:
            return ("Any",)
        return tuple(profile for rule in firewall.allowing("TCP", present) for profile in rule.profiles) or ("Any",)


def _canonical(addresses: t.Iterable[str]) -> set[str]:
    """Addresses in one spelling: Windows stores V(10.1.0.0/16) with a mask."""
    return {_spelled(address.strip()) for address in addresses}


def _spelled(address: str) -> str:
    low, _separator, high = address.partition("-")
    try:
        return str(ipaddress.ip_network(low if low == high else address, strict=False))
    except ValueError:
        return "any" if address == "*" else address.lower()


def _opens(rule: Rule) -> bool:
    """Whether a rule of a port that is not the present one is enough: the listener's own, or one for everybody. Others may let in too few."""
    limited = rule.remote_addresses or rule.interface_types or set(rule.profiles) != set(PROFILES)
    return _is_listeners(rule) or not limited


def _is_listeners(rule: Rule) -> bool:
    """Whether a rule is one of the local ones that carry the listener's port: built-in, or this collection's own."""
    names = {name.lower() for name in BUILT_IN.values()}
    return rule.store == "local" and not rule.blocks and (rule.name.lower() in names or rule.first("embedctxt") == OWN_GROUP)


def _closing(firewall: Firewall, port: int) -> list[Change]:
    """The listener's rules of other ports are disabled: never deleted, and never given another port, which would hide it from the next reader."""
    rules = [rule for rule in firewall.rules if rule.enabled and _is_listeners(rule)]
    return [enable_change(rule, False) for rule in rules if not rule.covers(rule.protocol or "", port)]


def _warnings(port: int) -> tuple[str, ...]:
    found = [f"Firewalls outside the host (cloud security groups, routers) are not looked at; let port {port} through there too."]
    if port >= FIRST_DYNAMIC_PORT:
        found.append(
            f"Port {port} is among those that Windows hands out by itself; another program may have it after a restart of the host."
        )
    return tuple(found)
