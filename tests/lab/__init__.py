# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab of simulated Windows hosts that real Ansible talks to over WinRM on 127.0.0.1."""

from lab.laboratory import Lab, running

__all__ = ["Lab", "running"]
