# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Remote Desktop listener offers, as data: settings, and the controls that ask for them.

Names, values and policy places: TerminalServer.admx. Local places: the export of a server's keys. A redirection's option says what is
allowed, most of the stored values what is not. C(fDisableCam) is audio; the camera is C(fDisableCameraRedir).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import Control
from .._core.registry import Place
from .setting import Setting
from .sources import CIS, NOTES, STIG
from .terminal_services import LISTENER, SERVICE, TERMINAL_SERVER, TERMINAL_SERVICES_POLICY

_ADMX = "TerminalServer.admx"
_EXPORT = "export of the listener's key"

MILLISECONDS = 60_000
# The largest number of minutes whose milliseconds a DWORD holds.
LONGEST = 0xFFFFFFFF // MILLISECONDS
# Windows 11 22H2 brought the policies for the clipboard's directions (supportedOn in TerminalServer.admx); the next Server is 2025.
CLIPBOARD_DIRECTION_BUILD = 22621


# What each reference asks of the stored milliseconds; who ends a disconnected session later, or sooner, does not have the very value.
_THRESHOLDS: dict[str, t.Container[t.Any]] = {
    "CIS-WS2022-18.10.57.3.10.1": range(1, 15 * MILLISECONDS + 1),
    "CIS-WS2022-18.10.57.3.10.2": (MILLISECONDS,),
}


def _control(number: str, title: str, reason: str, source: str, *references: str) -> Control:
    thresholds = {one: _THRESHOLDS[one] for one in references if one in _THRESHOLDS}
    return Control(f"HW-RDP-LI-{number}", title, reason, source, references, thresholds)


def _cis(number: str, title: str, reason: str, section: str) -> Control:
    return _control(number, title, reason, f"{CIS} {section}", f"CIS-WS2022-{section}")


ENABLED = _control("01", "Remote Desktop is on or off as decided", "A way in that nobody uses only helps others.", NOTES)
DRIVES = _control(
    "02",
    "A client's drives are not mapped",
    "Data leaves the server, and malware enters it, by files that nobody sees pass.",
    f"{CIS} 18.10.57.3.3.3; {STIG}",
    "CIS-WS2022-18.10.57.3.3.3",
    *("V-205722", "V-254366", "V-278113", "WN19-CC-000350", "WN22-CC-000350", "WN25-CC-000350"),
)
COM_PORTS = _cis("03", "A client's COM ports are not mapped", "A channel out of the server that nobody needs.", "18.10.57.3.3.2")
LPT_PORTS = _cis("04", "A client's LPT ports are not mapped", "A channel out of the server that nobody needs.", "18.10.57.3.3.5")
PLUG_AND_PLAY = _cis("05", "A client's plug and play devices are not mapped", "A device brings drivers and data along.", "18.10.57.3.3.6")
UI_AUTOMATION = _cis(
    "06", "A client's UI automation does not reach the session", "Programs outside could drive the session.", "18.10.57.3.3.1"
)
LOCATION = _cis("07", "A client's location is not passed on", "A server needs nobody's whereabouts.", "18.10.57.3.3.4")
WEBAUTHN = _cis("08", "A client's authenticators are not passed on", "A session could ask for a key's signature unseen.", "18.10.57.3.3.7")
CLIPBOARD_OUT = _control(
    "09",
    "Nothing is copied from the server to the client",
    "The clipboard carries data out of the server.",
    "CIS Microsoft Windows Server 2025 Benchmark v1.0.0 18.10.57.3.3.8",
    "CIS-WS2025-18.10.57.3.3.8",
)
IDLE = _cis("10", "Idle sessions are ended", "A session left open is there for whoever comes by.", "18.10.57.3.10.1")
DISCONNECTED = _cis("11", "Disconnected sessions are ended", "They hold credentials in memory that can be stolen.", "18.10.57.3.10.2")
TEMPORARY_DELETED = _cis("12", "Temporary folders are deleted at logoff", "They may hold what was worked on.", "18.10.57.3.11.1")
TEMPORARY_OWN = _cis("13", "Each session has a temporary folder of its own", "Others could read and plant files there.", "18.10.57.3.11.2")
SINGLE_SESSION = _cis("14", "A user has one session", "A second session goes unnoticed.", "18.10.57.3.2.1")

CONTROLS = (
    ENABLED,
    DRIVES,
    COM_PORTS,
    LPT_PORTS,
    PLUG_AND_PLAY,
    UI_AUTOMATION,
    LOCATION,
    WEBAUTHN,
    CLIPBOARD_OUT,
    IDLE,
    DISCONNECTED,
    TEMPORARY_DELETED,
    TEMPORARY_OWN,
    SINGLE_SESSION,
)

_DENIED: t.Mapping[t.Any, t.Any] = {True: 0, False: 1}
_ALLOWED: t.Mapping[t.Any, t.Any] = {True: 1, False: 0}
_DIRECTION: t.Mapping[t.Any, t.Any] = {"none": 0, "text": 1, "images": 2, "rich_text": 3, "html": 4}


