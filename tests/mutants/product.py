# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of the controller's Python."""

from __future__ import annotations

from mutants.mutant import Mutant

_CORE = "plugins/plugin_utils/_core/"
_IIS = "plugins/plugin_utils/_iis/"
_TESTS = "tests/behaviour/"


def _core(file: str, old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_CORE + file, old, new, _TESTS + test, f"({only}) and python")


def _iis(file: str, old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_IIS + file, old, new, _TESTS + test, f"({only}) and python")


RUN = (
    _core("run.py", "if not self._settings.check and not plan.empty:", "if not plan.empty:", "test_flip.py", "allowDoubleEscaping"),
    _core("run.py", "self._reads if last else []", "[]", "test_expected.py", "expected_one and baseline"),
    _core("run.py", "[_did_not_stick(change) for change in again.changes]", "[]", "test_trips.py", "does_not_stick"),
    _core("run.py", "range(len(answer.facts.unfinished_journals))", "range(0)", "test_undo.py", "interrupted"),
    _core("run.py", "outcome.written |= not isinstance(problem, Refused)", "pass", "test_trips.py", "lost_while_writing and after"),
    _core("run.py", "outcome.written |= any(may_be_written", "outcome.written |= not all(may_be_written", "test_trips.py", "collides_once"),
    Mutant(
        _CORE + "facts.py", "SessionNeeds(bits_64=", "SessionNeeds(windows_powershell=", "tests/unit/core/test_session_needs.py", "32_bit"
    ),
    _core("verdict.py", "if len(answer.steps) != len(stage.changes):", "if False:", "test_trips.py", "without_all_steps"),
    _core(
        "plan.py",
        "if wanted.setdefault(target, value) != value:",
        "if wanted.setdefault(target, value) is None:",
        "test_bad_input.py",
        "disagree",
    ),
    _core("controls.py", "        if unknown:\n", "        if not unknown:\n", "test_bad_input.py", "role_with_unknown_control"),
    _core("controls.py", "if ids & self.skip:", "if not ids & self.skip and ids:", "test_lower_files.py", "skipped_control"),
    _core(
        "facts.py",
        'facts.powershell_edition == "Core"',
        'facts.powershell_edition == "core"',
        "test_bad_input.py",
        "test_host and PowerShell",
    ),
    _core("facts.py", "facts.process_bits == 32", "facts.process_bits == 86", "test_bad_input.py", "test_host and bits"),
    _core("facts.py", "facts.elevated is False", "facts.elevated is None", "test_bad_input.py", "test_host and unelevated"),
    _core("converge.py", "if len(item) != 1:", "if not item:", "test_bad_input.py", "two_resources"),
    Mutant(
        "plugins/plugin_utils/_undo.py",
        "for step in reversed(journal.steps):",
        "for step in journal.steps:",
        _TESTS + "test_undo.py",
        "whole_run and replace and python",
    ),
    Mutant(
        "plugins/plugin_utils/_undo.py",
        "elif not any(left):",
        "elif provider is None:",
        _TESTS + "test_undo.py",
        "third_value and python",
    ),
    Mutant("plugins/plugin_utils/_undo.py", "if journal.finished is None:", "if False:", _TESTS + "test_undo.py", "interrupted and python"),
)

