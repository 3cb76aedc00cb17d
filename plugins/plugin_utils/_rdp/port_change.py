# SPDX-License-Identifier: GPL-3.0-or-later
"""The port of Remote Desktop, moved so that a known port is open at every moment.

In order: open the new port in the firewall for whoever may use the present one; have the host put everything back by itself after a
while; write the port and restart the service; see the socket on the host and an answer from outside; only then confirm and close the
present port (Microsoft's article "Change the listening port for Remote Desktop" names the value and the restart; the order is ours).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.connection import Connection
from .._core.errors import HardeningError
from .._core.observation import Observations
from .._core.operations import Read
from .._core.plan import Change, Proof, Sight, Stage
from .._core.registry import Place, Registry, key_read, set_change
from .firewall import BUILT_IN_PORT, Firewall, firewall_reads
from .firewall_reach import firewall_obstacle, limited_blocks, nobody_comes_in, reach_warnings
from .port_checks import FIRST_DYNAMIC_PORT, check_firewall, check_free, check_number, listeners_read, observed_listeners
from .port_rules import PortRules
from .safeguard import NAME, confirm_change, register_change, task_definition, task_read
from .terminal_services import LISTENER, SERVICE

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
        self,
        observations: Observations,
        registry: Registry,
        connection: Connection | None,
        is_on: bool,
        restart_now: bool,
        was_on: bool = True,
    ) -> PortStages:
        """is_on: whether Remote Desktop will be switched on; was_on: whether it is now. Raises HardeningError where the move could shut
        somebody out.
        """
        firewall, listeners = Firewall.observed(observations, registry), observed_listeners(observations, listeners_read())
        present = registry.number(PORT) or BUILT_IN_PORT
        self._refuse_unconfirmed(observations)
        rules = PortRules(firewall, present, self.port, self.remote_addresses)
        opening, closing = rules.opening(), rules.closing()
        warnings = (*rules.left_alone(), *reach_warnings(self.port, firewall, rules.profiles))
        unserved = is_on and was_on and not listeners.serves(present)
        if present == self.port:
            unreached = self._unreached(rules, unserved)
            return PortStages(opening, after=() if unreached else closing, warnings=(*unreached, *warnings))
        check_free(self.port, listeners, connection)
        check_firewall(self.port, firewall, rules.profiles)
        if unserved:
            raise HardeningError(
                f"Nothing was changed: {_unserved(present)}, so no way back is known to work. Restart the service and run again."
            )
        warnings = (*_warnings(self.port), *warnings, *limited_blocks(self.port, firewall))
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

    def _unreached(self, rules: PortRules, unserved: bool) -> tuple[str, ...]:
        """Why nobody comes in on the port, which is right already: the rules of other ports stay open then."""
        found = firewall_obstacle(self.port, rules.firewall, rules.profiles)
        if found:
            return (f"{nobody_comes_in(self.port, found)} The rules of other ports were not closed.",)
        if unserved:
            return (f"{_unserved(self.port)}. The rules of other ports were not closed. Restart the service and run again.",)
        return ()

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
        moved = _served(self.port)
        return Proof(
            reads=moved.reads,
            problem=moved.problem,
            knock=self.port if self.knock else None,
            changes=(move,),
            restarts=(SERVICE,),
            tidy=tidy,
            kept=f"Remote Desktop was put back to port {present}, whose firewall rules were never touched; the rules for port {self.port} are gone.",
            otherwise=(
                f"Port {present} is still open in the firewall, and the scheduled task {NAME} on the host puts Remote Desktop back to it "
                f"{self.confirm_within} seconds after the move, or at the next start of the host; run again once that task is gone."
            ),
            regained=_served(present),
        )

    def _refuse_unconfirmed(self, observations: Observations) -> None:
        if observations.value(task_read())["exists"]:
            raise HardeningError(
                f"Nothing was changed: an earlier move of Remote Desktop's port was never confirmed, and the scheduled task {NAME} is about to "
                "put the port back. Wait until the task is gone and run again, or delete it if the port is what it should be."
            )


def _unserved(port: int) -> str:
    return (
        f"Remote Desktop is set to port {port}, and {SERVICE} does not listen there (the port was written without a restart of the service, "
        "or the service does not run)"
    )


def _served(port: int) -> Sight:
    """That Remote Desktop listens on a port after a restart."""
    read = listeners_read(port)

    def problem(observations: Observations) -> str | None:
        if observed_listeners(observations, read).serves(port):
            return None
        return f"After the restart of {SERVICE} nothing of it listens on port {port}."

    return Sight((read,), problem)


def _warnings(port: int) -> tuple[str, ...]:
    found = [f"Firewalls outside the host (cloud security groups, routers) are not looked at; let port {port} through there too."]
    if port >= FIRST_DYNAMIC_PORT:
        found.append(
            f"Port {port} is among those that Windows hands out by itself; another program may have it after a restart of the host."
        )
    return tuple(found)
