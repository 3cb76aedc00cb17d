# SPDX-License-Identifier: GPL-3.0-or-later
# Values between the box's documents and what the cmdlets take and give.

Set-StrictMode -Version Latest

# Types that plain JSON does not show, by the name of the property: facts 1.2 and 3, and the classes of root\Microsoft\Windows\DNS.
$script:spans = 'MaxTtl', 'MaxNegativeTtl', 'CacheTimeout', 'RefreshInterval', 'NoRefreshInterval', 'ScavengingInterval', 'LameDelegationTTL',
    'MaximumSignatureScanPeriod', 'MaximumTrustAnchorActiveRefreshInterval', 'ZoneWritebackInterval', 'DirectoryPartitionAutoEnlistInterval', 'TombstoneInterval'
$script:addresses = 'IPAddress', 'ReorderedIPAddress', 'Forwarder', 'SecondaryServers', 'NotifyServers', 'MasterServers', 'ScavengeServers', 'FilterIPAddressList'
$script:texts = 'ListeningIPAddress', 'AllIPAddress', 'SocketPoolExcludedPortRanges', 'List', 'IPv4Subnet', 'IPv6Subnet', 'AllowedDcForNsRecordsAutoCreation'
$script:times = 'LastScavengeTime', 'AvailForScavengeTime', 'LastSuccessfulSoaCheck', 'LastZoneTransferAttempt', 'LastSuccessfulZoneTransfer'
$script:short = @{ KeyTag = [uint16] }
# The spelling that comes back where it is not the one that is given.
$script:spelling = @{ NonSecureAndSecure = 'NonsecureAndSecure' }
$script:ignored = 'ComputerName', 'CimSession', 'ThrottleLimit', 'AsJob', 'PassThru', 'Force', 'Confirm', 'WhatIf', 'ErrorAction', 'WarningAction',
    'InformationAction', 'ProgressAction', 'Verbose', 'Debug', 'ErrorVariable', 'WarningVariable', 'InformationVariable', 'OutVariable', 'OutBuffer', 'PipelineVariable'

function ConvertTo-Cim {
    # An object of a class of the DNS Server's provider, its properties with Windows' types. An empty list is null.
    param([string]$Class, $Table)
    $object = [pscustomobject]@{ PSTypeName = "Microsoft.Management.Infrastructure.CimInstance#root/Microsoft/Windows/DNS/$Class" }
    foreach ($name in $Table.Keys) {
        $object.PSObject.Properties.Add([psnoteproperty]::new($name, (ConvertTo-Typed $name $Table[$name])))
    }
    return $object
}

function ConvertTo-Typed {
    param([string]$Name, $Value)
    if ($Name -eq 'SocketPoolExcludedPortRanges') {
        return , [string[]]@($Value)
    }
    if ($null -eq $Value -or ($Value -is [array] -and -not $Value.Count)) {
        return $null
    }
    if ($script:spans -contains $Name) {
        return [timespan]::FromSeconds($Value)
    }
    if ($script:addresses -contains $Name) {
        # Without a comma: these come through script properties of the module, which give one address for a list of one.
        return [System.Net.IPAddress[]]@($Value)
    }
    if ($script:texts -contains $Name) {
        return , [string[]]@($Value)
    }
    if ($script:times -contains $Name) {
        return [datetime]::Parse($Value, [cultureinfo]::InvariantCulture, 'AdjustToUniversal, AssumeUniversal').ToLocalTime()
    }
    if ($Value -is [System.Collections.IDictionary]) {
        return ConvertTo-Cim $Name $Value
    }
    if ($Value -is [array]) {
        return , @(foreach ($one in $Value) { ConvertTo-Typed $Name $one })
    }
    if ($Value -is [long] -or $Value -is [int]) {
        return $Value -as $(if ($script:short.ContainsKey($Name)) { $script:short[$Name] } else { [uint32] })
    }
    return $Value
}

function ConvertTo-Plain {
    # A value as the box's documents have it.
    param($Value)
    if ($Value -is [timespan]) {
        return [long][math]::Floor($Value.TotalSeconds)
    }
    if ($Value -is [System.Management.Automation.SwitchParameter]) {
        return [bool]$Value
    }
    if ($Value -is [array]) {
        return , @(foreach ($one in $Value) { if ($null -ne $one) { ConvertTo-Plain $one } })
    }
    if ($Value -is [System.Net.IPAddress]) {
        return $Value.IPAddressToString
    }
    if ($Value -is [uint32] -or $Value -is [uint16] -or $Value -is [int]) {
        return [long]$Value
    }
    return $Value
}

function Get-KeptValue {
    # An empty list is kept as null, as the management infrastructure gives it.
    param($Value)
    if ($Value -is [array] -and -not $Value.Count) {
        return $null
    }
    return , $Value
}

function Get-Asked {
    # The parameters that say what to do, plain; a word of an enumeration in the spelling that Windows gives back.
    param($Cmdlet, $Bound)
    $asked = [ordered]@{}
    foreach ($name in $Bound.Keys) {
        if ($script:ignored -contains $name) {
            continue
        }
        $asked[$name] = if ($name -eq 'InputObject') { , $Bound[$name] } else { ConvertTo-Plain $Bound[$name] }
        foreach ($attribute in $Cmdlet.MyInvocation.MyCommand.Parameters[$name].Attributes) {
            if ($attribute -is [System.Management.Automation.ValidateSetAttribute]) {
                $asked[$name] = @($attribute.ValidValues | Where-Object { $_ -eq $Bound[$name] })[0]
            }
        }
        if ($asked[$name] -is [string] -and $script:spelling.ContainsKey($asked[$name])) {
            $asked[$name] = $script:spelling[$asked[$name]]
        }
    }
    return $asked
}
