# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: power_policy
short_description: Sleep and hibernation of a server
version_added: 0.1.0
description:
  - Manages sleep, unattended sleep, hybrid sleep and hibernation, because a server that sleeps cannot be reached.
  - The active power scheme is what counts, unless a policy value decides. Such a value is changed in its place, unless Group Policy
    owns it.
  - What this machine's power scheme does not have is compliant, and the evidence says so. Many virtual machines cannot sleep.
  - An option that is not given, or is null, is left alone.
extends_documentation_fragment:
  - hardening.windows.rdp
  - hardening.windows.run
  - hardening.windows.attributes
options:
  never_sleep:
    description:
      - With V(true) the same as 0 for O(sleep_after), O(hibernate_after) and O(unattended_sleep_after), on mains and on battery.
    type: bool
  sleep_after:
    description:
      - After how many minutes without use the machine goes to sleep; 0 is never.
    type: dict
    suboptions: &minutes
      ac:
        description: On mains.
        type: int
      dc:
        description: On battery.
        type: int
  hibernate_after:
    description:
      - After how many minutes it hibernates; 0 is never.
    type: dict
    suboptions: *minutes
  unattended_sleep_after:
    description:
      - After how many minutes it goes back to sleep when nobody woke it, such as after Wake-on-LAN; 0 is never.
      - Windows waits two minutes where nothing is set.
    type: dict
    suboptions: *minutes
  hybrid_sleep:
    description:
      - Whether sleep also writes the memory to the disk.
    type: dict
    suboptions: &choice
      ac:
        description: On mains.
        type: bool
      dc:
        description: On battery.
        type: bool
  password_on_wake:
    description:
      - Whether a password is asked for after waking. It is written as policy, whatever the scope.
    type: dict
    suboptions: *choice
  network_in_standby:
    description:
      - Whether the network stays up in standby. It is written as policy, whatever the scope.
    type: dict
    suboptions: *choice
  hibernation:
    description:
      - Whether the machine can hibernate at all. V(false) deletes C(hiberfil.sys). Where Windows keeps no value that tells, it is left
        alone with a warning.
    type: bool
seealso:
  - module: hardening.windows.converge
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: A server does not sleep
  hardening.windows.power_policy:
    never_sleep: true
    hybrid_sleep:
      ac: false
      dc: false
    hibernation: false

- name: What CIS and DISA look for
  hardening.windows.power_policy:
    scope: policy
    password_on_wake:
      ac: true
      dc: true
    network_in_standby:
      ac: false
      dc: false

- name: Sleep after an hour on battery, never on mains
  hardening.windows.power_policy:
    sleep_after:
      ac: 0
      dc: 60
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: "power scheme: sleep_after on mains"
      before: 1800 s
      after: never
      controls:
        - HW-RDP-PW-01
controls:
  description: Each control that a given option serves, with how it stands.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-RDP-PW-01
      references: []
      title: The server does not go to sleep
      status: changed
      evidence:
        - sleep_after.ac was 1800 s (power scheme 381b4222-f694-41f0-9685-ff5bb260df2e), wanted never
overrides:
  description: Values that Group Policy owns and that are not the wanted ones.
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
