# SPDX-License-Identifier: GPL-3.0-or-later
"""The ready-made rule: where it may stand, which rules it makes, and what it says about sites it does not cover."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.sql_injection import HEADER_STRINGS, QUERY_STRINGS, rule_settings
from unit.iis.hosts import SITE, resources, statuses

AT: dict[str, Any] = {"target": "sites", "sites": [SITE]}


def rule(**values: Any) -> dict[str, Any]:
    return {"sql_injection_rule": {"deny_unescaped_percent": False, **values}}


def spec(**values: Any) -> dict[str, Any]:
    (resource,) = resources({**AT, **rule(**values)})
    return resource.options["sql_injection_rule"]  # type: ignore[no-any-return]


def texts(entry: Any, element: str) -> list[str]:
    return [value for one in entry["elements"][element]["entries"] for value in one["attributes"].values()]


@pytest.mark.parametrize("target", [{}, {"target": "all_sites"}])
def test_it_is_set_at_named_sites_only(target: dict[str, Any]) -> None:
    with pytest.raises(HardeningError, match="sql_injection_rule refuses ordinary queries too, so it is only set at sites that are named"):
        resources({**target, **rule()})
    assert resources({**AT, **rule()})
    assert resources({"target": "location", "location": SITE, **rule()})


def test_one_rule_searches_the_query_string() -> None:
    (setting,) = rule_settings(spec())
    assert setting.entry["attributes"] == {
        "name": "SQLInjection",
        "scanUrl": False,
        "scanQueryString": True,
        "scanAllRaw": False,
        "denyUnescapedPercent": False,
    }
    assert texts(setting.entry, "appliesTo") == [".asp", ".aspx"]
    assert texts(setting.entry, "denyStrings") == list(QUERY_STRINGS)
    assert texts(setting.entry, "scanHeaders") == []
    assert [control.id for control in setting.controls] == ["HW-IIS-RF-11"]


def test_headers_have_a_rule_and_strings_of_their_own() -> None:
    first, second = rule_settings(spec(headers=["Cookie"], name="Q", deny_unescaped_percent=True, deny_strings=["a"]))
    assert (first.name, second.name) == ("Q", "QHeaders")
    assert first.entry["attributes"]["denyUnescapedPercent"] is True
    assert second.entry["attributes"]["denyUnescapedPercent"] is False
    assert second.entry["attributes"]["scanQueryString"] is False
    assert (texts(first.entry, "denyStrings"), texts(second.entry, "denyStrings")) == (["a"], list(HEADER_STRINGS))
    assert texts(second.entry, "scanHeaders") == ["Cookie"]


def test_no_string_for_headers_is_in_an_ordinary_header() -> None:
    ordinary = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36; a=b; c@example.org text/html;q=0.9,*/*;q=0.8 select update".lower()
    )
    assert [text for text in HEADER_STRINGS if text in ordinary] == []
    assert len({text.lower() for text in QUERY_STRINGS}) == len(QUERY_STRINGS)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"name": ""}, "empty name"),
        ({"extensions": ["asp"]}, "write .asp"),
        ({"headers": ["Cookie:"]}, "has a colon"),
        ({"deny_strings": ["a", "A"]}, "the same to IIS"),
        ({"headers": ["Cookie"], "header_deny_strings": ["a", ""]}, "an empty string"),
    ],
)
def test_what_iis_would_not_take_is_refused(values: dict[str, Any], text: str) -> None:
    with pytest.raises(HardeningError, match=text):
        spec(**values)


def test_the_two_rules_may_look_for_the_same() -> None:
    assert spec(headers=["Cookie"], deny_strings=["union select"], header_deny_strings=["union select"])


def test_it_is_made_taken_back_and_removed(host: Any) -> None:
    web = host("<!-- -->")
    web.box.replace_file(web.root(SITE) + "\\page.ASP", b"")
    before = web.effective()
    options = {**AT, **rule(headers=["Cookie"])}
    result = web.run(options)
    assert (result.get("msg"), result.get("warnings"), len(result["changes"])) == (None, None, 2)
    again = web.plan(**options)
    assert (again.empty, statuses(again)) == (True, {"HW-IIS-RF-11": "compliant"})
    assert web.undo(result).get("msg") is None
    assert web.effective() == before
    web.run(options)
    assert len(web.plan(**AT, **rule(state="absent")).changes) == 2
    assert web.run({**AT, **rule(state="absent")}).get("msg") is None
    assert web.plan(**AT, **rule(state="absent")).empty


def test_a_site_without_such_files_is_not_covered(host: Any) -> None:
    web = host("<!-- -->")
    (warning,) = web.plan(**AT, **rule()).warnings
    assert warning.startswith("Default Web Site is not covered by the SQL injection rule: it has no file with .asp or .aspx")
    assert web.plan(**AT, **rule(state="absent")).warnings == ()


def test_what_cannot_be_looked_at_is_not_known(host: Any) -> None:
    web = host("<!-- -->")
    web.write("closed", "")
    web.box.write_json("host", {**web.box.host, "denied": [web.root(SITE) + "\\closed"]})
    (warning,) = web.plan(**AT, **rule(), on_duplicate="skip").warnings[-1:]
    assert "could not be seen, so whether the SQL injection rule covers it is not known" in warning
