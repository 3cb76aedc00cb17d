# SPDX-License-Identifier: GPL-3.0-or-later
# Writing registry values.

#AnsibleRequires -PowerShell ._Planned
#AnsibleRequires -PowerShell ._Registry

Set-StrictMode -Version Latest

function Get-RegistryOperationForm {
    return @{
        set = 'hive=^(HKLM|HKU)\z key=text name=text kind=text value=any planned=object'
        delete = 'hive=^(HKLM|HKU)\z key=text name=text planned=object'
    }
}

function Test-RegistryPlan {
    param($Operation)
    $now = Get-RegistryValue $Operation
    $wanted = [ordered]@{ exists = $now['exists'] }
    if ($now['exists']) {
        $wanted['kind'] = $now['kind']
        $wanted['value'] = $now['value']
    }
    Assert-Same "'$($Operation['name'])' of '$($Operation['key'])'" $wanted $Operation['planned']
}

function ConvertTo-RegistryValue {
    param([string]$Kind, $Value)
    try {
        switch ($Kind) {
            'DWord' { return [BitConverter]::ToInt32([BitConverter]::GetBytes([uint32]$Value), 0) }
            'QWord' { return [BitConverter]::ToInt64([BitConverter]::GetBytes([uint64]$Value), 0) }
            'MultiString' { return , [string[]]$Value.ToArray() }
            'Binary' { return , [byte[]]@(foreach ($pair in $Value -split '(..)' -ne '') { [Convert]::ToByte($pair, 16) }) }
        }
        return [string]$Value
    }
    catch {
        Stop-Payload 'invalid_value' "'$Value' is no value of the kind $Kind."
    }
}

function Invoke-RegistryOperation {
    param($Operation)
    $delete = $Operation['operation'] -eq 'delete'
    if (-not $delete) {
        $value = ConvertTo-RegistryValue $Operation['kind'] $Operation['value']
    }
    $key = Open-RegistryKey $Operation -Create:(-not $delete)
    if ($key) {
        try {
            if ($delete) {
                $key.DeleteValue($Operation['name'], $false)
            }
            else {
                $key.SetValue($Operation['name'], $value, $Operation['kind'])
            }
        }
        finally {
            $key.Dispose()
        }
    }
}

Export-ModuleMember -Function Get-RegistryOperationForm, Test-RegistryPlan, Invoke-RegistryOperation
