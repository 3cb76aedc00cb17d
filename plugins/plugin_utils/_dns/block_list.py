# SPDX-License-Identifier: GPL-3.0-or-later
"""The global query block list: labels that no zone of the server answers for (MS-DNSP 3.1.1.1.1, 3.1.1.1.3).

Enabled with an empty list it blocks nothing, so the control asks for both.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._core.controls import CHANGED, COMPLIANT
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .requests import listed
from .server_options_controls import BLOCK_LIST
from .server_state import ServerState
from .setting import Setting, plan_setting

CMDLET = "DnsServerGlobalQueryBlockList"
_ENABLED = Setting("block_list.enabled", CMDLET, "Enable", "EnableGlobalQueryBlockList", "MS-DNSP 3.1.1.1.1 EnableGlobalQueryBlockList")
_NAMES = Setting("block_list.names", CMDLET, "List", "GlobalQueryBlockList", "MS-DNSP 3.1.1.1.3 GlobalQueryBlockList")
_ASKED = {"wpad", "isatap"}
_NEWLY = (
    "block_list blocks {names} from now on, in every zone of the server. Windows leaves a name out of the list by itself where a zone had it when "
    "the service first started: clients that find their proxy or router by such a name do not find it any more."
)


def check_block_list(given: t.Mapping[str, t.Any]) -> None:
    """Raises HardeningError for what is no single label: a name with a dot never matches."""
    for name in given.get("names", ()):
        if not name.strip() or "." in name or any(sign.isspace() for sign in name):
            raise HardeningError(f"Nothing was changed: block_list.names has {name!r}; it takes single labels, such as wpad.")


def plan_block_list(given: t.Mapping[str, t.Any], state: ServerState, draft: PlanDraft) -> None:
    """given: the options of the group."""
    before = len(draft.changes)
    names = [str(one).lower() for one in listed(state.value(CMDLET, "List"))]
    blocked = set(names) if state.value(CMDLET, "Enable") else set()
    enabled = bool(given.get("enabled", state.value(CMDLET, "Enable")))
    if "names" in given:
        wanted = [name.lower() for name in given["names"]]
        if enabled and names and not wanted and given.get("mode") == "replace":
            raise HardeningError(
                f"Nothing was changed: block_list.names would be empty, so that nothing is blocked any more ({', '.join(names)} until now) while "
                "the list is enabled. Name what is to be blocked, or say enabled: false."
            )
        names = list(dict.fromkeys(wanted if given.get("mode") == "replace" else [*names, *wanted]))
        plan_setting(_NAMES, names, state, draft, False)
    if "enabled" in given:
        plan_setting(_ENABLED, given["enabled"], state, draft, False)
    if enabled and set(names) - blocked:
        draft.warnings.append(_NEWLY.format(names=", ".join(one for one in names if one not in blocked)))
    if enabled and set(names) >= _ASKED:
        draft.changes[before:] = [replace(change, controls=(BLOCK_LIST.id,)) for change in draft.changes[before:]]
        status = CHANGED if len(draft.changes) > before else COMPLIANT
        draft.judge((BLOCK_LIST,), status, f"block_list blocks {', '.join(names)}")
    elif enabled and not names:
        draft.warnings.append("block_list is enabled and has no name, so nothing is blocked. Give names.")
