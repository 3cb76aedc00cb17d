# SPDX-License-Identifier: GPL-3.0-or-later

Set-StrictMode -Version Latest

$script:patience = 120

function Find-Command {
    param([string]$Name)
    $found = @(Get-Command -Name $Name -CommandType Application, Cmdlet, Function -ErrorAction Ignore)
    if (-not $found) {
        Stop-Payload 'command_missing' "$Name is not on this host."
    }
    return $found[0]
}

function Invoke-Program {
    # Its exit code and output; it fails on any but the good codes, if there are some, and where it does not end.
    param([string]$Name, [string[]]$Arguments, [int[]]$Good = 0)
    if ("$Arguments".Contains('"')) {
        Stop-Payload 'invalid_value' "$Name takes no quotation mark."
    }
    $start = [System.Diagnostics.ProcessStartInfo]::new((Find-Command $Name).Path)
    $start.Arguments = @(foreach ($one in $Arguments) { if ($one -match '^$|\s') { "`"$one`"" } else { $one } }) -join ' '
    $start.UseShellExecute = $false
    # A question gets no answer.
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    $said = $process.StandardOutput.ReadToEndAsync()
    $errors = $process.StandardError.ReadToEndAsync()
    if (-not $process.WaitForExit(1000 * $script:patience)) {
        $process.Kill()
        Stop-Payload 'command_failed' "$Name did not end within $script:patience s."
    }
    $code = $process.ExitCode
    $all = "$($said.Result) $($errors.Result)".Trim()
    if ($Good.Count -and $code -notin $Good) {
        Stop-Payload 'command_failed' "$Name ended with exit code ${code}: $all"
    }
    return @{ code = $code; said = $said.Result; all = $all }
}
