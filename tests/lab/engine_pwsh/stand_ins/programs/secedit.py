# SPDX-License-Identifier: GPL-3.0-or-later
"""secedit.exe: /export and /configure of security.inf.

Sources: learn.microsoft.com/windows-server/administration/windows-commands/secedit-export and secedit-configure; real exports
(SIDs with a star, accounts of the machine by name; LockoutDuration and ResetLockoutCount only while LockoutBadCount is not 0; UTF-16
with a byte order mark for a new file, the encoding of one that is there). Lockout values that contradict each other: error 87.
"""

from __future__ import annotations

import sys

import host
import inf

# area -> its sections
AREAS = {
    "SECURITYPOLICY": ("System Access", "Event Audit", "Registry Values", "Kerberos Policy"),
    "USER_RIGHTS": ("Privilege Rights",),
    "GROUP_MGMT": ("Group Membership",),
}
VERSION = {"signature": '"$CHICAGO$"', "Revision": "1"}
BOM = b"\xff\xfe"
LOCKOUT = ("LockoutDuration", "ResetLockoutCount")
ADMINISTRATOR = "AllowAdministratorLockout"
# minutes, in force as soon as accounts are locked at all: since the update of October 2022, which brought the setting, and before
NEW_DEFAULT, OLD_DEFAULT = "10", "30"
# What every host knows of [System Access]; AllowAdministratorLockout only one that has it. Other names are passed over.
KNOWN = {
    name.lower()
    for name in (
        "MinimumPasswordAge MaximumPasswordAge MinimumPasswordLength PasswordComplexity PasswordHistorySize LockoutBadCount "
        "ResetLockoutCount LockoutDuration RequireLogonToChangePassword ForceLogoffWhenHourExpire NewAdministratorName "
        "NewGuestName ClearTextPassword LSAAnonymousNameLookup EnableAdminAccount EnableGuestAccount"
    ).split()
}
LOG = "%windir%\\security\\logs\\scesrv.log"


class Failed(Exception):
    """The program ends with exit code 1 and says why, in English and in German."""


PARAMETER = ("The parameter is incorrect.", "Falscher Parameter.")
INVALID_DATA = ("The data is invalid.", "Die Daten sind unzulässig.")
NO_FILE = ("The system cannot find the file specified.", "Das System kann die angegebene Datei nicht finden.")
NO_PATH = ("The system cannot find the path specified.", "Das System kann den angegebenen Pfad nicht finden.")
USAGE = ("The command syntax is incorrect.", "Die Syntax des Befehls ist falsch.")
NO_RIGHTS = (
    "You do not have sufficient permissions to perform this command.",
    "Sie verfügen nicht über ausreichende Berechtigungen zum Ausführen dieses Befehls.",
)


def security() -> inf.Sections:
    file = host.BOX / "security.inf"
    return inf.parse(file.read_text("utf-8")) if file.exists() else {}


def own_accounts() -> dict[str, str]:
    """SID -> name of the accounts and groups that the machine itself has."""
    accounts = host.read_json("accounts")
    known = [*accounts.get("users", []), *accounts.get("groups", [])]
    return {one["sid"].upper(): one["name"] for one in known if not one["sid"].startswith("S-1-5-32-")}


def named(value: str) -> str:
    """A list of SIDs as an export has it."""
    names = own_accounts()
    items = [item.strip() for item in value.split(",") if item.strip()]
    return ",".join(names.get(item.lstrip("*").upper(), item) for item in items)


def unnamed(value: str) -> str:
    """A list of SIDs and names as the box stores it."""
    sids = {name.lower(): sid for sid, name in own_accounts().items()}
    items = []
    for item in (item.strip() for item in value.split(",")):
        sid = item[1:] if item.startswith("*") else sids.get(item.lower())
        if item and sid is None:
            raise Failed(
                "No mapping between account names and security IDs was done.",
                "Zuordnungen von Kontennamen und Sicherheitskennungen wurden nicht durchgeführt.",
            )
        items += [f"*{sid}"] if item else []
    return ",".join(items)


def areas(arguments: list[str]) -> list[str]:
    """The areas behind /areas; all of them without it."""
    words = [argument.upper() for argument in arguments]
    if "/AREAS" not in words:
        return list(AREAS)
    chosen = []
    for word in words[words.index("/AREAS") + 1 :]:
        if word.startswith("/"):
            break
        chosen.append(word)
    if not chosen or not set(chosen) <= {*AREAS, "REGKEYS", "FILESTORE", "SERVICES"}:
        raise Failed(*USAGE)
    return chosen


def exported(chosen: list[str]) -> inf.Sections:
    stored = security()
    made: inf.Sections = {"Unicode": {"Unicode": "yes"}}
    for name in [section for area in AREAS if area in chosen for section in AREAS[area]]:
        if name in stored:
            made[name] = dict(stored[name])
    if "System Access" in made:
        made["System Access"] = with_lockout(made["System Access"])
    if "Privilege Rights" in made:
        made["Privilege Rights"] = {right: named(value) for right, value in made["Privilege Rights"].items()}
    return made | {"Version": VERSION}


