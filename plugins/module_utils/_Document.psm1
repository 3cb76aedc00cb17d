# SPDX-License-Identifier: GPL-3.0-or-later
# Plain data, its canonical text, and errors as the protocol writes them.

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
    # JSON arrives as Hashtable, Dictionary, PSCustomObject, array or ArrayList; here it becomes ordered dictionaries and lists.
    param($Value)
    if ($null -eq $Value) {
        return $null
    }
    $pairs = $null
    if ($Value -is [System.Collections.IDictionary]) {
        $pairs = $Value.GetEnumerator()
    }
    elseif ($Value -is [System.Management.Automation.PSCustomObject]) {
        $pairs = $Value.PSObject.Properties
    }
    if ($null -ne $pairs) {
        $plain = [ordered]@{}
        foreach ($pair in $pairs) {
            $name = if ($pair -is [System.Management.Automation.PSPropertyInfo]) { $pair.Name } else { $pair.Key }
            $plain[[string]$name] = ConvertTo-Plain -Value $pair.Value
        }
        return $plain
    }
    if ($Value -is [System.Collections.IList]) {
        $list = [System.Collections.Generic.List[object]]::new()
        foreach ($item in $Value) {
            $list.Add((ConvertTo-Plain -Value $item))
        }
        return , $list
    }
    if ($Value -is [System.DateTime]) {
        # PowerShell 7 makes dates of strings that look like one.
        return Get-UtcText -Time $Value
    }
    return $Value.PSObject.BaseObject
}

function Get-UtcText {
    param([System.DateTime]$Time = [System.DateTime]::UtcNow)
    return $Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [System.Globalization.CultureInfo]::InvariantCulture)
}

function Get-Canonical {
    # One text for equal data, whatever the order of keys and the width of numbers.
    param($Value)
    if ($null -eq $Value) {
        return 'null'
    }
    if ($Value -is [System.Collections.IDictionary]) {
        $parts = [string[]]@(foreach ($pair in $Value.GetEnumerator()) {
                (Get-Canonical -Value $pair.Key) + '=' + (Get-Canonical -Value $pair.Value)
            })
        [System.Array]::Sort($parts, [System.StringComparer]::Ordinal)
        return '{' + ($parts -join ';') + '}'
    }
    if ($Value -is [System.Collections.IList]) {
        return '[' + (@(foreach ($item in $Value) { Get-Canonical -Value $item }) -join ';') + ']'
    }
    if ($Value -is [string]) {
        return "'$($Value.Length):$Value"
    }
    return ([string]$Value).ToLowerInvariant()
}

function ConvertTo-JsonText {
    # On Windows PowerShell 5.1 arrays handed to ConvertTo-Json may get a Count; the answer holds lists only.
    param($Value)
    return ConvertTo-Json -InputObject $Value -Depth 100 -Compress
}

function Get-ErrorDocument {
    param([string]$Kind, [string]$Message, $Hresult, $File, $Line)
    return [ordered]@{ kind = $Kind; message = $Message; hresult = $Hresult; file = $File; line = $Line }
}

function Stop-Payload {
    # Throws an error that already has its kind; it travels in the exception's data.
    param([string]$Kind, [string]$Message, [System.Collections.Specialized.OrderedDictionary]$Document)
    if ($null -eq $Document) {
        $Document = Get-ErrorDocument -Kind $Kind -Message $Message
    }
    $problem = [System.InvalidOperationException]::new([string]$Document['message'])
    $problem.Data['document'] = $Document
    throw $problem
}

function ConvertTo-ErrorDocument {
    # Place: what a kind means where the error arose, when the message names no file: @{ not_found = 'location_unknown' }.
    param([System.Exception]$Problem, [hashtable]$Place = @{})
    while ($null -ne $Problem.InnerException -and ($Problem -is [System.Management.Automation.RuntimeException] -or
            $Problem -is [System.Reflection.TargetInvocationException])) {
        $Problem = $Problem.InnerException
    }
    if ($Problem.Data.Contains('document')) {
        return $Problem.Data['document']
    }
    $where = Get-ErrorPlace -Message $Problem.Message
    $hresult = '0x{0:x8}' -f $Problem.HResult
    $kind = $script:kinds[$hresult]
    if ($Problem -is [System.Xml.XmlException]) {
        $kind = 'malformed'
        $where['line'] = $Problem.LineNumber
    }
    elseif ($Problem -is [System.UnauthorizedAccessException]) {
        $kind = 'access_denied'
    }
    elseif ($null -eq $kind) {
        $kind = if ($null -ne $where['line']) { 'malformed' } else { 'internal' }
    }
    if ($null -eq $where['file'] -and $Place.ContainsKey($kind)) {
        $kind = $Place[$kind]
    }
    $message = $Problem.Message
    if ($kind -eq 'internal') {
        $message = "$($Problem.GetType().FullName): $message"
    }
    return Get-ErrorDocument -Kind $kind -Message $message -Hresult $hresult -File $where['file'] -Line $where['line']
}

function Get-ErrorPlace {
    # IIS begins its messages with a line that ends in the file and one that ends in the line's number, labelled in the host's language.
    param([string]$Message)
    $where = @{ file = $null; line = $null }
    $lines = $Message -split '\r?\n'
    if ($lines[0] -match '^[^\\]*?(?:\\\\\?\\)?((?:[A-Za-z]:|UNC|\\)\\.*\.config)\s*$') {
        $where['file'] = $Matches[1] -replace '^UNC\\', '\\'
        if ($lines.Count -gt 1 -and $lines[1] -match '(\d+)\s*$') {
            $where['line'] = [int]$Matches[1]
        }
    }
    return $where
}

Export-ModuleMember -Function ConvertTo-Plain, Get-UtcText, Get-Canonical, ConvertTo-JsonText, Get-ErrorDocument, Stop-Payload, ConvertTo-ErrorDocument
