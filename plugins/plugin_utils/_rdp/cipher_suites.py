# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of cipher suites: what is in effect, what is wanted, and whom a wanted list would leave without a suite.

A policy list replaces the computer's own, which replaces the release's default (win32, "Prioritizing Schannel cipher suites").
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import CHANGED, COMPLIANT, Control
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.operations import Read
from .._core.registry import Found, Place, Registry, key_read, set_change
from .bound_certificates import BoundCertificate
from .cipher_suites_table import ADVICE, ALL, DEFAULTS, MAX_LENGTH, has_forward_secrecy, is_broken, known_suites, serves
from .override import Disagreement, report_override
from .ownership import Ownership
from .schannel_table import BROKEN_SUITES, FORWARD_SECRECY, LIST_STORED, RELEASES

POLICY = Place(r"SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002", "Functions", "String")
# The computer's own list, as Enable-TlsCipherSuite and Disable-TlsCipherSuite leave it (Microsoft's troubleshooting guide to TLS reads it there).
LOCAL = Place(r"SYSTEM\CurrentControlSet\Control\Cryptography\Configuration\Local\SSL\00010002", "Functions", "MultiString")

CONTROLS: tuple[Control, ...] = (FORWARD_SECRECY, BROKEN_SUITES)


@dataclass(frozen=True)
class SuiteOptions:
    """names: the whole list, in order; None where it is not given. absent: what the list may not hold. Both in capitals."""

    names: tuple[str, ...] | None
    absent: frozenset[str]

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> SuiteOptions | None:
        """None where nothing is asked for. Raises HardeningError for lists that no host could take."""
        if "cipher_suites" not in options and "cipher_suites_absent" not in options:
            return None
        given = [name.strip().upper() for name in options.get("cipher_suites", ())]
        absent = frozenset(name.strip().upper() for name in options.get("cipher_suites_absent", ()))
        _check_names(given, absent)
        if "cipher_suites" in options and not given:
            raise HardeningError(
                "Nothing was changed: cipher_suites is empty, and Schannel can do nothing without a suite. Name the suites."
            )
        return cls(tuple(given) if "cipher_suites" in options else None, absent)


def _check_names(given: list[str], absent: frozenset[str]) -> None:
    unknown = sorted({*given, *absent} - ALL)
    if unknown:
        raise HardeningError(
            f"Nothing was changed: Schannel has no cipher suite {', '.join(unknown)} (cipher_suites, cipher_suites_absent). Since Server 2016 "
            "names carry no curve such as _P256; Get-TlsCipherSuite lists them."
        )
    twice = sorted({name for name in given if given.count(name) > 1})
    if twice:
        raise HardeningError(f"Nothing was changed: cipher_suites names {', '.join(twice)} more than once. Their order is their rank.")
    both = sorted(absent & set(given))
    if both:
        raise HardeningError(f"Nothing was changed: {', '.join(both)} is in cipher_suites and in cipher_suites_absent. Leave it in one.")


@dataclass(frozen=True)
class SuiteList:
    """The list in effect. place, owner: where a policy list stands and who owns it. origin: where it comes from, for a person."""

    names: tuple[str, ...]
    origin: str
    place: Place | None = None
    owner: str | None = None


def suite_reads() -> list[Read]:
    return [key_read(POLICY.key), key_read(LOCAL.key)]


def list_in_effect(registry: Registry, ownership: Ownership, build: int | None) -> SuiteList | None:
    """The policy's list, else the computer's, else the release's default; None where that is not certain."""
    policy, local = registry.found(POLICY), registry.found(LOCAL)
    if policy:
        owner = ownership.of_place(POLICY)
        return SuiteList(_names(policy), f"{POLICY.path}: {POLICY.name}{f', owned by {owner}' if owner else ''}", POLICY, owner)
    if local:
        return SuiteList(_names(local), f"the computer's own list, {LOCAL.path}")
    release = RELEASES.get(build or 0)
    return SuiteList(DEFAULTS[release], f"the default of Server {release}") if release else None


def is_settled(options: SuiteOptions, registry: Registry) -> bool:
    """Whether the policy's list is as wanted, so that nothing is to be written and the certificates in use do not matter."""
    policy = registry.found(POLICY)
    if not policy:
        return False
    names = tuple(name.upper() for name in _names(policy))
    return names == options.names if options.names is not None else not options.absent & set(names)


def _names(found: Found) -> tuple[str, ...]:
    value = found["value"]
    return tuple(name.strip() for name in (value if isinstance(value, list) else str(value).split(",")) if name.strip())


