# SPDX-License-Identifier: GPL-3.0-or-later
# What the server has several of by name: recursion scopes, client subnets, exceptions, forwarders, root hints, trust anchors.
# Numbers of errors: MicrosoftDocs/win32, system error codes 9000 to 11999.

Set-StrictMode -Version Latest

# noun -> error where the name is unknown, and where it is there already
$script:listErrors = @{
    DnsServerRecursionScope = 9959, 9963; DnsServerClientSubnet = 9976, 9977; DnsServerResponseRateLimitingExceptionlist = 9972, 9971
}
$script:listProperties = @{
    DnsServerRecursionScope = 'Name', 'Forwarder', 'EnableRecursion'; DnsServerClientSubnet = 'Name', 'IPv4Subnet', 'IPv6Subnet'
    DnsServerResponseRateLimitingExceptionlist = 'Name', 'Condition', 'ClientSubnet', 'Fqdn', 'ServerInterfaceIP'
}

function Get-Listed {
    # Those of this name, an error where there is none; without a name all.
    param([string]$Noun, [string]$Name)
    $all = @(if ($Noun -eq 'DnsServerRecursionScope') { Get-DefaultScope (Read-Dns) }) + @((Read-Dns)[$Noun])
    $found = @($all | Where-Object { $_ -and (-not $Name -or $_['Name'] -eq $Name) })
    if ($Name -and -not $found) {
        Stop-With $script:listErrors[$Noun][0]
    }
    foreach ($one in $found) {
        ConvertTo-Cim $Noun $one
    }
}

function Get-DefaultScope {
    # The scope "." is the server's own recursion and forwarders.
    param($Dns)
    return [ordered]@{ Name = '.'; Forwarder = $Dns['DnsServerForwarder']['IPAddress']; EnableRecursion = $Dns['DnsServerRecursion']['Enable'] }
}

function Add-Listed {
    param($Box, [string]$Noun, $Asked)
    $stored = @(@($Box['dns'][$Noun]) | Where-Object { $_ })
    if ($Asked['Name'] -eq '.' -or @($stored | Where-Object { $_['Name'] -eq $Asked['Name'] })) {
        Stop-With $script:listErrors[$Noun][1]
    }
    $new = [ordered]@{}
    foreach ($name in $script:listProperties[$Noun]) {
        $new[$name] = if ($Asked.Contains($name)) { Get-KeptValue $Asked[$name] } else { Get-NewValue $name }
    }
    Complete-Listed $Box $Noun $new
    $Box['dns'][$Noun] = $stored + $new
}

function Get-NewValue {
    # What a new one has where nothing was said: learn.microsoft.com, Add-DnsServerRecursionScope, ...ResponseRateLimitingExceptionlist.
    param([string]$Name)
    switch ($Name) {
        'EnableRecursion' { return $true }
        'Condition' { return 'And' }
    }
    return $null
}

function Find-Listed {
    param($Box, [string]$Noun, [string]$Name)
    foreach ($one in @($Box['dns'][$Noun])) {
        if ($one -and $one['Name'] -eq $Name) {
            return $one
        }
    }
    Stop-With $script:listErrors[$Noun][0]
}

function Set-Listed {
    param($Box, [string]$Noun, $Asked)
    if ($Noun -eq 'DnsServerRecursionScope' -and $Asked['Name'] -eq '.') {
        return Set-DefaultScope $Box $Asked
    }
    $stored = Find-Listed $Box $Noun $Asked['Name']
    if ((Get-Part $Asked Action) -eq 'REPLACE') {
        foreach ($name in 'IPv4Subnet', 'IPv6Subnet') { $stored[$name] = $null }
    }
    foreach ($name in @($Asked.Keys | Where-Object { $_ -notin 'Name', 'Action' })) {
        $after = switch ("$(Get-Part $Asked Action)") {
            'ADD' { , @(@($stored[$name]) + @($Asked[$name]) | Where-Object { $_ } | Select-Object -Unique) }
            'REMOVE' { , @($stored[$name] | Where-Object { $Asked[$name] -notcontains $_ }) }
            default { , $Asked[$name] }
        }
        $stored[$name] = Get-KeptValue $after
    }
    Complete-Listed $Box $Noun $stored
}

