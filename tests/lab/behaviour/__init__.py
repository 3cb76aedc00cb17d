# SPDX-License-Identifier: GPL-3.0-or-later
"""What Windows does, as rows that every engine is tested against."""

from __future__ import annotations

from lab.behaviour import (
    dns_access,
    dns_defaults,
    dns_listening,
    dns_lists,
    dns_policies,
    dns_queries,
    dns_rates,
    dns_refusals,
    dns_restart,
    dns_settings,
    dns_updates,
    dns_zones,
    iis_attributes,
    iis_broken,
    iis_defaults,
    iis_documented,
    iis_entries,
    iis_guard,
    iis_levels,
    iis_locks,
    iis_merging,
    iis_refusals,
    iis_shared,
    iis_walk,
    journal,
    rdp_accounts,
    rdp_firewall,
    rdp_listener,
    rdp_machine,
    rdp_refusals,
    rdp_security,
    rdp_switch,
    refusals,
    registry,
    service,
)
from lab.behaviour.row import Row

IIS: tuple[Row, ...] = (
    *iis_defaults.ROWS,
    *iis_levels.ROWS,
    *iis_merging.ROWS,
    *iis_locks.ROWS,
    *iis_broken.ROWS,
    *iis_walk.ROWS,
    *iis_attributes.ROWS,
    *iis_entries.ROWS,
    *iis_refusals.ROWS,
    *iis_guard.ROWS,
    *iis_shared.ROWS,
    *iis_documented.ROWS,
)
RDP: tuple[Row, ...] = (
    *rdp_accounts.ROWS,
    *rdp_security.ROWS,
    *rdp_firewall.ROWS,
    *rdp_listener.ROWS,
    *rdp_switch.ROWS,
    *rdp_machine.ROWS,
    *rdp_refusals.ROWS,
)
DNS: tuple[Row, ...] = (
    *dns_defaults.ROWS,
    *dns_settings.ROWS,
    *dns_restart.ROWS,
    *dns_listening.ROWS,
    *dns_lists.ROWS,
    *dns_rates.ROWS,
    *dns_policies.ROWS,
    *dns_zones.ROWS,
    *dns_updates.ROWS,
    *dns_queries.ROWS,
    *dns_access.ROWS,
    *dns_refusals.ROWS,
)
ROWS: tuple[Row, ...] = (*IIS, *registry.ROWS, *service.ROWS, *journal.ROWS, *refusals.ROWS, *RDP, *DNS)
