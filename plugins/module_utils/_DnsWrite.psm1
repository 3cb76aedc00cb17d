# SPDX-License-Identifier: GPL-3.0-or-later
# The DNS Server, written: by its cmdlets, by dnscmd.exe, and the access list in the directory.

#AnsibleRequires -PowerShell ._Dns
#AnsibleRequires -PowerShell ._Planned

using namespace System.DirectoryServices

Set-StrictMode -Version Latest

# What may be written. Zones, records, keys and the server as a whole may not.
$script:nouns = 'Recursion|RecursionScope|Cache|EDns|Forwarder|GlobalQueryBlockList|ResponseRateLimiting|ResponseRateLimitingExceptionlist|' +
    'QueryResolutionPolicy|ZoneTransferPolicy|ClientSubnet|Diagnostics|Scavenging|PrimaryZone|ZoneAging|RootHint|TrustAnchor'
# How getters say that there is none: root hints, zone, record, name, policy, client subnet.
$script:none = '0x8007255c', '0x80072581', '0x800725e5', '0x800725f2', '0x800726f4', '0x800726f8'
$script:ace = 'sid=^S-1-\S+\z rights=number type=^(Allow|Deny)\z object_type=text inherited_object_type=text inheritance=text'

function Get-DnsOperationForm {
    return @{
        call = "cmdlet=^(Set|Add|Remove)-DnsServer($script:nouns)\z parameters=object planned=list"
        dnscmd = 'command=^(Config|ResetListenAddresses|ResetForwarders|ZoneResetSecondaries|WriteBackFiles)\z arguments=list planned=list'
        setting = 'property=text value=any planned=list'
        acl = 'add=list remove=list planned=object'
    }
}

function Test-Holding {
    # Whether an object has these values.
    param($Object, $Values)
    foreach ($pair in $Values.GetEnumerator()) {
        if ((Get-Canonical $Object[$pair.Key]) -cne (Get-Canonical $pair.Value)) {
            return $false
        }
    }
    return $true
}

function Find-Planned {
    param($Planned)
    $names = @($Planned['where'].Keys) + @(if ($Planned['values']) { $Planned['values'].Keys })
    try {
        foreach ($object in Get-DnsObject $Planned['cmdlet'] $Planned['parameters'] $names) {
            if (Test-Holding $object $Planned['where']) {
                $object
            }
        }
    }
    catch {
        if ((ConvertTo-Failure $_)['hresult'] -notin $script:none) {
            throw
        }
    }
}

function Get-AceText {
    # Of those that are not inherited.
    param($Rules)
    foreach ($ace in $Rules) { if (-not $ace['inherited']) { Get-Canonical $ace } }
}

function Test-AclPlan {
    param($Operation)
    foreach ($ace in @($Operation['add']) + @($Operation['remove']) + @($Operation['planned']['rules'])) {
        Assert-Form $ace 'rule' $script:ace
    }
    $rules = Invoke-Patiently { Get-Ace (Open-DnsContainer).PSBase.ObjectSecurity }
    $now = @(Get-AceText $rules | Sort-Object)
    $then = @(Get-AceText $Operation['planned']['rules'] | Sort-Object)
    if ("$now" -cne "$then") {
        Stop-Payload 'changed_meanwhile' "The access list has $($now | Where-Object { $_ -cnotin $then }), planned were $($then | Where-Object { $_ -cnotin $now })."
    }
}

function Test-DnsPlan {
    param($Operation)
    if ($Operation['operation'] -eq 'acl') {
        return Test-AclPlan $Operation
    }
    foreach ($planned in $Operation['planned']) {
        if ($planned.Contains('zone')) {
            Assert-Form $planned 'plan' 'zone=text values=object'
            Assert-Unchanged (Get-ZoneValue $planned['zone']) $planned['values']
            continue
        }
        Assert-Form $planned 'plan' 'cmdlet=^DnsServer[A-Za-z]+\z parameters=object where=object values=object?'
        $values = $planned['values']
        $count = [int]($null -ne $values)
        if ($planned.Contains('count')) {
            Assert-Form $planned 'plan' 'count=number'
            $count = $planned['count']
            Assert-That ($count -ge 0) 'A count is not negative.'
        }
        $found = @(Find-Planned $planned)
        if ($found.Count -ne $count) {
            Stop-Payload 'changed_meanwhile' "Get-$($planned['cmdlet']) gives $($found.Count) with $(Format-Value $planned['where']), planned were $count."
        }
        foreach ($object in $found) {
            if ($values) { Assert-Unchanged $object $values }
        }
    }
}

