# SPDX-License-Identifier: GPL-3.0-or-later
# Files that a program of Windows takes or leaves.

using namespace System.IO

Set-StrictMode -Version Latest

function Invoke-InFolder {
    # Runs a block with a new folder, which is gone afterwards with the files that the block may make.
    param([string[]]$Files, [scriptblock]$Block)
    $folder = "$env:windir\Temp\hardening.windows.$([guid]::NewGuid())"
    $null = [Directory]::CreateDirectory($folder)
    try {
        & $Block $folder
    }
    finally {
        foreach ($file in $Files) {
            [File]::Delete("$folder\$file")
        }
        [Directory]::Delete($folder, $true)
    }
}
