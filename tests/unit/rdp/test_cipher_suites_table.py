# SPDX-License-Identifier: GPL-3.0-or-later
"""What the name of a cipher suite says about it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.cipher_suites_table import ALL, has_forward_secrecy, is_broken, serves

# name -> broken, forward secrecy, the kinds of keys it serves with it in TLS 1.2
SUITES = {
    "TLS_AES_256_GCM_SHA384": (False, True, ""),
    "TLS_CHACHA20_POLY1305_SHA256": (False, True, ""),
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": (False, True, "ECDSA"),
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256": (False, True, "RSA"),
    "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384": (False, True, "RSA"),
    "TLS_RSA_WITH_AES_256_GCM_SHA384": (False, False, ""),
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA": (True, False, ""),
    "TLS_RSA_WITH_DES_CBC_SHA": (True, False, ""),
    "TLS_RSA_WITH_RC4_128_MD5": (True, False, ""),
    "TLS_RSA_WITH_NULL_SHA256": (True, False, ""),
}


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_is_what_its_name_says(name: str) -> None:
    served = " ".join(key for key in ("RSA", "ECDSA") if serves([name], key))
    assert (is_broken(name), has_forward_secrecy(name), served) == SUITES[name]


def test_the_roles_profiles_refuse_every_suite_that_a_control_forbids() -> None:
    defaults = Path(__file__).resolve().parents[3] / "roles/rdp_harden/defaults/main.yml"
    refused = set(yaml.safe_load(defaults.read_text("utf-8"))["rdp_harden_refused_cipher_suites"])
    assert {name for name in ALL if is_broken(name) or not has_forward_secrecy(name)} <= refused
