# SPDX-License-Identifier: GPL-3.0-or-later
"""How the settings of one zone are planned: what is written, what is refused for a named zone, and what is left where all were meant."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._core.controls import CHANGED, COMPLIANT, NON_COMPLIANT, Control
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .requests import listed, sentence
from .zone_changes import Piece, aging_change, secondary_change, zone_change
from .zone_findings import Finding, aging_findings, reach_findings, served, update_findings
from .zone_observed import Zone
from .zone_options import Wish
from .zone_table import TRANSFERS


@dataclass(frozen=True)
class Hold:
    """Why a setting is left on this host. harmless: what is there instead is nothing to warn of."""

    why: str
    harmless: bool = False


@dataclass
class ZonePlanner:
    """Plans zones into a draft.

    registered: the zones that must take dynamic updates, by key, with the reason. writer: who else writes what is in the directory.
    keeps_stricter: what was meant for all zones loosens none of them.
    """

    draft: PlanDraft
    registered: t.Mapping[str, str]
    writer: str | None
    keeps_stricter: bool
    _left: dict[str, list[str]] = field(default_factory=dict)
    _unserved: list[str] = field(default_factory=list)

    def plan(self, zone: Zone, wish: Wish) -> None:
        """Raises HardeningError where a setting that was given for this very zone cannot be."""
        if zone.unfit:
            self._plan_unfit(zone, wish)
        elif zone.primary:
            self._plan_primary(zone, wish)
        else:
            self._plan_secondary(zone, wish)

    def finish(self) -> None:
        """One warning for each reason for which zones were left that are not as wanted."""
        self.draft.warnings += [f"Left alone: {', '.join(names)}: {why}." for why, names in self._left.items()]
        self.draft.warnings += [_UNSERVED.format(names=", ".join(self._unserved))] if self._unserved else []

    def _plan_unfit(self, zone: Zone, wish: Wish) -> None:
        if wish.named:
            raise _refusal(zone, "cannot be hardened", f"{zone.unfit}. Take it out of zones")
        for setting in ("transfers", "notify", "dynamic_update", "aging"):
            self.draft.judge(served(setting, wish, zone), COMPLIANT, f"{zone.name} was left: {zone.unfit}")

    def _plan_primary(self, zone: Zone, wish: Wish) -> None:
        pieces = self._settle(zone, wish, reach_findings(zone, wish), None)
        if zone.read_only and "transfers" in wish.named and any(_hands_on(one) for one in pieces):
            self._unserved.append(zone.name)
        updates = update_findings(zone, wish)
        pieces += self._settle(zone, wish, updates, self._hold_update(zone, wish) if _differ(updates) else None)
        if pieces:
            self.draft.changes.append(zone_change(zone, pieces))
        self._plan_aging(zone, wish)

    def _plan_aging(self, zone: Zone, wish: Wish) -> None:
        if wish.aging is None or not self._aging_is_known(zone, wish):
            return
        findings = aging_findings(zone, wish)
        pieces = self._settle(zone, wish, findings, self._hold_directory(zone, wish, "aging") if _differ(findings) else None)
        if pieces:
            self.draft.changes.append(aging_change(zone, pieces))
        scavengers = listed((zone.aging or {}).get("ScavengeServers"))
        if wish.aging.get("enabled") and "scavenge_servers" not in wish.aging and scavengers:
            self._left.setdefault(_LISTED_SCAVENGERS, []).append(f"{zone.name} (aging.scavenge_servers is {', '.join(scavengers)})")

    def _aging_is_known(self, zone: Zone, wish: Wish) -> bool:
        """Raises HardeningError where it is not, and was asked for by the zone's name."""
        if zone.aging:
            return True
        reason = sentence(zone.aging_failure, f"Get-DnsServerZoneAging {zone.name}") if zone.aging_failure else "the host did not tell it."
        if "aging" in wish.named:
            raise HardeningError(f"Nothing was changed: the aging of zone {zone.name} is not known: {reason}")
        self.draft.failures.append(f"The aging of zone {zone.name} was left, because it is not known: {reason}")
        return False

    def _plan_secondary(self, zone: Zone, wish: Wish) -> None:
        for setting in ("dynamic_update", "aging"):
            if setting in wish.named:
                raise _refusal(zone, f"has no {setting}", "it is a secondary zone. Set it where the zone is primary")
        findings = reach_findings(zone, wish)
        hold = _hold_unset(zone, wish) if _differ(findings) else None
        pieces = self._settle(zone, wish, findings, hold)
        if pieces:
            self.draft.changes.append(secondary_change(zone, wish, pieces))

    def _hold_update(self, zone: Zone, wish: Wish) -> Hold | None:
        """Why this host does not set the zone's dynamic updates. Raises HardeningError where they were given for this very zone."""
        wanted, named, now = wish.dynamic_update, "dynamic_update" in wish.named, zone.dynamic_update
        if wanted == "none" and zone.key in self.registered:
            why = f"{self.registered[zone.key]}, and without dynamic updates they could not. Use secure"
            return _held(zone, f"must not have dynamic_update {wanted}", why, named, harmless=now == "secure")
        if not zone.directory and wanted == "secure":
            return _held(zone, f"cannot have dynamic_update {wanted}", _SECURE_IN_FILE, named, harmless=now == "none")
        if not zone.directory and not named:
            return Hold(_FILES_BY_NAME, harmless=now == "none")
        return self._hold_directory(zone, wish, "dynamic_update")

    def _hold_directory(self, zone: Zone, wish: Wish, setting: str) -> Hold | None:
        """Why this host does not set what stands in the directory."""
        if not zone.directory:
            return None
        if self.writer:
            return Hold(f"what stands in the directory is written by {self.writer} (directory_writer); this host only looks")
        if zone.read_only:
            return _held(zone, f"cannot have its {setting} set here", _READ_ONLY, setting in wish.named)
        return None

    def _settle(self, zone: Zone, wish: Wish, findings: t.Sequence[Finding], hold: Hold | None) -> list[Piece]:
        """Judges findings; gives the pieces that are to be written."""
        pieces = []
        for finding in findings:
            if self.keeps_stricter and finding.stricter is not None and finding.piece.setting not in wish.named:
                self._keep(zone, finding, finding.stricter)
            elif hold and finding.differs:
                self._leave(zone, finding, hold)
            else:
                self._judge(zone, finding)
                pieces += [finding.piece] if finding.differs else []
        return pieces

    def _keep(self, zone: Zone, finding: Finding, controls: t.Sequence[Control]) -> None:
        piece = finding.piece
        evidence = f"{zone.name}: {piece.setting} is {piece.before}, stricter than {piece.after}, so it is kept"
        self.draft.judge(controls, COMPLIANT, evidence)

    def _judge(self, zone: Zone, finding: Finding) -> None:
        piece = finding.piece
        self.draft.wanted.append((f"DNS zone {zone.name}: {piece.setting}", piece.after))
        told = f"{zone.name}: {piece.setting} was {piece.before}, wanted {piece.after}"
        evidence = told if finding.differs else f"{zone.name}: {piece.setting} is {piece.before}"
        self.draft.judge(finding.controls, CHANGED if finding.differs else COMPLIANT, evidence)

    def _leave(self, zone: Zone, finding: Finding, hold: Hold) -> None:
        piece = finding.piece
        evidence = f"{zone.name}: {piece.setting} is {piece.before} and was left, wanted {piece.after}: {hold.why}"
        self.draft.judge(finding.controls, COMPLIANT if hold.harmless else NON_COMPLIANT, evidence)
        if not hold.harmless:
            self._left.setdefault(hold.why, []).append(f"{zone.name} ({piece.setting} is {piece.before}, wanted {piece.after})")


