# SPDX-License-Identifier: GPL-3.0-or-later
"""netsh.exe interface ipv4 show excludedportrange: the port ranges that Windows keeps for itself, from network.json."""

from __future__ import annotations

import sys

import host

ENGLISH = ("Protocol tcp Port Exclusion Ranges", "Start Port    End Port      ", "* - Administered port exclusions.")
GERMAN = ("Protokoll tcp-Portausschlussbereiche", "Startport     Endport       ", "* - Verwaltete Portausschlüsse.")


def main(arguments: list[str]) -> int:
    words = [argument.lower() for argument in arguments]
    if words[:1] not in (["int"], ["interface"]) or words[1:4] != ["ipv4", "show", "excludedportrange"]:
        host.say(
            f"The following command was not found: {' '.join(arguments)}.",
            f"Der folgende Befehl wurde nicht gefunden: {' '.join(arguments)}.",
        )
        return 1
    network = host.read_json("network") if words[4:5] == ["protocol=tcp"] else {}
    title, heads, note = GERMAN if host.is_german() else ENGLISH
    rows = [f"{first:10}  {last:10}      " for first, last in network.get("excluded", [])]
    host.say("\n".join(["", title, "", heads, "----------    --------      ", *rows, "", note, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
