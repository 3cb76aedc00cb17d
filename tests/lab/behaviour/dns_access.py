# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: who may administer the DNS Servers of a domain, as the directory has it."""

from __future__ import annotations

import json
from typing import Any

from lab.behaviour.dns_host import CONTROLLER, FILES, PROTOCOL, document, host, reading, row, writing
from lab.behaviour.dns_requests import ACL, acl
from lab.behaviour.expectation import Part, Steps
from lab.behaviour.rdp_expectation import Document, Whole
from lab.behaviour.requests import apply
from lab.boxes.accounts import DOMAIN_SID
from lab.boxes.dns_zones import DNS_ADMINS, FULL, HELPDESK, READ, ace

DEFAULT = "[MS-DNSP] 3.1.1 notes 107 to 114 and 3.1.4: who is in the list of a new container"
RULE = "ActiveDirectoryAccessRule and ActiveDirectorySecurity, learn.microsoft.com"
ADMINS, CONTROLLERS = f"{DOMAIN_SID}-512", "S-1-5-9"
OWN = [ace(ADMINS, FULL), ace(DNS_ADMINS, FULL), ace(CONTROLLERS, FULL)]
READER = ace(HELPDESK, READ)
DENIED = {**ace(HELPDESK, FULL), "type": "Deny", "inheritance": "None"}
INHERITED = [rule for rule in document(CONTROLLER)["directory"]["rules"] if rule["inherited"]]


def ordered(*rules: dict[str, Any]) -> list[dict[str, Any]]:
    """As the protocol sorts them."""
    return sorted(rules, key=lambda rule: json.dumps(rule, separators=(",", ":"), sort_keys=True))


def after(*rules: dict[str, Any]) -> Part:
    return Part("rules", ordered(*rules, *INHERITED))


READING = (
    reading(
        "the list of a domain controller: owner, rules, names, and who is in DnsAdmins",
        host(CONTROLLER),
        ACL,
        Part("applies", True),
        Part("distinguished_name", "CN=MicrosoftDNS,CN=System,DC=corp,DC=example"),
        Part("owner", DNS_ADMINS),
        Part("protected", False),
        after(*OWN),
        Part("names", {ADMINS: "CORP\\Domain Admins", DNS_ADMINS: "CORP\\DnsAdmins", "S-1-5-18": "NT AUTHORITY\\SYSTEM"}),
        Part("admins", {"sid": DNS_ADMINS, "members": [{"sid": HELPDESK, "name": "CORP\\helpdesk"}]}),
        source=DEFAULT,
        certainty="D",
    ),
    reading(
        "a host that is no domain controller has no such list", host(FILES), ACL, Whole({"applies": False}), source=DEFAULT, certainty="D"
    ),
    reading(
        "nobody is in DnsAdmins, and somebody in the list is gone",
        host(
            CONTROLLER,
            directory={"rules": [ace("S-1-5-21-1-2-3-4", FULL)], "protected": True, "admins": {"sid": DNS_ADMINS, "members": []}},
        ),
        ACL,
        Part("names", {"S-1-5-21-1-2-3-4": None}),
        Part("protected", True),
        Part("admins/members", []),
        source=PROTOCOL,
        certainty="P",
    ),
)

WRITING = (
    writing(
        "a rule is added, another taken away, and inherited ones stay",
        host(CONTROLLER),
        acl([READER], [ace(CONTROLLERS, FULL)], OWN),
        after(READER, *OWN[:2]),
        Part("owner", DNS_ADMINS),
        read=(ACL,),
        source=RULE,
        certainty="D",
    ),
    writing(
        "a rule is taken away before another is added, and what differs is another rule",
        host(CONTROLLER),
        acl([ace(DNS_ADMINS, READ), DENIED], [ace(DNS_ADMINS, FULL)], OWN),
        after(OWN[0], ace(DNS_ADMINS, READ), OWN[2], DENIED),
        read=(ACL,),
        source=RULE,
        certainty="D",
    ),
    writing(
        "a rule goes into the one of its kind that is there",
        host(CONTROLLER, directory={"rules": [ace(HELPDESK, 0x10), *INHERITED]}),
        acl([ace(HELPDESK, 0x20)], [], [ace(HELPDESK, 0x10)]),
        after(ace(HELPDESK, 0x30)),
        read=(ACL,),
        source=RULE + ": AddAccessRule merges",
        certainty="D",
    ),
    writing(
        "a rule that is not there is taken away without a word",
        host(CONTROLLER),
        acl([], [READER], OWN),
        after(*OWN),
        read=(ACL,),
        source=RULE + ": RemoveAccessRuleSpecific",
        certainty="D",
    ),
    row(
        "refused, the list has changed meanwhile",
        host(CONTROLLER),
        apply(acl([READER], [], OWN[:2]), read=(ACL,)),
        (
            Steps(("failed:changed_meanwhile",)),
            after(*OWN),
            Document("dns", ("directory", "rules"), document(CONTROLLER)["directory"]["rules"]),
        ),
        PROTOCOL,
        "P",
    ),
)

ROWS = (*READING, *WRITING)
