# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the library that reads and writes DNS messages is there. Nothing but messages.py needs it."""

from __future__ import annotations

import importlib

INSTALL = (
    "dns_probe cannot look at anything, because the Python library dnspython is missing on the machine that probes: install it there for "
    "the Python that Ansible uses ({python}; python3 -m pip install dnspython, or the package python3-dnspython)."
)


def is_there() -> bool:
    try:
        importlib.import_module("dns.message")
    except ImportError:
        return False
    return True
