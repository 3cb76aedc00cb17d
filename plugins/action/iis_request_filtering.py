# SPDX-License-Identifier: GPL-3.0-or-later
"""iis_request_filtering: documented in plugins/modules, decided in plugin_utils/_iis/request_filtering.py."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.request_filtering import IisRequestFiltering


class ActionModule(ResourceAction):
    resource = IisRequestFiltering
