# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for a server: overrides, duplicates, sites that are down, known applications, the guard."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from unit.iis.hosts import CONFIGURATION, SITE, lines, location, resources, statuses

ESCAPING = {"allow_double_escaping": False}
DENY_TRACE = {"verbs": {"entries": [{"verb": "TRACE", "allowed": False}]}}
SITES: dict[str, tuple[tuple[str, str], ...]] = {SITE: (), "Shop": (), "Blog": ()}
BROKEN = b"<configuration><system.webServer>"


def accepted(**more: str) -> dict[str, Any]:
    return {"accepted_overrides": [{"site": SITE.upper(), "reason": "reviewed", **more}]}


@pytest.mark.parametrize(
    ("options", "status", "failures", "warnings"),
    [
        ({}, "overridden", 1, 0),
        ({"on_override": "report"}, "overridden", 0, 1),
        (accepted(), "accepted", 0, 0),
        (accepted(path="/Wiki"), "accepted", 0, 0),
        (accepted(path="/wiki/", setting="allow_double_escaping"), "accepted", 0, 0),
        (accepted(path="/wiki/page"), "overridden", 1, 0),
        (accepted(path="/wik"), "overridden", 1, 0),
        (accepted(setting="request_limits"), "overridden", 1, 0),
        ({**accepted(), "accepted_overrides": [{"site": "Shop", "reason": "r"}]}, "overridden", 1, 0),
    ],
)
def test_an_override_fails_is_reported_or_accepted(host: Any, options: dict[str, Any], status: str, failures: int, warnings: int) -> None:
    web = host("<!-- -->")
    file = web.write("wiki", '<requestFiltering allowDoubleEscaping="true" />')
    plan = web.plan(**ESCAPING, **options)
    (override,) = plan.overrides
    assert (override.path, override.file, override.setting, override.wanted, override.found) == (
        "/wiki",
        file,
        "allowDoubleEscaping",
        "false",
        "true",
    )
    assert override.accepted == ("reviewed" if status == "accepted" else None)
    assert statuses(plan) == {"HW-IIS-RF-01": status}
    assert (len(plan.failures), len(plan.warnings)) == (failures, warnings)


def test_a_group_of_options_is_accepted_as_one(host: Any) -> None:
    web = host("<!-- -->")
    web.write("", '<requestLimits maxUrl="9000" />')
    assert web.plan(request_limits={"max_url": 4096}, **accepted(setting="request_limits")).failures == ()


def test_many_overrides_make_one_readable_failure(host: Any) -> None:
    web = host("<!-- -->")
    for number in range(8):
        web.write(f"app{number}", '<requestFiltering allowDoubleEscaping="true" />')
    plan = web.plan(**ESCAPING)
    assert len(plan.overrides) == 8
    (text,) = plan.failures
    assert "/app4" in text
    assert "/app5" not in text
    assert "and 3 more, all in overrides" in text


def test_everything_else_is_done_although_something_is_overridden(host: Any) -> None:
    web = host("<!-- -->")
    web.write("wiki", '<requestFiltering allowHighBitCharacters="true" />')
    result = web.run({"allow_high_bit_characters": False})
    assert (result["changed"], result["failed"]) == (True, True)
    assert web.plan(allow_high_bit_characters=False, **accepted()).empty


@pytest.mark.parametrize("skip", [False, True])
def test_a_certain_duplicate_is_refused_or_left_out(host: Any, skip: bool) -> None:
    web = host("<!-- -->")
    file = web.write("app", '<verbs><add verb="TRACE" allowed="false" /></verbs>')
    if not skip:
        with pytest.raises(HardeningError, match=r"adding verbs/TRACE would take Default Web Site/app down .*0x800700b7.*web\.config"):
            web.plan(**DENY_TRACE)
        return
    plan = web.plan(**DENY_TRACE, **ESCAPING, on_duplicate="skip", request_limits={"max_url": 9})
    assert lines(plan) == ["server: requestLimits/maxUrl: 4096 (not set here) -> 9"]
    assert statuses(plan)["HW-IIS-RF-06"] == "skipped"
    assert file in plan.warnings[0]


def test_an_entry_that_is_there_already_is_no_duplicate_of_its_own(host: Any) -> None:
    web = host('<verbs><add verb="TRACE" allowed="false" /></verbs>')
    web.write("app", '<verbs><remove verb="TRACE" /><add verb="TRACE" allowed="false" /></verbs>')
    plan = web.plan(**DENY_TRACE)
    assert (plan.empty, plan.failures) == (True, ())


