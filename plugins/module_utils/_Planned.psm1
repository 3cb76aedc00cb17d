# SPDX-License-Identifier: GPL-3.0-or-later
# What an operation was planned on, as a text that can be compared with what is there.

using namespace System.Collections

Set-StrictMode -Version Latest

function Get-Canonical {
    # One text for equal data, whatever the order of keys and the width of numbers.
    param($Value)
    if ($null -eq $Value) {
        return 'null'
    }
    if ($Value -is [IDictionary]) {
        $parts = [string[]]@(foreach ($pair in $Value.GetEnumerator()) { "$($pair.Key)=$(Get-Canonical $pair.Value)" })
        [array]::Sort($parts, [System.StringComparer]::Ordinal)
        return "{$($parts -join ';')}"
    }
    if ($Value -is [IList]) {
        return "[$(@(foreach ($item in $Value) { Get-Canonical $item }) -join ';')]"
    }
    if ($Value -is [string]) {
        return "'$($Value.Length):$Value"
    }
    return "$Value"
}

function Format-Value {
    # As JSON, of which 5.1 makes nothing for null.
    param($Value)
    return $(if ($null -eq $Value) { 'absent' } else { ConvertTo-Json -InputObject $Value -Depth 100 -Compress })
}

function Assert-Same {
    param([string]$Name, $Found, $Planned)
    if ((Get-Canonical $Found) -cne (Get-Canonical $Planned)) {
        Stop-Payload 'changed_meanwhile' "$Name is $(Format-Value $Found), planned was $(Format-Value $Planned)."
    }
}

function Assert-Unchanged {
    # Found: what is there now; of it only what was planned on counts.
    param($Found, $Planned)
    foreach ($pair in $Planned.GetEnumerator()) {
        Assert-Same "'$($pair.Key)'" $Found[$pair.Key] $pair.Value
    }
}
