# SPDX-License-Identifier: GPL-3.0-or-later
"""A journal takes a run back: after a whole run, and after one that ended at any of its writes.

Compared are every effective tree, exactly, and the file by lxml without elements that say nothing: a write leaves `<requestLimits />`,
`<location path="..."><system.webServer>...` and the like behind, which IIS reads as if they were not there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from behaviour.checks import APPLICATION_HOST, assert_settled
from behaviour.convergence import JOURNALS, Host, python_is_enough
from behaviour.documents import canonical, parse, pruned
from behaviour.role_options import options_of, resources_of
from lab import boxes
from lab.engine import Crashed, WriteFault

SECTION = "system.webServer/security/requestFiltering"
LOCATION = "Default Web Site"
OWN_RULES = """<requestFiltering allowDoubleEscaping="true">
    <fileExtensions allowUnlisted="true" applyToWebDAV="true">
        <add fileExtension=".config" allowed="false" />
        <add fileExtension=".bak" allowed="true" />
        <add fileExtension=".java" allowed="false" />
    </fileExtensions>
    <verbs allowUnlisted="true" applyToWebDAV="true">
        <!-- for the proxy's health check -->
        <add verb="TRACE" allowed="true" />
    </verbs>
    <hiddenSegments applyToWebDAV="true">
        <add segment="web.config" />
    </hiddenSegments>
    <requestLimits maxUrl="9000" />
    <filteringRules>
        <filteringRule name="Leech" scanUrl="true">
            <denyStrings><add string="leech" /></denyStrings>
        </filteringRule>
    </filteringRules>