PLANS = (
    _iis(
        "level.py", "if equal and not (setting.explicit and stored is None):", "if equal:", "test_expected.py", "expected_one and baseline"
    ),
    _iis("level.py", "if lists or not collection.is_own(", "if not collection.is_own(", "test_flip.py", "denyStrings"),
    _iis("level.py", "    if stored is None:\n", "    if stored is not None:\n", "test_undo.py", "whole_run and baseline"),
    _iis(
        "level.py",
        '{"stored": text_of(value), "effective": value}',
        '{"stored": stored, "effective": value}',
        "test_undo.py",
        "whole_run and baseline",
    ),
    _iis(
        "collection.py", '"index": index}, {"entry": after})', '"index": None}, {"entry": after})', "test_undo.py", "whole_run and replace"
    ),
    _iis("nodes.py", 'text if attribute.get("case_sensitive") else text.lower()', "text", "test_lower_files.py", "whatever_their_case"),
    _iis("nodes.py", 'text if attribute.get("case_sensitive") else text.lower()', "text.lower()", "test_lower_files.py", "differ_by_case"),
    _iis("nodes.py", "{name: below for name, below in elements.items() if below}", "elements", "test_undo.py", "whole_run and replace"),
    _iis("layers.py", "(directive if adds and present else None)", "None", "test_bad_input.py", "duplicate_is_refused"),
    _iis("layers.py", "or (present and not self._matches(last))", "", "test_seeded_wrong.py", "web_config and baseline and TRACE"),
    _iis("layers.py", 'if directive["tag"] == "clear" or self._concerns', "if self._concerns", "test_lower_files.py", "cleared_list_takes"),
    _iis(
        "layers.py",
        "if text is not None and not same_value(",
        "if text is not None and same_value(",
        "test_seeded_wrong.py",
        "web_config and baseline and maxUrl",
    ),
    _iis("layers.py", 'location = location.rpartition("/")[0]', 'location = ""', "test_lower_files.py", "folder_below_another"),
    _iis(
        "scope.py",
        "if state.failure and covers(location.lower()",
        "if not state and covers(location.lower()",
        "test_bad_input.py",
        "named_site_that_is_down",
    ),
    _iis("scope.py", "if site.name.lower() not in failing", "if site.name", "test_bad_input.py", "among_all_sites and malformed"),
    _iis("section_plan.py", 'frozenset({"access_denied", "on_share"', 'frozenset({"on_share"', "test_bad_input.py", "may_hide and denied"),
    _iis("section_plan.py", '"access_denied", "on_share", ', '"access_denied", ', "test_bad_input.py", "may_hide and share"),
    _iis(
        "section_plan.py",
        '"section": self._section.name, "paths": paths}',
        '"section": self._section.name, "paths": []}',
        "test_trips.py",
        "would_stop",
    ),
    _iis(
        "section_plan.py",
        "if setting.option in application.kind.keeps and",
        "if not application and",
        "test_lower_files.py",
        "gateway_keeps",
    ),
    _iis(
        "section_plan.py",
        "if not open_ones or not self._policy.fail_on_override:",
        "if not open_ones:",
        "test_lower_files.py",
        "only_reported",
    ),
    _iis(
        "section_plan.py",
        "if not self._policy.skip_duplicates:",
        "if self._policy.skip_duplicates:",
        "test_bad_input.py",
        "duplicate_is_skipped",
    ),
    _iis("policy.py", "self.setting is None or", "True or", "test_lower_files.py", "another_setting"),
    _iis("policy.py", "site.lower() == self.site.lower()", "site == self.site", "test_lower_files.py", "accepted_override"),
    _iis("request_filtering.py", "if MODULE not in server.modules:", "if MODULE in ():", "test_bad_input.py", "no_request_filtering"),
    _iis("request_filtering.py", "if not plan.empty:", "if plan.empty:", "test_bad_input.py", "shared_configuration_that_can_be_read"),
    _iis(
        "request_filtering.py",
        "facts.build < _SERVER_HEADER_BUILD",
        "facts.build < 0",
        "test_expected.py",
        "other_releases and cis and 2016",
    ),
    _iis(
        "request_filtering.py",
        'if self._policy.target not in ("sites", "location"):',
        "if False:",
        "test_bad_input.py",
        "rule_at_the_server or rule and at and server",
    ),
    _iis(
        "request_filtering_options.py",
        "if not 0 <= value <= _UINT_MAX:",
        "if not 0 <= value:",
        "test_bad_input.py",
        "test_options and large",
    ),
    _iis(
        "request_filtering_options.py", 'names if row.option == "verbs" else', "names if row else", "test_bad_input.py", "twice and other"
    ),
    _iis("request_filtering_options.py", 'any(":" in header for header in headers)', "False", "test_bad_input.py", "colon"),
    _iis(
        "request_filtering_table.py",
        '("verbs", "trace", False): (TRACE,)',
        '("verbs", "trace", True): (TRACE,)',
        "test_seeded_wrong.py",
        "at_the_server and baseline and TRACE",
    ),
    _iis(
        "request_filtering_table.py",
        "(CONTENT_LENGTH,), explicit=True",
        "(CONTENT_LENGTH,)",
        "test_expected.py",
        "expected_one and baseline",
    ),
    _iis(
        "request_filtering_table.py",
        '("requestLimits",), "maxUrl"',
        '("requestLimits",), "maxQueryString"',
        "test_expected.py",
        "expected_one and competition",
    ),
    _iis(
        "undoing.py", 'return bool(_entry(operation, section) == planned["entry"])', "return True", "test_undo.py", "whole_run and baseline"
    ),
    Mutant(_IIS + "sql_injection.py", '"scanQueryString": True,', '"scanQueryString": False,', _TESTS + "test_sql_injection.py", "attack"),
    Mutant(_IIS + "sql_injection.py", '"xp_cmdshell", ', '"select", ', _TESTS + "test_sql_injection.py", "ordinary_headers"),
    Mutant(_IIS + "sql_injection.py", '"--", ";", ', '"--", ', _TESTS + "test_sql_injection.py", "guide_has"),
    Mutant(
        "roles/iis_harden/defaults/main.yml",
        "request_limits: {max_allowed_content_length: 10000000, max_url: 2048,",
        "request_limits: {max_allowed_content_length: 10000000, max_url: 4096,",
        _TESTS + "test_expected.py",
        "expected_one and competition and python",
    ),
)

MUTANTS = RUN + PLANS
