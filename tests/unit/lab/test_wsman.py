# SPDX-License-Identifier: GPL-3.0-or-later
"""WS-Management from bytes: what a client sends is read, what is answered can be read by a client."""

from __future__ import annotations

import base64
from xml.etree import ElementTree

import pytest

from lab import wsman

HEADER = (
    '<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"'
    ' xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><env:Header>'
    "<a:Action>{action}</a:Action><a:MessageID>uuid:1</a:MessageID>"
    '<w:MaxEnvelopeSize mustUnderstand="true">153600</w:MaxEnvelopeSize><w:OperationTimeout>{timeout}</w:OperationTimeout>'
    '<w:SelectorSet><w:Selector Name="ShellId">S-1</w:Selector></w:SelectorSet>'
    '<w:OptionSet><w:Option Name="WINRS_CONSOLEMODE_STDIN">{console}</w:Option></w:OptionSet>'
    "</env:Header><env:Body>{body}</env:Body></env:Envelope>"
)
COMMAND = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command"
SEND = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Send"
RECEIVE = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Receive"


def message(action: str, body: str = "", timeout: str = "PT20S", console: str = "FALSE") -> bytes:
    return HEADER.format(action=action, body=body, timeout=timeout, console=console).encode()


@pytest.mark.parametrize(
    "body",
    [
        "<rsp:CommandLine><rsp:Command>powershell</rsp:Command><rsp:Arguments>-EncodedCommand QQ==</rsp:Arguments></rsp:CommandLine>",
        "<rsp:CommandLine><rsp:Command>powershell -EncodedCommand QQ==</rsp:Command></rsp:CommandLine>",
    ],
    ids=["core-2.19", "core-2.21"],
)
def test_both_forms_of_a_command_line(body: str) -> None:
    request = wsman.parse(message(COMMAND, body))
    assert (request.action, request.shell_id, request.timeout) == ("Command", "S-1", 20.0)
    assert request.command_line == "powershell -EncodedCommand QQ=="
    assert request.waits_for_stdin


def test_a_console_command_waits_for_no_stdin() -> None:
    body = "<rsp:CommandLine><rsp:Command>whoami</rsp:Command></rsp:CommandLine>"
    assert not wsman.parse(message(COMMAND, body, console="TRUE")).waits_for_stdin


@pytest.mark.parametrize(("text", "end"), [('End="true"', True), ("", False)])
def test_send(text: str, end: bool) -> None:
    body = f'<rsp:Send><rsp:Stream Name="stdin" CommandId="C-1" {text}>AAH/</rsp:Stream></rsp:Send>'
    request = wsman.parse(message(SEND, body))
    assert (request.command_id, request.data, request.end) == ("C-1", b"\x00\x01\xff", end)


@pytest.mark.parametrize(("text", "seconds"), [("PT20S", 20), ("PT1M0.5S", 60.5), ("PT1H", 3600), ("soon", 60)])
def test_operation_timeout(text: str, seconds: float) -> None:
    body = '<rsp:Receive><rsp:DesiredStream CommandId="C-1">stdout stderr</rsp:DesiredStream></rsp:Receive>'
    request = wsman.parse(message(RECEIVE, body, timeout=text))
    assert (request.command_id, request.timeout) == ("C-1", seconds)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<not", "not XML"),
        (message("http://example.org/Enumerate"), "not one of a shell's"),
        (message(COMMAND), "no CommandLine"),
        (message(SEND, "<rsp:Send />"), "no Stream"),
        (message(SEND, '<rsp:Send><rsp:Stream CommandId="C">A</rsp:Stream></rsp:Send>'), "not base64"),
    ],
)
def test_what_is_no_request_is_a_fault(body: bytes, words: str) -> None:
    with pytest.raises(wsman.WsmanError, match=words) as error:
        wsman.parse(body)
    assert error.value.code == wsman.INVALID_MESSAGE


def request(max_envelope: int = wsman.DEFAULT_ENVELOPE) -> wsman.Request:
    return wsman.Request("Receive", RECEIVE, "uuid:1", command_id="C-1", max_envelope=max_envelope)


def output(answer: bytes) -> tuple[dict[str, bytes], str | None]:
    """The streams and the exit code of an answer, read without the lab's code."""
    root, found = ElementTree.fromstring(answer), {}
    for element in root.iter(f"{{{wsman.SHELL}}}Stream"):
        name = element.get("Name", "")
        found[name] = found.get(name, b"") + base64.b64decode(element.text or "")
    return found, root.findtext(f".//{{{wsman.SHELL}}}ExitCode")


@pytest.mark.parametrize("size", [0, 1, 112895, 112896, 112897, 400_000])
def test_answers_are_split_so_that_each_fits_its_envelope(size: int) -> None:
    pending = {"stdout": bytes(range(256)) * (size // 256) + b"x" * (size % 256), "stderr": b"last words"}
    whole, got, answers = dict(pending), {"stdout": b"", "stderr": b""}, 0
    while True:
        taken, pending = wsman.portion(pending, wsman.room(request().max_envelope))
        done = not any(pending.values())
        answer = wsman.received(request(), taken, 0 if done else None)
        assert len(answer) <= wsman.DEFAULT_ENVELOPE
        streams, exit_code = output(answer)
        got = {name: got[name] + streams.get(name, b"") for name in got}
        answers += 1
        assert exit_code == ("0" if done else None)
        if done:
            break
    assert got == whole
    assert answers == (size + 10 - 1) // wsman.room(wsman.DEFAULT_ENVELOPE) + 1


def test_every_answer_relates_to_its_request() -> None:
    answers = [wsman.created(request(), "S"), wsman.commanded(request(), "C"), wsman.acknowledged(request())]
    answers += [wsman.received(request(), {}, 0), wsman.fault("uuid:1", 1, "a < b")]
    for answer in answers:
        assert ElementTree.fromstring(answer).findtext(f".//{{{wsman.ADDRESSING}}}RelatesTo") == "uuid:1"


def test_a_fault_names_its_code_where_clients_look_for_it() -> None:
    timeout = ElementTree.fromstring(wsman.fault("uuid:1", wsman.OPERATION_TIMEOUT, "later"))
    element = timeout.find(f".//{{{wsman.FAULT}}}WSManFault")
    assert element is not None
    assert element.get("Code") == "2150858793"
    quota = ElementTree.fromstring(wsman.fault("uuid:1", wsman.QUOTA_OPERATIONS, "too many"))
    assert quota.findtext(f".//{{{wsman.WMI_ERROR}}}error_Code") == str(0x803381A6)
