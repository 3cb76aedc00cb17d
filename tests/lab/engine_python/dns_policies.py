# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of the DNS Server, and what they speak of: client subnets, recursion scopes, exceptions of response rate limiting.

Source: [MS-DNSP] 3.1.4.1 (CreatePolicy, DeletePolicy, UpdatePolicy, client subnets, scopes) and 3.1.8.3 (which are valid).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .dns_service import DnsError, DnsService, Object
from .dns_zones import addresses

POLICIES = ("DnsServerQueryResolutionPolicy", "DnsServerZoneTransferPolicy")
SUBNETS, SCOPES, EXCEPTIONS = "DnsServerClientSubnet", "DnsServerRecursionScope", "DnsServerResponseRateLimitingExceptionlist"
# parameter -> CriteriaType, in the order in which a policy shows them. Source: DnsServerPolicyCriteria, DnsServerPSProvider
CRITERIA = {
    "ClientSubnet": "ClientSubnet",
    "TransportProtocol": "TransportProtocol",
    "InternetProtocol": "NetworkProtocol",
    "ServerInterfaceIP": "Interface",
    "Fqdn": "Fqdn",
    "QType": "Qtype",
    "TimeOfDay": "Time",
}
EXCEPTION_CRITERIA = ("ClientSubnet", "Fqdn", "ServerInterfaceIP")
POLICY_EXISTS, NO_POLICY, INVALID = 9971, 9972, 9974
SUBNET_USED, NO_SUBNET, SUBNET_EXISTS, ADDRESS_REQUIRED = 9975, 9976, 9977, 9573
SCOPE_EXISTS, NO_SCOPE, SCOPE_USED = 9953, 9959, 9988

Write = Callable[[DnsService, Object], None]


def _listed(service: DnsService, noun: str) -> list[Object]:
    found: list[Object] = service.document.setdefault(noun, [])
    return found


def _find(service: DnsService, noun: str, name: str, zone: str | None = None) -> Object | None:
    wanted = (name.lower(), (zone or "").lower())
    return next((one for one in _listed(service, noun) if (one["Name"].lower(), (one.get("ZoneName") or "").lower()) == wanted), None)


def _found(service: DnsService, noun: str, parameters: Object, missing: int) -> Object:
    found = _find(service, noun, parameters["Name"], parameters.get("ZoneName"))
    if found is None:
        raise DnsError(missing, f"{parameters['Name']} does not exist.")
    return found


def _refuse_second(service: DnsService, noun: str, parameters: Object, exists: int) -> None:
    if _find(service, noun, parameters["Name"], parameters.get("ZoneName")) is not None:
        raise DnsError(exists, f"{parameters['Name']} exists already.")


def _peers(service: DnsService, noun: str, policy: Object) -> list[Object]:
    """Policies that are processed one after the other with this one."""
    place = ("Level", "AppliesOn", "ZoneName")
    return [one for one in _listed(service, noun) if [one[key] for key in place] == [policy[key] for key in place] and one is not policy]


def _subnets_in(text: str) -> Iterator[str]:
    """The names in `EQ,one,two;NE,three`."""
    return (part for part in re.split("[,;]", text) if part.upper() not in ("EQ", "NE", ""))


def _check_subnets(service: DnsService, text: str | None) -> None:
    for name in _subnets_in(text or ""):
        if _find(service, SUBNETS, name) is None:
            raise DnsError(NO_SUBNET, f"There is no client subnet {name}.")


def _policy(noun: str, parameters: Object) -> Object:
    applies = (
        "ZoneTransfer" if noun.endswith("TransferPolicy") else "Recursion" if parameters.get("ApplyOnRecursion") else "QueryProcessing"
    )
    scope = parameters.get("RecursionScope")
    zone_scopes = [part.split(",") for part in filter(None, (parameters.get("ZoneScope") or "").split(";"))]
    content = (
        [{"ScopeName": scope, "Weight": 1}] if scope else [{"ScopeName": one[0], "Weight": int((*one, "1")[1])} for one in zone_scopes]
    )
    return {
        "Name": parameters["Name"],
        "Level": "Zone" if parameters.get("ZoneName") else "Server",
        "AppliesOn": applies,
        "Action": parameters["Action"].capitalize(),
        "Condition": parameters.get("Condition", "AND").capitalize(),
        "IsEnabled": not parameters.get("Disable"),
        "ProcessingOrder": 0,
        "ZoneName": parameters.get("ZoneName"),
        "Criteria": [{"CriteriaType": kind, "Criteria": parameters[name]} for name, kind in CRITERIA.items() if parameters.get(name)],
        "Content": content or None,
    }


