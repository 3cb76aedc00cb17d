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

# type -> (its members that scripts may use, source)
TYPES: dict[str, tuple[tuple[str, ...], str]] = {
    "System.Management.Automation.PSCustomObject": ((), _AUTOMATION),
    "System.Management.Automation.RuntimeException": (("ErrorRecord", "Message", "InnerException"), _AUTOMATION),
    "System.Management.Automation.SwitchParameter": (("IsPresent",), _AUTOMATION),
    "System.Management.Automation.ErrorRecord": (("Exception", "FullyQualifiedErrorId"), _AUTOMATION),
    "System.Management.Automation.EngineIntrinsics": (("SessionState",), _AUTOMATION),
    "System.Management.Automation.SessionState": (("LanguageMode",), _AUTOMATION),
    # every object has it in PowerShell: about_Intrinsic_Members
    "System.Management.Automation.PSObject": (("PSObject", "Properties", "BaseObject"), _AUTOMATION),
    # Get-Command's answer for a program
    "System.Management.Automation.ApplicationInfo": (("Path",), _AUTOMATION),
    # since .NET Framework 4.6.1; listed because older reference assemblies lack it
    "System.ServiceProcess.ServiceController": (("StartType",), "learn.microsoft.com/dotnet/api/system.serviceprocess.servicecontroller.starttype"),
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
PROGRAMS = ("icacls.exe",)

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
