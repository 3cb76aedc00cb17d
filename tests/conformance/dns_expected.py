# SPDX-License-Identifier: GPL-3.0-or-later
"""What each sample says, written by hand beside its name: read in the file, not taken from a parser or an engine."""

from __future__ import annotations

from typing import Any

DIRECTORY = "cn=MicrosoftDNS,DC=DomainDnsZones,DC=test,DC=local"


def ad_zone(name: str, base: str) -> dict[str, Any]:
    """What matters of an AD primary as Get-DnsServerZone gives it: transfers to nobody, and a notify list that is null."""
    return {
        "zonename": name,
        "zonetype": "Primary",
        "isdsintegrated": True,
        "isautocreated": False,
        "dynamicupdate": "Secure",
        "securesecondaries": "NoTransfer",
        "secondaryservers": None,
        "notify": "NotifyServers",
        "notifyservers": None,
        "replicationscope": "Domain",
        "distinguishedname": f"DC={name},cn=MicrosoftDNS,DC=DomainDnsZones,DC={base},DC=local",
    }


# file -> for each object, values that it has
JSON: dict[str, list[dict[str, Any]]] = {
    "get-dnsserverzone-one.json": [ad_zone("test.local", "test")],
    "get-dnsserverzone-list.json": [ad_zone("test.local", "test"), ad_zone("test2.local", "test2")],
    "get-dnsserverresourcerecord-a.json": [
        {"hostname": "test", "timetolive": 3600, "timestamp": None, "recorddata": {"IPv4Address": "2.2.2.2"}}
    ],
    "get-dnsserverresourcerecord-aaaa.json": [{"hostname": "test", "timetolive": 3600, "recorddata": {"IPv6Address": "2001:db8::1"}}],
    "get-dnsserverresourcerecord-cname.json": [{"hostname": "test", "recordtype": "CName", "recorddata": {"HostNameAlias": "testalias"}}],
    "get-dnsserverresourcerecord-ptr.json": [
        {"hostname": "1", "recordtype": "PTR", "recorddata": {"PtrDomainName": "testptr.test.local."}}
    ],
    "get-dhcpserverv4scope-ipaddress-and-timespan-shapes.json": [
        {"scopeid": "192.168.10.0", "subnetmask": "255.255.255.0", "leaseduration": 8 * 86400, "maxbootpclients": 4294967295}
    ],
}


def record(name: str, kind: str, number: int, **data: Any) -> dict[str, Any]:
    return {
        "HostName": name,
        "RecordClass": "IN",
        "RecordType": kind,
        "Type": number,
        "TimeToLive": 3600,
        "Timestamp": None,
        "RecordData": data,
    }


CLIXML: dict[str, dict[str, Any]] = {
    "ARecordInstance.xml": record("www", "A", 1, IPv4Address="192.168.50.10"),
    "AaaaRecordInstance.xml": record("www", "AAAA", 28, IPv6Address="2001:db8:85a3::8a2e:370:7334"),
    "CnameRecordInstance.xml": record("bar", "CNAME", 5, HostNameAlias="quarks.contoso.com."),
    "MxRecordInstance.xml": record("@", "MX", 15, MailExchange="mailserver1.contoso.com.", Preference=20),
    "NsRecordInstance.xml": record("@", "NS", 2, NameServer="ns.contoso.com."),
    "PtrRecordInstance.xml": record("9", "PTR", 12, PtrDomainName="quarks.contoso.com."),
    "PtrV6RecordInstance.xml": record(
        "9.5.d.0.0.0.0.0.0.0.0.0.c.5.1.5.0.0.0.0.0.0.0.0.0.0.0.0", "PTR", 12, PtrDomainName="quarks.contoso.com."
    ),
    "SrvRecordInstance.xml": record("_xmpp._tcp", "SRV", 33, DomainName="chat.contoso.com.", Port=5222, Priority=20, Weight=30),
    "TxtRecordInstance.xml": record("test", "TXT", 16, DescriptiveText="Example text for test.contoso.com TXT record."),
    # WMI: numbers and yes or no where the cmdlets have words; listens on one address
    "DnsServerClass.xml": {
        "Name": "DC1.contoso.com",
        "AllowUpdate": 1,
        "BindSecondaries": False,
        "BootMethod": 3,
        "DsPollingInterval": 180,
        "EDnsCacheTimeout": 900,
        "EnableDnsSec": 1,
        "EventLogLevel": 4,
        "Forwarders": ["168.63.129.16", "8.8.8.8"],
        "ForwardingTimeout": 3,
        "IsSlave": True,
        "ListenAddresses": ["10.0.0.4"],
        "ServerAddresses": ["fe80::7da3:a014:6581:2cdc", "10.0.0.4"],
        "LogFileMaxSize": 500000000,
        "LogIPFilterList": None,
        "LogLevel": 50393905,
        "MaxCacheTTL": 86400,
        "MaxNegativeCacheTTL": 900,
        "NameCheckFlag": 2,
        "NoRecursion": False,
        "RecursionRetry": 3,
        "RecursionTimeout": 8,
        "RpcProtocol": 5,
        "ScavengingInterval": 168,
        "SecureResponses": True,
        "SendPort": 0,
        "UpdateOptions": 783,
        "Version": 629146374,
    },
}