function Complete-Listed {
    # 9573: a client subnet has a network; 9976: an exception names client subnets that are there. What is given in capitals comes back as a word.
    param($Box, [string]$Noun, $One)
    if ($Noun -eq 'DnsServerClientSubnet' -and -not $One['IPv4Subnet'] -and -not $One['IPv6Subnet']) {
        Stop-With 9573
    }
    if ($Noun -eq 'DnsServerResponseRateLimitingExceptionlist') {
        $null = @(Get-Criteria $Box $One)
        $One['Condition'] = $script:words[$One['Condition']]
    }
}

function Set-DefaultScope {
    param($Box, $Asked)
    if ($Asked.Contains('EnableRecursion')) { Set-Value $Box DnsServerRecursion Enable $Asked['EnableRecursion'] }
    if ($Asked.Contains('Forwarder')) { Set-Forwarder $Box @{ IPAddress = $Asked['Forwarder'] } }
}

function Remove-Listed {
    param($Box, [string]$Noun, [string]$Name)
    Assert-Unused $Box $Noun $Name
    $null = Find-Listed $Box $Noun $Name
    $Box['dns'][$Noun] = @(@($Box['dns'][$Noun]) | Where-Object { $_['Name'] -ne $Name })
}

function Assert-Unused {
    # 9960: the default scope stays; 9988 and 9975: a policy uses it.
    param($Box, [string]$Noun, [string]$Name)
    if ($Noun -eq 'DnsServerRecursionScope' -and $Name -eq '.') {
        Stop-With 9960
    }
    $policies = @($Box['dns']['DnsServerQueryResolutionPolicy']) + @($Box['dns']['DnsServerZoneTransferPolicy']) | Where-Object { $_ }
    foreach ($policy in $policies) {
        $scopes = @(foreach ($one in @($policy['Content'])) { if ($one) { $one['ScopeName'] } })
        $subnets = @(foreach ($one in @($policy['Criteria'])) { if ($one -and $one['CriteriaType'] -eq 'ClientSubnet') { $one['Criteria'] -split '[,;]' } })
        if ($Noun -eq 'DnsServerRecursionScope' -and $scopes -contains $Name) { Stop-With 9988 }
        if ($Noun -eq 'DnsServerClientSubnet' -and $subnets -contains $Name) { Stop-With 9975 }
    }
}

function Edit-Forwarder {
    # The list with some more at its end, or without some.
    param($Box, $Asked, [bool]$Adds)
    $stored = @($Box['dns']['DnsServerForwarder']['IPAddress'] | Where-Object { $_ })
    $unknown = @($Asked['IPAddress'] | Where-Object { $stored -notcontains $_ })
    if (-not $Adds -and $unknown) {
        Stop-With 9701
    }
    $left = if ($Adds) { $stored + $unknown } else { @($stored | Where-Object { $Asked['IPAddress'] -notcontains $_ }) }
    foreach ($name in 'IPAddress', 'Timeout', 'UseRootHint') {
        Set-Value $Box DnsServerForwarder $name $(if ($name -eq 'IPAddress') { , @($left) } else { $Box['dns']['DnsServerForwarder'][$name] })
    }
}

function New-Record {
    # A resource record as the provider nests it: the class of its data depends on its type.
    param([string]$Name, [string]$Type, [string]$Property, $Value)
    $data = [pscustomobject]@{ PSTypeName = "Microsoft.Management.Infrastructure.CimInstance#root/Microsoft/Windows/DNS/DnsServerResourceRecord$Type"; $Property = $Value }
    return [pscustomobject]@{
        PSTypeName = 'Microsoft.Management.Infrastructure.CimInstance#root/Microsoft/Windows/DNS/DnsServerResourceRecord'
        DistinguishedName = $null; HostName = $Name; RecordType = $Type; RecordClass = 'IN'; TimeToLive = [timespan]::Zero; Timestamp = $null; RecordData = $data
    }
}

