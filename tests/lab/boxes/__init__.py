# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts written for the lab: each name builds a box into a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lab import inf, policy
from lab.box import Box
from lab.boxes import accounts, dns, dns_hosts, domain, hosting, network, windows
from lab.boxes.accounts import Membership
from lab.boxes.certificates import Certificate, install
from lab.boxes.configuration import (
    ASPNET,
    LOCAL_CONFIGURATION,
    PLAIN,
    SHARE,
    SHARED_CONFIGURATION,
    Configuration,
    render,
    render_redirection,
    with_request_filtering,
)
from lab.boxes.remote_desktop import RemoteDesktop

__all__ = ["BOXES", "Certificate", "Host", "build", "with_request_filtering"]

INETSRV = "C:\\Windows\\System32\\inetsrv"
CONFIG = INETSRV + "\\config"
# folders that exist on every host
FOLDERS = ("C:\\Program Files", "C:\\ProgramData", "C:\\Windows\\Temp")
IIS_FOLDERS = ("C:\\inetpub\\custerr", "C:\\inetpub\\history", "C:\\inetpub\\logs\\LogFiles", "C:\\inetpub\\temp")


@dataclass(frozen=True)
class Host:
    """What is written into a box; `configuration` None means that IIS is not installed.

    under_policy: a domain's policy owns settings of Remote Desktop. sessions: id, name and state number of each.
    dns: the DNS Server, where the role is installed.
    """

    release: str
    computer_name: str
    configuration: Configuration | None = PLAIN
    language: str = "en-US"
    redirection: str = LOCAL_CONFIGURATION
    remove_server_header: bool = True
    files: dict[str, bytes] = field(default_factory=dict)
    where: Membership = field(default_factory=Membership)
    under_policy: bool = False
    sessions: tuple[tuple[int, str, int], ...] = ()
    dns: dns.DnsServer | None = None


# the console, one session in use, one left behind (it has no name any more), and the listener
SESSIONS = ((1, "Console", 1), (2, "RDP-Tcp#0", 0), (3, "", 4), (65536, "RDP-Tcp", 6))


def _hoster(sites: int = 200) -> Host:
    configuration, files = hosting.hoster(sites)
    return Host("2022", "HOST01", configuration, files=files)


def _compliant(request_filtering: str | None = None) -> Host:
    if request_filtering is None:
        return Host("2022", "WEB22C")
    return Host("2022", "WEB22C", with_request_filtering(request_filtering))


def _gateway() -> Host:
    configuration = replace(ASPNET, sites=(hosting.gateway_site(),), locations=hosting.gateway_locations())
    files = {f"C:\\Windows\\System32\\RpcProxy\\{name}\\readme.txt": b"\r\n" for name in ("Rpc", "RpcWithCert")}
    return Host("2019", "RDGW01", configuration, files=files)


def _shared(path: str = SHARE) -> Host:
    """Shared configuration; below a `path` on a drive of the box stands the shared file, a share is not there."""
    files = {}
    if not path.startswith("\\\\"):
        files[path + "\\applicationHost.config"] = render(PLAIN, windows.encryption_providers(windows.RELEASES["2022"]))
    return Host("2022", "FARM01", redirection=SHARED_CONFIGURATION.format(path=path), files=files)


def _default(release: str) -> Callable[..., Host]:
    return lambda remove_server_header=True: Host(release, f"WEB{release[2:]}", remove_server_header=remove_server_header)


def _host(*arguments: Any, **named: Any) -> Callable[..., Host]:
    return lambda: Host(*arguments, **named)


def _dns(release: str, name: str, serving: Callable[[str, int], dns.DnsServer], **more: Any) -> Callable[..., Host]:
    return lambda zones=0: Host(release, name, None, dns=serving(name, zones), **more)


# name -> what makes the host; keyword options are those of the function
BOXES: dict[str, Callable[..., Host]] = {
    "default2016": _default("2016"),
    "default2019": _default("2019"),
    "default2022": _default("2022"),
    "default2025": _default("2025"),
    "aspnet2022": _host("2022", "APP22", ASPNET),
    "hoster": _hoster,
    "compliant2022": _compliant,
    "gateway2019": _gateway,
    "german2022": _host("2022", "WEBDE", language="de-DE", where=Membership(german=True)),
    "no_iis": _host("2022", "BARE22", None),
    "no_request_filtering": _host("2022", "NORF22", replace(PLAIN, without_modules=frozenset({"RequestFilteringModule"}))),
    "shared_configuration": _shared,
    "domain_controller": _host("2022", "DC22", None, where=Membership(domain=True, controller=True)),
    "under_policy": _host("2022", "MEMBER22", None, where=Membership(domain=True), under_policy=True),
    "active_sessions": _host("2022", "DESK22", None, sessions=SESSIONS),
    "dns_controller": _dns("2022", "DC01", dns_hosts.controller, where=Membership(domain=True, controller=True)),
    "dns_files": _dns("2019", "NS19", dns_hosts.files),
    "dns_secondary": _dns("2016", "NS16", dns_hosts.secondaries, where=Membership(domain=True)),
    "dns_forwarder": _dns("2025", "NSDE25", dns_hosts.forwarding, language="de-DE", where=Membership(german=True)),
    "dns_hardened": _dns("2022", "NS22C", dns_hosts.hardened),
}