DNSCMD: dict[str, dict[str, Any]] = {
    "info-ws2022-dc.txt": {
        "version": "4F7C000A (10.0 build 20348)",
        "DS container": "cn=MicrosoftDNS,cn=System,DC=SOUPEDECODE,DC=LOCAL",
        "read only DC": 0,
        "dwRecursionRetry": 3,
        "dwRecursionTimeout": 8,
        "dwDsPollingInterval": 180,
        "dwRpcProtocol": "00000005",
        "fBootMethod": 3,
        "fAdminConfigured": 0,
        "fBindSecondaries": 0,
        "fNoRecursion": 0,
        "ScavengingInterval": 0,
        "DefaultRefreshInterval": 168,
        "ServerAddresses": ["fe80::5b4:a375:14eb:da4b", "192.168.56.126"],
        "ListenAddresses": [],
        "Forwarders": [],
        "forward timeout": 3,
        "slave": 0,
    },
    "zoneinfo-forwarder-slave1.txt": {
        "zone name": "cyber.local",
        "zone type": 4,
        "DS integrated": 1,
        "secure secs": 3,
        "Zone Masters": ["10.9.10.10"],
        "Zone Secondaries": [],
        "forwarder timeout": 3,
        "forwarder slave": 1,
        "directory partition": "AD-Forest",
    },
    "zoneinfo-forwarder-slave0.txt": {
        "zone name": "core.cyber.local",
        "zone type": 4,
        "Zone Masters": ["10.9.15.10"],
        "Zone Secondaries": [],
        "forwarder timeout": 5,
        "forwarder slave": 0,
    },
    "zoneinfo-primary-ad-scavengeservers.txt": {
        "zone name": "ocntoso.com",
        "zone type": 1,
        "update": 2,
        "aging": 1,
        "refresh interval": 168,
        "no refresh": 168,
        "secure secs": 3,
        "Zone Masters": [],
        "Zone Secondaries": [],
        "Scavenge Servers": ["192.168.1.1"],
        "zone DN": "DC=contoso.com,cn=MicrosoftDNS,DC=DomainDnsZones,DC=contoso,DC=com",
    },
}

ZONES = {
    "enumzones-mixed-smartproxy.txt": [
        (".", "Cache", "AD-Domain", ()),
        ("_msdcs.bar.domain.local", "Primary", "AD-Forest", ("Secure",)),
        ("168.192.in-addr.arpa", "Primary", "AD-Domain", ("Rev",)),
        ("33.168.192.in-addr.arpa", "Primary", "AD-Domain", ("Secure", "Rev", "Aging")),
        ("f.e.e.d.8.b.d.0.1.0.0.2.ip6.arpa", "Primary", "AD-Domain", ("Secure", "Rev")),
        ("bar.domain.local", "Primary", "AD-Domain", ("Secure", "Aging")),
        ("domain.local", "Primary", "AD-Domain", ("Secure",)),
        ("domain.com", "Secondary", "File", ()),
        ("TrustAnchors", "Primary", "AD-Forest", ()),
    ],
    "enumzones-dc-elatov.txt": [
        (".", "Cache", "AD-Domain", ()),
        ("_msdcs.elatov.local", "Primary", "AD-Forest", ("Secure",)),
        ("101.168.192.in-addr.arpa", "Primary", "AD-Domain", ("Secure", "Rev")),
        ("250.168.192.in-addr.arpa", "Primary", "AD-Domain", ("Secure", "Rev")),
        ("elatov.local", "Primary", "AD-Domain", ("Secure",)),
    ],
}

