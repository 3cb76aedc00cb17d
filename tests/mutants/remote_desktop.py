# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of what Remote Desktop's plans rest on: the way a run goes, the port, the firewall, settings, certificates, undo."""

from __future__ import annotations

from mutants.mutant import Mutant

_CORE = "plugins/plugin_utils/_core/"
_RDP = "plugins/plugin_utils/_rdp/"
_REGISTRY = _CORE + "registry.py"
_SETTING = "tests/unit/rdp/test_setting.py"
_LAYER = "tests/unit/rdp/test_security_layer.py"
_UNDO = "tests/unit/rdp/test_undoing.py"


def _core(file: str, old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_CORE + file, old, new, f"tests/unit/core/test_{test}.py", only)


def _rdp(file: str, old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_RDP + file, old, new, f"tests/unit/rdp/test_{test}.py", only)


RUN = (
    _core("packing.py", "for key, one in zip(keys, result", "for key, one in zip(reversed(keys), result", "packing", "own_answer"),
    _core("packing.py", "else [result] * len(keys)", 'else [{"value": None}] * len(keys)', "packing", "refusal_of_all"),
    _core("verdict.py", "if problem or proof.knock is None:", "if True:", "proof", "vantage_point"),
    _core("verdict.py", "problem = proof.problem(answer.observations)", "problem = None", "proof", "not_proved"),
    _core("verdict.py", "return _restart_problem(answer)", "return None", "proof", "does_not_restart"),
    _core("connection.py", "{True: 5986, False: 5985}", "{True: 5985, False: 5986}", "proof", "way_in"),
    _core("connection.py", 'not in (5985, "5985")', 'in (5985, "5985")', "proof", "way_in"),
    _core("run.py", "for change in reversed(changes) if id(change) in done)", "for change in reversed(changes))", "proof", "midway"),
    _core(
        "run.py",
        "((proof.changes, proof.restarts, proof.regained), (proof.tidy, (), None))",
        "((proof.tidy, (), None), (proof.changes, proof.restarts, proof.regained))",
        "proof",
        "not_proved",
    ),
    _core("run.py", "(seen.problem(answer.observations) if seen else None)", "None", "proof", "way_back"),
    _core("run.py", "*(proof.otherwise for proof in stage.proofs), *stage.lost", "*stage.lost", "proof", "lost_connection"),
    Mutant(_CORE + "draft.py", "self.reboot_required and bool(self.changes)", "False", _LAYER, "needs_a_reboot"),
    Mutant(_CORE + "draft.py", "restarts=tuple(dict.fromkeys(self.restarts))", "restarts=()", _LAYER, "needs_a_reboot"),
)

SETTINGS = (
    _rdp("setting.py", "if is_kept(setting, now, self._scope) and now", "if False and now", "setting", "never_fought"),
    _rdp("setting.py", "if setting.policy and registry.found(setting.policy):", "if False:", "setting", "policy_value_wins"),
    _rdp("setting.py", "registry.number(setting.enabler) == 0", "True", "setting", "switched_off"),
    _rdp("setting.py", 'return self._scope == "policy" and setting.policy', "return False and setting.policy", "setting", "auditors"),
    _rdp("setting.py", "if needed and setting.restarts:", "if False:", "setting", "needs"),
    _rdp("override.py", "(self.draft.failures if self.fail else", "(self.draft.warnings if self.fail else", "setting", "never_fought"),
    _rdp("setting.py", 'bool(now > wanted) if self.bound == "least"', "bool(now < wanted) if True", "stricter", "bound"),
    _rdp("setting.py", "self.unlimited in (now, wanted)", "False", "stricter", "bound"),
    _rdp("setting.py", "if self.meets is not None and value not in self.meets", "if False", "stricter", "satisfied"),
    _rdp("ownership.py", "if owner or self.known:", "if True:", "setting", "owner_that_is_not_known"),
    _rdp("ownership.py", "(place.key.lower(), place.name.lower())", "(place.key, place.name)", "setting", "never_fought"),
    Mutant(_REGISTRY, "isinstance(value, str) and value.isdecimal()", "False", _SETTING, "text"),
    Mutant(_REGISTRY, "_operation(place, before, after),", "_operation(place, after, before),", _SETTING, "takes_it_away"),
    Mutant(_REGISTRY, "if result.failure:", "if result.failure is None:", _SETTING, "cannot_be_read"),
)

