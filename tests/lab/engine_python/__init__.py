# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's default engine."""

from .answer import PythonEngine

__all__ = ["PythonEngine"]
