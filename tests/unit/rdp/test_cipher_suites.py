# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of cipher suites: which one is in effect, what becomes of it, and who must not be left without a suite."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp import cipher_suites_table as table
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.bound_certificates import BINDINGS, STORE, key_kind
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.cipher_suites import LOCAL, POLICY
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.schannel import Schannel
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.schannel_table import RELEASES
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER, TERMINAL_SERVICES_POLICY
from unit.rdp.certificates import binding, blob, made, stored
from unit.rdp.samples import GPO, WINRM_HTTP, WINRM_HTTPS, Sample, binary, statuses, text

RSA = ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]
ECDSA = ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]
BOTH = [*ECDSA, *RSA]
NOT_SECRET = [name for name in sorted(table.ALL) if not table.has_forward_secrecy(name)]
NULL = "TLS_RSA_WITH_NULL_SHA256"


def host(policy: list[str] | None = None, local: list[str] | None = None, build: int = 20348, **keys: Any) -> Sample:
    registry = {POLICY.key: {"Functions": text(",".join(policy))}} if policy else {}
    registry |= {LOCAL.key: {"Functions": {"kind": "MultiString", "value": local}}} if local else {}
    return Sample(registry, facts={"build": build}, **keys)


def listed(sample: Sample) -> list[str]:
    found = sample.registry[POLICY.key]["Functions"]
    assert found["kind"] == "String"
    return str(found["value"]).split(",")


# -- the list in effect -------------------------------------------------------------------------------


def test_the_list_is_written_as_policy_and_then_compliant() -> None:
    sample = host()
    plan = sample.plan(Schannel, cipher_suites=BOTH)
    (change,) = plan.changes
    assert change.path == f"HKLM\\{POLICY.key}: Functions"
    assert (change.before, change.after) == ("absent", ",".join(BOTH))
    assert plan.reboot_required
    assert statuses(plan) == {"SC-08": "changed", "SC-09": "changed"}
    sample.apply(plan)
    assert listed(sample) == BOTH
    again = sample.plan(Schannel, cipher_suites=[name.lower() for name in BOTH])
    assert again.empty
    assert statuses(again) == {"SC-08": "compliant", "SC-09": "compliant"}


@pytest.mark.parametrize("wrong", [[*BOTH, NULL], list(reversed(BOTH)), BOTH[:3], ["TLS_RSA_WITH_AES_128_CBC_SHA"]])
def test_every_other_list_is_wrong(wrong: list[str]) -> None:
    sample = host(wrong)
    plan = sample.plan(Schannel, cipher_suites=BOTH)
    assert [(change.before, change.after) for change in plan.changes] == [(",".join(wrong), ",".join(BOTH))]
    before = copy.deepcopy(sample.registry)
    sample.apply(plan)
    assert sample.plan(Schannel, cipher_suites=BOTH).empty
    sample.undo(plan)
    assert sample.registry == before


@pytest.mark.parametrize("known", [True, False])
def test_a_list_that_a_policy_owns_is_left_alone(known: bool) -> None:
    sample = host([NULL, *BOTH], owned=[(POLICY.key.upper(), "functions")], known=known)
    for options in ({"cipher_suites": BOTH}, {"cipher_suites_absent": [NULL]}):
        plan = sample.plan(Schannel, **options)
        assert plan.empty
        assert [override.setting for override in plan.overrides] == list(options)
        assert (GPO in plan.failures[0]) is known
        assert statuses(plan) == {"SC-08": "overridden", "SC-09": "overridden"}
        reported = sample.plan(Schannel, **options, on_override="report")
        assert (reported.failures, len(reported.warnings)) == ((), 1)


def test_a_list_that_a_policy_owns_and_that_is_right_is_compliant() -> None:
    sample = host(BOTH, owned=[(POLICY.key, "Functions")])
    plan = sample.plan(Schannel, cipher_suites=BOTH)
    assert plan.empty
    assert plan.overrides == ()
    assert GPO in plan.controls[0].evidence[0]


def test_the_computers_own_list_counts_where_no_policy_does() -> None:
    assert host(local=BOTH).plan(Schannel, cipher_suites=BOTH).empty
    assert host([NULL, *BOTH], local=BOTH).plan(Schannel, cipher_suites=BOTH).changes
    plan = host(local=[*BOTH, NULL]).plan(Schannel, cipher_suites_absent=[NULL])
    assert [(change.before, change.after) for change in plan.changes] == [("absent", ",".join(BOTH))]


def test_explicit_writes_a_list_that_is_in_effect_anyway() -> None:
    sample = host(local=BOTH)
    sample.apply(sample.plan(Schannel, cipher_suites=BOTH, explicit=True))
    assert listed(sample) == BOTH
    assert sample.plan(Schannel, cipher_suites=BOTH, explicit=True).empty


