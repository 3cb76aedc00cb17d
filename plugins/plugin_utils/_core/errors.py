# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception that reaches an administrator."""

from __future__ import annotations

import contextlib
import typing as t

NEXT = "Run the task again: it looks at the host anew, and reports a journal that was not finished."


class HardeningError(Exception):
    """A sentence for the administrator: what, where, why and what to do.

    Raised before anything was written, unless the sentence says otherwise.
    """


class Refused(HardeningError):
    """The payload refused a whole request: nothing was written, for certain."""


@contextlib.contextmanager
def whole(part: str) -> t.Iterator[None]:
    """Turns what a cut-short answer does to the code that takes it apart into a sentence; nothing but that belongs inside."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as problem:
        what = f"{type(problem).__name__}: {problem}"
        raise HardeningError(f"The host's answer is not whole: {part} is not what it should be ({what}). {NEXT}") from problem
