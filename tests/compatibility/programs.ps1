# SPDX-License-Identifier: GPL-3.0-or-later
# Runs Invoke-Program with programs that are found on PATH and writes what came of it as one JSON document: programs.ps1 FOLDER PATIENCE TEMPORARY.
param([string]$Folder, [int]$Patience, [string]$Temporary)

$ErrorActionPreference = 'Stop'
foreach ($name in '_Document', '_Program', '_Folder') {
    New-Module -Name $name -ScriptBlock ([scriptblock]::Create([System.IO.File]::ReadAllText("$Folder/$name.psm1"))) | Import-Module -Scope Global
}
& (Get-Module _Program) { $script:patience = $args[0] } $Patience

function Get-Outcome {
    param([scriptblock]$Block)
    try {
        return @{ value = & $Block }
    }
    catch {
        return @{ error = ConvertTo-Failure $_ }
    }
}

function Move-Away {
    # A folder that is somewhere else for so long, as one that somebody holds.
    param([string]$Folder, [double]$Seconds)
    [System.IO.Directory]::Move($Folder, "$Folder.held")
    Start-Process -FilePath holds.exe -ArgumentList "$Seconds", "`"$Folder`""
    'result'
}

$env:windir = $Temporary
$answer = @{
    gone = Get-Outcome { Invoke-InFolder { param($In) [System.IO.File]::WriteAllText("$In/a", 'x'); 'result' } }
    away = Get-Outcome { Invoke-InFolder { param($In) [System.IO.Directory]::Delete($In); 'result' } }
    held = Get-Outcome { Invoke-InFolder { param($In) Move-Away $In 0.1 } }
    hangs = Get-Outcome { Invoke-Program hangs.exe }
    arguments = Get-Outcome { Invoke-Program arguments.exe '', 'two words', 'one', '' }
    talks = Get-Outcome { (Invoke-Program talks.exe).all.Length }
    fails = Get-Outcome { Invoke-Program fails.exe }
    allowed = Get-Outcome { Invoke-Program fails.exe -Good @() }
    quotes = Get-Outcome { Invoke-Program arguments.exe 'a"b' }
}
ConvertTo-Json -InputObject $answer -Depth 10 -Compress
