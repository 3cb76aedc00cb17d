# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be done is refused with a sentence, and the box is as it was, the journals' folder included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from behaviour.checks import APPLICATION_HOST, assert_refused
from behaviour.convergence import Host, python_is_enough
from behaviour.role_options import resources_of
from lab import boxes
from lab.behaviour.situation import ROOT, Situation, filtering, location, web_config
from lab.boxes import CONFIG
from lab.boxes.configuration import DEFAULT_SITE, Site

OK = {"allow_double_escaping": False, "allow_high_bit_characters": False, "verbs": {"entries": [{"verb": "TRACE", "allowed": False}]}}
TRACE = {"verbs": {"entries": [{"verb": "TRACE", "allowed": False}]}}
NOTHING = "Nothing was changed"
AT_SITE = {"target": "sites", "sites": [DEFAULT_SITE.name]}
WEB_CONFIG = ROOT + "\\web.config"


def filtered(options: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"iis_request_filtering": options}]


def situated(host: Host, tmp_path: Path, **situation: Any) -> Host:
    host.box = Situation(**situation).build(tmp_path / "situated")
    return host


# --- options ---

# options, and the parts of the sentence
OPTIONS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "unknown option": ({"allow_double_escape": False}, ("item 1", "unsupported options: allow_double_escape")),
    "unknown nested option": ({"verbs": {"entry": []}}, ("item 1", "unsupported options: verbs.entry")),
    "wrong type": ({"request_limits": {"max_url": "long"}}, ("item 1", "max_url", "int")),
    "wrong bool": ({"allow_double_escaping": "maybe"}, ("item 1", "allow_double_escaping", "bool")),
    "wrong choice": ({"on_override": "shout"}, ("on_override", "fail", "report")),
    "missing key": ({"verbs": {"entries": [{"allowed": False}]}}, ("verb", "missing required")),
    "too small": ({"request_limits": {"max_url": -1}}, (NOTHING, "request_limits.max_url is -1", "0 to 4294967295")),
    "too large": ({"request_limits": {"max_query_string": 4294967296}}, (NOTHING, "is 4294967296", "0 to 4294967295")),
    "header too large": (
        {"request_limits": {"headers": {"entries": [{"header": "Cookie", "size_limit": 4294967296}]}}},
        (NOTHING, "Cookie", "size_limit", "0 to 4294967295"),
    ),
    "same key twice": ({"file_extensions": {"entries": [{"extension": ".a", "allowed": False}] * 2}}, (NOTHING, ".a", "twice")),
    "key twice in other case": ({"hidden_segments": {"entries": ["bin", "BIN"]}}, (NOTHING, "BIN", "twice")),
    "present and absent": ({"hidden_segments": {"entries": ["bin"], "absent": ["bin"]}}, (NOTHING, "bin", "twice")),
    "star extension": ({"file_extensions": {"entries": [{"extension": "*", "allowed": False}]}}, (NOTHING, "*", "never match")),
    "extension without dot": ({"file_extensions": {"entries": [{"extension": "bak", "allowed": False}]}}, (NOTHING, "write .bak")),
    "url without slash": ({"always_allowed_urls": {"entries": ["app"]}}, (NOTHING, "app", "slash")),
    "header with colon": (
        {"request_limits": {"headers": {"entries": [{"header": "Cookie:", "size_limit": 1}]}}},
        (NOTHING, "colon", "such as User-Agent"),
    ),
    "empty segment": ({"hidden_segments": {"entries": [""]}}, (NOTHING, "hidden_segments", "empty")),
    "rule at the server": ({"sql_injection_rule": {"deny_unescaped_percent": False}}, (NOTHING, "only set at sites that are named")),
    "unknown control in skip": ({**OK, "skip": ["CIS-4.5"]}, (NOTHING, "no control has the id CIS-4.5", "only and skip")),
    "unknown control in only": ({**OK, "only": ["HW-IIS-RF-99"]}, (NOTHING, "HW-IIS-RF-99")),
    "no such site": ({**OK, "target": "sites", "sites": ["Shop"]}, (NOTHING, "no site Shop", "Default Web Site")),
    "no site of the location": ({**OK, "target": "location", "location": "Shop/admin"}, (NOTHING, "no site Shop", "Default Web Site")),
    "sites not given": ({**OK, "target": "sites"}, ("sites", "missing")),
}


