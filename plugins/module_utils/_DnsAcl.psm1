# SPDX-License-Identifier: GPL-3.0-or-later
# Who may administer the DNS Server: a container in the directory says it, for every domain controller of the domain.

#AnsibleRequires -PowerShell ._Account
#AnsibleRequires -PowerShell ._DnsCall

using namespace System.DirectoryServices
using namespace System.Security.Principal

Set-StrictMode -Version Latest

function Open-Entry {
    param([string]$Name, [string]$From = 'LDAP')
    Add-Type -AssemblyName System.DirectoryServices
    return [DirectoryEntry]::new("${From}://localhost/$Name")
}

function Open-DnsContainer {
    # Never with its audit rules, which need a privilege.
    if (-not (Test-Controller)) {
        Stop-Payload 'not_found' 'This host is no domain controller: it has no such access list.'
    }
    $root = Open-Entry 'RootDSE'
    $entry = Open-Entry "CN=MicrosoftDNS,CN=System,$($root.Properties['defaultNamingContext'][0])"
    $entry.PSBase.Options.SecurityMasks = 'Owner, Dacl'
    return $entry
}

function Get-Ace {
    # Sorted by their JSON: rules have no order.
    param($Security)
    $rules = [System.Collections.Generic.SortedDictionary[string, object]]::new([StringComparer]::Ordinal)
    foreach ($rule in $Security.GetAccessRules($true, $true, [SecurityIdentifier])) {
        $ace = [ordered]@{
            inheritance = "$($rule.InheritanceType)"; inherited = $rule.IsInherited; inherited_object_type = "$($rule.InheritedObjectType)"
            object_type = "$($rule.ObjectType)"; rights = [int]$rule.ActiveDirectoryRights; sid = $rule.IdentityReference.Value
            type = "$($rule.AccessControlType)"
        }
        $rules["$(ConvertTo-Json -InputObject $ace -Compress) $($rules.Count)"] = $ace
    }
    $rules.Values
}

function Get-Named {
    param([string]$Sid)
    return @{ sid = $Sid; name = (Resolve-Account $Sid)['name'] }
}

function Get-DnsAdmin {
    # Null where there is no such group.
    $group = Resolve-Account 'DnsAdmins'
    if (-not $group) {
        return $null
    }
    if ($group['error']) {
        Stop-Payload -Failure $group['error']
    }
    $sids = [string[]]@(foreach ($member in (Open-Entry "<SID=$($group['sid'])>").Properties['member']) {
            # One of another domain is in the global catalog only, which not every controller has.
            $place = $member.Replace('/', '\/')
            try { $found = (Open-Entry $place GC).Properties['objectSid'] } catch { $found = (Open-Entry $place).Properties['objectSid'] }
            foreach ($sid in $found) { [SecurityIdentifier]::new([byte[]]$sid, 0).Value }
        })
    [array]::Sort($sids, [StringComparer]::Ordinal)
    return @{ sid = $group['sid']; members = @(foreach ($sid in $sids) { Get-Named $sid }) }
}

function Get-DnsAcl {
    $entry = Open-DnsContainer
    $security = $entry.PSBase.ObjectSecurity
    $rules = @(Get-Ace $security)
    $names = @{}
    foreach ($rule in $rules) {
        $names[$rule['sid']] = (Get-Named $rule['sid'])['name']
    }
    return @{
        applies = $true; distinguished_name = $entry.Properties['distinguishedName'][0]; owner = $security.GetOwner([SecurityIdentifier]).Value
        protected = $security.AreAccessRulesProtected; rules = $rules; names = $names; admins = Get-DnsAdmin
    }
}

function Read-DnsAcl {
    # Anywhere else the list is not stored.
    if (-not (Test-Controller)) {
        return @{ applies = $false }
    }
    return Invoke-Patiently { Get-DnsAcl }
}