@pytest.mark.parametrize("skip", [False, True])
def test_a_file_that_cannot_be_looked_at_may_hide_a_duplicate(host: Any, skip: bool) -> None:
    web = host("<!-- -->")
    web.write("closed", "")
    web.box.write_json("host", {**web.box.host, "denied": [web.root(SITE) + "\\closed"]})
    if not skip:
        with pytest.raises(HardeningError, match="could take Default Web Site/closed down if"):
            web.plan(**DENY_TRACE)
        return
    assert web.plan(**DENY_TRACE, on_duplicate="skip").empty
    assert web.plan(request_limits={"max_url": 9}).changes, "an attribute cannot be there twice"


def test_all_sites_leaves_a_broken_site_out_and_fails_at_the_end(host: Any) -> None:
    web = host("<!-- -->", sites=SITES)
    web.box.replace_file(web.root("Shop") + "\\web.config", BROKEN)
    plan = web.plan(target="all_sites", allow_double_escaping=True)
    assert [line.partition(":")[0] for line in lines(plan)] == [f"location {SITE}", "location Blog"]
    assert len(plan.failures) == 1
    assert plan.failures[0].startswith("Shop/ is down already")
    assert "Mend that file" in plan.failures[0]
    result = web.run({"target": "all_sites", "allow_double_escaping": True})
    assert (result["changed"], result["failed"]) == (True, True)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"target": "sites", "sites": ["Shop"]}, "Shop/ is down already"),
        ({"target": "location", "location": "Shop/cart"}, None),
        ({"target": "sites", "sites": ["Blog", "shop"]}, "Shop/ is down already"),
        ({"target": "sites", "sites": ["Nowhere"]}, "there is no site Nowhere on this server. Its sites are: Default Web Site, Shop, Blog"),
        ({"target": "location", "location": "Nowhere/a"}, "there is no site Nowhere"),
    ],
)
def test_a_named_target_that_is_broken_or_missing_is_refused(host: Any, options: dict[str, Any], text: str | None) -> None:
    web = host("<!-- -->", sites=SITES)
    web.box.replace_file(web.root("Shop") + "\\web.config", BROKEN)
    if text is None:
        assert web.plan(**options, allow_double_escaping=True).changes
        return
    with pytest.raises(HardeningError, match=text):
        web.plan(**options, allow_double_escaping=True)


def test_under_the_server_a_broken_site_fails_the_task_at_the_end(host: Any) -> None:
    web = host("<!-- -->", sites=SITES)
    web.box.replace_file(web.root("Shop") + "\\web.config", BROKEN)
    result = web.run({"request_limits": {"max_url": 9}})
    assert (result["changed"], result["failed"]) == (True, True)
    assert "Shop/ is down already" in result["msg"]


def test_under_the_server_a_folder_that_is_away_is_a_warning(host: Any) -> None:
    """Nothing is wrong with any file, and a deleted folder must not fail every run on this server."""
    web = host("<!-- -->", sites=SITES)
    shutil.rmtree(web.box.path(web.root("Shop")))
    result = web.run({"request_limits": {"max_url": 9}})
    assert (result["changed"], result.get("failed")) == (True, None)
    assert any(warning.startswith("Shop/ is down already") for warning in result["warnings"])
    assert web.run({"request_limits": {"max_url": 9}})["changed"] is False
    with pytest.raises(HardeningError, match="Shop/ is down already"):
        web.plan(target="sites", sites=["Shop"], allow_double_escaping=True)


def test_sites_are_named_as_the_server_spells_them(host: Any) -> None:
    plan = host("<!-- -->", sites=SITES).plan(target="sites", sites=["SHOP"], allow_double_escaping=True)
    assert lines(plan) == ["location Shop: allowDoubleEscaping: false (not set here) -> true"]


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        ({}, [[SITE, "/"], [SITE, "/app"], ["Shop", "/"]]),
        ({"target": "sites", "sites": ["Shop"]}, [["Shop", "/"]]),
        ({"target": "location", "location": f"{SITE}/app"}, [[SITE, "/app"]]),
    ],
)
def test_the_guard_holds_what_works_now_and_is_touched(host: Any, options: dict[str, Any], paths: list[list[str]]) -> None:
    web = host("<!-- -->", sites={SITE: (("/app", "C:\\apps\\one"),), "Shop": (), "Blog": ()})
    web.box.replace_file(web.root("Blog") + "\\web.config", BROKEN)
    (stage,) = web.plan(**options, allow_double_escaping=True).stages
    (guard,) = stage.guard
    assert guard["paths"] == paths


