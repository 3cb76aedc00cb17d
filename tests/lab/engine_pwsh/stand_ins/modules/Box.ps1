# SPDX-License-Identifier: GPL-3.0-or-later
# The box's documents for the cmdlet modules beside this file, which dot-source it; and errors as Windows' cmdlets give them.

Set-StrictMode -Version Latest

function Read-Box {
    # An ordered table; empty where the box has no such document.
    param([string]$Name)
    $file = [System.IO.Path]::Combine($env:LAB_BOX, "$Name.json")
    if (-not [System.IO.File]::Exists($file)) {
        return @{}
    }
    return ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($file)) -AsHashtable -Depth 20
}

function Get-Part {
    # The value of a key, nothing where the table has no such key.
    param($Table, [string]$Key)
    if ($Table -and $Table.Contains($Key)) {
        return $Table[$Key]
    }
}

function Write-Failure {
    # An error as a compiled cmdlet writes it: the preference of the caller decides whether it ends the command.
    param($Cmdlet, [System.Exception]$Exception, [string]$Id, [string]$Category, $Target)
    $record = [System.Management.Automation.ErrorRecord]::new($Exception, $Id, $Category, $Target)
    $stop = $Cmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference') -eq 'Stop'
    if ($stop -and -not $Cmdlet.MyInvocation.BoundParameters.ContainsKey('ErrorAction')) {
        $Cmdlet.ThrowTerminatingError($record)
    }
    $Cmdlet.WriteError($record)
}

function New-Failure {
    param([string]$Message, [int]$HResult)
    $exception = [Microsoft.Management.Infrastructure.CimException]::new($Message)
    $field = [System.Exception].GetProperty('HResult')
    $field.SetValue($exception, $HResult)
    return $exception
}
