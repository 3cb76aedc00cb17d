# SPDX-License-Identifier: GPL-3.0-or-later
# Journals: one file of JSON lines per apply, flushed to the disk before the first write.

#AnsibleRequires -PowerShell ._Document

Set-StrictMode -Version Latest

$script:kept = 50

function Get-JournalFolder {
    return "$env:ProgramFiles\hardening.windows\journal"
}

function Initialize-JournalFolder {
    # By SID, because the names of groups are translated. A folder that is open to others is worse than none.
    $folder = Get-JournalFolder
    if ([System.IO.Directory]::Exists($folder)) {
        return
    }
    $null = [System.IO.Directory]::CreateDirectory($folder)
    $start = [System.Diagnostics.ProcessStartInfo]::new()
    $start.FileName = @(Get-Command -Name icacls.exe -CommandType Application)[0].Path
    $start.Arguments = "`"$folder`" /inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F"
    $start.UseShellExecute = $false
    $start.RedirectStandardOutput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $output = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    if ($process.ExitCode -ne 0) {
        [System.IO.Directory]::Delete($folder)
        throw [System.IO.IOException]::new("icacls.exe ended with $($process.ExitCode): $output")
    }
}

function Open-Journal {
    param([string]$Id, $Steps, $Account)
    $stream = $null
    $file = "$(Get-JournalFolder)\$Id.jsonl"
    try {
        Initialize-JournalFolder
        $stream = [System.IO.FileStream]::new($file, [System.IO.FileMode]::CreateNew, [System.IO.FileAccess]::Write, [System.IO.FileShare]::Read)
        $journal = @{ file = $file; id = $Id; stream = $stream }
        Write-JournalLine -Stream $stream -Line ([ordered]@{
                protocol = 1; id = $Id; started = Get-UtcText; account = $Account; steps = $Steps
            })
        return $journal
    }
    catch {
        $document = ConvertTo-ErrorDocument -Problem $_.Exception
        if ($null -ne $stream) {
            $stream.Dispose()
            [System.IO.File]::Delete($file)
        }
        $document['kind'] = 'journal'
        $document['message'] = "The journal $file could not be written: $($document['message'])"
        Stop-Payload -Document $document
    }
}

function Write-JournalLine {
    param([System.IO.Stream]$Stream, [System.Collections.IDictionary]$Line)
    $bytes = [System.Text.UTF8Encoding]::new($false).GetBytes((ConvertTo-JsonText -Value $Line) + "`n")
    $Stream.Write($bytes, 0, $bytes.Length)
    $Stream.Flush($true)
}

function Add-JournalEntry {
    # After the first line a failure only leaves the journal unfinished, which the facts report; the work goes on.
    param([hashtable]$Journal, [System.Collections.IDictionary]$Entry)
    $line = [ordered]@{ at = Get-UtcText }
    foreach ($pair in $Entry.GetEnumerator()) {
        $line[$pair.Key] = $pair.Value
    }
    try {
        Write-JournalLine -Stream $Journal['stream'] -Line $line
    }
    catch [System.IO.IOException] {
        $null = $_
    }
}

function Get-JournalId {
    # Newest first: an id begins with the time.
    $list = [System.Collections.Generic.List[string]]::new()
    $folder = [System.IO.DirectoryInfo]::new((Get-JournalFolder))
    if ([System.IO.Directory]::Exists((Get-JournalFolder))) {
        foreach ($file in $folder.GetFiles()) {
            if ($file.Name -match '^(\d{8}T\d{6}Z-[0-9a-f]{8})\.jsonl$') {
                $list.Add($Matches[1])
            }
        }
    }
    $list.Sort([System.StringComparer]::Ordinal)
    $list.Reverse()
    return , $list
}

