# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry keys travel as one read, and come back as the reads they were."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import unique_reads
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Read
from ansible_collections.hardening.windows.plugins.plugin_utils._core.packing import packed, unpacked


def key(name: str, hive: str = "HKLM") -> Read:
    return Read("registry", "key", {"hive": hive, "key": name})


OTHER = Read("service", "service", {"name": "W3SVC"})


def answer(item: dict[str, Any]) -> dict[str, Any]:
    """What a host says: something that tells what it was asked."""
    if item.get("read") == "keys":
        return {"value": [{"value": [item["hive"], item["below"] + name]} for name in item["keys"]]}
    return {"value": item}


def test_keys_are_one_read_behind_the_others() -> None:
    assert packed([key("a"), OTHER, key("b"), key("c", "HKU")]) == [
        OTHER.as_request(),
        {"provider": "registry", "read": "keys", "hive": "HKLM", "below": "", "keys": ["a", "b"]},
        {"provider": "registry", "read": "keys", "hive": "HKU", "below": "", "keys": ["c"]},
    ]
    assert packed([OTHER]) == [OTHER.as_request()]


NAMES = st.lists(st.sampled_from("ab"), min_size=1, max_size=7).map("\\".join)
READS = st.lists(
    st.one_of(
        st.builds(key, NAMES, st.sampled_from(["HKLM", "HKU"])),
        st.just(OTHER),
        st.builds(lambda n: Read("x", n), st.text(max_size=2)),
    )
)


def test_what_many_keys_begin_with_is_said_once() -> None:
    names = [rf"A\B\C\D\E\F\G\{number}" for number in range(4)]
    assert packed([key(name) for name in (*names, r"A\B\X")]) == [
        {"provider": "registry", "read": "keys", "hive": "HKLM", "below": "A\\B\\C\\D\\E\\F\\", "keys": [rf"G\{n}" for n in range(4)]},
        {"provider": "registry", "read": "keys", "hive": "HKLM", "below": "", "keys": [r"A\B\X"]},
    ]


@given(READS)
def test_every_read_gets_its_own_answer(reads: list[Read]) -> None:
    asked = unique_reads(reads)
    found = unpacked(asked, [answer(item) for item in packed(asked)])
    expected = [
        {"value": [read.parameters["hive"], read.parameters["key"]]} if read.provider == "registry" else {"value": read.as_request()}
        for read in asked
    ]
    assert found == expected


def test_a_refusal_of_all_keys_is_each_keys() -> None:
    error = {"error": {"kind": "access_denied", "message": "No."}}
    assert unpacked([key("a"), key("b")], [error]) == [error, error]


def test_an_answer_that_is_cut_short_stays_short() -> None:
    assert unpacked([key("a"), OTHER], [{"value": 1}]) == [{"value": 1}]
    with pytest.raises(HardeningError, match="a list of registry keys"):
        unpacked([key("a"), key("b")], [{"value": [{"value": 1}]}])