STATUS = {
    "info-access-denied.txt": (5, "ERROR_ACCESS_DENIED"),
    "config-serverlevelplugindll-access-denied.txt": (5, "ERROR_ACCESS_DENIED"),
    "enumrecords-name-does-not-exist.txt": (9714, "DNS_ERROR_NAME_DOES_NOT_EXIST"),
}

BLOCKED = {"GlobalQueryBlockList": ["wpad", "isatap"], "EnableGlobalQueryBlockList": 1, "BootMethod": 3, "AdminConfigured": 1}
REGISTRY: dict[str, dict[str, Any]] = {
    "reg-query-parameters-test.com-dc.txt": BLOCKED | {"PreviousLocalHostname": "WIN-F08C969D7FM.test.com"},
    "reg-query-parameters-winlpe-dc01.txt": BLOCKED
    | {
        "PreviousLocalHostname": "WINLPE-DC01.INLANEFREIGHT.LOCAL",
        "Forwarders": ["1.1.1.1", "8.8.8.8"],
        "ForwardingTimeout": 3,
        "IsSlave": 0,
        "ServerLevelPluginDll": "adduser.dll",
    },
}
# who may write the key of the service: DnsAdmins is not among them
ACCESS = {
    "acl-services-dns-ws2022-dc.txt": {
        "NT AUTHORITY\\Authenticated Users": "ReadKey",
        "BUILTIN\\Server Operators": "SetValue, CreateSubKey, Delete, ReadKey",
        "BUILTIN\\Administrators": "FullControl",
        "NT AUTHORITY\\SYSTEM": "FullControl",
    }
}

# zone -> number of records, some of them, and glue
ZONE_FILES: dict[str, tuple[int, list[tuple[str, str, str]], dict[str, str]]] = {
    "gallylwtestdomain.com": (
        12,
        [
            ("gallylwtestdomain.com.", "SOA", "ns1.lifeway.com. admin.lwdmz.org. 2019102987 900 600 86400 3600"),
            ("gallylwtestdomain.com.", "MX", "5 mx2.hc4270-64.iphmx.com."),
            ("_dmarc.gallylwtestdomain.com.", "TXT", '"v=DMARC1; p=reject; rau=mailto:dmarc@gallylwtestdomain.com"'),
        ],
        {},
    ),
    "jardinesyfunerariasdelangel.com": (
        6,
        [
            ("jardinesyfunerariasdelangel.com.", "SOA", "ns01.svccorp.com. hostmaster.svccorp.com. 106 900 600 86400 3600"),
            ("jardinesyfunerariasdelangel.com.", "NS", "scihoudns01.svccorp.com."),
            ("www.jardinesyfunerariasdelangel.com.", "A", "67.99.40.16"),
        ],
        {"ns01.svccorp.com.": "67.99.40.24", "ns02.svccorp.com.": "67.99.40.25"},
    ),
    "royakersfuneralchapels.com": (
        5,
        [("royakersfuneralchapels.com.", "A", "67.99.40.55"), ("royakersfuneralchapels.com.", "NS", "ns2.svccorp.com.")],
        {"ns1.svccorp.com.": "67.99.40.24", "ns2.svccorp.com.": "67.99.40.25"},
    ),
}

