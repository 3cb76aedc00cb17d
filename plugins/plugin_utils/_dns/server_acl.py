# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource dns_server_acl: who may administer the DNS service of a domain's controllers.

One object for the whole domain, CN=MicrosoftDNS,CN=System; a server that is no domain controller stores no such list. Sources: MS-DNSP
3.1.1 (notes 107 and 108), 3.1.6.1; "Modify security for the DNS Server service on a domain controller" (cc756152).
"""

from __future__ import annotations

import typing as t

from .._core.controls import CHANGED, COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE, SKIPPED, Control
from .._core.draft import PlanDraft
from .._core.errors import HardeningError, whole
from .._core.facts import HostFacts, administrators_session
from .._core.observation import Failure, Observations
from .._core.operations import Operation, Read
from .._core.plan import ABSENT, Change, Plan
from .._core.resource import SHARED_SPEC, Options, Resource
from .._core.well_known import canonical, is_sid
from .access_list import ACCESS, APPLIES_TO, AccessList, Entry, Rule, controls
from .accounts import DOMAIN_GROUPS, names_to_ask, resolve_read, sid_of
from .requests import sentence
from .writer import READ_ONLY_READ, WRITER_SPEC, refuse_read_only, writer_elsewhere

_NOTES = "the administrator's hardening notes this collection comes from; MS-DNSP 3.1.6.1"
ACL = Control(
    "HW-DNS-70",
    "Only those who are meant to administer the DNS service",
    "Whoever may write here can change every zone and setting of every DNS Server of the domain, and could once run code on its controllers.",
    _NOTES,
)
ADMINS = Control(
    "HW-DNS-71",
    "Nobody is a member of DnsAdmins",
    "DnsAdmins has full control of the DNS service and is not protected as Domain Admins is.",
    "BlueTuxedo (Active Directory-integrated DNS audit); MS-DNSP 3.1.1",
)
PLACE = "DNS service, access list"
_READING = "reading the access list of the DNS service"


def acl_read() -> Read:
    return Read("dns", "acl")


class DnsServerAcl(Resource):
    """Read, grant, revoke, or an exact list; never without SYSTEM, Domain Admins, Enterprise Domain Controllers or the caller's own control."""

    name = "dns_server_acl"
    entry = "windows_dns"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {
        **SHARED_SPEC,
        **WRITER_SPEC,
        "mode": {"type": "str", "choices": ["merge", "replace"], "default": "merge"},
        "entries": {
            "type": "list",
            "elements": "dict",
            "options": {
                "account": {"type": "str", "required": True},
                "access": {"type": "list", "elements": "str", "choices": list(ACCESS), "required": True},
                "applies_to": {"type": "str", "choices": list(APPLIES_TO), "default": "this_and_below"},
            },
        },
        "absent": {"type": "list", "elements": "str"},
    }
    needs = administrators_session("only administrators may read and change the access list of the DNS service")
    controls = (ACL, ADMINS)

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._replace = self.options.get("mode") == "replace"
        self._entries = self.options.get("entries") or []
        self._absent = self.options.get("absent") or []
        if self._replace and not self._entries:
            raise HardeningError(
                "Nothing was changed: mode replace without entries would leave the access list of the DNS service to those who can never be "
                "taken out. Name in entries whoever is to administer it."
            )

    def reads(self) -> list[Read]:
        if not self._selected(self.controls):
            return []
        if not self._writes:
            return [acl_read()]
        names = self._asked()
        return [acl_read(), *([resolve_read(names)] if names else []), READ_ONLY_READ]

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        """Raises HardeningError where the list cannot be read and something of it was to be changed; without that the rest of a run goes on."""
        draft = PlanDraft()
        if not self._selected(self.controls):
            return draft.plan()
        failure = observations[acl_read()].failure
        if failure and not self._writes:
            self._leave_unjudged(failure, draft)
            return draft.plan()
        value = _observed(observations)
        if not value["applies"]:
            evidence = "not a domain controller: the list is made when the service starts, for Administrators and Server Operators, and stored nowhere"
            draft.judge(self._selected(self.controls), NOT_APPLICABLE, evidence)
            return draft.plan()
        with whole("the access list of the DNS service"):
            found = AccessList.from_value(value)
        self._plan_rules(found, observations, facts, draft)
        self._judge_admins(found, draft)
        return draft.plan()

    @property
    def _writes(self) -> bool:
        """Whether an entry is to be added, removed or exact; without that the list is only looked at."""
        return bool(self._entries or self._absent) and self.selection.selects((ACL,))

    def _leave_unjudged(self, failure: Failure, draft: PlanDraft) -> None:
        why = sentence(failure, _READING)
        selected = self._selected(self.controls)
        draft.judge(selected, SKIPPED, f"not judged: {why}")
        ids = " and ".join(control.id for control in selected)
        draft.warnings.append(f"Who may administer the DNS service is not known, so {ids} could not be judged: {why}")

    def _selected(self, controls: t.Iterable[Control]) -> list[Control]:
        return [control for control in controls if self.selection.selects((control,))]

    def _judge_admins(self, found: AccessList, draft: PlanDraft) -> None:
        if not found.admins:
            draft.judge(
                self._selected((ADMINS,)), COMPLIANT, "DnsAdmins has no member" if found.admins == () else "there is no group DnsAdmins"
            )
            return
        members = ", ".join(found.admins)
        draft.judge(self._selected((ADMINS,)), NON_COMPLIANT, f"members of DnsAdmins: {members}")

    def _plan_rules(self, found: AccessList, observations: Observations, facts: HostFacts, draft: PlanDraft) -> None:
        if not self._writes:
            return
        entries = [self._entry(entry, found, observations) for entry in self._entries]
        gone = frozenset(self._sid(name, "absent", found, observations) for name in self._absent)
        _refuse_contradiction(entries, gone, found)
        wanted = self._wanted(found, entries, gone)
        changes = rule_changes(found, wanted)
        draft.warnings += _inherited_warnings(found, entries, gone, self._replace)
        writer = writer_elsewhere(self.options, facts)
        if changes and writer:
            shown = "; ".join(f"{change.target}: {change.before}, wanted {change.after}" for change in changes)
            draft.judge((ACL,), NON_COMPLIANT, f"{shown} (written by {writer})")
            draft.warnings.append(
                f"The access list of the DNS service is not as wanted yet; {writer} writes it, and it replicates: {shown}."
            )
            return
        if changes:
            refuse_read_only(observations, "the access list of the DNS service is not as wanted")
            _refuse_lost_control(found, wanted, facts)
            draft.warnings.append(_LATER)
        for change in _as_one(found, wanted, changes):
            draft.want(change, True)
        draft.wanted += [(f"{PLACE}: {entry.sid}", entry.rule.text()) for entry in entries]
        draft.wanted += [(f"{PLACE}: {sid}", ABSENT) for sid in sorted(gone)]
        named = {entry.sid for entry in entries} | found.protected()
        lacking = [*_owning(found, gone, named if self._replace else None), *_denied(found, entries, wanted)]
        draft.warnings += lacking
        status = NON_COMPLIANT if lacking else CHANGED if changes else COMPLIANT
        draft.judge((ACL,), status, "; ".join([_evidence(found, changes), *lacking]))

    def _entry(self, entry: t.Mapping[str, t.Any], found: AccessList, observations: Observations) -> Entry:
        rights = 0
        for name in entry["access"]:
            rights |= ACCESS[name]
        sid = self._sid(entry["account"], "entries", found, observations)
        return Entry(sid, rights, APPLIES_TO[entry.get("applies_to", "this_and_below")])

    def _sid(self, name: str, option: str, found: AccessList, observations: Observations) -> str:
        number = None if is_sid(name) else DOMAIN_GROUPS.get(canonical(name))
        group = found.group(number) if number else None
        if group:
            return group
        return sid_of(name, option, observations.value(resolve_read(self._asked()), "the accounts of this task") if self._asked() else {})

    def _asked(self) -> list[str]:
        return names_to_ask([*(entry["account"] for entry in self._entries), *self._absent])

    def _wanted(self, found: AccessList, entries: t.Sequence[Entry], gone: frozenset[str]) -> tuple[Rule, ...]:
        """The explicit rules as they are to be. Those that are protected may get more, never less."""
        protected = found.protected()
        exact = {entry.sid for entry in entries} - protected if self._replace else frozenset()
        kept = protected if self._replace else {rule.sid for rule in found.explicit}
        rules = [rule for rule in found.explicit if rule.sid in kept and rule.sid not in exact | gone]
        for entry in entries:
            rules = [*rules, *_exactly(entry, found)] if entry.sid in exact else _granted(entry, rules)
        return tuple(rules)