@dataclass(frozen=True)
class TimeLimit(Setting):
    """A setting in minutes, which Windows stores in milliseconds."""

    def stored(self, value: t.Any) -> t.Any:
        return value * MILLISECONDS

    def option_value(self, stored: t.Any) -> t.Any:
        """Minutes that were begun count whole."""
        return -(-stored // MILLISECONDS)

    def text(self, stored: t.Any) -> str:
        if not str(stored).isdecimal():
            return str(stored)
        number = int(stored)
        return f"{number} ms ({f'{number / MILLISECONDS:g} minutes' if number else 'never'})"


def _policy(name: str) -> Place:
    return Place(TERMINAL_SERVICES_POLICY, name)


def _redirection(option: str, name: str, *controls: Control, local: bool, values: t.Mapping[t.Any, t.Any] = _DENIED) -> Setting:
    place = Place(LISTENER, name) if local else None
    source = f"{_ADMX}, {name}; {_EXPORT}" if local else f"{_ADMX}, {name}"
    # a direction of the clipboard is the most that may be copied
    bound = "most" if values is _DIRECTION else ""
    meets = ("none",) if values is _DIRECTION else (False,)
    return Setting(f"redirections.{option}", place, _policy(name), source, values, controls=controls, bound=bound, meets=meets)


def _limit(option: str, name: str, inherit: str, *controls: Control, most: int = LONGEST) -> Setting:
    """The local value counts only where the account's own is not taken: C(fInherit...) is 0. most: minutes that the control takes."""
    local, enabler = Place(LISTENER, name), Place(LISTENER, inherit)
    source = f"{_ADMX}, {name}; {_EXPORT}, {inherit}"
    place, meets = _policy(name), range(1, most + 1)
    return TimeLimit(
        f"time_limits.{option}", local, place, source, controls=controls, enabler=enabler, bound="most", unlimited=0, meets=meets
    )


def _server(option: str, name: str, *controls: Control) -> Setting:
    source = f"{_ADMX}, {name}; {_EXPORT}'s parent"
    return Setting(option, Place(TERMINAL_SERVER, name), _policy(name), source, _ALLOWED, controls=controls, meets=(True,))


ENABLED_SETTING = Setting(
    "enabled",
    Place(TERMINAL_SERVER, "fDenyTSConnections"),
    _policy("fDenyTSConnections"),
    f"{_ADMX}, TS_DISABLE_CONNECTIONS; Win32_TerminalServiceSetting.SetAllowTSConnections",
    _DENIED,
    controls=(ENABLED,),
)
# The service opens its UDP socket when it starts. 0, which older templates have beside 2, means both as well.
TRANSPORTS = Setting(
    "transports",
    Place(LISTENER, "SelectTransport"),
    _policy("SelectTransport"),
    f"{_ADMX}, TS_SELECT_TRANSPORT; {_EXPORT}",
    {"both": 2, "tcp_only": 1},
    restarts=SERVICE,
)
OLD_BOTH = 0

SETTINGS: tuple[Setting, ...] = (
    ENABLED_SETTING,
    TRANSPORTS,
    _redirection("drives", "fDisableCdm", DRIVES, local=True),
    _redirection("clipboard", "fDisableClip", local=True),
    _redirection("clipboard_to_client", "SCClipLevel", CLIPBOARD_OUT, local=False, values=_DIRECTION),
    _redirection("clipboard_to_server", "CSClipLevel", local=False, values=_DIRECTION),
    _redirection("printers", "fDisableCpm", local=True),
    _redirection("com_ports", "fDisableCcm", COM_PORTS, local=True),
    _redirection("lpt_ports", "fDisableLPT", LPT_PORTS, local=True),
    _redirection("plug_and_play", "fDisablePNPRedir", PLUG_AND_PLAY, local=False),
    _redirection("audio", "fDisableCam", local=True),
    _redirection("audio_capture", "fDisableAudioCapture", local=True),
    _redirection("camera", "fDisableCameraRedir", local=False),
    _redirection("smart_cards", "fEnableSmartCard", local=False, values=_ALLOWED),
    _redirection("webauthn", "fDisableWebAuthn", WEBAUTHN, local=False),
    _redirection("location", "fDisableLocationRedir", LOCATION, local=False),
    _redirection("ui_automation", "EnableUiaRedirection", UI_AUTOMATION, local=False, values=_ALLOWED),
    _limit("idle", "MaxIdleTime", "fInheritMaxIdleTime", IDLE, most=15),
    _limit("disconnected", "MaxDisconnectionTime", "fInheritMaxDisconnectionTime", DISCONNECTED, most=1),
    _limit("active", "MaxConnectionTime", "fInheritMaxSessionTime"),
    Setting(
        "time_limits.end_session",
        Place(LISTENER, "fResetBroken"),
        _policy("fResetBroken"),
        f"{_ADMX}, fResetBroken; {_EXPORT}, fInheritResetBroken",
        _ALLOWED,
        enabler=Place(LISTENER, "fInheritResetBroken"),
    ),
    Setting(
        "shadowing",
        Place(LISTENER, "Shadow"),
        _policy("Shadow"),
        f"{_ADMX}, Shadow; {_EXPORT}, fInheritShadow",
        {"none": 0, "full_consent": 1, "full": 2, "view_consent": 3, "view": 4},
        enabler=Place(LISTENER, "fInheritShadow"),
    ),
    _server("temporary_folders.delete_on_exit", "DeleteTempDirsOnExit", TEMPORARY_DELETED),
    _server("temporary_folders.per_session", "PerSessionTempDir", TEMPORARY_OWN),
    _server("single_session", "fSingleSessionPerUser", SINGLE_SESSION),
    # One option for accounts of the host and of a domain, and for those of Microsoft's cloud.
    Setting("disconnect_on_lock", None, _policy("fDisconnectOnLockLegacy"), f"{_ADMX}, TS_DISCONNECT_ON_LOCK_POLICY", _ALLOWED),
    Setting(
        "disconnect_on_lock", None, _policy("fDisconnectOnLockMicrosoftIdentity"), f"{_ADMX}, TS_DISCONNECT_ON_LOCK_AAD_POLICY", _ALLOWED
    ),
)

# Options that Windows knows from a build on; below it they are not applicable.
SINCE = {"redirections.clipboard_to_client": CLIPBOARD_DIRECTION_BUILD, "redirections.clipboard_to_server": CLIPBOARD_DIRECTION_BUILD}