function Get-RootHint {
    foreach ($hint in @((Read-Dns)['DnsServerRootHint'])) {
        $records = @(foreach ($text in @($hint['addresses'])) {
                $address = [System.Net.IPAddress]$text
                if ($address.AddressFamily -eq 'InterNetwork') { New-Record $hint['name'] A IPv4Address $address } else { New-Record $hint['name'] AAAA IPv6Address $address }
            })
        [pscustomobject]@{
            PSTypeName = 'Microsoft.Management.Infrastructure.CimInstance#root/Microsoft/Windows/DNS/DnsServerRootHint'
            NameServer = New-Record '@' NS NameServer $hint['name']; IPAddress = $(if ($records) { , $records })
        }
    }
}

function Get-HintName {
    param([string]$Name)
    return $Name.ToLowerInvariant().TrimEnd('.') + '.'
}

function ConvertFrom-Hint {
    # An object of Get-DnsServerRootHint as parameters.
    param($Object)
    $addresses = foreach ($record in @($Object.IPAddress)) {
        foreach ($property in $record.RecordData.PSObject.Properties) { $property.Value.IPAddressToString }
    }
    return @{ NameServer = $Object.NameServer.RecordData.NameServer; IPAddress = @($addresses) }
}

function Add-RootHint {
    # A name that is there gets the addresses that it lacks.
    param($Box, $Asked)
    $name = Get-HintName $Asked['NameServer']
    $hints = @($Box['dns']['DnsServerRootHint'])
    $known = @($hints | Where-Object { (Get-HintName $_['name']) -eq $name })
    $new = @($Asked['IPAddress'] | Where-Object { $address = $_; -not @($known | Where-Object { $_['addresses'] -contains $address }) } | Select-Object -Unique)
    if (-not $new) {
        Stop-With 9711
    }
    if ($known) {
        $known[0]['addresses'] = @($known[0]['addresses']) + $new
    }
    else {
        $Box['dns']['DnsServerRootHint'] = $hints + [ordered]@{ name = $name; addresses = $new }
    }
}

function Remove-RootHint {
    # Some addresses of a name, or the name; a name without an address is gone.
    param($Box, $Asked)
    $name = Get-HintName $Asked['NameServer']
    $gone = @(Get-Part $Asked IPAddress | Where-Object { $_ })
    $known = @($Box['dns']['DnsServerRootHint'] | Where-Object { $_ -and (Get-HintName $_['name']) -eq $name })
    $missing = @($gone | Where-Object { $address = $_; -not @($known | Where-Object { $_['addresses'] -contains $address }) })
    if (-not $known -or $missing) {
        Stop-With $(if ($known) { 9701 } else { 9714 })
    }
    foreach ($hint in $known) {
        $hint['addresses'] = @($hint['addresses'] | Where-Object { $gone -and $gone -notcontains $_ })
    }
    $Box['dns']['DnsServerRootHint'] = @($Box['dns']['DnsServerRootHint'] | Where-Object { @($_['addresses']).Count })
}

function Edit-RootHint {
    # The same for a name with addresses and for objects of the getter.
    param([string]$Verb, $Asked)
    $edits = if ($Asked.Contains('InputObject')) { @(foreach ($one in $Asked['InputObject']) { ConvertFrom-Hint $one }) } else { , $Asked }
    Update-Dns {
        param($Box)
        if ($Verb -eq 'Set') { $Box['dns']['DnsServerRootHint'] = @() }
        foreach ($edit in $edits) { if ($Verb -eq 'Remove') { Remove-RootHint $Box $edit } else { Add-RootHint $Box $edit } }
    }
}

function Get-TrustAnchor {
    param([string]$Name)
    $found = @(@((Read-Dns)['DnsServerTrustAnchor']) | Where-Object { $_ -and (Get-HintName $_['TrustAnchorName']) -eq (Get-HintName $Name) })
    if (-not $found) {
        Stop-With 9714
    }
    foreach ($one in $found) { ConvertTo-Cim DnsServerTrustAnchor $one }
}

