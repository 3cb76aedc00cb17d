# SPDX-License-Identifier: GPL-3.0-or-later
"""dns_server_acl: documented in plugins/modules, decided in plugin_utils/_dns/server_acl.py."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.server_acl import DnsServerAcl


class ActionModule(ResourceAction):
    resource = DnsServerAcl
