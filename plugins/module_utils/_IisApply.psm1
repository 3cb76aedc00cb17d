# SPDX-License-Identifier: GPL-3.0-or-later
# What only IIS needs of an apply: steps that are one commit, and the guard that takes them back.

#AnsibleRequires -PowerShell ._Apply
#AnsibleRequires -PowerShell ._IisWrite

using namespace System.Collections

Set-StrictMode -Version Latest

function Join-Commit {
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

function Undo-Done {
    # Takes back every step that is done, the last one first, and says so in each. Those before one that cannot be taken back stay done.
    param($Run, $Cause)
    $done = @(for ($index = $Run['steps'].Count - 1; $index -ge 0; $index--) { if ($Run['steps'][$index]['state'] -eq 'done') { $index } })
    $kind = 'guard'
    foreach ($group in Join-Commit @(foreach ($index in $done) { $Run['batch'][$index]['undo'] })) {
        $problem = if ($kind -eq 'guard') { Invoke-Group $group -Write }
        if ($problem) {
            $kind = 'guard_undo_failed'
            $Cause = $problem['failure']
        }
        $failure = Get-Failure $kind $Cause['message'] -Hresult $Cause['hresult'] -File $Cause['file'] -Line $Cause['line']
        $state = if ($kind -eq 'guard') { 'undone' } else { 'done' }
        $steps = @($done | Select-Object -Skip $group['first'] -First $group['operations'].Count | Sort-Object)
        foreach ($index in $steps) {
            $Run['steps'][$index] = [ordered]@{ state = $state; error = $failure }
        }
        if ($state -eq 'undone') {
            Add-JournalLine $Run['journal'] 'undone' -Value $steps
        }
    }
    $Run['result'] = if ($kind -eq 'guard') { 'undone' } else { 'failed' }
}

function Test-Guard {
    # Whether a guarded path fails, or cannot be looked at, in which case the run is undone.
    param($Run, $Guards)
    try {
        $Run['guard'] = @(Get-GuardFailure $Guards)
        $cause = foreach ($broken in $Run['guard']) { $broken['error'] }
    }
    catch {
        $cause = ConvertTo-Failure $_
    }
    if ($cause) {
        Undo-Done $Run @($cause)[0]
        return $true
    }
    return $false
}

Export-ModuleMember -Function Join-Commit, Test-Guard
