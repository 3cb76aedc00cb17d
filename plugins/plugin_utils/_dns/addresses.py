# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses as they compare: the text that .NET's IPAddress writes, whatever way a person spelled it."""

from __future__ import annotations

import ipaddress
import typing as t

from .._core.errors import HardeningError


def parsed_addresses(given: t.Iterable[str], where: str) -> tuple[str, ...]:
    """Normalised, each once, in the order given. Raises HardeningError, a sentence with C(where), for what is no host's address.

    The whole address must be there: PowerShell itself makes 0.0.0.1 of "1" and 10.0.0.1 of "10.1".
    """
    return tuple(dict.fromkeys(_parsed(text, where) for text in given))


def parsed_forwarders(given: t.Iterable[str], where: str) -> list[str]:
    """The same of servers that are asked. Raises HardeningError for a loopback address as well."""
    found = list(parsed_addresses(given, where))
    if any(ipaddress.ip_address(one).is_loopback for one in found):
        raise HardeningError(f"Nothing was changed: {where} has a loopback address; the server would ask itself.")
    return found


def normal(address: t.Any) -> str:
    """An address that a host gave, as it compares; what is none stays as it is."""
    try:
        return str(ipaddress.ip_address(str(address).strip()))
    except ValueError:
        return str(address)


def same(one: t.Iterable[t.Any], other: t.Iterable[t.Any]) -> bool:
    """Whether two lists name the same addresses; neither order nor spelling counts."""
    return {normal(address) for address in one} == {normal(address) for address in other}


def _parsed(text: str, where: str) -> str:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        raise HardeningError(f"Nothing was changed: {where} has {text!r}, which is no IP address. Names are not looked up.") from None
    mapped = isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped
    if address.is_multicast or address.is_unspecified or mapped:
        raise HardeningError(f"Nothing was changed: {where} has {text}, which is not the address of a server.")
    return str(address)
