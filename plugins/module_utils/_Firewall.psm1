# SPDX-License-Identifier: GPL-3.0-or-later

Set-StrictMode -Version Latest

$script:keys = @{
    local = 'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules'
    policy = 'SOFTWARE\Policies\Microsoft\WindowsFirewall\FirewallRules'
}

function Get-FirewallReadForm {
    return @{ rules = 'names=list groups=list' }
}

function Get-Rule {
    # The texts of all rules of a store, by name.
    param([string]$Store)
    $rules = @{}
    $key = Open-RegistryKey @{ hive = 'HKLM'; key = $script:keys[$Store] }
    foreach ($name in $(if ($key) { $key.GetValueNames() })) {
        $rules[$name] = "$($key.GetValue($name))"
    }
    return $rules
}

function Select-Rule {
    param($Rules, $Request, [string]$Always)
    $chosen = @{}
    foreach ($rule in $Rules.GetEnumerator()) {
        $text = $rule.Value
        $group = if ($text -match '\|EmbedCtxt=([^|]*)\|') { $Matches[1] } else { '' }
        $counts = $text.Contains('|Active=TRUE|') -and $text -match "\|Action=($Always)\|"
        if ($text.Contains('|Dir=In|') -and ($counts -or $rule.Key -in $Request['names'] -or $group -in $Request['groups'])) {
            $chosen[$rule.Key] = $text
        }
    }
    return $chosen
}

function Invoke-FirewallRead {
    param($Request)
    $profiles = $null
    try {
        $names = foreach ($one in Get-NetConnectionProfile) { "$($one.NetworkCategory)" -replace 'Authenticated' }
        $profiles = @($names | Sort-Object -Unique)
    }
    catch { $null = $_ }
    return @{
        local = Select-Rule (Get-Rule 'local') $Request 'Block'
        policy = Select-Rule (Get-Rule 'policy') $Request 'Block|Allow'
        active_profiles = $profiles
    }
}
