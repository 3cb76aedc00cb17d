# SPDX-License-Identifier: GPL-3.0-or-later
# Journals: one file of JSON lines per apply, flushed to the disk before the first write.

using namespace System.IO

Set-StrictMode -Version Latest

$script:folder = "$env:ProgramFiles\hardening.windows\journal"
$script:kept = 50

function Initialize-JournalFolder {
    # By SID, because the names of groups are translated. A folder that is open to others is worse than none.
    if ([Directory]::Exists($script:folder)) {
        return
    }
    $null = [Directory]::CreateDirectory($script:folder)
    $start = [System.Diagnostics.ProcessStartInfo]::new(@(Get-Command -Name icacls.exe -CommandType Application)[0].Path)
    $start.Arguments = "`"$script:folder`" /inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F"
    $start.UseShellExecute = $false
    $start.RedirectStandardOutput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $said = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    if ($process.ExitCode) {
        [Directory]::Delete($script:folder)
        throw [IOException]::new("icacls.exe ended with $($process.ExitCode): $said")
    }
}

function Write-Line {
    param($Stream, $Line)
    $bytes = [System.Text.UTF8Encoding]::new($false).GetBytes((ConvertTo-Json -InputObject $Line -Depth 100 -Compress) + "`n")
    $Stream.Write($bytes, 0, $bytes.Length)
    $Stream.Flush($true)
}

function Open-Journal {
    # The stream, to which the first line is written.
    param([string]$Id, $Account, $Steps)
    $stream = $null
    $file = "$script:folder\$Id.jsonl"
    try {
        Initialize-JournalFolder
        $stream = [FileStream]::new($file, 'CreateNew', 'Write', 'Read')
        Write-Line $stream ([ordered]@{ protocol = 1; id = $Id; started = Get-UtcText; account = $Account; steps = $Steps })
        return @{ file = $file; stream = $stream }
    }
    catch {
        $failure = ConvertTo-Failure $_
        if ($stream) {
            $stream.Dispose()
            [File]::Delete($file)
        }
        $failure['kind'] = 'journal'
        $failure['message'] = "The journal $file could not be written: $($failure['message'])"
        Stop-Payload -Failure $failure
    }
}

function Add-JournalLine {
    # After the first line a failure only leaves the journal unfinished, which the facts report; the work goes on.
    param($Journal, [string]$Key, $Value, $Failure)
    try {
        $line = [ordered]@{ at = Get-UtcText; $Key = $Value }
        if ($Failure) {
            $line['error'] = $Failure
        }
        Write-Line $Journal['stream'] $line
    }
    catch {
        $null = $_
    }
}

function Get-JournalId {
    # Newest first: an id begins with the time.
    if ([Directory]::Exists($script:folder)) {
        $ids = [string[]]@(foreach ($file in [DirectoryInfo]::new($script:folder).GetFiles()) {
                if ($file.Name -cmatch '^(\d{8}T\d{6}Z-[0-9a-f]{8})\.jsonl$') {
                    $Matches[1]
                }
            })
        [array]::Sort($ids, [System.StringComparer]::Ordinal)
        [array]::Reverse($ids)
        $ids
    }
}

function Read-Line {
    # The lines of a journal, or its last one. One that was cut off is left out.
    param([string]$Id, [switch]$Last)
    $stream = [FileStream]::new("$script:folder\$Id.jsonl", 'Open', 'Read', 'ReadWrite, Delete')
    $reader = [StreamReader]::new($stream)
    $lines = @($reader.ReadToEnd() -split '\n' -ne '')
    $reader.Dispose()
    if ($Last -and $lines.Count) {
        $lines = @($lines[-1])
    }
    foreach ($line in $lines) {
        try {
            ConvertTo-Plain (ConvertFrom-Json -InputObject $line)
        }
        catch {
            $null = $_
        }
    }
}

function Test-Finished {
    param([string]$Id)
    foreach ($line in Read-Line $Id -Last) {
        return $line.Contains('finished')
    }
    return $false
}

function Get-Journal {
    # What a journal says of itself, with its steps and their states.
    param([string]$Id)
    $answer = [ordered]@{ id = $Id; file = "$script:folder\$Id.jsonl"; started = $null; finished = $null; result = $null; account = $null; steps = @() }
    foreach ($line in Read-Line $Id) {
        if ($line.Contains('started')) {
            $answer['started'] = $line['started']
            $answer['account'] = if ($line['account']) { $line['account']['name'] } else { $null }
            $answer['steps'] = @(foreach ($step in $line['steps']) { [ordered]@{ operation = $step['operation']; undo = $step['undo']; state = 'unknown' } })
        }
        foreach ($state in 'done', 'undone') {
            foreach ($index in $line[$state]) {
                $answer['steps'][$index]['state'] = $state
            }
        }
        if ($line.Contains('finished')) {
            $answer['finished'] = $line['at']
            $answer['result'] = $line['finished']
        }
    }
    return $answer
}

function Get-UnfinishedJournal {
    foreach ($id in Get-JournalId) {
        if (-not (Test-Finished $id)) {
            $one = Get-Journal $id
            [ordered]@{ id = $id; file = $one['file']; started = $one['started']; account = $one['account'] }
        }
    }
}

function Remove-OldJournal {
    $finished = 0
    foreach ($id in Get-JournalId) {
        if ((Test-Finished $id) -and ++$finished -gt $script:kept) {
            [File]::Delete("$script:folder\$id.jsonl")
        }
    }
}

function Invoke-JournalRead {
    param($Request)
    if ($Request['read'] -eq 'journal') {
        return Get-Journal $Request['id']
    }
    foreach ($id in Get-JournalId) {
        $one = Get-Journal $id
        $one['steps'] = $one['steps'].Count
        $one
    }
}

function Test-JournalPlan {
    param($Operation)
    if (Test-Finished $Operation['id']) {
        Stop-Payload 'changed_meanwhile' "The journal $($Operation['id']) is finished already."
    }
}

function Invoke-JournalOperation {
    param($Operation)
    $stream = [FileStream]::new("$script:folder\$($Operation['id']).jsonl", 'Append', 'Write')
    try {
        Write-Line $stream ([ordered]@{ at = Get-UtcText; finished = $Operation['result'] })
    }
    finally {
        $stream.Dispose()
    }
}

Export-ModuleMember -Function Open-Journal, Add-JournalLine, Get-UnfinishedJournal, Remove-OldJournal, Invoke-Journal*, Test-JournalPlan
