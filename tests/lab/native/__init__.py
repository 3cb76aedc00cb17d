# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines of Windows that a box runs by itself. They own no rule: what a command does is the Python engine's."""
