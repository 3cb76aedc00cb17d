# SPDX-License-Identifier: GPL-3.0-or-later
"""pytest plugins of this repository."""
