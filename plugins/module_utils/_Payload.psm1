# SPDX-License-Identifier: GPL-3.0-or-later
# Checks the request, has the providers read or write, and answers with one JSON document. It decides nothing.

#AnsibleRequires -PowerShell ._Document
#AnsibleRequires -PowerShell ._Facts
#AnsibleRequires -PowerShell ._Journal
#AnsibleRequires -PowerShell ._Registry
#AnsibleRequires -PowerShell ._Service

Set-StrictMode -Version Latest

# Keys beside provider and read or operation, with their types: s string, i number, l list, d object, n object or null, a anything; ? may be null.
$script:forms = @{
    'registry read value' = 'hive=s key=s name=s'
    'registry read key' = 'hive=s key=s'
    'registry operation set' = 'hive=s key=s name=s kind=s value=a planned=d'
    'registry operation delete' = 'hive=s key=s name=s planned=d'
    'service read service' = 'name=s'
    'journal read journals' = ''
    'journal read journal' = 'id=s'
    'journal operation close' = 'id=s result=s planned=d'
    'iis read server' = ''
    'iis read section' = 'section=s locations=l directory_limit=i'
    'iis operation set' = 'section=s location=s element=l attribute=s value=a planned=d'
    'iis operation unset' = 'section=s location=s element=l attribute=s planned=d'
    'iis operation add' = 'section=s location=s element=l entry=d index=i? planned=d'
    'iis operation remove' = 'section=s location=s element=l key=d planned=d'
    'request read' = 'batch=l'
    'request apply' = 'batch=l reads=l guard=l restarts=l journal=s'
    'guard' = 'provider=s section=s paths=l'
}
$script:protected = @('HTTP', 'WinRM', 'RpcSs')
$script:journalId = '^\d{8}T\d{6}Z-[0-9a-f]{8}$'

function Assert-Form {
    param($Value, [string]$Name, [string]$What)
    if ($Value -isnot [System.Collections.IDictionary] -or -not $script:forms.ContainsKey($Name)) {
        Stop-Payload -Kind 'request_invalid' -Message "$What is not known: $Name."
    }
    foreach ($part in $script:forms[$Name] -split ' ' -ne '') {
        $key, $type = $part -split '='
        if (-not $Value.Contains($key) -or -not (Test-Type -Value $Value[$key] -Type $type)) {
            Stop-Payload -Kind 'request_invalid' -Message "$What ($Name): the key '$key' is missing or of the wrong type."
        }
    }
}

function Test-Type {
    param($Value, [string]$Type)
    switch ($Type) {
        's' { return $Value -is [string] }
        'i' { return $Value -is [int] -or $Value -is [int64] }
        'i?' { return $null -eq $Value -or $Value -is [int] -or $Value -is [int64] }
        'l' { return $Value -is [System.Collections.IList] }
        'd' { return $Value -is [System.Collections.IDictionary] }
    }
    return $true
}

function Assert-Item {
    param($Item, [string]$Verb, [string[]]$Providers)
    if ($Item -isnot [System.Collections.IDictionary] -or $Item['provider'] -notin $Providers) {
        Stop-Payload -Kind 'request_invalid' -Message "The $Verb '$(Get-Canonical -Value $Item)' names no provider of this payload."
    }
    Assert-Form -Value $Item -Name "$($Item['provider']) $Verb $($Item[$Verb])" -What "The $Verb"
    if ($Item.Contains('hive') -and $Item['hive'] -notin @('HKLM', 'HKU')) {
        Stop-Payload -Kind 'request_invalid' -Message "The hive is HKLM or HKU, not $($Item['hive'])."
    }
    if ($Item['provider'] -eq 'journal' -and $Item.Contains('id') -and $Item['id'] -cnotmatch $script:journalId) {
        Stop-Payload -Kind 'request_invalid' -Message "'$($Item['id'])' is no id of a journal."
    }
}