@dataclass(frozen=True)
class SuitePlanner:
    """Plans a wanted list into a draft. explicit: the list must stand in the policy's place even where it is already in effect."""

    registry: Registry
    ownership: Ownership
    build: int | None
    explicit: bool
    fail_on_override: bool
    draft: PlanDraft

    def plan(self, options: SuiteOptions, bound: t.Callable[[], list[BoundCertificate]]) -> None:
        """bound: the certificates in use. Raises HardeningError for a list this host cannot take, or that leaves one of them without a suite."""
        now = list_in_effect(self.registry, self.ownership, self.build)
        wanted = self._wanted(options, now)
        controls = tuple(control for control in CONTROLS if _satisfies(control, wanted))
        differs = now is None or tuple(name.upper() for name in now.names) != wanted
        if now and now.owner and now.place and differs:
            found = ",".join(now.names)
            report_override(
                self.draft,
                Disagreement(_option(options), ",".join(wanted), found, now.place, now.owner),
                controls or CONTROLS,
                self.fail_on_override,
            )
            return
        needed = differs or (self.explicit and not (now and now.place))
        if needed:
            self._check(wanted, bound())
            self.draft.reboot_required = True
        change = set_change(POLICY, self.registry.found(POLICY), ",".join(wanted), _text, tuple(control.id for control in controls))
        self.draft.want(change, needed)
        stored = LIST_STORED if needed or (now and now.place) else None
        self.draft.judge([one.met_by(stored) for one in controls], CHANGED if needed else COMPLIANT, _evidence(now, wanted, differs))

    def _wanted(self, options: SuiteOptions, now: SuiteList | None) -> tuple[str, ...]:
        if options.names is not None:
            foreign = sorted(set(options.names) - known_suites(self.build))
            if foreign:
                raise HardeningError(
                    f"Nothing was changed: build {self.build} of Windows has no cipher suite {', '.join(foreign)} (cipher_suites). "
                    "Leave it out for this host; suites of TLS 1.3 are there since Server 2022."
                )
            return options.names
        if now is None:
            raise HardeningError(
                f"Nothing was changed: build {self.build} of Windows is none whose default list of cipher suites is certain, and this host "
                "stores no list from which cipher_suites_absent could be taken. Give the whole list in cipher_suites."
            )
        return tuple(name.upper() for name in now.names if name.upper() not in options.absent)

    def _check(self, wanted: tuple[str, ...], bound: list[BoundCertificate]) -> None:
        length = len(",".join(wanted))
        if length > MAX_LENGTH:
            raise HardeningError(
                f"Nothing was changed: the list of cipher suites would have {length} characters, and the policy SSL Cipher Suite Order takes "
                f"{MAX_LENGTH}. Name fewer suites in cipher_suites, or more in cipher_suites_absent, such as those that begin with TLS_PSK_."
            )
        without = [f"{one.user} ({one.key} key)" for one in bound if one.key and not serves(wanted, one.key)]
        without += [f"{one.user} ({kind} key, if it has one)" for one in bound if one.way_in and not one.key for kind in _lacking(wanted)]
        if not any(one.key for one in bound) and not serves(wanted, "RSA"):
            without.append("certificates with an RSA key, which most have")
        if without:
            advice = ", ".join(ADVICE[kind] for kind in _lacking(wanted))
            raise HardeningError(
                f"Nothing was changed: the wanted cipher suites would leave {', '.join(without)} without a suite with forward secrecy for "
                f"TLS 1.2, and nobody could connect. Add {advice}."
            )
        self._warn(wanted, bound)

    def _warn(self, wanted: tuple[str, ...], bound: list[BoundCertificate]) -> None:
        unknown = [one.user for one in bound if not one.key]
        if unknown and _lacking(wanted):
            self.draft.warnings.append(
                f"The kind of key of the certificate of {', '.join(unknown)} could not be told. If it is {' or '.join(_lacking(wanted))}, "
                "the cipher suites leave it without a suite with forward secrecy for TLS 1.2."
            )


def _lacking(wanted: tuple[str, ...]) -> list[str]:
    return [kind for kind in ADVICE if not serves(wanted, kind)]


def _option(options: SuiteOptions) -> str:
    return "cipher_suites" if options.names is not None else "cipher_suites_absent"


def _satisfies(control: Control, wanted: tuple[str, ...]) -> bool:
    return all(has_forward_secrecy(name) for name in wanted) if control is FORWARD_SECRECY else not any(is_broken(name) for name in wanted)


def _text(stored: t.Any) -> str:
    return ",".join(stored) if isinstance(stored, list) else str(stored)


def _evidence(now: SuiteList | None, wanted: tuple[str, ...], differs: bool) -> str:
    if now is None:
        return f"no list was stored, wanted {len(wanted)} cipher suites"
    if not differs:
        return f"{len(wanted)} cipher suites as wanted ({now.origin})"
    dropped = [name for name in now.names if name.upper() not in wanted]
    new = [name for name in wanted if name not in {one.upper() for one in now.names}]
    parts = [f"dropped {', '.join(dropped)}" if dropped else "", f"added {', '.join(new)}" if new else ""]
    return f"cipher suites were others ({now.origin}): {'; '.join(part for part in parts if part) or 'the order changes'}"
