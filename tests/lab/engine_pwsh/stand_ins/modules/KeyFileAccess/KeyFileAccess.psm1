# SPDX-License-Identifier: GPL-3.0-or-later
# Get-Acl for the files of private keys: their access lists stand in keys.json. The engine for Linux has no Get-Acl of its own.

. "$PSScriptRoot/../Box.ps1"

function Get-Acl {
    [CmdletBinding(DefaultParameterSetName = 'ByPath')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'ByPath', ValueFromPipeline, ValueFromPipelineByPropertyName)][string[]]$Path,
        [Parameter(ParameterSetName = 'ByLiteralPath')][string[]]$LiteralPath,
        [switch]$Audit
    )
    process {
        foreach ($file in @($Path) + @($LiteralPath)) {
            if (-not $file) {
                continue
            }
            $key = (Read-Box keys).Values | Where-Object { $file -like "*\$($_['unique_name'])" } | Select-Object -First 1
            if (-not $key -or -not [System.IO.File]::Exists($file)) {
                $missing = [System.Management.Automation.ItemNotFoundException]::new("Cannot find path '$file' because it does not exist.")
                Write-Failure $PSCmdlet $missing 'GetAcl_PathNotFound_Exception' ObjectNotFound $file
                continue
            }
            [pscustomobject]@{ Path = "Microsoft.PowerShell.Core\FileSystem::$file"; Sddl = [string]$key['sddl'] }
        }
    }
}