def test_an_override_that_no_file_explains_is_found_by_its_effect(host: Any) -> None:
    """The files' own text says nothing; what the host itself gives at the path does."""
    web = host("<!-- -->")
    web.write("odd", "<!-- nothing to see -->")
    (resource,) = resources(ESCAPING)
    observations, facts = web.observe(resource)
    value = observations.value(resource.reads()[1])
    (path,) = [one for one in value["paths"] if one["path"] == "/odd"]
    value["trees"].append(
        {**value["trees"][path["tree"]], "attributes": {**value["trees"][path["tree"]]["attributes"], "allowDoubleEscaping": True}}
    )
    path["tree"] = len(value["trees"]) - 1
    plan = resource.plan(observations, facts)
    (override,) = plan.overrides
    assert (override.path, override.file, override.found) == ("/odd", "effective configuration", "true")
    assert len(plan.failures) == 1


def test_settings_that_disagree_between_two_resources_are_refused(host: Any) -> None:
    web = host("<!-- -->")
    with pytest.raises(HardeningError, match="two resources of this task disagree on applicationHost.config, server"):
        web.run(ESCAPING, {"allow_double_escaping": True})
    assert web.trips == 1


def _verbs(verb: str, allowed: bool = False, **more: Any) -> dict[str, Any]:
    return {"verbs": {"entries": [{"verb": verb, "allowed": allowed}]}, **more}


@pytest.mark.parametrize(
    ("first", "second", "match"),
    [
        (
            {"verbs": {"mode": "replace", "entries": [{"verb": "GET", "allowed": True}]}},
            _verbs("PUT"),
            "replaces the whole list without it",
        ),
        (
            {"always_allowed_urls": {"mode": "replace", "entries": ["/a.aspx"]}},
            {"always_allowed_urls": {"entries": ["/app/b.aspx"]}},
            "replaces the whole list without it",
        ),
        (
            {"file_extensions": {"entries": [{"extension": ".bak", "allowed": False}]}},
            {"file_extensions": {"entries": [{"extension": ".BAK", "allowed": True}]}},
            "disagree on applicationHost.config, server: requestFiltering/fileExtensions/\\[.bak\\]",
        ),
        (_verbs("TRACE"), _verbs("TRACE", target="sites", sites=[SITE]), "added at the server and again at default web site"),
    ],
    ids=["replaced list", "replaced list of paths", "names in another case", "an entry above and below"],
)
def test_resources_that_cannot_be_converged_together_are_refused(
    host: Any, first: dict[str, Any], second: dict[str, Any], match: str
) -> None:
    web = host("<!-- -->")
    before = web.box.path(CONFIGURATION).read_bytes()
    for pair in ((first, second), (second, first)):
        with pytest.raises(HardeningError, match=match):
            web.run(*pair)
    assert web.box.path(CONFIGURATION).read_bytes() == before


def test_verbs_of_another_case_are_other_verbs(host: Any) -> None:
    assert host("<!-- -->").run(_verbs("trace", True), _verbs("TRACE"))["changed"] is True


def test_a_replaced_list_and_its_own_entry_agree(host: Any) -> None:
    closed = {"verbs": {"mode": "replace", "entries": [{"verb": "PUT", "allowed": False}]}}
    assert host("<!-- -->").run(closed, _verbs("PUT"))["changed"] is True


def test_a_shared_configuration_is_written_only_where_the_task_says_so(host: Any) -> None:
    web = host("<!-- -->")
    (resource,) = resources({"allow_double_escaping": True})
    observations, facts = web.observe(resource)
    server = observations.value(resource.reads()[0])
    server["shared_configuration"] = {"enabled": True, "path": "\\\\files\\iis"}
    with pytest.raises(HardeningError, match="shared configuration at .*changes every server of the farm"):
        resource.plan(observations, facts)
    (allowed,) = resources({"allow_double_escaping": True, "shared_configuration": True})
    assert allowed.plan(observations, facts).changes
    (compliant,) = resources(ESCAPING)
    assert compliant.plan(observations, facts).empty


