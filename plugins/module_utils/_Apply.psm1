# SPDX-License-Identifier: GPL-3.0-or-later
# Writes a batch: the journal first, then the steps in order, the guard, the restarts.

#AnsibleRequires -PowerShell ._JournalWrite
#AnsibleRequires -PowerShell ._RegistryWrite
#AnsibleRequires -PowerShell ._Service

Set-StrictMode -Version Latest

$script:patience = [timespan]::FromSeconds(60)
# What a restart left stopped.
$script:stopped = @()

function Assert-Apply {
    param($Request, [string[]]$Providers)
    Assert-Form $Request 'request' ('batch=list reads=list guard=list restarts=list ' + ((Get-JournalReadForm)['journal'] -replace '^id', 'journal'))
    foreach ($step in $Request['batch']) {
        Assert-Form $step 'step' 'operation=object undo=object'
        Assert-Item $step['operation'] 'operation' -Providers $Providers
        Assert-Item $step['undo'] 'operation' -Providers $Providers
    }
    foreach ($guard in $Request['guard']) {
        Assert-Item $guard 'guard' -Providers $Providers
    }
    foreach ($name in $Request['restarts']) {
        Assert-That ($name -is [string] -and $name -notin 'HTTP', 'WinRM', 'RpcSs') "The service '$name' is never restarted."
    }
}

function Stop-WindowsService {
    # One that is just starting or stopping, or on which one depends that is, refuses: then again until patience ends.
    param($Service)
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while ($true) {
        try {
            return $Service.Stop()
        }
        catch {
            $Service.Refresh()
            $states = @(foreach ($one in @($Service) + @($Service.DependentServices)) { "$($one.Status)" })
            if (-not ($states -like '*Pending') -or $clock.Elapsed -gt $script:patience) {
                throw
            }
            Start-Sleep -Milliseconds 500
        }
    }
}

function Start-Again {
    param($Service)
    $Service.Refresh()
    if ("$($Service.Status)" -eq 'StopPending') {
        $Service.WaitForStatus('Stopped', $script:patience)
    }
    # Some start by themselves with the one they depend on.
    if ("$($Service.Status)" -notin 'Running', 'StartPending') {
        $Service.Start()
    }
    $Service.WaitForStatus('Running', $script:patience)
}

function Restart-WindowsService {
    # Stopping stops the running dependents too; they are started again. One that was stopped before this apply stays so.
    param([string]$Name)
    $service = Find-Service $Name
    if (-not $service) {
        Stop-Payload 'service_missing' "There is no service '$Name'."
    }
    $runs = "$($service.Status)" -ne 'Stopped'
    if (-not $runs -and $Name -notin $script:stopped) {
        return
    }
    $again = @($service) + @($service.DependentServices | Where-Object { "$($_.Status)" -in 'Running', 'StartPending' })
    try {
        if ($runs) {
            Stop-WindowsService $service
            $service.WaitForStatus('Stopped', $script:patience)
        }
        foreach ($one in $again) { Start-Again $one }
    }
    catch {
        $problem = $_.Exception.GetBaseException()
        $late = $problem -is [System.ServiceProcess.TimeoutException]
        $failure = if ($late) { Get-Failure 'service_timeout' $problem.Message } else { ConvertTo-Failure $_ }
        # A server without its service is worse than one whose changes are not in force.
        foreach ($one in $again) {
            try { Start-Again $one } catch { $script:stopped += $one.ServiceName }
        }
        $service.Refresh()
        $failure['message'] += " Now it is $($service.Status)."
        Stop-Payload -Failure $failure
    }
}

function Split-Batch {
    # Every step alone, unless what writes IIS is here, which commits several at once.
    param($Operations)
    if (Test-Path -LiteralPath function:Join-Commit) {
        return Join-Commit $Operations
    }
    $first = 0
    foreach ($operation in $Operations) {
        @{ iis = $false; first = $first++; operations = @($operation) }
    }
}

function Invoke-Group {
    # Nothing when all went well, else what failed: its place in the group, the failure, how many before it worked.
    param($Group, [switch]$Planned, [switch]$Write)
    if ($Group['iis']) {
        return Invoke-IisGroup $Group['operations'] -Planned:$Planned -Write:$Write
    }
    $operation = $Group['operations'][0]
    $provider = $operation['provider']
    try {
        if ($Planned) {
            & "Test-$($provider)Plan" $operation
        }
        if ($Write) {
            & "Invoke-$($provider)Operation" $operation
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

function Get-Subject {
    # What an entry that is added or removed is known by, nothing for any other operation.
    param($Operation)
    if ("$($Operation['cmdlet'])" -match '^(Add|Remove)-(.+)$') {
        return @($Matches[2]; foreach ($name in 'Name', 'NameServer', 'ZoneName') { $Operation['parameters'][$name] }) -join '|'
    }
}

function Invoke-Batch {
    # Checks every group first, then writes them in order, and stops at the first failure. A single group checks itself.
    # What an earlier step removes or adds is not what a later one was planned on: that one is checked when its turn comes.
    param($Run, $Request)
    $subjects = @{}
    $groups = @(Split-Batch @(foreach ($step in $Run['batch']) { $step['operation'] }))
    foreach ($write in @($false, $true) | Select-Object -Last $groups.Count) {
        foreach ($group in $groups) {
            $subject = Get-Subject $group['operations'][0]
            if (-not $write -and $subject) {
                $subjects[$subject] += 1
                if ($subjects[$subject] -gt 1) {
                    continue
                }
            }
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
                if ($group['iis'] -and (Test-Guard $Run $Request['guard'])) {
                    return
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

Export-ModuleMember -Function Assert-Apply, Invoke-Group, Invoke-Apply
