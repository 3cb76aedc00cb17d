# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry values by place: there, absent, or of a kind that nobody may take for absent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observation, Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.registry import Place, Registry, key_read

KEY = r"SYSTEM\CurrentControlSet\Control\Lsa"


def registry(**values: Any) -> Registry:
    return Registry(Observations([key_read(KEY)], [Observation({"exists": True, "values": values, "subkeys": []})]))


def test_names_compare_without_case_and_what_is_not_there_is_none() -> None:
    found = registry(NoLMHash={"kind": "DWord", "value": 1}, Zero={"kind": "String", "value": "0"})
    assert found.number(Place(KEY, "nolmhash")) == 1
    assert (found.number(Place(KEY, "Zero")), found.value(Place(KEY, "Zero"))) == (0, "0")
    assert found.found(Place(KEY, "Other")) is None


def test_a_value_that_cannot_be_put_back_is_not_taken_for_absent() -> None:
    found = registry(NoLMHash={"kind": "None", "value": None}, Other={"kind": "DWord", "value": 1})
    for look in (found.found, found.value, found.number):
        with pytest.raises(HardeningError, match=r"Lsa: the value NoLMHash is of the kind None, .* as DWord, by hand"):
            look(Place(KEY, "NoLMHash"))
    assert found.number(Place(KEY, "Other")) == 1


def test_a_key_that_cannot_be_read_is_named() -> None:
    denied = Observation(failure=Failure("access_denied", "Access is denied.", "0x80070005"))
    with pytest.raises(HardeningError, match=r"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa cannot be read: Access is denied"):
        Registry(Observations([key_read(KEY)], [denied])).found(Place(KEY, "NoLMHash"))
