# SPDX-License-Identifier: GPL-3.0-or-later
"""schtasks.exe: /query /xml, /create /xml and /delete of tasks.json.

Source: learn.microsoft.com/windows-server/administration/windows-commands/schtasks; the definition: [MS-TSCH] 2.5.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree

import host

ROOT = "{http://schemas.microsoft.com/windows/2004/02/mit/task}Task"


def failed(english: str, german: str) -> int:
    host.say(f"ERROR: {english}", f"FEHLER: {german}", error=True)
    return 1


def named(tasks: dict[str, str], name: str) -> str:
    """The task's path as it is stored; folders and names compare without case."""
    path = name if name.startswith("\\") else f"\\{name}"
    return next((known for known in tasks if known.lower() == path.lower()), path)


def query(name: str) -> int:
    tasks = host.read_json("tasks")
    definition = tasks.get(named(tasks, name))
    if definition is None:
        return failed("The system cannot find the file specified.", "Das System kann die angegebene Datei nicht finden.")
    host.say(definition)
    return 0


def definition_in(content: bytes) -> str | None:
    """The text of a task's XML file; None where it is no task."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return None
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return content.decode(encoding) if root.tag == ROOT else None


def create(name: str, file: str, force: bool) -> int:
    try:
        content = host.file_named(file).read_bytes()
    except OSError:
        return failed("The system cannot find the file specified.", "Das System kann die angegebene Datei nicht finden.")
    definition = definition_in(content)
    if definition is None:
        return failed("The task XML is malformed.\n(1,1)::", "Die Aufgaben-XML ist falsch formatiert.\n(1,1)::")
    tasks = host.read_json("tasks")
    path = named(tasks, name)
    if path in tasks and not force:
        host.say(
            f'WARNING: The task name "{name}" already exists. Do you want to replace it (Y/N)? ',
            f'WARNUNG: Der Aufgabenname "{name}" ist bereits vorhanden. Möchten Sie ihn ersetzen (J/N)? ',
        )
        return 1  # nobody answers
    host.write(lambda: host.write_json("tasks", tasks | {path: definition}))
    host.say(
        f'SUCCESS: The scheduled task "{name}" has successfully been created.',
        f'ERFOLGREICH: Die geplante Aufgabe "{name}" wurde erfolgreich erstellt.',
    )
    return 0


def delete(name: str, force: bool) -> int:
    tasks = host.read_json("tasks")
    path = named(tasks, name)
    if path not in tasks:
        return failed(
            f'The specified task name "{name}" does not exist in the system.',
            f'Der angegebene Aufgabenname "{name}" ist im System nicht vorhanden.',
        )
    if not force:
        host.say(f'WARNING: Are you sure you want to remove the task "{name}" (Y/N)? ')
        return 1
    del tasks[path]
    host.write(lambda: host.write_json("tasks", tasks))
    host.say(
        f'SUCCESS: The scheduled task "{name}" was successfully deleted.',
        f'ERFOLGREICH: Die geplante Aufgabe "{name}" wurde erfolgreich gelöscht.',
    )
    return 0


def main(arguments: list[str]) -> int:
    name, file, force = host.option(arguments, "/tn"), host.option(arguments, "/xml"), host.has_option(arguments, "/f")
    if name and host.has_option(arguments, "/query") and host.has_option(arguments, "/xml"):
        return query(name)
    if name and file and host.has_option(arguments, "/create"):
        return create(name, file, force)
    if name and host.has_option(arguments, "/delete"):
        return delete(name, force)
    return failed(
        'Invalid syntax.\nType "SCHTASKS /?" for usage.', 'Ungültige Syntax.\nGeben Sie "SCHTASKS /?" ein, um die Syntax anzuzeigen.'
    )


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except host.Refused as refusal:
        sys.exit(failed(str(refusal), str(refusal)))
