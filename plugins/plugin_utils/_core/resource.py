# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource: one aspect of a host that a module wraps."""

from __future__ import annotations

import abc
import typing as t

from .connection import Connection
from .controls import Control, Selection
from .facts import HostFacts, SessionNeeds
from .observation import Observations
from .operations import Read
from .plan import Change, Plan

Options = t.Mapping[str, t.Any]

# Options that every resource has, and that the run itself answers to.
SHARED_SPEC: dict[str, t.Any] = {
    "only": {"type": "list", "elements": "str"},
    "skip": {"type": "list", "elements": "str"},
}


class Resource(abc.ABC):
    """Reads, then plans. Subclasses are pure: no input or output happens in them.

    name: the module's name. entry: the payload entry that has the providers it needs. connection: the way in, set by the run.
    restart_now: whether services restart at the end of the apply, set by the run.
    argument_spec: Ansible's, shared by the action, the documentation test and converge.
    """

    name: t.ClassVar[str]
    entry: str
    argument_spec: t.ClassVar[dict[str, t.Any]]
    required_if: t.ClassVar[list[t.Any]] = []
    mutually_exclusive: t.ClassVar[list[t.Any]] = []
    needs: t.ClassVar[SessionNeeds] = SessionNeeds()
    controls: t.ClassVar[tuple[Control, ...]] = ()
    connection: Connection | None = None
    restart_now: bool = True

    def __init__(self, options: Options) -> None:
        """Raises HardeningError for options that contradict each other or that no host could take."""
        self.options = without_absent(options)
        self.selection = Selection(
            only=frozenset(self.options.get("only", ())),
            skip=frozenset(self.options.get("skip", ())),
        )

    @abc.abstractmethod
    def reads(self) -> list[Read]:
        """What must be looked at to plan."""

    def further_reads(self, observations: Observations) -> list[Read]:
        """What must be looked at only once the observations so far are known; asked again with them, until nothing new is named.

        Each such round costs a round trip.
        """
        return []

    @abc.abstractmethod
    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        """What would change. Raises HardeningError when nothing may be written."""

    def judge(self, changes: t.Sequence[Change], observations: Observations, facts: HostFacts) -> list[str]:
        """Warnings about what the whole task would change, this resource's changes and those of all others, none of which is made yet.

        Raises HardeningError where, with all of them made, what this resource changes must not be.
        """
        return []


def without_absent(options: t.Any) -> t.Any:
    """The options without those that are null, at any depth: an option that is not given is left alone."""
    if isinstance(options, t.Mapping):
        return {name: without_absent(value) for name, value in options.items() if value is not None}
    if isinstance(options, list):
        return [without_absent(value) for value in options if value is not None]
    return options
