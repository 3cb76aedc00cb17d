# SPDX-License-Identifier: GPL-3.0-or-later
"""One thing at a time is turned in the box's own file: check mode names exactly that, and the run mends it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from ansible_collections.hardening.windows.plugins.plugin_utils._iis.request_filtering_table import ATTRIBUTES, COLLECTIONS
from behaviour.checks import APPLICATION_HOST, assert_settled
from behaviour.convergence import Host, python_is_enough
from behaviour.documents import Place, parse, said, sections
from lab import boxes

COMPLIANT = Path(__file__).with_name("compliant.xml").read_text("utf-8")
RULE = {
    "name": "Leech",
    "scan_url": False,
    "scan_query_string": False,
    "scan_all_raw": False,
    "deny_unescaped_percent": True,
    "scan_headers": ["User-Agent"],
    "applies_to": [".gif"],
    "deny_strings": ["leech-bot"],
}
# every option there is, with the values that compliant.xml has
OPTIONS: dict[str, Any] = {
    "allow_double_escaping": False,
    "allow_high_bit_characters": False,
    "unescape_query_string": True,
    "remove_server_header": True,
    "request_limits": {
        "max_allowed_content_length": 30000000,
        "max_url": 2048,
        "max_query_string": 1024,
        "headers": {"mode": "replace", "entries": [{"header": "Cookie", "size_limit": 4096}]},
    },
    "verbs": {
        "allow_unlisted": False,
        "apply_to_webdav": True,
        "mode": "replace",
        "entries": [{"verb": "GET", "allowed": True}, {"verb": "TRACE", "allowed": False}],
    },
    "file_extensions": {
        "allow_unlisted": False,
        "apply_to_webdav": True,
        "mode": "replace",
        "entries": [{"extension": ".aspx", "allowed": True}, {"extension": ".bak", "allowed": False}],
    },
    "hidden_segments": {"apply_to_webdav": True, "mode": "replace", "entries": ["web.config", ".git"]},
    "deny_url_sequences": {"mode": "replace", "entries": ["..%5c"]},
    "always_allowed_urls": {"mode": "replace", "entries": ["/health.aspx"]},
    "always_allowed_query_strings": {"mode": "replace", "entries": ["ping=1"]},
    "deny_query_string_sequences": {"mode": "replace", "entries": ["<script"]},
    "filtering_rules": {"mode": "replace", "entries": [RULE]},
}


@dataclass(frozen=True)
class Flip:
    """xpath: the element below requestFiltering. attribute set to value; `remove` takes the element out, `add` puts one into it.

    targets: what check mode must name, nothing else. An inherited or composed entry is taken out and added anew, so named twice.
    """

    xpath: str
    targets: tuple[str, ...]
    attribute: str = ""
    value: str = ""
    remove: bool = False
    add: str = ""

    def __str__(self) -> str:
        return f"{self.xpath}-{self.attribute or ('removed' if self.remove else 'added')}"

    def turn(self, section: Any) -> None:
        element = section.find(self.xpath)
        if self.remove:
            element.getparent().remove(element)
        elif self.add:
            element.append(etree.fromstring(self.add))
        else:
            assert element.get(self.attribute) != self.value
            element.set(self.attribute, self.value)


# what the schema gives an entry that does not say it; an entry that is written anew leaves these out
RULE_DEFAULTS = {"scanUrl": "false", "scanQueryString": "false", "scanAllRaw": "false", "denyUnescapedPercent": "true"}


def meaning(file: Path) -> dict[Place, str]:
    return {place: text for place, text in said(parse(file)).items() if RULE_DEFAULTS.get(place.attribute) != text}


def attribute(xpath: str, name: str, value: str) -> Flip:
    element = "" if xpath == "." else f"{xpath}/"
    return Flip(xpath, (f"{element}{name}",), name, value)


ATTRIBUTE_FLIPS = (
    attribute(".", "allowDoubleEscaping", "true"),
    attribute(".", "allowHighBitCharacters", "true"),
    attribute(".", "unescapeQueryString", "false"),
    attribute(".", "removeServerHeader", "false"),
    attribute("requestLimits", "maxAllowedContentLength", "30000001"),
    attribute("requestLimits", "maxUrl", "4096"),
    attribute("requestLimits", "maxQueryString", "2048"),
    attribute("verbs", "allowUnlisted", "true"),
    attribute("verbs", "applyToWebDAV", "false"),
    attribute("fileExtensions", "allowUnlisted", "true"),
    attribute("fileExtensions", "applyToWebDAV", "false"),
    attribute("hiddenSegments", "applyToWebDAV", "false"),
)

# element, xpath of an entry, its key, and another entry that must not be there
COLLECTION_ENTRIES = (
    ("requestLimits/headerLimits", "add", "Cookie", '<add header="X-Other" sizeLimit="10" />', "X-Other"),
    ("verbs", "add[2]", "TRACE", '<add verb="PUT" allowed="true" />', "PUT"),
    ("fileExtensions", "add[2]", ".bak", '<add fileExtension=".exe" allowed="true" />', ".exe"),
    ("hiddenSegments", "add[2]", ".git", '<add segment="vendor" />', "vendor"),
    ("alwaysAllowedUrls", "add", "/health.aspx", '<add url="/shell.aspx" />', "/shell.aspx"),
    ("alwaysAllowedQueryStrings", "add", "ping=1", '<add queryString="cmd=dir" />', "cmd=dir"),
    ("denyUrlSequences", "add", "..%5c", '<add sequence="./" />', "./"),
    ("denyQueryStringSequences", "add", "<script", '<add sequence="foo" />', "foo"),
    ("filteringRules", "filteringRule", "Leech", '<filteringRule name="Other" />', "Other"),
)
MISSING_FLIPS = tuple(
    Flip(f"{element}/{entry}", (f"{element}/{key}",), remove=True) for element, entry, key, _xml, _name in COLLECTION_ENTRIES
)
SURPLUS_FLIPS = tuple(Flip(element, (f"{element}/{name}",), add=xml) for element, _entry, _key, xml, name in COLLECTION_ENTRIES)
VALUE_FLIPS = (
    Flip("requestLimits/headerLimits/add", ("requestLimits/headerLimits/Cookie",), "sizeLimit", "8192"),
    Flip("verbs/add[2]", ("verbs/TRACE",), "allowed", "true"),
    Flip("fileExtensions/add[2]", ("fileExtensions/.bak",), "allowed", "true"),
    Flip("filteringRules/filteringRule", ("filteringRules/Leech/scanUrl",), "scanUrl", "true"),
    Flip("filteringRules/filteringRule", ("filteringRules/Leech/scanQueryString",), "scanQueryString", "true"),
    Flip("filteringRules/filteringRule", ("filteringRules/Leech/scanAllRaw",), "scanAllRaw", "true"),
    Flip("filteringRules/filteringRule", ("filteringRules/Leech/denyUnescapedPercent",), "denyUnescapedPercent", "false"),
)
WHOLE_RULE = ("filteringRules/Leech (as it was)", "filteringRules/Leech")
LIST_FLIPS = (
    Flip("filteringRules/filteringRule/scanHeaders/add", WHOLE_RULE, "requestHeader", "Referer"),
    Flip("filteringRules/filteringRule/appliesTo/add", WHOLE_RULE, "fileExtension", ".png"),
    Flip("filteringRules/filteringRule/denyStrings/add", WHOLE_RULE, "string", "good-bot"),
    Flip("filteringRules/filteringRule/denyStrings", WHOLE_RULE, add='<add string="Mozilla" />'),
)
FLIPS = (*ATTRIBUTE_FLIPS, *MISSING_FLIPS, *SURPLUS_FLIPS, *VALUE_FLIPS, *LIST_FLIPS)


# Every sixth on the slower engine: which attribute or list it is makes no difference to the payload.
@python_is_enough(lambda parameters: FLIPS.index(parameters["flip"]) % 6 > 0)
@pytest.mark.parametrize("flip", FLIPS, ids=str)
def test_flip(host: Host, tmp_path: Path, flip: Flip) -> None:
    host.box = boxes.build("compliant2022", tmp_path / "flipped", request_filtering=COMPLIANT)
    file = host.box.path(APPLICATION_HOST)
    compliant = meaning(file)
    root = parse(file)
    flip.turn(sections(root)[0][1])
    host.box.replace_file(APPLICATION_HOST, etree.tostring(root, encoding="UTF-8", xml_declaration=True))
    resources = [{"iis_request_filtering": OPTIONS}]

    checked = host.converge(resources, check=True)

    assert [change["target"] for change in checked["changes"]] == [
        f"applicationHost.config, server: requestFiltering/{name}" for name in flip.targets
    ]
    assert checked["changed"] is True
    assert "failed" not in checked
    host.outcome(resources)
    assert meaning(file) == compliant
    assert_settled(host, resources)


def test_compliant_box_needs_nothing(host: Host, tmp_path: Path) -> None:
    host.box = boxes.build("compliant2022", tmp_path / "compliant", request_filtering=COMPLIANT)

    assert_settled(host, [{"iis_request_filtering": OPTIONS}])


def test_every_managed_attribute_and_collection_is_flipped() -> None:
    attributes = {("/".join(row.element) or ".", row.attribute) for row in ATTRIBUTES}
    assert {(flip.xpath, flip.attribute) for flip in ATTRIBUTE_FLIPS} == attributes

    collections = {"/".join(row.element) for row in COLLECTIONS}
    assert {element for element, *_rest in COLLECTION_ENTRIES} == collections
    values = sum(len(row.values) for row in COLLECTIONS)
    assert len(VALUE_FLIPS) == values
    assert {flip.xpath.split("/")[2] for flip in LIST_FLIPS} == {element for row in COLLECTIONS for _option, element, _key in row.lists}
