# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites of a hoster and of an RD Gateway: what people and other roles put beside the default site."""

from __future__ import annotations

from lab.boxes.configuration import DEFAULT_SITE, PLAIN, Configuration, Site

REDIRECT = """<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <system.webServer>
    <httpRedirect enabled="true" destination="https://{host}" exactDestination="false" />
  </system.webServer>
</configuration>
"""
DOCUMENT = """<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <!-- published by the customer's own tool -->
  <system.webServer>
    <defaultDocument>
      <files>
        <clear />
        <add value="index.html" />
      </files>
    </defaultDocument>
    <staticContent>
      <remove fileExtension=".webp" />
      <mimeMap fileExtension=".webp" mimeType="image/webp" />
    </staticContent>
  </system.webServer>
</configuration>
"""
UPLOADS = """<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <system.web>
    <httpRuntime maxRequestLength="65536" />
  </system.web>
  <system.webServer>
    <security>
      <requestFiltering>
        <requestLimits maxAllowedContentLength="67108864" />
        <hiddenSegments>
          <add segment="customer-private" />
        </hiddenSegments>
      </requestFiltering>
    </security>
  </system.webServer>
</configuration>
"""
# every third site has a file of its own, these in turn
WEB_CONFIGS = (REDIRECT, DOCUMENT, UPLOADS)
SITE_FOLDER = r"C:\sites\{number:03d}\wwwroot"


def hoster(sites: int) -> tuple[Configuration, dict[str, bytes]]:
    """A configuration with `sites` customer sites, and the files of their root folders."""
    all_sites, pools, files = [DEFAULT_SITE], ["DefaultAppPool"], {}
    for number in range(1, sites + 1):
        host, folder = f"www{number:03d}.example", SITE_FOLDER.format(number=number)
        pools.append(f"customer{number:03d}")
        all_sites.append(Site(host, number + 1, folder, f"*:80:{host}", pools[-1]))
        files[folder + r"\index.html"] = f"<!doctype html><title>{host}</title>\n".encode()
        if number % 3 == 0:
            text = WEB_CONFIGS[number // 3 % len(WEB_CONFIGS)].format(host=host)
            files[folder + r"\web.config"] = text.replace("\n", "\r\n").encode()
    return Configuration(tuple(all_sites), tuple(pools), request_filtering=PLAIN.request_filtering), files


# RPC over HTTP: maxAllowedContentLength is one above what a signed number holds, and must stay as it is
RPC_LOCATION = r"""<location path="Default Web Site/{name}">
    <system.webServer>
        <directoryBrowse enabled="false" showFlags="Date, Time, Size, Extension" />
        <handlers accessPolicy="Execute">
            <add name="RPCPROXY" path="*" verb="*" modules="IsapiModule" scriptProcessor="%SystemRoot%\system32\rpcproxy\rpcproxy.dll"
                requireAccess="Execute" preCondition="bitness64" />
        </handlers>
        <defaultDocument enabled="true" />
        <security>
            <requestFiltering>
                <requestLimits maxAllowedContentLength="2147483648" />
            </requestFiltering>
            <authentication>
                <anonymousAuthentication enabled="false" />
                <basicAuthentication enabled="{basic}" />
            </authentication>
            <access sslFlags="{ssl}" />
        </security>
    </system.webServer>
</location>"""
RPC_FOLDER = r"%windir%\System32\RpcProxy"


def gateway_site() -> Site:
    applications = tuple((f"/{name}", "DefaultAppPool", rf"{RPC_FOLDER}\{name}") for name in ("Rpc", "RpcWithCert"))
    return Site(DEFAULT_SITE.name, DEFAULT_SITE.id, DEFAULT_SITE.physical_path, applications=applications)


def gateway_locations() -> str:
    table = (("Rpc", "true", "None"), ("RpcWithCert", "false", "Ssl, SslNegotiateCert, SslRequireCert"))
    return "\n".join(RPC_LOCATION.format(name=name, basic=basic, ssl=ssl) for name, basic, ssl in table)
