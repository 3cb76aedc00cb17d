# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource dns_zone_security."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._core.controls import COMPLIANT, NON_COMPLIANT, ControlResult
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.facts import HostFacts, administrators_session
from .._core.observation import Observations
from .._core.operations import Read
from .._core.plan import Plan
from .._core.resource import SHARED_SPEC, Options, Resource
from .requests import zone_key
from .writer import writer_elsewhere
from .zone_domain import LISTEN_READ, domain_of, domain_read, registered_zones, services_query, serving_zones
from .zone_findings import served
from .zone_observed import Zone, observed_zones, zones_read
from .zone_options import ZONE_SPEC, Wish, parsed_wishes
from .zone_plan import ZonePlanner
from .zone_table import CONTROLS, EVERY_ZONE, WINS


class DnsZoneSecurity(Resource):
    """To whom zones are handed, who is notified of changes, who may change records, and whether records grow old."""

    name = "dns_zone_security"
    entry = "windows_dns"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {**SHARED_SPEC, **ZONE_SPEC}
    needs = administrators_session("only administrators may change the DNS Server")
    controls = CONTROLS

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._wishes = parsed_wishes(self.options, self.selection)
        # the zones that the task is about, whatever is asked for them
        self._all = bool(self.options.get("all_zones"))
        self._names = frozenset(zone_key(item["name"]) for item in self.options.get("zones", ()))

    def reads(self) -> list[Read]:
        if not self._all and not self._names:
            return []
        return [zones_read(self._wishes), *([domain_read(), LISTEN_READ] if self._updates_end else [])]

    def further_reads(self, observations: Observations) -> list[Read]:
        """Whether domain controllers register in the zones whose updates would end."""
        if not self._updates_end:
            return []
        zones = observed_zones(observations, zones_read(self._wishes))
        ending = [zone.name for zone in zones if self._wish_for(zone).dynamic_update == "none" and zone.dynamic_update != "none"]
        query = services_query([name for name in ending if not name.lower().endswith(".arpa")], observations)
        return [query] if query else []

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        draft = PlanDraft()
        if not self._all and not self._names:
            return draft.plan()
        zones = observed_zones(observations, zones_read(self._wishes))
        self._refuse_unknown(zones)
        registered = self._registered(zones, observations, facts, draft)
        keeps = self.options.get("stricter") != "replace"
        planner = ZonePlanner(draft, registered, writer_elsewhere(self.options, facts), keeps)
        wished = [(zone, self._wish_for(zone)) for zone in zones]
        for zone, wish in wished:
            planner.plan(zone, wish)
        planner.finish()
        draft.controls = claimed(draft.controls, wished)
        self._judge_wins([zone for zone in zones if not zone.unfit], draft)
        return draft.plan()

    @property
    def _updates_end(self) -> bool:
        return any(wish.dynamic_update == "none" for wish in self._wishes.all)

    def _wish_for(self, zone: Zone) -> Wish:
        _name, own = self._wishes.named.get(zone.key, ("", Wish()))
        return own.over(self._wishes.general)

    def _refuse_unknown(self, zones: t.Sequence[Zone]) -> None:
        missing = self._names - {zone.key for zone in zones}
        if missing:
            named = ", ".join(sorted(self._wishes.named[key][0] for key in missing))
            raise HardeningError(
                f"Nothing was changed: the DNS Server has no zone {named} (option zones). Get-DnsServerZone lists those it has; settings of "
                "a zone are made on the servers that host it."
            )

    def _registered(self, zones: t.Sequence[Zone], observations: Observations, facts: HostFacts, draft: PlanDraft) -> dict[str, str]:
        """The zones that domain controllers register in; on another server the domain's own is only warned of, as it may be none of theirs."""
        if not self._updates_end:
            return {}
        domain, serving = domain_of(observations), serving_zones(observations)
        if facts.product_type == "LanmanNT":
            return serving | registered_zones((zone.name for zone in zones), domain)
        for name in sorted({domain, *serving} & self._ending):
            why = serving.get(name, "it is the host's own domain")
            draft.warnings.append(f"Zone {name}: {why}. With dynamic_update none nobody can register in it any more.")
        return registered_zones((zone.name for zone in zones if zone.directory), "")

    @property
    def _ending(self) -> frozenset[str]:
        """The zones that are named to take no updates, by key."""
        return frozenset(key for key, (_name, wish) in self._wishes.named.items() if wish.dynamic_update == "none")

    def _judge_wins(self, fit: t.Sequence[Zone], draft: PlanDraft) -> None:
        if not self.selection.selects((WINS,)):
            return
        meant = [zone for zone in fit if self._all or zone.key in self._names]
        control = WINS if len(meant) == len(fit) else WINS.claiming(())
        asking = [zone.name for zone in meant if zone.wins]
        for name in asking:
            draft.judge((control,), NON_COMPLIANT, f"{name} looks names up in WINS, which this module does not change")
        if asking:
            draft.warnings.append(
                f"Zone {', '.join(asking)} looks names up in WINS. Nothing was done about that: take the zone's WINS record away "
                "(Remove-DnsServerResourceRecord, or WINS in the properties of the zone) once nobody needs it."
            )
        elif meant:
            draft.judge((control,), COMPLIANT, f"none of {len(meant)} zone(s) looks names up in WINS")


def claimed(results: t.Iterable[ControlResult], wished: t.Sequence[tuple[Zone, Wish]]) -> list[ControlResult]:
    """The results without the rules that speak of every zone, where a zone that is as fit was not judged by the control."""
    partly = {one for one in EVERY_ZONE if any(_unjudged(one, zone, wish) for zone, wish in wished)}
    return [replace(one, control=one.control.claiming(())) if one.control.id in partly else one for one in results]


def _unjudged(control: str, zone: Zone, wish: Wish) -> bool:
    setting, kinds = EVERY_ZONE[control]
    return not zone.unfit and all(getattr(zone, kind) for kind in kinds) and not served(setting, wish, zone)
