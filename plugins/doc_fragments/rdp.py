# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that every resource of Remote Desktop with settings in the registry has."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  scope:
    description:
      - Where a setting is written that can stand in two places. A setting that exists in one place only is written there, whatever
        the scope.
      - V(local) is where the Windows tools write it.
      - V(policy) is where Group Policy writes it, and where a benchmark looks for it. It wins over the local value. A policy object
        that configures the same setting overwrites it.
      - A policy value that is there already decides, so it is the one that is changed, unless Group Policy owns it.
    type: str
    choices:
      - local
      - policy
    default: local
  on_override:
    description:
      - What a value that Group Policy owns, and that is not the wanted one, does to the task. It is never fought, because the next
        policy refresh would write it again. Either way it is named in RV(overrides), and everything else is done.
      - With V(fail) the task fails at the end. With V(report) it warns.
      - Where the host keeps no record of what Group Policy owns, every policy value counts as owned.
    type: str
    choices:
      - fail
      - report
    default: fail
"""
