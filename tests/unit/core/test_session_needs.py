# SPDX-License-Identifier: GPL-3.0-or-later
"""What resources need of the session."""

from __future__ import annotations

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts, check_session
from ansible_collections.hardening.windows.plugins.plugin_utils._core.resource import Resource
from ansible_collections.hardening.windows.plugins.plugin_utils._resources import RESOURCES
from ansible_collections.hardening.windows.plugins.plugin_utils._undo import Undo
from unit.core.samples import FACTS


@pytest.mark.parametrize("kind", [*RESOURCES.values(), Undo])
def test_a_32_bit_session_is_refused(kind: type[Resource]) -> None:
    with pytest.raises(HardeningError, match=r"a 32-bit process, and .* 64-bit PowerShell"):
        check_session(HostFacts.from_answer({**FACTS, "process_bits": 32}), kind.needs)
    with pytest.raises(HardeningError, match=r"no administrator's rights in this session, and "):
        check_session(HostFacts.from_answer({**FACTS, "elevated": False}), kind.needs)
    check_session(HostFacts.from_answer(FACTS), kind.needs)
