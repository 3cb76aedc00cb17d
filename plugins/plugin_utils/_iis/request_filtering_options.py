# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of iis_request_filtering: their spec, what they may not be, and the settings they stand for."""

from __future__ import annotations

import typing as t

from .._core.controls import Control
from .._core.errors import HardeningError
from .nodes import Node
from .request_filtering_table import ATTRIBUTES, COLLECTIONS, DENIED_EXTENSIONS, ENTRY_CONTROLS, AttributeRow, CollectionRow
from .settings import AttributeSetting, EntrySetting, ReplaceSetting, Setting

_UINT_MAX = 4294967295

Spec = dict[str, t.Any]


def argument_spec() -> Spec:
    """The options of the section itself, built from the tables so that none is forgotten."""
    spec: Spec = {}
    for row in ATTRIBUTES:
        _place(spec, row.option, {"type": row.type})
    for collection in COLLECTIONS:
        group = _place(spec, collection.option, {"type": "dict", "options": {}})
        group["options"] |= _collection_spec(collection)
    return spec


def _place(spec: Spec, option: str, value: Spec) -> Spec:
    """Puts an option at its path, making the groups above it; gives back what stands there."""
    *groups, name = option.split(".")
    for group in groups:
        spec = spec.setdefault(group, {"type": "dict", "options": {}})["options"]
    return t.cast("Spec", spec.setdefault(name, value))


def _collection_spec(row: CollectionRow) -> Spec:
    entries: Spec = {"type": "list", "elements": "str"}
    if row.values:
        entries = {"type": "list", "elements": "dict", "options": _entry_spec(row)}
    return {
        "mode": {"type": "str", "choices": ["merge", "replace"], "default": "merge"},
        "entries": entries,
        "absent": {"type": "list", "elements": "str"},
    }


def _entry_spec(row: CollectionRow) -> Spec:
    spec: Spec = {row.key[0]: {"type": "str", "required": True}}
    single = len(row.values) == 1
    spec |= {option: {"type": kind, "required": True} if single else {"type": kind} for option, _attribute, kind in row.values}
    return spec | {option: {"type": "list", "elements": "str"} for option, _element, _attribute in row.lists}


def settings_of(options: t.Mapping[str, t.Any]) -> list[Setting | ReplaceSetting]:
    """Every setting the options ask for, absent entries before new ones. Raises HardeningError for options that cannot be meant."""
    settings: list[Setting | ReplaceSetting] = []
    for row in ATTRIBUTES:
        value = _value_at(options, row.option)
        if value is not None:
            settings.append(_attribute_setting(row, value))
    for collection in COLLECTIONS:
        settings += _collection_settings(collection, _value_at(options, collection.option) or {})
    return settings


def _value_at(options: t.Mapping[str, t.Any], option: str) -> t.Any:
    value: t.Any = options
    for name in option.split("."):
        value = value.get(name) if value else None
    return value


def _attribute_setting(row: AttributeRow, value: t.Any) -> AttributeSetting:
    if row.type == "int":
        _check_uint(row.option, value)
    return AttributeSetting(row.option, row.element, row.attribute, value, row.controls, row.explicit)


def _collection_settings(row: CollectionRow, group: t.Mapping[str, t.Any]) -> list[Setting | ReplaceSetting]:
    entries = [_entry(row, item) for item in group.get("entries", [])]
    _check_keys(row, entries, group.get("absent", []))
    settings: list[Setting | ReplaceSetting] = [_absent_setting(row, name) for name in group.get("absent", [])]
    if group.get("mode") == "replace":
        settings.append(ReplaceSetting(row.option, row.element, tuple(entries)))
    return settings + [_entry_setting(row, entry) for entry in entries]