@python_is_enough(lambda parameters: parameters["case"] not in ("too small", "no such site"))
@pytest.mark.parametrize("case", OPTIONS)
def test_options(host: Host, case: str) -> None:
    options, parts = OPTIONS[case]

    sentence = assert_refused(host, filtered(options), *parts)

    assert NOTHING in sentence


def test_empty_converge(host: Host) -> None:
    assert_refused(host, [], NOTHING, "resources is empty")


def test_unknown_resource(host: Host) -> None:
    assert_refused(host, [{"iis_sites": {}}], NOTHING, "item 1", "iis_sites", "iis_request_filtering")


def test_two_resources_in_one_item(host: Host) -> None:
    assert_refused(host, [{"iis_request_filtering": OK, "undo": {}}], NOTHING, "item 1", "2 keys")


def test_resources_that_disagree(host: Host) -> None:
    both = filtered({"request_limits": {"max_url": 1000}}) + filtered({"request_limits": {"max_url": 2000}})

    assert_refused(host, both, NOTHING, "disagree", "maxUrl", "1000", "2000")


# --- hosts ---


def facts(**changes: Any) -> dict[str, Any]:
    return {"facts": changes}


CORE = {"version": "7.4.6", "edition": "Core", "language_mode": "FullLanguage"}
CONSTRAINED = {"version": "5.1.20348.2700", "edition": "Desktop", "language_mode": "ConstrainedLanguage"}
HOSTS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "PowerShell 7": (
        facts(powershell=CORE),
        (NOTHING, "PowerShell 7.4.6", "Microsoft.Web.Administration", "Connect to Windows PowerShell 5.1"),
    ),
    "32 bits": (facts(process_bits=32), (NOTHING, "32-bit", "applicationHost.config", "Connect to the 64-bit PowerShell")),
    "Constrained Language": (facts(powershell=CONSTRAINED), ("Constrained Language", "Nothing was changed", "Full Language")),
    "unelevated": (facts(elevated=False), (NOTHING, "WEB22\\deploy", "administrator", "become")),
}


# The PowerShell engine's own process has 64 bits, whatever the box says.
@python_is_enough(lambda parameters: parameters["case"] == "32 bits")
@pytest.mark.parametrize("case", HOSTS)
def test_host(host: Host, tmp_path: Path, case: str) -> None:
    situation, parts = HOSTS[case]

    assert_refused(situated(host, tmp_path, **situation), filtered(OK), *parts)


BOXES = {
    "no_iis": (NOTHING, "IIS is not installed", "take the host out of this play"),
    "no_request_filtering": (NOTHING, "RequestFilteringModule", "Install-WindowsFeature Web-Filtering"),
    "shared_configuration": (NOTHING, "\\\\files01.corp.example\\iis\\config"),
}


@pytest.mark.parametrize("name", BOXES)
def test_box(host: Host, tmp_path: Path, name: str) -> None:
    host.box = boxes.build(name, tmp_path / "other")

    assert_refused(host, filtered(OK), *BOXES[name])


FARM = "C:\\farm\\applicationHost.config"
REDIRECTED = """<configuration>
<configSections><section name="configurationRedirection" /></configSections>
<configurationRedirection enabled="true" path="C:\\farm" />
</configuration>"""


def farm(host: Host) -> bytes:
    """Makes the host one that takes its configuration from a folder that other servers take it from too."""
    content = host.box.path(APPLICATION_HOST).read_bytes()
    host.box.replace_file(FARM, content)
    host.box.replace_file(CONFIG + "\\redirection.config", REDIRECTED.encode())
    return content


