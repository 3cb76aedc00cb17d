# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes at one location: what is written, what undoes it, and that the host agrees with both."""

from __future__ import annotations

from typing import Any

import pytest

from unit.iis.hosts import SITE, lines, location, statuses

BIG = {"request_limits": {"max_allowed_content_length": 30000000}}
SEGMENTS = '<hiddenSegments><add segment="a" /><add segment="b" /><add segment="c" /></hiddenSegments>'
SCANNED = "scanUrl=true, scanQueryString=false, scanAllRaw=false, denyUnescapedPercent=true"
RULE = (
    '<filteringRules><filteringRule name="R" scanUrl="true"><denyStrings><add string="x" /></denyStrings>'
    '<appliesTo><add fileExtension=".asp" /></appliesTo></filteringRule></filteringRules>'
)
VERBS = '<verbs><add verb="TRACE" allowed="true" /></verbs>'


def entry(name: str, **values: Any) -> dict[str, Any]:
    return {"filtering_rules": {"entries": [{"name": name, **values}]}}


# name: (what the server has, options, the changes)
CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "an attribute": ("<a/>", {"allow_double_escaping": True}, ["server: allowDoubleEscaping: false (not set here) -> true"]),
    "a stored attribute": (
        '<requestLimits maxUrl="5" />',
        {"request_limits": {"max_url": 6}},
        ["server: requestLimits/maxUrl: 5 -> 6"],
    ),
    "an attribute that must be explicit": (
        "<a/>",
        BIG,
        ["server: requestLimits/maxAllowedContentLength: 30000000 (not set here) -> 30000000"],
    ),
    "an attribute that is explicit already": ('<requestLimits maxAllowedContentLength="30000000" />', BIG, []),
    "an attribute in another spelling": ('<verbs allowUnlisted="TRUE" />', {"verbs": {"allow_unlisted": True}}, []),
    "a new entry": (
        "<a/>",
        {"verbs": {"entries": [{"verb": "TRACE", "allowed": False}]}},
        ["server: verbs/TRACE: absent -> allowed=false"],
    ),
    "an entry edited in place": (
        VERBS,
        {"verbs": {"entries": [{"verb": "TRACE", "allowed": False}]}},
        ["server: verbs/TRACE: allowed=true -> allowed=false"],
    ),
    "a verb in another case is another verb": (
        VERBS,
        {"verbs": {"entries": [{"verb": "trace", "allowed": False}]}},
        ["server: verbs/trace: absent -> allowed=false"],
    ),
    "an extension in another case is the same": (
        '<fileExtensions><add fileExtension=".BAK" allowed="false" /></fileExtensions>',
        {"file_extensions": {"entries": [{"extension": ".bak", "allowed": False}]}},
        [],
    ),
    "an entry that must not be there": (SEGMENTS, {"hidden_segments": {"absent": ["B"]}}, ["server: hiddenSegments/B: present -> absent"]),
    "an entry that is not there": (SEGMENTS, {"hidden_segments": {"absent": ["x"]}}, []),
    "a replaced collection": (
        SEGMENTS,
        {"hidden_segments": {"mode": "replace", "entries": ["d", "b"]}},
        [
            "server: hiddenSegments/a: present -> absent",
            "server: hiddenSegments/c: present -> absent",
            "server: hiddenSegments/d: absent -> present",
        ],
    ),
    "a collection replaced by nothing": (
        SEGMENTS,
        {"hidden_segments": {"mode": "replace"}},
        [f"server: hiddenSegments/{name}: present -> absent" for name in "abc"],
    ),
    "an attribute of a rule": (RULE, entry("R", scan_url=False), ["server: filteringRules/R: scanUrl=true -> scanUrl=false"]),
    "two attributes of a rule": (
        RULE,
        entry("R", scan_url=False, scan_query_string=True),
        [
            "server: filteringRules/R/scanUrl: scanUrl=true -> scanUrl=false",
            "server: filteringRules/R/scanQueryString: scanQueryString=false -> scanQueryString=true",
        ],
    ),
    "a list of a rule in another order": (RULE, entry("R", deny_strings=["x"], applies_to=[".ASP"]), []),
    "a list of a rule": (
        RULE,
        entry("R", deny_strings=["y"]),
        [
            f"server: filteringRules/R (as it was): {SCANNED}, appliesTo=[.asp], denyStrings=[x] -> absent",
            f"server: filteringRules/R: absent -> {SCANNED}, appliesTo=[.asp], denyStrings=[y]",
        ],
    ),
    "a header": (
        "<a/>",
        {"request_limits": {"headers": {"entries": [{"header": "Cookie", "size_limit": 9}]}}},
        ["server: requestLimits/headerLimits/Cookie: absent -> sizeLimit=9"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_changes_at_the_server(host: Any, case: str) -> None:
    """The plan is this; the run makes it so that nothing is left; its undo gives back what was effective."""
    server, options, wanted = CASES[case]
    web = host(server.replace("<a/>", "<!-- -->"))
    assert sorted(lines(web.plan(**options))) == sorted(wanted)
    before = web.effective()
    result = web.run(options)
    assert result.get("msg") is None
    assert result["changed"] is bool(wanted)
    assert web.plan(**options).empty
    if wanted:
        assert web.undo(result).get("msg") is None
        assert web.effective() == before


def at(path: str = SITE) -> dict[str, Any]:
    return {"target": "location", "location": path}


LOCATED: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "an inherited entry is taken out and added": (
        "",
        {"verbs": {"entries": [{"verb": "TRACE", "allowed": False}]}},
        ["verbs/TRACE (as it was): allowed=true -> absent", "verbs/TRACE: absent -> allowed=false"],
    ),
    "an own entry is edited": (
        '<verbs><add verb="PUT" allowed="true" /></verbs>',
        {"verbs": {"entries": [{"verb": "PUT", "allowed": False}]}},
        ["verbs/PUT: allowed=true -> allowed=false"],
    ),
    "an inherited entry is removed": ("", {"verbs": {"absent": ["TRACE"]}}, ["verbs/TRACE: allowed=true -> absent"]),
    "an own entry among inherited ones is removed": (
        '<verbs><add verb="PUT" allowed="true" /><add verb="HEAD" allowed="true" /></verbs>',
        {"verbs": {"absent": ["PUT"]}},
        ["verbs/PUT: allowed=true -> absent"],
    ),
    "an inherited value that is right stays inherited": ("", {"request_limits": {"max_url": 4096}}, []),
    "an explicit value is written at the location too": (
        "",
        BIG,
        ["requestLimits/maxAllowedContentLength: 30000000 (not set here) -> 30000000"],
    ),
}


@pytest.mark.parametrize("case", LOCATED)
def test_the_changes_at_a_location(host: Any, case: str) -> None:
    own, options, wanted = LOCATED[case]
    web = host(VERBS, locations=location(SITE, own) if own else "")
    assert lines(web.plan(**at(), **options)) == [f"location {SITE}: {line}" for line in wanted]
    before = web.effective()
    result = web.run({**at(), **options})
    assert (result.get("msg"), result["changed"]) == (None, bool(wanted))
    if wanted:
        assert web.plan(**at(), **options).empty
        assert web.undo(result).get("msg") is None
        assert web.effective() == before


def test_the_operation_carries_what_it_was_planned_on(host: Any) -> None:
    (change,) = host('<requestLimits maxUrl="5" />').plan(request_limits={"max_url": 6}).changes
    assert change.operation.parameters["planned"] == {"stored": "5", "effective": 5}
    assert (change.operation.name, change.operation.parameters["value"]) == ("set", 6)
    assert (change.undo.name, change.undo.parameters["value"]) == ("set", 5)
    assert change.undo.parameters["planned"] == {"stored": "6", "effective": 6}


def test_a_value_that_was_not_stored_is_unset_again(host: Any) -> None:
    (change,) = host("<!-- -->").plan(allow_high_bit_characters=False).changes
    assert change.undo.name == "unset"
    assert change.undo.parameters["planned"] == {"stored": "false", "effective": False}


def test_a_removed_entry_is_put_back_at_its_place(host: Any) -> None:
    plan = host(SEGMENTS).plan(hidden_segments={"absent": ["a", "c"]})
    assert [(change.operation.name, change.undo.name, change.undo.parameters["index"]) for change in plan.changes] == [
        ("remove", "add", 0),
        ("remove", "add", 1),  # the second of what is left once the first is gone
    ]


def test_an_inherited_entry_that_is_removed_has_no_place(host: Any) -> None:
    (change,) = host(SEGMENTS).plan(**at(), hidden_segments={"absent": ["b"]}).changes
    assert change.undo.parameters["index"] is None


def test_a_rule_that_is_replaced_keeps_its_place(host: Any) -> None:
    server = RULE.replace("</filteringRules>", '<filteringRule name="S" /></filteringRules>')
    removed, added = host(server).plan(**entry("R", deny_strings=["y"])).changes
    assert (removed.operation.name, added.operation.name, added.operation.parameters["index"]) == ("remove", "add", 0)
    assert added.operation.parameters["planned"]["entry"] == removed.operation.parameters["planned"]["entry"]
    assert removed.undo.parameters["planned"]["entry"] == added.undo.parameters["planned"]["entry"]


def test_controls_stand_as_they_are(host: Any) -> None:
    options = {
        "allow_double_escaping": False,
        "verbs": {"entries": [{"verb": "TRACE", "allowed": False}, {"verb": "PUT", "allowed": True}]},
    }
    plan = host("<!-- -->").plan(**options)
    assert statuses(plan) == {"HW-IIS-RF-01": "compliant", "HW-IIS-RF-06": "changed"}
    assert [change.controls for change in plan.changes] == [("HW-IIS-RF-06",), ()]


def test_a_schema_without_the_attribute_is_not_applicable(tmp_path: Any, host: Any) -> None:
    web = host("<!-- -->")
    schema = next(web.box.path("C:\\Windows\\System32\\inetsrv\\config\\schema").glob("*IIS_schema.xml"))
    text = schema.read_text("utf-8")
    assert "removeServerHeader" in text
    schema.write_text("\n".join(line for line in text.splitlines() if "removeServerHeader" not in line), "utf-8")
    plan = web.plan(remove_server_header=True)
    assert (plan.empty, statuses(plan)) == (True, {"HW-IIS-RF-10": "not_applicable"})


@pytest.mark.parametrize(("build", "status"), [("14393", "no_effect"), ("17763", "changed")])
def test_a_setting_without_effect_is_not_written(host: Any, build: str, status: str) -> None:
    web = host("<!-- -->")
    registry = web.box.registry
    key = next(name for name in registry["HKLM"] if name.lower().endswith("\\windows nt\\currentversion"))
    registry["HKLM"][key]["CurrentBuildNumber"]["value"] = build
    web.box.write_json("registry", registry)
    plan = web.plan(remove_server_header=True)
    assert (plan.empty, statuses(plan)) == (status == "no_effect", {"HW-IIS-RF-10": status})
