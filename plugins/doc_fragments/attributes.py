# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes that every resource module and converge have."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    support: full
    description: The plan is made from the host's real state and nothing is written; the result is that of the run.
  diff_mode:
    support: full
    description: One readable before and after for each place, equal in check mode and in the run.
  platform:
    platforms: windows
    support: full
    description: Windows Server 2016 and later.
  async:
    support: none
    description: The action needs the answer of its first round trip.
  action:
    support: full
    description: Everything is decided on the controller.
"""
