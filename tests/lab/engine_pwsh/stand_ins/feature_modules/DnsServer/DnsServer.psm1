# SPDX-License-Identifier: GPL-3.0-or-later
# The DNS Server's cmdlets on dns.json and registry.json: their declarations from cmdlets.txt, what they do from the scripts beside this one.
# Sources: the facts on Microsoft's DNS Server, learn.microsoft.com/powershell/module/dnsserver, [MS-DNSP].

. "$PSScriptRoot/../../modules/Box.ps1"
. "$PSScriptRoot/Declarations.ps1"
. "$PSScriptRoot/Store.ps1"
. "$PSScriptRoot/Objects.ps1"
. "$PSScriptRoot/Server.ps1"
. "$PSScriptRoot/Lists.ps1"
. "$PSScriptRoot/Zones.ps1"
. "$PSScriptRoot/Policies.ps1"

# What a cmdlet of these names does, given its parameters, as a block; any other reads or writes the settings of its noun.
$script:actions = @{}
foreach ($table in $script:serverActions, $script:listActions, $script:zoneActions, $script:policyActions) {
    foreach ($name in $table.Keys) {
        $script:actions[$name] = $table[$name]
    }
}

function Invoke-Action {
    param([string]$Verb, [string]$Noun, $Asked)
    $action = $script:actions["$Verb-$Noun"]
    if ($action) {
        & $action $Asked
    }
    elseif ($Verb -eq 'Get') {
        ConvertTo-Cim $Noun (Read-Dns)[$Noun]
    }
    else {
        Update-Dns { param($Box) Set-Setting $Box $Noun $Asked }
    }
}

function Confirm-Cmdlet {
    # The cmdlets that have -Force ask the provider's own question without it, which -Confirm:$false does not answer.
    param($Cmdlet, [string]$Target)
    $asks = $Cmdlet.MyInvocation.MyCommand.Parameters.ContainsKey('Force')
    if ($asks -and -not $Cmdlet.MyInvocation.BoundParameters['Force'] -and -not $Cmdlet.MyInvocation.BoundParameters['WhatIf']) {
        return $Cmdlet.ShouldContinue("Do you want to continue with $($Target)?", 'Confirm')
    }
    return $Cmdlet.ShouldProcess($Target)
}

function Invoke-Cmdlet {
    # The body of every cmdlet.
    param($Cmdlet, $Bound)
    $verb, $noun = $Cmdlet.MyInvocation.MyCommand.Name.Split('-')
    $target = @('Name', 'ZoneName', 'NameServer' | Where-Object { $Bound.ContainsKey($_) } | ForEach-Object { "$($Bound[$_])" }) + $noun
    try {
        Assert-Server ($verb -ne 'Get')
        if ($verb -eq 'Get' -or (Confirm-Cmdlet $Cmdlet $target[0])) {
            Invoke-Action $verb $noun (Get-Asked $Cmdlet $Bound)
            if ($Bound['PassThru']) {
                Invoke-Action Get $noun @{ Name = $Bound['Name']; ZoneName = $Bound['ZoneName']; All = $true }
            }
        }
    }
    catch [System.ComponentModel.Win32Exception] {
        Write-Win32 $Cmdlet $_.Exception.NativeErrorCode $target[0]
    }
}

# The text of the declarations is made once for each process, because a kept one runs many batches.
$declared = [System.AppDomain]::CurrentDomain.GetData('DnsServer')
if (-not $declared) {
    $declared = Get-Declaration "$PSScriptRoot/cmdlets.txt"
    [System.AppDomain]::CurrentDomain.SetData('DnsServer', $declared)
}
. ([scriptblock]::Create($declared))
Set-Alias -Name Set-DnsServerRRL -Value Set-DnsServerResponseRateLimiting
Export-ModuleMember -Function *-DnsServer* -Alias Set-DnsServerRRL
