# SPDX-License-Identifier: GPL-3.0-or-later
# Zones: what they are stands in dns.json; to whom they are given and who is told of changes in the registry of this server.

Set-StrictMode -Version Latest

$script:transfers = 'TransferAnyServer', 'TransferToZoneNameServer', 'TransferToSecureServers', 'NoTransfer'
$script:notifies = 'NoNotify', 'Notify', 'NotifyServers'
# Properties by the class of the zone's type, facts 1.3: a secondary shows nothing of transfers, updates or signing.
$script:zoneProperties = @{
    '' = 'DistinguishedName', 'ZoneName', 'ZoneType', 'IsPaused', 'IsDsIntegrated', 'IsAutoCreated', 'IsReverseLookupZone', 'IsReadOnly', 'IsShutdown'
    Primary = 'DirectoryPartitionName', 'ReplicationScope', 'ZoneFile', 'DynamicUpdate', 'IsWinsEnabled', 'IsSigned', 'AllowedDcForNsRecordsAutoCreation',
        'IsPluginEnabled', 'IgnorePolicies'
    Secondary = 'ZoneFile', 'MasterServers', 'IsWinsEnabled', 'LastSuccessfulSoaCheck', 'LastZoneTransferAttempt', 'LastSuccessfulZoneTransfer',
        'LastZoneTransferResult', 'IgnorePolicies'
    Stub = 'DirectoryPartitionName', 'ReplicationScope', 'ZoneFile', 'MasterServers', 'IgnorePolicies'
    Forwarder = 'DirectoryPartitionName', 'ReplicationScope', 'MasterServers', 'ForwarderTimeout', 'UseRecursion'
}
$script:switches = 'IsPaused', 'IsDsIntegrated', 'IsAutoCreated', 'IsReverseLookupZone', 'IsReadOnly', 'IsShutdown', 'IsWinsEnabled', 'IsSigned',
    'IsPluginEnabled', 'IgnorePolicies', 'UseRecursion'

function Find-Zone {
    param($Dns, [string]$Name)
    foreach ($zone in @($Dns['DnsServerZone'])) {
        if ($zone -and $zone['ZoneName'] -eq $Name.TrimEnd('.')) {
            return $zone
        }
    }
    Stop-With 9601
}

function Get-Transfer {
    # The registry's four values of a primary zone; absent ones are what a new zone of its kind has: facts 1.4.
    param($Registry, $Zone)
    $key = "$script:zoneKey\$($Zone['ZoneName'])"
    $integrated = [bool]$Zone['IsDsIntegrated']
    $mode = Get-RegistryData $Registry $key SecureSecondaries
    $level = Get-RegistryData $Registry $key NotifyLevel
    return [ordered]@{
        Notify = $script:notifies[$(if ($null -ne $level) { $level } else { if ($integrated) { 2 } else { 1 } })]
        NotifyServers = Get-RegistryData $Registry $key NotifyServers
        SecureSecondaries = $script:transfers[$(if ($null -ne $mode) { $mode } else { if ($integrated) { 3 } else { 1 } })]
        SecondaryServers = Get-RegistryData $Registry $key SecondaryServers
    }
}

function Get-ZoneObject {
    param($Registry, $Zone)
    $found = [ordered]@{}
    foreach ($name in $script:zoneProperties[''] + $script:zoneProperties[$Zone['ZoneType']]) {
        $found[$name] = if ($Zone.Contains($name)) { , $Zone[$name] } elseif ($script:switches -contains $name) { $false }
    }
    if ($Zone['ZoneType'] -eq 'Primary') {
        $found += Get-Transfer $Registry $Zone
    }
    ConvertTo-Cim "DnsServer$($Zone['ZoneType'])Zone" $found
}

function Get-Zone {
    param([string[]]$Names)
    $dns = Read-Dns
    $registry = Read-Kept registry
    $zones = if ($Names) { @(foreach ($name in $Names) { Find-Zone $dns $name }) } else { @($dns['DnsServerZone']) }
    foreach ($zone in $zones) {
        if ($zone) { Get-ZoneObject $registry $zone }
    }
}

function Assert-Primary {
    # 9611: no primary; 9603: one that the server made itself.
    param($Zone)
    if ($Zone['ZoneType'] -ne 'Primary') { Stop-With 9611 }
    if (Get-Part $Zone IsAutoCreated) { Stop-With 9603 }
}

