# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS Server: one file for each resource, tables beside them."""
