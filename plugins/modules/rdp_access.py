# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: rdp_access
short_description: Who may log on to a Windows server through Remote Desktop
version_added: 0.1.0
description:
  - Manages the user rights to log on through Remote Desktop, allowed and denied, and the members of the group Remote Desktop Users.
  - Everything is looked at and written by SID, so that it works in every language. An account is given by name (as the host calls it,
    with or without V(DOMAIN\\)), by SID, or by a name that works everywhere, such as V(administrators), V(remote_desktop_users),
    V(users), V(guests), V(backup_operators), V(remote_management_users), V(everyone), V(authenticated_users), V(local_account),
    V(local_account_and_administrator), V(domain_admins), V(domain_users), V(domain_guests), V(enterprise_admins).
  - Refused before anything is written is a name or SID that nobody has, and whatever would leave nobody who can log on. That is judged
    by enabled accounts, group membership, deny rights, and, where network level authentication is required, by the right to log on over
    the network; where it is off, a warning says that nobody would be left once it is on. Accounts and groups of a domain count as able
    to, but nothing can be said about them from the host, which a warning says.
  - What lets somebody in is written before what keeps somebody out.
  - An option that is not given, or is null, is left alone.
extends_documentation_fragment:
  - hardening.windows.run
  - hardening.windows.attributes
options:
  on_override:
    description:
      - What a right or a group that Group Policy owns, and that is not as wanted, does to the task. It is never fought, because the next policy
        refresh would write it again. Either way it is named in RV(overrides), and everything else is done.
      - With V(fail) the task fails at the end. With V(report) it warns.
      - Where the host keeps no record of what Group Policy owns, rights and groups are written with a warning, and
        O(local_account_token_filter_policy) counts as owned.
    type: str
    choices:
      - fail
      - report
    default: fail
  allow:
    description:
      - Who has the right to log on through Remote Desktop (C(SeRemoteInteractiveLogonRight)).
    type: dict
    suboptions:
      mode: &mode
        description:
          - Whether the accounts are added to those that are there, or are all there may be. Whoever is taken out by V(replace) is
            named in the diff, also a SID that nobody has any more.
        type: str
        choices:
          - merge
          - replace
        default: merge
      accounts: &accounts
        description: The accounts and groups.
        type: list
        elements: str
      absent: &absent
        description: Accounts and groups that must not be there. Here a SID may be given that nobody has any more.
        type: list
        elements: str
  deny:
    description:
      - Who is denied to log on through Remote Desktop (C(SeDenyRemoteInteractiveLogonRight)), whatever else allows it.
      - Where that hits the account of the connection, a warning says so; the connection itself is another kind of logon.
    type: dict
    suboptions: &set
      mode: *mode
      accounts: *accounts
      absent: *absent
  remote_desktop_users:
    description:
      - Members of the built-in group Remote Desktop Users (C(S-1-5-32-555)). Windows takes no local group into it.
    type: dict
    suboptions:
      mode: *mode
      members:
        description: The members.
        type: list
        elements: str
      absent: *absent
  remove_administrators:
    description:
      - Whether the right is taken from the group Administrators (C(S-1-5-32-544)). Somebody else must have it.
    type: bool
    default: false
  remove_remote_desktop_users:
    description:
      - Whether the right is taken from the group Remote Desktop Users as well. Then O(allow.accounts) must name the users, or a group of
        your own, that have it instead.
    type: bool
    default: false
  network_logon:
    description:
      - Logons over the network, which the connection itself is, and which Remote Desktop with network level authentication needs too.
    type: dict
    suboptions:
      deny:
        description:
          - Who is denied to log on over the network (C(SeDenyNetworkLogonRight)). Refused is what would hit the account of the connection.
        type: dict
        suboptions: *set
  local_account_token_filter_policy:
    description:
      - C(LocalAccountTokenFilterPolicy). With V(false) local administrators except the built-in one have no administrator's rights over the
        network, as benchmarks ask for.
      - V(false) is refused where the connection comes in over WinRM as such an account.
    type: bool
  limit_blank_password_use:
    description:
      - C(LimitBlankPasswordUse). With V(true) accounts without a password can log on at the console only.
    type: bool
seealso:
  - module: hardening.windows.account_policy
  - module: hardening.windows.converge
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: Neither of the two built-in groups, but one of our own and one user
  hardening.windows.rdp_access:
    remove_administrators: true
    remove_remote_desktop_users: true
    allow:
      accounts:
        - RDP-Operators
        - anna

- name: What CIS asks of a member server, on a host in any language
  hardening.windows.rdp_access:
    allow:
      mode: replace
      accounts:
        - administrators
        - remote_desktop_users
    deny:
      accounts:
        - guests
        - local_account

- name: Only these two are in the group, whoever was in it before
  hardening.windows.rdp_access:
    remote_desktop_users:
      mode: replace
      members:
        - anna
        - CORP\Server Operators

- name: Take out what is left of a deleted account
  hardening.windows.rdp_access:
    allow:
      absent:
        - S-1-5-21-1004336348-1177238915-682003330-1017
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: "user right SeRemoteInteractiveLogonRight: S-1-5-32-544"
      before: held (administrators)
      after: absent
      controls:
        - HW-RDP-AC-01
controls:
  description: Each control that a given option serves, with how it stands.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-RDP-AC-01
      references: []
      title: The group Administrators may not log on through Remote Desktop
      status: changed
      evidence:
        - user right SeRemoteInteractiveLogonRight was with S-1-5-32-544 (administrators), S-1-5-32-555 (remote_desktop_users), wanted
          S-1-5-32-555 (remote_desktop_users)
overrides:
  description: What Group Policy owns and is not as wanted.
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
