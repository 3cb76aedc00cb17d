# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what scripts use with what Windows PowerShell 5.1 on .NET Framework 4.6.2 has."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from compatibility.allowed import ACCELERATORS, COMMON_PARAMETERS, IMPORTS, PROGRAMS, TYPES, VERBS

HERE = Path(__file__).parent
Members = dict[str, list[list[str]]]
# PowerShell makes these of each other without being asked
NUMBERS = {
    f"System.{name}" for name in ("Byte", "SByte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Single", "Double", "Decimal")
}


@dataclass(frozen=True)
class Problem:
    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass
class Commands:
    """Commands of 5.1 with their parameters (None: not recorded), and its aliases. Names are in lower case."""

    parameters: dict[str, set[str] | None] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, file: Path) -> Commands:
        commands = cls()
        for module in json.loads(file.read_text("utf-8-sig"))["Modules"]:
            exported = module["ExportedCommands"] or []
            for item in exported if isinstance(exported, list) else [exported]:
                sets = item.get("ParameterSets")
                names = {name.lower() for name in re.findall(r"-(\w+)", str(sets))} if sets else None
                commands.parameters[str(item.get("Name")).lower()] = names
            commands.aliases.update(str(alias).lower() for alias in module["ExportedAliases"] or [])
        return commands


@dataclass
class Framework:
    """Types of the reference assemblies and of the allow list; names compare without case, as PowerShell does."""

    types: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, file: Path) -> Framework:
        return cls(json.loads(file.read_text("utf-8")))

    @cached_property
    def names(self) -> dict[str, str]:
        return {name.lower(): name for name in [*self.types, *TYPES]}

    @cached_property
    def everywhere(self) -> dict[str, list[list[str]] | None]:
        """Member name in lower case -> all its parameter lists; None where a type without recorded parameters has it."""
        found: dict[str, list[list[str]] | None] = {}
        for described in self.types.values():
            for name, signatures in described["members"].items():
                known = found.setdefault(name.lower(), [])
                if known is not None:
                    known.extend(signatures)
        found.update((name.lower(), None) for members, _source in TYPES.values() for name in members)
        return found

    def resolve(self, written: str, usings: Iterable[str]) -> str | None:
        plain = re.sub(r"\[.*$", "", written)
        if plain.lower() in ACCELERATORS:
            return ACCELERATORS[plain.lower()]
        for candidate in (plain, *(f"{space}.{plain}" for space in usings), f"System.{plain}"):
            for form in (candidate, *(f"{candidate}`{count}" for count in (1, 2) if "[" in written)):
                if form.lower() in self.names:
                    return self.names[form.lower()]
        return None

    def above(self, name: str) -> Iterator[str]:
        """The type itself and everything it is derived from."""
        yield name
        for parent in self.types.get(name, {}).get("above", ()):
            yield from self.above(parent)

    def signatures(self, name: str, member: str) -> list[list[str]] | None:
        """The parameter lists of a member, inherited ones included; None where there is no such member."""
        found: list[list[str]] | None = None
        for one in (*self.above(name), "System.Object"):
            for known, signatures in self.types.get(one, {"members": {}})["members"].items():
                if known.lower() == member.lower():
                    found = [*(found or []), *signatures]
        return found

    def takes(self, parameter: str, argument: str) -> bool:
        """Whether an argument of an evident type fits; of a text PowerShell makes nearly everything."""
        if argument in ("", "System.String", parameter) or parameter in ("System.Object", "!"):
            return True
        if argument in NUMBERS and parameter in NUMBERS:
            return True
        if argument.endswith("[]"):
            return parameter == "System.Array" or parameter.startswith("System.Collections.")
        return parameter in set(self.above(argument))


