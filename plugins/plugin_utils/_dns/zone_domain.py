# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones into which domain controllers write their own records: without dynamic updates nobody finds the domain any more.

Sources: MS-DNSP 3.1.1.2.1 (Netlogon registers a domain controller's records by dynamic update, below _msdcs and in the zone of the domain);
MS-ADTS 6.3.2.3 (every domain controller registers _ldap._tcp below the domain's name, its services below _tcp, _udp and _sites, and the
directory's partitions by DomainDnsZones and ForestDnsZones).
"""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .._core.observation import Failure, Observations
from .._core.operations import Read
from .listen import question_address
from .recursion_loss import bare
from .requests import Record, get_read, listed, one_object, zone_key
from .restart import answers, zones_query

_LOCATOR = "_msdcs."
_SERVICE = "_ldap._tcp."
# Below these labels, whatever zone they are a part of; each of them may be a zone of its own.
_LOCATORS = frozenset({"_msdcs", "_tcp", "_udp", "_sites", "domaindnszones", "forestdnszones"})
_BY_NAME = "domain controllers register the services of their domain below such a name"
# DNS_ERROR_RCODE_NAME_ERROR 9003 and DNS_INFO_NO_RECORDS 9501
_NO_SUCH = ("0x8007232b", "0x8007251d")
LISTEN_READ = get_read("DnsServerSetting", "ListeningIPAddress")


def domain_read() -> Read:
    return Read("registry", "value", {"hive": "HKLM", "key": r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "name": "Domain"})


def domain_of(observations: Observations) -> str:
    """The DNS domain of the host; empty where it has none."""
    result = observations[domain_read()]
    if result.failure:
        raise HardeningError(f"Nothing was changed: the host's DNS domain cannot be read: {result.failure.describe()}.")
    return zone_key(str(result.value["value"] or ""))


def services_query(names: t.Sequence[str], observations: Observations) -> Read | None:
    """Which of these zones have the records by which a domain is found; None where there is nobody, or nothing, to ask."""
    addresses = listed(one_object(observations, LISTEN_READ).get("ListeningIPAddress"))
    return zones_query(question_address([bare(one) for one in addresses]), [_SERVICE + zone_key(name) for name in names], "SRV", 0)


def serving_zones(observations: Observations) -> dict[str, str]:
    """Of the zones that were asked those that have such records, or did not say, each with the reason.

    Once updates have ended in some of them fewer would be asked, so what was asked is what counts.
    """
    found: dict[str, str] = {}
    for query, _answer in observations.items():
        if query.name == "query" and query.parameters["questions"][0]["type"] == "SRV":
            names = [str(question["name"]).removeprefix(_SERVICE) for question in query.parameters["questions"]]
            reasons = (_reason(answer) for answer in answers(observations, query))
            found |= {name: reason for name, reason in zip(names, reasons, strict=False) if reason}
            # its own records have other names than those that were asked for
            found |= {name: _BY_NAME for name in names if _is_locator(name)}
    return found


def _reason(answer: Record) -> str | None:
    if any(record["type"] == "SRV" for record in answer.get("records", ())):
        return "it has the records by which a domain is found (_ldap._tcp), which domain controllers register in it"
    if "error" not in answer or answer["error"].get("hresult") in _NO_SUCH:
        return None
    return f"the server did not say whether a domain is found by it ({Failure.from_answer(answer['error']).describe()})"


def registered_zones(names: t.Iterable[str], domain: str) -> dict[str, str]:
    """Of these zones those that domain controllers register in, each with the reason.

    They are _msdcs of any forest, the zone such a zone belongs to, zones below the names of services, and the zone that holds the domain: its
    own, or the nearest above it.
    """
    keys = {zone_key(name) for name in names}
    found = {key: _BY_NAME for key in sorted(keys) if _is_locator(key)}
    for key in sorted(key for key in keys if key.startswith(_LOCATOR)):
        found[key] = "the domain controllers of the forest are found by it"
        if key.removeprefix(_LOCATOR) in keys:
            found[key.removeprefix(_LOCATOR)] = "the domain controllers of the forest's root register in it"
    holder = _holder(keys, domain)
    if holder:
        found[holder] = f"the domain controllers of {domain} register in it"
    return found


def _is_locator(key: str) -> bool:
    return not _LOCATORS.isdisjoint(key.split("."))


def _holder(keys: t.Container[str], domain: str) -> str | None:
    labels = domain.split(".") if domain else []
    # a zone of one label is a whole top-level domain, which is no domain of the directory unless it is this one
    candidates = [".".join(labels[number:]) for number in range(len(labels))]
    return next((one for one in candidates if one in keys and (one == domain or "." in one)), None)
