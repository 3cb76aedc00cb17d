# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of what Windows' own tools print: security templates, registry files, firewall listings. No project code is used."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

Values = dict[str, dict[str, Any]]
# key below the hive -> value name -> {"kind", "value"}
Keys = dict[str, Values]

KINDS = {"REG_SZ": "String", "REG_EXPAND_SZ": "ExpandString", "REG_DWORD": "DWord", "REG_MULTI_SZ": "MultiString", "REG_BINARY": "Binary"}
POL_NONE, POL_TEXT, POL_NUMBER, POL_LIST = 0, 1, 4, 7


def text_of(file: Path) -> str:
    """UTF-16 with a mark, or one byte for each character; lines end with a line feed."""
    content = file.read_bytes()
    text = content.decode("utf-16") if content[:2] == b"\xff\xfe" else content.decode("cp1252")
    return text.replace("\r\n", "\n")


def template_section(text: str, name: str) -> dict[str, str]:
    """The lines of one section of a security template."""
    found = re.search(rf"^\[{re.escape(name)}\]\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    lines = (line for line in (found[1] if found else "").split("\n") if "=" in line)
    return {key.strip(): value.strip() for key, value in (line.split("=", 1) for line in lines)}


def registration(text: str) -> Keys:
    """A .reg file: the keys of HKEY_LOCAL_MACHINE."""
    keys: Keys = {}
    values: Values = {}
    for line in text.replace(",\\\n", ",").split("\n"):
        if line.startswith("[HKEY_LOCAL_MACHINE\\"):
            values = keys.setdefault(line[1:-1].split("\\", 1)[1], {})
        elif line.startswith('"'):
            name, value = _registration_line(line)
            values[name] = value
    return keys


def _registration_line(line: str) -> tuple[str, dict[str, Any]]:
    found = re.fullmatch(r'"((?:[^"\\]|\\.)*)"=(.*)', line.rstrip())
    assert found is not None, line
    name, data = _plain(found[1]), found[2]
    if data.startswith("dword:"):
        return name, {"kind": "DWord", "value": int(data[6:], 16)}
    if data.startswith("hex(7):"):
        return name, {"kind": "MultiString", "value": _items(bytes.fromhex(re.sub(r"[,\s]", "", data[7:])))}
    return name, {"kind": "String", "value": _plain(data[1:-1])}


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _items(data: bytes) -> list[str]:
    return [item for item in data.decode("utf-16-le").split("\0") if item]


def query(text: str) -> Keys:
    """What `reg query` prints; it puts a backslash and a zero between the items of a list."""
    keys: Keys = {}
    values: Values = {}
    for line in filter(None, text.split("\n")):
        if line.startswith("HKEY_LOCAL_MACHINE\\"):
            values = keys.setdefault(line.split("\\", 1)[1], {})
        else:
            name, kind, data = line.strip().split("    ", 2)
            value = int(data, 16) if kind == "REG_DWORD" else data.split("\\0") if kind == "REG_MULTI_SZ" else data
            values[name] = {"kind": KINDS[kind], "value": value}
    return keys


def listing(text: str) -> Keys:
    """What Get-ItemProperty prints: numbers, and lines of its own that begin with PS, broken at the window's width."""
    joined = re.sub(r"\n {24}", "", text)
    pairs = dict(re.findall(r"^(\w+) *: (.*)$", joined, re.MULTILINE))
    key = pairs["PSPath"].split("HKEY_LOCAL_MACHINE\\", 1)[1]
    return {key: {name: {"kind": "DWord", "value": int(value)} for name, value in pairs.items() if not name.startswith("PS")}}


def policy_file(content: bytes) -> Keys:
    """Registry.pol: a mark, a version, then `[key;name;type;size;data]` in UTF-16. Source: Registry Policy File Format."""
    assert content[:8] == b"PReg\x01\0\0\0"
    keys: Keys = {}
    for key, name, kind, data in _policy_entries(content[8:]):
        values = keys.setdefault(key, {})
        if kind == POL_NUMBER:
            values[name] = {"kind": "DWord", "value": struct.unpack("<I", data)[0]}
        elif kind == POL_LIST:
            values[name] = {"kind": "MultiString", "value": _items(data)}
        elif kind == POL_TEXT and not name.startswith("**"):
            values[name] = {"kind": "String", "value": data.decode("utf-16-le").rstrip("\0")}
    return keys


def _policy_entries(content: bytes) -> Iterator[tuple[str, str, int, bytes]]:
    at = 0
    while at < len(content):
        key, at = _until_zero(content, at + 2)
        name, at = _until_zero(content, at + 2)
        kind, size = struct.unpack_from("<2xI2xI2x", content, at)
        at += 14
        yield key, name, kind, content[at : at + size]
        at += size + 2


def _until_zero(content: bytes, at: int) -> tuple[str, int]:
    end = at
    while content[end : end + 2] != b"\0\0":
        end += 2
    return content[at:end].decode("utf-16-le"), end + 2


def administrative_template(content: bytes) -> dict[str, tuple[str, dict[str, list[Any]]]]:
    """An ADMX: policy of the machine -> its key, and of each value that it writes what may be written.

    First what the policy writes when it is enabled, then what it offers or writes when it is disabled; numbers, or text.
    """
    root = etree.fromstring(content)
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    policies = (policy for policy in root.iter("policy") if policy.get("class") != "User")
    return {policy.get("name"): (policy.get("key").strip("\\"), _written(policy)) for policy in policies}


def _written(policy: etree._Element) -> dict[str, list[Any]]:
    written: dict[str, list[Any]] = {}
    for path in ("enabledValue", "disabledValue"):
        for value in policy.findall(path):
            written.setdefault(policy.get("valueName"), []).append(_data(value))
    for element in policy.findall("elements/enum"):
        written[element.get("valueName")] = [_data(value) for value in element.findall("item/value")]
    for item in [*policy.findall("enabledList/item"), *policy.findall("disabledList/item")]:
        written.setdefault(item.get("valueName"), []).append(_data(item.find("value")))
    return written


def _data(value: etree._Element) -> Any:
    child = value[0]
    return int(child.get("value")) if child.tag == "decimal" else child.text


def blocks(text: str, first: str) -> list[dict[str, str]]:
    """What netsh and Format-List print: `Name: value` lines, each block begins with the line `first`."""
    found: list[dict[str, str]] = []
    for name, value in re.findall(r"^(\w[\w ]*?) *: *(.*?) *$", text, re.MULTILINE):
        if name == first:
            found.append({})
        found[-1].setdefault(name, value)
    return found


PROTOCOLS = {"TCP": "6", "UDP": "17"}


def netsh_rule(block: dict[str, str]) -> str:
    """A rule as netsh shows it, as the text that Windows stores. A display name stands for the group's resource string."""
    profiles = block["Profiles"].split(",")
    fields = [
        ("Action", block["Action"]),
        ("Active", str(block["Enabled"] == "Yes").upper()),
        ("Dir", block["Direction"]),
        ("Protocol", PROTOCOLS.get(block["Protocol"], "")),
        *(("Profile", profile) for profile in (profiles if len(profiles) < 3 else [])),
        ("LPort", block.get("LocalPort", "Any").replace("Any", "")),
        ("Name", block["Rule Name"]),
        ("EmbedCtxt", block["Grouping"]),
    ]
    return _rule(fields)


def cmdlet_rule(block: dict[str, str]) -> str:
    """The same for Get-NetFirewallRule; the group is not among what was printed, so it is the name's first part."""
    fields = [
        ("Action", block["Action"]),
        ("Active", block["Enabled"].upper()),
        ("Dir", {"Inbound": "In", "Outbound": "Out"}[block["Direction"]]),
        *(("Profile", profile.strip()) for profile in block["Profile"].split(",") if profile != "Any"),
        ("Name", block["DisplayName"]),
        ("EmbedCtxt", block["DisplayName"].split(" - ")[0]),
    ]
    return _rule(fields)


def _rule(fields: list[tuple[str, str]]) -> str:
    return "v2.31|" + "".join(f"{name}={value}|" for name, value in fields if value)
