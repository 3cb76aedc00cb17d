# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of the DNS Server's plans: options, zones, root hints, the access list, and what taking back does."""

from __future__ import annotations

from mutants.mutant import Mutant

_DNS = "plugins/plugin_utils/_dns/"
_UNDO = "plugins/plugin_utils/_undo.py"


def _unit(file: str, old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_DNS + file, old, new, f"tests/unit/dns/test_{test}.py", only)


def _run(file: str, old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_DNS + file, old, new, f"tests/behaviour/dns/test_{test}.py", f"python and {only}")


def _undo(old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_UNDO, old, new, f"tests/behaviour/dns/test_{test}.py", f"python and {only}")


BACK = (
    _undo("dns.detail(left) > dns.detail(before)", "dns.detail(left) < dns.detail(before)", "undo_dns", "can_be and policies and replaced"),
    _undo("dns.same_entry(same[0].undo, same[-1].operation)", "False", "undo_dns", "whole_run and hints and not replaced"),
    _undo('return _ENTRIES["dns"] if dns.is_own', 'return _ENTRIES["dns"] if not dns.is_own', "undo_losses", "is_told and registry"),
    _undo("        refuse_loss(undone, observations, facts)\n", "", "undo_losses", "itself_needs and server"),
    _undo("undo_proof(changes, observations, self.restart_now)", "undo_proof(changes, observations, True)", "undo_losses", "comes_later"),
    _unit("undoing.py", 'item.get("count", 1) and _has', "len(found) and _has", "undoing", "several_entries"),
    _unit("undoing.py", "or noun == _ANCHOR", "", "undoing", "belongs"),
    _unit("undoing.py", "LISTEN_VALUE.lower(), *(one", "*(one", "undoing", "restarts"),
    _unit("as_added.py", "return any(_is_same(noun, given, one) for one in found)", "return True", "undoing", "meaning"),
    _run("as_added.py", "for family in (V4, V6)", "for family in (V4,)", "undo_changed_since", "root and hint"),
    _run("given_back.py", 'if name != "count"}', "}", "undo_entries", "comes_back_once"),
    _run("given_back.py", 'return given.get("cmdlet") != "Add-DnsServerRootHint" or', "return True or", "undo_entries", "stays_away"),
    _unit("undoing.py", "        return not found\n", "        return True\n", "undoing", "not_there"),
    _unit("undoing.py", "else asked <= there)", "else bool(asked & there))", "undoing", "networks"),
    _unit("undoing.py", 'if not rule["inherited"]]', "]", "undoing", "rules"),
    _unit("undoing.py", "any(str(one).lower() in _SWITCHES", "any(str(one) in _SWITCHES", "undoing", "restarts"),
    _unit("undoing.py", '_NAMES = ("Name", "NameServer", "ZoneName")', '_NAMES = ("Name", "NameServer")', "undoing", "belongs"),
    _run("undo_losses.py", 'if found["Enable"] and not then["Enable"]:', "if False:", "undo_losses", "itself_needs and server"),
    _run("undo_losses.py", 'if then["Enable"] and _asks(found', "if False and _asks(found", "undo_losses", "last_forwarder"),
    _run("undo_losses.py", 'left - name if verb == "Remove" else left | name', "left", "undo_losses", "only_root_hints"),
    _run("undo_losses.py", "or entry_call(one)[1] == _HINT", "", "undo_losses", "only_root_hints"),
    _run("undo_losses.py", "or scope_written(one)[0]", "", "undo_losses", "a_scope_that_comes_back and off"),
    _run("undo_losses.py", "[] if left else [name", "[] if True else [name", "undo_losses", "hints_of_a_scope"),
    _run("undo_losses.py", "    if unregistered:\n", "    if False:\n", "undo_losses", "controllers_register"),
    _unit("undo_updates.py", "serving_zones(observations) | ", "", "undo_updates", "another_domain"),
    _unit("undo_updates.py", 'if updates == "none"', "if updates", "undo_updates", "no_updates_end"),
    _run("undo_losses.py", "users(state, (), named)", "users(state, (), {})", "undo_losses", "zones_name"),
    _run("undo_losses.py", 'tuple(state.served("Primary")) if restarting', "() if restarting", "undo_losses", "is_told and dnscmd"),
    _run("root_hints_need.py", 'own = {"EnableRecursion": "Enable"', 'own = {"Enabled": "Enable"', "undo_losses", "itself_needs and scope"),
    _run("given_back.py", "return bool(undo.name == ", "return False and bool(undo.name == ", "undo_nobody", "directory and transfers"),
)

