# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that real servers gave, replayed: the probe's verdict on each server and configuration is the one written here by hand.

What was said in clear text is replayed byte by byte, and the CredSSP answer inside TLS. The handshakes are real ones with the versions
that the server took, with a certificate and suites of these tests.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.module_utils._probe import answers, probing, x224
from ansible_collections.hardening.windows.plugins.module_utils._probe.control import SEVERITY
from ansible_collections.hardening.windows.plugins.module_utils._probe.judge import Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._probe.report import result
from integration.rdp_replay import Script, dripping, replaying
from integration.rdp_servers import make_files

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data" / "rdp" / "probe" / "observed_answers.jsonl"
MISSING = "the recorded answers are not beside this checkout (../shared/data/rdp/probe)"
XRDP, SHADOW, WESTON = "xrdp 0.9.21.1", "freerdp-shadow-cli 2.11.7", "weston 10.0.1 rdp-backend"

# Verdicts: hardened, NLA, native refused, encryption level, TLS versions. Then the encryption, and the version of the session.
NOTHING = ("not_observable", None, None)
EXPECTED: dict[tuple[str, str], tuple[str, tuple[str, str | None, str | None], str | None]] = {
    (XRDP, "security_layer=negotiate crypt_level=high ssl_protocols=TLSv1.2,TLSv1.3"): (
        "fail fail fail pass pass",
        ("observed", "128-bit", "high"),
        "1.3",
    ),
    (XRDP, "security_layer=tls"): ("fail fail pass not_observable pass", NOTHING, "1.3"),
    (XRDP, "security_layer=rdp crypt_level=low"): ("fail fail fail fail not_observable", ("observed", "40-bit", "low"), None),
    (XRDP, "security_layer=rdp crypt_level=medium"): (
        "fail fail fail fail not_observable",
        ("observed", "40-bit", "client compatible"),
        None,
    ),
    (XRDP, "security_layer=rdp crypt_level=fips"): ("fail fail fail pass not_observable", ("observed", "FIPS", "FIPS"), None),
    (XRDP, "security_layer=rdp crypt_level=none"): ("fail fail fail fail not_observable", ("observed", "none", "none"), None),
    (XRDP, "security_layer=tls ssl_protocols=TLSv1,TLSv1.1,TLSv1.2 tls_ciphers=ALL:@SECLEVEL=0"): (
        "fail fail pass not_observable fail",
        NOTHING,
        "1.2",
    ),
    (XRDP, "security_layer=tls certificate missing"): (
        "inconclusive inconclusive inconclusive not_observable not_observable",
        NOTHING,
        None,
    ),
    (XRDP, "security_layer=negotiate crypt_level=low"): ("fail fail fail fail pass", ("observed", "40-bit", "low"), "1.2"),
    (XRDP, "security_layer=negotiate certificate missing"): (
        "fail fail fail pass not_observable",
        ("observed", "128-bit", "high"),
        None,
    ),
    (SHADOW, "/sec:rdp"): ("fail fail fail fail not_observable", ("observed", "none", "none"), None),
    (SHADOW, "/sec:tls"): ("fail fail pass not_observable pass", NOTHING, "1.3"),
    (SHADOW, "/sec:nla"): ("pass pass pass not_observable pass", NOTHING, "1.3"),
    (SHADOW, "/sec:ext"): ("inconclusive inconclusive pass not_observable not_observable", NOTHING, None),
    (SHADOW, "no option"): ("fail fail fail fail pass", ("observed", "none", "none"), "1.3"),
    (SHADOW, "/sec:nla +auth /sam-file"): ("pass pass pass not_observable pass", NOTHING, "1.3"),
    (WESTON, "TLS cert+key"): ("fail fail fail fail pass", ("observed", "none", "none"), "1.3"),
}


def recorded() -> list[dict[str, Any]]:
    if not RECORDED.is_file():
        return []
    return [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]


ROWS = recorded()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = make_files(tmp_path_factory.mktemp("certificate"))
    both = files.folder / "both.pem"
    both.write_bytes(files.key.read_bytes() + files.certificate.read_bytes())
    return both


def script(rows: Sequence[dict[str, Any]], certificate: Path) -> Script:
    clear = [row for row in rows if row["step"] in ("x224", "mcs-clear")]
    inside = next((bytes.fromhex(row["response"]) for row in rows if row["step"] == "credssp-ntlm"), b"")
    return Script(
        {bytes.fromhex(row["request"]): bytes.fromhex(row["response"]) for row in clear},
        frozenset(row["offered"] for row in rows if row["step"] == "tls" and row["result"] == "ok"),
        inside,
        certificate=certificate,
    )


def look(port: int) -> Case:
    target = probing.Target("127.0.0.1", port, timeout=5, pause=0)
    return Case(probing.Prober(target).look(), datetime.now(UTC))


