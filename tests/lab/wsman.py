# SPDX-License-Identifier: GPL-3.0-or-later
"""WS-Management as a shell's client speaks it: bytes in, a request out; an answer in, bytes out. No I/O.

Sources: MS-WSMV (the shell's messages and faults); pywinrm's protocol.py and ansible's winrm connection
for what a client sends and reads.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
MANAGEMENT = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
WMI_ERROR = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError"
SHELL_URI = SHELL + "/cmd"

# action of a request -> our name of it; the answer's action is the request's with "Response"
ACTIONS = {
    "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create": "Create",
    SHELL + "/Command": "Command",
    SHELL + "/Send": "Send",
    SHELL + "/Receive": "Receive",
    SHELL + "/Signal": "Signal",
    "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete": "Delete",
}

# WSManFault codes (wsmerror.h)
OPERATION_TIMEOUT = 2150858793  # 0x80338029: work goes on, nothing to say yet
NOT_FOUND = 2150858843  # 0x8033805B: no such shell, or no such command in it
INVALID_MESSAGE = 2150858817  # 0x80338041: not a message we understand
QUOTA_OPERATIONS = 0x803381A6  # ERROR_WSMAN_QUOTA_MAX_OPERATIONS, as MSFT_WmiError

DEFAULT_ENVELOPE = 153600
# an answer's envelope around the base64 text of its streams, rounded up
ENVELOPE_OVERHEAD = 3072
DEFAULT_TIMEOUT = 60.0


class WsmanError(Exception):
    """A request that is answered with a fault."""

    def __init__(self, message: str, code: int = INVALID_MESSAGE) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Request:
    """One request; which fields are filled depends on `action`.

    timeout: seconds that a Receive may wait. max_envelope: bytes that an answer may have.
    command_line: program and arguments, joined by a space (Command).
    waits_for_stdin: whether the client said it will send stdin (Command).
    data, end: bytes for stdin, and whether they are the last (Send).
    """

    action: str
    action_uri: str
    message_id: str
    timeout: float = DEFAULT_TIMEOUT
    max_envelope: int = DEFAULT_ENVELOPE
    shell_id: str = ""
    command_id: str = ""
    command_line: str = ""
    waits_for_stdin: bool = False
    data: bytes = b""
    end: bool = False


def parse(body: bytes) -> Request:
    """The request in an HTTP body. Raises WsmanError for what is none."""
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise WsmanError(f"the request is not XML: {error}") from error
    uri = _text(root, f"{{{SOAP}}}Header/{{{ADDRESSING}}}Action")
    if uri not in ACTIONS:
        raise WsmanError(f"the action {uri!r} is not one of a shell's: {', '.join(ACTIONS.values())}")
    common: dict[str, Any] = {
        "action": ACTIONS[uri],
        "action_uri": uri,
        "message_id": _text(root, f".//{{{ADDRESSING}}}MessageID"),
        "timeout": _seconds(_text(root, f".//{{{MANAGEMENT}}}OperationTimeout")),
        "max_envelope": int(_text(root, f".//{{{MANAGEMENT}}}MaxEnvelopeSize") or DEFAULT_ENVELOPE),
        "shell_id": _selector(root, "ShellId"),
    }
    return Request(**common, **_BODIES.get(ACTIONS[uri], _no_body)(root))


def _no_body(root: ElementTree.Element) -> dict[str, Any]:
    return {}


def _command(root: ElementTree.Element) -> dict[str, Any]:
    line = _required(root, "CommandLine")
    # core 2.19 sends the program in Command and the rest in Arguments, core 2.21 all of it in Command
    parts = [_text(line, f"{{{SHELL}}}Command")]
    parts += [element.text or "" for element in line.findall(f"{{{SHELL}}}Arguments")]
    console = _option(root, "WINRS_CONSOLEMODE_STDIN")
    return {"command_line": " ".join(part for part in parts if part), "waits_for_stdin": console.upper() == "FALSE"}


def _send(root: ElementTree.Element) -> dict[str, Any]:
    stream = _required(root, "Send").find(f"{{{SHELL}}}Stream")
    if stream is None:
        raise WsmanError("the Send has no Stream")
    try:
        data = base64.b64decode(stream.text or "", validate=False)
    except binascii.Error as error:
        raise WsmanError(f"the Stream of the Send is not base64: {error}") from error
    return {
        "command_id": stream.get("CommandId", ""),
        "data": data,
        "end": stream.get("End", "").lower() in ("true", "1"),
    }


def _receive(root: ElementTree.Element) -> dict[str, Any]:
    stream = _required(root, "Receive").find(f"{{{SHELL}}}DesiredStream")
    return {"command_id": "" if stream is None else stream.get("CommandId", "")}


def _signal(root: ElementTree.Element) -> dict[str, Any]:
    return {"command_id": _required(root, "Signal").get("CommandId", "")}


_BODIES: dict[str, Callable[[ElementTree.Element], dict[str, Any]]] = {
    "Command": _command,
    "Send": _send,
    "Receive": _receive,
    "Signal": _signal,
}


def _text(root: ElementTree.Element, path: str) -> str:
    return (root.findtext(path) or "").strip()


def _required(root: ElementTree.Element, tag: str) -> ElementTree.Element:
    element = root.find(f"{{{SOAP}}}Body/{{{SHELL}}}{tag}")
    if element is None:
        raise WsmanError(f"the request has no {tag} in its body")
    return element


def _named(root: ElementTree.Element, tag: str, name: str) -> str:
    for element in root.iter(f"{{{MANAGEMENT}}}{tag}"):
        if element.get("Name") == name:
            return (element.text or "").strip()
    return ""


def _selector(root: ElementTree.Element, name: str) -> str:
    return _named(root, "Selector", name)


def _option(root: ElementTree.Element, name: str) -> str:
    return _named(root, "Option", name)


def _seconds(duration: str) -> float:
    """PT20S, PT20.5S or PT1M20S as seconds."""
    match = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", duration)
    if match is None:
        return DEFAULT_TIMEOUT
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


# -- answers -------------------------------------------------------------------------------------


def created(request: Request, shell_id: str) -> bytes:
    selector = f'<w:SelectorSet><w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet>'
    return _envelope(
        request.action_uri + "Response",
        request.message_id,
        f"<x:ResourceCreated><a:Address>http://127.0.0.1/wsman</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{SHELL_URI}</w:ResourceURI>{selector}</a:ReferenceParameters></x:ResourceCreated>"
        f"<rsp:Shell><rsp:ShellId>{shell_id}</rsp:ShellId></rsp:Shell>",
    )


def commanded(request: Request, command_id: str) -> bytes:
    body = f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"
    return _envelope(request.action_uri + "Response", request.message_id, body)


def acknowledged(request: Request) -> bytes:
    """The answer to Send, Signal and Delete."""
    body = "" if request.action == "Delete" else f"<rsp:{request.action}Response />"
    return _envelope(request.action_uri + "Response", request.message_id, body)


def received(request: Request, streams: dict[str, bytes], exit_code: int | None) -> bytes:
    """Output of a command: stream name -> bytes. exit_code None: there is more to come."""
    command = quoteattr(request.command_id)
    parts = [
        f'<rsp:Stream Name="{name}" CommandId={command}>{base64.b64encode(data).decode("ascii")}</rsp:Stream>'
        for name, data in streams.items()
        if data
    ]
    if exit_code is None:
        parts.append(f'<rsp:CommandState CommandId={command} State="{SHELL}/CommandState/Running" />')
    else:
        parts += [f'<rsp:Stream Name="{name}" CommandId={command} End="true" />' for name in streams]
        parts.append(
            f'<rsp:CommandState CommandId={command} State="{SHELL}/CommandState/Done">'
            f"<rsp:ExitCode>{exit_code}</rsp:ExitCode></rsp:CommandState>"
        )
    body = f"<rsp:ReceiveResponse>{''.join(parts)}</rsp:ReceiveResponse>"
    return _envelope(request.action_uri + "Response", request.message_id, body)


def fault(message_id: str, code: int, message: str) -> bytes:
    """The body of an HTTP 500. A quota code travels as MSFT_WmiError, as Windows sends it."""
    if code == QUOTA_OPERATIONS:
        detail = f'<m:MSFT_WmiError xmlns:m="{WMI_ERROR}"><m:error_Code>{code}</m:error_Code></m:MSFT_WmiError>'
    else:
        detail = (
            f'<f:WSManFault xmlns:f="{FAULT}" Code="{code}" Machine="127.0.0.1"><f:Message>{escape(message)}</f:Message></f:WSManFault>'
        )
    subcode = "TimedOut" if code == OPERATION_TIMEOUT else "InternalError"
    body = (
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:{subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{escape(message)}</s:Text></s:Reason><s:Detail>{detail}</s:Detail></s:Fault>'
    )
    return _envelope("http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", message_id, body)


def room(max_envelope: int) -> int:
    """How many bytes of output one answer can carry: base64 makes four of three."""
    return max((max_envelope - ENVELOPE_OVERHEAD) // 4 * 3, 3)


def portion(pending: dict[str, bytes], limit: int) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Takes at most `limit` bytes off the pending streams, in order: (taken, what stays)."""
    taken, rest = {}, {}
    for name, data in pending.items():
        taken[name], rest[name] = data[:limit], data[limit:]
        limit -= len(taken[name])
    return taken, rest


def _envelope(action: str, relates_to: str, body: str) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:w="{MANAGEMENT}" xmlns:rsp="{SHELL}"'
        ' xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer"><s:Header>'
        f"<a:Action>{action}</a:Action><a:MessageID>uuid:{uuid.uuid4()}</a:MessageID>"
        "<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"
        f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()
