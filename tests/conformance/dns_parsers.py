# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what tools write about a DNS Server; for the samples only, the product needs none of it."""

from __future__ import annotations

import collections
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import dns.name
import dns.zone

CLIXML = "{http://schemas.microsoft.com/powershell/2004/04}"
NUMBERS = {"U16", "U32", "I32", "I64", "U64"}
DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
SCALES = (86400, 3600, 60, 1)


def text_of(file: Path) -> str:
    return file.read_text("utf-8-sig", errors="replace")


# --- ConvertTo-Json of 5.1 ---


def json_objects(file: Path) -> list[dict[str, Any]]:
    """One or several objects, keys in small letters, without what only PowerShell remoting adds."""
    value = json.loads(text_of(file))
    return [_plain(item) for item in (value if isinstance(value, list) else [value])]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "IPAddressToString" in value:
        return value["IPAddressToString"]
    if "Ticks" in value:
        return value["Ticks"] // 10_000_000
    if "CimInstanceProperties" in value:
        return _cim(value)
    return {name.lower(): _plain(item) for name, item in value.items() if name != "PSComputerName"}


def _cim(value: dict[str, Any]) -> dict[str, str]:
    """A nested instance: one property is a text, several are a list of texts."""
    lines = value["CimInstanceProperties"]
    pairs = (line.split(" = ", 1) for line in (lines if isinstance(lines, list) else [lines]))
    return {name: text.strip('"') for name, text in pairs}


# --- dnscmd ---


def dnscmd_values(text: str) -> dict[str, Any]:
    """`name = value` lines; a list's addresses under the heading that they follow. A heading may stand at the end of another line."""
    found: dict[str, Any] = {}
    heading = ""
    for line in text.splitlines():
        for name in re.findall(r"(Zone Masters|Zone Secondaries|Scavenge Servers|ServerAddresses|ListenAddresses|Forwarders)\b", line):
            heading = name
            found.setdefault(heading, [])
        address = re.search(r"addr=(\S+)", line)
        pair = re.match(r"\s*([A-Za-z][A-Za-z ]*?)\s*= (.*?)(?:\s{2,}(?:Scavenge Servers|flags).*)?$", line)
        if address:
            found[heading].append(address[1])
        elif pair:
            found[pair[1]] = int(pair[2]) if re.fullmatch(r"\d{1,7}", pair[2]) else pair[2].strip()
    return found


