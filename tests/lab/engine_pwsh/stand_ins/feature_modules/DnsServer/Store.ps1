# SPDX-License-Identifier: GPL-3.0-or-later
# The box's documents as the DNS Server keeps them, and its errors by number.

Set-StrictMode -Version Latest

$script:table = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText("$PSScriptRoot/values.json")) -AsHashtable
$script:parameterKey = $script:table['key']
$script:zoneKey = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion\DNS Server\Zones'
$script:read = @{}
$script:touched = @{}
$script:categories = @{
    5 = 'PermissionDenied'; 9601 = 'ObjectNotFound'; 9701 = 'ObjectNotFound'; 9714 = 'ObjectNotFound'; 9972 = 'ObjectNotFound'
    9976 = 'ObjectNotFound'; 9959 = 'ObjectNotFound'; 9711 = 'ResourceExists'; 9971 = 'ResourceExists'; 9977 = 'ResourceExists'
    9963 = 'ResourceExists'; 1722 = 'ResourceUnavailable'; 1753 = 'ResourceUnavailable'
}
$script:german = @{ Get = 'Abrufen'; Set = 'Festlegen'; Add = 'Hinzufügen'; Remove = 'Entfernen' }

function Stop-With {
    # Ends the cmdlet with an error of Windows, by its number.
    param([int]$Number)
    throw [System.ComponentModel.Win32Exception]::new($Number)
}

function Write-Win32 {
    # As the DNS Server's provider words it, in the host's language; only the id and the status say which error it is.
    param($Cmdlet, [int]$Number, [string]$Target)
    $verb, $noun = $Cmdlet.MyInvocation.MyCommand.Name.Split('-')
    $machine = $env:COMPUTERNAME
    $message = if ("$(Get-Part (Read-Box host) language)" -like 'de*') {
        "Fehler beim $($script:german[$verb]) von `"$noun`" `"$Target`" auf dem Server `"$machine`"."
    }
    else {
        "Failed to $($verb.ToLowerInvariant()) $noun $Target on server $machine."
    }
    $category = if ($script:categories.ContainsKey($Number)) { $script:categories[$Number] } else { 'InvalidArgument' }
    Write-Failure $Cmdlet (New-Failure $message (0x80070000 -bor $Number)) "WIN32 $Number" $category $Target
}

function Read-Kept {
    # A document of the box; read anew where the file was replaced since.
    param([string]$Name)
    $file = [System.IO.FileInfo]::new([System.IO.Path]::Combine($env:LAB_BOX, "$Name.json"))
    $state = if ($file.Exists) { "$($file.FullName) $($file.LastWriteTimeUtc.Ticks) $($file.Length)" } else { '' }
    if (-not $script:read.ContainsKey($Name) -or $script:read[$Name]['state'] -ne $state) {
        $script:read[$Name] = @{ state = $state; data = Read-Whole $file }
    }
    return $script:read[$Name]['data']
}

function Read-Whole {
    # Texts that look like times stay texts.
    param($File)
    if (-not $File.Exists) {
        return [ordered]@{}
    }
    return ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($File.FullName)) -AsHashtable -Depth 50 -DateKind String
}

function Read-Dns { return Read-Kept dns }

function Find-Key {
    # The stored spelling of a name that compares without case; nothing where it is not there.
    param($Table, [string]$Name)
    foreach ($key in $Table.Keys) {
        if ($key -eq $Name) {
            return $key
        }
    }
}

function Get-RegistryTable {
    # The values of a key below HKLM, made where it is not there and that is asked for.
    param($Registry, [string]$Key, [switch]$Create)
    $stored = Find-Key $Registry['HKLM'] $Key
    if ($stored) {
        return $Registry['HKLM'][$stored]
    }
    $made = [ordered]@{}
    if ($Create) {
        $Registry['HKLM'][$Key] = $made
    }
    return $made
}

function Get-RegistryData {
    # The data of a value; nothing where there is none.
    param($Registry, [string]$Key, [string]$Name)
    $values = Get-RegistryTable $Registry $Key
    $stored = Find-Key $values $Name
    if ($stored) {
        return , $values[$stored]['value']
    }
}

