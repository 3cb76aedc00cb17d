# SPDX-License-Identifier: GPL-3.0-or-later
"""rdp_security_layer: documented in plugins/modules, decided in plugin_utils/_rdp/security_layer.py."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer import RdpSecurityLayer


class ActionModule(ResourceAction):
    resource = RdpSecurityLayer
