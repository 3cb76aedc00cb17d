# SPDX-License-Identifier: GPL-3.0-or-later
"""dns_server_options: documented in plugins/modules, decided in plugin_utils/_dns/server_options.py."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.server_options import DnsServerOptions


class ActionModule(ResourceAction):
    resource = DnsServerOptions
