# SPDX-License-Identifier: GPL-3.0-or-later
"""applicationHost.config and redirection.config of the lab's boxes, from one template and its parts.

Source of the contents: the shipped files of a plain Web-Server install and of one with ASP.NET 4.x,
as facts (module names, defaults, lock state), written anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

TEMPLATE = Path(__file__).with_name("applicationHost.xml")

# module -> dll in %windir%\System32\inetsrv, in the order of a plain Web-Server install
NATIVE_MODULES = {
    "HttpLoggingModule": "loghttp",
    "UriCacheModule": "cachuri",
    "FileCacheModule": "cachfile",
    "TokenCacheModule": "cachtokn",
    "HttpCacheModule": "cachhttp",
    "StaticCompressionModule": "compstat",
    "DefaultDocumentModule": "defdoc",
    "DirectoryListingModule": "dirlist",
    "ProtocolSupportModule": "protsup",
    "StaticFileModule": "static",
    "AnonymousAuthenticationModule": "authanon",
    "RequestFilteringModule": "modrqflt",
    "CustomErrorModule": "custerr",
}
ASPNET_MODULES = {
    "IsapiModule": "isapi",
    "IsapiFilterModule": "filter",
    "ConfigurationValidationModule": "validcfg",
}
# loaded by the server, named by no site
GLOBAL_ONLY = {"UriCacheModule", "FileCacheModule", "TokenCacheModule"}
FRAMEWORK = r"%windir%\Microsoft.NET\Framework64\v4.0.30319"
MANAGED_ENGINE = ("ManagedEngineV4.0_64bit", FRAMEWORK + r"\webengine4.dll", "integratedMode,runtimeVersionv4.0,bitness64")
MANAGED_MODULES = {
    "OutputCache": "System.Web.Caching.OutputCacheModule",
    "Session": "System.Web.SessionState.SessionStateModule",
    "WindowsAuthentication": "System.Web.Security.WindowsAuthenticationModule",
    "FormsAuthentication": "System.Web.Security.FormsAuthenticationModule",
    "RoleManager": "System.Web.Security.RoleManagerModule",
    "UrlAuthorization": "System.Web.Security.UrlAuthorizationModule",
    "Profile": "System.Web.Profile.ProfileModule",
}
STATIC_HANDLERS = (
    '<add name="TRACEVerbHandler" path="*" verb="TRACE" modules="ProtocolSupportModule" requireAccess="None" />',
    '<add name="OPTIONSVerbHandler" path="*" verb="OPTIONS" modules="ProtocolSupportModule" requireAccess="None" />',
    '<add name="StaticFile" path="*" verb="*" modules="StaticFileModule,DefaultDocumentModule,DirectoryListingModule"'
    ' resourceType="Either" requireAccess="Read" />',
)
ASPNET_HANDLERS = (
    '<add name="PageHandlerFactory-Integrated-4.0" path="*.aspx" verb="GET,HEAD,POST,DEBUG"'
    ' type="System.Web.UI.PageHandlerFactory" preCondition="integratedMode,runtimeVersionv4.0" />',
    '<add name="SimpleHandlerFactory-Integrated-4.0" path="*.ashx" verb="GET,HEAD,POST,DEBUG"'
    ' type="System.Web.UI.SimpleHandlerFactory" preCondition="integratedMode,runtimeVersionv4.0" />',
    '<add name="TraceHandler-Integrated-4.0" path="trace.axd" verb="GET,HEAD,POST,DEBUG"'
    ' type="System.Web.Handlers.TraceHandler" preCondition="integratedMode,runtimeVersionv4.0" />',
)
ASPNET_SEGMENTS = ("bin App_code App_GlobalResources App_LocalResources App_WebReferences App_Data App_Browsers").split()
ASPNET_EXTENSIONS = (
    ".asax .ascx .master .skin .browser .sitemap .config .cs .csproj .vb .vbproj .webinfo .licx .resx .resources .mdb "
    ".vjsproj .java .jsl .ldb .dsdgm .ssdgm .lsad .ssmap .cd .dsprototype .lsaprototype .sdm .sdmDocument .mdf .ldf "
    ".ad .dd .ldd .sd .adprototype .lddprototype .exclude .refresh .compiled .msgx .vsdisco .rules"
).split()


@dataclass(frozen=True)
class Site:
    """A site with its root folder; `applications` are (path, pool, physical path)."""

    name: str
    id: int
    physical_path: str
    binding: str = "*:80:"
    pool: str | None = None
    applications: tuple[tuple[str, str, str], ...] = ()


DEFAULT_SITE = Site("Default Web Site", 1, r"%SystemDrive%\inetpub\wwwroot")


@dataclass(frozen=True)
class Configuration:
    """What differs from one applicationHost.config of the lab to the next."""

    sites: tuple[Site, ...] = (DEFAULT_SITE,)
    pools: tuple[str, ...] = ("DefaultAppPool",)
    aspnet: bool = False
    request_filtering: str = ""
    locations: str = ""
    without_modules: frozenset[str] = field(default_factory=frozenset)


def request_filtering(segments: list[str], extensions: list[str]) -> str:
    """The requestFiltering section as an installation leaves it: no limits, everything else allowed."""
    lines = ["<requestFiltering>", *_collection("fileExtensions", [f'<add fileExtension="{e}" allowed="false" />' for e in extensions])]
    lines += _collection("verbs", [])
    lines += _collection("hiddenSegments", [f'<add segment="{s}" />' for s in segments], 'applyToWebDAV="true"')
    return "\n".join([*lines, "</requestFiltering>"])


def _collection(tag: str, entries: list[str], attributes: str = 'allowUnlisted="true" applyToWebDAV="true"') -> list[str]:
    start = f"    <{tag} {attributes}"
    if not entries:
        return [start + " />"]
    return [start + ">", *(f"        {entry}" for entry in entries), f"    </{tag}>"]


PLAIN = Configuration(request_filtering=request_filtering(["web.config"], []))
ASPNET = Configuration(
    pools=("DefaultAppPool", ".NET v4.5", ".NET v4.5 Classic"),
    aspnet=True,
    request_filtering=request_filtering(["web.config", *ASPNET_SEGMENTS], ASPNET_EXTENSIONS),
)


def with_request_filtering(xml: str, base: Configuration = PLAIN) -> Configuration:
    """`base` with the requestFiltering section `xml` at the server's level."""
    return replace(base, request_filtering=xml)


