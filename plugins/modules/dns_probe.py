# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_probe
short_description: What a stranger sees of a DNS server
version_added: 0.1.0
description:
  - Asks a DNS server over the network and says for each control what its answers prove.
  - Runs on the host it is delegated to, which is the vantage point, such as C(localhost) or a machine in another network. A server that
    treats its secondaries or its own network better than others shows that only from there.
  - Asks eight questions, and three to five for each zone, one by one over TCP, which response rate limiting leaves alone. One of them
    goes over UDP; more do where nothing answers over TCP.
  - Nothing is changed. Updates are asked for with messages that change nothing even where they are taken, the second of them only where
    the first one was not refused. Of a transfer one message is read. A server may log either, and its operators may ask who that was.
  - Where nothing answers, the verdict is V(no_answer), never V(pass). A closed port is not a hardened server.
requirements:
  - Python 3.11 or later on the machine that looks
  - dnspython 2.3 or later on the machine that looks
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
    description: The machine that looks. What it looks at is Windows, or any other DNS server.
options:
  host:
    description:
      - The name or address of the server.
    type: str
    required: true
  port:
    description:
      - The port of the server, over TCP and UDP.
    type: int
    default: 53
  timeout:
    description:
      - Seconds for each question.
    type: float
    default: 5.0
  zones:
    description:
      - Zones to ask for a transfer and for updates. Without them HW-DNS-PROBE-01, HW-DNS-PROBE-04 and HW-DNS-PROBE-06 are V(not_tested).
      - A zone that the server does not have is V(not_applicable), with a warning, so that several servers can be asked for the same zones.
      - An error that a zone is answered with as well while it loads, after it expired, or where a policy keeps out whoever looks, does not show
        that it is missing. Such a zone is V(inconclusive).
    type: list
    elements: str
  recursion_name:
    description:
      - A name outside of the server's zones. The server that recurses is going to ask others for it, so on a network of its own it has
        to be a name that can be found there.
    type: str
    default: example.com
  rate_limiting:
    description:
      - Also asks the same question 60 times at once over UDP, after 60 times over TCP, to see whether identical answers are limited.
      - Without it HW-DNS-PROBE-06 is V(not_tested). A limit that was met holds for some seconds, in which other UDP clients of the same
        network may get no answers either.
    type: bool
    default: false
  require:
    description:
      - Controls that the task fails on, by their own ids or those of a benchmark, such as V(HW-DNS-PROBE-02) or V(V-259403). Each of
        them has to be V(pass).
      - V(all) stands for every control that could be tested, so that V(not_tested) and V(not_applicable) do not fail the task.
      - Without it the task does not fail, whatever the verdicts are, and also where nothing answers.
    type: list
    elements: str
  skip:
    description:
      - Ids of controls to give no verdict on, and not to ask for either. V(HW-DNS-PROBE-04) keeps every update away from the server.
    type: list
    elements: str
seealso:
  - name: RFC 5936, DNS Zone Transfer Protocol
    description: What a transfer is answered.
    link: https://www.rfc-editor.org/rfc/rfc5936
  - name: RFC 2136, Dynamic Updates in the Domain Name System
    description: What an update is answered, and which ones change nothing.
    link: https://www.rfc-editor.org/rfc/rfc2136
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: Look at the DNS server from the controller
  hardening.windows.dns_probe:
    host: "{{ ansible_host }}"
    zones:
      - corp.example
      - _msdcs.corp.example
  delegate_to: localhost

- name: Fail if the server recurses for another network or tells its version
  hardening.windows.dns_probe:
    host: 10.20.0.10
    recursion_name: www.example.net
    require:
      - HW-DNS-PROBE-02
      - V-259403
  delegate_to: bastion

- name: Prove everything that can be proved, response rate limiting included, and send no updates
  hardening.windows.dns_probe:
    host: 10.20.0.10
    zones:
      - corp.example
    rate_limiting: true
    require:
      - all
    skip:
      - HW-DNS-PROBE-04
  delegate_to: localhost
