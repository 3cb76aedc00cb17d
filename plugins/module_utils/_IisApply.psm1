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
    # Takes back every step that is done, the last one first, and says so in each.
    param($Run, $Cause)
    $done = @(for ($index = $Run['steps'].Count - 1; $index -ge 0; $index--) { if ($Run['steps'][$index]['state'] -eq 'done') { $index } })
    $kind = 'guard'
    foreach ($group in Join-Commit @(foreach ($index in $done) { $Run['batch'][$index]['undo'] })) {
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
        Add-JournalLine $Run['journal'] 'undone' -Value @($done | Sort-Object)
    }
    $Run['result'] = if ($kind -eq 'guard') { 'undone' } else { 'failed' }
}

function Test-Guard {
    # Whether a guarded path fails, in which case the run is undone.
    param($Run, $Guards)
    $Run['guard'] = @(Get-GuardFailure $Guards)
    if ($Run['guard']) {
        Undo-Done $Run $Run['guard'][0]['error']
        return $true
    }
    return $false
}

Export-ModuleMember -Function Join-Commit, Test-Guard
