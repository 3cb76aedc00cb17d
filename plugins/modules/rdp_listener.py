# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: rdp_listener
short_description: Whether Remote Desktop is on, at which port, and what a session offers
version_added: 0.1.0
description:
  - Manages the Remote Desktop listener RDP-Tcp. On or off, port, transports, redirections, time limits, shadowing, temporary folders.
  - Judges what is in effect. A policy value wins over a local one, and one that Group Policy owns is named and left alone.
  - An option that is not given, or is null, is left alone.
extends_documentation_fragment:
  - hardening.windows.rdp
  - hardening.windows.run
  - hardening.windows.attributes
options:
  enabled:
    description:
      - Whether connections are taken. V(true) also enables Windows' own firewall rules RemoteDesktop-UserMode-In-TCP and
        RemoteDesktop-UserMode-In-UDP where they are there and are for the listener's port.
      - Switching it on is refused where the firewall lets nobody in on that port all the same, because in every profile in use a rule blocks
        it for everybody or a policy makes local rules void. Where it is on already, or in some of the profiles only, that is a warning.
      - With V(false) nobody can log on by Remote Desktop any more; sessions that are open stay.
    type: bool
  port:
    description:
      - The port of the listener, TCP and UDP. It is moved so that a known port is open at every moment. The new one is let through the
        firewall, the listener moves, it is looked at from the host and from outside, and only then the present one is closed.
      - The host puts everything back by itself where the move is not confirmed in time.
      - Where the listener is set to this port already, and the firewall lets nobody in on it or the service does not listen there, that is a
        warning, and the rules of other ports stay open.
    type: int
  remote_addresses:
    description:
      - Who may come in on O(port), as addresses, ranges, or V(Any), where a firewall rule must be made for it. Without it the rules of
        the present port are copied. An enabled rule for it that is there already is neither changed nor removed; where it is for other
        addresses, a warning names it.
    type: list
    elements: str
  verify_from:
    description: Who knocks at the new port before the present one is closed. With V(none) nobody does; the host still looks itself.
    type: str
    choices:
      - controller
      - none
    default: controller
  confirm_within:
    description: After how many seconds the host puts a moved port back unless the move was confirmed, V(120) to V(86400).
    type: int
    default: 600
  transports:
    description:
      - Over what a session's data may travel. It restarts Remote Desktop Services (TermService), which opens its UDP socket when it
        starts.
    type: str
    choices:
      - both
      - tcp_only
  redirections:
    description: What of a client reaches into a session. V(true) allows it.
    type: dict
    suboptions:
      drives:
        description: Drives of the client. Without them files cannot be copied over the clipboard either.
        type: bool
      clipboard:
        description: The clipboard.
        type: bool
      clipboard_to_client:
        description: The most that may be copied from the server to the client. Server 2025 and later. It stands in the policy only.
        type: str
        choices: &direction
          - none
          - text
          - images
          - rich_text
          - html
      clipboard_to_server:
        description: The most that may be copied from the client to the server. Server 2025 and later. It stands in the policy only.
        type: str
        choices: *direction
      printers:
        description: Printers of the client.
        type: bool
      com_ports:
        description: COM ports of the client.
        type: bool
      lpt_ports:
        description: LPT ports of the client.
        type: bool
      plug_and_play:
        description: Plug and play devices of the client. It stands in the policy only.
        type: bool
      audio:
        description: Sound of the session, played at the client.
        type: bool
      audio_capture:
        description: The client's microphone.
        type: bool
      camera:
        description: The client's camera. It stands in the policy only.
        type: bool
      smart_cards:
        description: The client's smart card readers. It stands in the policy only.
        type: bool
      webauthn:
        description: The client's authenticators for WebAuthn. It stands in the policy only.
        type: bool
      location:
        description: Where the client is. It stands in the policy only.
        type: bool
      ui_automation:
        description: UI automation of the client. It stands in the policy only.
        type: bool
  time_limits:
    description: When sessions end by themselves. Minutes; V(0) is never.
    type: dict
    suboptions:
      idle:
        description: After how long without input.
        type: int
      disconnected:
        description: How long a session without a client is kept.
        type: int
      active:
        description: How long a session may last at all.
        type: int
      end_session:
        description: Whether a session whose limit is reached is logged off. Without it, it is disconnected.
        type: bool
  shadowing:
    description:
      - Whether an administrator may look into or drive somebody's session. With C(_consent) that person is asked first; V(view) and
        V(view_consent) are for looking only.
    type: str
    choices:
      - none
      - full_consent
      - full
      - view_consent
      - view
  temporary_folders:
    description: Temporary folders of sessions.
    type: dict
    suboptions:
      delete_on_exit:
        description: Whether they are deleted at logoff.
        type: bool
      per_session:
        description: Whether each session has one of its own.
        type: bool
  single_session:
    description: Whether a user has one session at most.
    type: bool
  disconnect_on_lock:
    description:
      - Whether a session is disconnected when it is locked, for every kind of account. It stands in the policy only.
    type: bool
  stricter:
    description:
      - What a value in effect that asks more than O(time_limits) or a direction of the clipboard does.
        With V(keep) it complies and is left where it stands, so that
        15 minutes never replace 5.
        With V(replace) it is set to exactly what the option says.
      - No limit, V(0), is never stricter, on either side.
    type: str
    choices:
      - keep
      - replace
    default: keep
  disconnect_sessions:
    description:
      - Whether a restart of Remote Desktop Services, for O(port) or O(transports), may drop sessions that somebody is working in. Without
        it the task is refused while there are any.
    type: bool
    default: false