function Invoke-Dnscmd {
    param([string]$Command, $Arguments)
    $ended = Invoke-Program dnscmd.exe (@('.', "/$Command") + @($Arguments)) -Good @()
    if ($ended['code']) {
        $said = "dnscmd.exe ended with exit code $($ended['code']): $($ended['all'])"
        # The labels are translated, the numbers are not: "Status = 9601", or "9601    0x2581".
        foreach ($found in [regex]::Matches($said, '(?i)Status = (\d+)|\s(\d+)\s+0x([0-9a-f]+)')) {
            $number = [long]($found.Groups[1].Value + $found.Groups[2].Value)
            if (-not $found.Groups[3].Success -or '{0:x}' -f $number -eq $found.Groups[3].Value.TrimStart('0')) {
                throw [System.ComponentModel.Win32Exception]::new([int]$number, $said)
            }
        }
        Stop-Payload 'command_failed' $said
    }
}

function Set-Setting {
    # The cmdlet takes the whole object only, and may write the addresses that it shows as a list of addresses. Such a list goes back at once.
    param([string]$Property, $Value)
    $place = @{ hive = 'HKLM'; key = 'SYSTEM\CurrentControlSet\Services\DNS\Parameters'; name = 'ListenAddresses' }
    $listens = { @((Get-RegistryValue $place)['value'] | Where-Object { $_ }) }
    $before = @(& $listens)
    $settings = @(Invoke-DnsCmdlet Get-DnsServerSetting @{ All = $true })[0]
    if ($settings.$Property -is [timespan]) {
        $Value = [timespan]::FromSeconds($Value)
    }
    $settings.$Property = if ($Value -is [System.Collections.IList]) { , $Value.ToArray() } else { $Value }
    $null = Invoke-DnsCmdlet Set-DnsServerSetting @{ InputObject = $settings } -Write
    if ("$(& $listens)" -cne "$before") {
        $why = ''
        try { Invoke-Dnscmd 'ResetListenAddresses' $before } catch { $why = (ConvertTo-Failure $_)['message'] }
        $back = "$(& $listens)" -ceq "$before"
        Stop-Payload 'not_applied' ('Set-DnsServerSetting also changed the addresses on which the DNS Server listens. They ' +
            $(if ($back) { 'were put back.' } else { "could not be put back to '$before' (none is all). $why" }))
    }
}

function Get-Given {
    # What a cmdlet is given: for InputObject the object itself that was planned on.
    param($Operation)
    $given = @{}
    foreach ($pair in $Operation['parameters'].GetEnumerator()) {
        $given[$pair.Key] = $pair.Value
    }
    if ($given['InputObject'] -is [bool]) {
        $planned = $Operation['planned'][0]
        $given['InputObject'] = foreach ($object in Invoke-DnsCmdlet "Get-$($planned['cmdlet'])" $planned['parameters']) {
            if (Test-Holding (ConvertTo-Record $object @($planned['where'].Keys)) $planned['where']) {
                $object
            }
        }
    }
    return $given
}

function ConvertTo-Rule {
    param($Ace)
    return [ActiveDirectoryAccessRule]::new([System.Security.Principal.SecurityIdentifier]::new($Ace['sid']),
        [Enum]::ToObject([ActiveDirectoryRights], [int]$Ace['rights']),
        $Ace['type'], [guid]$Ace['object_type'], $Ace['inheritance'], [guid]$Ace['inherited_object_type'])
}

function Set-Ace {
    # Takes away first, then adds. Only the list itself is written back: the owner would need a right of its own.
    param($Operation)
    $entry = Open-DnsContainer
    $security = $entry.PSBase.ObjectSecurity
    foreach ($ace in $Operation['remove']) {
        $security.RemoveAccessRuleSpecific((ConvertTo-Rule $ace))
    }
    foreach ($ace in $Operation['add']) {
        $security.AddAccessRule((ConvertTo-Rule $ace))
    }
    $entry.PSBase.Options.SecurityMasks = 'Dacl'
    $entry.PSBase.CommitChanges()
}

function Invoke-DnsOperation {
    param($Operation)
    switch ($Operation['operation']) {
        'call' { $null = Invoke-DnsCmdlet $Operation['cmdlet'] (Get-Given $Operation) -Write }
        'dnscmd' { Invoke-Patiently { Invoke-Dnscmd $Operation['command'] $Operation['arguments'] } }
        'setting' { Set-Setting $Operation['property'] $Operation['value'] }
        'acl' { Invoke-Patiently { Set-Ace $Operation } }
    }
}
