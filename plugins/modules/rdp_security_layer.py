# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: rdp_security_layer
short_description: Who may speak to Remote Desktop, and how
version_added: 0.1.0
description:
  - Manages TLS, Network Level Authentication, encryption, the certificate and CredSSP of the Remote Desktop listener, and Windows' FIPS
    mode.
  - Judges what is in effect. A policy value wins over a local one, and one that Group Policy owns is named and left alone.
  - An option that is not given, or is null, is left alone. Values that cannot stand together are refused, also where the other one is
    in effect on the host and not given.
extends_documentation_fragment:
  - hardening.windows.rdp
  - hardening.windows.run
  - hardening.windows.attributes
options:
  security_layer:
    description:
      - How a connection is secured. V(ssl) is TLS always, V(negotiate) is TLS where the client can, V(rdp) is native RDP security,
        which does not prove to the client which server it speaks to.
      - New connections use it; nothing restarts.
    type: str
    choices:
      - rdp
      - negotiate
      - ssl
  network_level_authentication:
    description:
      - Whether a client must say who it is before it gets a session. It needs TLS.
      - Who must change an expired password first cannot log on with it.
      - With it an account needs the right to log on over the network too. Switching it on is refused where that would leave nobody who could
        log on, judged by the rights and groups as the same task leaves them.
    type: bool
  encryption_level:
    description:
      - The weakest encryption of native RDP security. It has no effect on TLS, but benchmarks ask for V(high) nevertheless.
      - V(low) cannot stand together with O(security_layer=ssl). V(fips) exists only for O(scope=local).
    type: str
    choices:
      - low
      - client_compatible
      - high
      - fips
  stricter:
    description:
      - What a value in effect that asks more than O(encryption_level) does.
        With V(keep) it complies and is left where it stands, so that
        V(high) never replaces V(fips).
        With V(replace) it is set to exactly what the option says.
    type: str
    choices:
      - keep
      - replace
    default: keep
  fips_policy:
    description:
      - Whether Windows uses FIPS 140 algorithms only, in every program of the host that asks Windows for them. In force after a reboot.
      - V(true) needs O(fips_consent=true).
    type: bool
  fips_consent:
    description:
      - Says that it is known what O(fips_policy=true) breaks. Older TLS peers no longer connect, .NET Framework programs that use other
        algorithms stop with an exception, and BitLocker recovery passwords of older systems are no longer taken.
    type: bool
    default: false
  secure_rpc:
    description: Whether the administration of Remote Desktop by RPC must be authenticated and encrypted. It stands in the policy only.
    type: bool
  prompt_for_password:
    description: Whether a password is asked for at every connection, also where the client has saved one.
    type: bool
  restricted_admin:
    description:
      - Whether Restricted Admin connections are taken, which leave no credentials on the host. It stands in the local place only.
      - V(true) also lets in whoever has only the hash of an administrator's password. The task warns about it.
    type: bool
  protected_credentials:
    description:
      - Whether the host takes credentials that cannot be exported (Remote Credential Guard, Restricted Admin). It stands in the policy
        only.
    type: bool
  credssp_encryption_oracle:
    description:
      - What CredSSP does about peers without the update for CVE-2018-0886. In force after a reboot. It stands in the policy only.
      - V(force_updated_clients) turns away clients without the update. V(mitigated) does not, but its own connections do not fall back.
    type: str
    choices:
      - force_updated_clients
      - mitigated
      - vulnerable
  certificate_thumbprint:
    description:
      - The SHA-1 thumbprint of the listener's certificate, 40 hexadecimal digits. Blanks, colons and the invisible character that the
        certificate snap-in copies are taken out.
      - The certificate is looked at before it is bound. It must be in LocalMachine\My with its private key, be for servers (extended key
        usage Server Authentication or Remote Desktop Authentication, or none at all), be valid now by the controller's clock, and
        its key must be readable by NETWORK SERVICE.
      - A new one restarts Remote Desktop Services (TermService).
    type: str
  disconnect_sessions:
    description:
      - Whether a restart of Remote Desktop Services may drop sessions that somebody is working in. Without it the task is refused while
        there are any.
    type: bool
    default: false
seealso:
  - module: hardening.windows.rdp_listener
  - module: hardening.windows.converge
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: TLS and Network Level Authentication only
  hardening.windows.rdp_security_layer:
    security_layer: ssl
    network_level_authentication: true
    encryption_level: high
    secure_rpc: true

- name: The same where the benchmark looks for it
  hardening.windows.rdp_security_layer:
    scope: policy
    security_layer: ssl
    network_level_authentication: true
    encryption_level: high
    secure_rpc: true
    prompt_for_password: true

- name: A certificate of the company's own, when nobody is connected
  hardening.windows.rdp_security_layer:
    certificate_thumbprint: "9F 86 D0 81 88 4C 7D 65 9A 2F EA A0 C5 5A D0 15 A3 BF 4F 1B"

- name: FIPS mode, by an organisation that must
  hardening.windows.rdp_security_layer:
    fips_policy: true
    fips_consent: true
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: 'HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp: SecurityLayer'
      before: 1 (negotiate)
      after: 2 (ssl)
      controls:
        - HW-RDP-SL-01
controls:
  description: Each control that a given option serves, with how it stands.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-RDP-SL-01
      references:
        - CIS-WS2022-18.10.57.3.9.3
      title: Connections to Remote Desktop are made with TLS
      status: changed
      evidence:
        - 'security_layer was 1 (negotiate) (HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp: SecurityLayer), wanted 2 (ssl)'
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
