# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource rdp_security_layer."""

from __future__ import annotations

import datetime
import typing as t
from dataclasses import replace

from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.facts import HostFacts, administrators_session
from .._core.observation import Observations
from .._core.operations import Read
from .._core.plan import Change, Plan
from .._core.registry import Registry
from .._core.resource import SHARED_SPEC, Options, Resource
from .access_judgement import judge_authentication
from .access_reads import access_reads, observed_judgement, requires_authentication
from .certificate import ListenerCertificate, certificate_read, normalised
from .contradictions import check_given, check_host
from .ownership import Ownership, owned_read
from .projection import projected
from .security_layer_table import CERTIFICATE_THUMBPRINT, CONTROLS, ENCRYPTION_LEVEL, NETWORK_LEVEL_AUTHENTICATION, SETTINGS
from .sessions import SESSIONS_SPEC, refuse_to_drop, sessions_read
from .setting import SCOPE_SPEC, STRICTER_SPEC, SettingPlanner, effective, setting_reads, wanted_settings

_FIPS_BREAKS = (
    "Nothing was changed: fips_policy true needs fips_consent true, because it breaks things on the whole host: every program that uses "
    "Windows' TLS gets FIPS algorithms only, so that older peers no longer connect; .NET Framework programs that use other algorithms or "
    "implementations stop with an exception; BitLocker recovery passwords of older systems are no longer taken. It is in force after a reboot."
)
_PASS_THE_HASH = "restricted_admin true lets anybody log on by Remote Desktop who has an administrator's password hash without the password (pass the hash)."


