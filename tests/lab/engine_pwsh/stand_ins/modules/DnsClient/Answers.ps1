# SPDX-License-Identifier: GPL-3.0-or-later
# What a DNS Server answers: the host's own from dns.json, another one from network.json. An answer has records, or the number of an error.

Set-StrictMode -Version Latest

$script:timeout, $script:failure, $script:nameError, $script:refusal = 1460, 9002, 9003, 9005

function Find-Answer {
    # Of the first of these servers that is there.
    param([string]$Name, [string[]]$Types, [string[]]$Addresses, [bool]$NoRecursion)
    $wanted = "$($Name.TrimEnd('.').ToLowerInvariant())."
    foreach ($address in $Addresses) {
        if (Test-Listening $address) {
            return Get-OwnAnswer $wanted $Types $NoRecursion
        }
        $others = Get-Part (Read-Box network) name_servers
        if ($others -and $others.Contains($address)) {
            return Get-OtherAnswer @($others[$address]) $wanted $Types
        }
    }
    return @{ error = $script:timeout }
}

function Test-Listening {
    param([string]$Address)
    $services = Read-Box services
    $service = @($services.Keys | Where-Object { $_ -eq 'DNS' } | ForEach-Object { $services[$_] })
    if (-not $service -or $service[0]['state'] -ne 'Running') {
        return $false
    }
    $own = @(@(Get-Part (Read-Box network) sockets) | Where-Object { $_['port'] -eq 53 -and $_['process'] -eq $service[0]['process'] })
    return @($own | Where-Object { $_['address'] -eq $Address }).Count -gt 0
}

function Get-OtherAnswer {
    # All that another server knows, by whole names; of its name servers the addresses too.
    param([object[]]$Known, [string]$Name, [string[]]$Types)
    $all = @(foreach ($one in $Known) { @{ name = "$($one[0].TrimEnd('.').ToLowerInvariant())."; seconds = $one[1]; type = $one[2]; data = $one[3] } })
    return Get-Reply $all $Name $Types
}

function Get-Reply {
    # From records with whole names. A name that has no record of the type, or only others below it, is an answer without records.
    # With name servers come their addresses, with the beginning of a zone that of its primary server.
    param([object[]]$All, [string]$Name, [string[]]$Types)
    $here = @($All | Where-Object { $_['name'] -eq $Name })
    if (-not $here -and -not @($All | Where-Object { $_['name'].EndsWith(".$Name") })) {
        return @{ error = $script:nameError }
    }
    $found = @($here | Where-Object { $Types -contains $_['type'] -or $_['type'] -eq 'CNAME' -or $Types -contains 'ALL' })
    $servers = @($found | Where-Object { $_['type'] -in 'NS', 'SOA' } | ForEach-Object { "$($_['data'].Split(' ')[0].TrimEnd('.').ToLowerInvariant())." })
    $more = @($All | Where-Object { $_['type'] -in 'A', 'AAAA' -and $servers -contains $_['name'] })
    return @{ error = 0; records = @($found | ForEach-Object { $_ + @{ section = 'Answer' } }) + @($more | ForEach-Object { $_ + @{ section = 'Additional' } }) }
}

function Get-OwnAnswer {
    param([string]$Name, [string[]]$Types, [bool]$NoRecursion)
    $dns = Read-Box dns
    $zone = Find-ZoneOf $dns $Name
    if ($zone -and $zone['ZoneType'] -in 'Primary', 'Secondary') {
        return Get-ZoneAnswer $dns $zone $Name $Types
    }
    if ($NoRecursion -or -not $dns['DnsServerRecursion']['Enable']) {
        return @{ error = $script:refusal }
    }
    if ($zone) {
        return Get-ForwardedAnswer @($zone['MasterServers']) $Name $Types $false
    }
    return Get-ForwardedAnswer @($dns['DnsServerForwarder']['IPAddress']) $Name $Types ([bool]$dns['DnsServerForwarder']['UseRootHint'])
}

function Find-ZoneOf {
    # The zone with the longest name that the name ends with; nothing where there is none.
    param($Dns, [string]$Name)
    $found = $null
    foreach ($zone in @($Dns['DnsServerZone'])) {
        if (".$Name".EndsWith(".$($zone['ZoneName']).", 'OrdinalIgnoreCase') -and (-not $found -or $zone['ZoneName'].Length -gt $found['ZoneName'].Length)) {
            $found = $zone
        }
    }
    return $found
}

function Get-ZoneAnswer {
    # The block list names single labels of primary zones: facts 1.15.
    param($Dns, $Zone, [string]$Name, [string[]]$Types)
    $list = $Dns['DnsServerGlobalQueryBlockList']
    $label = $Name.Substring(0, [math]::Max(0, $Name.Length - $Zone['ZoneName'].Length - 2))
    if ($Zone['ZoneType'] -eq 'Primary' -and $list['Enable'] -and @($list['List']) -contains $label) {
        return @{ error = $script:nameError }
    }
    if ((Get-Part $Zone IsPaused) -or (Get-Part $Zone IsShutdown)) {
        return @{ error = $script:failure }
    }
    return Get-Reply @(foreach ($one in @($Zone['records'])) {
            $owner = if ($one[0] -eq '@') { "$($Zone['ZoneName'])." } else { "$($one[0]).$($Zone['ZoneName'])." }
            @{ name = $owner.ToLowerInvariant(); seconds = $one[1]; type = $one[2]; data = $one[3] }
        }) $Name $Types
}

function Get-ForwardedAnswer {
    # Of the first forwarder that is there. No root server can be reached from the lab, but the hints themselves are known.
    param([object[]]$Addresses, [string]$Name, [string[]]$Types, [bool]$UseHints)
    $others = Get-Part (Read-Box network) name_servers
    foreach ($address in $Addresses) {
        if ($address -and $others -and $others.Contains($address)) {
            return Get-OtherAnswer @($others[$address]) $Name $Types
        }
    }
    $hints = @(if ($UseHints) { Get-HintRecord })
    $reply = Get-Reply $hints $Name $Types
    return $(if ($reply['error']) { @{ error = $script:failure } } else { $reply })
}

function Get-HintRecord {
    foreach ($hint in @((Read-Box dns)['DnsServerRootHint'])) {
        if ($hint) {
            @{ name = '.'; seconds = 3600; type = 'NS'; data = $hint['name'] }
            foreach ($address in @($hint['addresses'])) {
                @{ name = $hint['name']; seconds = 3600; type = $(if ($address.Contains(':')) { 'AAAA' } else { 'A' }); data = $address }
            }
        }
    }
}
