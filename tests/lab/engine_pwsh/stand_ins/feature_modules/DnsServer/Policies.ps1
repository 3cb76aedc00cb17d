# SPDX-License-Identifier: GPL-3.0-or-later
# Policies for queries and for transfers, of the server or of one zone, in the order in which they are asked. Facts 1.14.

Set-StrictMode -Version Latest

# In the order of their numbers, [MS-DNSP] 2.2.15.1.1.6.
$script:criteria = 'ClientSubnet', 'TransportProtocol', 'InternetProtocol', 'ServerInterfaceIP', 'Fqdn', 'Qtype', 'TimeOfDay'
# What is given in capitals comes back as a word.
$script:words = @{ ALLOW = 'Allow'; DENY = 'Deny'; IGNORE = 'Ignore'; AND = 'And'; OR = 'Or' }

function Select-Policy {
    # Those of the server, or of a zone, by their order.
    param($Dns, [string]$Noun, [string]$Zone)
    @($Dns[$Noun]) | Where-Object { $_ -and "$(Get-Part $_ ZoneName)" -eq $Zone } | Sort-Object -Stable -Property { $_['ProcessingOrder'] }
}

function Get-Policy {
    param([string]$Noun, $Asked)
    $zone = "$(Get-Part $Asked ZoneName)"
    if ($zone) { $null = Find-Zone (Read-Dns) $zone }
    $name = Get-Part $Asked Name
    $found = @(Select-Policy (Read-Dns) $Noun $zone | Where-Object { -not $name -or $_['Name'] -eq $name })
    if ($name -and -not $found) { Stop-With 9972 }
    foreach ($one in $found) { ConvertTo-Cim DnsServerPolicy $one }
}

function Get-Criteria {
    # Each is "EQ,value,..." with ";NE,value,..." behind it. Numbers of errors: facts 1.17.
    param($Box, $Asked)
    $refusals = @{ ClientSubnet = 9990; TransportProtocol = 9991; InternetProtocol = 9992; ServerInterfaceIP = 9993; Fqdn = 9994; QType = 9995; TimeOfDay = 9996 }
    $subnets = @(@($Box['dns']['DnsServerClientSubnet']) | Where-Object { $_ } | ForEach-Object { $_['Name'] })
    foreach ($type in $script:criteria) {
        $text = Get-Part $Asked $type
        if (-not $text) { continue }
        foreach ($part in $text -split ';') {
            $operator, $values = $part.Trim() -split ','
            if ($operator -notin 'EQ', 'NE' -or -not $values) { Stop-With $refusals[$type] }
            if ($type -eq 'ClientSubnet' -and @($values | Where-Object { $subnets -notcontains $_ })) { Stop-With 9976 }
        }
        [ordered]@{ CriteriaType = $type; Criteria = $text }
    }
}

function Assert-Policy {
    # 9974: an incoming query to the server as a whole may only be denied or ignored, and recursion is allowed from a scope; 9983: nothing
    # says for which queries it is.
    param([string]$Noun, $Asked)
    $recursion = $Asked.Contains('ApplyOnRecursion')
    if ($Noun -eq 'DnsServerQueryResolutionPolicy' -and -not $Asked.Contains('ZoneName') -and -not $recursion -and (Get-Part $Asked Action) -eq 'ALLOW') { Stop-With 9974 }
    if ($Asked.Contains('RecursionScope') -ne ($recursion -and (Get-Part $Asked Action) -eq 'ALLOW')) { Stop-With 9974 }
    if (-not @($script:criteria | Where-Object { $Asked.Contains($_) })) { Stop-With 9983 }
}

function Get-ScopeContent {
    # The scope that answers: of recursion by name, of a zone with weights, "scope,4;other,1".
    param($Box, $Asked)
    if ($Asked.Contains('RecursionScope')) {
        if (@($Box['dns']['DnsServerRecursionScope'] | ForEach-Object { $_['Name'] }) -notcontains $Asked['RecursionScope']) { Stop-With 9959 }
        [ordered]@{ ScopeName = $Asked['RecursionScope']; Weight = 1 }
    }
    foreach ($part in "$(Get-Part $Asked ZoneScope)" -split ';' | Where-Object { $_ }) {
        $name, $weight = $part -split ','
        [ordered]@{ ScopeName = $name; Weight = [long]$(if ($weight) { $weight } else { 1 }) }
    }
}

function Set-Order {
    # Puts the policy at its place among its neighbours, which move: their numbers have no gap.
    param([System.Collections.Generic.List[object]]$Others, $Policy, $Order)
    if ($null -ne $Order -and ($Order -lt 1 -or $Order -gt $Others.Count + 1)) { Stop-With 9985 }
    $Others.Insert($(if ($null -ne $Order) { $Order - 1 } else { $Others.Count }), $Policy)
    for ($at = 0; $at -lt $Others.Count; $at++) { $Others[$at]['ProcessingOrder'] = [long]($at + 1) }
}

