# SPDX-License-Identifier: GPL-3.0-or-later
"""Remote Desktop and what protects the way to it: one file for each resource, tables beside them."""
