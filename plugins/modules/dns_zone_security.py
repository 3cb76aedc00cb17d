# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: dns_zone_security
short_description: Zone transfers, notification, dynamic updates and aging of zones of the DNS Server
version_added: 0.1.0
description:
  - Manages to whom zones are handed, who is told of changes, who may change records, and whether records grow old.
  - Single zones are named in O(zones), all at once in O(all_zones). What is given for a zone by name wins, setting by setting.
  - What cannot be is refused for a zone that is named. Under O(all_zones) such a zone is left, and the result says why.
  - Nothing is done to zones that Windows makes itself, the cache, trust anchors, conditional forwarders and stub zones.
  - Where a zone is replicated to is never touched.
  - Whether a zone looks names up in WINS is checked and never changed.
  - The references of a control that speak of every zone are in the result only where every zone that it is for was judged.
  - An option that is not given, or is null, is left alone.
extends_documentation_fragment:
  - hardening.windows.run
  - hardening.windows.attributes
options:
  zones:
    description:
      - Zones by name, each with what is wanted for it. A zone that the server does not have is refused.
      - Of a secondary zone, O(zones[].transfers) and O(zones[].notify) can be set.
    type: list
    elements: dict
    suboptions:
      name:
        description: The zone's name, such as V(corp.example). Neither case nor a dot at the end counts.
        type: str
        required: true
      transfers: &transfers
        description:
          - To whom the server hands the zone as a whole. It is a setting of this server alone, also for a zone of the directory, so it is
            made on every server that hosts the zone.
        type: dict
        suboptions:
          mode:
            description:
              - V(none) is nobody, V(any) is anybody, V(name_servers) are the servers on the zone's name servers tab, V(listed) those in
                O(zones[].transfers.addresses).
            type: str
            required: true
            choices:
              - none
              - any
              - name_servers
              - listed
          addresses:
            description:
              - The servers of V(listed), as addresses. Their order does not count. With any other mode there are none.
            type: list
            elements: str
      notify: &notify
        description:
          - Who is told when the zone changes. A setting of this server alone, as O(zones[].transfers).
          - A new zone of the directory notifies the servers of a list that is empty, which is nobody. That is left as it is unless
            this is given.
        type: dict
        suboptions:
          mode:
            description:
              - V(none) is nobody, V(name_servers) are the servers on the zone's name servers tab, V(listed) those in
                O(zones[].notify.addresses).
            type: str
            required: true
            choices:
              - none
              - name_servers
              - listed
          addresses:
            description:
              - The servers of V(listed), as addresses. Their order does not count. With any other mode there are none.
            type: list
            elements: str
      dynamic_update: &dynamic_update
        description:
          - Who may change records of a primary zone over the network. V(secure) is for zones of the directory only, and refused for a zone
            in a file.
          - V(none) is refused for zones that domain controllers register in, because nobody would find the domain any more. They are
            C(_msdcs) of a forest and the zone of the domain.
        type: str
        choices:
          - none
          - secure
          - nonsecure_and_secure
      aging: &aging
        description:
          - Whether records that nobody renews grow old, so that scavenging takes them away. Only a primary zone has it.
        type: dict
        suboptions:
          enabled:
            description: Whether they do.
            type: bool
          refresh_interval:
            description: For how many hours after the time without refresh a record may be renewed, 1 to 8760.
            type: int
          no_refresh_interval:
            description: For how many hours after it was renewed a record is not renewed again, 1 to 8760.
            type: int
          scavenge_servers:
            description:
              - Addresses of the servers that may scavenge the zone; an empty list is every server. A list that was forgotten makes
                scavenging do nothing.
            type: list
            elements: str
  all_zones:
    description:
      - What is wanted for every zone that the setting is for.
      - Transfers and notification are for primary and secondary zones, aging for primary zones.
      - Dynamic updates are for primary zones of the directory. Zones in files are left; name them in O(zones).
    type: dict
    suboptions:
      transfers: *transfers
      notify: *notify
      dynamic_update: *dynamic_update
      aging: *aging
  directory_writer:
    description:
      - The name of the domain controller that writes what zones of the directory have there, dynamic updates and aging; one for each domain.
        Every other host only looks, and warns where it is not as wanted.
      - Without it every host writes what it finds wrong.
    type: str
  stricter:
    description:
      - What becomes of transfers and dynamic updates that are stricter than O(all_zones) says. With V(keep) they comply and stay;
        nobody is stricter than a list, a list than the zone's name servers, those than anybody, and no updates are stricter than
        secure ones. A list gives way to another list. With V(replace) they are set to exactly what it says.
      - A zone that is named is always set to exactly what is said of it.
    type: str
    choices:
      - keep
      - replace
    default: keep
seealso:
  - module: hardening.windows.converge
  - module: hardening.windows.dns_server_options
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: No zone is handed to anybody, and zones of the directory take secure updates only
  hardening.windows.dns_zone_security:
    all_zones:
      transfers:
        mode: none
      dynamic_update: secure
    directory_writer: DC01

- name: One zone has a secondary server, which is told of changes
  hardening.windows.dns_zone_security:
    zones:
      - name: example.org
        transfers:
          mode: listed
          addresses:
            - 192.0.2.53
            - 2001:db8::53
        notify:
          mode: listed
          addresses:
            - 192.0.2.53
            - 2001:db8::53
        dynamic_update: none

- name: Records of a zone grow old, and every server may scavenge it
  hardening.windows.dns_zone_security:
    zones:
      - name: corp.example
        aging:
          enabled: true
          refresh_interval: 168
          no_refresh_interval: 168
          scavenge_servers: []
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: "DNS zone corp.example: transfers"
      before: to anybody
      after: to nobody
      controls:
        - HW-DNS-40
controls:
  description: Each control that a given option serves, with how it stands. V(non_compliant) is what was seen and left, with the reason.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-DNS-40
      references:
        - V-259354
        - V-259365
        - WDNS-22-000024
        - WDNS-22-000037
      title: A primary zone is handed to known servers only
      status: changed
      evidence:
        - "corp.example: transfers was to anybody, wanted to nobody"
overrides:
  description: Always empty; Group Policy has no settings of zones.
  returned: success
  type: list
  elements: dict
  sample: []
restarts:
  description: Services that were restarted, or are to be. Zones need none.
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
