# SPDX-License-Identifier: GPL-3.0-or-later
"""What reads returned: a value or a failure each."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .errors import HardeningError
from .operations import Read


@dataclass(frozen=True)
class Failure:
    """Why a read or an operation failed on the host.

    kind: one of the error kinds of docs/protocol.md.
    message: Windows' own text, in the host's language; never parsed.
    hresult: such as V(0x80070021). file, line: where, if the failure has a place.
    """

    kind: str
    message: str
    hresult: str | None = None
    file: str | None = None
    line: int | None = None

    @classmethod
    def from_answer(cls, error: t.Mapping[str, t.Any]) -> Failure:
        return cls(
            kind=str(error.get("kind", "internal")),
            message=str(error.get("message") or ""),
            hresult=error.get("hresult"),
            file=error.get("file"),
            line=error.get("line"),
        )

    @property
    def place(self) -> str:
        if not self.file:
            return ""
        return f"{self.file}, line {self.line}" if self.line else self.file

    def describe(self) -> str:
        """The failure in one line: place, code and Windows' text."""
        message = " ".join(self.message.split())
        code = f" ({self.hresult})" if self.hresult else ""
        return f"{self.place}: {message}{code}" if self.place else f"{message}{code}"


@dataclass(frozen=True)
class Observation:
    """What one read returned: exactly one of value and failure is set."""

    value: t.Any = None
    failure: Failure | None = None

    @classmethod
    def from_answer(cls, result: t.Mapping[str, t.Any]) -> Observation:
        if "error" in result:
            return cls(failure=Failure.from_answer(result["error"]))
        return cls(value=result["value"])


class Observations:
    """The observations of one batch, by read."""

    def __init__(self, reads: t.Sequence[Read], results: t.Sequence[Observation]) -> None:
        if len(reads) != len(results):
            raise HardeningError(
                f"The host answered {len(results)} of {len(reads)} reads: its answer was cut short. Run the task "
                "again, and look at the connection if it happens twice."
            )
        self._reads = list(reads)
        self._results = {read.identity: result for read, result in zip(reads, results, strict=True)}

    def __contains__(self, read: Read) -> bool:
        return read.identity in self._results

    def __getitem__(self, read: Read) -> Observation:
        return self._results[read.identity]

    def items(self) -> t.Iterator[tuple[Read, Observation]]:
        """Every read of the batch with what it returned."""
        return ((read, self[read]) for read in self._reads)

    def value(self, read: Read, what: str = "") -> t.Any:
        """The value of a read that must have worked. what: a person's word for it.

        Raises HardeningError with the host's reason when it did not.
        """
        result = self[read]
        if result.failure:
            reason = result.failure.describe()
            raise HardeningError(f"Nothing was changed: {what} cannot be read: {reason}" if what else reason)
        return result.value


def unique_reads(reads: t.Iterable[Read]) -> list[Read]:
    """Each different read once, in order of first appearance."""
    return list({read.identity: read for read in reads}.values())
