# SPDX-License-Identifier: GPL-3.0-or-later
# Adding and removing members of local groups.

#AnsibleRequires -PowerShell ._Group
#AnsibleRequires -PowerShell ._NativeWrite
#AnsibleRequires -PowerShell ._Planned

using namespace System.Runtime.InteropServices

Set-StrictMode -Version Latest

function Get-GroupOperationForm {
    $keys = 'group=^S-1(-\d+)+\z member=^S-1(-\d+)+\z planned=object'
    return @{ add = $keys; remove = $keys }
}

function Test-GroupPlan {
    param($Operation)
    $members = @(Get-GroupMember (Get-GroupName $Operation['group']))
    Assert-Unchanged @{ member = $members -contains $Operation['member'] } $Operation['planned']
}

function Invoke-GroupOperation {
    param($Operation)
    $writer = Get-NativeWriter
    $name = Get-GroupName $Operation['group']
    $sid = ConvertTo-SidByte $Operation['member']
    $pointer = [Marshal]::AllocHGlobal($sid.Length)
    try {
        [Marshal]::Copy($sid, 0, $pointer, $sid.Length)
        $code = if ($Operation['operation'] -eq 'add') {
            $writer::NetLocalGroupAddMembers([IntPtr]::Zero, $name, 0, [IntPtr[]]@($pointer), 1)
        }
        else {
            $writer::NetLocalGroupDelMembers([IntPtr]::Zero, $name, 0, [IntPtr[]]@($pointer), 1)
        }
        # No such group, no such alias, no such member.
        Assert-Win32 $code @{ 2220 = 'account_unknown'; 1376 = 'account_unknown'; 1387 = 'account_unknown' }
    }
    finally {
        [Marshal]::FreeHGlobal($pointer)
    }
}

Export-ModuleMember -Function Get-GroupOperationForm, Test-GroupPlan, Invoke-GroupOperation
