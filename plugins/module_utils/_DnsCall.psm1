# SPDX-License-Identifier: GPL-3.0-or-later
# Cmdlets of the DNS Server: what they are given, what they give, and their errors by number.

#AnsibleRequires -PowerShell ._Program

using namespace System.Collections.Generic

Set-StrictMode -Version Latest

$script:kinds = @{ 5 = 'access_denied'; 1722 = 'service_stopped'; 1753 = 'service_stopped'; 9601 = 'zone_unknown'; 9603 = 'zone_unfit'; 9611 = 'zone_unfit' }
# For how long a service that just started may not answer yet.
$script:patience = 30

function Get-Hresult {
    # Nothing where the error has no number. Never by the message, which is in the host's language.
    param($Record)
    $numbers = @(
        if ($Record.FullyQualifiedErrorId -match '^(?:WIN32|HRESULT) (0x[0-9a-f]+|\d+)') { $Matches[1] }
        foreach ($name in 'NativeErrorCode', 'ErrorCode') {
            # That of a CimException is an enumeration.
            foreach ($found in $Record.Exception.GetBaseException().PSObject.Properties[$name]) { if ($found.Value -isnot [enum]) { $found.Value } }
        }
    )
    foreach ($one in $numbers) {
        $number = [long]$one -band [uint32]::MaxValue
        if ($number) {
            return $(if ($number -gt 0xffff) { $number } else { 0x80070000L -bor $number })
        }
    }
}

function ConvertTo-DnsFailure {
    param($Record)
    $hresult = Get-Hresult $Record
    if (-not $hresult) {
        return ConvertTo-Failure $Record
    }
    $kind = $script:kinds[[int]($hresult -band 0xffff)]
    if (-not $kind -or ($hresult -shr 16) -ne 0x8007) { $kind = 'dns_error' }
    return Get-Failure $kind $Record.Exception.GetBaseException().Message -Hresult ('0x{0:x8}' -f $hresult)
}

function Test-Running {
    $service = Find-Service 'DNS'
    return $service -and "$($service.Status)" -eq 'Running'
}

function Invoke-Patiently {
    # Runs the block again while the service runs but does not answer yet.
    param([scriptblock]$Block)
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while ($true) {
        try {
            return & $Block
        }
        catch {
            $failure = ConvertTo-DnsFailure $_
            if ($failure['kind'] -ne 'service_stopped' -or -not (Test-Running)) {
                Stop-Payload -Failure $failure
            }
            if ($clock.Elapsed.TotalSeconds -gt $script:patience) {
                $failure['kind'] = 'dns_error'
                Stop-Payload -Failure $failure
            }
            Start-Sleep -Milliseconds 500
        }
    }
}

function Invoke-DnsCmdlet {
    # Of a TimeSpan the parameters give the seconds. What it gives is what the cmdlet gives.
    param([string]$Name, $Parameters, [switch]$Write)
    $declared = (Find-Command $Name).Parameters
    $given = @{ ErrorAction = 'Stop'; WarningAction = 'SilentlyContinue' }
    foreach ($pair in $Parameters.GetEnumerator()) {
        $value = $pair.Value
        if ($value -is [List[object]]) {
            $value = $value.ToArray()
        }
        elseif ($declared.ContainsKey($pair.Key) -and "$($declared[$pair.Key].ParameterType)" -match 'TimeSpan') {
            $value = [timespan]::FromSeconds($value)
        }
        $given[$pair.Key] = $value
    }
    if ($Write) {
        $given['Confirm'] = $false
        if ($declared.ContainsKey('Force')) {
            $given['Force'] = $true
        }
    }
    # All of it or nothing: it may be run again.
    Invoke-Patiently { @(& $Name @given) }
}

function ConvertTo-Simple {
    param($Value)
    if ($Value -is [array]) {
        $items = [List[object]]::new()
        foreach ($item in $Value) {
            if ($null -ne $item) {
                $items.Add((ConvertTo-Simple $item))
            }
        }
        return , $items
    }
    if ($Value -is [timespan]) {
        return [long]$Value.TotalSeconds
    }
    if ($Value -is [datetime]) {
        return Get-UtcText $Value
    }
    if ($null -eq $Value -or ($Value -is [ValueType] -and $Value -isnot [enum])) {
        return $Value
    }
    return "$Value"
}

function Add-Value {
    # What is at the end of a path, if there is one. A step over a list takes each item that has it.
    param($Record, [string]$Path, $Value, [string[]]$Steps)
    foreach ($name in $Steps) {
        if ($Value -is [array]) {
            $Value = @(foreach ($item in $Value) { if ($null -ne $item) { foreach ($found in $item.PSObject.Properties[$name]) { $found.Value } } })
        }
        elseif ($null -ne $Value) {
            $found = $Value.PSObject.Properties[$name]
            if (-not $found) {
                return
            }
            $Value = $found.Value
        }
    }
    $Record[$Path] = ConvertTo-Simple $Value
}

function ConvertTo-Record {
    # The properties that this object has. Getters of the module DnsServer run in this scope, and may not be strict.
    param($Object, $Properties)
    Set-StrictMode -Off
    $record = @{}
    $own = $Object.PSObject.Properties
    foreach ($path in $Properties) {
        $first, $steps = $path -split '\.'
        foreach ($found in $own[$first]) {
            $value = $found.Value
            # They give a list of one address as that address.
            if ($null -ne $value -and $first -match '^(IPAddress|Forwarder)$|Servers$|List$') { $value = @($value) }
            if ($value -is [string] -and -not $steps) {
                $record[$path] = $value
            }
            else {
                Add-Value $record $path $value $steps
            }
        }
    }
    return $record
}

function Get-DnsObject {
    param([string]$Noun, $Parameters, $Properties)
    foreach ($object in Invoke-DnsCmdlet "Get-$Noun" $Parameters) {
        ConvertTo-Record $object $Properties
    }
}
