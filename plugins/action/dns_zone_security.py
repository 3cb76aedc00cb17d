# SPDX-License-Identifier: GPL-3.0-or-later
"""dns_zone_security: documented in plugins/modules, decided in plugin_utils/_dns/zone_security.py."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.zone_security import DnsZoneSecurity


class ActionModule(ResourceAction):
    resource = DnsZoneSecurity
