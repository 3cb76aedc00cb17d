# SPDX-License-Identifier: GPL-3.0-or-later
# Checks the request, has the providers read or write, and answers with one JSON document. It decides nothing.

#AnsibleRequires -PowerShell ._Document
#AnsibleRequires -PowerShell ._Facts
#AnsibleRequires -PowerShell ._Journal
#AnsibleRequires -PowerShell ._Registry
#AnsibleRequires -PowerShell ._Service

using namespace System.Collections

Set-StrictMode -Version Latest

function Test-Type {
    # A type with a question mark also takes null; any other word than these is a pattern.
    param($Value, [string]$Type)
    if ($null -eq $Value) {
        return $Type -match '^any|\?$'
    }
    switch ($Type.TrimEnd('?')) {
        'any' { return $true }
        'text' { return $Value -is [string] }
        'flag' { return $Value -is [bool] }
        'list' { return $Value -is [IList] }
        'object' { return $Value -is [IDictionary] }
        'number' { return $Value -is [int] -or $Value -is [long] }
    }
    return $Value -is [string] -and $Value -cmatch $Type
}

function Assert-That {
    param([bool]$Holds, [string]$Message)
    if (-not $Holds) {
        Stop-Payload 'request_invalid' $Message
    }
}

function Assert-Form {
    # Keys: the keys of the form with their types; null where there is no such form.
    param($Value, [string]$Form, $Keys)
    Assert-That ($Value -is [IDictionary] -and $null -ne $Keys) "There is no $Form."
    foreach ($part in $Keys -split ' ' -ne '') {
        $key, $type = $part -split '='
        Assert-That ($Value.Contains($key) -and (Test-Type $Value[$key] $type)) "In '$Form' the key '$key' is missing or is no $type."
    }
}

function Assert-Item {
    # Kind: read, operation or guard. Providers: those whose code was sent along.
    param($Item, [string]$Kind, [string[]]$Providers)
    Assert-That ($Item -is [IDictionary] -and $Item['provider'] -in $Providers) "A $Kind names no provider of this payload."
    # A provider without any of this kind has no such function.
    $forms = try { & "Get-$($Item['provider'])$($Kind)Form" } catch { @{} }
    Assert-Form $Item "$($Item['provider']) $Kind $($Item[$Kind])" $forms["$($Item[$Kind])"]
}

function Assert-Request {
    param($Request, [string[]]$Providers)
    if ($Request['operation'] -eq 'apply' -and $Request['_ansible_check_mode']) {
        Stop-Payload 'check_mode' 'Under check mode nothing is written.'
    }
    Assert-That ($Request['protocol'] -eq 1) 'The protocol is 1.'
    $reads = 'batch'
    if ($Request['operation'] -eq 'apply') {
        Assert-That ([bool](Get-Command -Name Assert-Apply -ErrorAction Ignore)) 'This payload only reads.'
        Assert-Apply $Request $Providers
        $reads = 'reads'
    }
    else {
        Assert-That ($Request['operation'] -eq 'read') 'The operation is read or apply.'
        Assert-Form $Request 'request' 'batch=list'
    }
    foreach ($read in $Request[$reads]) {
        Assert-Item $read 'read' -Providers $Providers
    }
    return $reads
}

function Get-Observation {
    # One failing read never hides the others.
    param($Reads)
    foreach ($read in $Reads) {
        try {
            $value = & "Invoke-$($read['provider'])Read" $read
            # 5.1 gives an array that a function returned a Count when it becomes JSON.
            if ($value -is [array]) {
                $value = @($value)
            }
            @{ value = $value }
        }
        catch {
            @{ error = ConvertTo-Failure $_ }
        }
    }
}

function Invoke-Payload {
    param($Arguments, [string[]]$Providers)
    try {
        $request = ConvertTo-Plain $Arguments
        Assert-That ($request -is [IDictionary]) 'There is no request.'
        $reads = Assert-Request $request $Providers
        $answer = if ($reads -eq 'reads') { Invoke-Apply $request } else { @{ changed = $false } }
        $answer['observations'] = @(Get-Observation $request[$reads])
        $answer['facts'] = Get-Fact
    }
    catch {
        $failure = ConvertTo-Failure $_
        $answer = @{ failed = $true; msg = $failure['message']; error = $failure }
    }
    $answer['protocol'] = 1
    ConvertTo-Json -InputObject $answer -Depth 100 -Compress
}
