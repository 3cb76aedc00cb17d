# SPDX-License-Identifier: GPL-3.0-or-later
"""icacls.exe: access control lists are not modelled; what was asked for is written down beside the box's other documents."""

from __future__ import annotations

import sys

import host

known = host.read_json("acl")
known[sys.argv[1]] = sys.argv[2:]
host.write_json("acl", known)
