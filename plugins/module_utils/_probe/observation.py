# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything one look at a Remote Desktop saw. Nothing in it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .answers import NoAnswer
from .credssp import CredsspAnswer
from .mcs import McsAnswer, ServerSecurity
from .tls import Attempt
from .x224 import INSIDE_TLS, RDP, Answer, Classic, Selected

# What is asked for, by the name it has in the result. "none" is a request without negotiation.
REQUESTS: Mapping[str, int | None] = {"3": 3, "0x0b": 0x0B, "1": 1, "0": 0, "none": None}
# The requests whose answers may lead into TLS, the most secure first.
TLS_REQUESTS = ("3", "0x0b", "1")
# The requests whose answers may lead to native RDP security.
CLASSIC_REQUESTS = ("none", "0")
KEY_EXCHANGE = "rsa_key_exchange"


@dataclass(frozen=True)
class Observations:
    """requests: by the names of REQUESTS. classic: what came for MCS Connect Initial, by request.

    methods: the same for one encryption method each. tls: by version, and KEY_EXCHANGE. session: with everything offered.
    """

    requests: Mapping[str, Answer]
    classic: Mapping[str, McsAnswer] = field(default_factory=dict)
    methods: Mapping[int, McsAnswer] = field(default_factory=dict)
    tls: Mapping[str, Attempt] = field(default_factory=dict)
    session: Attempt | None = None
    certificate: bytes | None = None
    credssp: CredsspAnswer | None = None

    @property
    def silence(self) -> NoAnswer | None:
        """Set where not one request was answered: the first of what came instead."""
        silent = [answer for answer in self.requests.values() if isinstance(answer, NoAnswer)]
        return silent[0] if len(silent) == len(self.requests) else None

    @property
    def tls_request(self) -> str | None:
        """The request whose answer leads into TLS."""
        return next((name for name in TLS_REQUESTS if leads_into_tls(self.requests.get(name))), None)

    @property
    def security(self) -> ServerSecurity | None:
        """What native RDP security said about its encryption."""
        return next((answer for answer in self.classic.values() if isinstance(answer, ServerSecurity)), None)


def leads_into_tls(answer: Answer | None) -> bool:
    return isinstance(answer, Selected) and answer.protocol in INSIDE_TLS


def is_native(answer: Answer | None) -> bool:
    """Whether native RDP security may go on after this answer; MCS Connect Initial shows whether it does."""
    return isinstance(answer, Classic) or (isinstance(answer, Selected) and answer.protocol == RDP)