_LATER = (
    "The DNS Server reads its access list again every three minutes (DsPollingInterval, 180 s), and another domain controller only once the change "
    "has replicated: what was changed is in force by then, not at once."
)


def _observed(observations: Observations) -> t.Mapping[str, t.Any]:
    result = observations[acl_read()]
    if result.failure:
        raise HardeningError(f"Nothing was changed: {sentence(result.failure, _READING)}")
    return t.cast("t.Mapping[str, t.Any]", result.value)


def _covered(entry: Entry, rules: t.Iterable[Rule]) -> bool:
    """Whether the rights are there, in however many rules."""
    rights = 0
    for rule in rules:
        if rule.sid == entry.sid and rule.plain and rule.inheritance in (entry.inheritance, "All"):
            rights |= rule.rights
    return rights & entry.rights == entry.rights


def _granted(entry: Entry, rules: list[Rule]) -> list[Rule]:
    """With the rights of an entry. Windows makes one rule of two that differ in the rights alone, so what is there is replaced by both."""
    if _covered(entry, rules):
        return rules
    same = [rule for rule in rules if rule.sid == entry.sid and rule.plain and rule.inheritance == entry.inheritance]
    rights = entry.rights
    for rule in same:
        rights |= rule.rights
    return [*(rule for rule in rules if rule not in same), Entry(entry.sid, rights, entry.inheritance).rule]


