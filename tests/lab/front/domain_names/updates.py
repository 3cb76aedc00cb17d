# SPDX-License-Identifier: GPL-3.0-or-later
"""Unsigned dynamic updates (RFC 2136): refused unless the zone takes nonsecure ones; then prerequisites, then the changes.

A zone that takes secure updates only refuses an unsigned one, and the client begins again with a key; one that takes none refuses too
(which code Microsoft's server uses there is not documented).
"""

from __future__ import annotations

import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.update

from .settings import Settings, ZoneSettings


def apply(query: dns.message.Message, settings: Settings) -> tuple[dns.rcode.Rcode, str | None]:
    """The answer's code, and the zone's name where something changed in C(settings.zones), which the caller then stores."""
    assert isinstance(query, dns.update.UpdateMessage)
    name = query.zone[0].name if query.zone else dns.name.root
    zone = settings.zones.get(name)
    if zone is None or not zone.primary:
        return dns.rcode.NOTAUTH, None
    if not zone.nonsecure_updates:
        return dns.rcode.REFUSED, None
    for wanted in query.prerequisite:
        code = _prerequisite(wanted, zone)
        if code != dns.rcode.NOERROR:
            return code, None
    before = zone.zone.to_text(relativize=False)
    for rrset in query.update:
        _change(rrset, zone)
    changed = zone.zone.to_text(relativize=False) != before
    return dns.rcode.NOERROR, name.to_text() if changed else None


def _prerequisite(wanted: dns.rrset.RRset, zone: ZoneSettings) -> dns.rcode.Rcode:
    """RFC 2136 3.2: ANY is `is there`, NONE is `is not there`, of a name or of a type."""
    if not wanted.name.is_subdomain(zone.zone.origin):
        return dns.rcode.NOTZONE
    node = zone.zone.get_node(wanted.name)
    there = bool(node) if wanted.rdtype == dns.rdatatype.ANY else bool(node and node.get_rdataset(dns.rdataclass.IN, wanted.rdtype))
    of_name = wanted.rdtype == dns.rdatatype.ANY
    if _class_of(wanted) == dns.rdataclass.NONE:
        return (dns.rcode.YXDOMAIN if of_name else dns.rcode.YXRRSET) if there else dns.rcode.NOERROR
    return dns.rcode.NOERROR if there else (dns.rcode.NXDOMAIN if of_name else dns.rcode.NXRRSET)


def _class_of(rrset: dns.rrset.RRset) -> int:
    return rrset.deleting if rrset.deleting is not None else rrset.rdclass


def _change(rrset: dns.rrset.RRset, zone: ZoneSettings) -> None:
    if rrset.deleting == dns.rdataclass.ANY:
        if rrset.rdtype == dns.rdatatype.ANY:
            zone.zone.delete_node(rrset.name)
        else:
            zone.zone.delete_rdataset(rrset.name, rrset.rdtype)
        return
    node = zone.zone.get_node(rrset.name, create=rrset.deleting is None)
    if node is None:
        return
    if rrset.deleting == dns.rdataclass.NONE:
        found = node.get_rdataset(dns.rdataclass.IN, rrset.rdtype)
        for record in rrset if found else ():
            found.discard(record)
        return
    rdataset = node.find_rdataset(dns.rdataclass.IN, rrset.rdtype, create=True)
    rdataset.update_ttl(rrset.ttl)
    for record in rrset:
        rdataset.add(record)