</requestFiltering>"""
RULE = {"name": "Leech", "scan_url": False, "deny_strings": ["bot"], "scan_headers": ["User-Agent"]}
# box, its options, resources: attributes set and changed, entries added, edited, replaced, removed, at the server and at a site
CASES: dict[str, tuple[str, dict[str, Any], list[dict[str, Any]]]] = {
    "baseline": ("default2022", {}, resources_of("baseline")),
    "competition": ("compliant2022", {"request_filtering": OWN_RULES}, resources_of("competition")),
    "site": ("aspnet2022", {}, resources_of("cis", target="sites", sites=[LOCATION])),
    "replace": (
        "compliant2022",
        {"request_filtering": OWN_RULES},
        [
            {
                "iis_request_filtering": {
                    "file_extensions": {"mode": "replace", "entries": [{"extension": ".bak", "allowed": False}]},
                    "filtering_rules": {"mode": "replace", "entries": [RULE]},
                    "hidden_segments": {"absent": ["web.config"], "entries": ["bin"]},
                }
            }
        ],
    ),
    "gateway": ("gateway2019", {}, resources_of("competition")),
}


# what is removed at a location although it is inherited from the server
INHERITED = {
    "target": "location",
    "location": LOCATION + "/shop",
    "file_extensions": {"mode": "replace", "entries": [{"extension": ".vb", "allowed": True}]},
    "hidden_segments": {"absent": ["bin"]},
}


def effective(host: Host) -> list[Any]:
    """What is in force: at every level that the box starts with, and at every path."""
    read = {"provider": "iis", "read": "section", "section": SECTION, "locations": [LOCATION, LOCATION + "/shop"], "directory_limit": 20000}
    answer = host.engine.answer(host.box, "windows_iis", {"protocol": 1, "operation": "read", "batch": [read]})
    value = answer["observations"][0]["value"]
    levels = {item["location"]: value["trees"][item["tree"]] for item in value["levels"]}
    return [levels, [(item["path"], value["trees"][item["tree"]]) for item in value["paths"]]]


def journal_ids(host: Host) -> list[str]:
    folder = host.box.path(JOURNALS)
    return sorted(file.stem for file in folder.glob("*.jsonl")) if folder.is_dir() else []


def stored(host: Host) -> bytes:
    return canonical(pruned(parse(host.box.path(APPLICATION_HOST))))


def start(host: Host, tmp_path: Path, case: str) -> list[dict[str, Any]]:
    name, given, resources = CASES[case]
    host.box = boxes.build(name, tmp_path / "undone", **given)
    return resources


@python_is_enough(lambda parameters: parameters["case"] not in ("competition", "replace"))
@pytest.mark.parametrize("case", CASES)
def test_undo_of_a_whole_run(host: Host, tmp_path: Path, case: str) -> None:
    resources = start(host, tmp_path, case)
    file_before, trees_before = stored(host), effective(host)
    outcome = host.outcome(resources)
    assert outcome.written
    assert effective(host) != trees_before

    checked = host.undo(journal_ids(host)[0], check=True)
    undone = host.undo(journal_ids(host)[0])

    assert undone["changed"] is True
    assert "failed" not in undone
    assert undone["diff"] == checked["diff"]
    assert effective(host) == trees_before
    assert stored(host) == file_before
    again = host.undo(journal_ids(host)[0])
    assert again["changed"] is False


def without_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_order(below) for name, below in value.items()}
    if isinstance(value, list):
        return sorted((without_order(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    return value


def test_undo_of_removed_inherited_entries(host: Host, tmp_path: Path) -> None:
    """IIS keeps the location's `<remove>` and gets the entry again behind it: the same entries, in another order, which means nothing here.

    The rest of the file is as it was.
    """
    host.box = boxes.build("aspnet2022", tmp_path / "inherited")
    root_before, trees_before = parse(host.box.path(APPLICATION_HOST)), effective(host)
    host.filter_requests(INHERITED)
    assert without_order(effective(host)) != without_order(trees_before)

    undone = host.undo(journal_ids(host)[0])

    assert "failed" not in undone
    assert without_order(effective(host)) == without_order(trees_before)
    root = parse(host.box.path(APPLICATION_HOST))
    location = root.find(f"location[@path='{LOCATION}/shop']")
    root.remove(location)
    assert canonical(pruned(root)) == canonical(pruned(root_before))


@python_is_enough(lambda parameters: parameters["case"] != "competition")
@pytest.mark.parametrize("case", CASES)
def test_undo_can_be_undone(host: Host, tmp_path: Path, case: str) -> None:
    """The journal of the undo takes the undo back, so the host complies again."""
    resources = start(host, tmp_path, case)
    host.outcome(resources)
    hardened = effective(host)
    host.undo(journal_ids(host)[0])

    host.undo(journal_ids(host)[-1])

    assert effective(host) == hardened
    assert_settled(host, resources)


def writes_of_a_run(kind: str) -> int:
    """How many writes of a kind one apply makes: one commit; the journal's creation, its line `done` and its line `finished`."""
    return {"write": 1, "journal": 3}[kind]


def crashes() -> list[Any]:
    return list(_crashes())


def _crashes() -> Iterator[Any]:
    for kind in ("write", "journal"):
        for number in range(1, writes_of_a_run(kind) + 1):
            for when in ("before", "after"):
                yield pytest.param(WriteFault(number, when, "crash", kind), id=f"{kind}-{number}-{when}")


def crash(host: Host, fault: WriteFault, run: Callable[[], Any]) -> None:
    """Lets a run end at a write. The PowerShell engine has no faults in journals: there the box is made what such a crash leaves."""
    if fault.kind == "write" or host.engine.name == "python":
        host.fault = fault
        with pytest.raises(Crashed):
            run()
        host.fault = None
        return
    before, known = host.box.path(APPLICATION_HOST).read_bytes(), journal_ids(host)
    run()
    (journal,) = [host.box.path(f"{JOURNALS}\\{name}.jsonl") for name in journal_ids(host) if name not in known]
    kept = journal.read_text().splitlines(keepends=True)[: fault.number - (fault.when == "before")]
    journal.write_text("".join(kept))
    if not kept:
        journal.unlink()
    if fault.number == 1:
        host.box.replace_file(APPLICATION_HOST, before)


def written_by_the_test(parameters: Mapping[str, Any]) -> bool:
    """What a crash in the journal leaves is made here for the PowerShell engine, and every journal reads the same; one of them is kept."""
    fault = parameters["fault"]
    return fault.kind == "journal" and (fault.number, fault.when) != (2, "after")


