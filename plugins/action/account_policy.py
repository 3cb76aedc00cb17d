# SPDX-License-Identifier: GPL-3.0-or-later
"""account_policy: documented in plugins/modules, decided in plugin_utils/_rdp/account_policy.py."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.account_policy import AccountPolicy


class ActionModule(ResourceAction):
    resource = AccountPolicy
