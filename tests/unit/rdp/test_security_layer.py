# SPDX-License-Identifier: GPL-3.0-or-later
"""How Remote Desktop is secured: what is planned, what is refused, and what contradicts what."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer import RdpSecurityLayer
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer_table import (
    CONTROLS,
    CREDENTIALS_DELEGATION,
    CREDSSP,
    FIPS,
    LSA,
    SETTINGS,
)
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER, TERMINAL_SERVICES_POLICY
from lab.boxes.certificates import SDDL, SDDL_READABLE, Certificate, make
from unit.rdp.people import People
from unit.rdp.samples import GPO, Sample, lines, number, statuses

POLICY = TERMINAL_SERVICES_POLICY
NEW = make(Certificate("listener.example.test"))
EXPIRED = make(Certificate("old.example.test", starts=-20, ends=-1))
IN_USE = [{"id": 1, "name": "Console", "state": "active"}, {"id": 2, "name": "RDP-Tcp#0", "state": "active"}]
WANTED: dict[str, Any] = {
    "security_layer": "ssl",
    "network_level_authentication": True,
    "encryption_level": "high",
    "fips_policy": True,
    "fips_consent": True,
    "secure_rpc": True,
    "prompt_for_password": True,
    "restricted_admin": False,
    "protected_credentials": True,
    "credssp_encryption_oracle": "force_updated_clients",
    "certificate_thumbprint": NEW.thumbprint,
}


def certificate(made: Any = NEW, sddl: str | None = SDDL_READABLE) -> dict[str, Any]:
    return {"exists": True, "der": made.der.hex(), "key": {"present": True, "unique_name": None, "file": None, "sddl": sddl}}


def weak(sessions: list[dict[str, Any]] | None = None, found: dict[str, Any] | None = None, **changes: Any) -> People:
    """A host on which everything is as nobody wants it."""
    listener = {"SecurityLayer": 1, "UserAuthentication": 0, "MinEncryptionLevel": 2, "fPromptForPassword": 0} | changes
    return People(
        {
            LISTENER: {name: number(value) for name, value in listener.items()},
            LSA: {"DisableRestrictedAdmin": number(0)},
            FIPS: {"Enabled": number(0)},
        },
        others={"certificate": found or certificate(), "session": sessions or []},
    )


def plan(host: Sample, **options: Any) -> Plan:
    return host.plan(RdpSecurityLayer, **options)


def refused(host: Sample, **options: Any) -> str:
    before = copy.deepcopy(host)
    with pytest.raises(HardeningError) as refusal:
        plan(host, **options)
    assert host == before
    assert str(refusal.value).startswith("Nothing was changed: ")
    return str(refusal.value)


def test_everything_is_planned_at_its_place() -> None:
    assert lines(plan(weak(), **WANTED)) == [
        "SecurityLayer: 1 (negotiate) -> 2 (ssl)",
        "MinEncryptionLevel: 2 (client_compatible) -> 3 (high)",
        "Enabled: 0 (false) -> 1 (true)",
        "fEncryptRPCTraffic: absent -> 1 (true)",
        "fPromptForPassword: 0 (false) -> 1 (true)",
        "DisableRestrictedAdmin: 0 (true) -> 1 (false)",
        "AllowProtectedCreds: absent -> 1 (true)",
        "AllowEncryptionOracle: absent -> 0 (force_updated_clients)",
        f"SSLCertificateSHA1Hash: absent -> {NEW.thumbprint.lower()}",
        # whoever may log on is settled by then
        "UserAuthentication: 0 (false) -> 1 (true)",
    ]


def test_what_stands_in_one_place_only_is_written_there_whatever_the_scope() -> None:
    for scope in ("local", "policy"):
        places = {change.target: change.place for change in plan(weak(), scope=scope, **WANTED).changes}
        assert places["fEncryptRPCTraffic"] == f"HKLM\\{POLICY}"
        assert places["AllowProtectedCreds"] == f"HKLM\\{CREDENTIALS_DELEGATION}"
        assert places["AllowEncryptionOracle"] == f"HKLM\\{CREDSSP}"
        assert places["SSLCertificateSHA1Hash"] == f"HKLM\\{LISTENER}"
        assert places["DisableRestrictedAdmin"] == f"HKLM\\{LSA}"
        assert places["Enabled"] == f"HKLM\\{FIPS}"
        for name in ("SecurityLayer", "UserAuthentication", "MinEncryptionLevel", "fPromptForPassword"):
            assert places[name] == f"HKLM\\{LISTENER if scope == 'local' else POLICY}"


def test_every_row_has_its_source_and_its_control() -> None:
    assert all(setting.source and setting.controls and (setting.local or setting.policy) for setting in SETTINGS)
    assert {control for setting in SETTINGS for control in setting.controls} == set(CONTROLS)


@pytest.mark.parametrize("scope", ["local", "policy"])
def test_after_it_is_applied_nothing_is_left_and_undo_restores(scope: str) -> None:
    host = weak()
    before = copy.deepcopy(host.registry)
    found = plan(host, scope=scope, **WANTED)
    host.apply(found)
    again = plan(host, scope=scope, **WANTED)
    assert again.empty
    assert set(statuses(again).values()) == {"compliant"}
    assert not again.stages
    host.undo(found)
    assert {key: values for key, values in host.registry.items() if values} == before


@given(st.permutations(list(WANTED)))
def test_the_order_of_options_does_not_matter(names: list[str]) -> None:
    assert plan(weak(), **{name: WANTED[name] for name in names}) == plan(weak(), **WANTED)


@pytest.mark.parametrize("option", [name for name in WANTED if name != "fips_consent"])
def test_only_what_is_asked_for(option: str) -> None:
    consent = {"fips_consent": True} if option == "fips_policy" else {}
    assert len(plan(weak(), **{option: WANTED[option]}, **consent).changes) == 1
    assert plan(weak(), **{option: None}).empty


def test_only_and_skip_choose_by_control() -> None:
    assert lines(plan(weak(), only=["V-254369"], **WANTED)) == ["MinEncryptionLevel: 2 (client_compatible) -> 3 (high)"]
    # what is left out is not held against anything either
    assert len(plan(weak(), skip=["HW-RDP-SL-04"], **WANTED | {"fips_consent": False}).changes) == 9


# -- in force -------------------------------------------------------------------------------------------


def test_what_restarts_and_what_needs_a_reboot() -> None:
    quick = plan(weak(), security_layer="ssl", network_level_authentication=True, encryption_level="high", secure_rpc=True)
    assert (quick.stages[0].restarts, quick.reboot_required) == ((), False)
    assert plan(weak(), fips_policy=True, fips_consent=True).reboot_required
    assert plan(weak(), credssp_encryption_oracle="mitigated").reboot_required
    bound = plan(weak(), certificate_thumbprint=NEW.thumbprint)
    assert (bound.stages[0].restarts, bound.reboot_required) == (("TermService",), False)


def test_sessions_in_use_are_not_dropped_unasked() -> None:
    said = refused(weak(IN_USE), certificate_thumbprint=NEW.thumbprint)
    assert "RDP-Tcp#0 (2)" in said
    assert "Console" not in said
    assert "disconnect_sessions" in said
    assert plan(weak(IN_USE), certificate_thumbprint=NEW.thumbprint, disconnect_sessions=True).changes
    assert plan(weak(IN_USE), security_layer="ssl").changes


@pytest.mark.parametrize(
    "session",
    [
        {"id": 1, "name": "Console", "state": "active"},
        {"id": 3, "name": "", "state": "disconnected"},
        {"id": 65536, "name": "RDP-Tcp", "state": "listen"},
    ],
)
def test_sessions_that_are_not_in_use_do_not_matter(session: dict[str, Any]) -> None:
    assert plan(weak([session]), certificate_thumbprint=NEW.thumbprint).changes


def test_a_restart_later_drops_nobody() -> None:
    host, resource = weak(IN_USE), RdpSecurityLayer({"certificate_thumbprint": NEW.thumbprint})
    resource.restart_now = False
    assert resource.plan(*host.observe(resource)).changes


def test_a_bound_certificate_restarts_nothing() -> None:
    host = weak(IN_USE)
    host.registry[LISTENER]["SSLCertificateSHA1Hash"] = {"kind": "Binary", "value": NEW.thumbprint.lower()}
    found = plan(host, certificate_thumbprint="\u200e" + NEW.thumbprint.lower())
    assert found.empty
    assert statuses(found) == {"SL-10": "compliant"}


# -- the certificate ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "said"),
    [({"exists": False}, "not in the store"), (certificate(EXPIRED), "expired"), (certificate(sddl=SDDL), "NETWORK SERVICE")],
)
def test_a_certificate_that_cannot_be_used_is_not_bound(found: dict[str, Any], said: str) -> None:
    thumbprint = EXPIRED.thumbprint if said == "expired" else NEW.thumbprint
    assert said in refused(weak(found=found), certificate_thumbprint=thumbprint, security_layer="ssl")


def test_one_that_is_bound_and_expired_fails_the_task_at_its_end() -> None:
    host = weak(found=certificate(EXPIRED))
    host.registry[LISTENER]["SSLCertificateSHA1Hash"] = {"kind": "Binary", "value": EXPIRED.thumbprint.lower()}
    found = plan(host, certificate_thumbprint=EXPIRED.thumbprint, security_layer="ssl")
    assert lines(found) == ["SecurityLayer: 1 (negotiate) -> 2 (ssl)"]
    assert "expired" in found.failures[0]


def test_a_key_that_could_not_be_looked_at_is_warned_of() -> None:
    found = plan(weak(found=certificate(sddl=None)), certificate_thumbprint=NEW.thumbprint)
    assert found.changes
    assert "could not be told" in found.warnings[0]


# -- contradictions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"security_layer": "ssl", "encryption_level": "low"}, "encryption level against security layer"),
        ({"security_layer": "rdp", "network_level_authentication": True}, "Network Level Authentication against security layer"),
        ({"fips_policy": True}, "fips_consent"),
        ({"encryption_level": "fips", "scope": "policy"}, "scope local"),
        ({"certificate_thumbprint": "no"}, "40 hexadecimal digits"),
    ],
)
def test_contradictions_are_refused_before_any_trip(options: dict[str, Any], said: str) -> None:
    with pytest.raises(HardeningError, match=said):
        RdpSecurityLayer(options)


def test_fips_says_what_it_breaks() -> None:
    with pytest.raises(HardeningError, match=r"TLS.*\.NET.*BitLocker"):
        RdpSecurityLayer({"fips_policy": True, "fips_consent": False})
    assert RdpSecurityLayer({"fips_policy": False})


ON_THE_HOST: list[tuple[dict[str, int], dict[str, Any], str]] = [
    ({"MinEncryptionLevel": 1}, {"security_layer": "ssl"}, "give encryption_level too"),
    ({"SecurityLayer": 2}, {"encryption_level": "low", "stricter": "replace"}, "give security_layer too"),
    ({"SecurityLayer": 0}, {"network_level_authentication": True}, "give security_layer too"),
    ({"UserAuthentication": 1}, {"security_layer": "rdp"}, "give network_level_authentication too"),
]


@pytest.mark.parametrize(("stored", "options", "said"), ON_THE_HOST)
def test_what_is_in_effect_on_the_host_contradicts_too(stored: dict[str, int], options: dict[str, Any], said: str) -> None:
    assert said in refused(weak(**stored), **options)
    # where policy says the harmless thing, the local value is not what is in effect
    host = weak(**stored)
    ((name, _value),) = stored.items()
    harmless = {"MinEncryptionLevel": 3, "SecurityLayer": 1, "UserAuthentication": 0}[name]
    host.registry[POLICY] = {name: number(harmless)}
    assert plan(host, **options).changes


def test_giving_the_other_option_too_settles_it() -> None:
    assert len(plan(weak(MinEncryptionLevel=1), security_layer="ssl", encryption_level="high").changes) == 2
    assert len(plan(weak(SecurityLayer=0), security_layer="ssl", network_level_authentication=True).changes) == 2


def test_a_policy_that_keeps_the_other_option_is_named() -> None:
    host = weak()
    host.registry[POLICY] = {"MinEncryptionLevel": number(1)}
    host.owned = [(POLICY, "MinEncryptionLevel")]
    said = refused(host, security_layer="ssl", encryption_level="high")
    assert GPO in said
    assert "changed in the policy" in said


def test_a_wish_that_a_policy_overrides_contradicts_nothing() -> None:
    host = weak(MinEncryptionLevel=1)
    host.registry[POLICY] = {"SecurityLayer": number(0)}
    host.owned = [(POLICY, "SecurityLayer")]
    assert "Overridden" in plan(host, security_layer="ssl").failures[0]


def test_the_fips_level_cannot_win_over_a_policy_value() -> None:
    host = weak()
    assert lines(plan(host, encryption_level="fips")) == ["MinEncryptionLevel: 2 (client_compatible) -> 4 (fips)"]
    host.registry[POLICY] = {"MinEncryptionLevel": number(3)}
    assert "Delete the policy value" in refused(host, encryption_level="fips")


# -- policy ---------------------------------------------------------------------------------------------

OWNED = {
    "security_layer": (POLICY, "SecurityLayer", 1),
    "network_level_authentication": (POLICY, "UserAuthentication", 0),
    "encryption_level": (POLICY, "MinEncryptionLevel", 2),
    "secure_rpc": (POLICY, "fEncryptRPCTraffic", 0),
    "prompt_for_password": (POLICY, "fPromptForPassword", 0),
    "protected_credentials": (CREDENTIALS_DELEGATION, "AllowProtectedCreds", 0),
    "credssp_encryption_oracle": (CREDSSP, "AllowEncryptionOracle", 2),
}


@pytest.mark.parametrize("scope", ["local", "policy"])
@pytest.mark.parametrize("option", OWNED)
def test_what_group_policy_owns_is_named_and_left_alone(option: str, scope: str) -> None:
    key, name, value = OWNED[option]
    host = weak()
    host.registry[key] = {name: number(value)}
    host.owned = [(key, name)]
    found = plan(host, scope=scope, **{option: WANTED[option]})
    assert found.empty
    assert list(statuses(found).values()) == ["overridden"]
    assert (found.overrides[0].file, found.overrides[0].setting) == (GPO, option)
    assert GPO in found.failures[0]
    reported = plan(host, scope=scope, on_override="report", **{option: WANTED[option]})
    assert not reported.failures
    assert GPO in reported.warnings[0]


@pytest.mark.parametrize("option", OWNED)
def test_a_policy_value_that_nobody_owns_is_changed(option: str) -> None:
    key, name, value = OWNED[option]
    host = weak()
    host.registry[key] = {name: number(value)}
    (change,) = plan(host, **{option: WANTED[option]}).changes
    assert (change.place, change.target) == (f"HKLM\\{key}", name)
    host.known = False
    assert "keeps no resultant set" in plan(host, **{option: WANTED[option]}).failures[0]


# -- warnings -------------------------------------------------------------------------------------------


def test_restricted_admin_opens_pass_the_hash() -> None:
    host = weak()
    host.registry[LSA] = {}
    found = plan(host, restricted_admin=True)
    assert lines(found) == ["DisableRestrictedAdmin: absent -> 0 (true)"]
    assert "pass the hash" in found.warnings[0]
    # absent is off
    off = plan(host, restricted_admin=False)
    assert (off.empty, off.warnings) == (True, ())