@pytest.mark.parametrize("build", RELEASES)
def test_what_has_no_forward_secrecy_is_dropped_from_the_default(build: int) -> None:
    sample = host(build=build)
    plan = sample.plan(Schannel, cipher_suites_absent=NOT_SECRET)
    sample.apply(plan)
    assert listed(sample) == [name for name in table.DEFAULTS[RELEASES[build]] if name not in NOT_SECRET]
    assert statuses(plan)["SC-08"] == "changed"
    assert sample.plan(Schannel, cipher_suites_absent=NOT_SECRET).empty


def test_what_is_not_there_anyway_changes_nothing() -> None:
    for build in RELEASES:
        assert host(build=build).plan(Schannel, cipher_suites_absent=["TLS_CHACHA20_POLY1305_SHA256"]).empty
    assert host(build=26100).plan(Schannel, cipher_suites_absent=["TLS_RSA_WITH_3DES_EDE_CBC_SHA"]).empty
    assert host(build=20348).plan(Schannel, cipher_suites_absent=["TLS_RSA_WITH_3DES_EDE_CBC_SHA"]).changes


@pytest.mark.parametrize("build", [25398, 28000, None])
def test_without_a_certain_default_only_a_stored_list_can_be_shortened(build: int | None) -> None:
    with pytest.raises(HardeningError, match="stores no list from which cipher_suites_absent"):
        host(build=build).plan(Schannel, cipher_suites_absent=[NULL])  # type: ignore[arg-type]
    assert host([NULL, *BOTH], build=build).plan(Schannel, cipher_suites_absent=[NULL]).changes  # type: ignore[arg-type]
    assert host(build=build).plan(Schannel, cipher_suites=BOTH).changes  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(sorted(table.ALL)), unique=True, max_size=12), st.sampled_from([*RELEASES]))
def test_shortening_keeps_the_order_and_is_done_once(absent: list[str], build: int) -> None:
    absent = [name for name in absent if name not in BOTH] + [name for name in table.ALL if "_PSK_" in name or "_DSS_" in name]
    sample = host(build=build)
    sample.apply(sample.plan(Schannel, cipher_suites_absent=absent))
    names = listed(sample)
    assert names == [name for name in table.DEFAULTS[RELEASES[build]] if name not in absent]
    assert sample.plan(Schannel, cipher_suites_absent=list(reversed(absent))).empty


def test_a_list_that_is_too_long_is_refused() -> None:
    with pytest.raises(HardeningError, match=r"would have \d{4} characters, and the policy SSL Cipher Suite Order takes 1023"):
        host(build=14393).plan(Schannel, cipher_suites_absent=[NULL])


