# SPDX-License-Identifier: GPL-3.0-or-later
"""What Windows PowerShell 5.1 has beside the recorded commands and the .NET Framework's assemblies, with a source for each entry."""

from __future__ import annotations

# about_Type_Accelerators, Windows PowerShell 5.1
ACCELERATORS = {
    "array": "System.Array", "bool": "System.Boolean", "byte": "System.Byte", "char": "System.Char", "datetime": "System.DateTime",
    "decimal": "System.Decimal", "double": "System.Double", "guid": "System.Guid", "hashtable": "System.Collections.Hashtable",
    "int": "System.Int32", "int64": "System.Int64", "long": "System.Int64", "object": "System.Object", "ref": "System.Management.Automation.PSReference",
    "regex": "System.Text.RegularExpressions.Regex", "scriptblock": "System.Management.Automation.ScriptBlock", "single": "System.Single",
    "string": "System.String", "switch": "System.Management.Automation.SwitchParameter", "timespan": "System.TimeSpan",
    "uint32": "System.UInt32", "uint64": "System.UInt64", "version": "System.Version", "xml": "System.Xml.XmlDocument",
    "pscustomobject": "System.Management.Automation.PSCustomObject", "psobject": "System.Management.Automation.PSObject",
    "type": "System.Type", "ordered": "System.Collections.Specialized.OrderedDictionary",
}  # fmt: skip

_AUTOMATION = (
    "System.Management.Automation of Windows PowerShell 3.0 and later, learn.microsoft.com/dotnet/api/system.management.automation"
)
_ADMINISTRATION = "Microsoft.Web.Administration 7.0.0.0, learn.microsoft.com/dotnet/api/microsoft.web.administration"

_MI = "CIM class of the namespaces of Windows, learn.microsoft.com/windows/win32/fwp/wmi and /windows/win32/cimwin32prov"

_DNS = "DnsServerPSProvider, CIM classes of the namespace Root\\Microsoft\\Windows\\DNS, learn.microsoft.com/windows/win32/dns"

# type -> (its members that scripts may use, source)
TYPES: dict[str, tuple[tuple[str, ...], str]] = {
    "System.Management.Automation.PSCustomObject": ((), _AUTOMATION),
    "System.Management.Automation.RuntimeException": (("ErrorRecord", "Message", "InnerException"), _AUTOMATION),
    "System.Management.Automation.SwitchParameter": (("IsPresent",), _AUTOMATION),
    "System.Management.Automation.ErrorRecord": (("Exception", "FullyQualifiedErrorId"), _AUTOMATION),
    "System.Management.Automation.EngineIntrinsics": (("SessionState",), _AUTOMATION),
    "System.Management.Automation.SessionState": (("LanguageMode",), _AUTOMATION),
    # every object has it in PowerShell: about_Intrinsic_Members
    "System.Management.Automation.PSObject": (("PSObject", "PSBase", "Properties", "BaseObject"), _AUTOMATION),
    # Get-Command's answer: what a command declares, and the file of a program
    "System.Management.Automation.CommandInfo": (("Parameters",), _AUTOMATION),
    "System.Management.Automation.ParameterMetadata": (("ParameterType",), _AUTOMATION),
    "System.Management.Automation.ApplicationInfo": (("Path",), _AUTOMATION),
    # since .NET Framework 4.6.1; listed because older reference assemblies lack it
    "System.ServiceProcess.ServiceController": (("StartType",), "learn.microsoft.com/dotnet/api/system.serviceprocess.servicecontroller.starttype"),
    # what cmdlets of Windows and CIM classes give; none of their types is in an assembly of .NET
    "Microsoft.PowerShell.Commands.LocalUser": (
        ("Name", "SID", "Enabled", "PasswordLastSet", "PasswordExpires"),
        "Get-LocalUser, learn.microsoft.com/powershell/module/microsoft.powershell.localaccounts, Windows PowerShell 5.1",
    ),
    "MSFT_NetConnectionProfile": (("NetworkCategory",), _MI),
    "MSFT_NetTCPConnection": (("LocalAddress", "LocalPort", "OwningProcess", "State"), _MI),
    "DnsServerZone": (("ZoneName", "ZoneType", "IsAutoCreated"), _DNS),
    "Microsoft.DnsClient.Commands.DnsRecord": (
        ("Name", "Type", "Section"),
        "Resolve-DnsName, learn.microsoft.com/powershell/module/dnsclient/resolve-dnsname, Windows PowerShell 5.1",
    ),
    "Win32_Service": (("Name", "ProcessId", "State"), _MI),
    "RSOP_PolicySetting": (("GPOID", "precedence"), "learn.microsoft.com/previous-versions/windows/desktop/policy/rsop-policysetting"),
    "RSOP_GPO": (("id", "name"), "learn.microsoft.com/previous-versions/windows/desktop/policy/rsop-gpo"),
    # types.ps1xml of Windows PowerShell 5.1 adds it to every System.Security.AccessControl.ObjectSecurity
    "System.Security.AccessControl.ObjectSecurity": (("Sddl",), "Get-Acl, learn.microsoft.com/powershell/module/microsoft.powershell.security"),
    "Microsoft.Web.Administration.ServerManager": (
        ("GetApplicationHostConfiguration", "GetWebConfiguration", "GetRedirectionConfiguration", "CommitChanges", "Dispose"),
        _ADMINISTRATION,
    ),
    "Microsoft.Web.Administration.Configuration": (("GetSection", "GetLocationPaths", "RootSectionGroup"), _ADMINISTRATION),
    "Microsoft.Web.Administration.ConfigurationSection": (("OverrideMode", "OverrideModeEffective", "SectionPath", "IsLocked"), _ADMINISTRATION),
    "Microsoft.Web.Administration.ConfigurationElement": (
        (
            "Attributes", "ChildElements", "GetAttribute", "GetAttributeValue", "SetAttributeValue", "GetChildElement", "GetCollection", "Delete",
            "ElementTagName", "IsLocallyStored", "RawAttributes", "Schema",
        ),
        _ADMINISTRATION,
    ),
    "Microsoft.Web.Administration.ConfigurationAttribute": (
        ("Name", "Value", "IsInheritedFromDefaultValue", "IsProtected", "Schema", "Delete"),
        _ADMINISTRATION,
    ),
    "Microsoft.Web.Administration.ConfigurationElementCollection": (
        ("Count", "CreateElement", "Add", "AddAt", "Remove", "RemoveAt", "Clear", "IndexOf", "Schema"),
        _ADMINISTRATION,
    ),
    "Microsoft.Web.Administration.ConfigurationElementSchema": (
        ("Name", "AttributeSchemas", "ChildElementSchemas", "CollectionSchema"),
        _ADMINISTRATION,
    ),
    "Microsoft.Web.Administration.ConfigurationCollectionSchema": (
        ("AddElementNames", "ClearElementName", "RemoveElementName", "AllowDuplicates", "IsMergeAppend", "GetAddElementSchema"),
        _ADMINISTRATION,
    ),
    "Microsoft.Web.Administration.ConfigurationAttributeSchema": (
        (
            "Name", "Type", "DefaultValue", "IsUniqueKey", "IsCombinedKey", "IsRequired", "IsCaseSensitive", "IsEncrypted", "IsExpanded",
            "TimeSpanFormat", "ValidationType", "ValidationParameter", "GetEnumValues",
        ),
        _ADMINISTRATION,
    ),
}  # fmt: skip