def _check_policy(service: DnsService, policy: Object) -> None:
    """A policy allows only where it also says from which scope; at the server only recursion has one."""
    allows = policy["Action"] == "Allow"
    can_allow = (policy["Level"], policy["AppliesOn"]) in (("Zone", "QueryProcessing"), ("Server", "Recursion"))
    if not policy["Criteria"] or allows != bool(policy["Content"]) or (allows and not can_allow):
        raise DnsError(INVALID, f"The settings of the policy {policy['Name']} are invalid.")
    for one in policy["Content"] or () if policy["AppliesOn"] == "Recursion" else ():
        if one["ScopeName"] != "." and _find(service, SCOPES, one["ScopeName"]) is None:
            raise DnsError(NO_SCOPE, f"There is no recursion scope {one['ScopeName']}.")


def _place(service: DnsService, noun: str, policy: Object, order: int) -> None:
    """Zero is behind all others; a number that is taken moves the others back."""
    peers = _peers(service, noun, policy)
    last = len(peers) + 1
    if order > last:
        raise DnsError(INVALID, f"There is no place {order} for the policy.")
    policy["ProcessingOrder"] = order or last
    for peer in peers:
        if order and peer["ProcessingOrder"] >= order:
            peer["ProcessingOrder"] += 1


def _close_gap(service: DnsService, noun: str, policy: Object) -> None:
    for peer in _peers(service, noun, policy):
        if peer["ProcessingOrder"] > policy["ProcessingOrder"]:
            peer["ProcessingOrder"] -= 1


def _add_policy(noun: str) -> Write:
    def write(service: DnsService, parameters: Object) -> None:
        if parameters.get("ZoneName"):
            service.zone(parameters["ZoneName"])
        _refuse_second(service, noun, parameters, POLICY_EXISTS)
        _check_subnets(service, parameters.get("ClientSubnet"))
        policy = _policy(noun, parameters)
        _check_policy(service, policy)
        _place(service, noun, policy, parameters.get("ProcessingOrder", 0))
        _listed(service, noun).append(policy)

    return write


def _set_policy(noun: str) -> Write:
    """A criterion that is given replaces the one of its type; the rest stays."""

    def write(service: DnsService, parameters: Object) -> None:
        policy = _found(service, noun, parameters, NO_POLICY)
        _check_subnets(service, parameters.get("ClientSubnet"))
        kept = {one["CriteriaType"]: one["Criteria"] for one in policy["Criteria"]}
        kept |= {kind: parameters[name] for name, kind in CRITERIA.items() if parameters.get(name)}
        changed = {"Criteria": [{"CriteriaType": kind, "Criteria": kept[kind]} for kind in CRITERIA.values() if kind in kept]}
        if "Condition" in parameters:
            changed["Condition"] = parameters["Condition"].capitalize()
        if "RecursionScope" in parameters:
            changed["Content"] = [{"ScopeName": parameters["RecursionScope"], "Weight": 1}]
        _check_policy(service, policy | changed)
        policy |= changed
        if "ProcessingOrder" in parameters:
            _close_gap(service, noun, policy)
            _place(service, noun, policy, parameters["ProcessingOrder"])

    return write


def _remove_policy(noun: str) -> Write:
    def write(service: DnsService, parameters: Object) -> None:
        policy = _found(service, noun, parameters, NO_POLICY)
        _close_gap(service, noun, policy)
        _listed(service, noun).remove(policy)

    return write


def _add_subnet(service: DnsService, parameters: Object) -> None:
    _refuse_second(service, SUBNETS, parameters, SUBNET_EXISTS)
    subnets = {kind: list(parameters.get(kind) or []) or None for kind in ("IPv4Subnet", "IPv6Subnet")}
    if not any(subnets.values()):
        raise DnsError(ADDRESS_REQUIRED, "A client subnet needs a subnet.")
    _listed(service, SUBNETS).append({"Name": parameters["Name"], **subnets})


def _set_subnet(service: DnsService, parameters: Object) -> None:
    """REPLACE takes both families from the call."""
    subnet = _found(service, SUBNETS, parameters, NO_SUBNET)
    action = parameters["Action"].upper()
    changed = {}
    for kind in ("IPv4Subnet", "IPv6Subnet"):
        own, given = subnet.get(kind) or [], parameters.get(kind) or []
        by_action = {"REPLACE": given, "ADD": own + given, "REMOVE": [one for one in own if one not in given]}
        changed[kind] = list(by_action[action]) or None
    if not any(changed.values()):
        raise DnsError(ADDRESS_REQUIRED, "A client subnet needs a subnet.")
    subnet |= changed


