# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: undo
short_description: Take back what a run changed
version_added: 0.1.0
description:
  - Every run writes a journal on the host before its first change, with how each change is taken back. This module does that, in
    reverse order, for everything that is still as the run left it.
  - Refuses, before anything is written, where somebody has changed a value since, or where Remote Desktop would be put back to a port
    that the firewall lets nobody into. A move of that port has two journals; undo the later one first.
  - Refuses as well, unless O(allow_lockout) says otherwise, what would shut out the connection that does it, or everybody who logs on
    through Remote Desktop.
  - A list of servers of a DNS zone that was empty, or was not set, cannot be given back. Nobody is left instead, which the result shows.
  - Runs again without changing anything.
extends_documentation_fragment:
  - hardening.windows.attributes
options:
  journal:
    description:
      - The id of the journal, such as V(20261124T211502Z-3f9c2a1b). A run returns the path of its journal; the id is the file's name.
    type: str
    required: true
  state:
    description:
      - With V(undone) the changes are taken back. With V(closed) everything stays as it is, and a journal that an interrupted run
        left unfinished is no longer reported.
    type: str
    choices:
      - undone
      - closed
    default: undone
  disconnect_sessions:
    description:
      - Taking back a port, a certificate or the transports of Remote Desktop restarts Remote Desktop Services (TermService), which drops
        the sessions of everybody who is working. With V(false) that is refused while there are any.
    type: bool
    default: false
  allow_lockout:
    description:
      - With V(false) nothing is taken back that would deny the connection's account to log on over the network or leave it without the
        right, take the administrator's rights from a local account that the connection uses, switch off the last version of TLS that
        the controller speaks under a connection by HTTPS, or leave nobody who could log on through Remote Desktop.
      - Nor what would switch recursion off on a DNS Server that the host itself resolves through or whose forwarders would be useless,
        leave a server that recurses with nobody to ask, end the dynamic updates of a zone that domain controllers register in, or stop
        listening on an address that the host or the zones' name server records use.
      - With V(true) none of that is looked at.
    type: bool
    default: false
  restart:
    description:
      - When services that a change needs restarted are restarted. With V(later) the result says what is not in force yet.
    type: str
    choices:
      - now
      - later
    default: now
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: Take back the run of this morning
  hardening.windows.undo:
    journal: 20261124T061502Z-3f9c2a1b
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
