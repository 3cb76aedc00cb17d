# SPDX-License-Identifier: GPL-3.0-or-later
# Settings of the server as a whole: each is one value of the service, checked, kept in dns.json and in the registry.

Set-StrictMode -Version Latest

# Parameters whose property has another name; of another noun: noun.property. Facts, rule 4 and 1.8.
$script:names = @{
    'DnsServerCache.PollutionProtection' = 'DnsServerRecursion.SecureResponse'; 'DnsServerDiagnostics.Updates' = 'Update'
    'DnsServerDiagnostics.IPFilterList' = 'FilterIPAddressList'
}
$script:values = @{}
foreach ($name in $script:table['values'].Keys) {
    $value = $script:table['values'][$name]
    $script:values["$($value['of']).$($value['property'])"] = $value + @{ name = $name }
}
# [MS-DNSP] 2.2.9.1.1: the packets that are logged, one bit each of LogLevel.
$script:logLevels = [ordered]@{
    Queries = 0x1; Notifications = 0x10; Update = 0x20; QuestionTransactions = 0x100; Answers = 0x200; SendPackets = 0x1000; ReceivePackets = 0x2000
    UdpPackets = 0x4000; TcpPackets = 0x8000; FullPackets = 0x1000000; UnmatchedResponse = 0x2000000; WriteThrough = 0x80000000L
}
# [MS-DNSP] 2.2.16.2.1 and facts 1.9: least, most, error outside; 0 switches a rate off.
$script:limits = [ordered]@{
    WindowInSec = 1, 3600, 9912; IPv4PrefixLength = 1, 32, 9913; IPv6PrefixLength = 1, 128, 9914; TruncateRate = 2, 10, 9915; LeakRate = 2, 10, 9916
}
$script:limitDefaults = [ordered]@{
    ResponsesPerSec = 5; ErrorsPerSec = 5; WindowInSec = 5; IPv4PrefixLength = 24; IPv6PrefixLength = 56; LeakRate = 3; TruncateRate = 2
    MaximumResponsesPerWindow = 1024
}
$script:brief = 'ComputerName', 'MajorVersion', 'MinorVersion', 'BuildNumber', 'IsReadOnlyDC', 'EnableDnsSec', 'EnableIPv6', 'ListeningIPAddress', 'AllIPAddress'

function Get-Checked {
    # The number that the service takes for what is asked: 9566 too small, 9567 too large, and some zeros stand for the default.
    param($Value, [double]$Number)
    if ($Value.Contains('zero') -and $Number -eq 0) {
        return [long]$Value['zero']
    }
    if ($Value.Contains('or_zero') -and $Number -eq 0) {
        return [long]0
    }
    if ($Value.Contains('min') -and $Number -lt $Value['min']) {
        Stop-With 9566
    }
    if ($Value.Contains('max') -and $Number -gt $Value['max']) {
        Stop-With 9567
    }
    return [long]$Number
}

function Set-Value {
    # One property, in dns.json, in the registry, and among what the service will only notice when it starts.
    param($Box, [string]$Noun, [string]$Property, $Plain)
    $value = $script:values["$Noun.$Property"]
    $kept = if ($Property -eq 'SocketPoolExcludedPortRanges') { , @($Plain) } else { Get-KeptValue $Plain }
    if ($value) {
        if ($value['kind'] -eq 'number') {
            $unit = if ($value.Contains('unit')) { $value['unit'] } else { 1 }
            $number = Get-Checked $value ([math]::Floor($Plain / $unit))
            $kept = $number * $unit
            Set-RegistryData $Box['registry'] $script:parameterKey $value['name'] DWord $number
        }
        else {
            Set-OtherValue $Box $value $Plain
        }
        if ($value.Contains('restart')) {
            Set-InForce $Box $Property $Box['dns'][$Noun][$Property] $kept
        }
    }
    $Box['dns'][$Noun][$Property] = $kept
}

function Set-OtherValue {
    param($Box, $Value, $Plain)
    switch ($Value['kind']) {
        'bool' { $kind, $data = 'DWord', [long]([bool]$Plain -ne $Value.Contains('invert')) }
        'list' { $kind, $data = 'MultiString', @($Plain | Where-Object { $null -ne $_ }) }
        'text' { $kind, $data = 'String', $(if ($Plain) { $Plain }) }
    }
    Set-RegistryData $Box['registry'] $script:parameterKey $Value['name'] $kind $data
}

function Set-InForce {
    # What the service still runs with, by the name of the property.
    param($Box, [string]$Property, $Before, $After)
    if (-not $Box['dns'].Contains('in_force')) {
        $Box['dns']['in_force'] = [ordered]@{}
    }
    $inForce = $Box['dns']['in_force']
    if (-not $inForce.Contains($Property)) {
        $inForce[$Property] = $Before
    }
    if ((ConvertTo-Json -InputObject $inForce[$Property] -Compress) -ceq (ConvertTo-Json -InputObject $After -Compress)) {
        $inForce.Remove($Property)
    }
    if (-not $inForce.Count) {
        $Box['dns'].Remove('in_force')
    }
}