def test_shared_configuration_that_can_be_read(host: Host) -> None:
    farm(host)

    assert_refused(
        host, filtered(OK), NOTHING, "shared configuration at C:\\farm", "every server of the farm", "Set shared_configuration to true"
    )


def test_shared_configuration_is_changed_if_so_told(host: Host) -> None:
    local = farm(host)

    result = host.filter_requests({**OK, "shared_configuration": True})

    assert result["changed"] is True
    assert "failed" not in result
    assert host.box.path(FARM).read_bytes() != local
    assert host.box.path(APPLICATION_HOST).read_bytes() == local


def test_attribute_that_the_schema_lacks(host: Host, tmp_path: Path) -> None:
    """Windows Server 2012 R2 has no removeServerHeader: reported as not applicable, everything else is done."""
    host.box = boxes.build("default2022", tmp_path / "other", remove_server_header=False)

    result = host.filter_requests({"remove_server_header": True, "allow_high_bit_characters": False})

    assert [change["target"] for change in result["changes"]] == ["applicationHost.config, server: requestFiltering/allowHighBitCharacters"]
    (control,) = [control for control in result["controls"] if control["id"] == "HW-IIS-RF-10"]
    assert control["status"] == "not_applicable"
    assert "this server's schema does not have it" in control["evidence"][0]
    assert "failed" not in result


# --- configuration files ---

MALFORMED = "<configuration>\n  <system.webServer>\n    <security>\n  </system.webServer>\n</configuration>\n"
UNKNOWN = web_config('<requestLimits maxUri="10" />')
TWICE = web_config('<verbs><add verb="PUT" allowed="true" />\n<add verb="PUT" allowed="false" /></verbs>')
ADDS_TRACE = web_config('<verbs>\n<add verb="TRACE" allowed="true" />\n</verbs>')
DOUBLE_ESCAPING = web_config("").replace("<requestFiltering>", '<requestFiltering allowDoubleEscaping="true">')
SHOP = Site("Shop", 2, "C:\\shop", "*:8080:")
SHARE = Site("Shop", 2, "\\\\files01\\shop", "*:8080:")

SITE_DOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "malformed": (MALFORMED, (f"{WEB_CONFIG}, line 4", "is down already", "Mend that file")),
    "unknown attribute": (UNKNOWN, (f"{WEB_CONFIG}, line 6", "maxUri", "is down already")),
    "duplicate inside": (TWICE, (f"{WEB_CONFIG}, line 7", "0x800700b7", "is down already")),
}


@pytest.mark.parametrize("case", SITE_DOWN)
def test_named_site_that_is_down(host: Host, tmp_path: Path, case: str) -> None:
    text, parts = SITE_DOWN[case]
    situated(host, tmp_path, files={WEB_CONFIG: text})

    assert_refused(host, filtered({**OK, **AT_SITE}), NOTHING, "Default Web Site/", *parts)


@pytest.mark.parametrize("case", SITE_DOWN)
def test_site_that_is_down_among_all_sites(host: Host, tmp_path: Path, case: str) -> None:
    """The broken site leaves the plan, the rest is done, and the task fails at the end and names it."""
    text, parts = SITE_DOWN[case]
    situated(host, tmp_path, sites=(DEFAULT_SITE, SHOP), folders=("C:\\shop",), files={WEB_CONFIG: text})
    before = host.box.path(WEB_CONFIG).read_bytes()

    result = host.filter_requests({**OK, "target": "all_sites"})

    assert result["failed"] is True
    assert all(part in result["msg"] for part in parts)
    assert {change["target"].partition(":")[0] for change in result["changes"]} == {"applicationHost.config, location Shop"}
    assert host.box.path(WEB_CONFIG).read_bytes() == before


def test_malformed_server_file(host: Host, tmp_path: Path) -> None:
    situated(host, tmp_path, edits={"</requestFiltering>": "</requestFilter>"})

    assert_refused(host, filtered(OK), NOTHING, APPLICATION_HOST, ", line ", "Mend the file")