# -- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["cipher_suites", "cipher_suites_absent"])
@pytest.mark.parametrize("name", ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384_P256", "ECDHE-RSA-AES256-GCM-SHA384", ""])
def test_unknown_names_are_refused(option: str, name: str) -> None:
    with pytest.raises(HardeningError, match="Schannel has no cipher suite"):
        Schannel({option: [*RSA, name]})


@pytest.mark.parametrize("name", ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"])
@pytest.mark.parametrize("build", [14393, 17763])
def test_names_of_a_later_release_are_refused(build: int, name: str) -> None:
    with pytest.raises(HardeningError, match=f"build {build} of Windows has no cipher suite {name}"):
        host(build=build).plan(Schannel, cipher_suites=[name, *BOTH])
    assert host(build=20348).plan(Schannel, cipher_suites=[name, *BOTH]).changes


def test_lists_that_cannot_be_meant_are_refused() -> None:
    with pytest.raises(HardeningError, match="cipher_suites is empty"):
        Schannel({"cipher_suites": []})
    with pytest.raises(HardeningError, match="more than once"):
        Schannel({"cipher_suites": [*RSA, RSA[0].lower()]})
    with pytest.raises(HardeningError, match="Leave it in one"):
        Schannel({"cipher_suites": RSA, "cipher_suites_absent": [RSA[0]]})


def test_every_default_is_a_known_suite_and_stands_once() -> None:
    for build, release in RELEASES.items():
        names = table.DEFAULTS[release]
        assert set(names) <= table.known_suites(build)
        assert len(names) == len(set(names))
        assert all(table.serves(names, key) for key in table.SIGNED_BY)


def test_no_suite_that_serves_a_certificate_is_broken() -> None:
    served = {name for name in table.ALL if any(table.serves([name], key) for key in table.SIGNED_BY)}
    assert served
    assert not [name for name in served if table.is_broken(name)]
    assert all(table.has_forward_secrecy(name) for name in served)


# -- certificates in use ------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "key"), [("rsa", "RSA"), ("ec", "ECDSA")])
def test_the_kind_of_a_key_is_seen_in_the_certificate(kind: str, key: str) -> None:
    assert key_kind(blob(kind)) == key
    assert key_kind(blob(kind)[:60]) is None
    assert key_kind(b"") is None
    assert key_kind(b"\x20\0\0\0\1\0\0\0\4\0\0\0abcd") is None


def refuse(sample: Sample, suites: list[str], who: str, connection: Any = WINRM_HTTP) -> None:
    with pytest.raises(HardeningError, match="would leave .*" + who.replace("(", r"\(").replace(")", r"\)")):
        sample.plan(Schannel, connection, cipher_suites=suites)


def with_remote_desktop(kind: str) -> Sample:
    sample = host()
    sample.registry |= stored(kind)
    sample.registry[LISTENER] = {"SSLCertificateSHA1Hash": binary(made(kind).thumbprint.lower())}
    return sample


def test_remote_desktops_own_certificate_has_an_rsa_key() -> None:
    refuse(host(), ECDSA, "Remote Desktop (RSA key)")
    assert host().plan(Schannel, cipher_suites=RSA).changes


def test_remote_desktops_certificate_decides() -> None:
    refuse(with_remote_desktop("ec"), RSA, "Remote Desktop (ECDSA key)")
    assert with_remote_desktop("ec").plan(Schannel, cipher_suites=ECDSA).changes
    refuse(with_remote_desktop("rsa"), ECDSA, "Remote Desktop (RSA key)")


@pytest.mark.parametrize("sni", [False, True])
def test_every_https_binding_counts(sni: bool) -> None:
    sample = host()
    sample.registry |= stored("ec") | binding("0.0.0.0:443", "ec", sni=sni)
    refuse(sample, RSA, "HTTPS on 0.0.0.0:443 (ECDSA key)")
    assert sample.plan(Schannel, cipher_suites=BOTH).warnings == ()


def test_suites_without_forward_secrecy_serve_nobody() -> None:
    refuse(host(), ["TLS_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384", *ECDSA], "Remote Desktop (RSA key)")
    refuse(host(build=14393), ["TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA", *ECDSA], "Remote Desktop (RSA key)")
    assert host(build=14393).plan(Schannel, cipher_suites=["TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"]).changes


def unknown_template() -> Sample:
    sample = host()
    sample.registry[TERMINAL_SERVICES_POLICY] = {"CertTemplateName": text("RemoteDesktop")}
    return sample


def other_store() -> Sample:
    sample = host()
    sample.registry |= stored("ec") | binding("0.0.0.0:443", "ec", store="WebHosting")
    return sample


def not_in_the_store() -> Sample:
    sample = host()
    sample.registry |= binding("0.0.0.0:443", "ec")
    return sample


def not_readable() -> Sample:
    sample = host()
    sample.unreadable = {BINDINGS[0], BINDINGS[1], STORE}
    return sample


@pytest.mark.parametrize("sample", [unknown_template, other_store, not_in_the_store, not_readable])
def test_a_certificate_that_cannot_be_told_is_warned_about(sample: Any) -> None:
    (warning,) = sample().plan(Schannel, cipher_suites=RSA).warnings
    assert "ECDSA" in warning
    assert sample().plan(Schannel, cipher_suites=BOTH).warnings == ()
    with pytest.raises(HardeningError, match="RSA"):
        sample().plan(Schannel, cipher_suites=ECDSA)


def test_the_connections_own_certificate_must_keep_a_suite() -> None:
    unknown = host()
    refuse(unknown, RSA, "this task's connection (port 5986) (ECDSA key, if it has one)", WINRM_HTTPS)
    assert unknown.plan(Schannel, WINRM_HTTPS, cipher_suites=BOTH).changes
    rsa = host()
    rsa.registry |= stored("rsa") | binding("0.0.0.0:5986", "rsa")
    assert rsa.plan(Schannel, WINRM_HTTPS, cipher_suites=RSA).changes
    ec = with_remote_desktop("ec")
    ec.registry |= stored("rsa") | binding("0.0.0.0:5986", "rsa")
    refuse(ec, ECDSA, "HTTPS on 0.0.0.0:5986 (RSA key)", WINRM_HTTPS)


def test_a_list_that_is_in_effect_already_is_not_refused() -> None:
    assert host(ECDSA).plan(Schannel, cipher_suites=ECDSA).empty


@pytest.mark.parametrize(
    ("options", "looked_at"),
    [
        ({"protocols": {"tls_1_0": {"server": False}}}, False),
        ({"cipher_suites": BOTH}, False),
        ({"cipher_suites": RSA}, True),
        ({"cipher_suites_absent": [NULL]}, False),
        ({"cipher_suites_absent": [BOTH[0]]}, True),
    ],
)
def test_certificates_are_only_looked_at_where_the_list_changes(options: dict[str, Any], looked_at: bool) -> None:
    """Each look at what the first answer names costs a trip, which a compliant host is spared."""
    sample = host(BOTH)
    sample.registry |= binding("0.0.0.0:443", "ec")
    resource = Schannel(options)
    observations, _facts = sample.observe(resource)
    assert bool(resource.further_reads(observations)) is looked_at


def test_only_and_skip() -> None:
    assert host().plan(Schannel, cipher_suites=BOTH, skip=["HW-RDP-SC-08"]).empty
    assert host().plan(Schannel, cipher_suites=BOTH, only=["CIS-IIS10-7.12"]).changes