def render(configuration: Configuration, providers: list[str]) -> bytes:
    """The text of applicationHost.config, with the line ends and the byte order of the shipped file."""
    parts = {
        "providers": (12, providers),
        "pools": (12, [f"<add name={quoteattr(pool)} />" for pool in configuration.pools]),
        "sites": (12, [line for site in configuration.sites for line in _site(site)]),
        "global_modules": (12, _global_modules(configuration)),
        "custom_headers": (16, ["<clear />"] + ['<add name="X-Powered-By" value="ASP.NET" />'] * configuration.aspnet),
        "isapi_filters": (12, [_ISAPI_FILTER] * configuration.aspnet),
        "isapi_cgi": (16, [_ISAPI_CGI] * configuration.aspnet),
        "request_filtering": (12, configuration.request_filtering.splitlines()),
        "locations": (4, configuration.locations.splitlines()),
        **_delegation(configuration),
    }
    text = TEMPLATE.read_text("utf-8")
    for name, (indent, lines) in parts.items():
        text = text.replace("{{" + name + "}}", "\n".join(" " * indent + line if line else "" for line in lines))
    return text.replace("\n", "\r\n").encode("utf-8")


_ISAPI_FILTER = (
    f'<filter name="ASP.Net_4.0_64bit" path="{FRAMEWORK}\\aspnet_filter.dll" enableCache="true"'
    ' preCondition="runtimeVersionv4.0,bitness64" />'
)
_ISAPI_CGI = f'<add path="{FRAMEWORK}\\aspnet_isapi.dll" allowed="true" groupId="ASP.NET v4.0.30319" description="ASP.NET v4.0.30319" />'


