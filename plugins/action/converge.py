# SPDX-License-Identifier: GPL-3.0-or-later
"""converge: several resources in the same two round trips."""

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import RUN_SPEC, ResourceAction
from ansible_collections.hardening.windows.plugins.plugin_utils._core.converge import CONVERGE_SPEC, build_resources
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.knock import knock
from ansible_collections.hardening.windows.plugins.plugin_utils._resources import RESOURCES


class ActionModule(ResourceAction):
    def given(self, arguments):
        # A resource whose options are all null is still a resource; build_resources looks into each of them.
        return {name: value for name, value in arguments.items() if value is not None}

    def validated_options(self):
        _validation, options = self.validate_argument_spec(argument_spec=CONVERGE_SPEC | RUN_SPEC)
        return options

    def resources(self, options):
        return build_resources(options, RESOURCES)

    def knock(self, port):
        return knock(self.way_in(), port)
