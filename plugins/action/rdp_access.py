# SPDX-License-Identifier: GPL-3.0-or-later
"""rdp_access: documented in plugins/modules, decided in plugin_utils/_rdp/rdp_access.py."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.rdp_access import RdpAccess


class ActionModule(ResourceAction):
    resource = RdpAccess