def _native(configuration: Configuration) -> dict[str, str]:
    modules = NATIVE_MODULES | (ASPNET_MODULES if configuration.aspnet else {})
    return {name: dll for name, dll in modules.items() if name not in configuration.without_modules}


def _global_modules(configuration: Configuration) -> list[str]:
    lines = [f'<add name="{name}" image="%windir%\\System32\\inetsrv\\{dll}.dll" />' for name, dll in _native(configuration).items()]
    if configuration.aspnet:
        name, image, condition = MANAGED_ENGINE
        lines.append(f'<add name="{name}" image="{image}" preCondition="{condition}" />')
    return lines


def _handlers(configuration: Configuration) -> list[str]:
    entries = (ASPNET_HANDLERS if configuration.aspnet else ()) + STATIC_HANDLERS
    return ['<handlers accessPolicy="Read, Script">', *("    " + entry for entry in entries), "</handlers>"]


def _modules(configuration: Configuration) -> list[str]:
    lines = [f'<add name="{name}" lockItem="true" />' for name in _native(configuration) if name not in GLOBAL_ONLY]
    if configuration.aspnet:
        lines += [f'<add name="{name}" type="{kind}" preCondition="managedHandler" />' for name, kind in MANAGED_MODULES.items()]
    return ["<modules>", *("    " + line for line in lines), "</modules>"]


def _delegation(configuration: Configuration) -> dict[str, tuple[int, list[str]]]:
    """Where handlers and modules stand: ASP.NET's installation moves both into an unlocked location."""
    handlers, modules = _handlers(configuration), _modules(configuration)
    if not configuration.aspnet:
        return {"handlers_at_root": (8, ["", *handlers, ""]), "modules_at_root": (8, ["", *modules, ""])}
    unlocked = ['<location path="" overrideMode="Allow">', "    <system.webServer>"]
    unlocked += [" " * 8 + line for line in [*handlers, *modules]] + ["    </system.webServer>", "</location>"]
    locations = unlocked + configuration.locations.splitlines()
    return {"handlers_at_root": (0, [""]), "modules_at_root": (0, [""]), "locations": (4, locations)}


def _site(site: Site) -> list[str]:
    applications = (("/", site.pool, site.physical_path), *site.applications)
    lines = [f'<site name={quoteattr(site.name)} id="{site.id}" serverAutoStart="true">']
    for path, pool, folder in applications:
        pool_text = f" applicationPool={quoteattr(pool)}" if pool else ""
        lines += [
            f"    <application path={quoteattr(path)}{pool_text}>",
            f'        <virtualDirectory path="/" physicalPath={quoteattr(folder)} />',
            "    </application>",
        ]
    return lines + [
        "    <bindings>",
        f'        <binding protocol="http" bindingInformation="{site.binding}" />',
        "    </bindings>",
        "</site>",
    ]


# -- redirection.config -------------------------------------------------------------------------

LOCAL_CONFIGURATION = "<configurationRedirection />"
SHARED_CONFIGURATION = (
    '<configurationRedirection enabled="true" path="{path}"'
    ' userName="CORP\\iisconfig" password="[enc:IISCngProvider:Zm9yIHRoZSBsYWIgb25seQ==:enc]" />'
)
SHARE = r"\\files01.corp.example\iis\config"


def render_redirection(redirection: str, providers: list[str]) -> bytes:
    """The text of redirection.config; `redirection` is its configurationRedirection element."""
    provider_lines = "\n".join("            " + line for line in providers)
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<configuration>

    <configSections>
        <section name="configurationRedirection" />
    </configSections>

    <configProtectedData>
        <providers>
{provider_lines}
        </providers>
    </configProtectedData>

    {redirection}

</configuration>
"""
    return text.replace("\n", "\r\n").encode("utf-8")
