# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of dns_server_options about logs and old records."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
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
"""
