# SPDX-License-Identifier: GPL-3.0-or-later
# Journals, read: one file of JSON lines per apply.

using namespace System.IO

Set-StrictMode -Version Latest

$script:folder = "$env:ProgramFiles\hardening.windows\journal"
$script:id = '\d{8}T\d{6}Z-[0-9a-f]{8}'

function Get-JournalReadForm {
    return @{ journals = ''; journal = "id=^$script:id\z" }
}

function Get-JournalFolder {
    return $script:folder
}

function Get-JournalId {
    # Newest first: an id begins with the time.
    if ([Directory]::Exists($script:folder)) {
        $ids = [string[]]@(foreach ($file in [DirectoryInfo]::new($script:folder).GetFiles()) {
                # One may be deleted while they are listed.
                if ($file.Name -cmatch "^($script:id)\.jsonl$" -and [File]::Exists("$script:folder\$($file.Name)")) {
                    $Matches[1]
                }
            })
        [array]::Sort($ids, [StringComparer]::Ordinal)
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

function Invoke-JournalRead {
    param($Request)
    if ($Request['read'] -eq 'journal') {
        return Get-Journal $Request['id']
    }
    return , @(foreach ($id in Get-JournalId) {
            $one = Get-Journal $id
            $one['steps'] = $one['steps'].Count
            $one
        })
}
