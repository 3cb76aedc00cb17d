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
    if ($key) {
        try {
            foreach ($name in $key.GetValueNames()) {
                $rules[$name] = "$($key.GetValue($name))"
            }
        }
        finally {
            $key.Dispose()
        }
    }
    return $rules
}

function Select-Rule {
    param($Rules, $Request)
    $chosen = @{}
    foreach ($rule in $Rules.GetEnumerator()) {
        $text = $rule.Value
        $group = if ($text -match '\|EmbedCtxt=([^|]*)\|') { $Matches[1] } else { '' }
        $blocks = $text.Contains('|Active=TRUE|') -and $text.Contains('|Action=Block|')
        if ($text.Contains('|Dir=In|') -and ($blocks -or $rule.Key -in $Request['names'] -or $group -in $Request['groups'])) {
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
        local = Select-Rule (Get-Rule 'local') $Request
        policy = Select-Rule (Get-Rule 'policy') $Request
        active_profiles = $profiles
    }
}