def build(
    name: str,
    folder: Path,
    *,
    remote_desktop: bool = True,
    rdp_port: int = 3389,
    certificates: Sequence[Certificate] = (),
    **options: Any,
) -> Box:
    """Writes the host `name` into `folder`, which must be new or empty, and returns its box.

    remote_desktop: false is the fresh server, which denies connections and does not listen.
    rdp_port: the listener's port, which the built-in rules and the sockets follow.
    certificates: made and put into the machine's store.
    options: those of the host, such as `sites` of the hoster.
    Raises KeyError for an unknown name, FileExistsError where the folder holds something.
    """
    if name not in BOXES:
        raise KeyError(f"the lab has no box {name!r}; it has {', '.join(sorted(BOXES))}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty: a box is built into a new folder")
    box = _write(Box(folder), BOXES[name](**options), RemoteDesktop(remote_desktop, rdp_port))
    for wanted in certificates:
        install(box, wanted)
    return box


def _write(box: Box, host: Host, chosen: RemoteDesktop) -> Box:
    release, iis = windows.RELEASES[host.release], host.configuration is not None
    _write_documents(box, host, chosen)
    (box.folder / inf.FILE).write_text(accounts.security(host.release, host.where), "utf-8")
    (box.folder / "sessions.txt").write_text("".join("\t".join(map(str, row)) + "\n" for row in host.sessions), "utf-8")
    for folder in (*FOLDERS, *IIS_FOLDERS * iis):
        box.path(folder).mkdir(parents=True, exist_ok=True)
    for path, content in _files(host, release).items():
        target = box.path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    if host.under_policy:
        box.write_json("policy", domain.policy(chosen.port))
        policy.refresh(box)
    return box


def _write_documents(box: Box, host: Host, chosen: RemoteDesktop) -> None:
    """Written plainly: nobody else looks at a box that is being built, and tests build very many."""
    release, iis = windows.RELEASES[host.release], host.configuration is not None
    documents = {
        "host": windows.host_facts(release, host.computer_name, host.language) | _domain_facts(host.where),
        "registry": windows.registry(release, iis, chosen, host.where, host.computer_name),
        "services": windows.services(iis),
        "accounts": accounts.accounts(host.where),
        "network": network.network(chosen, iis, host.where.domain),
        "power": network.power(),
    }
    if host.dns is not None:
        _install_dns(documents, host.dns, release.build)
    for name, document in documents.items():
        (box.folder / f"{name}.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _install_dns(documents: dict[str, Any], server: dns.DnsServer, build: int) -> None:
    found = dns.network(server)
    documents["dns"] = dns.document(server, build)
    documents["registry"]["HKLM"] |= dns.registry(server, build)
    documents["services"]["DNS"] = dict(dns.SERVICE)
    documents["accounts"]["names"] |= dns.names(server)
    documents["network"] |= found | {"sockets": documents["network"]["sockets"] + found["sockets"]}


def _domain_facts(where: Membership) -> dict[str, Any]:
    return ({"domain": domain.NAMES} if where.domain else {}) | ({"account": domain.account()} if where.controller else {})


def _files(host: Host, release: windows.Release) -> dict[str, bytes]:
    if host.configuration is None:
        return host.files
    providers = windows.encryption_providers(release)
    return {
        # empty: it says that IIS is installed
        INETSRV + "\\Microsoft.Web.Administration.dll": b"",
        CONFIG + "\\applicationHost.config": render(host.configuration, providers),
        CONFIG + "\\redirection.config": render_redirection(host.redirection, providers),
        CONFIG + "\\schema\\IIS_schema.xml": windows.schema(release, host.remove_server_header),
        "C:\\inetpub\\wwwroot\\iisstart.htm": b"<!doctype html><title>IIS</title>\r\n",
        **host.files,
    }
