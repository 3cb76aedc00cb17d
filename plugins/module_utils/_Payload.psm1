# SPDX-License-Identifier: GPL-3.0-or-later
# Checks the request, has the providers read or write, and answers with one JSON document. It decides nothing.

#AnsibleRequires -PowerShell ._Document
#AnsibleRequires -PowerShell ._Facts
#AnsibleRequires -PowerShell ._Journal
#AnsibleRequires -PowerShell ._Registry
#AnsibleRequires -PowerShell ._Service

using namespace System.Collections

Set-StrictMode -Version Latest

# The keys of each form with their types; a payload that writes adds its own.
$script:forms = @{
    'registry read value' = 'hive=text key=text name=text'
    'registry read key' = 'hive=text key=text'
    'service read service' = 'name=text'
    'journal read journals' = ''
    'journal read journal' = 'id=text'
    'iis read server' = ''
    'iis read extensions' = 'site=text extensions=list directory_limit=number'
    'iis read section' = 'section=text locations=list directory_limit=number'
    'request read' = 'batch=list'
}

function Test-Type {
    param($Value, [string]$Type)
    switch ($Type) {
        'text' { return $Value -is [string] }
        'list' { return $Value -is [IList] }
        'object' { return $Value -is [IDictionary] }
        'number' { return $Value -is [int] -or $Value -is [long] }
        'place' { return $null -eq $Value -or $Value -is [int] -or $Value -is [long] }
    }
    return $true
}

function Assert-That {
    param([bool]$Holds, [string]$Message)
    if (-not $Holds) {
        Stop-Payload 'request_invalid' $Message
    }
}

function Assert-Form {
    param($Value, [string]$Form)
    Assert-That ($Value -is [IDictionary] -and $script:forms.ContainsKey($Form)) "The request has an unknown part: $Form."
    foreach ($part in $script:forms[$Form] -split ' ' -ne '') {
        $key, $type = $part -split '='
        Assert-That ($Value.Contains($key) -and (Test-Type $Value[$key] $type)) "In '$Form' the key '$key' is missing or is no $type."
    }
}

function Assert-Item {
    # Kind is read, operation or guard; the providers are those whose code was sent along.
    param($Item, [string]$Kind, [string[]]$Providers)
    Assert-That ($Item -is [IDictionary] -and $Item['provider'] -in $Providers) "A $Kind names no provider of this payload."
    Assert-Form $Item "$($Item['provider']) $Kind $($Item[$Kind])".Trim()
    Assert-That ($Item['hive'] -in $null, 'HKLM', 'HKU') 'The hive is HKLM or HKU.'
    if ($Item['provider'] -eq 'journal' -and $Item.Contains('id')) {
        Assert-JournalId $Item['id']
    }
}

function Assert-JournalId {
    # It becomes a file's name.
    param([string]$Id)
    Assert-That ($Id -cmatch '^\d{8}T\d{6}Z-[0-9a-f]{8}\z') "'$Id' is no id of a journal."
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
        $script:forms += Get-WriteForm
        $reads = 'reads'
    }
    Assert-Form $Request "request $($Request['operation'])"
    foreach ($read in $Request[$reads]) {
        Assert-Item $read 'read' -Providers $Providers
    }
    if ($reads -eq 'reads') {
        Assert-Apply $Request $Providers
    }
}

function Get-Observation {
    # One failing read never hides the others.
    param($Reads)
    try {
        foreach ($read in $Reads) {
            try {
                $value = switch ($read['provider']) {
                    'registry' { Invoke-RegistryRead $read }
                    'service' { Invoke-ServiceRead $read }
                    'journal' { Invoke-JournalRead $read }
                    'iis' { Invoke-IisRead $read }
                }
                if ($read['read'] -eq 'journals') {
                    $value = @($value)
                }
                @{ value = $value }
            }
            catch {
                @{ error = ConvertTo-Failure $_ }
            }
        }
    }
    finally {
        Close-IisSession
    }
}

function Invoke-Payload {
    # Arguments: the request as Ansible hands it over. The answer is one JSON document.
    param($Arguments, [string[]]$Providers)
    try {
        $request = ConvertTo-Plain $Arguments
        Assert-That ($request -is [IDictionary]) 'There is no request.'
        Assert-Request $request $Providers
        $answer = if ($request['operation'] -eq 'apply') { Invoke-Apply $request } else { @{ changed = $false } }
        $answer['observations'] = @(Get-Observation $request[$(if ($answer.ContainsKey('steps')) { 'reads' } else { 'batch' })])
        $answer['facts'] = Get-Fact
    }
    catch {
        $failure = ConvertTo-Failure $_
        $answer = @{ failed = $true; msg = $failure['message']; error = $failure }
    }
    $answer['protocol'] = 1
    ConvertTo-Json -InputObject $answer -Depth 100 -Compress
}

Export-ModuleMember -Function Assert-*, Invoke-Payload