function Set-Setting {
    # Every parameter is a property of the noun, or of the one that shares its value.
    param($Box, [string]$Noun, $Asked)
    foreach ($parameter in $Asked.Keys) {
        $place = $script:names["$Noun.$parameter"]
        $owner, $property = if (-not $place) { $Noun, $parameter } elseif ($place.Contains('.')) { $place.Split('.') } else { $Noun, $place }
        Set-Value $Box $owner $property $Asked[$parameter]
    }
}

function Get-Cache {
    $dns = Read-Dns
    $zone = [ordered]@{
        ZoneName = '.'; ZoneType = 'Cache'; DistinguishedName = $null; IsAutoCreated = $false; IsDsIntegrated = $dns.Contains('directory')
        IsPaused = $false; IsReadOnly = $false; IsReverseLookupZone = $false; IsShutdown = $false
    }
    foreach ($name in $dns['DnsServerCache'].Keys) {
        $zone[$name] = $dns['DnsServerCache'][$name]
    }
    $zone['EnablePollutionProtection'] = $dns['DnsServerRecursion']['SecureResponse']
    ConvertTo-Cim DnsServerCache $zone
}

function Get-Forwarder {
    $found = [ordered]@{}
    $stored = (Read-Dns)['DnsServerForwarder']
    foreach ($name in $stored.Keys) {
        $found[$name] = $stored[$name]
    }
    $found['ReorderedIPAddress'] = $stored['IPAddress']
    ConvertTo-Cim DnsServerForwarder $found
}

function Set-Forwarder {
    # The whole of it is one call to the service. The management infrastructure hands over null for an empty list, so that empties nothing.
    param($Box, $Asked)
    $forwarder = $Box['dns']['DnsServerForwarder']
    foreach ($name in 'IPAddress', 'Timeout', 'UseRootHint', 'EnableReordering') {
        $given = $Asked.Contains($name) -and -not ($name -eq 'IPAddress' -and -not $Asked[$name])
        if ($given -or $name -ne 'EnableReordering') {
            Set-Value $Box DnsServerForwarder $name $(if ($given) { , $Asked[$name] } else { , $forwarder[$name] })
        }
    }
}

function Set-BlockList {
    # A list replaces the list, in small letters; a text of no letters empties it.
    param($Box, $Asked)
    if ($Asked.Contains('List')) {
        $Asked['List'] = @($Asked['List'] | Where-Object { $_ } | ForEach-Object { $_.ToLowerInvariant() })
    }
    Set-Setting $Box DnsServerGlobalQueryBlockList $Asked
}

function Set-RateLimiting {
    # Only what is named changes; the defaults have no mode and leave no number as it is asked for. Rates are checked as a pair.
    param($Box, $Asked)
    $limiting = $Box['dns']['DnsServerResponseRateLimiting']
    if ($Asked.Contains('ResetToDefault')) {
        foreach ($name in $script:limitDefaults.Keys) {
            $limiting[$name] = [long]$script:limitDefaults[$name]
            $Asked.Remove($name)
        }
        $Asked.Remove('ResetToDefault')
    }
    foreach ($name in $Asked.Keys) { $limiting[$name] = $Asked[$name] }
    foreach ($name in $script:limits.Keys) {
        $least, $most, $refusal = $script:limits[$name]
        $off = $name -like '*Rate' -and $limiting[$name] -eq 0
        if (-not $off -and ($limiting[$name] -lt $least -or $limiting[$name] -gt $most)) { Stop-With $refusal }
    }
    if ($limiting['LeakRate'] -and $limiting['TruncateRate'] -and $limiting['LeakRate'] -lt $limiting['TruncateRate']) { Stop-With 9917 }
}

function Set-Diagnostics {
    # -All switches what is logged of packets; the two numbers of operations are no property that is read.
    param($Box, $Asked)
    $given = [ordered]@{}
    foreach ($name in $Asked.Keys) { $given[$name] = $Asked[$name] }
    if ($Asked.Contains('All')) {
        $given.Remove('All')
        foreach ($name in $script:logLevels.Keys) { $given[$name] = $Asked['All'] }
    }
    if ($Asked.Contains('DebugLogging')) {
        foreach ($name in $script:logLevels.Keys) { $given[$name] = [bool]($Asked['DebugLogging'] -band $script:logLevels[$name]) }
    }
    foreach ($name in 'DebugLogging', 'OperationLogLevel1', 'OperationLogLevel2') { $given.Remove($name) }
    Set-Setting $Box DnsServerDiagnostics $given
    $logged = $Box['dns']['DnsServerDiagnostics']
    if (@($given.Keys | Where-Object { $script:logLevels.Contains($_) -or $_ -eq 'Updates' })) {
        $level = 0L
        foreach ($name in $script:logLevels.Keys) { if ($logged[$name]) { $level = $level -bor $script:logLevels[$name] } }
        Set-RegistryData $Box['registry'] $script:parameterKey LogLevel DWord $level
    }
}

