# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what an operation left, or what it found, is what the host says now; for registry, rights, groups and the other providers."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.errors import HardeningError
from .._core.journal import JournalStep
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .._core.plan import ABSENT
from . import power_table, safeguard
from .account_policy_table import PLACE as ACCOUNT_POLICY
from .cipher_suites import POLICY as CIPHER_SUITES
from .firewall import BUILT_IN_PORT, SWITCHED, Rule, rules_read
from .firewall import PLACE as FIREWALL
from .rdp_access_table import TEXTS, set_place
from .schannel_table import SCHANNEL
from .security_layer_table import CREDSSP, FIPS
from .sessions import sessions_read
from .terminal_services import LISTENER, SERVICE

Parameters = t.Mapping[str, t.Any]

# What TermService reads only when it starts, and below which keys a value is in force only after a restart of the host.
_READ_AT_START = {"portnumber", "sslcertificatesha1hash", "selecttransport"}
_READ_AT_BOOT = tuple(key.lower() for key in (SCHANNEL, CIPHER_SUITES.key, FIPS, CREDSSP))


@dataclass(frozen=True)
class Trace:
    """What of a provider's operations can be seen again.

    read: shows what the operation wrote. state: what it is planned on, out of what the read gives.
    place, target: as changes name them. text: a state of it as a line.
    """

    read: t.Callable[[Parameters], Read]
    state: t.Callable[[Parameters, t.Any], Parameters]
    place: t.Callable[[Parameters], str]
    target: t.Callable[[Parameters], str]
    text: t.Callable[[Parameters, Parameters], str]


def _registry_state(parameters: Parameters, value: t.Any) -> Parameters:
    return {name: value[name] for name in ("exists", "kind", "value")} if value["exists"] else {"exists": False}


def _firewall_state(parameters: Parameters, value: t.Any) -> Parameters:
    rule = next((text for name, text in value["local"].items() if name.lower() == parameters["name"].lower()), None)
    return {"exists": False} if rule is None else {"exists": True, "enabled": "|active=true|" in rule.lower()}


def _power_state(parameters: Parameters, value: t.Any) -> Parameters:
    if "setting" not in parameters:
        return {"enabled": value["hibernate"]}
    return {"value": value["settings"].get(parameters["setting"], {}).get(parameters["source"])}


def _presence(name: str, yes: str, no: str) -> t.Callable[[Parameters, Parameters], str]:
    return lambda parameters, state: yes if state[name] else no


def _rule_text(parameters: Parameters, state: Parameters) -> str:
    return SWITCHED[state["enabled"]] if state["exists"] else ABSENT


def _power_setting(parameters: Parameters) -> power_table.PowerSetting | None:
    """The setting of a GUID; None for one that this version does not know."""
    return next((one for one in power_table.SETTINGS if one.guid.lower() == parameters["setting"].lower()), None)


def _power_target(parameters: Parameters) -> str:
    if "setting" not in parameters:
        return power_table.HIBERNATION
    known, source = _power_setting(parameters), parameters["source"]
    return known.target(source) if known else f"{parameters['setting']} {power_table.SOURCES[source]}"


def _power_text(parameters: Parameters, state: Parameters) -> str:
    if "setting" not in parameters:
        return power_table.HIBERNATES[state["enabled"]]
    known = _power_setting(parameters)
    return known.text(state["value"]) if known else str(state["value"])


TRACES: dict[str, Trace] = {
    "registry": Trace(
        read=lambda given: Read("registry", "value", {name: given[name] for name in ("hive", "key", "name")}),
        state=_registry_state,
        place=lambda given: f"{given['hive']}\\{given['key']}",
        target=lambda given: str(given["name"]),
        text=lambda given, state: str(state["value"]) if state["exists"] else ABSENT,
    ),
    "right": Trace(
        read=lambda given: Read("right", "right", {"right": given["right"]}),
        state=lambda given, value: {"held": given["account"] in value["accounts"]},
        place=lambda given: set_place("right", given["right"]),
        target=lambda given: str(given["account"]),
        text=_presence("held", TEXTS["right"], ABSENT),
    ),
    "group": Trace(
        read=lambda given: Read("group", "members", {"group": given["group"]}),
        state=lambda given, value: {"member": given["member"] in value["members"]},
        place=lambda given: set_place("group", given["group"]),
        target=lambda given: str(given["member"]),
        text=_presence("member", TEXTS["group"], ABSENT),
    ),
    "security": Trace(
        read=lambda given: Read("security", "policy"),
        state=lambda given, value: {"values": {name: value.get(name) for name in given["planned"]["values"]}},
        place=lambda given: ACCOUNT_POLICY,
        target=lambda given: ", ".join(given["values"]),
        text=lambda given, state: ", ".join(ABSENT if number is None else str(number) for number in state["values"].values()),
    ),
    "firewall": Trace(
        read=lambda given: Read("firewall", "rules", {"names": [given["name"]], "groups": []}),
        state=_firewall_state,
        place=lambda given: FIREWALL,
        target=lambda given: str(given["name"]),
        text=_rule_text,
    ),
    "power": Trace(
        read=lambda given: Read("power", "scheme", {"subgroup": given.get("subgroup", power_table.SUBGROUP)}),
        state=_power_state,
        place=lambda given: power_table.PLACE,
        target=_power_target,
        text=_power_text,
    ),
    "task": Trace(
        read=lambda given: Read("task", "task", {"name": given["name"]}),
        state=lambda given, value: {"exists": value["exists"]},
        place=lambda given: safeguard.PLACE,
        target=lambda given: str(given["name"]),
        text=_presence("exists", safeguard.REGISTERED, ABSENT),
    ),
}


