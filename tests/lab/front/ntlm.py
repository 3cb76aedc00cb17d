# SPDX-License-Identifier: GPL-3.0-or-later
"""NTLM as a server speaks it: the challenge with the host's names, the proof of a password, sealed messages.

Source: MS-NLMP 2.2.1.2, 3.2.5.1.2, 3.4. Cryptography and structures are pyspnego's, whose own server takes the names
of the machine it runs on.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from spnego._ntlm_raw import crypto, security
from spnego._ntlm_raw.messages import Authenticate, AvFlags, AvId, Challenge, FileTime, Negotiate, NegotiateFlags, TargetInfo, Version

from .settings import Names

PROOF_LENGTH = 16
# where the client's target information stands in its response, behind proof, versions, time and challenge
TARGET_INFO_OFFSET = PROOF_LENGTH + 28
MIC_OFFSET, MIC_END = 72, 88


class LogonFailure(Exception):
    """No such user, or not this password."""


@dataclass
class Sealer:
    """One context of sealed messages in both directions."""

    flags: int
    session_key: bytes

    def __post_init__(self) -> None:
        self._keys = {side: crypto.signkey(self.flags, self.session_key, side) for side in ("initiate", "accept")}
        self._handles = {side: crypto.rc4init(crypto.sealkey(self.flags, self.session_key, side)) for side in ("initiate", "accept")}
        self._sent = self._received = 0

    def seal(self, data: bytes) -> bytes:
        message, signature = security.seal(self.flags, self._handles["accept"], self._keys["accept"], self._sent, data)
        self._sent += 1
        return bytes(signature + message)

    def unseal(self, data: bytes) -> bytes:
        """Raises LogonFailure where the signature is wrong: the other side has another key."""
        handle = self._handles["initiate"]
        message: bytes = handle.update(data[16:])
        signature = security.sign(self.flags, handle, self._keys["initiate"], self._received, message)
        self._received += 1
        if not hmac.compare_digest(signature, data[:16]):
            raise LogonFailure("the signature of a sealed message is wrong")
        return message


class Acceptor:
    """One authentication: `challenge`, then `accept`."""

    def __init__(self, names: Names, build: int, passwords: dict[str, str]) -> None:
        self._names, self._build = names, build
        self._passwords = {user.lower(): password for user, password in passwords.items()}
        self._negotiate = self._challenge = b""
        self._nonce = secrets.token_bytes(8)

    def challenge(self, negotiate: bytes) -> bytes:
        """The CHALLENGE for a NEGOTIATE. Raises ValueError for anything else."""
        asked = Negotiate.unpack(negotiate).flags
        flags = asked | NegotiateFlags.request_target | NegotiateFlags.ntlm | NegotiateFlags.always_sign | NegotiateFlags.target_info
        flags |= NegotiateFlags.version
        joined = self._names.domain != self._names.computer
        flags |= NegotiateFlags.target_type_domain if joined else NegotiateFlags.target_type_server
        flags &= ~(NegotiateFlags.oem | NegotiateFlags.lm_key)
        self._negotiate = negotiate
        version = Version(major=10, minor=0, build=self._build)
        made = Challenge(flags, self._nonce, target_name=self._names.domain, target_info=self._target_info(), version=version)
        self._challenge = made.pack()
        return self._challenge

    def _target_info(self) -> TargetInfo:
        names, info = self._names, TargetInfo()
        info[AvId.nb_domain_name] = names.domain
        info[AvId.nb_computer_name] = names.computer
        info[AvId.dns_domain_name] = names.dns_domain
        info[AvId.dns_computer_name] = names.dns_computer
        if names.domain != names.computer:
            info[AvId.dns_tree_name] = names.dns_domain
        info[AvId.timestamp] = FileTime.now()
        return info

    def accept(self, authenticate: bytes) -> tuple[str, Sealer]:
        """The user (small letters) who proved to know the password, and the context. Raises LogonFailure."""
        message = Authenticate.unpack(authenticate)
        name, answer = message.user_name or "", message.nt_challenge_response or b""
        user = name.lower()
        if user not in self._passwords or len(answer) <= TARGET_INFO_OFFSET:
            raise LogonFailure(f"{user!r} is no user of this host, or the answer is not NTLMv2")
        key = crypto.ntowfv2(name, crypto.ntowfv1(self._passwords[user]), message.domain_name)
        proof = crypto.hmac_md5(key, self._nonce + answer[PROOF_LENGTH:])
        if not hmac.compare_digest(proof, answer[:PROOF_LENGTH]):
            raise LogonFailure(f"the password of {user!r} is wrong")
        session_key = crypto.hmac_md5(key, proof)
        if message.flags & NegotiateFlags.key_exch:
            session_key = crypto.rc4k(session_key, message.encrypted_random_session_key or b"")
        self._check_integrity(authenticate, answer, session_key)
        return user, Sealer(message.flags, session_key)

    def _check_integrity(self, authenticate: bytes, answer: bytes, session_key: bytes) -> None:
        """A client that says so has put a MIC over all three messages into the last one."""
        if not TargetInfo.unpack(answer[TARGET_INFO_OFFSET:]).get(AvId.flags, 0) & AvFlags.mic:
            return
        bare = authenticate[:MIC_OFFSET] + b"\0" * (MIC_END - MIC_OFFSET) + authenticate[MIC_END:]
        wanted = crypto.hmac_md5(session_key, self._negotiate + self._challenge + bare)
        if not hmac.compare_digest(wanted, authenticate[MIC_OFFSET:MIC_END]):
            raise LogonFailure("the messages were changed on their way")
