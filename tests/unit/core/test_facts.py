# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts, also where the host could not tell, and what a session must be."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts, SessionNeeds, check_session
from unit.core.samples import FACTS

NEEDS = SessionNeeds(windows_powershell="IIS needs it", bits_64="32 bits see another file", elevated="it is guarded")


def facts(**changed: Any) -> HostFacts:
    return HostFacts.from_answer({**FACTS, **changed})


def test_facts_are_read_whole() -> None:
    found = facts(unfinished_journals=[{"id": "j", "file": "f", "started": "s", "account": "a"}], reboot_pending=["windows_update"])
    assert (found.computer_name, found.build, found.powershell_edition, found.language_mode) == ("WEB01", 20348, "Desktop", "FullLanguage")
    assert found.account is not None
    assert (found.account.sid, found.account.local, found.account.groups) == ("S-1-5-21-1", True, ("S-1-5-32-544",))
    assert found.unfinished_journals[0].id == "j"
    assert found.reboot_pending == ("windows_update",)


@pytest.mark.parametrize("missing", sorted(FACTS))
@pytest.mark.parametrize("absent", [True, False])
def test_a_fact_that_the_host_cannot_tell_is_unknown(missing: str, absent: bool) -> None:
    """Absent and null are the same, and no other fact suffers."""
    told = {name: value for name, value in FACTS.items() if name != missing} | ({} if absent else {missing: None})
    found, whole = HostFacts.from_answer(told), HostFacts.from_answer(FACTS)
    other = "build" if missing != "build" else "product"
    assert getattr(found, other) == getattr(whole, other)
    check_session(found, NEEDS)


def test_a_host_that_tells_nothing_is_not_held_against() -> None:
    found = HostFacts.from_answer({})
    assert found.account is None
    assert found.reboot_pending == ()
    check_session(found, NEEDS)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"powershell": {"edition": "Core", "version": "7.4.1"}}, "the session is PowerShell 7.4.1, and IIS needs it"),
        ({"process_bits": 32}, "a 32-bit process, and 32 bits see another file"),
        ({"elevated": False}, r"WEB01\\deploy has no administrator's rights in this session, and it is guarded"),
        ({"elevated": False, "account": None}, "the account has no administrator's rights"),
    ],
)
def test_a_need_that_is_not_met_is_named_with_its_reason(changed: dict[str, Any], text: str) -> None:
    with pytest.raises(HardeningError, match=text) as caught:
        check_session(facts(**changed), NEEDS)
    assert str(caught.value).startswith("Nothing was changed: ")
    check_session(facts(**changed), SessionNeeds())


def test_every_unmet_need_is_named_at_once() -> None:
    with pytest.raises(HardeningError) as caught:
        check_session(facts(elevated=False, process_bits=32, powershell={"edition": "Core"}), NEEDS)
    assert str(caught.value).count("; and ") == 2
