# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: schannel
short_description: TLS versions, cipher suites and key sizes of Windows
version_added: 0.1.0
description:
  - Manages Schannel, which carries Remote Desktop, WinRM over HTTPS, IIS and nearly everything else on Windows that speaks TLS.
  - Judges by meaning. A version that is as wanted by this release's default is not touched, and every number but 0 in C(Enabled) says
    yes, such as 0xffffffff.
  - Refuses what would shut everybody out. That is TLS 1.2 off, older versions off where TLS 1.2 is off already, TLS 1.3 on before
    Server 2022, a version off that is the only one the controller and the host of this task have in common, and cipher suites that
    leave a bound certificate without forward secrecy.
  - Which certificates are bound is seen from Remote Desktop's listener and from the bindings of HTTP.sys, which carries WinRM and IIS.
    Programs that bring their own TLS, or that name a certificate elsewhere, are not seen.
  - Every change is in force after a restart of the host only, so it is reported as RV(reboot_required). Nothing is restarted.
  - An option that is not given, or is null, is left alone.
extends_documentation_fragment:
  - hardening.windows.run
  - hardening.windows.attributes
options:
  protocols:
    description:
      - Versions of the protocols, each for the two roles of this host.
      - Off is C(Enabled) 0, which no program can ask its way around. On is C(Enabled) 1 with C(DisabledByDefault) 0.
    type: dict
    suboptions:
      ssl_2_0:
        description: SSL 2.0. It is gone since Server 2016, so it may only be off.
        type: dict
        suboptions: &roles
          server:
            description: Whether it is on where this host is the server.
            type: bool
          client:
            description: Whether it is on where this host is the client.
            type: bool
      ssl_3_0:
        description: SSL 3.0.
        type: dict
        suboptions: *roles
      tls_1_0:
        description: TLS 1.0.
        type: dict
        suboptions: *roles
      tls_1_1:
        description: TLS 1.1.
        type: dict
        suboptions: *roles
      tls_1_2:
        description: TLS 1.2. It may only be on, because everything that uses Schannel depends on it.
        type: dict
        suboptions: *roles
      tls_1_3:
        description: TLS 1.3. It may be on since Server 2022; before, Microsoft does not support it.
        type: dict
        suboptions: *roles
      dtls_1_0:
        description: DTLS 1.0, which is TLS 1.1 over UDP.
        type: dict
        suboptions: *roles
      dtls_1_2:
        description: DTLS 1.2. Remote Desktop uses it over UDP, and falls back to TCP without it.
        type: dict
        suboptions: *roles
  cipher_suites:
    description:
      - The whole list of cipher suites, best first, as the policy SSL Cipher Suite Order has it. It replaces the computer's own list and
        the release's default.
      - The names are Schannel's, without a curve. A name that this release does not have is refused, and so is a list of more than
        1023 characters.
    type: list
    elements: str
  cipher_suites_absent:
    description:
      - Cipher suites that may not be in the list. What else is in effect keeps its order and is written as the policy's list.
      - Where neither the policy nor the computer stores a list, the release's documented default is taken. On a build whose default is
        not certain the task is refused; give O(cipher_suites) there.
    type: list
    elements: str
  diffie_hellman_minimum:
    description: Bits that a Diffie-Hellman key of the server has at least. Windows' default is 2048. More is compliant.
    type: int
    choices:
      - 2048
      - 3072
      - 4096
  explicit:
    description:
      - Whether what is wanted is written down even where it is so by default. Auditors look for the values, and the IIS STIG calls a
        missing one a finding.
    type: bool
    default: false
  on_override:
    description:
      - What a value that Group Policy owns, and that is not the wanted one, does to the task. It is never fought, because the next
        policy refresh would write it again. Either way it is named in RV(overrides), and everything else is done.
      - With V(fail) the task fails at the end. With V(report) it warns.
      - Where the host keeps no record of what Group Policy owns, a policy's list of cipher suites counts as owned.
    type: str
    choices:
      - fail
      - report
    default: fail
seealso:
  - module: hardening.windows.converge
  - module: hardening.windows.rdp_probe
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: Leave TLS 1.2 and what is newer
  hardening.windows.schannel:
    protocols:
      ssl_3_0:
        server: false
        client: false
      tls_1_0:
        server: false
        client: false
      tls_1_1:
        server: false
        client: false
      tls_1_2:
        server: true
        client: true

- name: Only cipher suites with forward secrecy, for certificates of either kind
  hardening.windows.schannel:
    cipher_suites:
      - TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
      - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
      - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
      - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256

- name: Drop 3DES, and keep whatever else is in effect
  hardening.windows.schannel:
    cipher_suites_absent:
      - TLS_RSA_WITH_3DES_EDE_CBC_SHA

- name: Write down what the IIS STIG looks for, and warn where a policy object says otherwise
  hardening.windows.schannel:
    explicit: true
    on_override: report
    protocols:
      tls_1_0:
        server: false
      tls_1_1:
        server: false
      tls_1_2:
        server: true
    diffie_hellman_minimum: 2048
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: 'HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.0\Server: Enabled'
      before: absent
      after: "0"
      controls:
        - HW-RDP-SC-03
controls:
  description: Each control that a given option serves, with how it stands.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-RDP-SC-03
      references:
        - CIS-IIS10-7.4
      title: TLS 1.0 is off
      status: changed
      evidence:
        - TLS 1.0 server was on (not stored, Windows' default), wanted off
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
  sample: true
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
