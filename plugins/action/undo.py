# SPDX-License-Identifier: GPL-3.0-or-later
"""undo: takes back what a journal holds."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._undo import Undo


class ActionModule(ResourceAction):
    resource = Undo
