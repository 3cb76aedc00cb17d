# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of who may log on, account policy, Schannel and power."""

from __future__ import annotations

from mutants.mutant import Mutant

_RDP = "plugins/plugin_utils/_rdp/"


def _rdp(file: str, old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_RDP + file, old, new, f"tests/unit/rdp/test_{test}.py", only)


ACCESS = (
    _rdp("logon.py", "if not held & self.allow or held & self.deny:", "if not held & self.allow:", "rdp_access_way_in", "deny_wins"),
    _rdp("logon.py", "if one.enabled and self.permits(", "if self.permits(", "rdp_access_way_in", "disabled_account"),
    _rdp("logon.py", "return self.network_allow is None or bool(", "return True or bool(", "rdp_access_way_in", "needs_the_network_right"),
    _rdp("logon.py", " and not held & (self.network_deny or frozenset())", "", "rdp_access_way_in", "denied_network_right"),
    _rdp("logon.py", "*([LOCAL_ACCOUNT] if local else [])", "*()", "rdp_access_way_in", "local_account_denied"),
    _rdp("logon.py", " and not directory.is_gone(sid)}", "}", "rdp_access_way_in", "gone_is_nobody"),
    _rdp("way_in_judgement.py", "    if hit:\n", "    if False:\n", "rdp_access_way_in", "over_the_network_is_refused"),
    _rdp(
        "access_judgement.py",
        "{**self.groups, GROUP.subject: self.now[GROUP.subject]}",
        "self.groups",
        "rdp_access_way_in",
        "network or group or member",
    ),
    _rdp("way_in_judgement.py", '("winrm", "psrp", "ssh")', '("winrm", "psrp")', "rdp_access_way_in", "over_the_network_is_refused"),
    _rdp("access_judgement.py", "return (opens != add, not opens)", "return (opens == add, not opens)", "rdp_access", "lets_in_comes"),
    _rdp("way_in_judgement.py", "account.number == ADMINISTRATOR or", "False or", "rdp_access_way_in", "built_in_administrator"),
    _rdp("way_in_judgement.py", "    if ADMINISTRATORS in token(", "    if False and token(", "rdp_access_way_in", "token_filter_and"),
    _rdp("access_reads.py", "(policy if policy is not None else local) != 0", "local != 0", "rdp_access_way_in", "needs_the_network_right"),
    _rdp("rdp_access.py", "return bool(unmet) and not owner", "return bool(unmet)", "rdp_access", "group_policy_owns"),
    _rdp(
        "rdp_access.py",
        "if named <= {ADMINISTRATORS_SID, REMOTE",
        "if False and {ADMINISTRATORS_SID, REMOTE",
        "rdp_access",
        "somebody_is_named",
    ),
    _rdp("account_wish.py", '"grant" if add else "revoke"', '"grant"', "rdp_access", "whatever_was_there"),
    _rdp("account_wish.py", '"add" if add else "remove"', '"add"', "rdp_access", "orphan_in_the_group"),
    _rdp(
        "account_wish.py",
        "return self.present if self.replace else",
        "return now | self.present if self.replace else",
        "rdp_access",
        "replace",
    ),
    _rdp("security_layer.py", "after = projected(observations, (", "after = observations or ((", "repaired_access", "repairs"),
    _rdp("security_layer.py", "replace(change, last=_requires_authentication(change))", "change", "repaired_access", "repairs"),
    _rdp("projection.py", 'operation.name == "grant"', "True", "projection", "afterwards"),
    _rdp("way_in_judgement.py", "if _holds_network(before, before, way", "if False and (before, before, way", "undo_lockout", "last_right"),
    _rdp("way_in_judgement.py", "(said - (_token(before, way_in) - _token(after, way_in)))", "said", "undo_lockout", "last_right"),
    _rdp("undo_lockout.py", "if found.lets_somebody_in:", "if False:", "undo_lockout", "somebody_must"),
    _rdp("undo_lockout.py", "if found.lets_somebody_in:", "if True:", "undo_lockout", "undos_fault"),
    _rdp("undo_lockout.py", "return bool(now) and not then", "return bool(now) and then == 0", "undo_lockout", "administrators_rights"),
    _rdp("undo_lockout.py", "else _questions(undone, observations, connection)", "else []", "undo_lockout", "looked_into"),
    _rdp("undo_lockout.py", "_names_people(one) or _is_at(one, NLA_PLACES)", "_names_people(one)", "undo_lockout", "comes_back"),
    _rdp("directory.py", 'found.get("name") is None and not found.get("error"))', 'found.get("name") is None)', "cut_off", "called_gone"),
    _rdp("directory.py", '        if found and found.get("error"):\n', "        if False:\n", "cut_off", "named"),
    _rdp("directory.py", "return shown or told", "return told or shown", "rdp_access", "of_the_root"),
    _rdp("directory.py", "if len(self._domains) > 1:", "if False:", "rdp_access", "two_domains"),
    _rdp("account_wish.py", "_operation(accounts, sid, not add),", "_operation(accounts, sid, add),", "rdp_access", "whatever_was_there"),
)

