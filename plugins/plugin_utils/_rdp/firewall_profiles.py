# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewall does in a whole profile, whatever its rules say: whether it is on, whom it lets in by itself, whether local rules count.

Values EnableFirewall, DefaultInboundAction (0 lets in) and AllowLocalPolicyMerge: MS-GPFAS, WindowsFirewall.admx. A policy's value wins.
"""

from __future__ import annotations

from .._core.operations import Read
from .._core.registry import Place, Registry, key_read

PROFILES = ("Domain", "Private", "Public")
POLICY = r"SOFTWARE\Policies\Microsoft\WindowsFirewall"
_LOCAL = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
# Private is called StandardProfile on the host itself and in policies made since Vista, PrivateProfile in newer ones (the same sources).
_NAMES = {"Domain": ("DomainProfile",), "Private": ("StandardProfile", "PrivateProfile"), "Public": ("PublicProfile",)}


def _policy_keys(profile: str) -> list[str]:
    return [f"{POLICY}\\{name}" for name in _NAMES[profile]]


def _local_key(profile: str) -> str:
    return f"{_LOCAL}\\{_NAMES[profile][0]}"


def profile_reads() -> list[Read]:
    keys = [key for profile in PROFILES for key in _policy_keys(profile)]
    return [key_read(key) for key in (*keys, *map(_local_key, PROFILES))]


def merge_off(registry: Registry) -> tuple[str, ...]:
    """The profiles in which a policy makes local rules void."""
    return tuple(profile for profile in PROFILES if 0 in _numbers(registry, _policy_keys(profile), "AllowLocalPolicyMerge"))


def switched_off(registry: Registry) -> tuple[str, ...]:
    """The profiles in which the firewall is off."""
    return _with_zero(registry, "EnableFirewall")


def admitting(registry: Registry) -> tuple[str, ...]:
    """The profiles in which the firewall lets in whom no rule blocks."""
    return _with_zero(registry, "DefaultInboundAction")


def _with_zero(registry: Registry, name: str) -> tuple[str, ...]:
    keys = {profile: [*_policy_keys(profile), _local_key(profile)] for profile in PROFILES}
    return tuple(profile for profile in PROFILES if _numbers(registry, keys[profile], name)[:1] == [0])


def _numbers(registry: Registry, keys: list[str], name: str) -> list[int]:
    found = [registry.number(Place(key, name)) for key in keys]
    return [number for number in found if number is not None]
