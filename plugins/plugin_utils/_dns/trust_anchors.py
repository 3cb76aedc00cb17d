# SPDX-License-Identifier: GPL-3.0-or-later
"""Trust anchors of DNSSEC. On a domain controller they live in the zone TrustAnchors and replicate; elsewhere in a file of the host.

The server replaces a delegation signer by the key itself once it has fetched that (RFC 5011), so a key with the same tag counts as there.
"""

from __future__ import annotations

import base64
import binascii
import typing as t
from dataclasses import dataclass

from .._core.controls import CHANGED, COMPLIANT, NON_COMPLIANT
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.facts import HostFacts
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .._core.plan import ABSENT, Change
from .requests import Record, call, get_read, objects, planned_none, planned_one, zone_key
from .server_options_controls import TRUST_ANCHORS
from .server_state import ServerState
from .setting import PLACE
from .writer import writer_elsewhere

_DATA = "TrustAnchorData."
_PROPERTIES = ("KeyTag", "CryptoAlgorithm", "DigestType", "Digest", "Base64Data")
_DIGITS = {"Sha1": 40, "Sha256": 64, "Sha384": 96}
# Numbers of the algorithms in a key (IANA, DNS Security Algorithm Numbers).
_ALGORITHMS = {"rsasha1": 5, "rsasha1nsec3": 7, "rsasha256": 8, "rsasha512": 10, "ecdsap256sha256": 13, "ecdsap384sha384": 14}
_KEY_FLAGS = 257
# Keys of the Internet's root, tag to the SHA-256 digest (IANA, root-anchors.xml: KSK-2017 and KSK-2024).
_ROOT_DIGESTS = {
    20326: "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    38696: "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
}


@dataclass(frozen=True)
class Anchor:
    """name: of the zone, without a dot at its end. kind: V(DS) or V(DnsKey). data: by property, as the host or the options give it."""

    name: str
    kind: str
    data: t.Mapping[str, t.Any]

    @property
    def tag(self) -> int | None:
        given = self.data.get("KeyTag")
        return int(given) if given is not None else _tag_of(self.data)

    @property
    def text(self) -> str:
        if self.kind == "DS":
            return f"DS {self.tag} {self.data.get('CryptoAlgorithm')} {self.data.get('DigestType')} {str(self.data.get('Digest')).upper()}"
        return f"key {self.tag} {self.data.get('CryptoAlgorithm')}"

    @property
    def where(self) -> dict[str, t.Any]:
        """What tells it among the anchors of its zone."""
        names = ("KeyTag", "DigestType") if self.kind == "DS" else ("KeyTag", "Base64Data")
        return {"TrustAnchorType": self.kind, **{_DATA + name: self.data[name] for name in names if name in self.data}}

    def serves_as(self, wish: Anchor) -> bool:
        """Whether what is there does what is wanted."""
        return self.tag == wish.tag if self.kind != "DS" else self.text.lower() == wish.text.lower()


def _tag_of(data: t.Mapping[str, t.Any]) -> int | None:
    """The tag of a key (RFC 4034 appendix B), where the host does not say it."""
    number = _ALGORITHMS.get(str(data.get("CryptoAlgorithm")).lower())
    try:
        key = base64.b64decode(str(data.get("Base64Data") or ""), validate=True)
    except binascii.Error:
        return None
    if number is None or not key:
        return None
    record = _KEY_FLAGS.to_bytes(2, "big") + bytes((3, number)) + key
    total = sum(byte if place % 2 else byte << 8 for place, byte in enumerate(record))
    return (total + (total >> 16)) & 0xFFFF


def wished_anchors(given: t.Sequence[t.Mapping[str, t.Any]]) -> list[Anchor]:
    """The anchors of the options. Raises HardeningError for what is no delegation signer, and where there is none.

    An anchor is of its zone, so a list without any says of no zone that it is to have none.
    """
    if not given:
        raise HardeningError(
            "Nothing was changed: dnssec.trust_anchors is empty, so it says nothing of any zone. Leave it out, or give the anchors that a zone is to have."
        )
    return [_wished(one) for one in given]


def _wished(one: t.Mapping[str, t.Any]) -> Anchor:
    digest, kind = "".join(one["digest"].split()).upper(), one["digest_type"]
    if len(digest) != _DIGITS[kind] or set(digest) - set("0123456789ABCDEF"):
        raise HardeningError(
            f"Nothing was changed: dnssec.trust_anchors has a digest that is none of {kind}: it takes {_DIGITS[kind]} hexadecimal digits."
        )
    if not 0 <= one["key_tag"] <= 65535:
        raise HardeningError(f"Nothing was changed: dnssec.trust_anchors has the key tag {one['key_tag']}; it takes 0 to 65535.")
    _check_root(_zone(one["name"]), one["key_tag"], kind, digest)
    data = {"KeyTag": one["key_tag"], "CryptoAlgorithm": one["algorithm"], "DigestType": kind, "Digest": digest}
    return Anchor(_zone(one["name"]), "DS", data)


