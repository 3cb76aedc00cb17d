# SPDX-License-Identifier: GPL-3.0-or-later
"""The listener's certificate: its thumbprint as people give it, and whether Windows could use it for Remote Desktop.

What is needed: Microsoft's article "Remote Desktop listener certificate configurations" (LocalMachine\\My, Read for NETWORK SERVICE on
the private key, an invisible character in what the MMC copies); the extended key usages that the session host takes are Server
Authentication and Remote Desktop Authentication; key usages for TLS: RFC 5246 7.4.2.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import typing as t
import unicodedata
from dataclasses import dataclass

from cryptography import x509

from .._core.errors import HardeningError, whole
from .._core.observation import Observations
from .._core.operations import Read
from .sddl import may_read

_USAGES = {"1.3.6.1.5.5.7.3.1": "Server Authentication", "1.3.6.1.4.1.311.54.1.2": "Remote Desktop Authentication"}
_FORMAT = "%Y-%m-%d %H:%M UTC"


def normalised(given: str) -> str:
    """The thumbprint as 40 capital digits. Raises HardeningError for what is none.

    Blanks, colons and invisible format characters (the MMC copies a U+200E in front) are taken out; nothing else is.
    """
    text = "".join(letter for letter in given if not (letter.isspace() or letter == ":" or unicodedata.category(letter) == "Cf"))
    if re.fullmatch(r"[0-9A-Fa-f]{40}", text):
        return text.upper()
    hint = " 64 digits are a SHA-256 fingerprint; Windows binds by the SHA-1 one." if re.fullmatch(r"[0-9A-Fa-f]{64}", text) else ""
    raise HardeningError(
        f"Nothing was changed: certificate_thumbprint {given!r} is no thumbprint: it takes 40 hexadecimal digits, and these are {len(text)} "
        f"characters without blanks and colons.{hint} Copy the certificate's thumbprint again, and put it in quotes."
    )


def certificate_read(thumbprint: str) -> Read:
    return Read("certificate", "certificate", {"thumbprint": thumbprint})


@dataclass(frozen=True)
class ListenerCertificate:
    """problem: why Windows could not use it, with what to do; None where it can. warnings: what could not be told."""

    problem: str | None
    warnings: tuple[str, ...] = ()

    @classmethod
    def observed(cls, observations: Observations, thumbprint: str, now: datetime.datetime) -> ListenerCertificate:
        """now: the controller's time; the host's clock is not known."""
        value = observations.value(certificate_read(thumbprint))
        with whole(f"the certificate {thumbprint}"):
            if not value["exists"]:
                return cls("it is not in the store LocalMachine\\My of the host; import it there, with its private key")
            if not value["key"]["present"]:
                return cls("its private key is not on the host; import it with its key (a PFX file)")
            der, sddl = bytes.fromhex(value["der"]), value["key"]["sddl"]
        problem = _certificate_problem(der, thumbprint, now)
        if problem:
            return cls(problem)
        return _key_verdict(thumbprint, sddl)


def _certificate_problem(der: bytes, thumbprint: str, now: datetime.datetime) -> str | None:
    if hashlib.sha1(der, usedforsecurity=False).hexdigest().upper() != thumbprint:
        return (
            "the certificate that the host keeps under this thumbprint has another one; the store is damaged, import the certificate anew"
        )
    try:
        certificate = x509.load_der_x509_certificate(der)
        return _usage_problem(certificate.extensions) or _time_problem(certificate, now)
    except (ValueError, x509.DuplicateExtension) as problem:
        return f"it cannot be read as a certificate ({problem}); import it anew"


def _usage_problem(extensions: x509.Extensions) -> str | None:
    extended = _extension(extensions, x509.ExtendedKeyUsage)
    if extended is not None and not {usage.dotted_string for usage in extended} & set(_USAGES):
        return f"it is not for servers: its extended key usage has neither {' nor '.join(_USAGES.values())}; have one issued that has"
    usage = _extension(extensions, x509.KeyUsage)
    if usage is not None and not (usage.digital_signature or usage.key_encipherment):
        return "its key usage has neither digitalSignature nor keyEncipherment, so TLS cannot use it; have one issued that has"
    return None


_Kind = t.TypeVar("_Kind", bound=x509.ExtensionType)


def _extension(extensions: x509.Extensions, kind: type[_Kind]) -> _Kind | None:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _time_problem(certificate: x509.Certificate, now: datetime.datetime) -> str | None:
    starts, ends = _moment(certificate, "not_valid_before"), _moment(certificate, "not_valid_after")
    clock = f"by the controller's clock ({now.strftime(_FORMAT)}; the host's own is not known)"
    if now < starts:
        return f"it is valid only from {starts.strftime(_FORMAT)} on, {clock}; wait, or use one that is valid now"
    if now > ends:
        return f"it expired at {ends.strftime(_FORMAT)}, {clock}; renew it, and give the new one's thumbprint"
    return None


def _moment(certificate: t.Any, name: str) -> datetime.datetime:
    """A time of the certificate; cryptography before 42 knows it without its zone, which is UTC."""
    aware = getattr(certificate, f"{name}_utc", None)
    return t.cast("datetime.datetime", aware or getattr(certificate, name).replace(tzinfo=datetime.UTC))


def _key_verdict(thumbprint: str, sddl: str | None) -> ListenerCertificate:
    readable = None if sddl is None else may_read(sddl)
    if readable is None:
        return ListenerCertificate(
            None,
            (
                f"Whether NETWORK SERVICE, as which Remote Desktop runs, may read the private key of certificate {thumbprint} could not be told: "
                "its key file or the file's access list was not found. Look at the listener's certificate from outside.",
            ),
        )
    if readable:
        return ListenerCertificate(None)
    return ListenerCertificate(
        "NETWORK SERVICE (S-1-5-20), as which Remote Desktop runs, may not read its private key; give it Read in the certificate snap-in (All "
        "Tasks, Manage Private Keys)"
    )
