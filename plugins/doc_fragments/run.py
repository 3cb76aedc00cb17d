# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that every resource module and converge have."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  only:
    description:
      - Ids of controls, the collection's own or a benchmark's such as V(CIS-IIS10-4.5) or V(V-218757). Settings that serve none of
        them are left alone.
    type: list
    elements: str
  skip:
    description:
      - Ids of controls whose settings are left alone.
    type: list
    elements: str
  restart:
    description:
      - When services that a change needs restarted are restarted. With V(later) the result says what is not in force yet.
    type: str
    choices:
      - now
      - later
    default: now
"""
