# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: account_policy
short_description: Passwords and lockout of a Windows server's own accounts
version_added: 0.1.0
description:
  - Manages the password policy and the account lockout of the host's own accounts. On a member of a domain, the domain's accounts follow
    the domain's policy.
  - Everything that changes is written in one go, because Windows judges the values of a lockout together.
  - A domain controller is judged and never changed, because the policy of the domain rules there; a value that is not as wanted is an
    override.
  - Refused before anything is written are values that Windows does not take together, and a maximum age that would expire the password
    of the account that makes the connection.
  - An option that is not given, or is null, is left alone. Nobody's password is looked at.
extends_documentation_fragment:
  - hardening.windows.run
  - hardening.windows.attributes
options:
  on_override:
    description:
      - What a setting that Group Policy owns, and that is not as wanted, does to the task. It is never fought, because the next policy
        refresh would write it again. Either way it is named in RV(overrides), and everything else is done.
      - With V(fail) the task fails at the end. With V(report) it warns.
      - Where the host keeps no record of what Group Policy owns, settings are written with a warning.
    type: str
    choices:
      - fail
      - report
    default: fail
  password_history:
    description: How many old passwords of an account are not taken again, 0 to 24.
    type: int
  maximum_password_age:
    description:
      - After how many days a password expires, 1 to 999. With V(0) it never does.
      - A warning names the enabled accounts whose passwords a new number expires at once, since with network level authentication nobody can
        change an expired password over Remote Desktop.
    type: int
  minimum_password_age:
    description: How many days a new password must be kept, 0 to 998. It must be below O(maximum_password_age), unless that is V(0).
    type: int
  minimum_password_length:
    description:
      - The fewest characters of a new password. More than 14 need O(relax_minimum_password_length_limits); the most is 128.
    type: int
  relax_minimum_password_length_limits:
    description:
      - Whether O(minimum_password_length) may be more than 14 (C(RelaxMinimumPasswordLengthLimits)). Server 2022 and later; elsewhere it is
        reported as not applicable.
    type: bool
  password_complexity:
    description: Whether a new password must have characters of three kinds.
    type: bool
  reversible_encryption:
    description: Whether passwords are stored so that they can be read.
    type: bool
  lockout:
    description:
      - When an account is locked because of wrong passwords. Where accounts are not locked so far, all three must be given, because Windows
        sets them together.
    type: dict
    suboptions:
      threshold:
        description: After how many wrong passwords, 1 to 999. With V(0) never; then the other two cannot be given.
        type: int
      duration:
        description: For how many minutes, 1 to 99999, or V(until_unlocked) by an administrator.
        type: str
      reset_after:
        description: After how many minutes wrong passwords are forgotten, 1 to 99999, and at most O(lockout.duration).
        type: int
  administrator_lockout:
    description:
      - Whether the built-in administrator can be locked too (C(AllowAdministratorLockout)). Hosts without the updates of October 2022 do
        not know it; there it is reported as not applicable.
    type: bool
  stricter:
    description:
      - What a value on the host that asks more than the option does. With V(keep) it complies, so that 12 characters never replace 16.
        With V(replace) it is set to exactly what the option says.
      - A limit that is off, such as passwords that never expire, is never stricter.
    type: str
    choices:
      - keep
      - replace
    default: keep
  accept_unknown_password_age:
    description:
      - Whether O(maximum_password_age) is set though it cannot be told whether it would expire the password of the account that makes the
        connection. That is so where the host does not know the password's age, and where no password expired so far, so that
        the host does not say which accounts are exempt.
      - A password that would expire for certain is refused all the same.
    type: bool
    default: false
seealso:
  - module: hardening.windows.rdp_access
  - module: hardening.windows.converge
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: Passwords of 14 characters and more, and a lockout
  hardening.windows.account_policy:
    minimum_password_length: 14
    password_complexity: true
    lockout:
      threshold: 5
      duration: 15
      reset_after: 15
    administrator_lockout: true

- name: Locked until an administrator unlocks
  hardening.windows.account_policy:
    lockout:
      threshold: 3
      duration: until_unlocked
      reset_after: 15

- name: Phrases instead of passwords
  hardening.windows.account_policy:
    relax_minimum_password_length_limits: true
    minimum_password_length: 20
    maximum_password_age: 0
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: "account policy: MinimumPasswordLength"
      before: "0"
      after: "14"
      controls:
        - HW-RDP-AP-04
controls:
  description: Each control that a given option serves, with how it stands.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-RDP-AP-04
      references:
        - CIS-WS2022-1.1.4
        - V-205662
        - V-254291
        - WN19-AC-000070
        - WN22-AC-000070
      title: Passwords are long
      status: changed
      evidence:
        - minimum_password_length was 0, wanted 14 (for the host's own accounts; those of a domain follow the domain's policy)
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