function Assert-Request {
    param([System.Collections.IDictionary]$Request, [string[]]$Providers)
    if ($Request['operation'] -eq 'apply' -and $Request['_ansible_check_mode'] -eq $true) {
        Stop-Payload -Kind 'check_mode' -Message 'Under check mode nothing is written.'
    }
    if ($Request['protocol'] -ne 1) {
        Stop-Payload -Kind 'request_invalid' -Message 'The protocol is 1.'
    }
    Assert-Form -Value $Request -Name "request $($Request['operation'])" -What 'The request'
    if ($Request['operation'] -eq 'read') {
        foreach ($read in $Request['batch']) {
            Assert-Item -Item $read -Verb 'read' -Providers $Providers
        }
        return
    }
    foreach ($step in $Request['batch']) {
        if ($step -isnot [System.Collections.IDictionary]) {
            Stop-Payload -Kind 'request_invalid' -Message 'A step is an object with operation and undo.'
        }
        Assert-Item -Item $step['operation'] -Verb 'operation' -Providers $Providers
        Assert-Item -Item $step['undo'] -Verb 'operation' -Providers $Providers
    }
    foreach ($read in $Request['reads']) {
        Assert-Item -Item $read -Verb 'read' -Providers $Providers
    }
    foreach ($guard in $Request['guard']) {
        Assert-Form -Value $guard -Name 'guard' -What 'The guard'
    }
    foreach ($service in $Request['restarts']) {
        if ($service -isnot [string] -or $service -in $script:protected) {
            Stop-Payload -Kind 'request_invalid' -Message "The service '$service' is never restarted."
        }
    }
    if ($Request['journal'] -cnotmatch $script:journalId) {
        Stop-Payload -Kind 'request_invalid' -Message "'$($Request['journal'])' is no id of a journal."
    }
}

function Get-Observation {
    # One failing read never hides the others.
    param($Reads)
    $results = [System.Collections.Generic.List[object]]::new()
    try {
        foreach ($read in $Reads) {
            try {
                $value = switch ($read['provider']) {
                    'registry' { Invoke-RegistryRead -Request $read }
                    'service' { Invoke-ServiceRead -Request $read }
                    'journal' { , (Invoke-JournalRead -Request $read) }
                    'iis' { Invoke-IisRead -Request $read }
                }
                $results.Add([ordered]@{ value = $value })
            }
            catch {
                $results.Add([ordered]@{ error = ConvertTo-ErrorDocument -Problem $_.Exception })
            }
        }
    }
    finally {
        if ($null -ne (Get-Command -Name Close-IisSession -ErrorAction SilentlyContinue)) {
            Close-IisSession
        }
    }
    return , $results
}

function Split-Batch {
    # Steps for IIS that stand together are one commit; every other step stands alone.
    param($Operations)
    $groups = [System.Collections.Generic.List[object]]::new()
    $group = $null
    for ($index = 0; $index -lt $Operations.Count; $index++) {
        $iis = $Operations[$index]['provider'] -eq 'iis'
        if ($null -eq $group -or -not $iis -or -not $group['iis']) {
            $group = @{ iis = $iis; first = $index; operations = [System.Collections.Generic.List[object]]::new() }
            $groups.Add($group)
        }
        $group['operations'].Add($Operations[$index])
    }
    return , $groups
}

function Test-Group {
    # Null, or the place in the group and the error of the first operation whose planned value does not hold.
    param([hashtable]$Group)
    if ($Group['iis']) {
        return Test-IisGroup -Operations $Group['operations']
    }
    $operation = $Group['operations'][0]
    try {
        if ($operation['provider'] -eq 'registry') {
            Test-RegistryPlan -Operation $operation
        }
        else {
            Test-JournalPlan -Operation $operation
        }
    }
    catch {
        return @{ at = 0; error = (ConvertTo-ErrorDocument -Problem $_.Exception); written = $false }
    }
}

