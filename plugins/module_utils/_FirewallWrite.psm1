# SPDX-License-Identifier: GPL-3.0-or-later
# Writing rules of the local store, by name.

#AnsibleRequires -PowerShell ._Firewall
#AnsibleRequires -PowerShell ._Planned
#AnsibleRequires -PowerShell ._Program

Set-StrictMode -Version Latest

$script:parts = 'display_name=text description=text group=text protocol=^(TCP|UDP)\z local_port=text program=text service=text ' +
    'profiles=list remote_addresses=list interface_types=list enabled=flag'

function Get-FirewallOperationForm {
    # The cmdlets take a pattern for a name.
    $name = 'name=^[^*?`\[\]]+\z planned=object'
    return @{ add = "$name rule=object"; remove = $name; enable = "$name enabled=flag" }
}

function Test-FirewallPlan {
    param($Operation)
    if ($Operation['operation'] -eq 'add') {
        Assert-Form $Operation['rule'] 'rule' $script:parts
    }
    $text = (Get-Rule 'local')[$Operation['name']]
    Assert-Unchanged @{ exists = $null -ne $text; enabled = "$text".Contains('|Active=TRUE|') } $Operation['planned']
}

function Get-RuleParameter {
    # What is empty or Any is left to the cmdlet's default, which is the same.
    param($Rule)
    $parameters = @{
        DisplayName = $Rule['display_name']; Direction = 'Inbound'; Action = 'Allow'; Enabled = "$($Rule['enabled'])"
        Protocol = $Rule['protocol']; LocalPort = $Rule['local_port']
    }
    foreach ($pair in @{ Description = 'description'; Group = 'group'; Program = 'program'; Service = 'service' }.GetEnumerator()) {
        if ($Rule[$pair.Value]) {
            $parameters[$pair.Key] = $Rule[$pair.Value]
        }
    }
    foreach ($pair in @{ Profile = 'profiles'; InterfaceType = 'interface_types'; RemoteAddress = 'remote_addresses' }.GetEnumerator()) {
        if ($Rule[$pair.Value] -notcontains 'Any') {
            $parameters[$pair.Key] = if ($pair.Key -eq 'RemoteAddress') { [string[]]$Rule[$pair.Value].ToArray() } else { $Rule[$pair.Value] -join ',' }
        }
    }
    return $parameters
}

function Invoke-FirewallOperation {
    param($Operation)
    $parameters = @{ Name = $Operation['name']; PolicyStore = 'PersistentStore'; ErrorAction = 'Stop' }
    $verb = switch ($Operation['operation']) {
        'add' { 'New' }
        'remove' { 'Remove' }
        'enable' { if ($Operation['enabled']) { 'Enable' } else { 'Disable' } }
    }
    if ($verb -eq 'New') {
        $parameters += Get-RuleParameter $Operation['rule']
    }
    $null = Find-Command "$verb-NetFirewallRule"
    try {
        $null = & "$verb-NetFirewallRule" @parameters
    }
    catch {
        Stop-Payload 'command_failed' "$verb-NetFirewallRule failed: $($_.Exception.Message)"
    }
}

Export-ModuleMember -Function Get-FirewallOperationForm, Test-FirewallPlan, Invoke-FirewallOperation
