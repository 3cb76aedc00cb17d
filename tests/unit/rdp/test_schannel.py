# SPDX-License-Identifier: GPL-3.0-or-later
"""Protocol versions and key sizes of Schannel: meaning, defaults, ownership, refusals."""

from __future__ import annotations

import copy
import ssl
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp import schannel_protocols
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.schannel import Schannel
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.schannel_table import (
    DIFFIE_HELLMAN,
    PROTOCOLS,
    RELEASES,
    ROLES,
    Protocol,
)
from unit.rdp.samples import GPO, SSH, WINRM_HTTP, WINRM_HTTPS, Sample, lines, number, statuses, text

BY_OPTION = {one.option: one for one in PROTOCOLS}
BUILDS = tuple(RELEASES)
OLD = ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "dtls_1_0")
OFF_BY_DEFAULT = ("ssl_2_0", "ssl_3_0")
HARDENED: dict[str, Any] = {
    **{option: {"server": False, "client": False} for option in OLD},
    "tls_1_2": {"server": True, "client": True},
}


def key(option: str, role: str = "server") -> str:
    return BY_OPTION[option].places(role)[0].key


def host(build: int = 20348, **values: dict[str, Any]) -> Sample:
    """values: option, two underscores, role: what stands in its key."""
    return Sample({key(*name.split("__")): stored for name, stored in values.items()}, facts={"build": build})


def values(enabled: int | None = None, by_default: int | None = None) -> dict[str, Any]:
    given = {"Enabled": enabled, "DisabledByDefault": by_default}
    return {name: number(value) for name, value in given.items() if value is not None}


def one(option: str, on: bool, role: str = "server") -> dict[str, Any]:
    return {option: {role: on}}


# -- meaning ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", BUILDS)
def test_a_default_host_changes_only_what_is_on_by_default(build: int) -> None:
    sample = host(build)
    plan = sample.plan(Schannel, protocols=HARDENED)
    changed = {change.place for change in plan.changes}
    wanted = [option for option in OLD if option not in OFF_BY_DEFAULT]
    assert changed == {f"HKLM\\{key(option, role)}" for option in wanted for role in ROLES}
    assert plan.reboot_required
    assert statuses(plan) == {
        "SC-01": "compliant",
        "SC-02": "compliant",
        "SC-03": "changed",
        "SC-04": "changed",
        "SC-05": "compliant",
        "SC-07": "changed",
    }
    sample.apply(plan)
    again = sample.plan(Schannel, protocols=HARDENED)
    assert again.empty
    assert not again.reboot_required


def test_switching_off_writes_both_values() -> None:
    assert lines(host().plan(Schannel, protocols=one("tls_1_0", False))) == ["Enabled: absent -> 0", "DisabledByDefault: absent -> 1"]


@pytest.mark.parametrize("stored", [(0, None), (0, 1), (0, 0)])
@pytest.mark.parametrize("option", OLD)
def test_enabled_zero_is_off(option: str, stored: tuple[int | None, int | None]) -> None:
    assert host(**{f"{option}__server": values(*stored)}).plan(Schannel, protocols=one(option, False)).empty


WRONG = [(1, 0), (0xFFFFFFFF, 0), (1, 1), (1, None), (None, 1), (0xFFFFFFFF, 1)]
# Windows has no SSL 2.0, so there DisabledByDefault alone means nothing.
WRONG_OFF = [(option, stored) for option in OLD for stored in WRONG if (option, stored) != ("ssl_2_0", (None, 1))]


@pytest.mark.parametrize(("option", "stored"), WRONG_OFF)
@pytest.mark.parametrize("role", ROLES)
def test_every_wrong_value_is_switched_off(option: str, role: str, stored: tuple[int | None, int | None]) -> None:
    sample = host(**{f"{option}__{role}": values(*stored)})
    plan = sample.plan(Schannel, protocols=one(option, False, role))
    assert {change.place for change in plan.changes} == {f"HKLM\\{key(option, role)}"}
    sample.apply(plan)
    assert sample.registry[key(option, role)]["Enabled"] == number(0)
    assert sample.plan(Schannel, protocols=one(option, False, role)).empty


