# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of dns_server_options about who is answered, and how often."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
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
        choices: &modes
          - merge
          - replace
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
        description:
          - Its place among the policies of the same kind and zone, or of the server, from 1; those behind it shift. Without it, the place it
            has, or the last.
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
"""
