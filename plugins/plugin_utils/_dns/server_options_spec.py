# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of dns_server_options."""

from __future__ import annotations

import typing as t

from .diagnostics import EVENTS, PACKETS
from .writer import WRITER_SPEC

_BOOL: dict[str, t.Any] = {"type": "bool"}
_INT: dict[str, t.Any] = {"type": "int"}
_TEXT: dict[str, t.Any] = {"type": "str"}
_NAME: dict[str, t.Any] = {"type": "str", "required": True}
_TEXTS: dict[str, t.Any] = {"type": "list", "elements": "str"}
_MODE: dict[str, t.Any] = {"type": "str", "choices": ["merge", "replace"], "default": "merge"}
_CONDITION: dict[str, t.Any] = {"type": "str", "choices": ["and", "or"], "default": "and"}


def _group(**options: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"type": "dict", "options": options}


def _entries(**options: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"type": "list", "elements": "dict", "options": options}


def _choice(*words: str, **more: t.Any) -> dict[str, t.Any]:
    return {"type": "str", "choices": list(words), **more}


# Criteria of a policy: option, and the cmdlets' parameter (Add-DnsServerQueryResolutionPolicy, Add-DnsServerZoneTransferPolicy).
TRANSFER_CRITERIA = {
    "client_subnet": "ClientSubnet",
    "transport_protocol": "TransportProtocol",
    "internet_protocol": "InternetProtocol",
    "server_interface": "ServerInterfaceIP",
    "time_of_day": "TimeOfDay",
}
QUERY_CRITERIA = {**TRANSFER_CRITERIA, "fqdn": "Fqdn", "query_type": "QType"}


def _policies(criteria: t.Iterable[str], actions: tuple[str, ...], **more: dict[str, t.Any]) -> dict[str, t.Any]:
    return _entries(
        name=_NAME,
        zone=_TEXT,
        action=_choice(*actions, required=True),
        condition=_CONDITION,
        enabled={"type": "bool", "default": True},
        processing_order=_INT,
        **dict.fromkeys(criteria, _TEXT),
        **more,
    )


SPEC: dict[str, t.Any] = {
    **WRITER_SPEC,
    "stricter": _choice("keep", "replace", default="keep"),
    "allow_recursion_loss": {"type": "bool", "default": False},
    "allow_address_loss": {"type": "bool", "default": False},
    "play_resolvers": _TEXTS,
    "recursion": _group(
        enabled=_BOOL,
        timeout=_INT,
        retry_interval=_INT,
        additional_timeout=_INT,
        scopes=_entries(name=_NAME, enabled=_BOOL, forwarders=_TEXTS),
        scopes_mode=_MODE,
    ),
    "forwarders": _group(addresses=_TEXTS, use_root_hints=_BOOL, timeout=_INT, reordering=_BOOL),
    "cache": _group(pollution_protection=_BOOL, locking_percent=_INT, max_ttl=_INT, max_negative_ttl=_INT, max_size=_INT),
    "socket_pool": _group(size=_INT, excluded_ports=_TEXTS),
    "edns": _group(reception=_BOOL, probes=_BOOL, cache_timeout=_INT),
    "version_query": _choice("none", "full", "minimal"),
    "block_list": _group(enabled=_BOOL, names=_TEXTS, mode=_MODE),
    "response_rate_limiting": _group(
        mode=_choice("disable", "enable", "log_only"),
        responses_per_second=_INT,
        errors_per_second=_INT,
        window=_INT,
        ipv4_prefix_length=_INT,
        ipv6_prefix_length=_INT,
        leak_rate=_INT,
        truncate_rate=_INT,
        max_responses_per_window=_INT,
        exceptions=_entries(name=_NAME, condition=_CONDITION, client_subnet=_TEXT, fqdn=_TEXT, server_interface=_TEXT),
        exceptions_mode=_MODE,
    ),
    "client_subnets": _entries(name=_NAME, ipv4=_TEXTS, ipv6=_TEXTS),
    "client_subnets_mode": _MODE,
    "query_policies": _policies(
        QUERY_CRITERIA,
        ("allow", "deny", "ignore"),
        on_recursion={"type": "bool", "default": False},
        recursion_scope=_TEXT,
        zone_scope=_TEXT,
    ),
    "query_policies_mode": _MODE,
    "transfer_policies": _policies(TRANSFER_CRITERIA, ("deny", "ignore")),
    "transfer_policies_mode": _MODE,
    "diagnostics": _group(
        event_level=_choice("none", "errors", "warnings", "all"),
        packets=_group(**dict.fromkeys(PACKETS, _BOOL)),
        log_file=_group(enabled=_BOOL, path=_TEXT, max_size=_INT, rollover=_BOOL, write_through=_BOOL, addresses=_TEXTS),
        events=_group(**dict.fromkeys(EVENTS, _BOOL)),
    ),
    "scavenging": _group(interval=_INT, default_aging=_BOOL, refresh_interval=_INT, no_refresh_interval=_INT),
    "listen_addresses": _TEXTS,
    "dnssec": _group(
        validation=_BOOL,
        trust_anchors=_entries(
            name={"type": "str", "default": "."},
            key_tag={"type": "int", "required": True},
            algorithm=_choice(
                "RsaSha1", "RsaSha1NSec3", "RsaSha256", "RsaSha512", "ECDsaP256Sha256", "ECDsaP384Sha384", default="RsaSha256"
            ),
            digest_type=_choice("Sha1", "Sha256", "Sha384", default="Sha256"),
            digest=_NAME,
        ),
        trust_anchors_mode=_MODE,
    ),
    "packet_sizes": _group(tcp=_INT, udp=_INT),
    "plugin_dll": _choice("absent"),
    "updates": _group(share_proxy_updates=_BOOL, iquery_responses=_BOOL, transfers_from_read_only=_BOOL),
}
