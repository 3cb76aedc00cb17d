# SPDX-License-Identifier: GPL-3.0-or-later
"""rdp_listener: documented in plugins/modules, decided in plugin_utils/_rdp/listener.py."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.knock import knock
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.listener import RdpListener


class ActionModule(ResourceAction):
    resource = RdpListener

    def knock(self, port):
        return knock(self.way_in(), port)