# what is locked where, and the web.config that says it nevertheless: Windows refuses the whole section, the site is down
LOCKS: dict[str, tuple[dict[str, Any], str]] = {
    "lockAttributes": ({"request_filtering": '<requestFiltering lockAttributes="allowDoubleEscaping" />'}, DOUBLE_ESCAPING),
    "lockItem": (
        {"request_filtering": filtering('<verbs>\n<add verb="PUT" allowed="true" lockItem="true" />\n</verbs>')},
        web_config('<verbs>\n<remove verb="PUT" />\n</verbs>'),
    ),
    "section": ({"locations": location("Default Web Site", "", "Deny")}, web_config('<requestLimits maxUrl="10" />')),
}


@pytest.mark.parametrize("case", LOCKS)
def test_locked_by_the_server(host: Host, tmp_path: Path, case: str) -> None:
    situation, text = LOCKS[case]
    situated(host, tmp_path, files={WEB_CONFIG: text}, **situation)

    assert_refused(host, filtered({**OK, **AT_SITE}), NOTHING, "Default Web Site/", WEB_CONFIG, ", line ", "0x80070021", "Mend that file")


# --- entries that would be there twice ---


def test_duplicate_is_refused(host: Host, tmp_path: Path) -> None:
    situated(host, tmp_path, files={WEB_CONFIG: ADDS_TRACE})

    assert_refused(host, filtered(OK), NOTHING, "verbs/TRACE", f"{WEB_CONFIG}, line 7", "500.19", "on_duplicate to skip")


def test_duplicate_is_skipped_if_so_told(host: Host, tmp_path: Path) -> None:
    situated(host, tmp_path, files={WEB_CONFIG: ADDS_TRACE})

    result = host.filter_requests({**OK, "on_duplicate": "skip"})

    assert [change["target"] for change in result["changes"]] == ["applicationHost.config, server: requestFiltering/allowHighBitCharacters"]
    assert "Left out: adding verbs/TRACE" in result["warnings"][0]
    assert "failed" not in result


HIDING: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "denied": ({"files": {WEB_CONFIG: ADDS_TRACE}, "facts": {"denied": [WEB_CONFIG]}}, (WEB_CONFIG, "0x80070005")),
    "denied folder": (
        {"files": {ROOT + "\\private\\web.config": ADDS_TRACE}, "facts": {"denied": [ROOT + "\\private"]}},
        (ROOT + "\\private", "Default Web Site/private"),
    ),
    "on a share": ({"sites": (DEFAULT_SITE, SHARE)}, ("\\\\files01\\shop", "Shop/")),
}


@pytest.mark.parametrize("case", HIDING)
def test_duplicate_may_hide(host: Host, tmp_path: Path, case: str) -> None:
    """Where a file cannot be looked at, an entry could be there twice: refused, with the file and the reason."""
    situation, parts = HIDING[case]
    situated(host, tmp_path, **situation)

    assert_refused(host, filtered({**OK, "on_duplicate": "refuse"}), NOTHING, "TRACE", "cannot be looked at", *parts)


def test_duplicate_at_a_location(host: Host, tmp_path: Path) -> None:
    site = location("Default Web Site", '<verbs><add verb="TRACE" allowed="false" /></verbs>')
    situated(host, tmp_path, locations=site, request_filtering=filtering(""))

    assert_refused(host, filtered(TRACE), NOTHING, "verbs/TRACE", "Default Web Site/", APPLICATION_HOST, "500.19")


# --- the role ---


def test_role_with_unknown_control(host: Host) -> None:
    assert_refused(host, resources_of("baseline"), NOTHING, "no control has the id V-1", skip=["V-1"])


def test_role_with_unknown_site_for_the_rule(host: Host) -> None:
    assert_refused(host, resources_of("competition", sql_injection_sites=["Old Shop"]), NOTHING, "Old Shop")