def with_lockout(access: dict[str, str]) -> dict[str, str]:
    made: dict[str, str] = {}
    locks = int(inf.get(access, "LockoutBadCount") or 0) > 0
    for key, value in access.items():
        if key not in LOCKOUT:
            made[key] = value
        if key == "LockoutBadCount" and locks:
            made |= {name: minutes(access, name) for name in reversed(LOCKOUT)}
    return made


def minutes(access: dict[str, str], name: str) -> str:
    return inf.get(access, name) or (OLD_DEFAULT if inf.get(access, ADMINISTRATOR) is None else NEW_DEFAULT)


def export(file: str, chosen: list[str]) -> None:
    if not host.folder_exists(file):
        raise Failed(*NO_PATH)
    target = host.file_named(file)
    text = inf.text_of(exported(chosen)).replace("\n", "\r\n")
    wide = not target.exists() or target.read_bytes()[:2] == BOM
    target.write_bytes(BOM + text.encode("utf-16-le") if wide else text.encode("cp1252", "replace"))


def template(file: str) -> inf.Sections:
    try:
        content = host.file_named(file).read_bytes()
    except OSError:
        raise Failed(*NO_FILE) from None
    text = content[2:].decode("utf-16-le") if content[:2] == BOM else content.decode("cp1252")
    sections = inf.parse(text)
    if inf.get(inf.table(sections, "Version"), "signature") != VERSION["signature"]:
        raise Failed(*INVALID_DATA)
    return sections


def with_access(stored: dict[str, str], asked: dict[str, str]) -> dict[str, str]:
    """[System Access] with what was asked for. Nothing of it is applied where the lockout values contradict each other."""
    made = dict(stored)
    has_administrator = inf.get(stored, ADMINISTRATOR) is not None
    asked = {
        key: value for key, value in asked.items() if key.lower() in KNOWN or (has_administrator and key.lower() == ADMINISTRATOR.lower())
    }
    for key, value in asked.items():
        inf.put(made, key, value)
    if int(inf.get(made, "LockoutBadCount") or 0) == 0:
        if any(inf.get(asked, name) is not None for name in LOCKOUT):
            raise Failed(*PARAMETER)
        return {key: value for key, value in made.items() if key not in LOCKOUT}
    duration, reset = (int(minutes(made, name)) for name in LOCKOUT)
    if reset > duration != -1:
        raise Failed(*PARAMETER)
    for name, value in zip(LOCKOUT, (duration, reset), strict=True):
        inf.put(made, name, str(value))
    return made


def configure(file: str, database: str, chosen: list[str]) -> None:
    if not host.folder_exists(database):
        raise Failed(*NO_PATH)
    asked, stored = template(file), security()
    # the database engine keeps a second file beside its own
    for made in (database, database.rpartition(".")[0] + ".jfm"):
        host.file_named(made).write_bytes(b"")
    host.write(lambda: apply(stored, asked, chosen))


def apply(stored: inf.Sections, asked: inf.Sections, chosen: list[str]) -> None:
    if "SECURITYPOLICY" in chosen and "System Access" in asked:
        stored["System Access"] = with_access(inf.table(stored, "System Access"), asked["System Access"])
    for area, name in (("USER_RIGHTS", "Privilege Rights"), ("GROUP_MGMT", "Group Membership")):
        if area in chosen:
            for key, value in asked.get(name, {}).items():
                inf.put(inf.table(stored, name), key, unnamed(value))
    rights = inf.table(stored, "Privilege Rights")
    stored["Privilege Rights"] = {right: value for right, value in rights.items() if value}
    host.write_text("security.inf", inf.text_of(stored))


def run(arguments: list[str]) -> None:
    file, database = host.option(arguments, "/cfg"), host.option(arguments, "/db")
    if host.read_json("host").get("elevated") is False:
        raise Failed(*NO_RIGHTS)
    if host.has_option(arguments, "/export") and file:
        export(file, areas(arguments))
    elif host.has_option(arguments, "/configure") and file and database:
        configure(file, database, areas(arguments))
    else:
        raise Failed(*USAGE)


def main(arguments: list[str]) -> int:
    # what it says ends with where the log is; the log itself is not kept
    german = f'Nähere Informationen finden Sie in der Protokolldatei "{LOG}".'
    try:
        run(arguments)
    except (Failed, host.Refused) as failure:
        english = failure.args[0]
        host.say(
            f"{english}\n\nThe task has completed with an error.\nSee log {LOG} for detail info.",
            f"{failure.args[-1]}\n\nDer Vorgang wurde mit einem Fehler abgeschlossen.\n{german}",
        )
        return 1
    if not host.has_option(arguments, "/quiet"):
        host.say(
            f"\nThe task has completed successfully.\nSee log {LOG} for detail info.", f"\nDer Vorgang wurde erfolgreich beendet.\n{german}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