OPTIONS = (
    _run("recursion_loss.py", "if bare(one) in own or is_loopback(one)", "if bare(one) in own", "undo_losses", "itself_needs and server"),
    _run("recursion_loss.py", "if needed and not allowed:", "if False:", "bad_input_dns", "done and recursion and needs"),
    _run("recursion_loss.py", "if found.was and not found.had_forwarders:", "if True:", "bad_input_dns", "done and nobody"),
    _unit("recursion_loss.py", "*_scopes_alone(state, operations)", "", "options_losses", "nobody_to_ask"),
    _unit("recursion_loss.py", "if name not in now)", "if False)", "options_losses", "left_with_nobody"),
    _run("listen.py", "if words == [ALL]:", "if False:", "dns_server_options_safety", "all_is_the_value"),
    _run("listen.py", "if wanted and one not in wanted]", "if False]", "bad_input_dns", "done and dropped"),
    _run("listen.py", "lost += [one for one in needed if is_loopback(one)]", "lost += []", "dns_server_options_safety", "loopback_that"),
    _run("listen.py", "if same(getter, will):", "if False:", "dns_server_options_safety", "a_list_of_all_addresses"),
    _run("listen.py", "not in own]", "in own]", "bad_input_dns", "done and another and host"),
    _run("restart.py", "if self.query else []\n", "if False else []\n", "faults_dns", "zones_that and 1"),
    _unit("rate_limiting.py", "leak < truncate:", "leak > truncate:", "server_options", "pair_is_judged"),
    _unit("rate_limiting.py", '("Mode", *differing, *pair)', "(*differing, *pair)", "server_options", "mode_goes"),
    _run(
        "forwarders.py",
        'if values["UseRootHint"] else "/Slave"',
        'if not values["UseRootHint"] else "/Slave"',
        "undo_dns",
        "whole_run and given",
    ),
    _unit("block_list.py", "if enabled and set(names) >= _ASKED", "if set(names) >= _ASKED", "server_options", "block_list_is_met"),
    _unit("block_list.py", "else [*names, *wanted]))", "else wanted))", "server_options", "names_of_the_block_list"),
    _unit("setting.py", "if differs and setting.restarts:", "if False:", "server_options", "restart_is_proved"),
    _run("setting.py", 'self.bound == "least" and', "False and", "dns_server_options", "stricter_bound"),
    _unit("policies.py", "number - (number > place)", "number", "options_policies", "took_away"),
    _unit("policy_loss.py", "if policy and not before.denying(address):", "if policy:", "policy_loss", "denied_already"),
    _unit("policy_loss.py", 'protocol == "udp"', "True", "policy_loss", "leaves_it_some"),
    _unit("policy_loss.py", "name == _EVERY_NAME", "False", "policy_loss", "meets_every"),
    _unit(
        "policy_loss.py",
        "if True in found:\n        return wanted",
        "if True in found:\n        return True",
        "policy_loss",
        "leaves_it_some",
    ),
    _unit("policy_loss.py", 'upper() == "ALLOW"', 'upper() == ""', "policy_loss", "first_policy"),
    _unit("policy_loss.py", "self.scopes.get(scope.lower(), True)", "policy", "scope_loss", "closed_scope"),
    _unit("policy_loss.py", "if why and not before.refusing(address):", "if False:", "scope_loss", "split"),
    _unit(
        "server_options_policies.py",
        "(incoming, *of_zones), (lists[0], *lists[2:])",
        "(incoming,), (lists[0],)",
        "policy_loss",
        "of_a_zone",
    ),
    _unit(
        "server_options_wishes.py", "self.subnets is not None or self.scopes is not None", "self.subnets is not None", "scope_loss", "split"
    ),
    _unit("recursion_scopes.py", 'wish.get("enabled", found.get(name, True))', "found.get(name, True)", "scope_loss", "closed_scope"),
    _unit("client_subnets.py", "(kept.get(name, {}) | given", "(given", "policy_loss", "not_given_stay"),
    _unit(
        "recursion_scopes.py",
        'last=name == DEFAULT and wanted["EnableRecursion"] is False',
        "last=False",
        "options_losses",
        "recursion_for_the_rest",
    ),
    _unit("recursion_scopes.py", 'if wish["name"] != DEFAULT:', "if True:", "options_together", "disagree"),
    _unit("server_options_reads.py", "dropped if silent else ()", "()", "server_options", "only_where"),
    _unit("policies.py", "number + (number >= place)", "number", "options_policies", "places_what"),
    _run("policies.py", "min(at or last, last)", "last", "dns_server_options_lists", "places_they_are_given"),
    _run("server_state.py", 'or zone.get("IsPaused") or', "or", "dns_server_options_safety", "answer_anyway"),
    _run("trust_anchors.py", '{"InputObject": True}', '{"Name": anchor.name}', "undo_dns", "whole_run and anchors"),
    _run("start_values.py", "wanted or None, one.text", "wanted, one.text", "dns_server_options", "plug_in_is_taken"),
)

