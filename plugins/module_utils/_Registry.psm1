# SPDX-License-Identifier: GPL-3.0-or-later
# The registry as Microsoft.Win32.RegistryKey sees it, always in the 64-bit view.

#AnsibleRequires -PowerShell ._Document

Set-StrictMode -Version Latest

function Open-RegistryKey {
    # Null where the key is absent. Create makes it.
    param([System.Collections.IDictionary]$Target, [switch]$Create, [switch]$Writable)
    $hive = if ($Target['hive'] -eq 'HKLM') { 'LocalMachine' } else { 'Users' }
    $root = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]$hive, [Microsoft.Win32.RegistryView]::Registry64)
    try {
        if ($Create) {
            return $root.CreateSubKey([string]$Target['key'])
        }
        return $root.OpenSubKey([string]$Target['key'], [bool]$Writable)
    }
    finally {
        $root.Dispose()
    }
}

function ConvertFrom-RegistryValue {
    param([Microsoft.Win32.RegistryKey]$Key, [string]$Name)
    $kind = [string]$Key.GetValueKind($Name)
    $value = $Key.GetValue($Name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
    $plain = switch ($kind) {
        'String' { [string]$value }
        'ExpandString' { [string]$value }
        'DWord' { [System.BitConverter]::ToUInt32([System.BitConverter]::GetBytes([int]$value), 0) }
        'QWord' { [System.BitConverter]::ToUInt64([System.BitConverter]::GetBytes([int64]$value), 0) }
        'MultiString' { , (ConvertTo-Plain -Value $value) }
        'Binary' { [System.BitConverter]::ToString([byte[]]$value).Replace('-', '').ToLowerInvariant() }
        default { Stop-Payload -Kind 'registry_type' -Message "The value '$Name' is of the kind $kind, which cannot be carried." }
    }
    return [ordered]@{ kind = $kind; value = $plain }
}

function ConvertTo-RegistryValue {
    param([string]$Kind, $Value)
    switch ($Kind) {
        'DWord' { [System.BitConverter]::ToInt32([System.BitConverter]::GetBytes([uint32]$Value), 0) }
        'QWord' { [System.BitConverter]::ToInt64([System.BitConverter]::GetBytes([uint64]$Value), 0) }
        'MultiString' { , [string[]]$Value.ToArray() }
        'Binary' { , [byte[]]@(for ($at = 0; $at -lt $Value.Length; $at += 2) { [System.Convert]::ToByte($Value.Substring($at, 2), 16) }) }
        default { [string]$Value }
    }
}

function Get-RegistryValue {
    param([System.Collections.IDictionary]$Target)
    $answer = [ordered]@{ key_exists = $false; exists = $false; kind = $null; value = $null }
    $key = Open-RegistryKey -Target $Target
    if ($null -eq $key) {
        return $answer
    }
    try {
        $answer['key_exists'] = $true
        if (Test-RegistryName -Key $key -Name $Target['name']) {
            $read = ConvertFrom-RegistryValue -Key $key -Name $Target['name']
            $answer['exists'] = $true
            $answer['kind'] = $read['kind']
            $answer['value'] = $read['value']
        }
    }
    finally {
        $key.Dispose()
    }
    return $answer
}

function Test-RegistryName {
    # By the list of names, because the default of GetValue cannot be told from a value.
    param([Microsoft.Win32.RegistryKey]$Key, [string]$Name)
    return @($Key.GetValueNames()) -contains $Name
}

function Get-RegistryContent {
    param([System.Collections.IDictionary]$Target)
    $values = [ordered]@{}
    $subkeys = [System.Collections.Generic.List[string]]::new()
    $key = Open-RegistryKey -Target $Target
    if ($null -ne $key) {
        try {
            foreach ($name in $key.GetValueNames()) {
                $values[$name] = ConvertFrom-RegistryValue -Key $key -Name $name
            }
            $subkeys.AddRange([string[]]$key.GetSubKeyNames())
            $subkeys.Sort([System.StringComparer]::OrdinalIgnoreCase)
        }
        finally {
            $key.Dispose()
        }
    }
    return [ordered]@{ exists = ($null -ne $key); values = $values; subkeys = $subkeys }
}

function Invoke-RegistryRead {
    param([System.Collections.IDictionary]$Request)
    if ($Request['read'] -eq 'value') {
        return Get-RegistryValue -Target $Request
    }
    return Get-RegistryContent -Target $Request
}

function Test-RegistryPlan {
    param([System.Collections.IDictionary]$Operation)
    $now = Get-RegistryValue -Target $Operation
    $planned = $Operation['planned']
    $same = $now['exists'] -eq [bool]$planned['exists']
    if ($same -and $now['exists']) {
        $same = $now['kind'] -eq $planned['kind'] -and (Get-Canonical -Value $now['value']) -ceq (Get-Canonical -Value $planned['value'])
    }
    if (-not $same) {
        Stop-Payload -Kind 'changed_meanwhile' -Message "The registry value '$($Operation['name'])' of '$($Operation['key'])' is not the planned one."
    }
}

function Invoke-RegistryOperation {
    param([System.Collections.IDictionary]$Operation)
    if ($Operation['operation'] -eq 'delete') {
        $key = Open-RegistryKey -Target $Operation -Writable
        if ($null -eq $key) {
            return
        }
    }
    else {
        $value = try {
            ConvertTo-RegistryValue -Kind $Operation['kind'] -Value $Operation['value']
        }
        catch {
            Stop-Payload -Kind 'invalid_value' -Message "'$($Operation['value'])' is no value of the kind $($Operation['kind'])."
        }
        $key = Open-RegistryKey -Target $Operation -Create
    }
    try {
        if ($Operation['operation'] -eq 'delete') {
            $key.DeleteValue([string]$Operation['name'], $false)
        }
        else {
            $key.SetValue([string]$Operation['name'], $value, [Microsoft.Win32.RegistryValueKind]$Operation['kind'])
        }
    }
    finally {
        $key.Dispose()
    }
}

Export-ModuleMember -Function Get-RegistryValue, Get-RegistryContent, Invoke-RegistryRead, Test-RegistryPlan, Invoke-RegistryOperation
