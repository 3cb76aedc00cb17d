# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._Program

using namespace System.Security.Principal

Set-StrictMode -Version Latest

function Get-AccountReadForm {
    return @{ accounts = ''; resolve = 'names=list' }
}

function Test-Controller {
    return (Read-Machine 'SYSTEM\CurrentControlSet\Control\ProductOptions' 'ProductType')['value'] -eq 'LanmanNT'
}

function Get-LocalAccount {
    $null = Find-Command Get-LocalUser
    foreach ($user in Get-LocalUser | Sort-Object -Property { [long]("$($_.SID)" -split '-')[-1] }) {
        $set = $user.PasswordLastSet
        @{
            name = $user.Name; sid = "$($user.SID)"; enabled = $user.Enabled
            password_age_days = $(if ($set) { ([datetime]::UtcNow - $set.ToUniversalTime()).Days } else { $null })
            password_expires = $null -ne $user.PasswordExpires
        }
    }
}

function Resolve-Account {
    # Null where nobody has this name; the name is null where nobody has this SID. Where its domain does not answer there is an error.
    param([string]$Given)
    $sid = $name = $null
    try {
        $sid = if (-not $Given) { [WindowsIdentity]::GetCurrent().User }
        elseif ($Given -like 'S-1-*') { [SecurityIdentifier]::new($Given) }
        else { [NTAccount]::new($Given).Translate([SecurityIdentifier]) }
        $name = $sid.Translate([NTAccount]).Value
    }
    catch [IdentityNotMappedException] {
        if (-not $sid) {
            return $null
        }
    }
    catch {
        return @{ sid = $(if ($sid) { $sid.Value } else { $null }); name = $null; error = ConvertTo-Failure $_ @{ internal = 'lookup_failed' } }
    }
    return @{ sid = $sid.Value; name = $name }
}

function Invoke-AccountRead {
    param($Request)
    if ($Request['read'] -eq 'accounts') {
        # Those of a domain controller are the domain's.
        if (Test-Controller) {
            return $null
        }
        return , @(Get-LocalAccount)
    }
    # Unlike @{} it tells keys apart by case.
    $answer = [hashtable]::new()
    foreach ($name in $Request['names']) {
        $answer[$name] = Resolve-Account $name
    }
    return $answer
}
