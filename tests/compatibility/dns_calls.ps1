# SPDX-License-Identifier: GPL-3.0-or-later
# Runs parts of the payload against cmdlets of its own and writes what came of it as one JSON document: dns_calls.ps1 FOLDER.
# The cmdlets behave as no host of the lab does: a service that does not answer yet, errors of every form.
param([string]$Folder)

$ErrorActionPreference = 'Stop'
foreach ($name in '_Document', '_Payload', '_Planned', '_Registry', '_Service', '_Program', '_DnsCall', '_Dns') {
    New-Module -Name $name -ScriptBlock ([scriptblock]::Create([System.IO.File]::ReadAllText("$Folder/$name.psm1"))) | Import-Module -Scope Global
}

New-Module -Name Stand -ScriptBlock {
    $script:state = @{ calls = 0; failing = 0; service = 'Running'; given = $null; number = 9002 }

    function Get-State { $script:state }
    function Find-Service { param($Name) if ($Name -eq 'DNS' -and $script:state.service) { [pscustomobject]@{ Status = $script:state.service } } }
    function Write-Number { param($Number) Write-Error -Message 'Fehler beim Abrufen.' -ErrorId "WIN32 $Number" }
    function Get-DnsServerCache {
        [CmdletBinding()] param()
        [pscustomobject]@{ MaxTtl = 1 }
        if ($script:state.calls++ -lt $script:state.failing) { Write-Number 1722 }
    }
    function Get-DnsServerNumber { [CmdletBinding()] param([int]$Number) Write-Number $Number }
    function Get-DnsServerThrown { [CmdletBinding()] param([int]$Number) throw [System.ComponentModel.Win32Exception]::new($Number) }
    function Get-DnsServerHresult { [CmdletBinding()] param([long]$Number)
        throw [System.Runtime.InteropServices.COMException]::new('Fehler', [BitConverter]::ToInt32([BitConverter]::GetBytes($Number), 0))
    }
    function Resolve-DnsName {
        [CmdletBinding()] param($Name, $Type, $Server, [switch]$DnsOnly, [switch]$NoHostsFile)
        if ($script:state.calls++ -lt $script:state.failing) { throw [System.ComponentModel.Win32Exception]::new($script:state.number) }
        [pscustomobject]@{ Name = $Name; Type = 'A'; Section = 'Answer'; IPAddress = '192.0.2.1' }
        [pscustomobject]@{ Name = $Name; Type = 'MX'; Section = 'Additional' }
        [pscustomobject]@{ Name = $Name; Type = 'SOA'; Section = 'Authority'; PrimaryServer = 'a' }
    }
    function Set-DnsServerCache {
        [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param([timespan]$MaxTtl, [uint32]$LockingPercent)
        if ($PSCmdlet.ShouldProcess('cache')) { $script:state.given = $PSBoundParameters }
    }
    function Remove-DnsServerRootHint {
        [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param([string]$NameServer, [ipaddress[]]$IPAddress, [switch]$Force)
        $script:state.given = $PSBoundParameters
    }
    function Get-DnsServerRootHint {
        [CmdletBinding()] param()
        $records = @([pscustomobject]@{ RecordData = [pscustomobject]@{ IPv4Address = [ipaddress]'192.0.2.1' } }
            [pscustomobject]@{ RecordData = [pscustomobject]@{ IPv6Address = [ipaddress]'2001:db8::1' } })
        [pscustomobject]@{ Name = 'a.'; Records = $records; Nothing = $null; Day = [DayOfWeek]::Monday; Span = [timespan]'1.00:00:30'
            Time = [datetime]::new(2026, 11, 24, 21, 15, 2, [DateTimeKind]::Utc); Number = [uint32]::MaxValue; List = @($null, 'x'); Inner = [pscustomobject]@{ A = 1 } }
    }
} | Import-Module -Scope Global

function Get-Outcome {
    param([scriptblock]$Block)
    try {
        return @{ value = @(& $Block) }
    }
    catch {
        return @{ error = ConvertTo-Failure $_ }
    }
}

function Get-Cache {
    param([int]$Failing, [string]$Service, [int]$Patience = 30)
    $state = Get-State
    $state.calls = 0
    $state.failing = $Failing
    $state.service = $Service
    & (Get-Module _DnsCall) { $script:patience = $args[0] } $Patience
    $answer = Get-Outcome { Get-DnsObject 'DnsServerCache' @{} @('MaxTtl') }
    $answer['calls'] = $state.calls
    return $answer
}

function Get-Replies {
    param([int]$Failing, [int]$Seconds, [int]$Number = 9002, [int]$Questions = 2)
    $state = Get-State
    $state.number = $Number
    $state.calls = 0
    $state.failing = $Failing
    $question = @{ name = 'www.example'; type = 'A' }
    $answer = Get-Outcome { Get-Answer @{ server = '192.0.2.53'; questions = @($question) * $Questions; seconds = $Seconds } }
    $answer['calls'] = $state.calls
    return $answer
}

function Get-Given {
    param([string]$Name, $Parameters)
    $null = Invoke-DnsCmdlet $Name (ConvertTo-Plain $Parameters) -Write
    $given = @{}
    foreach ($pair in (Get-State).given.GetEnumerator()) {
        $given[$pair.Key] = "$($pair.Value)"
    }
    return $given
}

$answer = @{
    starting = Get-Cache 2 'Running'
    stopped = Get-Cache 9 'Stopped'
    absent = Get-Cache 9 ''
    never = Get-Cache 9 'Running' -Patience 0
    replies = Get-Replies 1 10
    no_replies = Get-Replies 9 0
    silence = Get-Replies 9 0 1460 4
    late = Get-Replies 2 10 1460 4
    cache = Get-Given 'Set-DnsServerCache' @{ MaxTtl = 90; LockingPercent = 100 }
    hint = Get-Given 'Remove-DnsServerRootHint' @{ NameServer = 'a.'; IPAddress = @('192.0.2.1', '2001:db8::1') }
    record = Get-Outcome { Get-DnsObject 'DnsServerRootHint' @{} @('Name', 'Records.RecordData.IPv4Address', 'Records.RecordData.IPv6Address',
            'Nothing', 'Nothing.Deep', 'Missing', 'Inner.A', 'Inner.B', 'Day', 'Span', 'Time', 'Number', 'List') }
    missing = Get-Outcome { Invoke-DnsCmdlet 'Get-DnsServerOfAnother' @{} }
    numbers = @{}
    thrown = @{}
}
foreach ($number in 5, 9601, 9603, 9611, 9717) {
    $answer['numbers']["$number"] = Get-Outcome { Invoke-DnsCmdlet 'Get-DnsServerNumber' @{ Number = $number } }
}
foreach ($number in 9003, 1460) {
    $answer['thrown']["$number"] = Get-Outcome { Invoke-DnsCmdlet 'Get-DnsServerThrown' @{ Number = $number } }
}
foreach ($number in 0x80072030L, 0x80041010L, 0x80070005L, 0x80040005L) {
    $answer['thrown']["$number"] = Get-Outcome { Invoke-DnsCmdlet 'Get-DnsServerHresult' @{ Number = $number } }
}
ConvertTo-Json -InputObject $answer -Depth 10 -Compress