def verdicts(case: Case) -> list[str]:
    return [one.verdict for one in judge(case)]


def test_every_recorded_configuration_has_its_row() -> None:
    if not ROWS:
        pytest.skip(MISSING)
    assert {(row["server"], row["config"]) for row in ROWS} == set(EXPECTED)


@pytest.mark.parametrize(("server", "config"), EXPECTED, ids=[f"{server.split()[0]} {config}" for server, config in EXPECTED])
def test_verdicts_on_recorded_servers(server: str, config: str, certificate: Path) -> None:
    if not ROWS:
        pytest.skip(MISSING)
    rows = [row for row in ROWS if (row["server"], row["config"]) == (server, config)]
    expected, encryption, version = EXPECTED[server, config]
    replayed = script(rows, certificate)
    with replaying(replayed) as port:
        case = look(port)
    found = result(case, ())
    assert verdicts(case)[:5] == expected.split()
    assert (found["encryption"]["state"], found["encryption"]["method"], found["encryption"]["level"]) == encryption
    assert found["tls"]["version"] == version
    assert found["credssp"]["state"] == ("challenge" if replayed.inside else "not_observable")
    if replayed.inside:
        assert (found["credssp"]["netbios_computer"], found["credssp"]["os_version"]) == ("VM", "6.1.7601")


def test_every_recorded_exchange_in_clear_text_is_read_as_it_was_decoded() -> None:
    if not ROWS:
        pytest.skip(MISSING)
    clear = [row for row in ROWS if row["step"] == "x224"]
    assert len(clear) == 204
    for row in clear:
        text = x224.read_confirm(bytes.fromhex(row["response"])).text
        decoded = row["decoded"]
        if "selected=" in decoded:
            assert text == f"selected {decoded.rpartition('=')[2]}"
        elif "FAILURE" in decoded:
            assert text == f"refused with code {decoded.partition('=')[2]}"
        else:
            assert text in ("confirmed without negotiation data", "MCS refused")


# -- what no server of Debian answers -------------------------------------------------------------------

ZERO, ONE, THREE, ELEVEN = (x224.connection_request(protocols) for protocols in (0, 1, 3, 0x0B))


def windows(three: str, eleven: str, one: str = "0300080005000000", **more: Any) -> Script:
    """A hardened Windows, which has 1234 for its source reference."""
    head = bytes.fromhex("030000130ed00000123400")
    texts = {ZERO: "0300080005000000", ONE: one, THREE: three, ELEVEN: eleven}
    return Script({request: head + bytes.fromhex(text) for request, text in texts.items()}, **more)


HYBRID, HYBRID_EX, RDSTLS = "020f080002000000", "021f080008000000", "021f080004000000"


def test_a_hardened_windows(certificate: Path) -> None:
    with replaying(windows(HYBRID, HYBRID_EX, tls=frozenset({"TLSv1.2"}), certificate=certificate)) as port:
        case = look(port)
    assert verdicts(case)[:6] == "pass pass pass not_observable pass pass".split()
    assert result(case, ())["protocols"]["restricted_admin_capable"] is True
    assert result(case, ())["protocols"]["requests"][1]["flags"][-1] == "REDIRECTED_AUTHENTICATION_MODE_SUPPORTED"


@pytest.mark.parametrize("code", [4, 6])
def test_codes_4_and_6_prove_nothing_about_nla(code: int, certificate: Path) -> None:
    one = f"03000800{code:02x}000000"
    with replaying(windows(HYBRID, HYBRID_EX, one, tls=frozenset({"TLSv1.2"}), certificate=certificate)) as port:
        assert verdicts(look(port))[:2] == ["inconclusive", "inconclusive"]


def test_rdstls_is_no_nla(certificate: Path) -> None:
    with replaying(windows(RDSTLS, RDSTLS, tls=frozenset({"TLSv1.2"}), certificate=certificate)) as port:
        assert verdicts(look(port))[:2] == ["inconclusive", "inconclusive"]


def test_rsa_key_exchange_is_found(certificate: Path) -> None:
    suites = "ALL:@SECLEVEL=0"
    with replaying(windows(HYBRID, HYBRID, tls=frozenset({"TLSv1.2"}), certificate=certificate, suites=suites)) as port:
        assert verdicts(look(port))[5] == "fail"


def test_no_authenticate_is_ever_sent(certificate: Path) -> None:
    """The only message inside TLS is NTLM NEGOTIATE, type 1."""
    served = windows(HYBRID, HYBRID, tls=frozenset({"TLSv1.2"}), certificate=certificate, inside=b"\x30\x03\xa0\x01\x02")
    with replaying(served) as port:
        assert result(look(port), ())["credssp"]["state"] == "no_challenge"
    spoken = [request for request in served.requests if b"NTLMSSP\x00" in request]
    assert [request[request.index(b"NTLMSSP\x00") + 8] for request in spoken] == [1]


