# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._Account
#AnsibleRequires -PowerShell ._Native

Set-StrictMode -Version Latest

function Get-GroupReadForm {
    return @{ members = 'group=^S-1(-\d+)+\z' }
}

function Get-GroupName {
    # In the host's language, without the domain.
    param([string]$Sid)
    $found = Resolve-Account $Sid
    if ($found['error']) { Stop-Payload -Failure $found['error'] }
    if (-not $found['name']) { Stop-Payload 'account_unknown' "There is no group with the SID $Sid." }
    return ($found['name'] -split '\\')[-1]
}

function Get-GroupMember {
    param([string]$Name)
    $native = Get-Native
    $buffer = $none = [IntPtr]::Zero
    $count = $total = 0
    # No such group, no such alias.
    Assert-Win32 ($native::NetLocalGroupGetMembers($none, $Name, 0, [ref]$buffer, -1, [ref]$count, [ref]$total, $none)) @{ 2220 = 'account_unknown'; 1376 = 'account_unknown' }
    Get-PointedSid $buffer $count
    $null = $native::NetApiBufferFree($buffer)
}

function Invoke-GroupRead {
    param($Request)
    $name = Get-GroupName $Request['group']
    return @{ name = $name; members = @(Get-GroupMember $name) }
}