function Set-PrimaryZone {
    param($Box, $Asked)
    $zone = Find-Zone $Box['dns'] $Asked['Name']
    Assert-Primary $zone
    $key = "$script:zoneKey\$($zone['ZoneName'])"
    if ($Asked.Contains('DynamicUpdate')) { Set-DynamicUpdate $zone $Asked['DynamicUpdate'] }
    foreach ($name in 'IgnorePolicies', 'AllowedDcForNsRecordsAutoCreation') { if ($Asked.Contains($name)) { $zone[$name] = $Asked[$name] } }
    if ($Asked.Contains('SecureSecondaries')) { Set-RegistryData $Box['registry'] $key SecureSecondaries DWord ([long]$script:transfers.IndexOf($Asked['SecureSecondaries'])) }
    if ($Asked.Contains('Notify')) { Set-RegistryData $Box['registry'] $key NotifyLevel DWord ([long]$script:notifies.IndexOf($Asked['Notify'])) }
    foreach ($name in 'SecondaryServers', 'NotifyServers') { if ($Asked.Contains($name)) { Set-RegistryData $Box['registry'] $key $name MultiString @($Asked[$name]) } }
    if ($Asked.Contains('ReplicationScope')) { Set-Scope $Box $zone $Asked }
    if ($Asked.Contains('ZoneFile')) { $zone['ZoneFile'], $zone['IsDsIntegrated'], $zone['ReplicationScope'] = $Asked['ZoneFile'], $false, 'None' }
}

function Set-DynamicUpdate {
    # 9611: secure updates need the directory; a read-only copy of the directory takes none of it.
    param($Zone, [string]$Mode)
    if ($Mode -eq 'Secure' -and -not $Zone['IsDsIntegrated']) { Stop-With 9611 }
    if (Get-Part $Zone IsReadOnly) { Stop-With 9569 }
    $Zone['DynamicUpdate'] = $Mode
}

function Set-Scope {
    # The zone is made anew in its new place, so what stood in the registry of the old one is gone: facts, rule 2.
    param($Box, $Zone, $Asked)
    if (-not $Box['dns'].Contains('directory')) { Stop-With 9717 }
    $Zone['ReplicationScope'], $Zone['IsDsIntegrated'], $Zone['ZoneFile'] = $Asked['ReplicationScope'], $true, $null
    if ($Asked.Contains('DirectoryPartitionName')) { $Zone['DirectoryPartitionName'] = $Asked['DirectoryPartitionName'] }
}

function Get-ZoneAging {
    param([string[]]$Names)
    foreach ($name in $Names) {
        $zone = Find-Zone (Read-Dns) $name
        if ($zone['ZoneType'] -ne 'Primary') { Stop-With 9611 }
        $aging = [ordered]@{ ZoneName = $zone['ZoneName'] }
        foreach ($one in 'AgingEnabled', 'AvailForScavengeTime', 'RefreshInterval', 'NoRefreshInterval', 'ScavengeServers') {
            $aging[$one] = $zone['aging'][$one]
        }
        ConvertTo-Cim DnsServerZoneAging $aging
    }
}

function Set-ZoneAging {
    param($Box, $Asked)
    $zone = Find-Zone $Box['dns'] $Asked['Name']
    Assert-Primary $zone
    if (Get-Part $zone IsReadOnly) { Stop-With 9569 }
    foreach ($name in @($Asked.Keys | Where-Object { $_ -ne 'Name' })) {
        $zone['aging'][$(if ($name -eq 'Aging') { 'AgingEnabled' } else { $name })] = Get-KeptValue $Asked[$name]
    }
}

$script:zoneActions = @{
    'Get-DnsServerZone' = { param($Asked) Get-Zone (Get-Part $Asked Name) }
    'Get-DnsServerPrimaryZone' = { param($Asked) Get-Zone (Get-Part $Asked Name) }
    'Set-DnsServerPrimaryZone' = { param($Asked) Update-Dns { param($Box) Set-PrimaryZone $Box $Asked } }
    'Get-DnsServerZoneAging' = { param($Asked) Get-ZoneAging (Get-Part $Asked Name) }
    'Set-DnsServerZoneAging' = { param($Asked) Update-Dns { param($Box) Set-ZoneAging $Box $Asked } }
}
