# SPDX-License-Identifier: GPL-3.0-or-later

using namespace System.IO

Set-StrictMode -Version Latest

function Invoke-InFolder {
    # Runs a block with a new folder, which is gone afterwards, unless somebody holds a file in it for more than a second.
    param([scriptblock]$Block)
    $folder = "$env:windir\Temp\hardening.windows.$([guid]::NewGuid())"
    $null = [Directory]::CreateDirectory($folder)
    try {
        & $Block $folder
    }
    finally {
        foreach ($try in 1..10) {
            try {
                [Directory]::Delete($folder, $true)
                break
            }
            catch { Start-Sleep -Milliseconds 100 }
        }
    }
}
