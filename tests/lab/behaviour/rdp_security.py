# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: account policy as secedit.exe exports and configures it."""

from __future__ import annotations

from lab.behaviour.expectation import InAnswer, Part, ReadError, Steps
from lab.behaviour.rdp_expectation import Inf, NothingIn
from lab.behaviour.rdp_host import ALLOW, HOST, PROTOCOL, RIGHTS, TEMP, host, row, security_inf
from lab.behaviour.rdp_requests import POLICY, set_policy
from lab.behaviour.requests import apply, reads

ACCESS = "System Access"
EXPORT = "secedit /export of real hosts, shipped with and without the lockout's times"
ORDER = "ansible/ansible issue 62594; ansible-lockdown/Windows-2022-CIS pull 16"
COUNT, DURATION, RESET, ADMINISTRATOR = "LockoutBadCount", "LockoutDuration", "ResetLockoutCount", "AllowAdministratorLockout"
NEVER = {COUNT: 0, DURATION: None, RESET: None}
OLD = HOST
NEW = host(texts={"security.inf": security_inf({ADMINISTRATOR: "1"})})
LOCKING = host(texts={"security.inf": security_inf({COUNT: "5", DURATION: "30", RESET: "30"})})

ROWS = (
    row(
        "security: numbers as numbers, quoted text without its quotes",
        HOST,
        reads(POLICY),
        (
            Part(
                "",
                {
                    "MinimumPasswordAge": 0,
                    "MaximumPasswordAge": 42,
                    "PasswordComplexity": 1,
                    "NewAdministratorName": "Administrator",
                    "NewGuestName": "Guest",
                    "EnableAdminAccount": 1,
                    ADMINISTRATOR: "(missing)",
                },
            ),
        ),
        EXPORT,
        "S",
    ),
    row(
        "security: blanks and negative numbers",
        host(texts={"security.inf": security_inf({COUNT: "3", DURATION: "-1", RESET: "15", "NewGuestName": '"  Guest"'})}),
        reads(POLICY),
        (Part("", {DURATION: -1, RESET: 15, "NewGuestName": "  Guest"}),),
        "SecurityPolicyDsc Tests/TestHelpers/sample.inf; a GptTmpl.inf with LockoutDuration = -1",
        "S",
    ),
    row(
        "security: the export has no times while nobody is locked out",
        HOST,
        reads(POLICY),
        (Part("", {COUNT: 0, DURATION: "(missing)", RESET: "(missing)"}),),
        EXPORT,
        "S",
    ),
    row(
        "security: times that are stored all the same are not exported",
        host(texts={"security.inf": security_inf({DURATION: "30", RESET: "30"})}),
        reads(POLICY),
        (Part("", {COUNT: 0, DURATION: "(missing)", RESET: "(missing)"}),),
        EXPORT,
        "I",
    ),
    row("security: with a lockout it has them", LOCKING, reads(POLICY), (Part("", {COUNT: 5, DURATION: 30, RESET: 30}),), EXPORT, "S"),
    row(
        "security: secedit refuses a session that is not elevated",
        host(facts={"elevated": False}),
        reads(POLICY),
        (ReadError("command_failed"), NothingIn(TEMP)),
        "secedit /export, learn.microsoft.com",
        "K",
    ),
    row(
        "security: no section, no policy",
        host(texts={"security.inf": "[Privilege Rights]\n"}),
        reads(POLICY),
        (Part("", {}),),
        PROTOCOL,
        "P",
    ),
    row(
        "security: password policy, and nothing else is touched",
        HOST,
        apply(
            set_policy({"MinimumPasswordLength": 14, "MaximumPasswordAge": 60}, {"MinimumPasswordLength": 0, "MaximumPasswordAge": 42}),
            read=(POLICY,),
        ),
        (
            Steps(("done",)),
            InAnswer("changed", True),
            Part("", {"MinimumPasswordLength": 14, "MaximumPasswordAge": 60, "PasswordComplexity": 1, "NewGuestName": "Guest"}),
            Inf(ACCESS, "MinimumPasswordLength", "14"),
            Inf(ACCESS, "NewGuestName", '"Guest"'),
            Inf("Privilege Rights", ALLOW, RIGHTS[ALLOW]),
            NothingIn(TEMP),
        ),
        "secedit /configure, learn.microsoft.com",
        "D",
    ),
    row(
        "security: a lockout with its times in one INF",
        OLD,
        apply(set_policy({COUNT: 5, DURATION: 15, RESET: 15}, NEVER, {COUNT: 0}), read=(POLICY,)),
        (Steps(("done",)), Part("", {COUNT: 5, DURATION: 15, RESET: 15})),
        ORDER,
        "C",
    ),
    row(
        "security: a lockout without its times takes Windows' own",
        OLD,
        apply(set_policy({COUNT: 5}, {COUNT: 0}), read=(POLICY,)),
        (Steps(("done",)), Part("", {COUNT: 5, DURATION: 30, RESET: 30})),
        "Account lockout duration, learn.microsoft.com: 30 when a threshold is set",
        "D",
    ),
    row(
        "security: Windows' own times since October 2022",
        NEW,
        apply(set_policy({COUNT: 5}, {COUNT: 0}), read=(POLICY,)),
        (Steps(("done",)), Part("", {COUNT: 5, DURATION: 10, RESET: 10, ADMINISTRATOR: 1})),
        "KB5020282: 10/10/10 where administrators can be locked out",
        "I",
    ),
    row(
        "security: a lockout until an administrator ends it",
        LOCKING,
        apply(set_policy({DURATION: -1, RESET: 15}, {DURATION: 30, RESET: 30}), read=(POLICY,)),
        (Steps(("done",)), Part("", {COUNT: 5, DURATION: -1, RESET: 15})),
        "a GptTmpl.inf with LockoutDuration = -1 and ResetLockoutCount = 15",
        "S",
    ),
    row(
        "security: the counter may not outlast the lockout",
        LOCKING,
        apply(set_policy({DURATION: 15, RESET: 20}, {DURATION: 30, RESET: 30}), read=(POLICY,)),
        (Steps(("failed:command_failed",)), Part("", {COUNT: 5, DURATION: 30, RESET: 30}), InAnswer("changed", False), NothingIn(TEMP)),
        ORDER,
        "C",
    ),
    row(
        "security: a shorter lockout alone is refused while the counter is longer",
        LOCKING,
        apply(set_policy({DURATION: 15}, {DURATION: 30}), read=(POLICY,)),
        (Steps(("failed:command_failed",)), Part("", {DURATION: 30, RESET: 30})),
        ORDER,
        "C",
    ),
    row(
        "security: nothing of a refused INF is taken",
        LOCKING,
        apply(
            set_policy(
                {"MinimumPasswordLength": 14, RESET: 60, COUNT: 3},
                {"MinimumPasswordLength": 0, RESET: 30, COUNT: 5},
            ),
            read=(POLICY,),
        ),
        (Steps(("failed:command_failed",)), Part("", {"MinimumPasswordLength": 0, COUNT: 5, RESET: 30})),
        ORDER,
        "I",
    ),
    row(
        "security: times while nobody is locked out (The parameter is incorrect)",
        OLD,
        apply(set_policy({DURATION: 15, RESET: 15}, {DURATION: None, RESET: None}, {}), read=(POLICY,)),
        (Steps(("failed:command_failed",)), Part("", {COUNT: 0, DURATION: "(missing)"})),
        ORDER,
        "C",
    ),
    row(
        "security: without a lockout the times are gone",
        LOCKING,
        apply(set_policy({COUNT: 0}, {COUNT: 5}), read=(POLICY,)),
        (Steps(("done",)), Part("", {COUNT: 0, DURATION: "(missing)", RESET: "(missing)"})),
        EXPORT,
        "S",
    ),
    row(
        "security: administrators' lockout where the host knows it",
        NEW,
        apply(set_policy({ADMINISTRATOR: 0}, {ADMINISTRATOR: 1}), read=(POLICY,)),
        (Steps(("done",)), Part(ADMINISTRATOR, 0)),
        "KB5020282",
        "D",
    ),
    row(
        "security: what the host does not know is not applied",
        OLD,
        apply(set_policy({ADMINISTRATOR: 1}, {ADMINISTRATOR: None}, {}), read=(POLICY,)),
        (Steps(("failed:not_applied",)), Part(ADMINISTRATOR, "(missing)")),
        "KB5020282: the policy exists with the update of October 2022 only",
        "I",
    ),
    row(
        "security: planned on another number",
        HOST,
        apply(set_policy({"MinimumPasswordLength": 14}, {"MinimumPasswordLength": 8}), read=(POLICY,)),
        (Steps(("failed:changed_meanwhile",)), Part("MinimumPasswordLength", 0)),
        PROTOCOL,
        "P",
    ),
    row(
        "security: planned on no number, and there is one",
        LOCKING,
        apply(set_policy({COUNT: 3, DURATION: 15, RESET: 15}, NEVER, {COUNT: 0}), read=(POLICY,)),
        (Steps(("failed:changed_meanwhile",)), Part(COUNT, 5)),
        PROTOCOL,
        "P",
    ),
)
