# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: the registry as Microsoft.Win32.RegistryKey gives and takes it."""

from __future__ import annotations

from lab.behaviour.expectation import InAnswer, Part, ReadError, Steps
from lab.behaviour.requests import apply, reads, registry_delete, registry_set, value
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation

KEY = r"SOFTWARE\Lab\Values"
VALUES = {
    "Text": {"kind": "String", "value": "a"},
    "Path": {"kind": "ExpandString", "value": r"%SystemRoot%\x"},
    "Number": {"kind": "DWord", "value": 4294967295},
    "Big": {"kind": "QWord", "value": 18446744073709551615},
    "List": {"kind": "MultiString", "value": ["one"]},
    "Bytes": {"kind": "Binary", "value": "00ff"},
    "": {"kind": "String", "value": "default"},
}
HERE = Situation(registry={KEY: VALUES, KEY + r"\b": {}, KEY + r"\A\deep": {}})
ODD = Situation(registry={KEY: {"Odd": {"kind": "None", "value": "00"}}})
ABSENT = {"exists": False}
ONE = {"exists": True, "kind": "DWord", "value": 4294967295}
DOCS = "Microsoft.Win32.RegistryKey, learn.microsoft.com"
PROTOCOL = "docs/protocol.md"

ROWS = (
    Row(
        "registry: a string",
        HERE,
        reads(value(KEY, "Text")),
        (Part("", {"key_exists": True, "exists": True, "kind": "String", "value": "a"}),),
        DOCS,
        "D",
    ),
    Row(
        "registry: names compare without case",
        HERE,
        reads(value(KEY.lower(), "TEXT")),
        (Part("", {"exists": True, "value": "a"}),),
        DOCS,
        "D",
    ),
    Row(
        "registry: an expandable string stays unexpanded",
        HERE,
        reads(value(KEY, "Path")),
        (Part("", {"kind": "ExpandString", "value": r"%SystemRoot%\x"}),),
        DOCS + ": DoNotExpandEnvironmentNames",
        "D",
    ),
    Row(
        "registry: numbers are unsigned",
        HERE,
        reads(value(KEY, "Number"), value(KEY, "Big")),
        (Part("value", 4294967295), Part("value", 18446744073709551615, number=1)),
        PROTOCOL,
        "P",
    ),
    Row("registry: a list of one stays a list", HERE, reads(value(KEY, "List")), (Part("value", ["one"]),), PROTOCOL, "P"),
    Row("registry: bytes are small hexadecimal digits", HERE, reads(value(KEY, "Bytes")), (Part("value", "00ff"),), PROTOCOL, "P"),
    Row("registry: the default value", HERE, reads(value(KEY, "")), (Part("value", "default"),), DOCS, "D"),
    Row(
        "registry: an absent value and an absent key",
        HERE,
        reads(value(KEY, "No"), value(KEY + r"\No", "No")),
        (
            Part("", {"key_exists": True, "exists": False, "kind": None, "value": None}),
            Part("", {"key_exists": False, "exists": False}, number=1),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "registry: a key with its values and subkeys",
        HERE,
        reads({"provider": "registry", "read": "key", "hive": "HKLM", "key": KEY}),
        (Part("", {"exists": True, "subkeys": ["A", "b"]}), Part("values/Text", {"kind": "String", "value": "a"})),
        DOCS,
        "D",
    ),
    Row(
        "registry: a key that is not there",
        HERE,
        reads({"provider": "registry", "read": "key", "hive": "HKLM", "key": KEY + r"\No"}),
        (Part("", {"exists": False, "values": {}, "subkeys": []}),),
        PROTOCOL,
        "P",
    ),
    Row(
        "registry: several keys at once",
        Situation(registry={KEY: {"Number": VALUES["Number"]}, KEY + r"\Odd": {"Odd": {"kind": "None", "value": "00"}}}),
        reads({"provider": "registry", "read": "keys", "hive": "HKLM", "below": "", "keys": [KEY, KEY + r"\No", KEY + r"\Odd"]}),
        (
            Part("0/value/values/Number", {"kind": "DWord", "value": 4294967295}),
            Part("1/value", {"exists": False, "values": {}, "subkeys": []}),
            Part("2/value/values", {"Odd": {"kind": "None", "value": None}}),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "registry: a list of one key stays a list",
        HERE,
        reads({"provider": "registry", "read": "keys", "hive": "HKLM", "below": KEY + "\\", "keys": ["A"]}),
        (Part("0/value", {"exists": True, "values": {}, "subkeys": ["deep"]}),),
        PROTOCOL,
        "P",
    ),
    Row(
        "registry: no key at all",
        HERE,
        reads({"provider": "registry", "read": "keys", "hive": "HKLM", "below": "", "keys": []}),
        (Part("", []),),
        PROTOCOL,
        "P",
    ),
    Row(
        "registry: a kind that cannot be carried hides no other value of its key",
        Situation(registry={KEY: {"Odd": {"kind": "None", "value": "00"}, **VALUES}}),
        reads({"provider": "registry", "read": "key", "hive": "HKLM", "key": KEY}),
        (Part("values", {"Odd": {"kind": "None", "value": None}, "Text": VALUES["Text"], "List": VALUES["List"]}),),
        PROTOCOL,
        "P",
    ),
    Row("registry: a kind that cannot be carried", ODD, reads(value(KEY, "Odd")), (ReadError("registry_type"),), PROTOCOL, "P"),
    Row(
        "registry: set creates the key",
        HERE,
        apply(registry_set(KEY + r"\new", "On", "DWord", 1, ABSENT), read=(value(KEY + r"\new", "On"),)),
        (Steps(("done",)), Part("", {"key_exists": True, "kind": "DWord", "value": 1}), InAnswer("changed", True)),
        DOCS,
        "D",
    ),
    *(
        Row(
            f"registry: set {kind} {data}",
            HERE,
            apply(registry_set(KEY, "New", kind, data, ABSENT), read=(value(KEY, "New"),)),
            (Steps(("done",)), Part("", {"exists": True, "kind": kind, "value": data})),
            DOCS,
            "D",
        )
        for kind, data in (
            ("ExpandString", r"%SystemRoot%\y"),
            ("QWord", 2**64 - 1),
            ("MultiString", ["one", "two"]),
            ("MultiString", []),
            ("Binary", "00ff10"),
        )
    ),
    Row(
        "registry: set replaces a list that it was planned on",
        HERE,
        apply(
            registry_set(KEY, "List", "MultiString", ["two"], {"exists": True, "kind": "MultiString", "value": ["one"]}),
            read=(value(KEY, "List"),),
        ),
        (Steps(("done",)), Part("value", ["two"])),
        DOCS,
        "D",
    ),
    Row(
        "registry: set keeps the spelling of the name",
        HERE,
        apply(registry_set(KEY, "NUMBER", "DWord", 2, ONE), read=({"provider": "registry", "read": "key", "hive": "HKLM", "key": KEY},)),
        (Steps(("done",)), Part("values/Number/value", 2), Part("values/NUMBER", "(missing)")),
        DOCS,
        "K",
    ),
    Row(
        "registry: set changes the kind",
        HERE,
        apply(registry_set(KEY, "Number", "String", "2", ONE), read=(value(KEY, "Number"),)),
        (Steps(("done",)), Part("", {"kind": "String", "value": "2"})),
        DOCS,
        "D",
    ),
    Row(
        "registry: delete leaves the key",
        HERE,
        apply(registry_delete(KEY, "Number", ONE), read=(value(KEY, "Number"),)),
        (Steps(("done",)), Part("", {"key_exists": True, "exists": False})),
        DOCS,
        "D",
    ),
    Row(
        "registry: a planned value that changed",
        HERE,
        apply(registry_set(KEY, "Number", "DWord", 2, ABSENT), read=(value(KEY, "Number"),)),
        (Steps(("failed:changed_meanwhile",)), Part("value", 4294967295)),
        PROTOCOL,
        "P",
    ),
    Row(
        "registry: a planned kind that changed",
        HERE,
        apply(registry_delete(KEY, "Text", {"exists": True, "kind": "ExpandString", "value": "a"})),
        (Steps(("failed:changed_meanwhile",)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "registry: a number that is too great",
        HERE,
        apply(registry_set(KEY, "Number", "DWord", 2**32, ONE), read=(value(KEY, "Number"),)),
        (Steps(("failed:invalid_value",)), Part("value", 4294967295)),
        DOCS,
        "D",
    ),
    Row(
        "registry: a failed plan stops the steps before it too",
        HERE,
        apply(registry_set(KEY, "New", "DWord", 2, ABSENT), registry_delete(KEY, "Text", ABSENT), read=(value(KEY, "New"),)),
        (Steps(("not_attempted", "failed:changed_meanwhile")), Part("exists", False)),
        PROTOCOL,
        "P",
    ),
    Row(
        "registry: facts from the registry",
        Situation(
            registry={
                r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending": {},
                r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired": {},
            }
        ),
        reads(value(KEY, "x")),
        (
            InAnswer(
                "facts",
                {
                    "build": 20348,
                    "revision": 2700,
                    "product_type": "ServerNT",
                    "installation": "Server",
                    "process_bits": 64,
                    "reboot_pending": ["component_servicing", "windows_update"],
                    "language": "en-US",
                    "elevated": True,
                },
            ),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "registry: a fact that cannot be read hides no other",
        Situation(
            registry={
                r"SOFTWARE\Microsoft\Windows NT\CurrentVersion": {
                    "CurrentBuildNumber": {"kind": "String", "value": "unknown"},
                    "ProductName": {"kind": "String", "value": "Windows Server 2022 Standard"},
                },
                r"SYSTEM\CurrentControlSet\Control\Session Manager": {
                    "PendingFileRenameOperations": {"kind": "MultiString", "value": ["\\??\\C:\\a", ""]}
                },
            }
        ),
        reads(value(KEY, "x")),
        (InAnswer("facts", {"build": None, "product": "Windows Server 2022 Standard", "reboot_pending": ["file_rename"]}),),
        PROTOCOL,
        "P",
    ),
)
