# SPDX-License-Identifier: GPL-3.0-or-later
# Writing journals: each is flushed to the disk before the first write.

#AnsibleRequires -PowerShell ._Journal
#AnsibleRequires -PowerShell ._Program

using namespace System.IO

Set-StrictMode -Version Latest

$script:kept = 50

function Get-JournalOperationForm {
    return @{ close = "$((Get-JournalReadForm)['journal']) result=text planned=object" }
}

function Initialize-JournalFolder {
    # By SID, because the names of groups are translated. A folder that is open to others is worse than none.
    param([string]$Folder)
    if ([Directory]::Exists($Folder)) {
        return
    }
    $null = [Directory]::CreateDirectory($Folder)
    try {
        $null = Invoke-Program icacls.exe $Folder, '/inheritance:r', '/grant:r', '*S-1-5-32-544:(OI)(CI)F', '*S-1-5-18:(OI)(CI)F'
    }
    catch {
        [Directory]::Delete($Folder)
        throw
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
    $folder = Get-JournalFolder
    $file = "$folder\$Id.jsonl"
    try {
        Initialize-JournalFolder $folder
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

function Remove-OldJournal {
    $finished = 0
    foreach ($id in Get-JournalId) {
        if ((Test-Finished $id) -and ++$finished -gt $script:kept) {
            [File]::Delete("$(Get-JournalFolder)\$id.jsonl")
        }
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
    $stream = [FileStream]::new("$(Get-JournalFolder)\$($Operation['id']).jsonl", 'Open', 'ReadWrite')
    try {
        # Its last line may have been cut off.
        $stream.Position = [Math]::Max(0, $stream.Length - 1)
        if ($stream.ReadByte() -notin 10, -1) {
            $stream.WriteByte(10)
        }
        Write-Line $stream ([ordered]@{ at = Get-UtcText; finished = $Operation['result'] })
    }
    finally {
        $stream.Dispose()
    }
}

Export-ModuleMember -Function Get-JournalOperationForm, Open-Journal, Add-JournalLine, Remove-OldJournal, Test-JournalPlan, Invoke-JournalOperation
