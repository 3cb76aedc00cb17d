# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that every resource of an IIS configuration section has."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  target:
    description:
      - Where to write. Always C(applicationHost.config), never a site's C(web.config).
      - V(server) is the level that every site inherits from.
      - V(sites) are the sites of O(sites), each in a location of its own.
      - V(all_sites) is every site there is, each in a location of its own. A site that is down already is left out, the rest is
        done, and the task fails at the end.
      - V(location) is the path of O(location).
    type: str
    choices:
      - server
      - sites
      - all_sites
      - location
    default: server
  sites:
    description:
      - Names of sites, for O(target=sites).
    type: list
    elements: str
  location:
    description:
      - A site's name, and below it an application or a folder, such as V(Default Web Site/app), for O(target=location).
    type: str
  on_override:
    description:
      - What a C(web.config) or a location that undoes a setting does to the task. Either way it is named in RV(overrides), and
        everything else is done.
      - With V(fail) the task fails at the end. With V(report) it warns.
    type: str
    choices:
      - fail
      - report
    default: fail
  accepted_overrides:
    description:
      - Overrides that are known and wanted. They are reported with their reason and do not fail the task.
    type: list
    elements: dict
    suboptions:
      site:
        description: The site's name.
        type: str
        required: true
      path:
        description: The virtual path in the site; everything at or below it is meant.
        type: str
        default: /
      setting:
        description: The option that may be overridden, such as V(request_limits) or V(verbs); all of them without this.
        type: str
      reason:
        description: Why.
        type: str
        required: true
  on_duplicate:
    description:
      - What to do about an entry that would take a site down, because a file below adds the same entry (HTTP 500.19, 0x800700b7), or
        because a file that cannot be looked at may.
      - V(refuse) refuses the whole task before anything is written. V(skip) leaves the entry out and warns.
    type: str
    choices:
      - refuse
      - skip
    default: refuse
  known_applications:
    description:
      - What to do where RPC over HTTP, RD Web Access, Exchange, SharePoint or WSUS would get a value it cannot live with.
      - V(pin) stores what the application has now in its own location, before the value above it changes.
      - V(refuse) refuses the task. V(ignore) treats them as any other application.
    type: str
    choices:
      - pin
      - refuse
      - ignore
    default: pin
  shared_configuration:
    description:
      - Whether a server whose configuration is shared by a farm may be written to. A change there changes every server of the farm.
    type: bool
    default: false
"""