seealso:
  - module: hardening.windows.rdp_security_layer
  - module: hardening.windows.converge
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: Remote Desktop on, without what carries data in and out
  hardening.windows.rdp_listener:
    enabled: true
    redirections:
      drives: false
      clipboard: false
      com_ports: false
      lpt_ports: false
      plug_and_play: false
    time_limits:
      idle: 15
      disconnected: 1
      end_session: true
    shadowing: full_consent

- name: The benchmark's settings where it looks for them
  hardening.windows.rdp_listener:
    scope: policy
    redirections:
      drives: false
      webauthn: false
      location: false
      ui_automation: false
    temporary_folders:
      delete_on_exit: true
      per_session: true
    single_session: true

- name: Another port, for one network only
  hardening.windows.rdp_listener:
    port: 33890
    remote_addresses:
      - 192.0.2.0/24

- name: Nobody logs on by Remote Desktop
  hardening.windows.rdp_listener:
    enabled: false
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: 'HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp: fDisableCdm'
      before: 0 (true)
      after: 1 (false)
      controls:
        - HW-RDP-LI-02
controls:
  description: Each control that a given option serves, with how it stands.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-RDP-LI-02
      references:
        - CIS-WS2022-18.10.57.3.3.3
      title: A client's drives are not mapped
      status: changed
      evidence:
        - 'redirections.drives was 0 (true) (HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp: fDisableCdm), wanted 1 (false)'
overrides:
  description: Values that Group Policy owns and that are not the wanted ones.
  returned: success
  type: list
  elements: dict
  sample: []
restarts:
  description: Services that were restarted, or are to be.
  returned: success
  type: list
  elements: dict
  sample: []
reboot_required:
  description: Whether a change needs a reboot to be in force.
  returned: success
  type: bool
  sample: false
journal:
  description: Journals on the host that hold the undo of what was done; empty when nothing was.
  returned: success
  type: list
  elements: str
  sample:
    - 'C:\Program Files\hardening.windows\journal\20261124T211502Z-3f9c2a1b.jsonl'
round_trips:
  description: How often the payload was called.
  returned: success
  type: int
  sample: 2
"""