PORT = (
    _rdp(
        "firewall.py",
        "if rule.blocks and rule.enabled and rule",
        "if rule.store == 'local' and rule.blocks and rule",
        "port_change",
        "refused",
    ),
    _rdp("firewall.py", "if rule.blocks and rule.enabled and", "if rule.blocks and", "port_change", "allowed"),
    _rdp("firewall_profiles.py", '("StandardProfile", "PrivateProfile")', '("PrivateProfile",)', "port_change", "refused"),
    _rdp("firewall.py", "return self.active_profiles or PROFILES", "return self.active_profiles or ()", "port_change", "refused"),
    _rdp("firewall.py", "int(low) <= port <=", "int(low) == port <=", "port_change", "refused"),
    _rdp("firewall.py", "remote_addresses=old.remote_addresses,", "remote_addresses=(),", "port_change", "same_people"),
    _rdp("firewall.py", 'profiles=old.fields.get("profile") and old.profiles,', "profiles=None,", "port_change", "same_people"),
    _rdp("port_checks.py", "if connection and connection.port == port:", "if False:", "port_change", "refused"),
    _rdp("port_checks.py", 'if SERVICE not in one["services"]:', "if False:", "port_change", "refused"),
    _rdp("port_checks.py", "if low <= port <= high:", "if low <= port < high:", "port_change", "refused"),
    _rdp("firewall_reach.py", "if profile not in firewall.merge_off or", "if True or", "port_change", "refused"),
    _rdp("firewall_reach.py", "set(reachable) <= set(found.profiles)", "reachable", "firewall_reach", "one_profile"),
    _rdp("firewall_reach.py", "if not rule.is_limited and profile in", "if profile in", "firewall_reach", "refuses_nothing"),
    _rdp("firewall_profiles.py", "name)[:1] == [0]", "name)[-1:] == [0]", "firewall_reach", "off_closes"),
    _rdp("port_rules.py", "if _lets_in_the_same(rule, make(", "if (rule, make(", "port_rules", "for_others"),
    _rdp("port_change.py", "unserved = is_on and was_on and", "unserved = False and", "port_change", "registry_alone"),
    _rdp("port_change.py", "            regained=_served(present),\n", "", "port_change", "taken_back"),
    _rdp("port_checks.py", 'any(SERVICE in one["services"] for one in', "any(True for one in", "port_change", "remote_desktops_own"),
    _rdp(
        "port_change.py",
        "first = Stage((*others, *self.before)",
        "first = Stage((*others, *self.before, *self.after)",
        "port_change",
        "every_moment",
    ),
    _rdp(
        "port_change.py",
        "return PortStages((*opening, task, move), ",
        "return PortStages((*opening, move), ",
        "port_change",
        "moment or safeguard",
    ),
    _rdp(
        "port_change.py",
        "((*opening, task, move), (SERVICE,)",
        "((*opening, task, confirm, move), (SERVICE,)",
        "port_change",
        "every_moment",
    ),
    _rdp(
        "port_change.py",
        "(SERVICE,), (proof,), (confirm,",
        "(SERVICE,), (), (confirm,",
        "port_change",
        "every_moment or remote_desktops_own",
    ),
    _rdp("port_change.py", "knock=self.port if self.knock else None", "knock=None", "port_change", "who_knocks"),
    _rdp("port_change.py", "if not restart_now:", "if False:", "port_change", "refused"),
    _rdp("port_change.py", 'if observations.value(task_read())["exists"]:', "if False:", "port_change", "refused"),
    _rdp("port_rules.py", 'if not rule.covers(rule.protocol or "", self.port)', "if rule", "port_change", "nothing_is_left"),
    _rdp("port_change.py", "changes=(move,),", "changes=(),", "port_change", "taken_back"),
    _rdp("port_rules.py", 'if found is None and protocol == "TCP" and not', "if False and not", "port_change", "refused"),
    _rdp("safeguard.py", "/d {old_port} /f", "/d 3389 /f", "port_change", "on_battery"),
    _rdp("safeguard.py", "<BootTrigger><Delay>PT1M</Delay></BootTrigger>", "", "port_change", "safeguard"),
    _rdp("safeguard.py", "OnBatteries>false</DisallowStart", "OnBatteries>true</DisallowStart", "port_change", "on_battery"),
    _rdp(
        "safeguard.py",
        '("Remove", opened), ("Disable", switched_on)',
        '("Remove", switched_on), ("Disable", opened)',
        "port_change",
        "safeguard",
    ),
    _rdp("safeguard.py", "net start {SERVICE} && exit &", "net start {SERVICE} &", "port_change", "safeguard"),
    _rdp("safeguard.py", "_TRIES, _PAUSE = 10,", "_TRIES, _PAUSE = 1,", "port_change", "safeguard"),
    _rdp("firewall.py", "bool(self.ports or not self.is_limited)", "True", "port_change", "refused"),
    _rdp("setting.py", "if self.policy in (None, place) else", "if True else", "claims", "looks_at_the_policy"),
    _rdp("setting.py", 'or scope != "policy" or setting', 'or scope == "policy" or setting', "owned_options", "left_alone"),
    _rdp(
        "setting.py",
        '"default", None, ownership.of_local(setting.local) if setting.local else None)',
        '"default", None)',
        "owned_options",
        "deleted",
    ),
    _rdp("knock.py", "if isinstance(answer, Handshake):", "if answer:", "knock", "no_answer or closed"),
    _rdp("undoing.py", "        if not restart_now:\n", "        if False:\n", "undoing", "without_a_restart"),
    _rdp(
        "undoing.py",
        'return (operation.provider, operation.name) == ("task",',
        'return False and (operation.name) == ("task",',
        "undoing",
        "not_registered",
    ),
    _rdp("undoing.py", "if not _open_afterwards(port, undone, observations):", "if False:", "undoing", "closed_firewall"),
    _rdp("undoing.py", '{"portnumber", "sslcertificatesha1hash"', '{"sslcertificatesha1hash"', "undoing", "closed_firewall"),
    _rdp("undoing.py", 'given["account"] in value["accounts"]', "True", "undoing", "still_there"),
    _rdp("undoing.py", '"|active=true|" in rule.lower()', "True", "undoing", "somebody_changed"),
    Mutant("plugins/plugin_utils/_undo.py", "        if self.restart_now:\n", "        if False:\n", _UNDO, "thrown_out"),
    _rdp("sessions.py", '_IN_USE = ("active", "shadow")', '_IN_USE = ("active",)', "sessions", "connected_to"),
    _rdp("sessions.py", "    if sessions:\n", "    if False:\n", "listener", "sessions_in_use"),
)

CERTIFICATE = (
    _rdp("certificate.py", "if usage is not None and not (", "if False and not (", "certificate", "problem"),
    _rdp("certificate.py", "if extended is not None and not", "if False and not", "certificate", "problem"),
    _rdp("certificate.py", "if now < starts:", "if False:", "certificate", "problem"),
    _rdp("certificate.py", "    if readable:\n", "    if True:\n", "certificate", "problem"),
    _rdp("certificate.py", 'if not value["key"]["present"]:', "if False:", "certificate", "problem"),
    _rdp("sddl.py", "entry.reads and entry.kind in _ALLOW + _DENY", "entry.reads and entry.kind in _ALLOW", "sddl", "not_readable"),
    _rdp("sddl.py", "entry.sid in sids and entry.reads and", "entry.sid in sids and", "sddl", "readable"),
)

MUTANTS = RUN + SETTINGS + PORT + CERTIFICATE
