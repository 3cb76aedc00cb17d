# SPDX-License-Identifier: GPL-3.0-or-later
"""What every resource shares: reads, observations, plans, the run. Knows no IIS, RDP or DNS."""
