# SPDX-License-Identifier: GPL-3.0-or-later
# Setting values of a power scheme, and hibernation.

#AnsibleRequires -PowerShell ._Planned
#AnsibleRequires -PowerShell ._Power

Set-StrictMode -Version Latest

function Get-PowerOperationForm {
    $guid = (Get-PowerReadForm)['scheme'] -replace 'subgroup'
    return @{
        set = "scheme$guid subgroup$guid setting$guid source=^[ad]c\z value=number planned=object"
        hibernate = 'enabled=flag planned=object'
    }
}

function Test-PowerPlan {
    # A setting of another scheme than the active one has no value.
    param($Operation)
    if ($Operation['operation'] -eq 'hibernate') {
        return Assert-Unchanged @{ enabled = Get-Hibernate } $Operation['planned']
    }
    $now = Invoke-PowerRead $Operation
    $setting = $now['settings'][$Operation['setting'].ToLowerInvariant()]
    $known = $setting -and $now['scheme'] -eq $Operation['scheme']
    Assert-Unchanged @{ value = $(if ($known) { $setting[$Operation['source']] } else { $null }) } $Operation['planned']
}

function Invoke-PowerOperation {
    param($Operation)
    if ($Operation['operation'] -eq 'hibernate') {
        $null = Invoke-Program powercfg.exe '/hibernate', $(if ($Operation['enabled']) { 'on' } else { 'off' })
        return
    }
    $place = $Operation['scheme'], $Operation['subgroup'], $Operation['setting'], "$($Operation['value'])"
    $null = Invoke-Program powercfg.exe (@("/set$($Operation['source'])valueindex") + $place)
    $null = Invoke-Program powercfg.exe '/setactive', $Operation['scheme']
}

Export-ModuleMember -Function Get-PowerOperationForm, Test-PowerPlan, Invoke-PowerOperation