function Set-RegistryData {
    # $null takes the value away.
    param($Registry, [string]$Key, [string]$Name, [string]$Kind, $Data)
    $values = Get-RegistryTable $Registry $Key -Create
    $stored = Find-Key $values $Name
    if (-not $stored) {
        $stored = $Name
    }
    $before = if ($values.Contains($stored)) { ConvertTo-Json -InputObject $values[$stored] -Compress } else { '' }
    $after = if ($null -eq $Data) { '' } else { ConvertTo-Json -InputObject ([ordered]@{ kind = $Kind; value = $Data }) -Compress }
    if ($after -cne $before) {
        $script:touched['registry'] = $true
    }
    if ($after) {
        $values[$stored] = [ordered]@{ kind = $Kind; value = $Data }
    }
    else {
        $values.Remove($stored)
    }
}

function Update-Dns {
    # One counted write of what the block changes in the documents that it is given.
    param([scriptblock]$Change)
    $box = @{}
    foreach ($name in 'dns', 'registry', 'network') {
        $box[$name] = Read-Whole ([System.IO.FileInfo]::new([System.IO.Path]::Combine($env:LAB_BOX, "$name.json")))
    }
    # Of the large documents the block says itself which it changed.
    $script:touched = @{}
    $before = ConvertTo-Json -InputObject $box['dns'] -Depth 50 -Compress
    & $Change $box
    if ((ConvertTo-Json -InputObject $box['dns'] -Depth 50 -Compress) -cne $before) {
        $script:touched['dns'] = $true
    }
    Write-Counted { foreach ($name in @($script:touched.Keys)) { Save-Document $name $box[$name] } }
}

function Save-Document {
    param([string]$Name, $Data)
    $target = [System.IO.Path]::Combine($env:LAB_BOX, "$Name.json")
    $unfinished = [System.IO.Path]::Combine($env:LAB_BOX, ".$([guid]::NewGuid().ToString('N')).tmp")
    $text = (ConvertTo-Json -InputObject $Data -Depth 50).Replace("`r`n", "`n") + "`n"
    [System.IO.File]::WriteAllText($unfinished, $text, [System.Text.UTF8Encoding]::new($false))
    [System.IO.File]::Move($unfinished, $target, $true)
}

function Write-Counted {
    # One write of the answer, which the fault of a test may refuse or at which it may end the process.
    param([scriptblock]$Write)
    $counter = [System.IO.Path]::Combine("$env:LAB_VIEW", '.writes')
    $made = if ([System.IO.File]::Exists($counter)) { [System.IO.FileInfo]::new($counter).Length } else { 0 }
    $kind, $number, $when, $effect = "$(if ($env:LAB_FAULT) { $env:LAB_FAULT } else { ':0::' })".Split(':')
    $due = $kind -eq 'write' -and [int]$number -eq $made + 1
    if ($due -and $when -eq 'before' -and $effect -eq 'crash') {
        [System.Environment]::Exit(86)
    }
    if (-not $due -or $when -eq 'after') {
        & $Write
    }
    [System.IO.File]::AppendAllText($counter, 'w')
    if ($due -and $effect -eq 'crash') {
        [System.Environment]::Exit(86)
    }
    if ($due) {
        Stop-With 32
    }
}

function Assert-Server {
    # Who is no administrator may do nothing, and a stopped service does not answer.
    param([bool]$Writes)
    $services = Read-Box services
    $name = Find-Key $services DNS
    if (-not $name -or $services[$name]['state'] -ne 'Running') {
        Stop-With 1722
    }
    if (-not (Test-Administrator $Writes)) {
        Stop-With 5
    }
}

function Test-Administrator {
    # Administrators and Server Operators; on a domain controller whom the access list of the directory lets read, and write for a change.
    param([bool]$Writes)
    if (Get-Part (Read-Dns) denied) {
        return $false
    }
    $account = Get-Part (Read-Box host) account
    $elevated = (Get-Part (Read-Box host) elevated) -ne $false
    $sids = @($account['sid']) + @($account['groups'] | Where-Object { $elevated -or $_ -ne 'S-1-5-32-544' })
    $directory = Get-Part (Read-Dns) directory
    if (-not $directory) {
        return $sids -contains 'S-1-5-32-544' -or $sids -contains 'S-1-5-32-549'
    }
    if ($elevated -and $sids -contains 'S-1-5-32-544') {
        return $true
    }
    $wanted = if ($Writes) { 0x20 } else { 0x10 }
    $rules = @($directory['rules'] | Where-Object { $sids -contains $_['sid'] -and ($_['rights'] -band $wanted) })
    return $rules.Count -gt 0 -and -not @($rules | Where-Object { $_['type'] -eq 'Deny' })
}
