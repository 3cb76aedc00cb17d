# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: dns_root_hints
short_description: Root hints of the DNS Server
version_added: 0.1.0
description:
  - Manages where the DNS Server begins to ask when it resolves names for others. Hints are added, given other addresses, removed,
    copied from another server, compared with the Internet's, and healed of what stands twice.
  - The last hint is not removed while recursion needs one, which it does where there are no forwarders or root hints stand in for them, and
    where a recursion scope recurses without forwarders of its own.
  - Hints of a domain controller stand in the directory, see O(directory_writer). They come back from there where others put them back.
  - Only the DNS Server itself writes the file C(cache.dns), which holds the hints of a server that is no domain controller, and from which
    a domain controller takes them when the directory has none. Where hints are to be gone for good, look into that file, too.
  - An option that is not given, or is null, is left alone.
extends_documentation_fragment:
  - hardening.windows.run
  - hardening.windows.attributes
options:
  hints:
    description:
      - Root servers by name.
    type: list
    elements: dict
    suboptions:
      name:
        description: The server's name, such as V(a.root-servers.net). Neither case nor a dot at the end counts.
        type: str
        required: true
      addresses:
        description:
          - All its addresses, IPv4 and IPv6. Others that the hint has are removed. Their order does not count.
          - With O(hints[].state=absent) there are none.
        type: list
        elements: str
      state:
        description: Whether the hint is there.
        type: str
        choices:
          - present
          - absent
        default: present
  mode:
    description:
      - With V(merge) hints that are not named stay. With V(replace) they are removed; an empty list of O(hints) removes all.
    type: str
    choices:
      - merge
      - replace
    default: merge
  copy_from:
    description:
      - The address of a server whose root servers are added, names and addresses. Nothing is removed, and what O(hints) says of a name
        wins.
      - The host asks that server itself, each time the task runs, so it must be able to reach it.
    type: str
  compare_with_internet:
    description:
      - Whether the hints, as they are to be, are compared with the root servers of the Internet. Where they differ that is a warning.
        Nothing is changed by it.
    type: bool
  heal_duplicates:
    description:
      - Whether a hint, or an address of one, that stands twice is made to stand once. The hint is removed and added again.
    type: bool
  directory_writer:
    description:
      - The name of the domain controller that writes the root hints of a domain's controllers, which stand in the directory; one for each
        domain. Every other host only looks, and warns where it is not as wanted.
      - Without it every host writes what it finds wrong.
    type: str
seealso:
  - module: hardening.windows.converge
  - module: hardening.windows.dns_server_options
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: A root server has moved
  hardening.windows.dns_root_hints:
    hints:
      - name: b.root-servers.net
        addresses:
          - 170.247.170.2
          - 2801:1b8:10::b
    heal_duplicates: true
    compare_with_internet: true

- name: Only the servers of the network's own root are asked
  hardening.windows.dns_root_hints:
    mode: replace
    hints:
      - name: root1.corp.example
        addresses:
          - 10.20.0.53
    directory_writer: DC01

- name: A server that forwards everything has no root hints
  hardening.windows.dns_root_hints:
    mode: replace
    hints: []

- name: What another server knows is added
  hardening.windows.dns_root_hints:
    copy_from: 10.20.0.10
    hints:
      - name: old.corp.example
        state: absent
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: "DNS root hints: b.root-servers.net."
      before: 199.9.14.201
      after: absent
      controls: []
    - target: "DNS root hints: b.root-servers.net."
      before: absent
      after: 170.247.170.2, 2801:1b8:10::b
      controls: []
controls:
  description: Each control that a given option serves, with how it stands. V(non_compliant) is what was seen and left, with the reason.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-DNS-61
      references: []
      title: Root hints are the root servers of the Internet as they are today
      status: changed
      evidence:
        - 13 root hints are those of IANA's list of 18 April 2024
overrides:
  description: Always empty; Group Policy has no settings of root hints.
  returned: success
  type: list
  elements: dict
  sample: []
restarts:
  description: Services that were restarted, or are to be. Root hints need none.
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
