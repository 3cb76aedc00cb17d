# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource iis_request_filtering."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._core.errors import HardeningError
from .._core.facts import HostFacts, SessionNeeds
from .._core.observation import Observations
from .._core.operations import Read
from .._core.plan import Plan
from .._core.resource import SHARED_SPEC, Options, Resource
from . import sql_injection
from .policy import POLICY_REQUIRED_IF, POLICY_SPEC, Policy
from .request_filtering_options import argument_spec, check_entry, settings_of
from .request_filtering_table import COLLECTIONS, CONTROLS, MODULE, SECTION
from .section import Section, section_read, server_read
from .section_plan import SectionPlanner
from .server import observed_server, refuse_shared_configuration
from .settings import ReplaceSetting, Setting

# Server 2016 takes removeServerHeader and does nothing with it; it works from version 1709 on (iis-docs, requestFiltering).
_SERVER_HEADER_BUILD = 16299

SESSION_NEEDS = SessionNeeds(
    windows_powershell="Microsoft.Web.Administration does not work in PowerShell 6 and later",
    bits_64="a 32-bit process is shown another, wrong applicationHost.config",
    elevated="IIS lets only administrators read its configuration",
)


class IisRequestFiltering(Resource):
    """Request filtering at the server, at sites or at a location (system.webServer/security/requestFiltering)."""

    name = "iis_request_filtering"
    entry = "windows_iis"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {
        **SHARED_SPEC,
        **POLICY_SPEC,
        **argument_spec(),
        "sql_injection_rule": sql_injection.SPEC,
    }
    required_if = POLICY_REQUIRED_IF
    needs = SESSION_NEEDS
    controls = CONTROLS

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._policy = Policy.from_options(self.options)
        self._settings = self._selected_settings()

    def reads(self) -> list[Read]:
        return [server_read(), section_read(SECTION, self._policy.named_locations()), *self._coverage_reads()]

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        server = observed_server(observations[server_read()])
        if MODULE not in server.modules:
            raise HardeningError(
                f"Nothing was changed: Request Filtering is not installed on this host ({MODULE} is not among IIS' modules), so its "
                "settings would have no effect. Install it with Install-WindowsFeature Web-Filtering."
            )
        section = Section.from_value(observations.value(section_read(SECTION, self._policy.named_locations())))
        plan = SectionPlanner(section, server, self._policy, self._inert(facts)).plan(self._settings)
        plan = replace(plan, warnings=plan.warnings + sql_injection.coverage_warnings(self._coverage_reads(), observations))
        if not plan.empty:
            refuse_shared_configuration(server, self._policy.shared_configuration)
        return plan

    def _coverage_reads(self) -> list[Read]:
        sites = [location.partition("/")[0] for location in self._policy.named_locations()]
        rule = self.options.get("sql_injection_rule")
        return sql_injection.coverage_reads(rule, sites) if rule else []

    def _inert(self, facts: HostFacts) -> dict[str, str]:
        if facts.build is not None and facts.build < _SERVER_HEADER_BUILD:
            return {"remove_server_header": f"build {facts.build} accepts it without effect (it works from 1709, Server 2019, on)"}
        return {}

    def _selected_settings(self) -> list[Setting | ReplaceSetting]:
        settings = settings_of(self.options)
        rule = self.options.get("sql_injection_rule")
        if rule:
            self._check_rule(rule)
            settings += sql_injection.rule_settings(rule)
        return [one for one in settings if self.selection.selects(getattr(one, "controls", ()))]

    def _check_rule(self, rule: t.Mapping[str, t.Any]) -> None:
        """Raises HardeningError for a rule at a server: its false positives are only bearable at sites that were looked at."""
        if self._policy.target not in ("sites", "location"):
            raise HardeningError(
                "Nothing was changed: sql_injection_rule refuses ordinary queries too, so it is only set at sites that are named. "
                "Set target to sites and name the sites, or target to location."
            )
        row = next(row for row in COLLECTIONS if row.option == "filtering_rules")
        query = {"name": rule["name"], "applies_to": rule["extensions"], "deny_strings": rule.get("deny_strings")}
        headers = {"name": rule["name"], "scan_headers": rule.get("headers"), "deny_strings": rule.get("header_deny_strings")}
        for entry in (query, headers):
            check_entry(row, entry)