function Add-TrustAnchor {
    # With -Root the anchors are fetched over https; the host has no way to the internet.
    param($Box, $Asked)
    if ($Asked.Contains('Root')) { Stop-With 12007 }
    $data = [ordered]@{}
    foreach ($name in @($Asked.Keys | Where-Object { $_ -ne 'Name' })) { $data[$name] = $Asked[$name] }
    if ($data.Contains('Digest')) { $data['Digest'] = "$($data['Digest'])".ToUpperInvariant() }
    $type = if ($data.Contains('Digest')) { 'DS' } else { 'DNSKEY' }
    $stored = @($Box['dns']['DnsServerTrustAnchor'] | Where-Object { $_ })
    $same = @($stored | Where-Object {
            $one = $_
            $one['TrustAnchorName'] -eq $Asked['Name'] -and $one['TrustAnchorType'] -eq $type -and -not @($data.Keys | Where-Object { "$(Get-Part $one['TrustAnchorData'] $_)" -ne "$($data[$_])" }).Count
        })
    if ($same) { Stop-With 9711 }
    $Box['dns']['DnsServerTrustAnchor'] = $stored + [ordered]@{ TrustAnchorName = $Asked['Name']; TrustAnchorType = $type; TrustAnchorState = 'Valid'; TrustAnchorData = $data }
}

function Remove-TrustAnchor {
    # All of a name, or those of one type; objects of the getter one by one.
    param($Box, $Asked)
    $anchors = @(Get-Part $Asked InputObject | Where-Object { $_ })
    $left = @($Box['dns']['DnsServerTrustAnchor'] | Where-Object {
            $one = $_
            $named = $Asked.Contains('Name') -and $one['TrustAnchorName'] -eq $Asked['Name'] -and (-not (Get-Part $Asked Type) -or $one['TrustAnchorType'] -eq $Asked['Type'])
            $given = @($anchors | Where-Object { $_.TrustAnchorName -eq $one['TrustAnchorName'] -and "$(Get-Part $one['TrustAnchorData'] KeyTag)" -eq "$($_.TrustAnchorData.KeyTag)" })
            -not $named -and -not $given.Count
        })
    if ($left.Count -eq @($Box['dns']['DnsServerTrustAnchor']).Count) { Stop-With 9714 }
    $Box['dns']['DnsServerTrustAnchor'] = $left
}

function Get-TrustPoint {
    param([string[]]$Names)
    $all = @(@((Read-Dns)['DnsServerTrustAnchor']) | Where-Object { $_ } | ForEach-Object { $_['TrustAnchorName'] } | Select-Object -Unique)
    foreach ($name in $(if ($Names) { $Names } else { $all })) {
        if ($all -notcontains $name) { Stop-With 9714 }
        ConvertTo-Cim DnsServerTrustPoint ([ordered]@{ TrustPointName = $name; TrustPointState = 'Active'; LastActiveRefreshTime = $null; NextActiveRefreshTime = $null })
    }
}

$script:listActions = @{
    'Add-DnsServerForwarder' = { param($Asked) Update-Dns { param($Box) Edit-Forwarder $Box $Asked $true } }
    'Remove-DnsServerForwarder' = { param($Asked) Update-Dns { param($Box) Edit-Forwarder $Box $Asked $false } }
    'Get-DnsServerRootHint' = { Get-RootHint }
    'Add-DnsServerRootHint' = { param($Asked) Edit-RootHint Add $Asked }
    'Set-DnsServerRootHint' = { param($Asked) Edit-RootHint Set $Asked }
    'Remove-DnsServerRootHint' = { param($Asked) Edit-RootHint Remove $Asked }
    'Get-DnsServerTrustAnchor' = { param($Asked) Get-TrustAnchor (Get-Part $Asked Name) }
    'Add-DnsServerTrustAnchor' = { param($Asked) Update-Dns { param($Box) Add-TrustAnchor $Box $Asked } }
    'Remove-DnsServerTrustAnchor' = { param($Asked) Update-Dns { param($Box) Remove-TrustAnchor $Box $Asked } }
    'Get-DnsServerTrustPoint' = { param($Asked) Get-TrustPoint (Get-Part $Asked Name) }
}
foreach ($noun in $script:listErrors.Keys) {
    $script:listActions["Get-$noun"] = { param($Asked) Get-Listed $Noun (Get-Part $Asked Name) }
    $script:listActions["Add-$noun"] = { param($Asked) Update-Dns { param($Box) Add-Listed $Box $Noun $Asked } }
    $script:listActions["Set-$noun"] = { param($Asked) Update-Dns { param($Box) Set-Listed $Box $Noun $Asked } }
    $script:listActions["Remove-$noun"] = { param($Asked) Update-Dns { param($Box) Remove-Listed $Box $Noun $Asked['Name'] } }
}
