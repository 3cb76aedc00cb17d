# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents that controls of Remote Desktop come from, spelled once."""

CIS = "CIS Microsoft Windows Server 2022 Benchmark v4.0.0"
STIG = "DISA Windows Server STIG (2019 V3R8, 2022 V2R8, 2025 V1R1)"
NOTES = "the administrator's hardening notes this collection comes from"