# -- servers that break off -----------------------------------------------------------------------------


@pytest.mark.parametrize("length", range(1, 19))
def test_an_answer_cut_anywhere_gives_verdicts(length: int) -> None:
    whole = windows(HYBRID, HYBRID)
    with replaying(Script({request: answer[:length] for request, answer in whole.answers.items()})) as port:
        case = look_closing(port)
    assert set(verdicts(case)) <= set(SEVERITY) - {"pass", "fail"}


def look_closing(port: int) -> Case:
    """With little patience, since the rest of an answer never comes."""
    return Case(probing.Prober(probing.Target("127.0.0.1", port, timeout=0.05, pause=0)).look(), datetime.now(UTC))


def test_tls_that_breaks_off_is_no_answer() -> None:
    """X.224 is answered, and the connection closed at the first message of TLS."""
    with replaying(windows(HYBRID, HYBRID)) as port:
        case = look(port)
    assert verdicts(case)[:6] == "no_answer pass pass not_observable no_answer no_answer".split()


def test_a_handshake_that_is_closed_is_tried_again(certificate: Path) -> None:
    stumbling = windows(HYBRID, HYBRID, tls=frozenset({"TLSv1.2"}), certificate=certificate, stumbles=[1])
    with replaying(stumbling) as port:
        states = [one["state"] for one in result(look(port), ())["tls"]["versions"]]
    assert stumbling.stumbles == []
    assert states == ["refused", "refused", "accepted", "refused"]


def test_a_handshake_that_is_closed_twice_counts_as_closed(certificate: Path) -> None:
    with replaying(windows(HYBRID, HYBRID, tls=frozenset({"TLSv1.2"}), certificate=certificate, stumbles=[1, 2])) as port:
        case = look(port)
    assert result(case, ())["tls"]["versions"][0]["state"] == "closed"
    assert verdicts(case)[4] == "pass"


# -- whether a Remote Desktop listens on a port ---------------------------------------------------------


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is taken and not listened on, so that nobody else gets it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize("answer", [HYBRID, "0300080001000000", ""], ids=["a selection", "a refusal", "no negotiation data"])
def test_any_confirm_proves_a_listener(answer: str) -> None:
    head = bytes.fromhex("030000130ed00000123400" if answer else "0300000b06d00000123400")
    with replaying(Script({THREE: head + bytes.fromhex(answer)})) as port:
        found = probing.handshake("127.0.0.1", port, 5)
    assert isinstance(found, probing.Handshake)
    assert found.text.startswith("Remote Desktop answered: ")


def test_a_listener_that_answers_only_with_a_cookie() -> None:
    with_cookie = x224.connection_request(3, probing.COOKIE)
    with replaying(Script({with_cookie: bytes.fromhex("030000130ed00000123400" + HYBRID)})) as port:
        assert isinstance(probing.handshake("127.0.0.1", port, 5), probing.Handshake)
        assert verdicts(look(port))[1] == "no_answer"


def test_a_cookie_that_does_not_help_is_not_sent_again() -> None:
    refusal = bytes.fromhex("030000130ed000001234000300080005000000")
    with replaying(Script({ZERO: refusal, ONE: refusal})) as port:
        case = look(port)
    assert [case.seen.requests[name] for name in ("0", "1")] == [x224.Failed(5), x224.Failed(5)]
    assert verdicts(case)[:3] == ["no_answer", "no_answer", "pass"]


def test_a_closed_port_is_no_answer(closed_port: int) -> None:
    found = probing.handshake("127.0.0.1", closed_port, 5)
    assert found == answers.NoAnswer(answers.REFUSED, connected=False, detail="Connection refused")
    assert set(verdicts(look(closed_port))) == {"no_answer"}


def test_another_service_is_no_remote_desktop() -> None:
    with replaying(Script({THREE: b"SSH-2.0-OpenSSH_9.2\r\n"})) as port:
        found = probing.handshake("127.0.0.1", port, 5)
    assert isinstance(found, answers.NoAnswer)
    assert found.kind == answers.FOREIGN


def test_a_listener_that_says_nothing_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = probing.handshake("127.0.0.1", silent.getsockname()[1], 0.2)
    assert found == answers.NoAnswer(answers.TIMEOUT, connected=True)


def test_a_server_that_drips_does_not_outlast_the_timeout() -> None:
    with dripping() as port:
        started = time.monotonic()
        found = probing.handshake("127.0.0.1", port, 0.3)
        taken = time.monotonic() - started
    assert isinstance(found, answers.NoAnswer)
    assert 0.3 <= taken < 3


def test_a_name_without_address_is_no_answer() -> None:
    found = probing.handshake("no-such-host.invalid", 3389, 5)
    assert isinstance(found, answers.NoAnswer)
    assert (found.kind, found.connected) == (answers.UNRESOLVED, False)
