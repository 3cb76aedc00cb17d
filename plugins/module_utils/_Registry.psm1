# SPDX-License-Identifier: GPL-3.0-or-later

using namespace Microsoft.Win32

Set-StrictMode -Version Latest

function Get-RegistryReadForm {
    return @{
        value = 'hive=^(HKLM|HKU)\z key=text name=text'
        key = 'hive=^(HKLM|HKU)\z key=text'
        keys = 'hive=^(HKLM|HKU)\z below=text keys=list'
    }
}

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
    if ($kind -eq 'DWord') { $value = [BitConverter]::ToUInt32([BitConverter]::GetBytes([int]$value), 0) }
    elseif ($kind -eq 'QWord') { $value = [BitConverter]::ToUInt64([BitConverter]::GetBytes([int64]$value), 0) }
    elseif ($kind -eq 'Binary') { $value = [BitConverter]::ToString($value).Replace('-', '').ToLowerInvariant() }
    # It cannot be carried.
    elseif ($kind -notin 'String', 'ExpandString', 'MultiString') { $value = $null }
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
                $answer['exists'] = $true
                $read = Get-TypedValue $key $Target['name']
                if ($null -eq $read['value']) { Stop-Payload 'registry_type' "The value '$($Target['name'])' has the kind $($read['kind'])." }
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
    if ($Request['read'] -eq 'keys') {
        return , @(Get-Observation @(foreach ($key in $Request['keys']) { @{ provider = 'registry'; read = 'key'; hive = $Request['hive']; key = "$($Request['below'])$key" } }))
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
            [array]::Sort($subkeys, [StringComparer]::OrdinalIgnoreCase)
        }
        finally {
            $key.Dispose()
        }
    }
    return [ordered]@{ exists = [bool]$key; values = $values; subkeys = $subkeys }
}