@python_is_enough(written_by_the_test)
@python_is_enough(lambda parameters: parameters["case"] == "site")
@pytest.mark.parametrize("case", ["competition", "site"])
@pytest.mark.parametrize("fault", crashes())
def test_undo_after_a_crash(host: Host, tmp_path: Path, fault: WriteFault, case: str) -> None:
    resources = start(host, tmp_path, case)
    file_before, trees_before = stored(host), effective(host)
    crash(host, fault, lambda: host.outcome(resources))

    journals = journal_ids(host)
    if not journals:
        assert (fault.kind, fault.number, fault.when) == ("journal", 1, "before")
        assert stored(host) == file_before
        return
    finished = any("finished" in json.loads(line) for line in host.box.path(f"{JOURNALS}\\{journals[0]}.jsonl").read_text().splitlines())
    warnings = host.converge(resources, check=True).get("warnings", [])
    assert [journals[0] in warning and "hardening.windows.undo" in warning for warning in warnings] == ([] if finished else [True])

    host.undo(journals[0])

    assert effective(host) == trees_before
    assert stored(host) == file_before
    assert host.converge(resources, check=True).get("warnings", []) == []


def test_every_write_of_a_run_was_crashed(host: Host) -> None:
    """One write more of either kind never happens: the numbers above are all there are."""
    for kind in ("write", "journal") if host.engine.name == "python" else ("write",):
        host.fault = WriteFault(writes_of_a_run(kind) + 1, "before", "crash", kind)
        outcome = host.outcome(resources_of("baseline" if kind == "write" else "stig"))
        assert (outcome.written, outcome.failures) == (True, [])


@python_is_enough(written_by_the_test)
@pytest.mark.parametrize("fault", crashes())
def test_crash_of_the_undo_itself(host: Host, fault: WriteFault) -> None:
    """An undo that ended early is finished by running it again."""
    file_before = stored(host)
    host.outcome(resources_of("baseline"))
    journal = journal_ids(host)[0]
    crash(host, fault, lambda: host.undo(journal))

    host.undo(journal)

    assert stored(host) == file_before


def test_interrupted_run_goes_on_and_its_journal_is_closed(host: Host) -> None:
    host.fault = WriteFault(1, "after", "crash")
    with pytest.raises(Crashed):
        host.outcome(resources_of("baseline"))
    host.fault = None
    journal = journal_ids(host)[0]

    result = host.converge(resources_of("baseline"))
    assert result["changed"] is False
    assert journal in result["warnings"][0]
    closed = host.undo(journal, state="closed")

    assert closed["changed"] is True
    assert "warnings" not in host.converge(resources_of("baseline"))
    assert_settled(host, resources_of("baseline"))


def test_undo_refuses_a_third_value(host: Host) -> None:
    """Somebody set one of the values since: nothing is taken back, and the sentence says what stands there."""
    host.outcome(resources_of("baseline"))
    host.filter_requests({"request_limits": {"max_allowed_content_length": 5000}})
    before = host.box.path(APPLICATION_HOST).read_bytes()

    refused = host.undo(journal_ids(host)[0])

    assert refused["failed"] is True
    assert "Nothing was changed" in refused["msg"]
    assert "requestLimits/maxAllowedContentLength" in refused["msg"]
    assert "state closed" in refused["msg"]
    assert host.box.path(APPLICATION_HOST).read_bytes() == before


def test_undo_of_a_journal_that_is_not_there(host: Host) -> None:
    refused = host.undo("20200101T000000Z-00000000")

    assert refused["failed"] is True
    assert "20200101T000000Z-00000000 cannot be read" in refused["msg"]


def test_options_of_the_cases_differ_from_what_is_installed() -> None:
    """The cases would prove nothing if a profile wanted what the boxes have already."""
    assert options_of("competition")["request_limits"]["max_url"] != 9000
    assert options_of("baseline")["allow_high_bit_characters"] is False
