# SPDX-License-Identifier: GPL-3.0-or-later
"""powercfg.exe: /qh, /setacvalueindex, /setdcvalueindex, /setactive and /hibernate, on power.json and the registry.

Source: learn.microsoft.com/windows-hardware/design/device-experiences/powercfg-command-line-options.
"""

from __future__ import annotations

import sys
from typing import Any

import host

POWER = "SYSTEM\\CurrentControlSet\\Control\\Power"
ALIASES = {
    "scheme_balanced": "381b4222-f694-41f0-9685-ff5bb260df2e",
    "sub_sleep": "238c9fa8-0aad-41ed-83f4-97be242c8f20",
    "standbyidle": "29f6c1db-86da-48c5-9fdb-f2b67b1f44da",
    "hibernateidle": "9d7815a6-7ee4-497e-8888-515a05f02364",
    "hybridsleep": "94ac6d29-73ce-41a6-809f-6363ba21b47e",
    "unattendsleep": "7bc4a2f9-d8fc-4469-b07b-33eb785aaca0",
    "allowstandby": "abfc2519-3608-4c2a-94ea-171b0ed546ab",
    "rtcwake": "bd3b718a-0680-4d9d-8ab2-e1d2b4ac806d",
}
# what the program prints of a setting beside its values: friendly name in English and German, and its possible values
SECONDS = ("range", "Seconds", "Sekunden")
SWITCH = ("index", "Off", "On")
SETTINGS = {
    "29f6c1db-86da-48c5-9fdb-f2b67b1f44da": ("Sleep after", "Deaktivierung nach", SECONDS),
    "9d7815a6-7ee4-497e-8888-515a05f02364": ("Hibernate after", "Ruhezustand nach", SECONDS),
    "7bc4a2f9-d8fc-4469-b07b-33eb785aaca0": ("System unattended sleep timeout", "Leerlaufzeitlimit", SECONDS),
    "94ac6d29-73ce-41a6-809f-6363ba21b47e": ("Allow hybrid sleep", "Hybriden Standbymodus zulassen", SWITCH),
    "abfc2519-3608-4c2a-94ea-171b0ed546ab": ("Allow Standby States", "Standbyzustände zulassen", SWITCH),
    "bd3b718a-0680-4d9d-8ab2-e1d2b4ac806d": ("Allow wake timers", "Zeitgeber zur Aktivierung zulassen", SWITCH),
}
ENGLISH = {
    "scheme": "Power Scheme GUID: {0}  (Balanced)",
    "alias": "GUID Alias: {0}",
    "subgroup": "Subgroup GUID: {0}  (Sleep)",
    "setting": "Power Setting GUID: {0}  ({1})",
    "range": "Minimum Possible Setting: 0x00000000\nMaximum Possible Setting: 0xffffffff\n"
    "Possible Settings increment: 0x00000001\nPossible Settings units: {0}",
    "index": "Possible Setting Index: {0:03}\nPossible Setting Friendly Name: {1}",
    "ac": "Current AC Power Setting Index: 0x{0:08x}",
    "dc": "Current DC Power Setting Index: 0x{0:08x}",
}
GERMAN = {
    "scheme": "GUID des Energieschemas: {0}  (Ausbalanciert)",
    "alias": "GUID-Alias: {0}",
    "subgroup": "GUID der Untergruppe: {0}  (Energie sparen)",
    "setting": "GUID der Energieeinstellung: {0}  ({1})",
    "range": "Mögliche Minimaleinstellung: 0x00000000\nMögliche Maximaleinstellung: 0xffffffff\n"
    "Inkrement für mögliche Einstellungen: 0x00000001\nEinheiten für mögliche Einstellungen: {0}",
    "index": "Index der möglichen Einstellung: {0:03}\nAnzeigename der möglichen Einstellung: {1}",
    "ac": "Index der aktuellen Wechselstromeinstellung: 0x{0:08x}",
    "dc": "Index der aktuellen Gleichstromeinstellung: 0x{0:08x}",
}
UNKNOWN = "The power scheme, subgroup or setting specified does not exist."
UNKNOWN_GERMAN = "Das angegebene Energieschema, die Untergruppe oder die Einstellung ist nicht vorhanden."


class Failed(Exception):
    """The program ends with exit code 1 and a text, in English and in German."""


def guid(text: str) -> str:
    return ALIASES.get(text.lower(), text.lower())


