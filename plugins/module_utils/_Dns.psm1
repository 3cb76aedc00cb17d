# SPDX-License-Identifier: GPL-3.0-or-later
# The DNS Server, read: by its cmdlets, and by the questions that it answers.

#AnsibleRequires -PowerShell ._DnsAcl

Set-StrictMode -Version Latest

# What Resolve-DnsName calls the data of a record.
$script:data = @{ NS = 'NameHost'; A = 'IPAddress'; AAAA = 'IPAddress'; SOA = 'PrimaryServer' }

function Get-DnsReadForm {
    return @{
        get = 'cmdlet=^(DnsServer[A-Za-z]+|DnsClientServerAddress)\z parameters=object properties=list'
        zones = 'properties=list aging=any'
        query = 'server=text questions=list seconds=number'
        acl = ''
    }
}

function Read-Zone {
    param($Request)
    $answer = @{ zones = [System.Collections.Generic.List[object]]::new(); aging = @{}; registry = @{} }
    $names = $Request['aging']
    $aged = @(foreach ($zone in Invoke-DnsCmdlet Get-DnsServerZone @{}) {
            $name = $zone.ZoneName
            $answer['zones'].Add((ConvertTo-Record $zone $Request['properties']))
            if ($zone.ZoneType -eq 'Secondary') {
                $answer['registry'][$name] = Get-ZoneValue $name
            }
            elseif ($zone.ZoneType -eq 'Primary' -and -not $zone.IsAutoCreated -and $name -ne 'TrustAnchors') {
                $name
            }
        })
    Add-Aging $answer['aging'] $(if ($names -is [string]) { $aged } else { $names })
    return $answer
}

function Add-Aging {
    # Many zones in one call, which is much faster; each by itself where that fails.
    param($Aging, [string[]]$Zones)
    try {
        if ($Zones) {
            foreach ($one in Get-DnsObject 'DnsServerZoneAging' @{ Name = $Zones } ('ZoneName', 'AgingEnabled', 'RefreshInterval', 'NoRefreshInterval', 'ScavengeServers')) {
                $Aging[$one['ZoneName']] = $one
                $one.Remove('ZoneName')
            }
        }
    }
    catch {
        if ($Zones.Count -gt 1) {
            foreach ($zone in $Zones) { Add-Aging $Aging $zone }
        }
        else {
            $Aging[$Zones[0]] = @{ error = ConvertTo-Failure $_ }
        }
    }
}

function Get-ZoneValue {
    # Whom this server gives the zone and tells of changes: no cmdlet reads it of a secondary zone.
    param([string]$Zone)
    $values = @{}
    foreach ($name in 'SecureSecondaries', 'SecondaryServers', 'NotifyLevel', 'NotifyServers') {
        $found = Get-RegistryValue @{ hive = 'HKLM'; key = "SOFTWARE\Microsoft\Windows NT\CurrentVersion\DNS Server\Zones\$Zone"; name = $name }
        if ($found['exists']) {
            $values[$name] = $found['value']
        }
    }
    return $values
}

function Get-Reply {
    param($Question, [string]$Server)
    $given = @{ Name = $Question['name']; Type = $Question['type']; Server = $Server; DnsOnly = $true; NoHostsFile = $true; ErrorAction = 'Stop' }
    return @{
        records = @(foreach ($record in Resolve-DnsName @given) {
                if ("$($record.Section)" -in 'Answer', 'Additional') {
                    $type = "$($record.Type)"
                    @{ name = "$($record.Name)"; type = $type; data = "$(if ($script:data[$type]) { $record.$($script:data[$type]) })" }
                }
            })
    }
}

function Get-Answer {
    # For each question the same. None is left unasked, unless nobody answered any while there was time.
    param($Request)
    $null = Find-Command Resolve-DnsName
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $again = $true
    $heard = $false
    foreach ($question in $Request['questions']) {
        Assert-Form $question 'question' 'name=text type=text'
        while ($again -or $heard) {
            $answer = try { Get-Reply $question $Request['server'] } catch { @{ error = ConvertTo-DnsFailure $_ } }
            # An error of the DNS is an answer.
            $heard = $heard -or $answer.Contains('records') -or $answer['error']['hresult'] -match '^0x80072[345]'
            $again = $answer.Contains('error') -and $clock.Elapsed.TotalSeconds -lt $Request['seconds']
            if (-not $again) { break }
            Start-Sleep -Milliseconds 500
        }
        $answer
    }
}

function Invoke-DnsRead {
    param($Request)
    switch ($Request['read']) {
        'get' { return , @(Get-DnsObject $Request['cmdlet'] $Request['parameters'] $Request['properties']) }
        'zones' { return Read-Zone $Request }
        'query' { return , @(Get-Answer $Request) }
        'acl' { return Read-DnsAcl }
    }
}
