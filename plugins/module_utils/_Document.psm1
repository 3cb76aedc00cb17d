# SPDX-License-Identifier: GPL-3.0-or-later
# Plain data, and errors as the protocol writes them.

using namespace System.Collections
using namespace System.Globalization
using namespace System.Management.Automation

Set-StrictMode -Version Latest

# By HRESULT, never by text: messages are in the host's language.
$script:kinds = @{
    '0x80070002' = 'not_found'
    '0x80070003' = 'not_found'
    '0x80070005' = 'access_denied'
    '0x8007000d' = 'malformed'
    '0x80070020' = 'sharing_violation'
    '0x80070021' = 'locked'
    '0x800700b7' = 'duplicate'
}

function ConvertTo-Plain {
    # JSON comes as Hashtable, Dictionary, PSCustomObject, array or ArrayList. Lists: see Get-Observation.
    param($Value)
    # The full name, because the short one means every wrapped value.
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        $pairs = @{}
        foreach ($property in $Value.PSObject.Properties) {
            $pairs[$property.Name] = $property.Value
        }
        $Value = $pairs
    }
    if ($Value -is [IDictionary]) {
        $plain = [ordered]@{}
        foreach ($pair in $Value.GetEnumerator()) {
            $plain[[string]$pair.Key] = ConvertTo-Plain $pair.Value
        }
        return $plain
    }
    if ($Value -is [IList]) {
        $list = [Generic.List[object]]::new()
        foreach ($item in $Value) {
            $list.Add((ConvertTo-Plain $item))
        }
        return , $list
    }
    # PowerShell 7 makes dates of strings that look like one.
    if ($Value -is [datetime]) {
        return Get-UtcText $Value
    }
    return $Value
}

function Get-UtcText {
    param([datetime]$Time = [datetime]::UtcNow)
    return $Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [CultureInfo]::InvariantCulture)
}

function Get-Failure {
    param([string]$Kind, [string]$Message, $Hresult, $File, $Line)
    return [ordered]@{ kind = $Kind; message = $Message; hresult = $Hresult; file = $File; line = $Line }
}

function Stop-Payload {
    # Throws an error whose kind is known, or that is known whole; it travels in the exception's data.
    param([string]$Kind, [string]$Message, $Failure = (Get-Failure $Kind $Message))
    $problem = [InvalidOperationException]::new($Failure['message'])
    $problem.Data['failure'] = $Failure
    throw $problem
}

function ConvertTo-Failure {
    # Place: what a kind or an HRESULT means where the error arose, when the message names no line.
    param($Record, [hashtable]$Place = @{})
    $problem = $Record.Exception
    $win32 = [System.ComponentModel.Win32Exception]
    while ($problem.InnerException -and ($problem -is [RuntimeException] -or $problem -is [System.Reflection.TargetInvocationException] -or
            $problem.InnerException -is $win32)) {
        $problem = $problem.InnerException
    }
    if ($problem.Data.Contains('failure')) {
        return $problem.Data['failure']
    }
    # Its own HRESULT is the same for every error.
    $hresult = '0x{0:x8}' -f $(if ($problem -is $win32) { 0x80070000 -bor $problem.NativeErrorCode } else { $problem.HResult })
    $failure = Get-Failure $script:kinds[$hresult] $problem.Message -Hresult $hresult
    # Only the scripts for IIS have it.
    if (Test-Path -LiteralPath function:Add-Position) {
        Add-Position $failure $problem
    }
    if (-not $failure['kind']) {
        $failure['kind'] = 'internal'
    }
    foreach ($key in $hresult, $failure['kind']) {
        if (-not $failure['line'] -and $Place[$key]) {
            $failure['kind'] = $Place[$key]
        }
    }
    if ($failure['kind'] -eq 'internal') {
        $failure['message'] = "$($problem.GetType().FullName): $($problem.Message)"
    }
    return $failure
}