@pytest.mark.parametrize("stored", [(1, 0), (0xFFFFFFFF, 0), (1, None), (None, 0), (None, None), (2, 0)])
def test_every_number_but_zero_is_on(stored: tuple[int | None, int | None]) -> None:
    assert host(tls_1_2__server=values(*stored)).plan(Schannel, protocols=one("tls_1_2", True)).empty


@pytest.mark.parametrize(
    ("stored", "changes"),
    [
        ((0, 0), ["Enabled: 0 -> 1"]),
        ((0, 1), ["Enabled: 0 -> 1", "DisabledByDefault: 1 -> 0"]),
        ((0xFFFFFFFF, 1), ["DisabledByDefault: 1 -> 0"]),
        ((None, 1), ["Enabled: absent -> 1", "DisabledByDefault: 1 -> 0"]),
        ((0, None), ["Enabled: 0 -> 1", "DisabledByDefault: absent -> 0"]),
    ],
)
def test_switching_on_changes_what_says_no(stored: tuple[int | None, int | None], changes: list[str]) -> None:
    plan = host(tls_1_2__server=values(*stored)).plan(Schannel, protocols=one("tls_1_2", True))
    assert lines(plan) == changes
    assert statuses(plan) == {"SC-05": "changed"}


def test_a_value_of_another_kind_is_none() -> None:
    """Schannel reads numbers only; the text 0 switches nothing off."""
    sample = host(tls_1_0__server={"Enabled": text("0")})
    plan = sample.plan(Schannel, protocols=one("tls_1_0", False))
    assert lines(plan) == ["Enabled: 0 -> 0", "DisabledByDefault: absent -> 1"]
    sample.apply(plan)
    assert sample.registry[key("tls_1_0")]["Enabled"] == number(0)


def test_tls_1_3_off_is_compliant_where_windows_does_not_have_it() -> None:
    assert host(17763).plan(Schannel, protocols=one("tls_1_3", False)).empty
    assert not host(20348).plan(Schannel, protocols=one("tls_1_3", False)).empty
    assert host(26100).plan(Schannel, protocols=one("tls_1_3", True)).empty


@pytest.mark.parametrize("build", [25398, 28000, None])
def test_where_the_defaults_are_not_certain_it_is_written_down(build: int | None) -> None:
    sample = Sample(facts={"build": build})
    assert len(sample.plan(Schannel, protocols=one("ssl_3_0", False)).changes) == 2
    assert len(sample.plan(Schannel, protocols=one("dtls_1_2", True)).changes) == 2
    assert sample.plan(Schannel, protocols=one("tls_1_2", True)).empty


@pytest.mark.parametrize("build", BUILDS)
def test_explicit_writes_what_holds_by_default(build: int) -> None:
    sample = host(build)
    plan = sample.plan(Schannel, protocols=HARDENED, diffie_hellman_minimum=2048, explicit=True)
    assert len(plan.changes) == 2 * 2 * len(HARDENED) + 1
    assert sample.registry == {}
    sample.apply(plan)
    assert sample.plan(Schannel, protocols=HARDENED, diffie_hellman_minimum=2048, explicit=True).empty


def test_explicit_takes_any_number_but_zero_for_yes() -> None:
    assert host(tls_1_2__server=values(0xFFFFFFFF, 0)).plan(Schannel, protocols=one("tls_1_2", True), explicit=True).empty
    plan = host(tls_1_0__server=values(0)).plan(Schannel, protocols=one("tls_1_0", False), explicit=True)
    assert lines(plan) == ["DisabledByDefault: absent -> 1"]


STATE = st.sampled_from([None, 0, 1, 0xFFFFFFFF])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    enabled=st.lists(STATE, min_size=12, max_size=12),
    by_default=st.lists(STATE, min_size=12, max_size=12),
    build=st.sampled_from([*BUILDS, 25398]),
    explicit=st.booleans(),
)
def test_applied_it_is_empty_and_undone_it_is_as_before(
    enabled: list[int | None], by_default: list[int | None], build: int, explicit: bool
) -> None:
    keys = [key(option, role) for option in HARDENED for role in ROLES]
    registry = {one: values(*pair) for one, *pair in zip(keys, enabled, by_default, strict=True)}
    sample = Sample(registry, facts={"build": build})
    before = copy.deepcopy(sample.registry)
    plan = sample.plan(Schannel, protocols=HARDENED, explicit=explicit)
    reordered = sample.plan(Schannel, protocols=dict(reversed(HARDENED.items())), explicit=explicit)
    assert reordered == plan
    sample.apply(plan)
    assert sample.plan(Schannel, protocols=HARDENED, explicit=explicit).empty
    sample.undo(plan)
    assert {one: stored for one, stored in sample.registry.items() if stored} == {one: stored for one, stored in before.items() if stored}


