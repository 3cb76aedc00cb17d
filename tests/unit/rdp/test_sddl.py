# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether NETWORK SERVICE may read a key file, by the file's access list."""

from __future__ import annotations

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.sddl import may_read, service_sid

HEAD = "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)"
# as `sc.exe showsid TermService` shows it on every Windows
TERM_SERVICE = "S-1-5-80-446051430-1559341753-4161941529-1950928533-810483104"

READABLE = {
    "by alias": HEAD + "(A;;FR;;;NS)",
    "by SID": HEAD + "(A;;FR;;;S-1-5-20)",
    "by number": HEAD + "(A;;0x120089;;;NS)",
    "generic": HEAD + "(A;;GR;;;NS)",
    "everyone": HEAD + "(A;;FA;;;WD)",
    "authenticated users": HEAD + "(A;ID;0x1200a9;;;AU)",
    "users": HEAD + "(A;;FR;;;BU)",
    "the service itself": HEAD + f"(A;;FR;;;{TERM_SERVICE})",
    "the deny comes later": HEAD + "(A;;FR;;;NS)(D;;FR;;;WD)",
    "the deny is about writing": HEAD + "(D;;FW;;;NS)(A;;FR;;;NS)",
    "the deny is for somebody else": HEAD + "(D;;FA;;;S-1-5-21-1-2-3-1001)(A;;FR;;;NS)",
    "no list at all": "O:SYG:SYD:NO_ACCESS_CONTROL",
    "a condition behind": HEAD + "(A;;FR;;;NS)(XA;;FX;;;S-1-1-0;(@User.Title==1))",
    "an audit list behind": HEAD + "(A;;FR;;;NS)S:(AU;SAFA;FA;;;WD)",
}
NOT_READABLE = {
    "nobody else": HEAD,
    "denied first": HEAD + "(D;;FR;;;WD)(A;;FR;;;NS)",
    "only writing": HEAD + "(A;;FW;;;NS)",
    "only running": HEAD + "(A;;FX;;;NS)(A;;0x1200a0;;;NS)",
    "only for what is below": HEAD + "(A;OICIIO;FA;;;NS)",
    "somebody else": HEAD + "(A;;FA;;;S-1-5-21-1-2-3-1001)(A;;FA;;;LS)",
    "an empty list": "O:SYG:SYD:P",
    "only audited": HEAD + "S:(AU;SAFA;FA;;;NS)",
}


@pytest.mark.parametrize("case", READABLE)
def test_readable(case: str) -> None:
    assert may_read(READABLE[case]) is True


@pytest.mark.parametrize("case", NOT_READABLE)
def test_not_readable(case: str) -> None:
    assert may_read(NOT_READABLE[case]) is False


@pytest.mark.parametrize("text", ["", "O:SYG:SY", "nonsense"])
def test_without_an_access_list_nothing_is_told(text: str) -> None:
    assert may_read(text) is None


def test_the_sid_of_a_service_is_made_of_its_name() -> None:
    assert service_sid("termservice") == TERM_SERVICE
