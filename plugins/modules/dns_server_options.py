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
  - hardening.windows.run
  - hardening.windows.attributes
options:
  recursion:
    description: Whether and how names of other servers are resolved for clients.
    type: dict
    suboptions:
      enabled:
        description:
          - Without recursion the server answers from its own zones only, and no forwarder of any kind works any more.
          - Switching it off is refused while the host itself resolves through this server, or while there are forwarders, conditional
            forwarders or recursion scopes with forwarders, unless O(allow_recursion_loss).
        type: bool
      timeout:
        description: Seconds until a query to other servers is given up, 1 to 15.
        type: int
      retry_interval:
        description: Seconds until a query to another server is sent again, 1 to 15.
        type: int
      additional_timeout:
        description: Seconds for the additional records of an answer, 1 to 15.
        type: int
      scopes:
        description:
          - Recursion scopes, by name. Policies choose among them.
          - V(.) is always there, and is what is used where no policy chooses. What it recurses and where it asks is O(recursion.enabled) and
            O(forwarders.addresses), so that each is given in one of the two places only.
        type: list
        elements: dict
        suboptions:
          name:
            description: Name of the scope.
            type: str
            required: true
          enabled:
            description: Whether the scope recurses. A new one does unless told otherwise.
            type: bool
          forwarders:
            description: Addresses of its forwarders. To take all away from a scope that is there is refused, because no cmdlet does it.
            type: list
            elements: str
      scopes_mode:
        description: Whether scopes that are not listed stay, or are removed. The scope V(.) always stays.
        type: str
        choices: &modes
          - merge
          - replace
        default: merge
  forwarders:
    description: Where queries go that the server cannot answer itself.
    type: dict
    suboptions:
      addresses:
        description:
          - Their addresses; the order counts, and no other stays. An empty list removes all.
          - Removing all is refused where the server recurses and has no root hints to use.
        type: list
        elements: str
      use_root_hints:
        description: Whether the root hints are asked where no forwarder answers.
        type: bool
      timeout:
        description: Seconds to wait for a forwarder, 1 to 15.
        type: int
      reordering:
        description: Whether the server prefers forwarders that answer sooner.
        type: bool
  cache:
    description: What is remembered of other servers' answers.
    type: dict
    suboptions:
      pollution_protection:
        description: Whether records that the asked server has no say in are left out. It is the same value as the secure responses of recursion.
        type: bool
      locking_percent:
        description: For how much of its time to live a cached record cannot be overwritten, 0 to 100.
        type: int
      max_ttl:
        description: The longest time in seconds that a record is cached, 0 to 2592000.
        type: int
      max_negative_ttl:
        description: The same for names that do not exist, 0 to 2592000.
        type: int
      max_size:
        description: The most memory for the cache in kB, at least 500; V(0) is no limit.
        type: int
  socket_pool:
    description: The ports that queries to other servers are sent from. It restarts DNS.
    type: dict
    suboptions:
      size:
        description: How many of them there are, 0 to 10000.
        type: int
      excluded_ports:
        description: Ranges that are never used, such as V(5000-5010). No other stays; an empty list excludes none.
        type: list
        elements: str
  edns:
    description: Extension mechanisms for DNS.
    type: dict
    suboptions:
      reception:
        description: Whether queries with EDNS are understood.
        type: bool
      probes:
        description: Whether other servers are asked with EDNS.
        type: bool
      cache_timeout:
        description: Seconds that it is remembered whether another server knows EDNS, 10 to 86400.
        type: int
  version_query:
    description: What strangers learn who ask for the server's version. V(minimal) is the major version only.
    type: str
    choices:
      - none
      - full
      - minimal
  block_list:
    description: The global query block list, names that no zone of the server answers for.
    type: dict
    suboptions:
      enabled:
        description: Whether it is in force.
        type: bool
      names:
        description: Single labels, such as V(wpad) and V(isatap).
        type: list
        elements: str
      mode:
        description: Whether names that are not listed stay, or are removed.
        type: str
        choices: *modes
        default: merge
  response_rate_limiting:
    description: Limits how often the same client is given the same answer, so that the server is no use for flooding others.
    type: dict
    suboptions:
      mode:
        description: V(log_only) decides and writes it down, and answers all the same. Without it the mode stays what it is, which may be off.
        type: str
        choices:
          - disable
          - enable
          - log_only
      responses_per_second:
        description: Equal answers for each client network and second, at least 1.
        type: int
      errors_per_second:
        description: The same for answers that are errors, at least 1.
        type: int
      window:
        description: Seconds over which rates are measured, 1 to 3600.
        type: int
      ipv4_prefix_length:
        description: How much of an address is a client network, 1 to 32.
        type: int
      ipv6_prefix_length:
        description: The same for IPv6, 1 to 128.
        type: int
      leak_rate:
        description: Each how manieth dropped answer is sent all the same, 2 to 10; V(0) for none. Not below O(response_rate_limiting.truncate_rate).
        type: int
      truncate_rate:
        description: Each how manieth dropped answer is sent truncated, so that the client comes back over TCP, 2 to 10; V(0) for none.
        type: int
      max_responses_per_window:
        description: The most answers for a client network in a window, at least 1.
        type: int
      exceptions:
        description: Queries that are never limited, by the name of the exception.
        type: list
        elements: dict
        suboptions:
          name:
            description: Name of the exception.
            type: str
            required: true
          condition: &condition
            description: Whether all criteria must hold, or any.
            type: str
            choices:
              - and
              - or
            default: and
          client_subnet: &client_subnet
            description: Names of client subnets, such as V(EQ,lab;NE,guests).
            type: str
          fqdn: &fqdn
            description: Names that are asked for, such as V(EQ,*.example.com).
            type: str
          server_interface: &server_interface
            description: Addresses of the server that the query came in on, such as V(EQ,10.0.0.4).
            type: str
      exceptions_mode:
        description: Whether exceptions that are not listed stay, or are removed.
        type: str
        choices: *modes
        default: merge
  client_subnets:
    description: Networks by name, for policies and exceptions.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the subnet.
        type: str
        required: true
      ipv4:
        description: Its IPv4 networks, such as V(10.0.0.0/24). No other stays.
        type: list
        elements: str
      ipv6:
        description: Its IPv6 networks. No other stays.
        type: list
        elements: str
  client_subnets_mode:
    description: Whether client subnets that are not listed stay, or are removed.
    type: str
    choices: *modes
    default: merge
  query_policies:
    description:
      - Query resolution policies, known by name and zone. One that differs is removed and added again at its place.
    type: list
    elements: dict
    suboptions:
      name: &policy_name
        description: Name of the policy.
        type: str
        required: true
      zone: &policy_zone
        description: The zone it is for. Without it, it is for the server.
        type: str
      action:
        description:
          - What becomes of the query. A policy of the server allows only with O(query_policies[].on_recursion) and
            O(query_policies[].recursion_scope), one of a zone only with O(query_policies[].zone_scope).
        type: str
        required: true
        choices:
          - allow
          - deny
          - ignore
      condition: *condition
      enabled: &policy_enabled
        description: Whether it is in force.
        type: bool
        default: true
      processing_order: &policy_order
        description: Its place among the policies of the same kind and zone, or of the server, from 1; those behind it shift. Without it, the place it has, or the last.
        type: int
      client_subnet: *client_subnet
      transport_protocol: &transport_protocol
        description: V(EQ,TCP) or V(EQ,UDP).
        type: str
      internet_protocol: &internet_protocol
        description: V(EQ,IPv4) or V(EQ,IPv6).
        type: str
      server_interface: *server_interface
      time_of_day: &time_of_day
        description: Times, such as V(EQ,01:00-02:00).
        type: str
      fqdn: *fqdn
      query_type:
        description: Types of records, such as V(EQ,ANY).
        type: str
      on_recursion:
        description: Whether it is for queries that need recursion.
        type: bool
        default: false
      recursion_scope:
        description: The recursion scope that such a query uses.
        type: str
      zone_scope:
        description: Scopes of the zone with their weights, such as V(internal,1).
        type: str
  query_policies_mode: &policies_mode
    description: Whether policies that are not listed stay, or are removed. It is about those of the server, and of the zones that the list names.
    type: str
    choices: *modes
    default: merge
  transfer_policies:
    description: Zone transfer policies, known by name and zone. One that differs is removed and added again at its place.
    type: list
    elements: dict
    suboptions:
      name: *policy_name
      zone: *policy_zone
      action:
        description: Whether the transfer is refused, or not answered at all.
        type: str
        required: true
        choices:
          - deny
          - ignore
      condition: *condition
      enabled: *policy_enabled
      processing_order: *policy_order
      client_subnet: *client_subnet
      transport_protocol: *transport_protocol
      internet_protocol: *internet_protocol
      server_interface: *server_interface
      time_of_day: *time_of_day
  transfer_policies_mode: *policies_mode
  diagnostics:
    description: What is written to the event log and to the debug log.
    type: dict
    suboptions:
      event_level:
        description: What goes to the event log DNS Server. Windows' levels 3 to 7 are all V(all).
        type: str
        choices:
          - none
          - errors
          - warnings
          - all
      packets:
        description:
          - Which packets go to the debug log. Where any is on, one at least of each group must be, or nothing is logged - of C(send) and
            C(receive), of C(udp) and C(tcp), of C(queries), C(updates) and C(notifications), of C(questions) and C(answers).
        type: dict
        suboptions:
          queries:
            description: Queries and their answers.
            type: bool
          updates:
            description: Dynamic updates.
            type: bool
          notifications:
            description: Notifications of changed zones.
            type: bool
          questions:
            description: Requests.
            type: bool
          answers:
            description: Responses.
            type: bool
          send:
            description: Packets that are sent.
            type: bool
          receive:
            description: Packets that are received.
            type: bool
          udp:
            description: Packets over UDP.
            type: bool
          tcp:
            description: Packets over TCP.
            type: bool
          full:
            description: Whether whole packets are written.
            type: bool
          unmatched_responses:
            description: Answers that nobody asked for.
            type: bool
      log_file:
        description: The debug log's file.
        type: dict
        suboptions:
          enabled:
            description: Whether it is written.
            type: bool
          path:
            description: Its path on the host.
            type: str
          max_size:
            description: Its largest size in bytes, at least 65536.
            type: int
          rollover:
            description: Whether a full file is kept when a new one begins.
            type: bool
          write_through:
            description: Whether each line is written at once.
            type: bool
          addresses:
            description: The only addresses whose packets are written. No other stays; with an empty list those of everybody are.
            type: list
            elements: str
      events:
        description: Which events are logged besides.
        type: dict
        suboptions:
          zone_loading:
            description: Zones are loaded.
            type: bool
          zone_data_write:
            description: Zone data is written.
            type: bool
          server_start_stop:
            description: The service starts or stops.
            type: bool
          plugin_dll:
            description: A plug-in is loaded.
            type: bool
          remote_server:
            description: Another server is asked.
            type: bool
          local_lookup:
            description: A name is looked up in the server's own zones.
            type: bool
          recursive_lookup:
            description: A name is looked up elsewhere.
            type: bool
          tombstone:
            description: Records are marked as deleted.
            type: bool
          system_log:
            description: Whether events go to the event log.
            type: bool
  scavenging:
    description: When records that nobody renews are removed.
    type: dict
    suboptions:
      interval:
        description: Hours between two runs, up to 8760; V(0) is never.
        type: int
      default_aging:
        description: Whether zones made from now on age their records. Windows calls it the scavenging state.
        type: bool
      refresh_interval:
        description: Hours in which a record can be renewed, for zones made from now on, 1 to 8760.
        type: int
      no_refresh_interval:
        description: Hours in which it need not be, for zones made from now on, 1 to 8760.
        type: int
  listen_addresses:
    description:
      - The host's addresses that queries are answered on, or V(all) alone.
      - Addresses that the host itself resolves through, that name server records of its primary zones name, and O(play_resolvers) are not dropped,
        unless O(allow_address_loss). Only V(all) listens on loopback.
    type: list
    elements: str
  dnssec:
    description: Whether answers of other servers are validated.
    type: dict
    suboptions:
      validation:
        description: Whether signatures are asked for and checked, where there is a trust anchor.
        type: bool
      trust_anchors:
        description:
          - Trust anchors as delegation signers. One whose key the server has learned from it since counts as there.
          - On a domain controller they live in the directory, see O(directory_writer).
        type: list
        elements: dict
        suboptions:
          name:
            description: The zone whose key it is.
            type: str
            default: .
          key_tag:
            description: Tag of the key, 0 to 65535.
            type: int
            required: true
          algorithm:
            description: Algorithm of the key.
            type: str
            choices:
              - RsaSha1
              - RsaSha1NSec3
              - RsaSha256
              - RsaSha512
              - ECDsaP256Sha256
              - ECDsaP384Sha384
            default: RsaSha256
          digest_type:
            description: Algorithm of the digest.
            type: str
            choices:
              - Sha1
              - Sha256
              - Sha384
            default: Sha256
          digest:
            description: The digest in hexadecimal digits.
            type: str
            required: true
      trust_anchors_mode:
        description: Whether other anchors of the zones that the list names stay, or are removed.
        type: str
        choices: *modes
        default: merge
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
  allow_recursion_loss:
    description: Whether recursion may be switched off although somebody needs it.
    type: bool
    default: false
  allow_address_loss:
    description: Whether an address may be dropped from O(listen_addresses) although somebody needs it.
    type: bool
    default: false
  play_resolvers:
    description: Addresses that other hosts of the play use as their resolver or forwarder.
    type: list
    elements: str
  directory_writer:
    description:
      - Computer name of the one domain controller that writes what lives in the directory, which is O(dnssec.trust_anchors); every other one
        only looks whether it is there. Without it each writes.
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
      enabled: false
      scopes:
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
