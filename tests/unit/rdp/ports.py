# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host says about Remote Desktop's port, its firewall and its sockets, for tests that change one thing of it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observation, Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Change, Stage
from ansible_collections.hardening.windows.plugins.plugin_utils._core.registry import Registry
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.firewall import GROUP, OWN_GROUP
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.port_change import PortChange, PortStages
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER

TCP = "RemoteDesktop-UserMode-In-TCP"
UDP = "RemoteDesktop-UserMode-In-UDP"
WINRM = Connection("winrm", "192.0.2.7", "deploy", 5985, False)
POLICY = r"SOFTWARE\Policies\Microsoft\WindowsFirewall"
LOCAL = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"


def rule(protocol: int, port: str | None = "3389", **more: str) -> str:
    """The text of an enabled inbound rule; `more` are further fields, names as Windows writes them."""
    fields = {"Action": "Allow", "Active": "TRUE", "Dir": "In", "Protocol": str(protocol)}
    fields |= {"LPort": port} if port else {}
    fields |= {"App": r"%SystemRoot%\system32\svchost.exe", "Svc": "termservice", "EmbedCtxt": GROUP} | more
    return "v2.31|" + "".join(f"{name}={value}|" for name, value in fields.items() if value)


def socket(port: int, *services: str, protocol: str = "tcp") -> dict[str, Any]:
    return {"protocol": protocol, "address": "0.0.0.0", "port": port, "process": 1044, "services": list(services)}


@dataclass
class Scene:
    """port: LKEY PortNumber. local, policy: firewall rules. merge: profile key -> AllowLocalPolicyMerge. firewall: key -> further values."""

    port: int = 3389
    local: dict[str, str] = field(default_factory=lambda: {TCP: rule(6), UDP: rule(17)})
    policy: dict[str, str] = field(default_factory=dict)
    active: list[str] | None = field(default_factory=lambda: ["Public"])
    merge: dict[str, int] = field(default_factory=dict)
    firewall: dict[str, dict[str, int]] = field(default_factory=dict)
    sockets: list[dict[str, Any]] = field(default_factory=lambda: [socket(3389, "TermService"), socket(8080, "W3SVC")])
    excluded: list[list[int]] = field(default_factory=lambda: [[50000, 50059]])
    task: str | None = None

    def answer(self, read: Mapping[str, Any]) -> Any:
        provider = read["provider"]
        if provider == "registry":
            return {"exists": True, "subkeys": [], "values": self._values(read["key"])}
        if provider == "firewall":
            return {"local": self.local, "policy": self.policy, "active_profiles": self.active}
        if provider == "listener":
            return {"sockets": self.sockets, "excluded": self.excluded}
        return {"exists": self.task is not None, "definition": self.task}

    def _values(self, key: str) -> dict[str, Any]:
        if key == LISTENER:
            return {"PortNumber": {"kind": "DWord", "value": self.port}}
        above, _separator, profile = key.rpartition("\\")
        merge = {"AllowLocalPolicyMerge": self.merge[profile]} if above == POLICY and profile in self.merge else {}
        return {name: {"kind": "DWord", "value": value} for name, value in (merge | self.firewall.get(key, {})).items()}

    def observations(self, move: PortChange) -> Observations:
        reads = move.reads()
        return Observations(reads, [Observation(value=self.answer(read.as_request())) for read in reads])

    def planned(
        self, restart_now: bool = True, is_on: bool = True, was_on: bool = True, connection: Connection | None = WINRM, **options: Any
    ) -> PortStages:
        move = PortChange.from_options(options)
        assert move is not None
        seen = self.observations(move)
        return move.plan(seen, Registry(seen), connection, is_on, restart_now, was_on)

    def stages(self, **options: Any) -> tuple[Stage, ...]:
        return self.planned(**options).stages((), ())

    def apply(self, changes: tuple[Change, ...]) -> Scene:
        """The scene after these changes, as a host would be; what restarts is not modelled but for the socket."""
        after = copy.deepcopy(self)
        for change in changes:
            after._perform(change.operation.as_request())
        after.sockets = [one for one in after.sockets if "TermService" not in one["services"]] + [socket(after.port, "TermService")]
        return after

    def _perform(self, operation: Mapping[str, Any]) -> None:
        name = operation.get("name")
        if operation["provider"] == "registry":
            self.port = operation["value"]
        elif operation["provider"] == "task":
            self.task = operation.get("definition")
        elif operation["operation"] == "add":
            given = operation["rule"]
            number = {"TCP": 6, "UDP": 17}[given["protocol"]]
            addresses = "|RA4=".join(one for one in given["remote_addresses"] if one != "Any")
            profiles = "|Profile=".join(one for one in given["profiles"] if one != "Any")
            self.local[str(name)] = rule(number, given["local_port"], EmbedCtxt=OWN_GROUP, RA4=addresses, Profile=profiles)
        elif operation["operation"] == "remove":
            del self.local[str(name)]
        else:
            words = ("Active=FALSE", "Active=TRUE") if operation["enabled"] else ("Active=TRUE", "Active=FALSE")
            assert words[0] in self.local[str(name)]
            self.local[str(name)] = self.local[str(name)].replace(*words)
