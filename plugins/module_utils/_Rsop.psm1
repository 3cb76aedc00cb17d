# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._Account

Set-StrictMode -Version Latest

function Get-RsopReadForm {
    return @{ owned = 'keys=list' }
}

function Get-Result {
    param([string[]]$Classes, [hashtable]$More = @{ Filter = 'precedence=1' })
    foreach ($class in $Classes) {
        Get-CimInstance -Namespace root/rsop/computer -ClassName "RSOP_$class" -OperationTimeoutSec 60 @More
    }
}

function Get-SecurityOption {
    # Path ends with the value's name. A host may lack the class.
    $found = try { Get-Result RegistryValue } catch { @() }
    foreach ($one in $found) {
        if ($one.Path -match '^MACHINE\\(.+)\\([^\\]+)$') {
            @{ registryKey = $Matches[1]; valueName = $Matches[2]; GPOID = $one.GPOID }
        }
    }
}

function Get-Owned {
    # Properties: our key and the results' name.
    param($Gpos, [string[]]$Properties, $Results)
    $entries = [System.Collections.Generic.SortedDictionary[string, object]]::new([StringComparer]::Ordinal)
    foreach ($one in $Results) {
        $entry = [ordered]@{}
        foreach ($pair in $Properties) {
            $key, $name = $pair -split '='
            $entry[$key] = $one.$name
        }
        $entry['gpo'] = if ($Gpos[$one.GPOID]) { $Gpos[$one.GPOID] } else { $one.GPOID }
        $entries["$($entry.Values -join "`0")`0$($entries.Count)"] = $entry
    }
    $entries.Values
}

function Invoke-RsopRead {
    # Where any of it is missing, nothing is known.
    param($Request)
    try {
        $gpos = @{}
        foreach ($one in Get-Result GPO @{}) {
            $gpos[$one.id] = $one.name
        }
        $keys = @(foreach ($key in $Request['keys']) { [regex]::Escape($key.Trim('\')) }) -join '|'
        $values = @(Get-Result RegistryPolicySetting; Get-SecurityOption)
        $registry = @(Get-Owned $gpos 'key=registryKey', 'name=valueName' $values | Where-Object { $keys -and $_['key'] -match "^($keys)(\\|$)" })
        $groups = @(Get-Owned $gpos 'group=GroupName' (Get-Result RestrictedGroup))
        foreach ($one in $groups) {
            $found = Resolve-Account $one['group']
            if ($found -and $found['sid']) {
                $one['group'] = $found['sid']
            }
        }
        $rights = @(Get-Owned $gpos 'right=UserRight' (Get-Result UserPrivilegeRight))
        $account = @(Get-Owned $gpos 'setting=KeyName' (Get-Result SecuritySettingNumeric, SecuritySettingBoolean))
        return @{ known = $true; registry = $registry; rights = $rights; groups = $groups; account = $account }
    }
    catch {
        return @{ known = $false; registry = @(); rights = @(); groups = @(); account = @() }
    }
}