function Invoke-Group {
    # Null when all of it is written, or the place and the error of what failed; written tells whether the ones before it were tried.
    param([hashtable]$Group, [switch]$Unplanned)
    if ($Group['iis']) {
        return Invoke-IisGroup -Operations $Group['operations'] -Unplanned:$Unplanned
    }
    $problem = if ($Unplanned) { $null } else { Test-Group -Group $Group }
    if ($null -ne $problem) {
        return $problem
    }
    $operation = $Group['operations'][0]
    try {
        if ($operation['provider'] -eq 'registry') {
            Invoke-RegistryOperation -Operation $operation
        }
        else {
            Invoke-JournalOperation -Operation $operation
        }
    }
    catch {
        return @{ at = 0; error = (ConvertTo-ErrorDocument -Problem $_.Exception); tried = $true }
    }
}

function Set-Failure {
    # The states of a group that failed: those before the failure worked in memory only, or were not tried.
    param($Steps, [hashtable]$Group, [hashtable]$Problem)
    $failed = $Group['first'] + $Problem['at']
    if ($Problem['tried']) {
        for ($index = $Group['first']; $index -lt $Group['first'] + $Problem['worked']; $index++) {
            $Steps[$index]['state'] = 'not_written'
        }
    }
    $Steps[$failed]['state'] = 'failed'
    $Steps[$failed]['error'] = $Problem['error']
    return $failed
}

function Undo-Step {
    # Takes back every step that is done, the last one first. Null, or the error that stopped it.
    param($Batch, $Steps)
    $undo = [System.Collections.Generic.List[object]]::new()
    for ($index = $Steps.Count - 1; $index -ge 0; $index--) {
        if ($Steps[$index]['state'] -eq 'done') {
            $undo.Add($Batch[$index]['undo'])
        }
    }
    foreach ($group in (Split-Batch -Operations $undo)) {
        $problem = Invoke-Group -Group $group -Unplanned
        if ($null -ne $problem) {
            return $problem['error']
        }
    }
}

function Complete-Guard {
    # Takes back what was written and says so in every step.
    param($Batch, $Steps, $Broken, [hashtable]$Journal)
    $failure = Undo-Step -Batch $Batch -Steps $Steps
    $undone = [System.Collections.Generic.List[object]]::new()
    for ($index = 0; $index -lt $Steps.Count; $index++) {
        if ($Steps[$index]['state'] -ne 'done') {
            continue
        }
        $cause = if ($null -ne $failure) { $failure } else { $Broken[0]['error'] }
        $kind = if ($null -ne $failure) { 'guard_undo_failed' } else { 'guard' }
        $Steps[$index]['error'] = Get-ErrorDocument -Kind $kind -Message $cause['message'] -Hresult $cause['hresult'] -File $cause['file'] -Line $cause['line']
        if ($null -eq $failure) {
            $Steps[$index]['state'] = 'undone'
            $undone.Add($index)
        }
    }
    if ($null -eq $failure) {
        Add-JournalEntry -Journal $Journal -Entry ([ordered]@{ undone = $undone })
        return 'undone'
    }
    return 'failed'
}

