# SPDX-License-Identifier: GPL-3.0-or-later
"""Access lists as text (SDDL), as far as it takes to tell whether an account may read a file.

Grammar, SID aliases and rights: MS-DTYP 2.5.1 (Security Descriptor Description Language); winnt.h for the numbers.
"""

from __future__ import annotations

import hashlib
import re
import struct
import typing as t
from dataclasses import dataclass

from .terminal_services import SERVICE

# FILE_READ_DATA, GENERIC_READ, GENERIC_ALL.
_READ_BITS = 0x00000001 | 0x80000000 | 0x10000000
# The two-letter rights that include one of those: generic all and read, file all and read, and CC, which is bit 0.
_READ_WORDS = {"GA", "GR", "FA", "FR", "CC"}
_ALLOW, _DENY = ("A", "XA"), ("D", "XD")
_ENTRY = re.compile(r"\(([^;()]*);([^;()]*);([^;()]*);[^;()]*;[^;()]*;([^;()]*)")
_LIST = re.compile(r"D:([A-Z_]*)((?:\([^()]*(?:\([^()]*\)[^()]*)*\))*)")


def service_sid(name: str) -> str:
    """The SID of a service's own account NT SERVICE\\name: SHA-1 of the name in capitals (MS-DTYP 2.4.2.4, S-1-5-80)."""
    digest = hashlib.sha1(name.upper().encode("utf-16-le"), usedforsecurity=False).digest()
    return "S-1-5-80-" + "-".join(str(part) for part in struct.unpack("<5I", digest))


# TermService runs as NETWORK SERVICE; the SIDs its token holds besides, with SDDL's aliases where there are any
# (Microsoft, "NetworkService account": Everyone and Authenticated Users are in its token; it is a service and a local logon).
NETWORK_SERVICE = frozenset(
    {
        *("NS", "S-1-5-20"),
        *("WD", "S-1-1-0"),
        *("AU", "S-1-5-11"),
        *("BU", "S-1-5-32-545"),
        *("SU", "S-1-5-6"),
        "S-1-2-0",
        "S-1-5-80-0",
        service_sid(SERVICE),
    }
)


@dataclass(frozen=True)
class _Entry:
    kind: str
    flags: str
    rights: str
    sid: str

    @property
    def reads(self) -> bool:
        if self.rights.lower().startswith("0x"):
            return bool(int(self.rights, 16) & _READ_BITS)
        words = {self.rights[at : at + 2] for at in range(0, len(self.rights), 2)}
        return bool(words & _READ_WORDS)

    @property
    def applies(self) -> bool:
        """An entry that is only there to be inherited says nothing about the file itself."""
        return "IO" not in {self.flags[at : at + 2] for at in range(0, len(self.flags), 2)}


def may_read(sddl: str, sids: t.Collection[str] = NETWORK_SERVICE) -> bool | None:
    """Whether a holder of these SIDs may read; None where the text has no access list that would tell.

    Entries count in their order, as Windows takes them: the first that names one of the SIDs and is about reading decides.
    """
    found = _LIST.search(sddl)
    if found is None:
        return None
    if "NO_ACCESS_CONTROL" in found[1]:
        return True
    for parts in _ENTRY.findall(found[2]):
        entry = _Entry(*parts)
        if entry.applies and entry.sid in sids and entry.reads and entry.kind in _ALLOW + _DENY:
            return entry.kind in _ALLOW
    return False