def current(power: dict[str, Any], scheme: str) -> None:
    """Only the box's scheme is there, by its GUID or as the active one."""
    if guid(scheme) not in ("scheme_current", str(power.get("scheme", "")).lower()):
        raise Failed(UNKNOWN, UNKNOWN_GERMAN)


def subgroup_of(power: dict[str, Any], text: str) -> dict[str, dict[str, int]]:
    for name, settings in power.get("subgroups", {}).items():
        if name.lower() == guid(text):
            return dict(settings)
    raise Failed(UNKNOWN, UNKNOWN_GERMAN)


def indented(depth: int, text: str) -> list[str]:
    return [" " * depth + line for line in text.split("\n")]


def alias_lines(text: dict[str, str], depth: int, name: str) -> list[str]:
    return [
        line for alias, known in ALIASES.items() if known == name.lower() for line in indented(depth, text["alias"].format(alias.upper()))
    ]


def setting_lines(text: dict[str, str], name: str, values: dict[str, int]) -> list[str]:
    english, german, (form, first, second) = SETTINGS.get(name.lower(), ("", "", SECONDS))
    own = host.is_german()
    lines = indented(4, text["setting"].format(name.lower(), german if own else english)) + alias_lines(text, 6, name)
    if form == "range":
        lines += indented(6, text["range"].format(second if own else first))
    else:
        lines += [line for at, label in enumerate((first, second)) for line in indented(6, text["index"].format(at, label))]
    return [*lines, *indented(4, text["ac"].format(values["ac"])), *indented(4, text["dc"].format(values["dc"])), ""]


def query(scheme: str, subgroup: str) -> None:
    power = host.read_json("power")
    current(power, scheme)
    settings = subgroup_of(power, subgroup)
    text = GERMAN if host.is_german() else ENGLISH
    lines = [text["scheme"].format(power["scheme"]), *alias_lines(text, 2, power["scheme"])]
    lines += indented(2, text["subgroup"].format(guid(subgroup))) + alias_lines(text, 4, guid(subgroup))
    for name, values in settings.items():
        lines += setting_lines(text, name, values)
    host.say("\n".join(lines))


def set_value(source: str, scheme: str, subgroup: str, setting: str, value: str) -> None:
    power = host.read_json("power")
    current(power, scheme)
    subgroup_of(power, subgroup)
    for name, settings in power["subgroups"].items():
        for own, values in settings.items():
            if name.lower() == guid(subgroup) and own.lower() == guid(setting):
                values[source] = int(value, 0)
                host.write(lambda: host.write_json("power", power))
                return
    raise Failed(UNKNOWN, UNKNOWN_GERMAN)


def hibernate(switch: str) -> None:
    if switch.lower() not in ("on", "off"):
        raise Failed('Invalid Parameters -- try "/?" for help', 'Ungültige Parameter. Geben Sie "/?" ein, um die Hilfe anzuzeigen.')
    if all(host.registry_value(POWER, name) is None for name in ("HibernateEnabled", "HibernateEnabledDefault")):
        raise Failed(
            "Hibernation failed with the following error:  The request is not supported.",
            "Fehler beim Ruhezustand: Die Anforderung wird nicht unterstützt.",
        )
    registry = host.read_json("registry")
    machine = registry["HKLM"]
    key = next(name for name in machine if name.lower() == POWER.lower())
    machine[key]["HibernateEnabled"] = {"kind": "DWord", "value": int(switch.lower() == "on")}
    host.write(lambda: host.write_json("registry", registry))


def main(arguments: list[str]) -> None:
    verb, *rest = arguments or [""]
    match verb.lower().lstrip("/-"), len(rest):
        case (("qh" | "queryhidden" | "q" | "query"), 2):
            query(*rest)
        case ("setacvalueindex" | "setdcvalueindex") as name, 4:
            set_value(name[3:5], *rest)
        case (("setactive" | "s"), 1):
            current(host.read_json("power"), rest[0])
        case (("hibernate" | "h"), 1):
            hibernate(rest[0])
        case _:
            raise Failed('Invalid Parameters -- try "/?" for help', 'Ungültige Parameter. Geben Sie "/?" ein, um die Hilfe anzuzeigen.')


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Failed as failure:
        host.say(*failure.args)
        sys.exit(1)
    except host.Refused as refusal:
        host.say(str(refusal))
        sys.exit(1)
