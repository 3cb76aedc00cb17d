# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: converge
short_description: Converge several resources of a Windows server in two round trips
version_added: 0.1.0
description:
  - Plans, applies and verifies a list of resources together. A compliant host costs one round trip, a changed one two, however
    many settings there are.
  - A resource alone and the same resource here give the same plan.
  - Items that want different values at one target are refused before anything is written.
extends_documentation_fragment:
  - hardening.windows.run
  - hardening.windows.attributes
options:
  resources:
    description:
      - The resources, each as a dictionary with one key, the name of the resource's module, and that module's options below it.
      - An option that is not given, or is null, is left alone.
    type: list
    elements: dict
    required: true
seealso:
  - module: hardening.windows.iis_request_filtering
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: Harden request filtering of the whole server, and of one site more strictly
  hardening.windows.converge:
    resources:
      - iis_request_filtering:
          allow_double_escaping: false
          verbs:
            entries:
              - verb: TRACE
                allowed: false
      - iis_request_filtering:
          target: sites
          sites:
            - Default Web Site
          request_limits:
            max_query_string: 1024

- name: See what the STIG's share of it would change
  hardening.windows.converge:
    only:
      - V-218757
    resources:
      - iis_request_filtering:
          allow_double_escaping: false
          allow_high_bit_characters: false
  check_mode: true
  diff: true
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: "applicationHost.config, server: requestFiltering/verbs/TRACE"
      before: absent
      after: allowed=false
      controls:
        - HW-IIS-RF-06
controls:
  description: Each control that a given option serves, with how it stands.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-IIS-RF-06
      references:
        - CIS-IIS10-4.6
      title: The verb TRACE is denied
      status: changed
      evidence:
        - "server: verbs/TRACE absent -> allowed=false"
overrides:
  description: Files and locations that undo a setting for a part of the host.
  returned: success
  type: list
  elements: dict
  sample: []
restarts:
  description: Services that were restarted, or are to be.
  returned: success
  type: list
  elements: dict
  sample: []
reboot_required:
  description: Whether a change needs a reboot to be in force.
  returned: success
  type: bool
  sample: false
journal:
  description: Journals on the host that hold the undo of what was done; empty when nothing was.
  returned: success
  type: list
  elements: str
  sample:
    - 'C:\Program Files\hardening.windows\journal\20261124T211502Z-3f9c2a1b.jsonl'
round_trips:
  description: How often the payload was called.
  returned: success
  type: int
  sample: 2
"""
