# SPDX-License-Identifier: GPL-3.0-or-later
"""What the options of dns_server_options ask for, checked, in one spelling, and without what the selection of controls leaves out."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import Control, Selection
from .._core.errors import HardeningError
from . import server_options_controls as controls
from .addresses import parsed_addresses
from .block_list import check_block_list
from .client_subnets import checked_subnets
from .diagnostics import FLAGS
from .forwarders import checked_forwarders
from .listen import checked_listen
from .policy_kinds import KINDS, QUERY, PolicyKind, check_policies
from .rate_limiting import check_rate_limiting
from .rate_limiting_exceptions import check_exceptions
from .recursion_scopes import DEFAULT, checked_scopes
from .requests import zone_key
from .setting import Setting, value_at, wanted_settings
from .setting_table import SETTINGS
from .start_values import StartValue, wanted_start_values
from .trust_anchors import Anchor, wished_anchors

_MODES = (
    *("client_subnets_mode", "query_policies_mode", "transfer_policies_mode", "recursion.scopes_mode"),
    *("response_rate_limiting.exceptions_mode", "dnssec.trust_anchors_mode"),
)
Options = t.Mapping[str, t.Any]
Entries = list[dict[str, t.Any]]


@dataclass(frozen=True)
class Wishes:
    """None, or no key, where nothing is asked for. listen: empty for all addresses. flags: whether any of the debug log's bools is given."""

    settings: tuple[tuple[Setting, t.Any], ...]
    start_values: tuple[tuple[StartValue, t.Any], ...]
    block_list: Options | None
    rate_limiting: Options | None
    exceptions: Entries | None
    subnets: Entries | None
    scopes: Entries | None
    policies: t.Mapping[str, Entries]
    forwarders: Options | None
    anchors: tuple[Anchor, ...] | None
    listen: tuple[str, ...] | None
    flags: bool
    play: tuple[str, ...]
    replaced: frozenset[str]

    def replaces(self, mode: str) -> bool:
        """mode: the option that says whether a list holds nothing else."""
        return mode in self.replaced

    @property
    def removes(self) -> bool:
        """Whether entries may go that policies and exceptions use."""
        return (self.subnets is not None and self.replaces("client_subnets_mode")) or (
            self.scopes is not None and self.replaces("recursion.scopes_mode")
        )

    def looks_at(self, kind: PolicyKind) -> bool:
        """Whether the policies of this kind matter, because they are given, or because what they use may go or change."""
        changes = self.subnets is not None or self.scopes is not None
        return kind.option in self.policies or self.removes or (kind is QUERY and changes)

    @property
    def uses_subnets(self) -> bool:
        users = [*(wish for wishes in self.policies.values() for wish in wishes), *(self.exceptions or ())]
        return self.removes or any("client_subnet" in wish for wish in users)

    @property
    def uses_scopes(self) -> bool:
        return self.removes or any("recursion_scope" in wish for wishes in self.policies.values() for wish in wishes)

    @property
    def forwarder_addresses(self) -> t.Sequence[str] | None:
        """Those of the server, which are also those of the scope V(.); None where they are left alone."""
        own = [scope["forwarders"] for scope in self.scopes or () if scope["name"] == DEFAULT and "forwarders" in scope]
        given = (self.forwarders or {}).get("addresses")
        return own[0] if own and given is None else given

    @property
    def resolves(self) -> bool:
        """Whether it is about recursion or whom the server asks."""
        return self.switched is not None or self.forwarders is not None or self.forwarder_addresses is not None

    @property
    def switched(self) -> bool | None:
        """What recursion is to be where no policy chooses."""
        own = [scope["enabled"] for scope in self.scopes or () if scope["name"] == DEFAULT and "enabled" in scope]
        return next(iter((*self._enabled, *own)), None)

    @property
    def switches_off_all(self) -> bool:
        """Whether recursion goes for every scope, and not for the one alone that is used where no policy chooses."""
        return False in self._enabled

    @property
    def _enabled(self) -> list[bool]:
        return [value for setting, value in self.settings if setting.option == "recursion.enabled"]

    @property
    def validates(self) -> bool:
        return any(setting.option == "dnssec.validation" and value for setting, value in self.settings)

    @property
    def may_restart(self) -> bool:
        return bool(self.start_values) or any(setting.restarts for setting, _value in self.settings)

    def zones_of(self, kind: PolicyKind) -> list[str | None]:
        """The zones whose policies are looked at, in one spelling, and None for those of the server."""
        return list(dict.fromkeys((None, *(zone_of(wish) for wish in self.policies.get(kind.option, ())))))


