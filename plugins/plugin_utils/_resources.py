# SPDX-License-Identifier: GPL-3.0-or-later
"""Every resource there is. A new one is added here; the tests hold its module, action, documentation and action group against it."""

from __future__ import annotations

from ._core.resource import Resource
from ._dns.root_hints import DnsRootHints
from ._dns.server_acl import DnsServerAcl
from ._dns.server_options import DnsServerOptions
from ._dns.zone_security import DnsZoneSecurity
from ._iis.request_filtering import IisRequestFiltering
from ._rdp.account_policy import AccountPolicy
from ._rdp.listener import RdpListener
from ._rdp.power_policy import PowerPolicy
from ._rdp.rdp_access import RdpAccess
from ._rdp.schannel import Schannel
from ._rdp.security_layer import RdpSecurityLayer

RESOURCES: dict[str, type[Resource]] = {
    resource.name: resource
    for resource in (
        IisRequestFiltering,
        DnsRootHints,
        DnsServerAcl,
        DnsServerOptions,
        DnsZoneSecurity,
        AccountPolicy,
        PowerPolicy,
        RdpAccess,
        RdpListener,
        RdpSecurityLayer,
        Schannel,
    )
}
