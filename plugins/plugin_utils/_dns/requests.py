# SPDX-License-Identifier: GPL-3.0-or-later
"""What the provider dns is asked (docs/protocol.md): reads by cmdlet, operations by cmdlet and by dnscmd, and what each was planned on."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .._core.observation import Failure, Observations
from .._core.operations import Operation, Read

Record = t.Mapping[str, t.Any]
# What a server alone knows of its zones; the path is the same in every release.
ZONES = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\DNS Server\Zones"

# What a cmdlet's own getter says for something that is not there.
_NONE_THERE = ("0x8007255c", "0x80072581", "0x800725e5", "0x800725f2", "0x800726f4", "0x800726f8")


def zone_key(name: str) -> str:
    """How zones' names compare: without case, without the dot at the end."""
    return name.strip().lower().removesuffix(".")


def entry_call(operation: Operation) -> tuple[str, str]:
    """The verb and the noun of a cmdlet that adds or removes an entry of a list; two empty texts for any other operation."""
    verb, _, noun = str(operation.parameters.get("cmdlet", "")).partition("-") if operation.name == "call" else ("", "", "")
    return (verb, noun) if verb in ("Add", "Remove") else ("", "")


def get_read(cmdlet: str, *properties: str, **parameters: t.Any) -> Read:
    """The objects of C(Get-<cmdlet>) with these properties. cmdlet: a noun, such as V(DnsServerRecursion)."""
    return Read("dns", "get", {"cmdlet": cmdlet, "parameters": parameters, "properties": list(properties)})


def objects(observations: Observations, read: Read) -> list[Record]:
    """What a cmdlet gave. Raises HardeningError, a sentence that names the cmdlet, where it failed."""
    result = observations[read]
    if result.failure:
        if result.failure.hresult in _NONE_THERE:
            return []
        raise HardeningError(f"Nothing was changed: {sentence(result.failure, 'Get-' + read.parameters['cmdlet'])}")
    return list(result.value)


def one_object(observations: Observations, read: Read) -> Record:
    """The only object of a cmdlet that always has one."""
    found = objects(observations, read)
    if len(found) != 1:
        raise HardeningError(f"Nothing was changed: Get-{read.parameters['cmdlet']} gave {len(found)} objects instead of one.")
    return found[0]


def sentence(failure: Failure, what: str) -> str:
    """Why a read failed and what to do about it."""
    cure = _CURES.get(failure.kind, "")
    return f"{what} failed: {failure.describe().removesuffix('.')}. {cure}".rstrip()


_CURES = {
    "command_missing": "The DNS Server's tools are not on the host: install the feature RSAT-DNS-Server (Install-WindowsFeature RSAT-DNS-Server).",
    "service_stopped": "The DNS Server does not run: start the service DNS, and look into the event log DNS Server if it stops again.",
    "access_denied": "The account of the connection may not administer the DNS Server: use a member of Administrators, on a domain controller of DnsAdmins.",
    "zone_unknown": "No zone of this name is on the server.",
}


def listed(value: t.Any) -> list[t.Any]:
    """A property that is a list: CIM gives null for an empty one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def planned_one(read: Read, where: Record, values: Record) -> dict[str, t.Any]:
    """What must still hold before a write: exactly one object has what is in C(where), and has these values."""
    return {"cmdlet": read.parameters["cmdlet"], "parameters": read.parameters["parameters"], "where": dict(where), "values": dict(values)}


def planned_times(read: Read, where: Record, count: int) -> dict[str, t.Any]:
    """What must still hold before a write: so many objects have what is in C(where)."""
    return {**planned_one(read, where, {}), "count": count}


def planned_none(read: Read, where: Record) -> dict[str, t.Any]:
    """What must still hold before a write: no object has what is in C(where)."""
    return {"cmdlet": read.parameters["cmdlet"], "parameters": read.parameters["parameters"], "where": dict(where), "values": None}


def planned_zone(zone: str, values: Record) -> dict[str, t.Any]:
    """What must still stand in the registry of a secondary zone, which no cmdlet reads; None is absent."""
    return {"zone": zone, "values": dict(values)}


def call(cmdlet: str, parameters: Record, *planned: Record) -> Operation:
    """A cmdlet that writes, whole: V(Set-DnsServerRecursion)."""
    return Operation("dns", "call", {"cmdlet": cmdlet, "parameters": dict(parameters), "planned": list(planned)})


def dnscmd(command: str, arguments: t.Sequence[str], *planned: Record) -> Operation:
    """dnscmd.exe for this server: V(Config), V(ResetListenAddresses), V(ResetForwarders), V(ZoneResetSecondaries), V(WriteBackFiles)."""
    return Operation("dns", "dnscmd", {"command": command, "arguments": list(arguments), "planned": list(planned)})