def dnscmd_zones(text: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Name, type, storage, properties. A long name pushes the columns, so they are told by spaces."""
    lines = text.partition("Zone name")[2].splitlines()[1:]
    rows = [line.split() for line in lines if line.startswith(" ") and line.strip()]
    return [(row[0], row[1], row[2], tuple(row[3:])) for row in rows]


def dnscmd_status(text: str) -> tuple[int, str]:
    """Number and symbolic name of a failure; both stand in every language."""
    found = re.search(r"Command failed:\s+(\w+)\s+(\d+)\s+0x([0-9A-Fa-f]+)", text)
    assert found
    assert int(found[2]) == int(found[3], 16)
    return int(found[2]), found[1]


# --- the registry ---


def registry_values(text: str) -> dict[str, Any]:
    """What `reg query` shows of one key: numbers as numbers, a multi-string as a list."""
    rows = re.findall(r"^    (\S+)    (REG_\w+)    ?(.*)$", text, re.MULTILINE)
    return {name: _registry_value(kind, value) for name, kind, value in rows}


def _registry_value(kind: str, value: str) -> Any:
    if kind == "REG_DWORD":
        return int(value, 16)
    return value.split("\\0") if kind == "REG_MULTI_SZ" else value


def access_rows(text: str) -> list[tuple[str, str]]:
    """Who, and the rights as written, of a Format-Table of an access list."""
    rows = re.findall(r"^(.+?)\s{2,}(?:Allow|Deny)\s+(?:True|False)\s+\w+\s+(.+?)\s*$", text, re.MULTILINE)
    return [(name, rights) for name, rights in rows]


# --- Export-Clixml ---


def clixml_properties(file: Path) -> dict[str, Any]:
    """The adapted properties of the first object."""
    first = ElementTree.parse(file).getroot().find(f"{CLIXML}Obj")
    assert first is not None
    return _properties(first)


def _properties(item: ElementTree.Element) -> dict[str, Any]:
    props = item.find(f"{CLIXML}Props")
    return {one.attrib["N"]: _clixml(one) for one in (props if props is not None else ()) if one.attrib["N"] != "PSComputerName"}


def _clixml(item: ElementTree.Element) -> Any:
    kind = item.tag.removeprefix(CLIXML)
    if kind == "Nil":
        return None
    if kind == "Obj":
        values = item.find(f"{CLIXML}LST")
        return _properties(item) if values is None else [_clixml(one) for one in values]
    text = item.text or ""
    if kind in NUMBERS:
        return int(text)
    if kind == "TS":
        return _seconds(text)
    # _x005F_ is an underscore that would else look like such an escape
    plain = re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
    return text == "true" if kind == "B" else plain


def _seconds(text: str) -> int:
    found = DURATION.fullmatch(text)
    assert found
    return sum(int(part or 0) * scale for part, scale in zip(found.groups(), SCALES, strict=True))


# --- reports ---


def tables(text: str) -> list[list[dict[str, str]]]:
    """Blocks of tab-separated rows below a header."""
    blocks = re.split(r"\n\s*\n", text)
    found = []
    for block in blocks:
        lines = [line for line in block.splitlines() if "\t" in line]
        if lines:
            header = lines[0].split("\t")
            found.append([dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:]])
    return found


def tables_with(text: str, *columns: str) -> list[list[dict[str, str]]]:
    return [rows for rows in tables(text) if rows and set(columns) <= set(rows[0])]


def addresses(row: dict[str, str], *columns: str) -> list[str]:
    return [one for column in columns for one in row[column].split(" / ") if one and one != "--"]


# --- zone files and root hints ---


def zone_records(file: Path, origin: str) -> set[tuple[str, str, str]]:
    """Owner, type and data with whole names; records of other names are glue, which a zone reader leaves out."""
    zone = dns.zone.from_text(text_of(file), origin=origin, relativize=False, check_origin=False)
    return {(str(name), rdataset.rdtype.name, record.to_text()) for name, rdataset in zone.iterate_rdatasets() for record in rdataset}


def glue(file: Path) -> dict[str, str]:
    """Addresses of names outside the zone, which Windows writes below the NS record."""
    return dict(re.findall(r"^(\S+\.)\s+A\s+(\S+)$", text_of(file), re.MULTILINE))


def root_hints(text: str) -> dict[str, set[str]]:
    """Name in small letters to its addresses."""
    found: dict[str, set[str]] = collections.defaultdict(set)
    for name, address in re.findall(
        r"^([A-M]\.ROOT-SERVERS\.NET\.)\s+\d+\s+(?:IN\s+)?(?:A|AAAA)\s+(\S+)$", text, re.MULTILINE | re.IGNORECASE
    ):
        found[name.lower()].add(address.lower())
    return dict(found)


def trust_anchors(text: str) -> list[tuple[int, int, int]]:
    """Key tag, algorithm and digest type or flags of each DS or DNSKEY record of the root."""
    digests = [(int(tag), int(algorithm), int(kind)) for tag, algorithm, kind in re.findall(r"IN DS (\d+) (\d+) (\d+)", text)]
    keys = [(int(tag), int(alg), int(flags)) for flags, alg, tag in re.findall(r"IN DNSKEY (\d+) 3 (\d+) .*keytag (\d+)", text)]
    return digests + keys


# --- what a person sees ---


def listed(text: str) -> dict[str, str]:
    """Format-List: name and text, the `(s)` of the view taken off the name."""
    pairs = re.findall(r"^(\w+)(?:\(s\))?\s*: ?(.*)$", text, re.MULTILINE)
    return {name: value.strip() for name, value in pairs}


def win32_number(text: str) -> tuple[int, str]:
    """The number and the cmdlet of an error's id; the message is in the host's language."""
    found = re.search(r"FullyQualifiedErrorId\s*:\s*WIN32 (\d+),([\w-]+)", text)
    assert found
    return int(found[1]), found[2]


def debug_lines(text: str) -> list[tuple[str, str, str, str]]:
    """Direction, address, code and name of each packet; three forms of dates and two of names."""
    rows = re.findall(r"(UDP|TCP) +(Snd|Rcv) +(\S+) +[0-9a-f]{4} .*?\[[0-9a-f]{4} +\w* +(\w+)\] +\w+ +(\S+)", text)
    return [(direction, address, code, debug_name(name)) for _, direction, address, code, name in rows]


def debug_name(text: str) -> str:
    """`(3)www(7)example(0)` and `.www.example.` are the same name."""
    labels = re.findall(r"\(\d+\)([^(]+)", text)
    return ".".join(labels) if labels else text.strip(".")


def packet_header(text: str) -> dict[str, int]:
    return {name: int(value) for name, value in re.findall(r"^ +(QR|OPCODE|AA|TC|RD|RA|RCODE) +(\d+)", text, re.MULTILINE)}


def zone_table(text: str) -> list[tuple[str, ...]]:
    """The default view of Get-DnsServerZone; the last column is empty for a forwarder."""
    return [tuple(line.split()) for line in text.splitlines() if re.search(r"\b(True|False)\b", line)]


def stig_rules(file: Path) -> list[tuple[str, str]]:
    """Rule and STIG id of a benchmark, in its order."""
    root = ElementTree.parse(file).getroot()
    space = root.tag.partition("}")[0] + "}"
    rules = []
    for group in root.iter(f"{space}Group"):
        version = group.find(f"{space}Rule/{space}version")
        assert version is not None
        rules.append((group.attrib["id"], str(version.text)))
    return rules
