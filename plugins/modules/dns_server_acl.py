# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: dns_server_acl
short_description: Who may administer the DNS service of a domain
version_added: 0.1.0
description:
  - Manages the access list of C(CN=MicrosoftDNS,CN=System), which is what the console shows as the Security tab of a DNS Server. It is one
    object for the whole domain, so a change counts for every domain controller.
  - On a server that is no domain controller there is no such list. The DNS service then lets Administrators and Server Operators in and nobody else,
    and the controls are not applicable.
  - SYSTEM, Domain Admins and Enterprise Domain Controllers are never taken out or given less. A change after which the account of the
    session could not change the list any more is refused.
  - Rights that are inherited from a container above cannot be taken away here. They are named in a warning.
  - The owner of the object, which may be DnsAdmins, can change the list whatever its rules say. Where the owner is taken out, a warning says so and
    control HW-DNS-70 is non-compliant until the object has another owner, which this module does not give it.
  - The DNS Server reads the list every three minutes, so a change is in force up to 180 seconds later, and on another domain controller
    once it has replicated.
  - The members of DnsAdmins are named in the evidence of control HW-DNS-71. They are not changed.
  - With no option this module only reads. A list that cannot be read is then a warning, and its controls are C(skipped); with O(entries) or
    O(absent) it is an error. Where neither control is selected the list is not read at all.
extends_documentation_fragment:
  - hardening.windows.run
  - hardening.windows.attributes
options:
  entries:
    description:
      - Accounts and what each is to have. Other rules of the list stay, unless O(mode=replace).
    type: list
    elements: dict
    suboptions:
      account:
        description:
          - A SID, a name as V(CORP\\dns-operators), or one of the names that work in every language, such as V(domain_admins),
            V(enterprise_domain_controllers), V(system) and V(administrators).
        type: str
        required: true
      access:
        description:
          - What the account may do, as the console names it.
        type: list
        elements: str
        choices:
          - full_control
          - read
          - write
          - create_children
          - delete_children
        required: true
      applies_to:
        description:
          - Whether the rule is inherited by what is below the container. The DNS service looks at the container itself.
        type: str
        choices:
          - this_and_below
          - this_only
        default: this_and_below
  absent:
    description:
      - Accounts that are to have no rule of their own, by SID or name.
    type: list
    elements: str
  mode:
    description:
      - With V(merge) the entries are added to what is there. An account that has more keeps it.
      - With V(replace) they are all there may be, besides the three that are never taken out, and each has exactly what its entry says.
    type: str
    choices:
      - merge
      - replace
    default: merge
  directory_writer:
    description:
      - Name of the domain controller that writes the list, one for each domain. Other hosts verify it, and warn while the change has not
        replicated to them.
      - Without it every host writes that finds a difference.
    type: str
seealso:
  - module: hardening.windows.converge
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: Look at who may administer the DNS service
  hardening.windows.dns_server_acl:
    only: [HW-DNS-71]
  register: acl

- name: Let a group look, and take DnsAdmins out
  hardening.windows.dns_server_acl:
    entries:
      - account: 'CORP\dns-readers'
        access: [read]
    absent: ['CORP\DnsAdmins']
    directory_writer: DC01

- name: Nobody else than these and the three that always stay
  hardening.windows.dns_server_acl:
    mode: replace
    entries:
      - account: 'CORP\dns-operators'
        access: [full_control]
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: "DNS service, access list: S-1-5-21-1004336348-1177238915-682003330-1101 (CORP\\DnsAdmins)"
      before: full control
      after: absent
      controls:
        - HW-DNS-70
controls:
  description: Each control that a given option serves, with how it stands.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-DNS-71
      references: []
      title: Nobody is a member of DnsAdmins
      status: non_compliant
      evidence:
        - "members of DnsAdmins: CORP\\jane"
overrides:
  description: Always empty; Group Policy does not own the access list.
  returned: success
  type: list
  elements: dict
  sample: []
restarts:
  description: Always empty; the DNS service reads the list anew by itself.
  returned: success
  type: list
  elements: dict
  sample: []
reboot_required:
  description: Always V(false).
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
