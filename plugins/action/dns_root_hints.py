# SPDX-License-Identifier: GPL-3.0-or-later
"""dns_root_hints: documented in plugins/modules, decided in plugin_utils/_dns/root_hints.py."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.root_hints import DnsRootHints


class ActionModule(ResourceAction):
    resource = DnsRootHints
