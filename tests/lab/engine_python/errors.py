# SPDX-License-Identifier: GPL-3.0-or-later
"""What Windows refuses: an error kind of docs/protocol.md with the system's HRESULT, file and line."""

from __future__ import annotations

from typing import Any

# kind -> the HRESULT that Windows gives with it. Source: docs/protocol.md "Error kinds"; facts of
# Microsoft.Web.Administration and KB 942055 (http-error-500-19).
HRESULTS = {
    "access_denied": "0x80070005",
    "duplicate": "0x800700b7",
    "location_unknown": "0x80070002",
    "locked": "0x80070021",
    "lookup_failed": "0x80131501",
    "malformed": "0x8007000d",
    "not_found": "0x80070003",
    "sharing_violation": "0x80070020",
}


class Refusal(Exception):
    """One error of the protocol; `as_error` is its JSON form."""

    def __init__(self, kind: str, message: str, file: str | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.file = file
        self.line = line

    def at(self, file: str, line: int | None = None) -> Refusal:
        """The same refusal with the place where it happened, unless it has one already."""
        if self.file is None:
            self.file, self.line = file, self.line if line is None else line
        return self

    def as_error(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "message": self._system_text(),
            "hresult": HRESULTS.get(self.kind),
            "file": self.file,
            "line": self.line,
        }

    def _system_text(self) -> str:
        """Microsoft.Web.Administration puts the place in front of the text."""
        if self.file is None or not self.file.lower().endswith(".config"):
            return self.message
        line = f"Line number: {self.line}\r\n" if self.line is not None else ""
        return f"Filename: \\\\?\\{self.file}\r\n{line}Error: {self.message}\r\n\r\n"
