# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Documentation only: the action plugin of the same name does the work.

DOCUMENTATION = r"""
module: iis_request_filtering
short_description: Request filtering of IIS
version_added: 0.1.0
description:
  - Manages the section C(system.webServer/security/requestFiltering) in C(applicationHost.config), complete, at the server, at named
    sites, at every site or at one location.
  - Judges what is effective, and names every C(web.config) and location that undoes a setting.
  - An option that is not given, or is null, is left alone. One that this server's schema does not have is reported as not applicable.
extends_documentation_fragment:
  - hardening.windows.iis
  - hardening.windows.run
  - hardening.windows.attributes
options:
  allow_double_escaping:
    description: Whether a URL that decodes to something else a second time is let through. It also decides about a plus sign in a path.
    type: bool
  allow_high_bit_characters:
    description: Whether a URL with bytes above 127 is let through. Without it, file names that are not ASCII cannot be fetched.
    type: bool
  unescape_query_string:
    description: Whether query strings are searched decoded as well as raw.
    type: bool
  remove_server_header:
    description:
      - Whether the C(Server) header is left out of answers. Server 2016 accepts it without effect, so it is not written there.
    type: bool
  request_limits:
    description: Limits on sizes.
    type: dict
    suboptions:
      max_allowed_content_length:
        description: The largest declared body in bytes. It is stored even where it equals the default, as DISA asks for.
        type: int
      max_url:
        description: The longest path in characters, decoded.
        type: int
      max_query_string:
        description: The longest query string in bytes, raw.
        type: int
      headers:
        description: Limits on the length of single request headers.
        type: dict
        suboptions:
          mode: &mode
            description: Whether O(ignore:entries) are added to what is there, or are all that may be there.
            type: str
            choices:
              - merge
              - replace
            default: merge
          entries:
            description: The headers.
            type: list
            elements: dict
            suboptions:
              header:
                description: The header's name, without a colon.
                type: str
                required: true
              size_limit:
                description: The longest value in bytes.
                type: int
                required: true
          absent: &absent
            description: Keys of entries that must not be there.
            type: list
            elements: str
  verbs:
    description: HTTP verbs, in the case clients send them.
    type: dict
    suboptions:
      allow_unlisted:
        description: Whether verbs that are not listed are let through.
        type: bool
      apply_to_webdav: &webdav
        description: Whether WebDAV requests are judged too.
        type: bool
      mode: *mode
      entries:
        description: The verbs.
        type: list
        elements: dict
        suboptions:
          verb:
            description: The verb.
            type: str
            required: true
          allowed: &allowed
            description: Whether it is let through.
            type: bool
            required: true
      absent: *absent
  file_extensions:
    description: File extensions, with their dot. V(.) stands for URLs without one.
    type: dict
    suboptions:
      allow_unlisted:
        description: Whether extensions that are not listed are let through.
        type: bool
      apply_to_webdav: *webdav
      mode: *mode
      entries:
        description: The extensions.
        type: list
        elements: dict
        suboptions:
          extension:
            description: The extension.
            type: str
            required: true
          allowed: *allowed
      absent: *absent
  hidden_segments:
    description: Path segments that are not served, wherever they stand in a path.
    type: dict
    suboptions:
      apply_to_webdav: *webdav
      mode: *mode
      entries: &texts
        description: The entries.
        type: list
        elements: str
      absent: *absent
  deny_url_sequences:
    description: Texts that a decoded path may not contain.
    type: dict
    suboptions: &strings
      mode: *mode
      entries: *texts
      absent: *absent
  always_allowed_urls:
    description: Whole paths that are let through whatever the other rules say.
    type: dict
    suboptions: *strings
  always_allowed_query_strings:
    description: Whole query strings that O(deny_query_string_sequences) does not apply to.
    type: dict
    suboptions: *strings
  deny_query_string_sequences:
    description: Texts that a query string may not contain.
    type: dict
    suboptions: *strings
  filtering_rules:
    description: Rules that look for texts in a part of the request.
    type: dict
    suboptions:
      mode: *mode
      entries:
        description: The rules. A list that is given is made exactly so; what is not given is left alone.
        type: list
        elements: dict
        suboptions:
          name:
            description: The rule's name, its key.
            type: str
            required: true
          scan_url:
            description: Whether the path is searched.
            type: bool
          scan_query_string:
            description: Whether the query string is searched.
            type: bool
          scan_all_raw:
            description: Whether all raw headers are searched.
            type: bool
          deny_unescaped_percent:
            description: Whether a lone percent sign in what is searched is refused as well. IIS says yes where nothing is said.
            type: bool
          scan_headers:
            description: Names of headers whose whole line is searched, without a colon.
            type: list
            elements: str
          applies_to:
            description: File extensions the rule is about; every URL when empty.
            type: list
            elements: str
          deny_strings:
            description: The texts.
            type: list
            elements: str
      absent: *absent
  sql_injection_rule:
    description:
      - A ready-made rule against SQL injection for old C(.asp) and C(.aspx) sites. Only for O(target=sites) and O(target=location).
      - A stop-gap. It never sees a request's body, and it refuses ordinary queries too, such as C(?q=weekend) for C(end).
    type: dict
    suboptions:
      state:
        description: Whether the rule is there.
        type: str
        choices:
          - present
          - absent
        default: present
      name:
        description: The rule's name. The rule for headers has the same with C(Headers) behind it.
        type: str
        default: SQLInjection
      extensions:
        description: The extensions it is about. A URL without an extension is not covered.
        type: list
        elements: str
        default:
          - .asp
          - .aspx
      deny_strings:
        description: Texts to refuse in the query string, instead of Microsoft's published list.
        type: list
        elements: str
      deny_unescaped_percent:
        description: Whether a query such as C(?q=100%) is refused as well.
        type: bool
        required: true
      headers:
        description: Headers to search too, by a second rule. None without this.
        type: list
        elements: str
      header_deny_strings:
        description: Texts to refuse in those headers, instead of a list that does not match ordinary headers.
        type: list
        elements: str
seealso:
  - module: hardening.windows.converge
author:
  - The hardening.windows maintainers (@hardening-windows)
"""

EXAMPLES = r"""
- name: Refuse double-escaped URLs and TRACE on the whole server
  hardening.windows.iis_request_filtering:
    allow_double_escaping: false
    verbs:
      entries:
        - verb: TRACE
          allowed: false

- name: Let one application take larger uploads
  hardening.windows.iis_request_filtering:
    target: location
    location: Default Web Site/upload
    request_limits:
      max_allowed_content_length: 104857600

- name: Report what web.config files undo, except the one that is known
  hardening.windows.iis_request_filtering:
    allow_double_escaping: false
    on_override: report
    accepted_overrides:
      - site: Default Web Site
        path: /wiki
        setting: allow_double_escaping
        reason: Page titles with a plus sign, reviewed by the web team

- name: Stop-gap against SQL injection on one old site
  hardening.windows.iis_request_filtering:
    target: sites
    sites:
      - Default Web Site
    sql_injection_rule:
      deny_unescaped_percent: false
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - target: "applicationHost.config, server: requestFiltering/verbs/TRACE"
      before: absent
      after: allowed=false
      controls:
        - HW-IIS-RF-06
controls:
  description: Each control that a given option serves, with how it stands.
  returned: success
  type: list
  elements: dict
  sample:
    - id: HW-IIS-RF-06
      references:
        - CIS-IIS10-4.6
      title: The verb TRACE is denied
      status: changed
      evidence:
        - "server: verbs/TRACE absent -> allowed=false"
overrides:
  description: Files and locations that undo a setting for a part of the host.
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
