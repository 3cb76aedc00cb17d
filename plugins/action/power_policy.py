# SPDX-License-Identifier: GPL-3.0-or-later
"""power_policy: documented in plugins/modules, decided in plugin_utils/_rdp/power_policy.py."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.power_policy import PowerPolicy


class ActionModule(ResourceAction):
    resource = PowerPolicy