# -- ownership and selection --------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda one: one.option)
def test_what_a_policy_template_owns_is_left_alone(protocol: Protocol) -> None:
    on = protocol.option in ("tls_1_2", "tls_1_3", "dtls_1_2")
    wrong = host(**{f"{protocol.option}__server": values(int(not on), int(on))})
    wrong.owned = [(key(protocol.option).lower(), "Enabled")]
    plan = wrong.plan(Schannel, protocols=one(protocol.option, on))
    assert plan.empty
    assert [override.setting for override in plan.overrides] == [f"protocols.{protocol.option}.server"]
    assert GPO in plan.failures[0]
    assert set(statuses(plan).values()) <= {"overridden"}
    reported = wrong.plan(Schannel, protocols=one(protocol.option, on), on_override="report")
    assert (reported.failures, len(reported.warnings)) == ((), 1)


def test_local_values_are_the_hosts_where_ownership_is_not_known() -> None:
    sample = host(tls_1_0__server=values(1, 0))
    sample.known = False
    assert len(sample.plan(Schannel, protocols=one("tls_1_0", False)).changes) == 2


def test_only_and_skip() -> None:
    only = host().plan(Schannel, protocols=HARDENED, diffie_hellman_minimum=3072, only=["CIS-IIS10-7.4"])
    assert set(statuses(only)) == {"SC-03"}
    skip = host().plan(Schannel, protocols=HARDENED, diffie_hellman_minimum=3072, skip=["HW-RDP-SC-03", "HW-RDP-SC-10"])
    assert not {"SC-03", "SC-10"} & set(statuses(skip))


def test_a_value_that_no_control_asks_for_shows_none() -> None:
    plan = host().plan(Schannel, protocols={**one("tls_1_0", True), "dtls_1_2": {"client": False}})
    assert plan.controls == ()
    assert len(plan.changes) == 2


# -- refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_tls_1_2_is_never_switched_off(role: str) -> None:
    with pytest.raises(HardeningError, match=rf"protocols\.tls_1_2\.{role} may not be switched off"):
        Schannel({"protocols": one("tls_1_2", False, role)})


def test_ssl_2_0_cannot_be_switched_on() -> None:
    with pytest.raises(HardeningError, match="no SSL 2.0 since Server 2016"):
        Schannel({"protocols": one("ssl_2_0", True)})


@pytest.mark.parametrize("build", [14393, 17763, 19045, None])
def test_tls_1_3_is_not_switched_on_before_2022(build: int | None) -> None:
    with pytest.raises(HardeningError, match="supports TLS 1.3 since Server 2022"):
        Sample(facts={"build": build}).plan(Schannel, protocols=one("tls_1_3", True))


@pytest.mark.parametrize("stored", [(0, 1), (1, 1), (None, 1)])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("option", ["tls_1_0", "tls_1_1", "tls_1_3"])
def test_no_version_is_switched_off_where_tls_1_2_is_off(option: str, role: str, stored: tuple[int | None, int | None]) -> None:
    sample = host(**{f"tls_1_2__{role}": values(*stored)})
    with pytest.raises(HardeningError, match=f"Nothing was changed: TLS 1.2 is off.* for the role {role}"):
        sample.plan(Schannel, protocols=one(option, False, role))
    together = {option: {role: False}, "tls_1_2": {role: True}}
    assert sample.plan(Schannel, protocols=together).changes


def test_a_policy_that_keeps_tls_1_2_off_refuses_the_rest() -> None:
    sample = host(tls_1_2__server=values(0, 1))
    sample.owned = [(key("tls_1_2"), "Enabled")]
    with pytest.raises(HardeningError, match="TLS 1.2 is off"):
        sample.plan(Schannel, protocols={"tls_1_0": {"server": False}, "tls_1_2": {"server": True}})