def _entry(row: CollectionRow, item: t.Any) -> Node:
    given = {row.key[0]: item} if isinstance(item, str) else item
    check_entry(row, given)
    attributes = {row.key[1]: given[row.key[0]]}
    attributes |= {attribute: given[option] for option, attribute, _type in row.values if given.get(option) is not None}
    lists = {
        element: {"entries": [{"attributes": {attribute: text}} for text in given[option]]}
        for option, element, attribute in row.lists
        if given.get(option) is not None
    }
    return {"attributes": attributes} | ({"elements": lists} if lists else {})


def _entry_setting(row: CollectionRow, entry: Node) -> EntrySetting:
    name = str(entry["attributes"][row.key[1]])
    return EntrySetting(row.option, row.element, name, entry, controls=row.controls or _controls(row, name, entry))


def _absent_setting(row: CollectionRow, name: str) -> EntrySetting:
    return EntrySetting(row.option, row.element, name, {"attributes": {row.key[1]: name}}, present=False)


def _controls(row: CollectionRow, name: str, entry: Node) -> tuple[Control, ...]:
    allowed = entry["attributes"].get("allowed")
    if row.option == "file_extensions":
        return (DENIED_EXTENSIONS,) if allowed is False else ()
    return ENTRY_CONTROLS.get((row.option, name.lower(), allowed), ())


def check_entry(row: CollectionRow, given: t.Mapping[str, t.Any]) -> None:
    """Raises HardeningError for an entry that IIS would refuse, or would take and never apply."""
    name = given[row.key[0]]
    if not name:
        raise _refusal(f"an entry of {row.option} has an empty {row.key[0]}", "give it, or leave the entry out")
    for option, _attribute, kind in row.values:
        if kind == "int" and given.get(option) is not None:
            _check_uint(f"{row.option} ({name}) {option}", given[option])
    extensions = [name] if row.option == "file_extensions" else given.get("applies_to") or []
    for extension in extensions:
        _check_extension(row.option, extension)
    if row.option == "always_allowed_urls" and not name.startswith("/"):
        raise _refusal(f"always_allowed_urls has {name}, which does not start with a slash", "write the whole path, such as /app/page.aspx")
    headers = ([name] if row.option == "request_limits.headers" else []) + list(given.get("scan_headers") or [])
    if any(":" in header for header in headers):
        raise _refusal(
            f"a header name of {row.option} has a colon, so IIS would never match it", "write the name alone, such as User-Agent"
        )
    for option, _element, _attribute in row.lists:
        _check_list(f"{row.option} ({name}) {option}", given.get(option) or [])


def _check_list(what: str, texts: t.Sequence[str]) -> None:
    if not all(texts):
        raise _refusal(f"{what} has an empty string", "leave it out")
    seen: dict[str, str] = {}
    for text in texts:
        if text.lower() in seen:
            raise _refusal(f"{what} has {seen[text.lower()]} and {text}, which are the same to IIS", "give one of them")
        seen[text.lower()] = text


def _check_extension(option: str, extension: str) -> None:
    if not extension.startswith("."):
        advice = "leave the list empty for every URL" if extension == "*" else f"write .{extension}"
        raise _refusal(f"{option} names the extension {extension}, which IIS would never match", advice)


def _check_keys(row: CollectionRow, entries: t.Sequence[Node], absent: t.Sequence[str]) -> None:
    """Raises HardeningError for the same key twice: IIS would refuse the second (case matters only for verbs)."""
    names = [str(entry["attributes"][row.key[1]]) for entry in entries] + list(absent)
    keys = names if row.option == "verbs" else [name.lower() for name in names]
    twice = sorted({names[number] for number, key in enumerate(keys) if keys.index(key) != number})
    if twice:
        raise _refusal(f"{row.option} names {', '.join(twice)} twice", "give each entry once, and not both as entry and as absent")


def _check_uint(what: str, value: int) -> None:
    if not 0 <= value <= _UINT_MAX:
        raise _refusal(f"{what} is {value}", f"it takes 0 to {_UINT_MAX}")


def _refusal(problem: str, advice: str) -> HardeningError:
    return HardeningError(f"Nothing was changed: {problem}; {advice}.")