class Checker:
    """Finds what 5.1 lacks in the scripts of one scan."""

    def __init__(self, scan: dict[str, Any], framework: Framework, commands: Commands) -> None:
        self.scan = scan
        self.framework = framework
        self.commands = commands
        functions = (item for used in scan.values() for item in used["found"] if item["kind"] == "function")
        natives = (item for used in scan.values() for item in used["found"] if item["kind"] == "import")
        self.natives: dict[str, int] = {item["name"].lower(): item["count"] for item in natives}
        self.functions = {item["name"].lower(): {name.lower() for name in item["parameters"]} for item in functions}

    def problems(self) -> Iterator[Problem]:
        for file, used in self.scan.items():
            yield from _foreign_bytes(file)
            for item in used["found"]:
                for text in getattr(self, "_" + item["kind"])(item, used["usings"]):
                    yield Problem(file, item["line"], text)

    def _syntax(self, item: dict[str, Any], usings: list[str]) -> Iterator[str]:
        yield f"5.1 has no such syntax: {item['name']}"

    def _csharp(self, item: dict[str, Any], usings: list[str]) -> Iterator[str]:
        yield f"not C# 5 of .NET Framework 4.6.2: {item['name']}"

    def _import(self, item: dict[str, Any], usings: list[str]) -> Iterator[str]:
        known = IMPORTS.get(item["library"].lower(), {})
        if item["name"] not in known:
            yield f"{item['library']} has no listed function {item['name']}"
        elif known[item["name"]] != item["count"]:
            yield f"{item['name']} has {known[item['name']]} parameters, not {item['count']}"

    def _function(self, item: dict[str, Any], usings: list[str]) -> Iterator[str]:
        if item["name"].split("-")[0] not in VERBS or "-" not in item["name"]:
            yield f"the function {item['name']} has no approved verb"

    def _command(self, item: dict[str, Any], usings: list[str]) -> Iterator[str]:
        name = (item["name"] or "").lower()
        if not name or name in PROGRAMS:
            return
        if name in self.functions:
            known: set[str] | None = self.functions[name]
        elif name in self.commands.parameters:
            known = self.commands.parameters[name]
        elif name in self.commands.aliases:
            yield f"{item['name']} is an alias"
            return
        else:
            yield f"5.1 has no command {item['name']}"
            return
        if known is not None:
            allowed = known | {parameter.lower() for parameter in COMMON_PARAMETERS}
            yield from (f"{item['name']} has no parameter -{name}" for name in item["parameters"] if name.lower() not in allowed)

    def _type(self, item: dict[str, Any], usings: list[str]) -> Iterator[str]:
        if self.framework.resolve(item["name"], usings) is None:
            yield f"there is no type {item['name']}"

    def _member(self, item: dict[str, Any], usings: list[str]) -> Iterator[str]:
        owner = self.framework.resolve(item["type"], usings) if item["type"] else None
        if item["type"] and "[" in item["type"] and "]" in item["type"] and item["type"].endswith("[]"):
            owner = "System.Array"
        if owner is None or owner == "System.Management.Automation.PSObject":
            yield from self._member_anywhere(item)
        else:
            yield from self._member_of(item, owner, usings)

    def _member_of(self, item: dict[str, Any], owner: str, usings: list[str]) -> Iterator[str]:
        if owner in TYPES and owner not in self.framework.types:
            if item["name"].lower() not in {name.lower() for name in TYPES[owner][0]}:
                yield f"{owner} has no listed member {item['name']}"
            return
        constructor = item["static"] and item["name"].lower() == "new"
        if constructor and owner == "System.Array" and len(item["arguments"]) == 1:
            return  # PowerShell makes it of a length: about_Object_Creation
        signatures = self.framework.signatures(owner, ".ctor" if constructor else item["name"])
        if signatures is None:
            if item["name"] != "PSObject" and not (owner in TYPES and item["name"] in TYPES[owner][0]):
                yield f"{owner} has no member {item['name']}"
            return
        if not item["invoked"]:
            return
        given = [self._argument(name, usings) for name in item["arguments"]]
        fitting = [known for known in signatures if len(known) == len(given) or _variable_length(known, given)]
        if not fitting and not (constructor and not given):
            yield f"{owner}.{item['name']} does not take {len(given)} arguments"
        elif fitting and not any(self._fits(known, given) for known in fitting):
            yield f"{owner}.{item['name']} does not take ({', '.join(given)})"

    def _argument(self, name: str, usings: list[str]) -> str:
        """The type of an argument, empty where it is not evident."""
        found = (self.framework.resolve(name, usings) or "") if name else ""
        return f"{found}[]" if found and name.endswith("[]") else found

    def _fits(self, known: list[str], given: list[str]) -> bool:
        return len(known) != len(given) or all(self.framework.takes(*pair) for pair in zip(known, given, strict=True))

    def _member_anywhere(self, item: dict[str, Any]) -> Iterator[str]:
        everywhere = self.framework.everywhere
        name = item["name"].lower()
        if name in self.natives and item["invoked"]:
            if self.natives[name] != len(item["arguments"]):
                yield f"{item['name']} takes {self.natives[name]} arguments, not {len(item['arguments'])}"
            return
        if name not in everywhere:
            yield f"no type of .NET Framework 4.6.2 has a member {item['name']}"
            return
        signatures = everywhere[name]
        if item["invoked"] and signatures is not None:
            given = item["arguments"]
            if not any(len(known) == len(given) or _variable_length(known, given) for known in signatures):
                yield f"no {item['name']} of .NET Framework 4.6.2 takes {len(given)} arguments"


def _variable_length(known: list[str], given: list[str]) -> bool:
    return bool(known) and known[-1].endswith("[]") and len(given) >= len(known) - 1


def _foreign_bytes(file: str) -> Iterator[Problem]:
    for number, line in enumerate(Path(file).read_bytes().splitlines(), start=1):
        if not line.isascii():
            yield Problem(file, number, "a byte that is not ASCII: 5.1 reads scripts without a mark in the code page of the host")


def run(pwsh: str, script: str, *arguments: str) -> str:
    """What a script of this folder writes. Raises RuntimeError with its error."""
    done = subprocess.run(
        [pwsh, "-NoProfile", "-NonInteractive", "-File", str(HERE / script), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode or done.stderr.strip():
        raise RuntimeError(f"{script} ended with {done.returncode}: {done.stderr or done.stdout}")
    return done.stdout


def check(pwsh: str, assemblies: Path, files: Iterable[Path], framework: Framework, commands: Commands) -> list[Problem]:
    """assemblies: the folder of .NET Framework's reference assemblies, which C# is compiled against."""
    scan = json.loads(run(pwsh, "scan.ps1", str(assemblies), *map(str, files)))
    return list(Checker(scan, framework, commands).problems())
