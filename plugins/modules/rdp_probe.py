# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rdp_probe
short_description: What a stranger sees of a host's Remote Desktop
version_added: 0.1.0
description:
  - Looks at Remote Desktop over the network, before any logon, and says for each control what that proves.
  - Runs on the host it is delegated to, which is the vantage point, such as C(localhost) or a machine in another network.
  - Opens about fifteen short connections. No logon is attempted, so nothing is counted against an account.
  - Where nothing answers, the verdict is V(no_answer), never V(pass). A closed port is not a hardened one.
  - Encrypted sessions do not tell the encryption level of native RDP security, so it can only be seen where that is still accepted.
requirements:
  - Python 3.11 or later on the machine that looks
  - cryptography on the machine that looks, for the details of the certificate; everything else works without it
attributes:
  check_mode:
    support: full
    description: Nothing is ever changed, so check mode looks just the same.
  diff_mode:
    support: none
    description: Nothing is ever changed.
  platform:
    platforms: posix
    support: full
    description: The machine that looks. What it looks at is Windows, or anything else that speaks RDP.
options:
  host:
    description:
      - The name or address to connect to.
    type: str
    required: true
  port:
    description:
      - The TCP port of the listener.
    type: int
    default: 3389
  timeout:
    description:
      - Seconds for each connection as a whole.
    type: float
    default: 5.0
  server_name:
    description:
      - The name to ask for in TLS (SNI). None is sent without it.
    type: str
  certificate_thumbprint:
    description:
      - The thumbprint of the certificate that the listener was told to use, 40 hexadecimal digits. Blanks, colons and the invisible mark
        that the Windows console puts in front are left out.
      - Without it HW-RDP-PROBE-10 is V(not_tested).
    type: str
  require:
    description:
      - Controls that the task fails on, by their own ids or those of a benchmark, such as V(HW-RDP-PROBE-02) or V(V-254369). Each of
        them has to be V(pass).
      - V(all) stands for every control that could be tested, so that V(not_observable) and V(not_tested) do not fail the task.
      - Without it the task does not fail, whatever the verdicts are, and also where nothing answers.
    type: list
    elements: str
  skip:
    description:
      - Ids of controls to give no verdict on.
    type: list
    elements: str
seealso:
  - name: MS-RDPBCGR 3.3.5.3.2, sending the X.224 Connection Confirm
    description: What a server answers to which request.
    link: https://learn.microsoft.com/openspecs/windows_protocols/ms-rdpbcgr/
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: Look at Remote Desktop from the controller
  hardening.windows.rdp_probe:
    host: "{{ ansible_host }}"
  delegate_to: localhost

- name: Fail unless only NLA inside current TLS gets in, whatever the certificate
  hardening.windows.rdp_probe:
    host: "{{ ansible_host }}"
    port: 3390
    require:
      - HW-RDP-PROBE-01
  delegate_to: localhost

- name: Prove everything that can be proved, and that the listener shows the certificate it was given
  hardening.windows.rdp_probe:
    host: "{{ ansible_host }}"
    certificate_thumbprint: 0F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C
    require:
      - all
  delegate_to: bastion
"""

RETURN = r"""
verdicts:
  description:
    - Each control with what was proved.
    - V(pass), V(fail); V(inconclusive) where what came back proves neither; V(no_answer) where nothing came back; V(not_observable) where
      it cannot be seen in this configuration; V(not_tested) where this machine or this task could not try.
  returned: always
  type: list
  elements: dict
  sample:
    - id: HW-RDP-PROBE-02
      references:
        - CIS-WS2022-18.10.57.3.9.4
      title: Network Level Authentication is required
      verdict: pass
      evidence:
        - "request 0: refused with code 5 HYBRID_REQUIRED_BY_SERVER"
        - "request 1: refused with code 5 HYBRID_REQUIRED_BY_SERVER"
        - "request 3: selected HYBRID"
        - "request 0x0b: selected HYBRID_EX"
