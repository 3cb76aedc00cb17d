# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that the service takes from its registry key when it starts, and that are written there.

The server's own interface refuses MaximumUdpPacketSize, knows no way to take ServerLevelPluginDll or the excluded ports away, and takes
TcpReceivePacketSize no sooner than at the next start (MS-DNSP 3.1.1.1.1 and 3.1.1.1.4; KB4569509; ADV200013).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import CHANGED, COMPLIANT, NON_COMPLIANT, Control, Selection
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.registry import Place, set_change
from . import server_options_controls as controls
from .requests import listed
from .server_state import PARAMETERS, SERVICE, ServerState
from .setting import value_at


@dataclass(frozen=True)
class StartValue:
    """option: its name. name: the value's, and the property's of Get-DnsServerSetting. default: what holds where it is not there.

    limits: least and most. meets: values that do what the controls ask for; None where every value does.
    """

    option: str
    name: str
    kind: str
    default: t.Any
    limits: tuple[int, int] | None = None
    controls: tuple[Control, ...] = ()
    meets: t.Container[t.Any] | None = None

    @property
    def place(self) -> Place:
        return Place(PARAMETERS, self.name, self.kind)

    def text(self, value: t.Any) -> str:
        if isinstance(value, list):
            return ", ".join(value) or "none"
        return "none" if value in (None, "") else str(value)


START_VALUES = (
    StartValue(
        "packet_sizes.tcp", "TcpReceivePacketSize", "DWord", 0x10000, (0x4000, 0x10000), (controls.TCP_SIZE,), range(0x4000, 0xFF01)
    ),
    StartValue("packet_sizes.udp", "MaximumUdpPacketSize", "DWord", 4000, (0x200, 0x4000), (controls.UDP_SIZE,), range(0x200, 1233)),
    StartValue("socket_pool.excluded_ports", "SocketPoolExcludedPortRanges", "MultiString", []),
    StartValue("plugin_dll", "ServerLevelPluginDll", "String", "", None, (controls.PLUGIN,)),
)


def wanted_start_values(options: t.Mapping[str, t.Any], selection: Selection) -> list[tuple[StartValue, t.Any]]:
    """Those that are given and selected, with the value to store. Raises HardeningError for what the server does not take."""
    given = [(one, value_at(options, one.option)) for one in START_VALUES]
    return [(one, _stored(one, value)) for one, value in given if value is not None and selection.selects(one.controls)]


def _stored(one: StartValue, value: t.Any) -> t.Any:
    if one.kind == "MultiString":
        return [_range(text) for text in value]
    if one.kind == "String":
        return ""
    least, most = one.limits or (0, 0)
    if not least <= value <= most:
        raise HardeningError(f"Nothing was changed: {one.option} is {value}; it takes {least} to {most} bytes.")
    return value


def _range(text: str) -> str:
    """A range of ports as Windows has it. Raises HardeningError for what is none."""
    low, _, high = (part.strip() for part in text.partition("-"))
    high = high or low
    if not (low.isdecimal() and high.isdecimal() and 1 <= int(low) <= int(high) <= 65535):
        raise HardeningError(
            f"Nothing was changed: socket_pool.excluded_ports has {text!r}; a range of ports is two numbers, such as 5000-5010."
        )
    return f"{int(low)}-{int(high)}"


def plan_start_value(one: StartValue, wanted: t.Any, state: ServerState, draft: PlanDraft) -> None:
    found = state.registry.found(one.place)
    now = found["value"] if found else one.default
    differs = _plain(now) != _plain(wanted)
    met = () if one.meets is not None and wanted not in one.meets else tuple(control.met_by(wanted) for control in one.controls)
    ids = tuple(control.id for control in met)
    draft.want(set_change(one.place, found, wanted or None, one.text, ids), differs)
    if differs:
        draft.restarts.append(SERVICE)
        draft.judge(met, CHANGED, f"{one.option} was {one.text(now)}, wanted {one.text(wanted)}")
        return
    running = state.value("DnsServerSetting", one.name)
    if not state.knows("DnsServerSetting", one.name) or _plain(running) == _plain(wanted):
        draft.judge(met, COMPLIANT, f"{one.option} is {one.text(now)}")
        return
    told = f"{one.option} is set to {one.text(wanted)}, but the service still runs with {one.text(running)}"
    draft.judge(met, NON_COMPLIANT, told)
    draft.warnings.append(f"{told}: it reads it only when it starts. Restart the service DNS.")


def _plain(value: t.Any) -> t.Any:
    """A value without what makes no difference: the order of a list, null for an empty one or an empty text."""
    if isinstance(value, int):
        return value
    return sorted(str(one) for one in listed(value) if one != "")
