# SPDX-License-Identifier: GPL-3.0-or-later
# PowerShell text of the functions that cmdlets.txt declares.

Set-StrictMode -Version Latest

$script:common = '@* ComputerName|Cn:string CimSession|Session:cimsession[] ThrottleLimit:int AsJob:switch'
# Windows' type of an object of the management infrastructure cannot be made where its native library is not, so any object is taken.
$script:standInTypes = @{
    ciminstance = 'psobject'; 'ciminstance[]' = 'psobject[]'; 'cimsession[]' = 'Microsoft.Management.Infrastructure.CimSession[]'
}

function Get-Parameters {
    # name -> what cmdlets.txt says of it; sets: set -> whether it is mandatory there.
    param([string[]]$Words, [string[]]$Sets)
    $found = [ordered]@{}
    $current = $Sets
    foreach ($word in $Words) {
        if ($word.StartsWith('@')) {
            $current = if ($word -eq '@*') { $Sets } else { $word.Substring(1).Split(',') }
            continue
        }
        $null = $word -match '^(\w+)(?:\|(\w+))?(!?):([\w\[\]]+)(?:\{(.+)\})?$'
        $name, $mandatory = $Matches[1], ($Matches[3] -eq '!')
        if (-not $found.Contains($name)) {
            $found[$name] = @{
                alias = $(if ($Matches.Contains(2)) { $Matches[2] }); type = $Matches[4]; sets = [ordered]@{}
                values = $(if ($Matches.Contains(5)) { $Matches[5].Split(',') })
            }
        }
        foreach ($set in $current) {
            $found[$name]['sets'][$set] = $mandatory
        }
    }
    return $found
}

function Get-ParameterText {
    # The name is the first positional parameter; the positions of others are not known here.
    param([string]$Name, $Parameter)
    $type = if ($script:standInTypes.ContainsKey($Parameter['type'])) { $script:standInTypes[$Parameter['type']] } else { $Parameter['type'] }
    $more = "$(if ($Name -eq 'Name') { ', Position = 0' })$(if ($Name -eq 'InputObject') { ', ValueFromPipeline' })"
    $text = foreach ($set in $Parameter['sets'].Keys) {
        "[Parameter(ParameterSetName = '$set'$(if ($Parameter['sets'][$set]) { ', Mandatory' })$more)]"
    }
    if ($Parameter['alias']) {
        $text += "[Alias('$($Parameter['alias'])')]"
    }
    if ($Parameter['values']) {
        $text += "[ValidateSet('$($Parameter['values'] -join "', '")')]"
    }
    if ($Parameter['type'] -eq 'string[]' -and $Name -eq 'List') {
        $text += '[AllowEmptyString()][AllowEmptyCollection()]'
    }
    return "$($text -join '')[$type]`$$Name"
}

function Get-FunctionText {
    # "Get-DnsServerX Set1,Set2 A:string ...". A getter changes nothing, so nothing is asked; one of Windows' says that it would be.
    param([string]$Line)
    $cmdlet, $sets, $words = $Line.Split(' ')
    $parameters = Get-Parameters (@($words | Where-Object { $_ }) + $script:common.Split(' ')) $sets.Split(',')
    $texts = foreach ($name in $parameters.Keys) {
        Get-ParameterText $name $parameters[$name]
    }
    $asks = $cmdlet -notlike 'Get-*' -or $cmdlet -eq 'Get-DnsServerResponseRateLimiting'
    return "function $cmdlet { [CmdletBinding(SupportsShouldProcess = `$$asks, PositionalBinding = `$false, DefaultParameterSetName = '$($sets.Split(',')[0])')]`n" +
        "param($($texts -join ",`n"))`nprocess { Invoke-Cmdlet `$PSCmdlet `$PSBoundParameters } }"
}

function Get-Declaration {
    param([string]$File)
    $lines = [System.IO.File]::ReadAllLines($File) | Where-Object { $_ -and -not $_.StartsWith('#') }
    return @(foreach ($line in $lines) { Get-FunctionText $line }) -join "`n"
}
