# SPDX-License-Identifier: GPL-3.0-or-later
"""IIS: the configuration model that every section shares, and one file for each resource."""