"""

RETURN = r"""
verdicts:
  description:
    - Each control with what was proved.
    - V(pass), V(fail); V(inconclusive) where what came back proves neither; V(no_answer) where nothing came back; V(not_tested) where this
      task did not ask; V(not_applicable) where the server has none of the zones.
    - A control that is judged for several zones has the worst verdict of those that the server has. Each zone's own is in the evidence.
  returned: always
  type: list
  elements: dict
  sample:
    - id: HW-DNS-PROBE-05
      references:
        - V-259403
        - WDNS-22-000075
      title: The server does not tell its version
      verdict: pass
      evidence:
        - "version.bind: REFUSED over TCP, no flags, 0 answers, 0 in authority"
        - "version.server: REFUSED over TCP, no flags, 0 answers, 0 in authority"
transports:
  description:
    - The answers to the first question over each transport. C(kind) of an answer, here and below, is the code of the reply in small letters,
      V(no_answer), V(unreadable), or V(not_tested) where the question was not asked.
    - C(udp_payload) is the size that EDNS offers in bytes, null without EDNS.
  returned: always
  type: dict
  sample:
    tcp:
      kind: noerror
      text: NOERROR over TCP, AA flags, 1 answers, 0 in authority
    udp:
      kind: noerror
      text: NOERROR over UDP, AA flags, 1 answers, 0 in authority
    udp_payload: 1232
zones:
  description:
    - Each zone of O(zones). C(served) says whether the server is authoritative for it, null where its answers do not
      tell, such as errors, truncation and silence.
    - C(update) is the last answer to an update that was sent. C(serial_after) is null where only the one that is empty was sent.
    - C(verdict) is the one of this zone.
  returned: always
  type: list
  elements: dict
  sample:
    - name: corp.example
      served: true
      serial: 2026112701
      serial_after: null
      transfer:
        verdict: pass
        kind: refused
        text: REFUSED over TCP, no flags, 0 answers, 0 in authority
      update:
        verdict: pass
        kind: refused
        text: REFUSED over TCP, no flags, 0 answers, 0 in authority
recursion:
  description:
    - What the server answered about a foreign name and about the root. C(offered) is null where that could not be told.
  returned: always
  type: dict
  sample:
    name: example.com
    offered: false
    with_recursion:
      kind: refused
      text: REFUSED over TCP, no flags, 0 answers, 0 in authority
    without_recursion:
      kind: refused
      text: REFUSED over TCP, no flags, 0 answers, 0 in authority
    root:
      kind: refused
      text: REFUSED over TCP, no flags, 0 answers, 0 in authority
version:
  description:
    - What the server tells about its version.
  returned: always
  type: dict
  sample:
    told: []
    answers:
      version.bind:
        kind: refused
        text: REFUSED over TCP, no flags, 0 answers, 0 in authority
      version.server:
        kind: refused
        text: REFUSED over TCP, no flags, 0 answers, 0 in authority
rate_limiting:
  description:
    - What came of identical questions at once, null where O(rate_limiting) is false or no zone is known to be served.
    - C(tcp_answered) of as many over TCP were answered. Where that is far from all, what is missing over UDP means nothing.
  returned: always
  type: dict
  sample:
    name: corp.example
    sent: 60
    whole: 5
    truncated: 28
    other: 0
    missing: 27
    tcp_answered: 60
"""

import sys

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hardening.windows.plugins.module_utils._dns_probe import library
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.judge import Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.observation import Observations
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.options import ARGUMENT_SPEC, Options
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.report import result, unserved
from ansible_collections.hardening.windows.plugins.module_utils._probe.demands import OptionsError, unmet


def look(options: Options) -> Observations:
    """Imports what needs the library only where the library is there."""
    from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.probing import Prober, Wanted
    from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.transport import Target, Transport

    target = Target(options.host, options.port, options.timeout)
    wanted = Wanted(options.zones, options.recursion_name, options.controls, options.rate_limiting)
    return Prober(Transport(target), wanted).look()


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    try:
        options = Options.read(module.params)
    except OptionsError as error:
        module.fail_json(msg=str(error))
    if not library.is_there():
        module.fail_json(msg=library.INSTALL.format(python=sys.executable))
    case = Case(look(options), options.recursion_name, options.rate_limiting)
    verdicts = judge(case, options.skip)
    for zone in unserved(case):
        module.warn(f"The DNS server at {options.host} port {options.port} does not serve the zone {zone}: nothing is judged of it.")
    found = {"changed": False, **result(case, verdicts)}
    failures = unmet(verdicts, options.require)
    if failures:
        module.fail_json(msg=options.complaint(case.seen.silence, failures), **found)
    module.exit_json(**found)


if __name__ == "__main__":
    main()