function Set-Scavenging {
    param($Box, $Asked)
    $all = $Asked.Contains('ApplyOnAllZones')
    $Asked.Remove('ApplyOnAllZones')
    Set-Setting $Box DnsServerScavenging $Asked
    foreach ($zone in @($Box['dns']['DnsServerZone'] | Where-Object { $all -and $_['ZoneType'] -eq 'Primary' -and -not $_['IsAutoCreated'] })) {
        if ($Asked.Contains('ScavengingState')) { $zone['aging']['AgingEnabled'] = $Asked['ScavengingState'] }
        foreach ($name in 'RefreshInterval', 'NoRefreshInterval') { if ($Asked.Contains($name)) { $zone['aging'][$name] = $Asked[$name] } }
    }
}

function Get-ServerSetting {
    # Where it listens stands in the registry; a server that listens everywhere shows every address.
    param([bool]$All)
    $stored = (Read-Dns)['DnsServerSetting']
    $listens = Get-RegistryData (Read-Kept registry) $script:parameterKey ListenAddresses
    $found = [ordered]@{}
    foreach ($name in @('ComputerName') + @($stored.Keys)) {
        if ($All -or $script:brief -contains $name) { $found[$name] = if ($stored.Contains($name)) { , $stored[$name] } else { $env:COMPUTERNAME } }
    }
    $found['ListeningIPAddress'] = if ($null -ne $listens) { @($listens) } else { @($stored['AllIPAddress']) }
    ConvertTo-Cim DnsServerSetting $found
}

function Set-ServerSetting {
    # The whole object is written; what it has as before stays. The largest UDP packet is for the registry only, and one
    # switch cannot be put back: facts 1.2.
    param($Box, $Object)
    $before = Get-ServerSetting $true
    foreach ($property in $before.PSObject.Properties) {
        $after, $was = (ConvertTo-Plain $Object.($property.Name)), (ConvertTo-Plain $property.Value)
        if ((ConvertTo-Json -InputObject $after -Compress) -ceq (ConvertTo-Json -InputObject $was -Compress)) { continue }
        if ($property.Name -eq 'ListeningIPAddress') { Set-ListenAddress $Box @($after) }
        elseif ($property.Name -eq 'MaximumUdpPacketSize') { Stop-With 9553 }
        elseif ($property.Name -ne 'IgnoreAllPolicies' -or $after) { Set-Value $Box DnsServerSetting $property.Name $after }
    }
    if (Get-Part $Box['dns'] settings_write_listen) {
        # Whether Windows does so is not known: what is shown becomes the list, of the addresses that the host has.
        $own = $Box['dns']['DnsServerSetting']['AllIPAddress']
        Set-ListenAddress $Box @($before.ListeningIPAddress | Where-Object { $own -contains $_ })
    }
}

function Set-ListenAddress {
    # No address means all. It refuses what is not an address of the host, loopback and multicast with it.
    param($Box, $Addresses)
    $own = @($Box['dns']['DnsServerSetting']['AllIPAddress'])
    $asked = @($Addresses | Where-Object { $_ })
    if (@($asked | Where-Object { $own -notcontains $_ })) { Stop-With 9552 }
    Set-RegistryData $Box['registry'] $script:parameterKey ListenAddresses MultiString $(if ($asked) { , $asked })
    $services = Read-Box services
    $process = $services[(Find-Key $services DNS)]['process']
    $kept = @($Box['network']['sockets'] | Where-Object { $_ -and ($_['process'] -ne $process -or $_['port'] -ne 53) })
    $listens = if ($asked) { $asked } else { $own + '127.0.0.1' + '::1' }
    $opened = foreach ($protocol in 'tcp', 'udp') {
        foreach ($address in $listens) { [ordered]@{ protocol = $protocol; address = $address; port = 53; process = $process } }
    }
    $Box['network']['sockets'] = @($kept) + @($opened)
    $script:touched['network'] = $true
}

$script:serverActions = @{
    'Get-DnsServerCache' = { Get-Cache }
    'Get-DnsServerForwarder' = { Get-Forwarder }
    'Get-DnsServerSetting' = { param($Asked) Get-ServerSetting ([bool](Get-Part $Asked All)) }
    'Set-DnsServerSetting' = { param($Asked) Update-Dns { param($Box) foreach ($one in $Asked['InputObject']) { Set-ServerSetting $Box $one } } }
    'Set-DnsServerForwarder' = { param($Asked) Update-Dns { param($Box) Set-Forwarder $Box $Asked } }
    'Set-DnsServerGlobalQueryBlockList' = { param($Asked) Update-Dns { param($Box) Set-BlockList $Box $Asked } }
    'Set-DnsServerResponseRateLimiting' = { param($Asked) Update-Dns { param($Box) Set-RateLimiting $Box $Asked } }
    'Set-DnsServerDiagnostics' = { param($Asked) Update-Dns { param($Box) Set-Diagnostics $Box $Asked } }
    'Set-DnsServerScavenging' = { param($Asked) Update-Dns { param($Box) Set-Scavenging $Box $Asked } }
}
