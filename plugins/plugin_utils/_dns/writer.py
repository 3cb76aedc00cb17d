# SPDX-License-Identifier: GPL-3.0-or-later
"""Who writes what lives in the directory: one domain controller of each domain, named in the option directory_writer; the others verify.

Source: MS-DNSP 2.3.2.1.1 (what is an attribute of the zone in Active Directory replicates; everything else is per server).
"""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .._core.facts import HostFacts
from .._core.observation import Observations
from .requests import get_read, objects

# %COMPUTERNAME% is the NetBIOS name, which holds no more (Microsoft's KB909264).
_LONGEST = 15

WRITER_SPEC: dict[str, t.Any] = {"directory_writer": {"type": "str"}}


READ_ONLY_READ = get_read("DnsServerSetting", "IsReadOnlyDC")


def refuse_read_only(observations: Observations, what: str) -> None:
    """what: as the beginning of a sentence. Raises HardeningError on a domain controller that takes the directory from others."""
    if any(found.get("IsReadOnlyDC") for found in objects(observations, READ_ONLY_READ)):
        raise HardeningError(
            f"Nothing was changed: {what}, and this is a read-only domain controller, which takes it from the directory. Set it on a writable one of the "
            "domain, and name that in directory_writer."
        )


def writer_elsewhere(options: t.Mapping[str, t.Any], facts: HostFacts) -> str | None:
    """The domain controller that writes in this host's stead; None where this host writes itself.

    A full name counts by its first part, and that by its first 15 characters, because a host knows itself by those.
    """
    writer = str(options.get("directory_writer") or "").strip()
    return None if not writer or _short(writer) == _short(facts.computer_name or "") else writer


def _short(name: str) -> str:
    return name.partition(".")[0].lower()[:_LONGEST]