ZONES = (
    _unit("zone_domain.py", 'any(record["type"] == "SRV"', 'any(record["type"] == ""', "zone_refusals", "another_domain"),
    _unit("zone_domain.py", 'get("hresult") in _NO_SUCH', 'get("hresult")', "zone_refusals", "does_not_say"),
    _unit(
        "zone_observed.py", 'wanted.mode.option != "none" if nobody', "False if nobody", "zone_security", "without_a_server_is_as_strict"
    ),
    _unit("zone_observed.py", "(wanted.mode.option != LISTED or same(", "(True or same(", "zone_security", "another_list"),
    _unit("zone_observed.py", 'if record.get("IsAutoCreated"):', "if False:", "zone_refusals", "nobody_hardens"),
    _unit("zone_plan.py", 'if not zone.directory and wanted == "secure":', "if False:", "zone_refusals", "takes_no_secure"),
    _unit("zone_plan.py", 'if wanted == "none" and zone.key in', "if False and zone.key in", "zone_refusals", "unfindable"),
    _unit("zone_plan.py", "if zone.read_only:", "if False:", "zone_refusals", "read_only_controller"),
    _unit("zone_plan.py", "if self.writer:", "if False:", "zone_refusals", "only_the_writer"),
    _unit("zone_changes.py", "if emptied or now.mode is None", "if now.mode is None", "zone_security", "empty_list_that_was_filled"),
    _unit("zone_findings.py", "STRICTEST_UPDATES.index(now) <", "STRICTEST_UPDATES.index(now) >", "zone_security", "loosens_the_updates"),
    _run("root_hints.py", "why = needed_hints(observations, changes)", "why = None", "bad_input_dns", "done and emptied"),
    _unit(
        "root_hints_need.py",
        "for one in operations:\n        verb, given",
        "for one in ():\n        verb, given",
        "root_hints_need",
        "same_task",
    ),
    _unit("root_hints_need.py", "if names else None", "if False else None", "root_hints_need", "without_a_forwarder"),
    _unit("root_hints_table.py", "dict.fromkeys(_CHOSEN_RULES, ())", "{}", "stig", "in_part"),
    _unit("root_hints.py", "CHOSEN.claiming(())", "CHOSEN", "root_hints", "running_list"),
    _unit("zone_domain.py", "for key in sorted(keys) if _is_locator(key)", "for key in ()", "zone_refusals", "of_its_own"),
    _unit("zone_domain.py", "for name in names if _is_locator(name)", "for name in ()", "zone_refusals", "end_of_services"),
    _unit("root_hints_plan.py", "(healed and hint.doubled)", "False", "root_hints", "stands_twice"),
    _unit("server_acl.py", "kept = sorted(gone & found.protected())", "kept = []", "server_acl", "three_that_stay"),
    _run("server_acl.py", "_operation(wanted, found.explicit)", "_operation(found.explicit, wanted)", "undo_dns", "whole_run and access"),
    _unit("server_acl.py", "found.owner not in gone and (only", "True or (only", "server_acl", "owner"),
    _unit("server_acl.py", 'rule.kind == "Deny" and rule.here', 'rule.kind == "" and rule.here', "server_acl", "denial"),
    _unit("server_acl.py", "            _refuse_lost_control(found, wanted, facts)\n", "", "server_acl", "last_control"),
    _unit("server_acl.py", "        if failure and not self._writes:\n", "        if failure and False:\n", "server_acl", "only_looked_at"),
    _unit("server_acl.py", "        if failure and not self._writes:\n", "        if failure:\n", "server_acl", "not_changed_and_that"),
    _unit("server_acl.py", "draft.judge(selected, SKIPPED,", "draft.judge(selected, COMPLIANT,", "server_acl", "only_looked_at"),
    _unit("server_acl.py", "        if not self._selected(self.controls):\n            return []\n", "", "server_acl", "no_control_asks"),
    _unit("zone_security.py", "if one.control.id in partly else one", "if False else one", "zone_security", "every_one_was_judged"),
    _unit("zone_security.py", "len(meant) == len(fit)", "True", "zone_security", "every_one_was_judged"),
    _unit("zone_security.py", "return not zone.unfit and all(", "return all(", "zone_security", "every_one_was_judged"),
)

MUTANTS = (*BACK, *OPTIONS, *ZONES)