def _check_root(zone: str, tag: int, kind: str, digest: str) -> None:
    """Raises HardeningError for a mistyped digest of the root: with it nothing that is signed would be resolved any more."""
    known = _ROOT_DIGESTS.get(tag) if (zone, kind) == (".", "Sha256") else None
    if known and digest != known:
        raise HardeningError(
            f"Nothing was changed: dnssec.trust_anchors has the digest {digest} for the root's key {tag}, whose digest is {known}. With another one "
            "no signed name would be resolved any more. Correct the digest or the key tag."
        )


def _zone(name: str) -> str:
    return zone_key(name) or "."


def anchors_read(zone: str) -> Read:
    return get_read("DnsServerTrustAnchor", "TrustAnchorType", *(_DATA + name for name in _PROPERTIES), Name=zone)


def observed_anchors(observations: Observations, zone: str) -> list[Anchor]:
    return [_observed(zone, record) for record in objects(observations, anchors_read(zone))]


def _observed(zone: str, record: Record) -> Anchor:
    data = {name: record[_DATA + name] for name in _PROPERTIES if record.get(_DATA + name) not in (None, [])}
    return Anchor(zone, "DS" if str(record["TrustAnchorType"]).upper() == "DS" else "DnsKey", data)


def plan_anchors(
    wishes: t.Sequence[Anchor], replace: bool, state: ServerState, facts: HostFacts, options: t.Mapping[str, t.Any], draft: PlanDraft
) -> None:
    """options: for directory_writer, which counts on a domain controller only."""
    changes: list[Change] = []
    for zone in dict.fromkeys(wish.name for wish in wishes):
        mine = [wish for wish in wishes if wish.name == zone]
        changes += _changes(mine, observed_anchors(state.observations, zone), replace)
    draft.wanted += [(f"{PLACE}: {_target(wish)}", wish.text) for wish in wishes]
    evidence = f"dnssec.trust_anchors: {', '.join(f'{wish.name} {wish.tag}' for wish in wishes)}"
    if not changes:
        draft.judge((TRUST_ANCHORS,), COMPLIANT, evidence)
        return
    elsewhere = writer_elsewhere(options, facts) if facts.product_type == "LanmanNT" else None
    if elsewhere:
        missing = ", ".join(change.target for change in changes)
        draft.warnings.append(
            f"{missing}: not as wanted on this host. {elsewhere} writes it into the directory, from where it comes by replication."
        )
        draft.judge((TRUST_ANCHORS,), NON_COMPLIANT, f"{evidence}; {elsewhere} writes them")
        return
    _refuse_read_only(state)
    draft.changes += changes
    draft.judge((TRUST_ANCHORS,), CHANGED, evidence)


def _changes(wishes: t.Sequence[Anchor], present: t.Sequence[Anchor], replace: bool) -> list[Change]:
    """What is missing comes before what is too much goes, so that the zone is never without an anchor."""
    missing = [wish for wish in wishes if not any(one.serves_as(wish) for one in present)]
    surplus = [one for one in present if replace and not any(one.serves_as(wish) for wish in wishes)]
    kinds = [one.kind for one in (*present, *missing)]
    return [
        *(_adding(one, kinds.count(one.kind) == 1) for one in missing),
        *(_removing(one, kinds.count(one.kind) == 1) for one in surplus),
    ]


def _refuse_read_only(state: ServerState) -> None:
    if state.value("DnsServerSetting", "IsReadOnlyDC"):
        raise HardeningError(
            "Nothing was changed: dnssec.trust_anchors live in the directory, and this host is a read-only domain controller. Name a writable one in "
            "directory_writer, or leave them out here."
        )


def _target(anchor: Anchor) -> str:
    return f"dnssec.trust_anchors: {anchor.name} {anchor.tag} {anchor.data.get('DigestType', anchor.kind)}"


def _adding(anchor: Anchor, alone: bool) -> Change:
    return Change(PLACE, _target(anchor), ABSENT, anchor.text, _add(anchor), _remove(anchor, alone), (TRUST_ANCHORS.id,))


def _removing(anchor: Anchor, alone: bool) -> Change:
    return Change(PLACE, _target(anchor), anchor.text, ABSENT, _remove(anchor, alone), _add(anchor), (TRUST_ANCHORS.id,))


def _add(anchor: Anchor) -> Operation:
    names = ("KeyTag", "CryptoAlgorithm", "DigestType", "Digest") if anchor.kind == "DS" else ("Base64Data", "CryptoAlgorithm")
    parameters = {"Name": anchor.name, **{name: anchor.data.get(name) for name in names}}
    read, key = anchors_read(anchor.name), {"TrustAnchorType": "DnsKey", _DATA + "KeyTag": anchor.tag}
    # Where the server has the key by now, the signer that was added is in it, and nobody took it away.
    wheres = [anchor.where, *([key] if anchor.kind == "DS" else [])]
    return call("Add-DnsServerTrustAnchor", parameters, *(planned_none(read, where) for where in wheres))


def _remove(anchor: Anchor, alone: bool) -> Operation:
    """By name and type every anchor of that type would go, so where it is not alone the object itself is given."""
    named = {"Name": anchor.name, "Type": anchor.kind} if alone else {"InputObject": True}
    return call("Remove-DnsServerTrustAnchor", named, planned_one(anchors_read(anchor.name), anchor.where, {}))