function Read-JournalText {
    param([string]$Id)
    $stream = [System.IO.FileStream]::new("$(Get-JournalFolder)\$Id.jsonl", [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read,
        [System.IO.FileShare]'ReadWrite, Delete')
    $reader = [System.IO.StreamReader]::new($stream)
    try {
        return , [string[]]@($reader.ReadToEnd() -split '\n' -ne '')
    }
    finally {
        $reader.Dispose()
    }
}

function ConvertFrom-JournalLine {
    # A line that was cut off says nothing.
    param([string]$Line)
    try {
        $plain = ConvertTo-Plain -Value (ConvertFrom-Json -InputObject $Line)
        if ($plain -is [System.Collections.IDictionary]) {
            return $plain
        }
    }
    catch {
        $null = $_
    }
    return [ordered]@{}
}

function Get-JournalSummary {
    # What a journal says of itself, with its steps and their states.
    param([string]$Id)
    $text = Read-JournalText -Id $Id
    $first = [ordered]@{}
    $lines = @(foreach ($line in $text) { ConvertFrom-JournalLine -Line $line })
    if ($lines.Count -gt 0) {
        $first = $lines[0]
    }
    $steps = [System.Collections.Generic.List[object]]::new()
    foreach ($step in $first['steps']) {
        $steps.Add([ordered]@{ operation = $step['operation']; undo = $step['undo']; state = 'unknown' })
    }
    $last = [ordered]@{}
    foreach ($line in $lines) {
        foreach ($state in 'done', 'undone') {
            foreach ($index in $line[$state]) {
                $steps[[int]$index]['state'] = $state
            }
        }
        if ($line.Contains('finished')) {
            $last = $line
        }
    }
    $account = if ($null -ne $first['account']) { $first['account']['name'] } else { $null }
    return [ordered]@{
        id = $Id; file = "$(Get-JournalFolder)\$Id.jsonl"; started = $first['started']; finished = $last['at']
        result = $last['finished']; account = $account; steps = $steps
    }
}

function Test-JournalFinished {
    # The finishing line is the last one.
    param([string]$Id)
    $text = Read-JournalText -Id $Id
    return $text.Count -gt 0 -and (ConvertFrom-JournalLine -Line $text[-1]).Contains('finished')
}

function Get-UnfinishedJournal {
    $list = [System.Collections.Generic.List[object]]::new()
    foreach ($id in (Get-JournalId)) {
        if (-not (Test-JournalFinished -Id $id)) {
            $one = Get-JournalSummary -Id $id
            $list.Add([ordered]@{ id = $id; file = $one['file']; started = $one['started']; account = $one['account'] })
        }
    }
    return , $list
}

function Remove-OldJournal {
    $finished = 0
    $ids = Get-JournalId
    if ($ids.Count -le $script:kept) {
        return
    }
    foreach ($id in $ids) {
        if (Test-JournalFinished -Id $id) {
            $finished++
            if ($finished -gt $script:kept) {
                [System.IO.File]::Delete("$(Get-JournalFolder)\$id.jsonl")
            }
        }
    }
}

function Invoke-JournalRead {
    param([System.Collections.IDictionary]$Request)
    if ($Request['read'] -eq 'journal') {
        return Get-JournalSummary -Id $Request['id']
    }
    $list = [System.Collections.Generic.List[object]]::new()
    foreach ($id in (Get-JournalId)) {
        $one = Get-JournalSummary -Id $id
        $one['steps'] = $one['steps'].Count
        $list.Add($one)
    }
    return , $list
}

function Test-JournalPlan {
    param([System.Collections.IDictionary]$Operation)
    if (Test-JournalFinished -Id $Operation['id']) {
        Stop-Payload -Kind 'changed_meanwhile' -Message "The journal $($Operation['id']) is finished already."
    }
}

function Invoke-JournalOperation {
    param([System.Collections.IDictionary]$Operation)
    $stream = [System.IO.FileStream]::new("$(Get-JournalFolder)\$($Operation['id']).jsonl", [System.IO.FileMode]::Append, [System.IO.FileAccess]::Write)
    try {
        Write-JournalLine -Stream $stream -Line ([ordered]@{ at = Get-UtcText; finished = $Operation['result'] })
    }
    finally {
        $stream.Dispose()
    }
}

Export-ModuleMember -Function Open-Journal, Add-JournalEntry, Get-UnfinishedJournal, Remove-OldJournal, Invoke-JournalRead, Test-JournalPlan,
Invoke-JournalOperation