class RdpSecurityLayer(Resource):
    """Who may speak to the listener, and how: TLS, Network Level Authentication, encryption, certificate, CredSSP, FIPS."""

    name = "rdp_security_layer"
    entry = "windows_rdp"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {
        **SHARED_SPEC,
        **SCOPE_SPEC,
        **STRICTER_SPEC,
        **SESSIONS_SPEC,
        "security_layer": {"type": "str", "choices": ["rdp", "negotiate", "ssl"]},
        "network_level_authentication": {"type": "bool"},
        "encryption_level": {"type": "str", "choices": ["low", "client_compatible", "high", "fips"]},
        "fips_policy": {"type": "bool"},
        "fips_consent": {"type": "bool", "default": False},
        "secure_rpc": {"type": "bool"},
        "prompt_for_password": {"type": "bool"},
        "restricted_admin": {"type": "bool"},
        "protected_credentials": {"type": "bool"},
        "credssp_encryption_oracle": {"type": "str", "choices": ["force_updated_clients", "mitigated", "vulnerable"]},
        "certificate_thumbprint": {"type": "str"},
    }
    needs = administrators_session("only administrators may change how Remote Desktop is secured")
    controls = CONTROLS

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._wanted = {setting.option: value for setting, value in wanted_settings(SETTINGS, self.options, self.selection)}
        self._check_options()

    def clock(self) -> datetime.datetime:
        """The controller's clock, by which a certificate is valid or not."""
        return datetime.datetime.now(datetime.UTC)

    def reads(self) -> list[Read]:
        who = access_reads() if self._wants_authentication else []
        return [owned_read(), *setting_reads(SETTINGS), *self._certificate_reads(), *who]

    def further_reads(self, observations: Observations) -> list[Read]:
        """Who the SIDs are that nothing so far explains: only asked where network level authentication is to be switched on."""
        if not self._may_switch_authentication_on(observations):
            return []
        return observed_judgement(observations, nla=True).unexplained()

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        registry, ownership, draft = Registry(observations), Ownership.observed(observations), PlanDraft()
        check_host(self._wanted, registry, ownership)
        self._refuse_fips_level_in_policy(registry, ownership)
        planner = SettingPlanner.by_options(self.options, registry, ownership, draft)
        for setting in SETTINGS:
            if setting.option in self._wanted:
                planner.plan(setting, self._wanted[setting.option])
        if self._wanted.get("restricted_admin"):
            draft.warnings.append(_PASS_THE_HASH)
        self._judge_certificate(observations, draft)
        # who may log on is changed first: NLA is what shuts those out who may not
        draft.changes = [replace(change, last=_requires_authentication(change)) for change in draft.changes]
        return draft.plan()

    def judge(self, changes: t.Sequence[Change], observations: Observations, facts: HostFacts) -> list[str]:
        """With network level authentication an account needs the network logon right as well, which some who log on now may lack."""
        after = projected(observations, (change.operation for change in changes))
        if not self._wants_authentication or requires_authentication(observations) or not requires_authentication(after):
            return []
        return judge_authentication(observed_judgement(after, nla=True))

    def _check_options(self) -> None:
        if "certificate_thumbprint" in self._wanted:
            # Stored as bytes, which the payload writes as small digits.
            self._wanted["certificate_thumbprint"] = normalised(self._wanted["certificate_thumbprint"]).lower()
        check_given(self._wanted)
        if self._wanted.get("fips_policy") and not self.options.get("fips_consent"):
            raise HardeningError(_FIPS_BREAKS)
        if self._wanted.get("encryption_level") == "fips" and self.options.get("scope") == "policy":
            raise HardeningError(
                "Nothing was changed: the policy for encryption_level knows low, client_compatible and high only (TerminalServer.admx). "
                "Use scope local for fips, or fips_policy, which sets it for the whole host."
            )

    def _refuse_fips_level_in_policy(self, registry: Registry, ownership: Ownership) -> None:
        now = effective(ENCRYPTION_LEVEL, registry, ownership)
        if self._wanted.get("encryption_level") == "fips" and now.scope == "policy" and not now.owner:
            raise HardeningError(
                f"Nothing was changed: encryption_level fips cannot take effect, because the policy value {ENCRYPTION_LEVEL.text(now.value)} that "
                "stands on the host wins over the local one, and the policy has no value for fips. Delete the policy value first, or use fips_policy."
            )

    @property
    def _wants_authentication(self) -> bool:
        return self._wanted.get(NETWORK_LEVEL_AUTHENTICATION.option) is True

    def _may_switch_authentication_on(self, observations: Observations) -> bool:
        """Whether network level authentication is off in effect, and may come to be on; what Group Policy owns stays as it is."""
        if not self._wants_authentication or requires_authentication(observations):
            return False
        now = effective(NETWORK_LEVEL_AUTHENTICATION, Registry(observations), Ownership.observed(observations))
        return now.scope != "policy" or not now.owner

    @property
    def _thumbprint(self) -> str | None:
        given = self._wanted.get("certificate_thumbprint")
        return given.upper() if given else None

    def _certificate_reads(self) -> list[Read]:
        return [certificate_read(self._thumbprint), sessions_read()] if self._thumbprint else []

    def _judge_certificate(self, observations: Observations, draft: PlanDraft) -> None:
        """One that would be bound is refused for a problem; for one that is bound already the task fails at its end."""
        if not self._thumbprint:
            return
        found = ListenerCertificate.observed(observations, self._thumbprint, self.clock())
        draft.warnings += found.warnings
        if found.problem and CERTIFICATE_THUMBPRINT.restarts in draft.restarts:
            raise HardeningError(f"Nothing was changed: certificate {self._thumbprint} cannot be used for Remote Desktop: {found.problem}.")
        if found.problem:
            draft.failures.append(f"The listener's certificate {self._thumbprint} cannot be used any more: {found.problem}.")
        if self.restart_now:
            refuse_to_drop(observations, draft.restarts, bool(self.options.get("disconnect_sessions")), "the listener's new certificate")


def _requires_authentication(change: Change) -> bool:
    setting = NETWORK_LEVEL_AUTHENTICATION
    places = [place for place in (setting.local, setting.policy) if place]
    return change.operation.parameters.get("value") == setting.stored(True) and any(
        (change.place, change.target) == (place.path, place.name) for place in places
    )