# Programs that Windows has, by their full name; source: learn.microsoft.com/windows-server/administration/windows-commands
PROGRAMS = ("icacls.exe", "secedit.exe", "powercfg.exe", "schtasks.exe", "certutil.exe", "netsh.exe", "dnscmd.exe")

# Functions of Windows' libraries that C# may import, with the number of their parameters; source: learn.microsoft.com/windows/win32/api
IMPORTS = {
    "advapi32.dll": {
        "LsaOpenPolicy": 4, "LsaClose": 1, "LsaFreeMemory": 1, "LsaNtStatusToWinError": 1, "LsaEnumerateAccountsWithUserRight": 4,
        "LsaAddAccountRights": 4, "LsaRemoveAccountRights": 5,
    },
    "netapi32.dll": {"NetLocalGroupGetMembers": 8, "NetLocalGroupAddMembers": 5, "NetLocalGroupDelMembers": 5, "NetApiBufferFree": 1},
    "wtsapi32.dll": {"WTSEnumerateSessionsW": 5, "WTSFreeMemory": 1},
}  # fmt: skip

# Parameters that every advanced command has, about_CommonParameters 5.1
COMMON_PARAMETERS = (
    "Verbose", "Debug", "ErrorAction", "WarningAction", "InformationAction", "ErrorVariable", "WarningVariable", "InformationVariable",
    "OutVariable", "OutBuffer", "PipelineVariable", "WhatIf", "Confirm",
)  # fmt: skip

# Get-Verb of Windows PowerShell 5.1 (learn.microsoft.com/powershell/scripting/developer/cmdlet/approved-verbs-for-windows-powershell-commands;
# Build and Deploy came with 6)
VERBS = frozenset(
    "Add Clear Close Copy Enter Exit Find Format Get Hide Join Lock Move New Open Optimize Pop Push Redo Remove Rename Reset Resize Search "
    "Select Set Show Skip Split Step Switch Undo Unlock Watch Backup Checkpoint Compare Compress Convert ConvertFrom ConvertTo Dismount Edit "
    "Expand Export Group Import Initialize Limit Merge Mount Out Publish Restore Save Sync Unpublish Update Approve Assert Complete Confirm "
    "Deny Disable Enable Install Invoke Register Request Restart Resume Start Stop Submit Suspend Uninstall Unregister Wait Debug Measure "
    "Ping Repair Resolve Test Trace Connect Disconnect Read Receive Send Write Block Grant Protect Revoke Unblock Unprotect Use".split()
)