protocols:
  description:
    - What each request was answered. V(none) asks without negotiation, V(0) for native RDP security, V(1) for TLS, V(3) for TLS or NLA,
      V(0x0b) also for NLA with early user authorisation.
    - C(answer) is V(selected), V(failed), V(without_negotiation), V(disconnected), V(unreadable) or V(no_answer).
    - C(nla) is the verdict on NLA. C(classic) says whether native RDP security goes on behind a request without negotiation, V(alive),
      V(dead), V(unclear) or V(no_answer).
    - C(restricted_admin_capable) says that this release of Windows knows Restricted Admin mode, not that it is switched on.
  returned: always
  type: dict
  sample:
    requests:
      - request: "3"
        answer: selected
        protocol: HYBRID
        code: null
        code_name: null
        flags:
          - EXTENDED_CLIENT_DATA
          - DYNVC_GFX
        text: selected HYBRID
    nla: pass
    classic: dead
    restricted_admin_capable: false
encryption:
  description:
    - How native RDP security encrypts. C(state) is V(observed), or the verdict that says why it was not.
    - C(methods) are those that were agreed to when asked for alone.
  returned: always
  type: dict
  sample:
    state: not_observable
    method: null
    level: null
    methods: []
tls:
  description:
    - Each version on a connection of its own, and the session where everything is offered.
    - C(state) of a version is V(accepted), V(refused) by an alert, V(closed) without one, V(no_answer), V(unclear) or V(not_tested).
    - C(rsa_key_exchange) is the same for a handshake that offers only suites without forward secrecy.
    - C(state) of all is V(observed), V(no_answer), or V(not_observable) where no request leads into TLS.
  returned: always
  type: dict
  sample:
    state: observed
    request: "3"
    versions:
      - version: "1.2"
        state: accepted
        suite: ECDHE-RSA-AES256-GCM-SHA384
        reason: ""
    version: "1.2"
    suite: ECDHE-RSA-AES256-GCM-SHA384
    forward_secret: true
    rsa_key_exchange: refused
certificate:
  description:
    - The certificate, null where none was seen. C(configured) says whether it is that of O(certificate_thumbprint).
    - Without the library C(cryptography) everything but the thumbprint is null, and C(unread) says what to install.
  returned: always
  type: dict
  sample:
    thumbprint: 0F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C
    configured: true
    subject: CN=web01.corp.example
    issuer: CN=Issuing CA 1,DC=corp,DC=example
    subject_alternative_names:
      - web01.corp.example
    key_type: RSA
    key_size: 2048
    signature_hash: sha256
    self_signed: false
    not_before: "2026-01-01T00:00:00Z"
    not_after: "2027-01-01T00:00:00Z"
    unread: null
credssp:
  description:
    - What CredSSP tells a stranger before any logon. C(state) is V(challenge), V(no_challenge), V(no_answer) or V(not_observable).
    - No setting hides it, except one that switches NTLM off, so that no control asks for it.
  returned: always
  type: dict
  sample:
    state: challenge
    target: CORP
    netbios_computer: WEB01
    netbios_domain: CORP
    dns_computer: web01.corp.example
    dns_domain: corp.example
    dns_forest: corp.example
    os_version: 10.0.20348
    clock: "2026-11-24T21:15:02Z"
    text: NTLM challenge from CORP, version 10.0.20348
"""

from datetime import UTC, datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hardening.windows.plugins.module_utils._probe.certificate import INSTALL
from ansible_collections.hardening.windows.plugins.module_utils._probe.demands import OptionsError, unmet
from ansible_collections.hardening.windows.plugins.module_utils._probe.judge import Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._probe.options import ARGUMENT_SPEC, Options
from ansible_collections.hardening.windows.plugins.module_utils._probe.probing import Prober
from ansible_collections.hardening.windows.plugins.module_utils._probe.report import result


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    try:
        options = Options.read(module.params)
    except OptionsError as error:
        module.fail_json(msg=str(error))
    case = Case(Prober(options.target).look(), datetime.now(UTC), options.thumbprint)
    verdicts = judge(case, options.skip)
    found: dict[str, Any] = {"changed": False, **result(case, verdicts)}
    if found["certificate"] and found["certificate"]["unread"] == INSTALL:
        module.warn(INSTALL)
    failures = unmet(verdicts, options.require)
    if failures:
        module.fail_json(msg=options.complaint(case.seen.silence, failures), **found)
    module.exit_json(**found)


if __name__ == "__main__":
    main()