def test_request_filtering_that_is_not_installed_is_said(host: Any) -> None:
    web = host("<!-- -->")
    text = web.box.path(CONFIGURATION).read_text("utf-8")
    web.box.replace_file(CONFIGURATION, "\n".join(line for line in text.splitlines() if "RequestFilteringModule" not in line).encode())
    with pytest.raises(HardeningError, match="Request Filtering is not installed on this host"):
        web.plan(**ESCAPING)


# -- applications that need other values ------------------------------------------------------------

EXCHANGE = "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\FrontEnd\\HttpProxy\\owa"
GATEWAY = "C:\\Windows\\System32\\RpcProxy\\Rpc"
LIMIT = {"request_limits": {"max_allowed_content_length": 1000}}
RPC = location(f"{SITE}/Rpc", '<requestLimits maxAllowedContentLength="2147483648" />')


def test_what_an_application_has_is_pinned_before_the_value_above_changes(host: Any) -> None:
    web = host("<!-- -->", sites={SITE: (("/Rpc", GATEWAY),)})
    plan = web.plan(**LIMIT)
    assert lines(plan) == [
        f"location {SITE}/Rpc: requestLimits/maxAllowedContentLength: 30000000 (not set here) -> 30000000",
        "server: requestLimits/maxAllowedContentLength: 30000000 (not set here) -> 1000",
    ]
    assert "RPC over HTTP (RD Gateway, Outlook Anywhere) at Default Web Site/Rpc keeps" in plan.warnings[0]
    result = web.run(LIMIT)
    assert result.get("msg") is None
    again = web.plan(**LIMIT)
    assert (again.empty, again.failures) == (True, ())
    assert again.overrides[0].accepted == "RPC over HTTP (RD Gateway, Outlook Anywhere) keeps its own value"
    before = web.section().effective(f"{SITE}/Rpc")["elements"]["requestLimits"]["attributes"]["maxAllowedContentLength"]
    assert before == 30000000


def test_what_an_application_stores_itself_needs_no_pin(host: Any) -> None:
    web = host("<!-- -->", sites={SITE: (("/Rpc", GATEWAY),)}, locations=RPC)
    plan = web.plan(**LIMIT)
    assert len(plan.changes) == 1
    assert (plan.failures, [override.found for override in plan.overrides]) == ((), ["2147483648"])


def test_known_applications_are_refused_or_ignored_as_told(host: Any) -> None:
    web = host("<!-- -->", sites={SITE: (("/Rpc", GATEWAY),)})
    with pytest.raises(
        HardeningError, match=r"at Default Web Site/Rpc has requestLimits/maxAllowedContentLength 30000000 and would get 1000"
    ):
        web.plan(**LIMIT, known_applications="refuse")
    assert len(web.plan(**LIMIT, known_applications="ignore").changes) == 1
    assert web.plan(**ESCAPING, known_applications="refuse").empty, "a value that stays forbids nothing"


def test_the_application_itself_as_the_target_is_meant(host: Any) -> None:
    web = host("<!-- -->", sites={SITE: (("/Rpc", GATEWAY),)})
    plan = web.plan(target="location", location=f"{SITE}/Rpc", **LIMIT)
    assert lines(plan) == [f"location {SITE}/Rpc: requestLimits/maxAllowedContentLength: 30000000 (not set here) -> 1000"]


DENY_OPTIONS = {"verbs": {"entries": [{"verb": "OPTIONS", "allowed": False}]}}


@pytest.mark.parametrize("server", ["<!-- -->", '<verbs><add verb="OPTIONS" allowed="true" /></verbs>'])
def test_a_verb_that_exchange_needs_is_refused(host: Any, server: str) -> None:
    web = host(server, sites={SITE: (("/owa", EXCHANGE),), "Shop": ()})
    with pytest.raises(HardeningError, match="Exchange at Default Web Site/owa needs the verb OPTIONS"):
        web.plan(**DENY_OPTIONS)
    assert web.plan(**DENY_OPTIONS, known_applications="ignore").changes
    assert web.plan(**DENY_OPTIONS, target="sites", sites=["Shop"]).changes
    assert web.plan(**DENY_TRACE).changes


def test_a_verb_that_is_denied_already_is_nobodys_fault(host: Any) -> None:
    web = host('<verbs><add verb="OPTIONS" allowed="false" /></verbs>', sites={SITE: (("/owa", EXCHANGE),)})
    assert web.plan(**DENY_OPTIONS).empty