ACCOUNT_POLICY = (
    _rdp("account_policy.py", "return now in (NEVER, 0)", "return now == 0", "account_policy", "never_expires"),
    _rdp("account_policy.py", "(age is not None and age < maximum)", "(age is None or age < maximum)", "account_policy", "unknown_age"),
    _rdp("account_policy.py", "            elif owner:\n", "            elif False:\n", "account_policy", "group_policy_owns"),
    _rdp("account_policy.py", "        if self.controller:\n", "        if False:\n", "account_policy", "domain_controller"),
    _rdp(
        "account_policy.py", "if account and age is not None and account.password_expires:", "if False:", "account_policy", "would_expire"
    ),
    _rdp("account_policy.py", "if keys & set(_LOCKOUT) and missing and", "if False and", "account_policy", "do_not_fit"),
    _rdp("account_policy_options.py", "or duration == NEVER or reset <= duration:", "or True:", "account_policy", "refused_before or fit"),
    _rdp("account_policy_options.py", "if value == word or str(value) == str(word):", "if False:", "account_policy", "never_expires"),
)

SCHANNEL = (
    _rdp("schannel_protocols.py", "or self.build < TLS_1_3_BUILD)", "or self.build < 17763)", "schannel", "before_2022"),
    _rdp("schannel_protocols.py", 'if wish.protocol.option == "tls_1_2" and not wish.on:', "if False:", "schannel", "never_switched_off"),
    _rdp("schannel_protocols.py", 'if lost and after["tls_1_2", role] != ON:', "if False:", "schannel", "where_tls_1_2_is_off"),
    _rdp("schannel_protocols.py", "(by_default, int(not wish.on))", "(by_default, int(wish.on))", "schannel", "both_values"),
    _rdp(
        "schannel_protocols.py",
        'after[option, "server"] == ON for option in spoken',
        "True for option in spoken",
        "schannel",
        "only_version",
    ),
    _rdp("schannel_protocols.py", '(there or _lost("server", before, after))', "False", "undo_lockout", "speaks"),
    _rdp("schannel_protocols.py", "bool(stored) != bool(value)", "stored != value", "schannel", "explicit_takes_any"),
    _rdp("schannel_protocols.py", "    if enabled == 0:\n", "    if enabled == 0 and by_default:\n", "schannel", "enabled_zero"),
    _rdp("schannel_protocols.py", "        if owner and place:\n", "        if False:\n", "schannel", "template_owns"),
    _rdp("schannel_protocols.py", 'if role == "server" or role in', "if role in", "schannel", "only_version or https or client or refuses"),
    _rdp("schannel.py", "needed = bits < wanted or", "needed = bits > wanted or", "schannel", "minimum"),
    _rdp(
        "cipher_suites.py",
        "if one.key and not serves(wanted, one.key)]",
        'if one.key and not serves(wanted, "RSA")]',
        "cipher_suites",
        "decides",
    ),
    _rdp("cipher_suites.py", "            if foreign:\n", "            if False:\n", "cipher_suites", "later_release"),
    _rdp("cipher_suites.py", "if now and now.owner and now.place and differs:", "if False:", "cipher_suites", "left_alone"),
    _rdp("cipher_suites.py", "        if length > MAX_LENGTH:\n", "        if False:\n", "cipher_suites", "too_long"),
    _rdp("cipher_suites_table.py", '("_NULL_", "_DES_",', '("_DES_",', "cipher_suites_table", "name_says"),
    _rdp(
        "bound_certificates.py",
        r'(_HTTP + r"\SslBindingInfo", _HTTP + r"\SslSniBindingInfo")',
        r'(_HTTP + r"\SslBindingInfo",)',
        "cipher_suites",
        "binding",
    ),
    _rdp("bound_certificates.py", 'if store.upper() == "MY" else None', "", "cipher_suites", "cannot_be_told"),
)

POWER = (
    _rdp("power_plan.py", "get(guid, {}).get(wish.source)", 'get(guid, {}).get("ac")', "power_policy", "kept_awake or planned_applied"),
    _rdp("power_plan.py", '"source": wish.source}', '"source": "ac"}', "power_policy", "planned_applied"),
    _rdp("power_plan.py", "if there or self.in_policy or not", "if self.in_policy or not", "power_policy", "beats_the_scheme"),
    _rdp("power_plan.py", "if owner and now != wish.stored:", "if False:", "power_policy", "left_alone"),
    _rdp("power_table.py", "int(value) * 60 if self.minutes", "int(value) if self.minutes", "power_policy", "seconds"),
    _rdp("power_policy.py", "    if now is None:\n", "    if False:\n", "power_policy", "cannot_be_told"),
)

MUTANTS = ACCESS + ACCOUNT_POLICY + SCHANNEL + POWER
