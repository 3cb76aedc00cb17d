# SPDX-License-Identifier: GPL-3.0-or-later
"""The counting of tests per engine, and what `make test` fails on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tally_report import AllowedSkip, Run, code_lines, read_allowed, table, verdict

TESTS = """
    import pytest

    @pytest.mark.engine("python")
    def test_marked(): pass

    @pytest.mark.parametrize("engine", ["python", "pwsh"])
    def test_parameter(engine):
        if engine == "pwsh":
            pytest.skip("no PowerShell here")

    def test_plain(): pass

    @pytest.mark.xfail(reason="known", strict=True)
    def test_known_failure(): assert 0
"""


def run(ran: dict[str, int], skips: list[dict[str, str]] | None = None, absent: str | None = None) -> Run:
    skips = skips or []
    return Run("unit", ran, {"pwsh": len(skips)}, skips, absent)


SKIP = {"test": "tests/unit/test_x.py::test_y[pwsh]", "reason": "no PowerShell here"}


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["alone", "xdist"])
def test_counts_by_engine(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: list[str]) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[1]))
    pytester.makepyfile(TESTS)
    run = pytester.runpytest_subprocess if workers else pytester.runpytest_inprocess  # xdist needs a session of its own
    run("-p", "plugins.tally", "--tally", "sample", *workers)
    written = json.loads((pytester.path / "build/tally/sample.json").read_text())
    assert written["ran"] == {"none": 1, "python": 2}
    assert written["skipped"] == {"none": 1, "pwsh": 1}
    assert {skip["reason"] for skip in written["skips"]} == {"no PowerShell here", "expected failure: known"}


def test_a_skipped_file_is_counted(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\npytest.skip('no data', allow_module_level=True)")
    pytester.runpytest_inprocess("-p", "plugins.tally", "--tally", "sample")
    written = json.loads((pytester.path / "build/tally/sample.json").read_text())
    assert [skip["reason"] for skip in written["skips"]] == ["no data"]


def test_without_the_option_nothing_is_written(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_plain(): pass")
    pytester.runpytest_inprocess("-p", "plugins.tally")
    assert not (pytester.path / "build").exists()


def test_enough_tests_pass() -> None:
    assert verdict([run({"none": 5})], {"unit": {"none": 5}}, [], ci=True) == []


def test_too_few_tests_fail() -> None:
    [problem] = verdict([run({"none": 4})], {"unit": {"none": 5}}, [], ci=False)
    assert "4 tests on engine none, at least 5" in problem


def test_a_run_without_a_count_fails() -> None:
    assert verdict([], {"unit": {"none": 5}}, [], ci=False) == ["unit: this run left no count in build/tally"]


def test_outside_ci_a_skip_counts_towards_the_minimum() -> None:
    minimum = {"unit": {"pwsh": 1}}
    assert verdict([run({}, [SKIP])], minimum, [], ci=False) == []
    assert any("0 tests on engine pwsh" in problem for problem in verdict([run({}, [SKIP])], minimum, [], ci=True))


def test_an_unlisted_skip_fails_in_ci_only() -> None:
    runs = [run({"none": 5}, [SKIP])]
    assert verdict(runs, {}, [], ci=False) == []
    [problem] = verdict(runs, {}, [], ci=True)
    assert SKIP["test"] in problem
    assert SKIP["reason"] in problem


@pytest.mark.parametrize(
    ("allowed", "accepted"),
    [
        (AllowedSkip("tests/unit/*", "no PowerShell*"), True),
        (AllowedSkip("tests/unit/*", "no data*"), False),
        (AllowedSkip("tests/integration/*", "no PowerShell*"), False),
    ],
)
def test_a_listed_skip_needs_test_and_reason(allowed: AllowedSkip, accepted: bool) -> None:
    assert (verdict([run({}, [SKIP])], {}, [allowed], ci=True) == []) is accepted


def test_an_absent_run_fails_in_ci_only() -> None:
    runs = [run({}, absent="no newer Python was found")]
    assert verdict(runs, {"unit": {"pwsh": 3}}, [], ci=False) == []
    assert verdict(runs, {"unit": {"pwsh": 3}}, [], ci=True) == ["unit: no newer Python was found"]


def test_table_sums_the_engines() -> None:
    lines = table([run({"python": 3, "pwsh": 2}, [SKIP]), Run("lint", {"none": 4}, {}, [], None, seconds=12.4)])
    assert lines[-1].split() == ["together", "3", "2", "4", "1", "12"]


def test_allowed_skips_are_read(tmp_path: Path) -> None:
    file = tmp_path / "allowed.yml"
    file.write_text("- {test: 'tests/x*', reason: 'no y*'}\n")
    assert read_allowed(file) == [AllowedSkip("tests/x*", "no y*")]


def test_sizes_count_code_only(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/x.py").write_text("# a comment\n\nvalue = 1\n")
    (tmp_path / "plugins/x.txt").write_text("not code\n")
    assert code_lines(["plugins", "missing"], tmp_path) == 1
