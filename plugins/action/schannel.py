# SPDX-License-Identifier: GPL-3.0-or-later
"""schannel: documented in plugins/modules, decided in plugin_utils/_rdp/schannel.py."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.schannel import Schannel


class ActionModule(ResourceAction):
    resource = Schannel