# file -> addresses of those that changed over the years
ROOT_HINTS = {
    "named.root-2002-11-05.txt": {
        "b.root-servers.net.": {"128.9.0.107"},
        "d.root-servers.net.": {"128.8.10.90"},
        "h.root-servers.net.": {"128.63.2.53"},
        "l.root-servers.net.": {"198.32.64.12"},
    },
    "named.root-2024-04-18.txt": {
        "b.root-servers.net.": {"170.247.170.2", "2801:1b8:10::b"},
        "d.root-servers.net.": {"199.7.91.13", "2001:500:2d::d"},
        "h.root-servers.net.": {"198.97.190.53", "2001:500:1::53"},
        "l.root-servers.net.": {"199.7.83.42", "2001:500:9f::42"},
    },
}
ANCHORS = {
    "root-trust-anchors-ds.txt": [(20326, 8, 2), (38696, 8, 2)],
    "root-trust-anchors-dnskey.txt": [(20326, 8, 257), (38696, 8, 257)],
}

# file -> names it has, and values of some
LISTED: dict[str, tuple[int, dict[str, str]]] = {
    "get-dnsserversetting-all-ws2016-dc.txt": (
        76,
        {"BuildNumber": "14393", "EnableDnsSec": "False", "SelfTest": "4294967295", "SendPort": "Random", "RemoteIPv4RankBoost": "5"},
    ),
    "get-dnsserversetting-all-ws2012-docs.txt": (
        70,
        {"MajorVersion": "6", "MinorVersion": "2", "BuildNumber": "8230", "EnableDnsSec": "True"},
    ),
    "get-dnsserverdiagnostics-docs.txt": (
        28,
        {"EventLogLevel": "4", "MaxMBFileSize": "500000000", "EnableLoggingToFile": "True", "Update": "False"},
    ),
}

ERRORS = {
    "stderr-win32-9711-german.txt": (9711, "Add-DnsServerResourceRecordA"),
    "stderr-win32-9711-german-2.txt": (9711, "Add-DnsServerResourceRecordAAAA"),
}
PACKETS = [
    ("Snd", "10.2.0.1", "NOERROR", "example.com"),
    ("Rcv", "10.161.60.71", "NOERROR", "somecomputer.domain.com"),
    ("Rcv", "69.160.33.71", "NOERROR", "ns1.offeringsmislead.com"),
    ("Snd", "8.8.8.8", "NOERROR", "cdn-controltag.krxd.net"),
    ("Rcv", "10.20.0.6", "NOERROR", "login.live.com"),
    ("Snd", "8.8.4.4", "NOERROR", "login.live.com"),
    ("Rcv", "192.168.0.2", "NOERROR", "www.google.com"),
]
# zone -> type, made by the server itself, in the directory, reverse
TABLE = {
    "_msdcs.m3c.local": ("Primary", "False", "True", "False"),
    "0.in-addr.arpa": ("Primary", "True", "False", "True"),
    "127.in-addr.arpa": ("Primary", "True", "False", "True"),
    "255.in-addr.arpa": ("Primary", "True", "False", "True"),
    "core.cyber.local": ("Forwarder", "False", "True", "False"),
    "cyber.local": ("Forwarder", "False", "True", "False"),
    "m3c.local": ("Primary", "False", "True", "False"),
    "TrustAnchors": ("Primary", "False", "True", "False"),
}

# each report -> the mode of rate limiting by server, or how the reports' servers forward; builds by server
LIMITING = {
    "evotec-ws2016-dc-dump.tsv.txt": {"AD1.ad.evotec.xyz": "Disable", "AD2.ad.evotec.xyz": "Disable"},
    "asbuilt-pharmax-ws2019-ws2022-dns.tsv.txt": {"SERVER-DC-01V": "Disable", "SERVER-DC-02V": "Disable", "ACADE-DC-01V": "Disable"},
}
# zone -> who is listed, and the words for the mode
TRANSFERS = {
    "pharmax.local": ("172.23.4.1", "only to name servers that are authoritative"),
    "acad.pharmax.local": ("192.168.5.1", "only to servers you specify"),
    "zenpr.local": ("172.23.4.2", "to all secondary servers that request them"),
}
# build and whether DNSSEC validation is on, of the servers of one forest
MIXED = {("26100", "Yes"), ("26100", "No"), ("17763", "No")}
