# SPDX-License-Identifier: GPL-3.0-or-later
"""Recursion scopes: sets of forwarders, and whether they recurse, that policies choose among. V(.) is always there."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .._core.plan import Change
from .addresses import normal, parsed_forwarders
from .named_entries import EntryKind, Wanted, check_names
from .requests import Record, call, listed, planned_one
from .setting import PLACE

DEFAULT = "."


class RecursionScopes(EntryKind):
    option = "recursion.scopes"
    noun = "DnsServerRecursionScope"

    def texts(self, wish: Wanted) -> dict[str, str]:
        found = {"EnableRecursion": _switch(wish["enabled"])} if "enabled" in wish else {}
        return {**found, **({"Forwarder": _list(wish["forwarders"])} if "forwarders" in wish else {})}

    def found_texts(self, found: Record) -> dict[str, str]:
        return {"EnableRecursion": _switch(found.get("EnableRecursion")), "Forwarder": _list(listed(found.get("Forwarder")))}

    def parameters(self, wish: Wanted) -> dict[str, t.Any]:
        return {"EnableRecursion": wish.get("enabled", True), **({"Forwarder": wish["forwarders"]} if wish.get("forwarders") else {})}

    def restored(self, found: Record) -> dict[str, t.Any]:
        return {"EnableRecursion": bool(found.get("EnableRecursion")), **self._forwarder(found)}

    @staticmethod
    def _forwarder(found: Record) -> dict[str, t.Any]:
        return {"Forwarder": listed(found["Forwarder"])} if listed(found.get("Forwarder")) else {}

    def changed(self, wish: Wanted, found: Record) -> list[Change]:
        name, now = found["Name"], self.found_texts(found)
        differing = {key: text for key, text in self.texts(wish).items() if text != now[key]}
        if "Forwarder" in differing and not wish["forwarders"]:
            way = "say forwarders.addresses: []" if name == DEFAULT else "remove the scope (scopes_mode replace) and add it again"
            raise HardeningError(
                f"Nothing was changed: {self.target(name)} has forwarders, and no cmdlet takes all of them from a scope. Give one at least, or {way}."
            )
        wanted = {"EnableRecursion": wish.get("enabled"), "Forwarder": wish.get("forwarders")}
        before = {"EnableRecursion": bool(found.get("EnableRecursion")), "Forwarder": listed(found.get("Forwarder"))}
        return [
            Change(
                PLACE,
                self.target(name),
                self.described({key: now[key] for key in differing}),
                self.described(differing),
                call(f"Set-{self.noun}", {"Name": name, **{key: wanted[key] for key in differing}}, self.holds(found, *differing)),
                call(
                    f"Set-{self.noun}",
                    {"Name": name, **{key: before[key] for key in differing}},
                    planned_one(self.read, {"Name": name}, {key: wanted[key] for key in differing}),
                ),
                self.ids,
                # where no policy chooses nobody resolves any more, so what chooses for them is there before
                last=name == DEFAULT and wanted["EnableRecursion"] is False,
            )
        ]

    def settles(self, wish: Wanted) -> dict[str, str]:
        """The scope V(.) is the server itself."""
        if wish["name"] != DEFAULT:
            return {}
        enabled = {"recursion.enabled": str(wish["enabled"]).lower()} if "enabled" in wish else {}
        return {**enabled, **({"forwarders.addresses": _list(wish["forwarders"])} if "forwarders" in wish else {})}

    def stays(self, name: str) -> bool:
        return name == DEFAULT


def _switch(value: t.Any) -> str:
    return "on" if value else "off"


def _list(addresses: t.Iterable[t.Any]) -> str:
    return ", ".join(normal(one) for one in addresses) or "none"


def checked_scopes(wishes: t.Sequence[Wanted]) -> list[dict[str, t.Any]]:
    """The wishes with their addresses in one spelling. Raises HardeningError for what is none."""
    check_names(RecursionScopes.option, wishes)
    return [_checked(wish) for wish in wishes]


def _checked(wish: Wanted) -> dict[str, t.Any]:
    where = f"{RecursionScopes.option}, {wish['name']}"
    return {**wish, **({"forwarders": parsed_forwarders(wish["forwarders"], where)} if "forwarders" in wish else {})}


def forwarding(wishes: t.Sequence[Wanted], present: t.Sequence[Record], replace: bool) -> list[str]:
    """The names of the scopes that will have forwarders; those of V(.) are the server's own and not among them."""
    given = {str(wish["name"]).lower() for wish in wishes}
    kept = {
        str(found["Name"]).lower(): listed(found.get("Forwarder"))
        for found in present
        if not replace or str(found["Name"]).lower() in given
    }
    wanted = {str(wish["name"]).lower(): wish["forwarders"] for wish in wishes if "forwarders" in wish}
    return sorted(name for name, addresses in {**kept, **wanted}.items() if addresses and name != DEFAULT)


def recursing(wishes: t.Sequence[Wanted], present: t.Sequence[Record]) -> dict[str, bool]:
    """Whether each scope recurses once the wishes are there, by its name in small letters. A new one does, where nothing else is said."""
    found = {str(one["Name"]).lower(): bool(one.get("EnableRecursion")) for one in present}
    return found | {(name := str(wish["name"]).lower()): bool(wish.get("enabled", found.get(name, True))) for wish in wishes}