def zone_of(wish: Options) -> str | None:
    """The zone of a policy as it compares."""
    return zone_key(str(wish["zone"])) if wish.get("zone") else None


def read_wishes(options: Options, selection: Selection) -> Wishes:
    """Raises HardeningError for options that contradict each other, or that no server takes."""
    _check_contradictions(options)
    served = _Served(options, selection)
    limiting = served.group("response_rate_limiting", controls.RATE_LIMITING) or {}
    anchors = served.entries("dnssec.trust_anchors", wished_anchors, controls.TRUST_ANCHORS)
    listen = served.entries("listen_addresses", checked_listen, controls.LISTEN)
    forwarders = served.group("forwarders", controls.FORWARDERS)
    return Wishes(
        settings=tuple(_in_one_spelling(wanted_settings(SETTINGS, options, selection))),
        start_values=tuple(wanted_start_values(options, selection)),
        block_list=_checked(served.group("block_list", controls.BLOCK_LIST), check_block_list),
        rate_limiting=_checked(limiting or None, check_rate_limiting),
        exceptions=_checked(limiting.get("exceptions"), check_exceptions),
        subnets=served.entries("client_subnets", checked_subnets, controls.CLIENTS, controls.TRANSFER_CLIENTS, controls.RATE_LIMITING),
        scopes=served.entries("recursion.scopes", checked_scopes, controls.CLIENTS),
        policies={kind.option: found for kind in KINDS if (found := served.policies(kind)) is not None},
        forwarders=None if forwarders is None else checked_forwarders(forwarders),
        anchors=None if anchors is None else tuple(anchors),
        listen=None if listen is None else tuple(listen),
        flags=selection.selects(()) and any(value_at(options, option) is not None for option in FLAGS),
        play=parsed_addresses(options.get("play_resolvers", ()), "play_resolvers"),
        replaced=frozenset(mode for mode in _MODES if value_at(options, mode) == "replace"),
    )


@dataclass(frozen=True)
class _Served:
    """The options that are given and selected. What lists are for may be any of several controls."""

    options: Options
    selection: Selection

    def group(self, option: str, *asked: Control) -> t.Any:
        found = value_at(self.options, option)
        return found if found is not None and any(self.selection.selects((one,)) for one in asked) else None

    def entries(self, option: str, check: t.Callable[[t.Any], list[t.Any]], *asked: Control) -> list[t.Any] | None:
        found = self.group(option, *asked)
        return None if found is None else check(found)

    def policies(self, kind: PolicyKind) -> Entries | None:
        found = self.group(kind.option, kind.control)
        if found is not None:
            check_policies(kind, found)
        return t.cast("Entries | None", found)


def _in_one_spelling(settings: t.Iterable[tuple[Setting, t.Any]]) -> t.Iterator[tuple[Setting, t.Any]]:
    """The settings, of which one is a list of addresses. Raises HardeningError for what is none: dnscmd makes 10.0.0.1 of "10.1"."""
    for setting, value in settings:
        addresses = setting.option == "diagnostics.log_file.addresses"
        yield setting, list(parsed_addresses(value, setting.option)) if addresses else value


def _checked(found: t.Any, check: t.Callable[[t.Any], None]) -> t.Any:
    if found is not None:
        check(found)
    return found


def _check_contradictions(options: Options) -> None:
    """The scope . is the server itself, so what it is told twice could not be told apart."""
    recursion, allowed = options.get("recursion", {}), options.get("allow_recursion_loss")
    own: Options = next((scope for scope in recursion.get("scopes", ()) if scope["name"] == DEFAULT), {})
    pairs = (("enabled", "recursion.enabled"), ("forwarders", "forwarders"))
    twice = [(name, option) for name, option in pairs if name in own and value_at(options, option) is not None]
    for name, option in twice:
        raise HardeningError(
            f"Nothing was changed: {option} and {name} of the recursion scope . are one and the same. Give one of the two."
        )
    if recursion.get("enabled") is False and value_at(options, "forwarders.addresses") and not allowed:
        raise HardeningError(
            "Nothing was changed: without recursion no forwarder is used, and forwarders.addresses has some. Leave one of the two out, or say "
            "allow_recursion_loss true."
        )