function Get-Neighbours {
    # The policies of the same place and for the same (queries, recursion, transfers) without this one.
    param($Box, [string]$Noun, $Asked, [string]$AppliesOn)
    $all = @(Select-Policy $Box['dns'] $Noun "$(Get-Part $Asked ZoneName)" | Where-Object { $_['Name'] -ne $Asked['Name'] -and $_['AppliesOn'] -eq $AppliesOn })
    return , [System.Collections.Generic.List[object]]$all
}

function Find-Policy {
    param($Box, [string]$Noun, $Asked)
    $zone = "$(Get-Part $Asked ZoneName)"
    if ($zone) { $null = Find-Zone $Box['dns'] $zone }
    foreach ($one in Select-Policy $Box['dns'] $Noun $zone) { if ($one['Name'] -eq $Asked['Name']) { return $one } }
}

function Add-Policy {
    param($Box, [string]$Noun, $Asked)
    if (Find-Policy $Box $Noun $Asked) { Stop-With 9971 }
    Assert-Policy $Noun $Asked
    $zone = if ($Asked.Contains('ZoneName')) { $Asked['ZoneName'] } else { $null }
    $applies = if ($Noun -eq 'DnsServerZoneTransferPolicy') { 'ZoneTransfer' } elseif ($Asked.Contains('ApplyOnRecursion')) { 'Recursion' } else { 'QueryProcessing' }
    $policy = [ordered]@{
        Name = $Asked['Name']; Level = $(if ($zone) { 'Zone' } else { 'Server' }); AppliesOn = $applies
        Action = $script:words["$(if ($Asked.Contains('Action')) { $Asked['Action'] } else { 'DENY' })"]
        Condition = $script:words["$(if ($Asked.Contains('Condition')) { $Asked['Condition'] } else { 'AND' })"]; IsEnabled = -not $Asked.Contains('Disable'); ProcessingOrder = 1
        ZoneName = $zone; Criteria = @(Get-Criteria $Box $Asked); Content = Get-KeptValue @(Get-ScopeContent $Box $Asked)
    }
    Set-Order (Get-Neighbours $Box $Noun $Asked $applies) $policy (Get-Part $Asked ProcessingOrder)
    $Box['dns'][$Noun] = @($Box['dns'][$Noun] | Where-Object { $_ }) + $policy
}

function Set-Policy {
    # What is named changes; criteria of the other types stay.
    param($Box, [string]$Noun, $Asked)
    $policy = Find-Policy $Box $Noun $Asked
    if (-not $policy) { Stop-With 9972 }
    $new = @(Get-Criteria $Box $Asked)
    $policy['Criteria'] = @($policy['Criteria'] | Where-Object { $_ -and -not $Asked.Contains($_['CriteriaType']) }) + $new
    if ($Asked.Contains('Condition')) { $policy['Condition'] = $script:words[$Asked['Condition']] }
    if ($Asked.Contains('RecursionScope') -or $Asked.Contains('ZoneScope')) { $policy['Content'] = Get-KeptValue @(Get-ScopeContent $Box $Asked) }
    if ($Asked.Contains('ProcessingOrder')) { Set-Order (Get-Neighbours $Box $Noun $Asked $policy['AppliesOn']) $policy $Asked['ProcessingOrder'] }
}

function Remove-Policy {
    param($Box, [string]$Noun, $Asked)
    $policy = Find-Policy $Box $Noun $Asked
    if (-not $policy) { Stop-With 9972 }
    $others = Get-Neighbours $Box $Noun $Asked $policy['AppliesOn']
    for ($at = 0; $at -lt $others.Count; $at++) { $others[$at]['ProcessingOrder'] = [long]($at + 1) }
    $Box['dns'][$Noun] = @($Box['dns'][$Noun] | Where-Object { -not [object]::ReferenceEquals($_, $policy) })
}

function ConvertFrom-Policy {
    # An object of the getter as parameters.
    param($Object, $Asked)
    $given = [ordered]@{ Name = $Object.Name; Condition = $Object.Condition; ProcessingOrder = [long]$Object.ProcessingOrder }
    $zone = if ($Asked.Contains('ZoneName')) { $Asked['ZoneName'] } else { $Object.ZoneName }
    if ($zone) { $given['ZoneName'] = $zone }
    foreach ($one in @($Object.Criteria)) { if ($one) { $given[$one.CriteriaType] = $one.Criteria } }
    return $given
}

function Edit-Policy {
    param([string]$Verb, [string]$Noun, $Asked)
    $edits = if ($Asked.Contains('InputObject')) { @(foreach ($one in $Asked['InputObject']) { ConvertFrom-Policy $one $Asked }) } else { , $Asked }
    Update-Dns { param($Box) foreach ($edit in $edits) { & "$Verb-Policy" $Box $Noun $edit } }
}

$script:policyActions = @{}
foreach ($noun in 'DnsServerQueryResolutionPolicy', 'DnsServerZoneTransferPolicy') {
    $script:policyActions["Get-$noun"] = { param($Asked) Get-Policy $Noun $Asked }
    foreach ($verb in 'Add', 'Set', 'Remove') {
        $script:policyActions["$verb-$noun"] = { param($Asked) Edit-Policy $Verb $Noun $Asked }
    }
}
