# SPDX-License-Identifier: GPL-3.0-or-later
"""One value of the DNS Server is set: its range, what zero means, and the registry."""

from __future__ import annotations

from typing import Any

from lab.dns_values import BY_PROPERTY, FLAG, HOUR, HOURS, INVERTED, LIST, NUMBER, TEXT, Value

from .dns_service import DnsError, DnsService, Object

TOO_SMALL, TOO_LARGE, INVALID_PROPERTY = 9566, 9567, 9553


def checked(value: Value, number: int) -> int:
    """The number as the service takes it. A timer of zero is its default; a flag beyond one is one."""
    if value.form in (FLAG, INVERTED):
        return min(number, 1)
    if number == 0 and value.zero_is_default:
        return int(value.default)
    if not value.allows(number):
        raise DnsError(TOO_SMALL if number < value.lowest else TOO_LARGE, f"{value.name} cannot be {number}.")
    return number


def set_number(service: DnsService, value: Value, number: int) -> None:
    """As the service is asked over its own interface, in the registry's terms."""
    if value.read_only:
        raise DnsError(INVALID_PROPERTY, f"{value.name} can only be written to the registry.")
    service.set(value.noun, value.property, value.shown(checked(value, number)))


def set_property(service: DnsService, noun: str, name: str, shown: Any) -> None:
    """As a cmdlet asks, in the property's terms. What no registry value stands behind is taken as it is."""
    value = BY_PROPERTY.get((noun, name))
    if value is None:
        service.set(noun, name, shown)
    elif value.form == NUMBER:
        set_number(service, value, int(shown))
    elif value.form == HOURS:
        set_number(service, value, int(shown) // HOUR)
    elif value.form == LIST:
        service.set(noun, name, list(shown) if shown or isinstance(value.default, tuple) else None)
    else:
        service.set(noun, name, (shown or None) if value.form == TEXT else bool(shown))


def set_all(service: DnsService, noun: str, parameters: Object, renamed: dict[str, str] | None = None) -> None:
    """Every parameter as the property of this name, or of the one that it is renamed to."""
    for name, shown in parameters.items():
        set_property(service, noun, (renamed or {}).get(name, name), shown)
