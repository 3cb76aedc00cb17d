# SPDX-License-Identifier: GPL-3.0-or-later
"""The nine attribute types: text in a file to value and back, and the schema's validators.

Types, ranges and validators: the schema file's own comment, "The following format is used to document the schema".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .errors import Refusal

if TYPE_CHECKING:
    from .schema import Attribute

UINT_MAX = 2**32 - 1
RANGES = {"uint": (0, UINT_MAX), "int": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
TIME_SPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})")
UNIT_SECONDS = {"seconds": 1, "minutes": 60}
FORBIDDEN_CHARACTERS = {"applicationPoolName": '|<>&"/[]+=;:,?*@\\', "siteName": "/?"}
PATH_VALIDATORS = ("applicationPath", "virtualDirectoryPath")


def parse(attribute: Attribute, text: str) -> Any:
    """The value of `text` as the protocol types it; Refusal `invalid_value` where it is not of the type."""
    return PARSERS[attribute.type](attribute, text)


def _refuse(attribute: Attribute, message: str) -> Refusal:
    return Refusal("invalid_value", f"The '{attribute.name}' attribute is invalid. {message}")


def _parse_bool(attribute: Attribute, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise _refuse(attribute, "Boolean must be one of true, false")
    return text.lower() == "true"


def _parse_number(attribute: Attribute, text: str) -> int:
    if attribute.allow_infinite and text.lower() == "infinite":
        return UINT_MAX
    low, high = RANGES[attribute.type]
    if not re.fullmatch(r"\s*[+-]?\d+\s*", text) or not low <= int(text) <= high:
        raise _refuse(attribute, f"Not a valid {attribute.type}")
    return int(text)


def _parse_enum(attribute: Attribute, text: str) -> str:
    return _name(attribute, text, f"Enum must be one of {', '.join(attribute.values)}")


def _parse_flags(attribute: Attribute, text: str) -> str:
    names = [part.strip() for part in text.split(",") if part.strip()]
    message = f"Flags must be some combination of {', '.join(attribute.values)}"
    chosen = {_name(attribute, name, message) for name in names}
    return join_flags(attribute, sum({attribute.values[name] for name in chosen}))


def join_flags(attribute: Attribute, number: int) -> str:
    """The names of the flags in `number`, in the schema's order; the name of zero where there is one."""
    names = [name for name, value in attribute.values.items() if value and number & value == value]
    return ", ".join(names or [name for name, value in attribute.values.items() if value == 0])


def _name(attribute: Attribute, text: str, message: str) -> str:
    for name in attribute.values:
        if name.lower() == text.lower():
            return name
    raise _refuse(attribute, message)


def _parse_time_span(attribute: Attribute, text: str) -> str:
    if attribute.allow_infinite and text.lower() == "infinite":
        return format_seconds(UINT_MAX * UNIT_SECONDS.get(attribute.time_span_format, 1))
    unit = UNIT_SECONDS.get(attribute.time_span_format)
    if unit is not None and text.isdecimal():
        return format_seconds(int(text) * unit)
    if not (found := TIME_SPAN.fullmatch(text.strip())):
        raise _refuse(attribute, "Time span is not of the form d.hh:mm:ss")
    return format_seconds(_seconds(found))


def _seconds(found: re.Match[str]) -> int:
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def format_seconds(total: int) -> str:
    """.NET's "c" format without fractions."""
    days, rest = divmod(total, 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days}.{clock}" if days else clock


def _parse_string(attribute: Attribute, text: str) -> str:
    return text


PARSERS = {
    "bool": _parse_bool,
    "uint": _parse_number,
    "int": _parse_number,
    "int64": _parse_number,
    "enum": _parse_enum,
    "flags": _parse_flags,
    "timeSpan": _parse_time_span,
    "string": _parse_string,
}
JSON_TYPES: dict[str, type] = {"bool": bool, "uint": int, "int": int, "int64": int}


def to_text(attribute: Attribute, value: Any) -> str:
    """How the API stores `value`; Refusal `invalid_value` where the type or a validator refuses it."""
    wanted = JSON_TYPES.get(attribute.type, str)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise _refuse(attribute, "Specified cast is not valid.")
    text = str(value).lower() if wanted is bool else str(value)
    return _checked_text(attribute, text)


def _checked_text(attribute: Attribute, text: str) -> str:
    value = parse(attribute, text)
    validate(attribute, value)
    return text if attribute.type in ("bool", "string") else str(value)


def validate(attribute: Attribute, value: Any) -> None:
    """The schema's validator, on a typed value."""
    kind, parameter = attribute.validation, attribute.parameter or ""
    if kind == "nonEmptyString" and not value:
        raise _refuse(attribute, "String must not be empty")
    if kind in ("integerRange", "timeSpanRange"):
        _validate_range(attribute, value, parameter)
    if kind in FORBIDDEN_CHARACTERS and set(value) & set(FORBIDDEN_CHARACTERS[kind]):
        raise _refuse(attribute, f"String must not contain any of {FORBIDDEN_CHARACTERS[kind]}")
    if kind in PATH_VALIDATORS and not _is_virtual_path(value):
        raise _refuse(attribute, "Not a valid path: it starts with '/', does not end with it, and has no '.' or '..'")
    if kind == "requireTrimmedString" and value != value.strip():
        raise _refuse(attribute, "String must be trimmed")


def _validate_range(attribute: Attribute, value: Any, parameter: str) -> None:
    numbers = [int(part) for part in parameter.split(",") if part.strip().lstrip("-").isdigit()]
    excluded = parameter.strip().lower().endswith("exclude")
    if attribute.type == "timeSpan":
        value = _seconds(TIME_SPAN.fullmatch(value))  # type: ignore[arg-type]
        if len(numbers) > 2 and value % numbers[2]:
            raise _refuse(attribute, f"Time span must be a multiple of {numbers[2]} seconds")
    if (numbers[0] <= value <= numbers[1]) == excluded:
        where = "outside" if excluded else "between"
        raise _refuse(attribute, f"Integer value must be {where} {numbers[0]} and {numbers[1]} inclusive")


def _is_virtual_path(value: str) -> bool:
    segments = value.split("/")[1:]
    return value.startswith("/") and (value == "/" or value[-1] != "/") and not {".", ".."} & set(segments)
