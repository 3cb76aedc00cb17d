# SPDX-License-Identifier: GPL-3.0-or-later
"""The observation of an IIS server: its modules, sites and applications, and whether it shares its configuration."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.errors import HardeningError, whole
from .._core.observation import Observation


@dataclass(frozen=True)
class VirtualDirectory:
    path: str
    physical_path: str
    expanded_path: str


@dataclass(frozen=True)
class Application:
    path: str
    pool: str
    directories: tuple[VirtualDirectory, ...]


@dataclass(frozen=True)
class Site:
    name: str
    id: int
    applications: tuple[Application, ...]


@dataclass(frozen=True)
class Server:
    """configuration: the path of applicationHost.config. shared: where a shared configuration lies, None when there is none."""

    configuration: str
    shared: str | None
    modules: frozenset[str]
    sites: tuple[Site, ...]

    @classmethod
    def from_value(cls, value: t.Mapping[str, t.Any]) -> Server:
        with whole("the server"):
            return cls._from_value(value)

    @classmethod
    def _from_value(cls, value: t.Mapping[str, t.Any]) -> Server:
        shared = value["shared_configuration"]
        return cls(
            configuration=value["configuration"],
            shared=str(shared.get("path") or "an unknown place") if shared["enabled"] else None,
            modules=frozenset(value["modules"]),
            sites=tuple(_site(item) for item in value["sites"]),
        )

    def site(self, name: str) -> Site:
        """The site of this name, without case. Raises HardeningError that lists the sites there are."""
        for site in self.sites:
            if site.name.lower() == name.lower():
                return site
        names = ", ".join(site.name for site in self.sites) or "none"
        raise HardeningError(f"Nothing was changed: there is no site {name} on this server. Its sites are: {names}.")


def _site(item: t.Mapping[str, t.Any]) -> Site:
    return Site(
        name=item["name"],
        id=item["id"],
        applications=tuple(
            Application(
                path=application["path"],
                pool=application.get("pool") or "",
                directories=tuple(
                    VirtualDirectory(folder["path"], folder["physical_path"] or "", folder.get("expanded_path") or "")
                    for folder in application["directories"]
                ),
            )
            for application in item["applications"]
        ),
    )


_MISSING = {
    "iis_missing": (
        "IIS is not installed on this host (Microsoft.Web.Administration.dll is missing). Install it with Install-WindowsFeature "
        "Web-Server, Web-Scripting-Tools, or take the host out of this play"
    ),
    "malformed": "the server's configuration cannot be read; IIS itself cannot start with it. Mend the file, then run the task again",
}


def observed_server(observation: Observation) -> Server:
    """The server, or HardeningError with the reason why IIS cannot be looked at."""
    if observation.failure:
        reason = _MISSING.get(observation.failure.kind, "IIS cannot be read")
        if (observation.failure.file or "").startswith("\\\\"):
            reason = (
                "this server uses a shared configuration on a share that this session cannot read (credentials do not travel on from "
                "the host, unless with CredSSP or delegation)"
            )
        raise HardeningError(f"Nothing was changed: {reason}. Reason: {observation.failure.describe()}.")
    return Server.from_value(observation.value)


def refuse_shared_configuration(server: Server, allowed: bool) -> None:
    """Raises HardeningError when a write would change every server of a farm and nobody said so."""
    if server.shared and not allowed:
        raise HardeningError(
            f"Nothing was changed: this server uses a shared configuration at {server.shared}, so a change here changes every server of "
            "the farm. Set shared_configuration to true to do that, and run it on one server of the farm only."
        )
