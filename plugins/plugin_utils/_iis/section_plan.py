# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for one section: settings at locations, with overrides, duplicates and known applications judged."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Sequence

from .._core import controls as status
from .._core.controls import ControlResult, join_results
from .._core.errors import HardeningError
from .._core.observation import Failure
from .._core.plan import Change, Override, Plan, Stage
from .applications import KnownApplication, application_at, known_applications
from .effective import EffectiveCheck
from .layers import Conflict, Layer, conflicts_of, covers, layers_below, layers_of, location_and_above
from .level import Finding, Level
from .nodes import child, raw_below, text_of
from .policy import Policy
from .scope import Scope, location_of, scope_of
from .section import ConfigurationFile, Section
from .server import Server
from .settings import AttributeSetting, EntrySetting, ReplaceSetting, Setting

# Failures behind which a file with entries of its own may hide.
_HIDING = frozenset({"access_denied", "on_share", "link_not_followed", "walk_incomplete", "sharing_violation"})

# So many overrides are spelled out in the message; the result has all of them.
_SHOWN = 5

_NOT_JUDGED = frozenset({status.NOT_APPLICABLE, status.NO_EFFECT, status.SKIPPED})


class SectionPlanner:
    """Plans settings of one section on one server under a task's policy.

    inert: option path to the reason why a setting has no effect on this host; it is reported and not written.
    """

    def __init__(self, section: Section, server: Server, policy: Policy, inert: t.Mapping[str, str]) -> None:
        self._section = section
        self._policy = policy
        self._inert = inert
        self._scope: Scope = scope_of(policy, server, section)
        self._layers = layers_of(section)
        self._layers_of_site: dict[str, list[Layer]] = {}
        for layer in self._layers:
            self._layers_of_site.setdefault(layer.site.lower(), []).append(layer)
        self._effective = EffectiveCheck(section)
        ignored = policy.known_applications == "ignore"
        self._applications = [] if ignored else known_applications(server)
        self._changes: list[Change] = []
        self._results: list[ControlResult] = []
        self._overrides: list[Override] = []
        self._warnings: list[str] = list(self._scope.warnings)
        self._wanted: list[tuple[str, str]] = []
        self._closed: list[tuple[str, frozenset[str]]] = []
        self._added: list[tuple[str, str]] = []

    def plan(self, settings: Sequence[Setting | ReplaceSetting]) -> Plan:
        """Raises HardeningError when a named target is missing, or a duplicate or a known application forbids the write."""
        for location in self._scope.locations:
            self._plan_location(location, settings)
        return Plan(
            stages=(Stage(tuple(self._changes), guard=self._guard()),) if self._changes else (),
            controls=join_results(self._results),
            warnings=tuple(dict.fromkeys(self._warnings)),
            failures=self._scope.failures + self._override_failures(),
            overrides=tuple(self._overrides),
            wanted=tuple(self._wanted),
            closed=tuple(self._closed),
            added=tuple(self._added),
        )

    def _plan_location(self, location: str, settings: Sequence[Setting | ReplaceSetting]) -> None:
        level = Level(self._section, location)
        layers = layers_below(self._layers_at(location), location)
        for setting in self._expanded(level, settings):
            finding = self._finding(level, setting, layers)
            self._wanted.append((level.identity(setting), setting.wanted))
            self._pin(finding)
            self._changes += finding.changes
            self._added += [(level.path(setting.target), location.lower()) for one in finding.changes if one.operation.name == "add"]
            self._results += finding.control_results()
            if finding.status not in _NOT_JUDGED:
                self._judge_overrides(finding, layers)

    def _expanded(self, level: Level, settings: Sequence[Setting | ReplaceSetting]) -> Iterator[Setting]:
        for setting in settings:
            if isinstance(setting, ReplaceSetting):
                self._closed += level.closed(setting)
                yield from level.surplus(setting)
            else:
                yield setting

    def _layers_at(self, location: str) -> list[Layer]:
        if not location:
            return self._layers
        return self._layers_of_site.get(location.partition("/")[0].lower(), [])

    def _finding(self, level: Level, setting: Setting, layers: Sequence[Layer]) -> Finding:
        reason = self._inert.get(setting.option)
        if reason:
            return Finding(setting, level.location, status.NO_EFFECT, f"{level.location or 'server'}: {setting.target}: {reason}")
        problem = self._duplicate_problem(level, setting, layers)
        if not problem:
            finding = level.finding(setting)
            if finding.changes:
                self._refuse_for_applications(level, setting)
            return finding
        if not self._policy.skip_duplicates:
            raise HardeningError(f"Nothing was changed: {problem} Set on_duplicate to skip to leave this entry out.")
        self._warnings.append(f"Left out: {problem}")
        return Finding(setting, level.location, status.SKIPPED, f"{level.location or 'server'}: {setting.target} left out")

    def _duplicate_problem(self, level: Level, setting: Setting, layers: Sequence[Layer]) -> str | None:
        """Why adding this entry could take a site down, or None where it is not added or nothing speaks against it."""
        if not isinstance(setting, EntrySetting) or not setting.present or not level.can_add(setting):
            return None
        for conflict in conflicts_of(setting, layers, self._section):
            if conflict.duplicate:
                return _duplicate(setting, conflict)
        for file, failure in self._hiding_files(level.location):
            return _hidden(setting, file, failure)
        return None

    def _hiding_files(self, location: str) -> Iterator[tuple[ConfigurationFile, Failure]]:
        for file in self._section.files:
            if file.failure and file.failure.kind in _HIDING and covers(location.lower(), (file.site + file.path.rstrip("/")).lower()):
                yield file, file.failure

    def _refuse_for_applications(self, level: Level, setting: Setting) -> None:
        """Raises HardeningError for a verb that a known application cannot lose and that cannot be pinned for it."""
        if (
            not isinstance(setting, EntrySetting)
            or setting.element != ("verbs",)
            or setting.entry["attributes"].get("allowed") is not False
        ):
            return
        for application in self._applications_below(level.location):
            if setting.name in application.kind.needs_verbs and setting.present:
                raise HardeningError(
                    f"Nothing was changed: {application.kind.name} at {application.location} needs the verb {setting.name} "
                    f"({application.kind.source}). Leave {setting.name} out of verbs on this host, or set known_applications to ignore."
                )

    def _applications_below(self, location: str) -> list[KnownApplication]:
        return [one for one in self._applications if covers(location.lower(), one.location.lower())]

    def _pin(self, finding: Finding) -> None:
        """Before a value changes, stores what a known application has now in the application's own location."""
        setting = finding.setting
        if not finding.changes or not isinstance(setting, AttributeSetting):
            return
        for application in self._applications_below(finding.location):
            if setting.option in application.kind.keeps and application.location.lower() != finding.location.lower():
                self._pin_one(setting, application, finding.location)

    def _pin_one(self, setting: AttributeSetting, application: KnownApplication, location: str) -> None:
        value = child(self._section.effective(application.location), setting.element).get("attributes", {}).get(setting.attribute)
        if value == setting.value or self._stored_between(setting, location, application.location):
            return
        if self._policy.known_applications == "refuse":
            raise HardeningError(
                f"Nothing was changed: {application.kind.name} at {application.location} has {setting.target} {text_of(value)} and would get "
                f"{setting.wanted}. Set known_applications to pin to keep its value in its own location."
            )
        level = Level(self._section, application.location)
        self._changes.append(level.set_attribute(setting, value))
        self._wanted.append((level.identity(setting), text_of(value)))
        self._warnings.append(
            f"{application.kind.name} at {application.location} keeps {setting.target} {text_of(value)}, pinned in its location."
        )

    def _stored_between(self, setting: AttributeSetting, above: str, location: str) -> bool:
        """Whether a location below the target and at or above the application stores the attribute itself."""
        return any(
            layer.in_server_file
            and layer.location.lower() != above.lower()
            and covers(above.lower(), layer.location.lower())
            and covers(layer.location.lower(), location.lower())
            and any(setting.attribute in raw["attributes"] for raw in raw_below([layer.node], setting.element))
            for layer in self._layers
        )

    def _judge_overrides(self, finding: Finding, layers: Sequence[Layer]) -> None:
        found = [_override(finding.setting, one) for one in conflicts_of(finding.setting, layers, self._section) if not one.duplicate]
        if finding.status == status.COMPLIANT:
            found += self._effective.overrides(finding, found)
        for override in found:
            self._add_override(finding, override)

    def _add_override(self, finding: Finding, override: Override) -> None:
        setting = finding.setting
        location = override.site + override.path.rstrip("/")
        application = application_at(self._applications, location, setting.option)
        reason = self._policy.acceptance(override.site, override.path, setting.option)
        accepted = reason or (f"{application.kind.name} keeps its own value" if application else None)
        judged = Override(**{**override.as_result(), "accepted": accepted})
        self._overrides.append(judged)
        state = status.ACCEPTED if accepted else status.OVERRIDDEN
        self._results += [ControlResult(control, state, (judged.describe(),)) for control in setting.controls]
        if not accepted and not self._policy.fail_on_override:
            self._warnings.append(f"Overridden: {judged.describe()}.")

    def _override_failures(self) -> tuple[str, ...]:
        """One sentence for all overrides that nobody accepted: a host with 200 sites must stay readable."""
        open_ones = [override.describe() for override in self._overrides if not override.accepted]
        if not open_ones or not self._policy.fail_on_override:
            return ()
        more = f" and {len(open_ones) - _SHOWN} more, all in overrides" if len(open_ones) > _SHOWN else ""
        return (
            f"Overridden: {'; '.join(open_ones[:_SHOWN])}{more}. Everything else is as wanted. Change those files, list the sites under "
            "accepted_overrides with a reason, or set on_override to report.",
        )

    def _guard(self) -> tuple[dict[str, t.Any], ...]:
        """Every path that works now and that a write of this plan touches must still work afterwards."""
        written = {location.lower() for location in self._scope.locations}
        paths = [
            [state.site, state.path]
            for state in self._section.paths
            if not state.failure and not written.isdisjoint(location_and_above(location_of(state).lower()))
        ]
        return ({"provider": "iis", "section": self._section.name, "paths": paths},)


def _duplicate(setting: EntrySetting, conflict: Conflict) -> str:
    layer = conflict.layer
    where = f"{layer.file}, line {conflict.line}" if conflict.line else layer.file
    return (
        f"adding {setting.target} would take {layer.site}{layer.path} down (HTTP 500.19, 0x800700b7): {where} adds the same entry "
        "without removing it first. Remove the entry there."
    )


def _hidden(setting: EntrySetting, file: ConfigurationFile, failure: Failure) -> str:
    return (
        f"adding {setting.target} could take {file.site}{file.path} down if a web.config there adds the same entry, and it cannot be "
        f"looked at: {file.file}: {failure.describe()}."
    )


def _override(setting: Setting, conflict: Conflict) -> Override:
    layer = conflict.layer
    return Override(layer.site, layer.path, layer.file, conflict.line, setting.target, setting.wanted, conflict.found)
