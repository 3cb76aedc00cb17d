# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._Program

Set-StrictMode -Version Latest

function Get-TaskReadForm {
    return @{ task = 'name=text' }
}

function Invoke-TaskRead {
    # 1: there is no such task.
    param($Request)
    $answer = Invoke-Program schtasks.exe '/query', '/tn', $Request['name'], '/xml' -Good 0, 1
    $exists = $answer['code'] -eq 0
    return @{ exists = $exists; definition = $(if ($exists) { $answer['said'].Trim() } else { $null }) }
}
