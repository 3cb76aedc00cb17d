# SPDX-License-Identifier: GPL-3.0-or-later
"""The service of Remote Desktop, and where it keeps its settings, below HKLM."""

SERVICE = "TermService"
TERMINAL_SERVER = r"SYSTEM\CurrentControlSet\Control\Terminal Server"
LISTENER = TERMINAL_SERVER + r"\WinStations\RDP-Tcp"
TERMINAL_SERVICES_POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