def _exactly(entry: Entry, found: AccessList) -> list[Rule]:
    """The rules of an account that has exactly these rights already, else the one that gives them."""
    own = [rule for rule in found.explicit if rule.sid == entry.sid]
    rights = 0
    for rule in own:
        rights |= rule.rights
    same = rights == entry.rights and all(rule.plain and rule.inheritance == entry.inheritance for rule in own)
    return own if own and same else [entry.rule]


def rule_changes(found: AccessList, wanted: t.Sequence[Rule]) -> list[Change]:
    """A line for each account whose rules differ; the operation is made of all of them, see V(_as_one)."""
    changes = []
    for sid in sorted({rule.sid for rule in (*found.explicit, *wanted)}):
        before, after = (_text(rules, sid) for rules in (found.explicit, wanted))
        if sorted(map(repr, _of(found.explicit, sid))) != sorted(map(repr, _of(wanted, sid))):
            operation = _operation(found.explicit, wanted)
            changes.append(Change(PLACE, found.label(sid), before, after, operation, operation, (ACL.id,)))
    return changes


def _as_one(found: AccessList, wanted: t.Sequence[Rule], changes: t.Sequence[Change]) -> list[Change]:
    """One write for the list, because it is one attribute of one object."""
    if not changes:
        return []
    before, after = ("; ".join(f"{one.target}: {text}" for one, text in zip(changes, texts, strict=True)) for texts in _sides(changes))
    operation, undo = _operation(found.explicit, wanted), _operation(wanted, found.explicit)
    return [Change(PLACE, found.distinguished_name, before, after, operation, undo, (ACL.id,), tuple(changes))]


def _sides(changes: t.Sequence[Change]) -> tuple[list[str], list[str]]:
    return [one.before for one in changes], [one.after for one in changes]


def _of(rules: t.Iterable[Rule], sid: str) -> list[Rule]:
    return [rule for rule in rules if rule.sid == sid]


def _text(rules: t.Iterable[Rule], sid: str) -> str:
    return " and ".join(rule.text() for rule in _of(rules, sid)) or ABSENT


