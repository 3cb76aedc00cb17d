# SPDX-License-Identifier: GPL-3.0-or-later
# Checks the request, has the providers read or write, and answers with one JSON document. It decides nothing.

#AnsibleRequires -PowerShell ._Document
#AnsibleRequires -PowerShell ._Facts
#AnsibleRequires -PowerShell ._Journal
#AnsibleRequires -PowerShell ._Registry
#AnsibleRequires -PowerShell ._Service

using namespace System.Collections

Set-StrictMode -Version Latest

# The keys of each form with their types.
$script:forms = @{
    'registry read value' = 'hive=text key=text name=text'
    'registry read key' = 'hive=text key=text'
    'registry operation set' = 'hive=text key=text name=text kind=text value=any planned=object'
    'registry operation delete' = 'hive=text key=text name=text planned=object'
    'service read service' = 'name=text'
    'journal read journals' = ''
    'journal read journal' = 'id=text'
    'journal operation close' = 'id=text result=text planned=object'
    'iis read server' = ''
    'iis read section' = 'section=text locations=list directory_limit=number'
    'iis operation set' = 'section=text location=text element=list attribute=text value=any planned=object'
    'iis operation unset' = 'section=text location=text element=list attribute=text planned=object'
    'iis operation add' = 'section=text location=text element=list entry=object index=place planned=object'
    'iis operation remove' = 'section=text location=text element=list key=object planned=object'
    'iis guard' = 'section=text paths=list'
    'request read' = 'batch=list'
    'request apply' = 'batch=list reads=list guard=list restarts=list journal=text'
    'step' = 'operation=object undo=object'
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
    Assert-Form $Request "request $($Request['operation'])"
    $reads = $Request['batch']
    if ($Request['operation'] -eq 'apply') {
        $reads = $Request['reads']
        foreach ($step in $Request['batch']) {
            Assert-Form $step 'step'
            Assert-Item $step['operation'] 'operation' -Providers $Providers
            Assert-Item $step['undo'] 'operation' -Providers $Providers
        }
        foreach ($guard in $Request['guard']) {
            Assert-Item $guard 'guard' -Providers $Providers
        }
        foreach ($name in $Request['restarts']) {
            Assert-That ($name -is [string] -and $name -notin 'HTTP', 'WinRM', 'RpcSs') "The service '$name' is never restarted."
        }
        Assert-JournalId $Request['journal']
    }
    foreach ($read in $reads) {
        Assert-Item $read 'read' -Providers $Providers
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
                @{ value = $(if ($read['read'] -eq 'journals') { , @($value) } else { $value }) }
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

function Split-Batch {
    # Steps for IIS that stand together are one commit; every other step stands alone.
    param($Operations)
    $group = $null
    $index = 0
    foreach ($operation in $Operations) {
        $iis = $operation['provider'] -eq 'iis'
        if ($group -and -not ($iis -and $group['iis'])) {
            $group
            $group = $null
        }
        if (-not $group) {
            $group = @{ iis = $iis; first = $index; operations = [Generic.List[object]]::new() }
        }
        $group['operations'].Add($operation)
        $index++
    }
    if ($group) {
        $group
    }
}

function Invoke-Group {
    # Nothing when all went well, else what failed: its place in the group, the failure, how many before it worked.
    param($Group, [switch]$Planned, [switch]$Write)
    if ($Group['iis']) {
        return Invoke-IisGroup $Group['operations'] -Planned:$Planned -Write:$Write
    }
    $operation = $Group['operations'][0]
    $registry = $operation['provider'] -eq 'registry'
    try {
        if ($Planned) {
            if ($registry) { Test-RegistryPlan $operation } else { Test-JournalPlan $operation }
        }
        if ($Write) {
            if ($registry) { Invoke-RegistryOperation $operation } else { Invoke-JournalOperation $operation }
        }
    }
    catch {
        return @{ at = 0; worked = 0; failure = ConvertTo-Failure $_ }
    }
}

function Set-Failed {
    param($Run, $Group, $Problem)
    for ($index = 0; $index -lt $Problem['worked']; $index++) {
        $Run['steps'][$Group['first'] + $index]['state'] = 'not_written'
    }
    $failed = $Group['first'] + $Problem['at']
    $Run['steps'][$failed] = [ordered]@{ state = 'failed'; error = $Problem['failure'] }
    Add-JournalLine $Run['journal'] 'failed' -Value $failed -Failure $Problem['failure']
    $Run['result'] = 'failed'
}

function Undo-Done {
    # Takes back every step that is done, the last one first, and says so in each.
    param($Run, $Cause)
    $done = @(for ($index = $Run['steps'].Count - 1; $index -ge 0; $index--) { if ($Run['steps'][$index]['state'] -eq 'done') { $index } })
    $kind = 'guard'
    foreach ($group in Split-Batch @(foreach ($index in $done) { $Run['batch'][$index]['undo'] })) {
        $problem = Invoke-Group $group -Write
        if ($problem) {
            $kind = 'guard_undo_failed'
            $Cause = $problem['failure']
            break
        }
    }
    $Cause = Get-Failure $kind $Cause['message'] -Hresult $Cause['hresult'] -File $Cause['file'] -Line $Cause['line']
    foreach ($index in $done) {
        $Run['steps'][$index] = [ordered]@{ state = $(if ($kind -eq 'guard') { 'undone' } else { 'done' }); error = $Cause }
    }
    if ($kind -eq 'guard') {
        Add-JournalLine $Run['journal'] 'undone' -Value $done
    }
    $Run['result'] = if ($kind -eq 'guard') { 'undone' } else { 'failed' }
}

function Invoke-Batch {
    # Checks every group first, then writes them in order, and stops at the first failure. A single group checks itself.
    param($Run, $Request)
    $groups = @(Split-Batch @(foreach ($step in $Run['batch']) { $step['operation'] }))
    foreach ($write in @($false, $true) | Select-Object -Last $groups.Count) {
        foreach ($group in $groups) {
            $problem = Invoke-Group $group -Planned -Write:$write
            if ($problem) {
                return Set-Failed $Run $group -Problem $problem
            }
            if ($write) {
                $done = @(foreach ($index in 1..$group['operations'].Count) { $group['first'] + $index - 1 })
                foreach ($index in $done) {
                    $Run['steps'][$index]['state'] = 'done'
                }
                Add-JournalLine $Run['journal'] 'done' -Value $done
                if ($group['iis']) {
                    $Run['guard'] = @(Get-GuardFailure $Request['guard'])
                    if ($Run['guard']) {
                        return Undo-Done $Run $Run['guard'][0]['error']
                    }
                }
            }
        }
    }
}

function Restart-Named {
    param($Names)
    foreach ($name in $Names) {
        $answer = [ordered]@{ service = $name; error = $null }
        try {
            Restart-WindowsService $name
        }
        catch {
            $answer['error'] = ConvertTo-Failure $_
        }
        $answer
    }
}

function Invoke-Apply {
    param($Request)
    $account = try { Get-Account } catch { $null }
    if ($account) {
        $account = [ordered]@{ name = $account['name']; sid = $account['sid'] }
    }
    $run = @{
        batch = $Request['batch']; guard = @(); result = 'applied'
        steps = @(foreach ($step in $Request['batch']) { [ordered]@{ state = 'not_attempted'; error = $null } })
        journal = Open-Journal $Request['journal'] $account -Steps $Request['batch']
    }
    $restarts = @()
    try {
        Invoke-Batch $run $Request
        if ($run['result'] -eq 'applied') {
            $restarts = @(Restart-Named $Request['restarts'])
        }
        Add-JournalLine $run['journal'] 'finished' -Value $run['result']
    }
    finally {
        $run['journal']['stream'].Dispose()
    }
    try { Remove-OldJournal } catch { $null = $_ }
    $changed = @(foreach ($step in $run['steps']) { $step['state'] }) -contains 'done'
    return @{ changed = $changed; journal = $run['journal']['file']; steps = $run['steps']; guard = $run['guard']; restarts = $restarts }
}

function Invoke-Payload {
    # Arguments: the request as Ansible hands it over. The answer is one JSON document.
    param($Arguments, [string[]]$Providers)
    try {
        $request = ConvertTo-Plain $Arguments
        Assert-That ($request -is [IDictionary]) 'There is no request.'
        Assert-Request $request $Providers
        $answer = @{ changed = $false }
        $reads = $request['batch']
        if ($request['operation'] -eq 'apply') {
            $answer = Invoke-Apply $request
            $reads = $request['reads']
        }
        $answer['observations'] = @(Get-Observation $reads)
        $answer['facts'] = Get-Fact
    }
    catch {
        $failure = ConvertTo-Failure $_
        $answer = @{ failed = $true; msg = $failure['message']; error = $failure }
    }
    $answer['protocol'] = 1
    ConvertTo-Json -InputObject $answer -Depth 100 -Compress
}

Export-ModuleMember -Function Invoke-Payload