_SECURE_IN_FILE = "secure updates are for zones of the directory only, and this is in a file. Use none, or move the zone into the directory"
_FILES_BY_NAME = "all_zones.dynamic_update is for zones of the directory. Give those in files in zones, by name"
_READ_ONLY = "this is a read-only domain controller, and the directory holds the value. Set it on a writable one"
# MS-DNSP 3.1.1.1.1, AllowReadOnlyZoneTransfer.
_UNSERVED = (
    "This is a read-only domain controller, which hands zones of the directory to nobody unless it is told to: {names} can be transferred only "
    "with updates.transfers_from_read_only (dns_server_options), which is off by default."
)
# Microsoft's KB2791165: no error tells of a list that names servers which are gone.
_LISTED_SCAVENGERS = "no other server scavenges such a zone, and none does where those are gone. An empty list is every server"
_UNSET = "to whom this secondary zone is handed on is not set, and dnscmd sets it together with notify. Give transfers, too"


def _hands_on(piece: Piece) -> bool:
    """Whether it lets somebody transfer the zone."""
    return TRANSFERS.by_cmdlet(piece.parameters.get(TRANSFERS.mode)) not in (None, TRANSFERS.by_option("none"))


def _differ(findings: t.Iterable[Finding]) -> bool:
    return any(finding.differs for finding in findings)


def _hold_unset(zone: Zone, wish: Wish) -> Hold | None:
    """dnscmd takes both at once; what is not set, and not asked for, could only be guessed. To notify nobody is what Windows does by itself."""
    if wish.transfers is not None or zone.transfers.mode is not None:
        return None
    return _held(zone, "cannot have notify alone", _UNSET, "notify" in wish.named)


def _held(zone: Zone, what: str, why: str, named: bool, harmless: bool = False) -> Hold:
    if named:
        raise _refusal(zone, what, why)
    return Hold(why, harmless)


def _refusal(zone: Zone, what: str, why: str) -> HardeningError:
    return HardeningError(f"Nothing was changed: zone {zone.name} {what}: {why}.")