def _users(service: DnsService, kind: str, name: str) -> bool:
    """Whether a policy speaks of this client subnet."""
    texts = [
        one["Criteria"]
        for noun in POLICIES
        for policy in _listed(service, noun)
        for one in policy["Criteria"]
        if one["CriteriaType"] == kind
    ]
    texts += [one.get("ClientSubnet") or "" for one in _listed(service, EXCEPTIONS)]
    return any(name.lower() == found.lower() for text in texts for found in _subnets_in(text))


def _remove_subnet(service: DnsService, parameters: Object) -> None:
    subnet = _found(service, SUBNETS, parameters, NO_SUBNET)
    if _users(service, "ClientSubnet", subnet["Name"]):
        raise DnsError(SUBNET_USED, f"A policy uses the client subnet {subnet['Name']}.")
    _listed(service, SUBNETS).remove(subnet)


def _add_scope(service: DnsService, parameters: Object) -> None:
    if parameters["Name"] == "." or _find(service, SCOPES, parameters["Name"]):
        raise DnsError(SCOPE_EXISTS, f"The scope {parameters['Name']} exists already.")
    servers = addresses(parameters.get("Forwarder")) or None
    _listed(service, SCOPES).append(
        {"Name": parameters["Name"], "Forwarder": servers, "EnableRecursion": parameters.get("EnableRecursion", True)}
    )


def _set_scope(service: DnsService, parameters: Object) -> None:
    """The scope `.` is the server itself."""
    if parameters["Name"] == ".":
        _set_own_scope(service, parameters)
        return
    scope = _found(service, SCOPES, parameters, NO_SCOPE)
    if "Forwarder" in parameters:
        scope["Forwarder"] = addresses(parameters["Forwarder"]) or None
    if "EnableRecursion" in parameters:
        scope["EnableRecursion"] = parameters["EnableRecursion"]


def _set_own_scope(service: DnsService, parameters: Object) -> None:
    if "Forwarder" in parameters:
        service.set("DnsServerForwarder", "IPAddress", addresses(parameters["Forwarder"]) or None)
    if "EnableRecursion" in parameters:
        service.set("DnsServerRecursion", "Enable", parameters["EnableRecursion"])


def _remove_scope(service: DnsService, parameters: Object) -> None:
    scope = _found(service, SCOPES, parameters, NO_SCOPE)
    contents = [one for noun in POLICIES for policy in _listed(service, noun) for one in policy["Content"] or ()]
    if any(one["ScopeName"].lower() == scope["Name"].lower() for one in contents):
        raise DnsError(SCOPE_USED, f"A policy uses the scope {scope['Name']}.")
    _listed(service, SCOPES).remove(scope)


def _exception(parameters: Object) -> Object:
    given = {name: parameters[name] for name in EXCEPTION_CRITERIA if parameters.get(name)}
    return given | ({"Condition": parameters["Condition"].capitalize()} if "Condition" in parameters else {})


def _add_exception(service: DnsService, parameters: Object) -> None:
    _refuse_second(service, EXCEPTIONS, parameters, POLICY_EXISTS)
    _check_subnets(service, parameters.get("ClientSubnet"))
    added = {"Name": parameters["Name"], "Condition": "And", **dict.fromkeys(EXCEPTION_CRITERIA), **_exception(parameters)}
    if not any(added[name] for name in EXCEPTION_CRITERIA):
        raise DnsError(INVALID, "An exception needs a criterion.")
    _listed(service, EXCEPTIONS).append(added)


def _set_exception(service: DnsService, parameters: Object) -> None:
    found = _found(service, EXCEPTIONS, parameters, NO_POLICY)
    _check_subnets(service, parameters.get("ClientSubnet"))
    found |= _exception(parameters)


def _remove_exception(service: DnsService, parameters: Object) -> None:
    _listed(service, EXCEPTIONS).remove(_found(service, EXCEPTIONS, parameters, NO_POLICY))


WRITERS: dict[str, Write] = {
    **{f"Add-{noun}": _add_policy(noun) for noun in POLICIES},
    **{f"Set-{noun}": _set_policy(noun) for noun in POLICIES},
    **{f"Remove-{noun}": _remove_policy(noun) for noun in POLICIES},
    f"Add-{SUBNETS}": _add_subnet,
    f"Set-{SUBNETS}": _set_subnet,
    f"Remove-{SUBNETS}": _remove_subnet,
    f"Add-{SCOPES}": _add_scope,
    f"Set-{SCOPES}": _set_scope,
    f"Remove-{SCOPES}": _remove_scope,
    f"Add-{EXCEPTIONS}": _add_exception,
    f"Set-{EXCEPTIONS}": _set_exception,
    f"Remove-{EXCEPTIONS}": _remove_exception,
}