def _operation(now: t.Sequence[Rule], then: t.Sequence[Rule]) -> Operation:
    return Operation(
        "dns",
        "acl",
        {
            "add": [rule.as_value() for rule in then if rule not in now],
            "remove": [rule.as_value() for rule in now if rule not in then],
            "planned": {"rules": [rule.as_value() for rule in now]},
        },
    )


def _refuse_contradiction(entries: t.Sequence[Entry], gone: frozenset[str], found: AccessList) -> None:
    named = [entry.sid for entry in entries]
    twice = sorted({sid for sid in named if named.count(sid) > 1 or sid in gone})
    if twice:
        raise HardeningError(
            f"Nothing was changed: {', '.join(found.label(sid) for sid in twice)} stands in entries more than once, or also under absent. Name it once."
        )
    kept = sorted(gone & found.protected())
    if kept:
        raise HardeningError(
            f"Nothing was changed: {', '.join(found.label(sid) for sid in kept)} is never taken out of the access list of the DNS service: the "
            "service and the domain's administrators would lose it. Leave it out of absent."
        )


def loses_control(found: AccessList, wanted: t.Sequence[Rule], facts: HostFacts) -> str | None:
    """The name of the session's account where it may change the list now and could not take its own change back; else None."""
    account = facts.account
    if account is None:
        return None
    own = frozenset((account.sid, *account.groups))
    after = [*wanted, *(rule for rule in found.rules if rule.inherited)]
    lost = controls(found.rules, found.owner, own) and not controls(after, found.owner, own)
    return account.name if lost else None


def _refuse_lost_control(found: AccessList, wanted: t.Sequence[Rule], facts: HostFacts) -> None:
    name = loses_control(found, wanted, facts)
    if name:
        raise HardeningError(
            f"Nothing was changed: {name} would not be able to change the access list of the DNS service any more, and so could not "
            "take this back. Keep one of its groups in entries with full_control, or use an account that stays."
        )


def _owning(found: AccessList, gone: frozenset[str], only: t.Collection[str] | None) -> list[str]:
    """What taking rules away does not change: an owner always has WRITE_DAC. only: those who are to be let in, where the list is exact."""
    if found.owner not in gone and (only is None or found.owner in only):
        return []
    return [
        f"{found.label(found.owner)} owns the access list of the DNS service, and an owner can always change it, also without a rule. Give the object "
        f"{found.distinguished_name} another owner, such as Domain Admins."
    ]


def _denied(found: AccessList, entries: t.Sequence[Entry], wanted: t.Iterable[Rule]) -> list[str]:
    """What is granted in vain: a rule that denies wins, and granting takes none away."""
    rules = list(wanted)
    return [
        f"{found.label(entry.sid)} is denied what it is granted ({rule.text()}), and a denial wins. Take the account out of the list first (absent), or "
        "use mode replace."
        for entry in entries
        for rule in rules
        if rule.sid == entry.sid and rule.kind == "Deny" and rule.here and rule.rights & entry.rights
    ]


def _inherited_warnings(found: AccessList, entries: t.Sequence[Entry], gone: frozenset[str], replace: bool) -> list[str]:
    """What stands above the object, in CN=System or the domain, and so cannot be taken away here."""
    named = {entry.sid for entry in entries}
    unwanted = [
        rule
        for rule in found.rules
        if rule.inherited and rule.kind == "Allow" and (rule.sid in gone or (replace and rule.sid not in named | found.protected()))
    ]
    accounts = ", ".join(found.label(sid) for sid in sorted({rule.sid for rule in unwanted}))
    if not accounts:
        return []
    return [
        f"{accounts} keep rights on {found.distinguished_name} that are inherited from a container above it; they cannot be taken away here."
    ]


def _evidence(found: AccessList, changes: t.Sequence[Change]) -> str:
    if changes:
        return "; ".join(f"{change.target} had {change.before}, wanted {change.after}" for change in changes)
    return "; ".join(f"{found.label(sid)} has {_text(found.explicit, sid)}" for sid in sorted({rule.sid for rule in found.explicit}))
