# SPDX-License-Identifier: GPL-3.0-or-later
# Setting account policy: a security template of nothing but the wanted values.

#AnsibleRequires -PowerShell ._Planned
#AnsibleRequires -PowerShell ._Security

Set-StrictMode -Version Latest

function Get-SecurityOperationForm {
    return @{ set = 'values=object planned=object' }
}

function Test-SecurityPlan {
    param($Operation)
    foreach ($pair in $Operation['values'].GetEnumerator()) {
        Assert-That ($pair.Key -match '^\w+\z' -and ($pair.Value -is [int] -or $pair.Value -is [long])) "'$($pair.Key)' is no name with a number."
    }
    Assert-Unchanged (Get-AccountPolicy) $Operation['planned']['values']
}

function Invoke-SecurityOperation {
    param($Operation)
    $values = @(foreach ($pair in $Operation['values'].GetEnumerator()) { "$($pair.Key) = $([long]$pair.Value)" })
    $lines = @('[Unicode]', 'Unicode=yes', '[Version]', 'signature="$CHICAGO$"', 'Revision=1', '[System Access]') + $values + ''
    Invoke-InFolder {
        param($Folder)
        [System.IO.File]::WriteAllText("$Folder\policy.inf", $lines -join "`r`n", [System.Text.Encoding]::Unicode)
        $files = '/db', "$Folder\policy.sdb", '/cfg', "$Folder\policy.inf", '/log', "$Folder\policy.log"
        # 3: done, with warnings.
        $null = Invoke-Program secedit.exe (@('/configure') + $files + '/areas', 'SECURITYPOLICY', '/quiet') -Good 0, 3
    }
    $now = Get-AccountPolicy
    foreach ($pair in $Operation['values'].GetEnumerator()) {
        if ((Get-Canonical $now[$pair.Key]) -cne (Get-Canonical $pair.Value)) {
            Stop-Payload 'not_applied' "secedit.exe ended well, but $($pair.Key) is '$($now[$pair.Key])' and not $($pair.Value)."
        }
    }
}

Export-ModuleMember -Function Get-SecurityOperationForm, Test-SecurityPlan, Invoke-SecurityOperation
