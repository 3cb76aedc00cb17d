# SPDX-License-Identifier: GPL-3.0-or-later
"""CredSSP as a server speaks it, inside TLS: NTLM, then the proof that both see the same TLS key, then credentials.

Source: MS-CSSP 2.2.1, 3.1.5. Structures are pyspnego's. Only bare NTLM is answered, not Kerberos and not SPNEGO.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from enum import Enum

from spnego._credssp import _get_pub_key_auth
from spnego._credssp_structures import NegoData, TSRequest

from .logon import LOGON_FAILURE, Verdict
from .ntlm import Acceptor, LogonFailure, Sealer
from .x224 import NotRdp

VERSION = 6
# versions whose clients read errorCode
WITH_ERROR_CODE = {3, 4} | set(range(6, 32))
SEQUENCE = 0x30


class State(Enum):
    """How far it has come. FAILED and DONE are ends."""

    NEGOTIATE = "negotiate"
    AUTHENTICATE = "authenticate"
    CREDENTIALS = "credentials"
    DONE = "done"
    FAILED = "failed"


def message_length(data: bytes) -> int | None:
    """How long the first TSRequest is, None while its head is not complete. Raises NotRdp."""
    if data[:1] not in (b"", bytes([SEQUENCE])):
        raise NotRdp(f"a TSRequest does not begin with {data[0]:#04x}")
    if len(data) < 2 or (data[1] & 0x80 and len(data) < 2 + (data[1] & 0x7F)):
        return None
    if not data[1] & 0x80:
        return 2 + data[1]
    size = data[1] & 0x7F
    return 2 + size + int.from_bytes(data[2 : 2 + size], "big")


class CredSsp:
    """Takes whole TSRequests, gives the bytes of the answer. `verdict` is there when the password was right."""

    def __init__(self, acceptor: Acceptor, public_key: bytes, judge: Callable[[str], Verdict]) -> None:
        self._acceptor, self._public_key, self._judge = acceptor, public_key, judge
        self._sealer: Sealer | None = None
        self.state = State.NEGOTIATE
        self.verdict: Verdict | None = None

    def receive(self, message: bytes) -> bytes:
        """The answer, empty where there is none. Raises ValueError for what is no TSRequest."""
        request = TSRequest.unpack(message)
        token = bytes(request.nego_tokens[0].nego_token) if request.nego_tokens else b""
        if self.state is State.NEGOTIATE:
            self.state = State.AUTHENTICATE
            return bytes(TSRequest(VERSION, nego_tokens=NegoData(self._acceptor.challenge(token))).pack())
        try:
            if self.state is State.AUTHENTICATE:
                return self._authenticate(request, token)
            return self._credentials(request)
        except LogonFailure:
            return self._fail(request.version, LOGON_FAILURE)

    def _authenticate(self, request: TSRequest, token: bytes) -> bytes:
        user, self._sealer = self._acceptor.accept(token)
        seen = self._sealer.unseal(request.pub_key_auth or b"")
        wanted = _get_pub_key_auth(self._public_key, "initiate", request.client_nonce)
        if not hmac.compare_digest(seen, wanted):
            raise LogonFailure("the client saw another TLS key")
        self.verdict = self._judge(user)
        if self.verdict.status:
            return self._fail(request.version, self.verdict.status)
        self.state = State.CREDENTIALS
        own = _get_pub_key_auth(self._public_key, "accept", request.client_nonce)
        return bytes(TSRequest(VERSION, pub_key_auth=self._sealer.seal(own)).pack())

    def _credentials(self, request: TSRequest) -> bytes:
        """The password itself; it is looked at no further, because the session is never made."""
        if self._sealer is None or not request.auth_info:
            raise LogonFailure("no credentials where they were due")
        self._sealer.unseal(request.auth_info)
        self.state = State.DONE
        return b""

    def _fail(self, version: int, status: int) -> bytes:
        self.state = State.FAILED
        # NTSTATUS is a signed number of 32 bit
        return bytes(TSRequest(VERSION, error_code=status - 2**32).pack()) if version in WITH_ERROR_CODE else b""
