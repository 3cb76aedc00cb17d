# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception that reaches an administrator."""

from __future__ import annotations


class HardeningError(Exception):
    """A sentence for the administrator: what, where, why and what to do.

    Raised before anything was written, unless the sentence says otherwise.
    """
