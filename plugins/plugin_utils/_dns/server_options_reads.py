# SPDX-License-Identifier: GPL-3.0-or-later
"""What is looked at for which options, and what several of them together come to."""

from __future__ import annotations

import typing as t

from .._core.operations import Read
from .addresses import normal
from .forwarders import CMDLET as FORWARDER
from .forwarders import final_forwarders
from .listen import sockets_read
from .policies import policies_read
from .policy_kinds import KINDS, QUERY
from .recursion_loss import Resolution, bare
from .recursion_scopes import forwarding
from .requests import Record, listed
from .server_options_wishes import Wishes
from .server_state import ServerState, first_reads, state_read
from .trust_anchors import anchors_read


def server_reads(wishes: Wishes) -> list[Read]:
    """Everything, each once; only what the options are about."""
    cmdlets = dict.fromkeys(_cmdlets(wishes))
    policies = [policies_read(kind, zone) for kind in KINDS if wishes.looks_at(kind) for zone in wishes.zones_of(kind)]
    zones = {anchor.name for anchor in wishes.anchors or ()} or ({"."} if wishes.validates else set())
    sockets = [sockets_read()] if wishes.listen is not None else []
    return [
        *first_reads(),
        *(state_read(cmdlet) for cmdlet in cmdlets),
        *policies,
        *(anchors_read(zone) for zone in sorted(zones)),
        *sockets,
    ]


def _cmdlets(wishes: Wishes) -> t.Iterator[str]:
    yield from (setting.cmdlet for setting, _value in wishes.settings)
    wanted = {
        "DnsServerGlobalQueryBlockList": wishes.block_list is not None,
        "DnsServerResponseRateLimiting": wishes.rate_limiting is not None,
        "DnsServerResponseRateLimitingExceptionlist": wishes.exceptions is not None or wishes.removes,
        "DnsServerClientSubnet": wishes.uses_subnets or wishes.looks_at(QUERY),
        "DnsServerRecursionScope": wishes.uses_scopes or wishes.looks_at(QUERY) or wishes.switched is False,
        "DnsServerDiagnostics": wishes.flags,
        "DnsServerRecursion": wishes.resolves,
        FORWARDER: wishes.resolves,
        "DnsServerRootHint": wishes.resolves,
        "DnsClientServerAddress": wishes.switched is False or wishes.listen is not None or wishes.looks_at(QUERY),
        "DnsServerZone": wishes.switched is False or wishes.listen is not None or wishes.may_restart,
    }
    yield from (cmdlet for cmdlet, asked in wanted.items() if asked)


def resolution(wishes: Wishes, state: ServerState) -> Resolution:
    """Whether the server recurses, before and after, and through whom."""
    was = bool(state.value("DnsServerRecursion", "Enable"))
    replaces = wishes.replaces("recursion.scopes_mode")
    scopes = forwarding(wishes.scopes or [], state.items("DnsServerRecursionScope"), replaces) if wishes.switches_off_all else []
    return Resolution(
        was=was,
        will=was if wishes.switched is None else wishes.switched,
        forwarders=tuple(final_forwarders(wishes.forwarder_addresses, state)),
        had_forwarders=bool(listed(state.value(FORWARDER, "IPAddress"))),
        scopes=tuple(scopes),
        play=wishes.play,
        wholly=wishes.switches_off_all,
    )


def named_addresses(query: Read, answers: t.Sequence[Record], dropped: t.Iterable[str]) -> dict[str, str]:
    """The addresses that zones' name server records name, each with the reason; all that would be dropped where a zone did not say.

    query, answers: questions for NS, and what came back.
    """
    records = [record for answer in answers for record in answer.get("records", ())]
    servers = {_name(record["data"]) for record in records if record["type"] == "NS"}
    asked = [question["name"] for question in query.parameters["questions"]]
    silent = [zone for zone, answer in zip(asked, answers, strict=False) if "error" in answer]
    unknown = (
        f"the zone {', '.join(silent[:3])}{f' and {len(silent) - 3} more' if silent[3:] else ''} did not say which name servers it has"
    )
    named = [bare(normal(one["data"])) for one in records if one["type"] in ("A", "AAAA") and _name(one["name"]) in servers]
    return dict.fromkeys(dropped if silent else (), unknown) | dict.fromkeys(named, "the zones' name server records name it")


def _name(text: str) -> str:
    return str(text).lower().rstrip(".")
