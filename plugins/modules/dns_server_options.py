# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: dns_server_options
short_description: How the DNS Server resolves, answers, listens and logs
version_added: 0.1.0
description:
  - Manages the options of Microsoft's DNS Server. Recursion and forwarders, cache, ports, response rate limiting, policies, logging,
    scavenging, listen addresses, DNSSEC validation.
  - An option that is not given, or is null, is left alone.
  - The socket pool, cache locking, packet sizes and the plug-in are read by the service only when it starts. They restart DNS once, and
    the server's own primary zones, the first 200 of them, must answer before the task goes on. With O(restart=later) the result says what
    is not in force yet; of a later run only the packet sizes and the plug-in still tell it, as a warning, because the server shows every
    other value as if it were in force.
extends_documentation_fragment:
  - hardening.windows.dns_resolution
  - hardening.windows.dns_policies
  - hardening.windows.dns_logging
  - hardening.windows.run
  - hardening.windows.attributes
options:
  version_query:
    description: What strangers learn who ask for the server's version. V(minimal) is the major version only.
    type: str
    choices:
      - none
      - full
      - minimal
  listen_addresses:
    description:
      - The host's addresses that queries are answered on, or V(all) alone.
      - Addresses that the host itself resolves through, that name server records of its zones name, and O(play_resolvers) are not dropped,
        unless O(allow_address_loss). Only V(all) listens on loopback.
    type: list
    elements: str
  packet_sizes:
    description: The largest packets. They stand in the registry only, and restart DNS.
    type: dict
    suboptions:
      tcp:
        description: Bytes of an answer over TCP, 16384 to 65536. V(65280) is Microsoft's workaround for servers without the update of CVE-2020-1350.
        type: int
      udp:
        description: Bytes of a packet over UDP, 512 to 16384. V(1221) is Microsoft's advice against fragmented packets (ADV200013).
        type: int
  plugin_dll:
    description: A library that the service loads when it starts, as SYSTEM. V(absent) takes it away, which restarts DNS.
    type: str
    choices:
      - absent
  updates:
    description: Odds and ends of updates, inverse queries and transfers.
    type: dict
    suboptions:
      share_proxy_updates:
        description: Whether records that members of DnsUpdateProxy make have no owner, so that anybody may change them.
        type: bool
      iquery_responses:
        description: Whether inverse queries are answered, with something made up.
        type: bool
      transfers_from_read_only:
        description: Whether a read-only domain controller gives zones away.
        type: bool
  allow_address_loss:
    description: Whether an address that somebody needs may be dropped from O(listen_addresses), or denied answers by a policy.
    type: bool
    default: false
  play_resolvers:
    description: Addresses that other hosts of the play use as their resolver or forwarder.
    type: list
    elements: str
  directory_writer:
    description:
      - Computer name of the domain controller that writes what lives in the directory, which is O(dnssec.trust_anchors); one for each
        domain. Every other one only looks whether it is there. Without it each writes.
    type: str
  stricter:
    description:
      - What becomes of a value that asks more than O(cache.locking_percent), O(socket_pool.size) or O(diagnostics.event_level). With V(keep) it
        complies and stays; with V(replace) it is set to exactly what the option says.
    type: str
    choices:
      - keep
      - replace
    default: keep
seealso:
  - module: hardening.windows.converge
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: A resolver that is hard to poison and to misuse
  hardening.windows.dns_server_options:
    version_query: none
    cache:
      pollution_protection: true
      locking_percent: 100
    socket_pool:
      size: 2500
    block_list:
      enabled: true
      names:
        - wpad
        - isatap
    response_rate_limiting:
      mode: enable
    diagnostics:
      event_level: all
    plugin_dll: absent

- name: A name server that resolves for nobody
  hardening.windows.dns_server_options:
    recursion:
      enabled: false
    listen_addresses:
      - 192.0.2.53

- name: Queries go to internal forwarders alone
  hardening.windows.dns_server_options:
    forwarders:
      addresses:
        - 10.0.0.1
        - 10.0.0.2
      use_root_hints: false

- name: Recursion for the inside alone
  hardening.windows.dns_server_options:
    recursion:
      scopes:
        - name: .
          enabled: false
        - name: inside
          enabled: true
          forwarders:
            - 10.0.0.1
    client_subnets:
      - name: inside
        ipv4:
          - 10.0.0.0/8
    query_policies:
      - name: recursion-inside
        action: allow
        on_recursion: true
        recursion_scope: inside
        client_subnet: EQ,inside
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: 'DNS Server: version_query'
      before: 1 (full)
      after: 0 (none)
      controls:
        - HW-DNS-06
controls:
  description: Each control that a given option serves, with how it stands.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-DNS-06
      references:
        - V-259403
        - WDNS-22-000075
      title: Nobody learns the version
      status: changed
      evidence:
        - 'version_query was 1 (full), wanted 0 (none)'
overrides:
  description: Always empty, because no policy sets these options.
  returned: success
  type: list
  elements: dict
  sample: []
restarts:
  description: Services that were restarted, or are to be.
  returned: success
  type: list
  elements: dict
  sample:
    - service: DNS
      state: restarted
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
