# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host is meant by the name of the one that writes into the directory."""

from __future__ import annotations

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.writer import writer_elsewhere
from unit.core.samples import FACTS


@pytest.mark.parametrize(
    ("writer", "host", "here"),
    [
        (None, "DC01", True),
        ("DC01", "DC01", True),
        (" dc01 ", "DC01", True),
        ("dc01.corp.example", "DC01", True),
        # the host knows no more than 15 characters of its name
        ("DOMAINCONTROLLER01", "DOMAINCONTROLLE", True),
        ("domaincontroller01.corp.example", "DOMAINCONTROLLE", True),
        ("DC02", "DC01", False),
        ("DC01-NEW", "DC01", False),
        ("DC0", "DC01", False),
    ],
)
def test_the_writer_is_known_by_its_computer_name(writer: str | None, host: str, here: bool) -> None:
    found = writer_elsewhere({"directory_writer": writer}, HostFacts.from_answer(FACTS | {"computer_name": host}))

    assert found == (None if here else writer)
