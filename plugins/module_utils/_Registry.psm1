# SPDX-License-Identifier: GPL-3.0-or-later
# The registry as Microsoft.Win32.RegistryKey sees it, always in the 64-bit view.

using namespace Microsoft.Win32

Set-StrictMode -Version Latest

function Open-RegistryKey {
    # Null where the key is absent, unless it is created.
    param($Target, [switch]$Create)
    $root = [RegistryKey]::OpenBaseKey($(if ($Target['hive'] -eq 'HKLM') { 'LocalMachine' } else { 'Users' }), [RegistryView]::Registry64)
    try {
        if ($Create) {
            return $root.CreateSubKey($Target['key'])
        }
        return $root.OpenSubKey($Target['key'], $Target['operation'] -eq 'delete')
    }
    finally {
        $root.Dispose()
    }
}

function Get-TypedValue {
    param($Key, [string]$Name)
    $kind = "$($Key.GetValueKind($Name))"
    $value = $Key.GetValue($Name, $null, [RegistryValueOptions]::DoNotExpandEnvironmentNames)
    if ($kind -eq 'DWord') {
        $value = [System.BitConverter]::ToUInt32([System.BitConverter]::GetBytes([int]$value), 0)
    }
    elseif ($kind -eq 'QWord') {
        $value = [System.BitConverter]::ToUInt64([System.BitConverter]::GetBytes([int64]$value), 0)
    }
    elseif ($kind -eq 'Binary') {
        $value = [System.BitConverter]::ToString($value).Replace('-', '').ToLowerInvariant()
    }
    elseif ($kind -notin 'String', 'ExpandString', 'MultiString') {
        Stop-Payload 'registry_type' "The value '$Name' is of the kind $kind, which cannot be carried."
    }
    return [ordered]@{ kind = $kind; value = $value }
}

function Get-RegistryValue {
    param($Target)
    $answer = [ordered]@{ key_exists = $false; exists = $false; kind = $null; value = $null }
    $key = Open-RegistryKey $Target
    if ($key) {
        try {
            $answer['key_exists'] = $true
            if ($key.GetValueNames() -contains $Target['name']) {
                $read = Get-TypedValue $key $Target['name']
                $answer['exists'] = $true
                $answer['kind'] = $read['kind']
                $answer['value'] = $read['value']
            }
        }
        finally {
            $key.Dispose()
        }
    }
    return $answer
}

function Invoke-RegistryRead {
    param($Request)
    if ($Request['read'] -eq 'value') {
        return Get-RegistryValue $Request
    }
    $values = [ordered]@{}
    $subkeys = @()
    $key = Open-RegistryKey $Request
    if ($key) {
        try {
            foreach ($name in $key.GetValueNames()) {
                $values[$name] = Get-TypedValue $key $name
            }
            $subkeys = $key.GetSubKeyNames()
            [array]::Sort($subkeys, [System.StringComparer]::OrdinalIgnoreCase)
        }
        finally {
            $key.Dispose()
        }
    }
    return [ordered]@{ exists = [bool]$key; values = $values; subkeys = $subkeys }
}

function Test-RegistryPlan {
    param($Operation)
    $now = Get-RegistryValue $Operation
    $wanted = [ordered]@{ exists = $now['exists'] }
    if ($now['exists']) {
        $wanted['kind'] = $now['kind']
        $wanted['value'] = $now['value']
    }
    if ((Get-Canonical $wanted) -cne (Get-Canonical $Operation['planned'])) {
        Stop-Payload 'changed_meanwhile' "The registry value '$($Operation['name'])' of '$($Operation['key'])' is not the planned one."
    }
}

function ConvertTo-RegistryValue {
    param([string]$Kind, $Value)
    try {
        switch ($Kind) {
            'DWord' { return [System.BitConverter]::ToInt32([System.BitConverter]::GetBytes([uint32]$Value), 0) }
            'QWord' { return [System.BitConverter]::ToInt64([System.BitConverter]::GetBytes([uint64]$Value), 0) }
            'MultiString' { return , [string[]]$Value.ToArray() }
            'Binary' { return , [byte[]]@(foreach ($pair in $Value -split '(..)' -ne '') { [System.Convert]::ToByte($pair, 16) }) }
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

Export-ModuleMember -Function Get-RegistryValue, Invoke-RegistryRead, Test-RegistryPlan, Invoke-RegistryOperation
