# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._Folder
#AnsibleRequires -PowerShell ._Program

using namespace System.IO

Set-StrictMode -Version Latest

function Get-SecurityReadForm {
    return @{ policy = '' }
}

function Get-AccountPolicy {
    $text = Invoke-InFolder {
        param($Folder)
        # A new file becomes UTF-16 with a mark. 3: warnings.
        $null = Invoke-Program secedit.exe '/export', '/cfg', "$Folder\policy.inf", '/areas', 'SECURITYPOLICY', '/log', "$Folder\policy.log", '/quiet' -Good 0, 3
        [File]::ReadAllText("$Folder\policy.inf")
    }
    $policy = @{}
    $inside = $false
    foreach ($line in $text -split '\r?\n') {
        if ($line -match '^\s*\[\s*(.+?)\s*\]') {
            $inside = $Matches[1] -eq 'System Access'
        }
        elseif ($inside -and $line -match '^\s*(\w+)\s*=\s*(.*?)\s*$') {
            $name, $value = $Matches[1, 2]
            $policy[$name] = if ($value -match '^-?\d+$') { [long]$value } else { $value -replace '^"|"$' }
        }
    }
    return $policy
}

function Invoke-SecurityRead {
    return Get-AccountPolicy
}
