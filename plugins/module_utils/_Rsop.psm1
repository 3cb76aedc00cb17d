# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._Account

Set-StrictMode -Version Latest

function Get-RsopReadForm {
    return @{ owned = 'keys=list' }
}

function Get-Result {
    param([string]$Class, [hashtable]$More = @{ Filter = 'precedence=1' })
    Get-CimInstance -Namespace root/rsop/computer -ClassName "RSOP_$Class" @More
}

function Get-Owned {
    # Properties: our key and the classes' name.
    param($Gpos, [string[]]$Properties, [string[]]$Classes)
    $entries = [System.Collections.Generic.SortedDictionary[string, object]]::new([StringComparer]::Ordinal)
    foreach ($one in $Classes | ForEach-Object { Get-Result $_ }) {
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
        $registry = @(Get-Owned $gpos 'key=registryKey', 'name=valueName' RegistryPolicySetting | Where-Object { $keys -and $_['key'] -match "^($keys)(\\|$)" })
        $groups = @(Get-Owned $gpos 'group=GroupName' RestrictedGroup)
        foreach ($one in $groups) {
            $found = Resolve-Account $one['group']
            if ($found) {
                $one['group'] = $found['sid']
            }
        }
        $rights = @(Get-Owned $gpos 'right=UserRight' UserPrivilegeRight)
        $account = @(Get-Owned $gpos 'setting=KeyName' SecuritySettingNumeric, SecuritySettingBoolean)
        return @{ known = $true; registry = $registry; rights = $rights; groups = $groups; account = $account }
    }
    catch {
        return @{ known = $false; registry = @(); rights = @(); groups = @(); account = @() }
    }
}