function Invoke-Batch {
    # Writes the groups in order and stops at the first failure. Returns how it ended.
    param($Request, $Groups, $Steps, $Broken, [hashtable]$Journal)
    if ($Groups.Count -gt 1) {
        foreach ($group in $Groups) {
            $problem = Test-Group -Group $group
            if ($null -ne $problem) {
                $failed = Set-Failure -Steps $Steps -Group $group -Problem $problem
                Add-JournalEntry -Journal $Journal -Entry ([ordered]@{ failed = $failed; error = $problem['error'] })
                return 'failed'
            }
        }
    }
    foreach ($group in $Groups) {
        $problem = Invoke-Group -Group $group
        if ($null -ne $problem) {
            $failed = Set-Failure -Steps $Steps -Group $group -Problem $problem
            Add-JournalEntry -Journal $Journal -Entry ([ordered]@{ failed = $failed; error = $problem['error'] })
            return 'failed'
        }
        $done = [System.Collections.Generic.List[object]]::new()
        for ($index = $group['first']; $index -lt $group['first'] + $group['operations'].Count; $index++) {
            $Steps[$index]['state'] = 'done'
            $done.Add($index)
        }
        Add-JournalEntry -Journal $Journal -Entry ([ordered]@{ done = $done })
        if ($group['iis']) {
            foreach ($broken in (Get-IisGuardFailure -Guard $Request['guard'])) {
                $Broken.Add($broken)
            }
            if ($Broken.Count -gt 0) {
                return Complete-Guard -Batch $Request['batch'] -Steps $Steps -Broken $Broken -Journal $Journal
            }
        }
    }
    return 'applied'
}

function Invoke-Restart {
    param($Names)
    $results = [System.Collections.Generic.List[object]]::new()
    foreach ($name in $Names) {
        $problem = $null
        try {
            Restart-WindowsService -Name $name
        }
        catch {
            $problem = ConvertTo-ErrorDocument -Problem $_.Exception
        }
        $results.Add([ordered]@{ service = $name; error = $problem })
    }
    return , $results
}

function Invoke-Apply {
    param([System.Collections.IDictionary]$Request)
    $steps = [System.Collections.Generic.List[object]]::new()
    $operations = [System.Collections.Generic.List[object]]::new()
    foreach ($step in $Request['batch']) {
        $steps.Add([ordered]@{ state = 'not_attempted'; error = $null })
        $operations.Add($step['operation'])
    }
    $account = try { Get-AccountFact } catch { $null }
    $known = if ($null -eq $account) { $null } else { [ordered]@{ name = $account['name']; sid = $account['sid'] } }
    $journal = Open-Journal -Id $Request['journal'] -Steps $Request['batch'] -Account $known
    $broken = [System.Collections.Generic.List[object]]::new()
    $restarts = [System.Collections.Generic.List[object]]::new()
    try {
        $result = Invoke-Batch -Request $Request -Groups (Split-Batch -Operations $operations) -Steps $steps -Broken $broken -Journal $journal
        if ($result -eq 'applied') {
            $restarts = Invoke-Restart -Names $Request['restarts']
        }
        Add-JournalEntry -Journal $journal -Entry ([ordered]@{ finished = $result })
    }
    finally {
        $journal['stream'].Dispose()
    }
    try { Remove-OldJournal } catch { $null = $_ }
    $changed = $false
    foreach ($step in $steps) {
        $changed = $changed -or $step['state'] -eq 'done'
    }
    return [ordered]@{
        protocol = 1; changed = $changed; facts = Get-HostFact; observations = Get-Observation -Reads $Request['reads']
        journal = $journal['file']; steps = $steps; guard = $broken; restarts = $restarts
    }
}

function Invoke-Payload {
    # Arguments: the request as Ansible hands it over. Writes the answer, one JSON document.
    param($Arguments, [string[]]$Providers)
    try {
        $request = ConvertTo-Plain -Value $Arguments
        if ($request -isnot [System.Collections.IDictionary]) {
            Stop-Payload -Kind 'request_invalid' -Message 'There is no request.'
        }
        Assert-Request -Request $request -Providers $Providers
        $answer = if ($request['operation'] -eq 'apply') {
            Invoke-Apply -Request $request
        }
        else {
            [ordered]@{ protocol = 1; changed = $false; facts = Get-HostFact; observations = Get-Observation -Reads $request['batch'] }
        }
    }
    catch {
        $problem = ConvertTo-ErrorDocument -Problem $_.Exception
        $answer = [ordered]@{ protocol = 1; failed = $true; msg = $problem['message']; error = $problem }
    }
    ConvertTo-JsonText -Value $answer
}

Export-ModuleMember -Function Invoke-Payload