def test_ssl_is_switched_off_whatever_tls_1_2_is() -> None:
    sample = host(tls_1_2__server=values(0, 1), ssl_3_0__server=values(1, 0))
    assert len(sample.plan(Schannel, protocols=one("ssl_3_0", False)).changes) == 2


@pytest.mark.parametrize(("connection", "refused"), [(WINRM_HTTPS, True), (WINRM_HTTP, False), (SSH, False), (None, False)])
def test_the_only_version_both_ends_speak_stays(monkeypatch: pytest.MonkeyPatch, connection: Any, refused: bool) -> None:
    monkeypatch.setattr(schannel_protocols, "spoken_here", lambda: frozenset({"tls_1_3"}))
    sample = host()
    if refused:
        with pytest.raises(HardeningError, match=r"the controller speaks TLS 1\.3"):
            sample.plan(Schannel, connection, protocols=one("tls_1_3", False))
    else:
        assert sample.plan(Schannel, connection, protocols=one("tls_1_3", False)).changes


@pytest.mark.parametrize("option", ["tls_1_0", "tls_1_1", "tls_1_3"])
def test_https_goes_on_with_tls_1_2(option: str) -> None:
    assert host().plan(Schannel, WINRM_HTTPS, protocols=one(option, False)).changes


def test_what_python_speaks_is_what_its_library_says(monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        def __init__(self, protocol: Any) -> None:
            self.minimum_version, self.maximum_version = limits

    monkeypatch.setattr(schannel_protocols.ssl, "SSLContext", Context)
    limits = (ssl.TLSVersion.MINIMUM_SUPPORTED, ssl.TLSVersion.MAXIMUM_SUPPORTED)
    assert schannel_protocols.spoken_here() == {"tls_1_2", "tls_1_3"}
    limits = (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.MAXIMUM_SUPPORTED)
    assert schannel_protocols.spoken_here() == {"tls_1_3"}
    limits = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2)
    assert schannel_protocols.spoken_here() == {"tls_1_2"}


def test_remote_desktop_over_udp_is_warned_about() -> None:
    assert "UDP to TCP" in host().plan(Schannel, protocols=one("dtls_1_2", False)).warnings[0]
    assert host(dtls_1_2__server=values(0, 1)).plan(Schannel, protocols=one("dtls_1_2", False)).warnings == ()


def test_a_key_that_cannot_be_read_refuses() -> None:
    sample = host()
    sample.unreadable = {key("tls_1_0")}
    with pytest.raises(HardeningError, match=r"TLS 1\.0\\Server cannot be read"):
        sample.plan(Schannel, protocols=one("tls_1_1", False))


# -- Diffie-Hellman -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "wanted", "changes"),
    [
        (None, 2048, []),
        (None, 3072, ["ServerMinKeyBitLength: absent -> 3072"]),
        (1024, 2048, ["ServerMinKeyBitLength: 1024 -> 2048"]),
        (2048, 2048, []),
        (4096, 2048, []),
    ],
)
def test_diffie_hellman_is_a_minimum(stored: int | None, wanted: int, changes: list[str]) -> None:
    registry = {} if stored is None else {DIFFIE_HELLMAN.key: {DIFFIE_HELLMAN.name: number(stored)}}
    sample = Sample(registry)
    plan = sample.plan(Schannel, diffie_hellman_minimum=wanted)
    assert lines(plan) == changes
    assert plan.reboot_required is bool(changes)
    assert statuses(plan) == {"SC-10": "changed" if changes else "compliant"}
    sample.apply(plan)
    assert sample.plan(Schannel, diffie_hellman_minimum=wanted).empty


def test_diffie_hellman_that_a_policy_owns_is_left_alone() -> None:
    sample = Sample({DIFFIE_HELLMAN.key: {DIFFIE_HELLMAN.name: number(1024)}}, owned=[(DIFFIE_HELLMAN.key, DIFFIE_HELLMAN.name)])
    plan = sample.plan(Schannel, diffie_hellman_minimum=2048)
    assert plan.empty
    assert statuses(plan) == {"SC-10": "overridden"}
