# SPDX-License-Identifier: GPL-3.0-or-later
# Giving and taking user rights.

#AnsibleRequires -PowerShell ._NativeWrite
#AnsibleRequires -PowerShell ._Planned
#AnsibleRequires -PowerShell ._Right

Set-StrictMode -Version Latest

function Get-RightOperationForm {
    $keys = 'right=text account=^S-1(-\d+)+\z planned=object'
    return @{ grant = $keys; revoke = $keys }
}

function Test-RightPlan {
    param($Operation)
    Assert-Unchanged @{ held = @(Get-Holder $Operation['right']) -contains $Operation['account'] } $Operation['planned']
}

function Invoke-RightOperation {
    param($Operation)
    $sid = ConvertTo-SidByte $Operation['account']
    # To make an account known to the authority, and look up names.
    Invoke-WithPolicy 0x810 $Operation['right'] {
        param($Policy, $Text)
        $writer = Get-NativeWriter
        $status = if ($Operation['operation'] -eq 'grant') { $writer::LsaAddAccountRights($Policy, $sid, $Text, 1) }
        else { $writer::LsaRemoveAccountRights($Policy, $sid, 0, $Text, 1) }
        Assert-Status $status
    }
}

Export-ModuleMember -Function Get-RightOperationForm, Test-RightPlan, Invoke-RightOperation
