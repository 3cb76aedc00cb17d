# SPDX-License-Identifier: GPL-3.0-or-later
"""The controls that ask for options of the DNS Server. Ids HW-DNS-01 to HW-DNS-39 are theirs."""

from __future__ import annotations

import typing as t

from .._core.controls import Control

_STIG = "DISA Microsoft Windows Server DNS STIG V1R1"
_BPA = "Microsoft Best Practices Analyzer for the DNS Server"
_NOTES = "the administrator's hardening notes this collection comes from"
_SPEC = "MS-DNSP 3.1.1.1.1"


def _control(
    number: str, title: str, reason: str, source: str, *references: str, thresholds: t.Mapping[str, t.Container[t.Any]] | None = None
) -> Control:
    return Control(f"HW-DNS-{number}", title, reason, source, references, thresholds or {})


def _stig(number: str, title: str, reason: str, *references: str) -> Control:
    return _control(number, title, reason, f"{_STIG} {references[0]}", *references)


RECURSION = _stig(
    "01",
    "A server that only serves its own zones does not recurse",
    "Whoever may have it resolve names can fill its cache and flood others through it.",
    *("V-259341", "WDNS-22-000009"),
)
# What counts is where the forwarders are and that nothing else is asked; the resource claims the references only then.
FORWARDERS = _stig(
    "02",
    "Queries go to the internal forwarders and nowhere else",
    "With root hints beside them names of the inside are asked of servers that nobody knows.",
    *("V-259342", "WDNS-22-000010"),
)
POLLUTION = _control(
    "03",
    "Records that the asked server has no say in are not cached",
    "A server that answers one query could plant others.",
    f"{_SPEC} SecureResponses; {_NOTES}",
)
LOCKING = _control(
    "04", "Cached records cannot be overwritten", "It takes an attacker the whole time to live to try again.", f"{_BPA} ff807360"
)
SOCKET_POOL = _control(
    "05", "Queries leave from many ports", "An answer is forged the sooner the fewer ports there are to guess.", f"{_BPA} ff807375"
)
VERSION = _stig("06", "Nobody learns the version", "It says which attacks will work.", "V-259403", "WDNS-22-000075")
BLOCK_LIST = _control(
    "07",
    "The names wpad and isatap are blocked",
    "Who registers them is every client's proxy or router.",
    f"MS-DNSP 3.1.1.1.3 GlobalQueryBlockList; {_NOTES}",
)
RATE_LIMITING = _stig(
    "08", "Equal answers are limited", "The server floods whose address a stranger puts in his queries.", "V-259417", "WDNS-22-000120"
)
EVENT_LOG = _stig(
    "09",
    "Errors and warnings are logged",
    "Nobody notices what is not written down.",
    *("V-259335", "V-259337", "WDNS-22-000002", "WDNS-22-000004"),
)
LISTEN = _control(
    "10", "Queries are answered on the addresses that are meant for it", "An address that nobody thinks of is asked by strangers.", _NOTES
)
VALIDATION = _control(
    "11",
    "Signatures of answers are asked for and checked",
    "A forged answer is told by its signature.",
    "MS-DNSP 3.1.1.1.1 EnableDnsSec; RFC 4035",
)
TRUST_ANCHORS = _control(
    "12", "There are trust anchors to validate by", "Without one nothing is validated.", "RFC 4035 5; IANA root zone trust anchors"
)
UDP_SIZE = _control(
    "13",
    "UDP packets are small enough not to be fragmented",
    "Who forges a fragment forges the answer.",
    "Microsoft ADV200013 (CVE-2020-25705)",
)
TCP_SIZE = _control(
    "14", "TCP answers of 64 kB are not taken", "They overflow on a server without its update.", "Microsoft KB4569509 (CVE-2020-1350)"
)
PLUGIN = _control("15", "The service loads no plug-in", "A library named there runs as SYSTEM.", "MS-DNSP 3.1.1.1.2 ServerLevelPluginDll")
PROXY_UPDATES = _control(
    "16",
    "Records made by DnsUpdateProxy have an owner",
    "Without one anybody who may update takes the name over.",
    "MS-DNSP 3.1.1.1.1 OpenAclOnProxyUpdates",
)
INVERSE_QUERIES = _control(
    "17",
    "Inverse queries are not answered",
    "Nobody sends them but a scanner.",
    "MS-DNSP 3.1.1.1.1 EnableIQueryResponseGeneration; RFC 3425",
)
READ_ONLY_TRANSFERS = _control(
    "18",
    "A read-only domain controller gives no zones away",
    "It stands where nobody watches it.",
    "MS-DNSP 3.1.1.1.1 AllowReadOnlyZoneTransfer",
)
SCAVENGING = _control(
    "19",
    "The server looks for records that nobody renews",
    "An address that was given to another keeps the old name.",
    f"{_BPA}, scavenging",
)
CLIENTS = _control(
    "20",
    "Policies decide for whom names are resolved",
    "A resolver that is open to everybody is used against everybody.",
    f"{_STIG} V-259343, what its title asks for",
)
TRANSFER_CLIENTS = _control("21", "Policies decide who is given zones", "A zone is a map of the network.", _NOTES)

CONTROLS = (
    *(RECURSION, FORWARDERS, POLLUTION, LOCKING, SOCKET_POOL, VERSION, BLOCK_LIST, RATE_LIMITING, EVENT_LOG, LISTEN, VALIDATION),
    *(TRUST_ANCHORS, UDP_SIZE, TCP_SIZE, PLUGIN, PROXY_UPDATES, INVERSE_QUERIES, READ_ONLY_TRANSFERS, SCAVENGING, CLIENTS),
    TRANSFER_CLIENTS,
)