def read_for(operation: Operation) -> Read:
    """The read that shows what an operation wrote."""
    return TRACES[operation.provider].read(operation.parameters)


def holds(operation: Operation, observations: Observations) -> bool:
    """Whether the state that an operation is planned on is there now."""
    value = observations.value(read_for(operation))
    return dict(TRACES[operation.provider].state(operation.parameters, value)) == dict(operation.parameters["planned"])


def place_of(step: JournalStep) -> tuple[str, str]:
    """The place and target of a step, as changes name them."""
    trace = TRACES[step.operation.provider]
    return trace.place(step.operation.parameters), trace.target(step.operation.parameters)


def before_and_after(step: JournalStep) -> tuple[str, str]:
    """What the step found and what it left, as lines."""
    text, given = TRACES[step.operation.provider].text, step.operation.parameters
    return text(given, given["planned"]), text(given, step.undo.parameters["planned"])


def further_reads(operations: t.Iterable[Operation]) -> list[Read]:
    """What must be seen, besides what was written, to take these operations back safely."""
    given = list(operations)
    moved = [rules_read()] if any(_moves_port(operation) for operation in given) else []
    return moved + ([sessions_read()] if restarts(given) else [])


def is_dropped(operation: Operation) -> bool:
    """Whether what an operation did is never taken back: the safeguard of a moved port, registered anew, would move it a while later."""
    return (operation.provider, operation.name) == ("task", "delete") and operation.parameters["name"].lower() == safeguard.NAME.lower()


def check(undone: t.Sequence[Operation], observations: Observations, restart_now: bool) -> None:
    """Raises HardeningError where taking back would leave Remote Desktop on a port that the firewall lets nobody into."""
    for port in [operation.parameters.get("value", BUILT_IN_PORT) for operation in undone if _moves_port(operation)]:
        if not restart_now:
            raise HardeningError(
                f"Nothing was changed: Remote Desktop goes back to port {port} only with restart now: without the restart of {SERVICE} it stays "
                "on the present one, whose firewall rules are taken back too."
            )
        if not _open_afterwards(port, undone, observations):
            raise HardeningError(
                f"Nothing was changed: Remote Desktop would be back on port {port}, for which no enabled firewall rule is there: the run that "
                "closed it has a journal of its own. Undo that one first, or enable the rule, and run again."
            )


def restarts(undone: t.Iterable[Operation]) -> tuple[str, ...]:
    """Services that read what is taken back only when they start."""
    names = [operation.parameters["name"].lower() for operation in undone if _is_listeners(operation)]
    return (SERVICE,) if _READ_AT_START & set(names) else ()


def needs_reboot(undone: t.Iterable[Operation]) -> bool:
    """Whether what is taken back is in force only after a restart of the host."""
    return any(operation.provider == "registry" and operation.parameters["key"].lower().startswith(_READ_AT_BOOT) for operation in undone)


def _is_listeners(operation: Operation) -> bool:
    return operation.provider == "registry" and operation.parameters["key"].lower() == LISTENER.lower()


def _moves_port(operation: Operation) -> bool:
    return _is_listeners(operation) and operation.parameters["name"].lower() == "portnumber"


def _open_afterwards(port: int, undone: t.Iterable[Operation], observations: Observations) -> bool:
    """Whether a rule for the port is enabled once everything is taken back."""
    value = observations.value(rules_read())
    switched = {
        operation.parameters["name"].lower(): operation.name == "enable" and operation.parameters["enabled"]
        for operation in undone
        if operation.provider == "firewall"
    }
    rules = [Rule.parse(name, text, store) for store in ("local", "policy") for name, text in value[store].items()]
    return any(rule.admits("TCP", port) and switched.get(rule.name.lower(), rule.enabled) for rule in rules)
