# SPDX-License-Identifier: GPL-3.0-or-later
# Get-CimInstance for the classes that the box's documents answer: services, and the resultant set of policy.

. "$PSScriptRoot/../Box.ps1"

# WBEM_E_INVALID_NAMESPACE, WBEM_E_INVALID_CLASS, WBEM_E_INVALID_QUERY
$script:failures = @{
    InvalidNamespace = @(0x8004100e, 'Invalid namespace ', 'Ungültiger Namespace '), 'ObjectNotFound'
    InvalidClass = @(0x80041010, 'Invalid class ', 'Ungültige Klasse '), 'MetadataError'
    InvalidQuery = @(0x80041017, 'Invalid query ', 'Ungültige Abfrage '), 'InvalidArgument'
}
$script:startModes = @{ Boot = 'Boot'; System = 'System'; Automatic = 'Auto'; Manual = 'Manual'; Disabled = 'Disabled' }
# settings of [System Access] that are yes or no; the others are numbers
$script:switches = 'PasswordComplexity', 'ClearTextPassword', 'RequireLogonToChangePassword', 'ForceLogoffWhenHourExpire',
    'LSAAnonymousNameLookup', 'EnableAdminAccount', 'EnableGuestAccount', 'AllowAdministratorLockout'

function Stop-Query {
    param($Cmdlet, [string]$Kind, [string]$Target)
    $number, $english, $german = $script:failures[$Kind][0]
    $message = if ("$(Get-Part (Read-Box host) language)" -like 'de*') { $german } else { $english }
    $id = 'HRESULT 0x{0:x8}' -f $number
    Write-Failure $Cmdlet (New-Failure $message $number) $id $script:failures[$Kind][1] $Target
}

function Get-Id {
    # The path of a group policy object in the directory, made of its name; the local one has an id of its own.
    param([string]$Gpo)
    if ($Gpo -eq 'Local Group Policy') {
        return 'LocalGPO'
    }
    $hash = [System.Security.Cryptography.MD5]::Create().ComputeHash([System.Text.Encoding]::UTF8.GetBytes($Gpo))
    return "CN={$("$([guid]::new($hash))".ToUpperInvariant())},CN=Policies,CN=System,DC=corp,DC=example"
}

function Get-ServiceInstance {
    $services = Read-Box services
    foreach ($name in $services.Keys) {
        $service = $services[$name]
        $runs = $service['state'] -eq 'Running'
        @{
            Name = $name; State = $service['state']; StartMode = $script:startModes[$service['start_type']]; Started = $runs
            ProcessId = [uint32]$(if ($runs -and $service.Contains('process')) { $service['process'] } else { 0 })
        }
    }
}

function Get-PolicyInstance {
    # What policy.json has of a kind, as instances of one class. Windows' own values are in the registry and in security.inf.
    param([string]$Kind, [scriptblock]$Properties)
    foreach ($setting in @(Get-Part (Read-Box policy) $Kind)) {
        $made = & $Properties $setting
        if ($made) {
            $made + @{ precedence = [uint32]1; GPOID = Get-Id $setting['gpo']; SOMID = 'DC=corp,DC=example' }
        }
    }
}

function Get-GroupName {
    param([string]$Sid)
    try {
        return [System.Security.Principal.SecurityIdentifier]::new($Sid).Translate([System.Security.Principal.NTAccount]).Value
    }
    catch {
        return $Sid
    }
}

function Get-GpoInstance {
    $policy = Read-Box policy
    $names = foreach ($kind in 'registry', 'options', 'rights', 'groups', 'account') { @(Get-Part $policy $kind) | ForEach-Object { $_['gpo'] } }
    foreach ($name in @($names | Sort-Object -Unique)) {
        @{ name = $name; id = Get-Id $name; enabled = $true; accessDenied = $false; filterAllowed = $true }
    }
}

$script:classes = @{
    'root/cimv2' = @{ Win32_Service = { Get-ServiceInstance } }
    'root/rsop/computer' = @{
        RSOP_GPO = { Get-GpoInstance }
        RSOP_RegistryPolicySetting = { Get-PolicyInstance registry { @{ registryKey = $args[0]['key']; valueName = $args[0]['name']; deleted = $false } } }
        RSOP_RegistryValue = {
            Get-PolicyInstance options {
                $type = @{ String = 1; ExpandString = 2; Binary = 3; DWord = 4; MultiString = 7 }[$args[0]['kind']]
                @{ Path = "MACHINE\$($args[0]['key'])\$($args[0]['name'])"; Type = [uint32]$type; Data = "$($args[0]['value'])" }
            }
        }
        RSOP_UserPrivilegeRight = { Get-PolicyInstance rights { @{ UserRight = $args[0]['right']; AccountList = [string[]]@($args[0]['accounts']) } } }
        RSOP_RestrictedGroup = { Get-PolicyInstance groups { @{ GroupName = Get-GroupName $args[0]['group']; Members = [string[]]@($args[0]['members']) } } }
        RSOP_SecuritySettingNumeric = {
            Get-PolicyInstance account { if ($script:switches -notcontains $args[0]['setting']) { @{ KeyName = $args[0]['setting']; Setting = [int]$args[0]['value'] } } }
        }
        RSOP_SecuritySettingBoolean = {
            Get-PolicyInstance account { if ($script:switches -contains $args[0]['setting']) { @{ KeyName = $args[0]['setting']; Setting = [bool]$args[0]['value'] } } }
        }
    }
}

$script:comparison = '^\s*(\w+)\s*(<>|!=|=|LIKE)\s*(.+?)\s*$'

function Test-Condition {
    # One comparison of WQL: property, operator, text or number.
    param($Instance, [string]$Condition)
    $null = $Condition -match $script:comparison
    $actual, $wanted = "$($Instance[$Matches[1]])", $Matches[3].Trim("'`"").Replace('\\', '\')
    switch ($Matches[2]) {
        '=' { return $actual -eq $wanted }
        'LIKE' { return $actual -like $wanted.Replace('%', '*') }
        default { return $actual -ne $wanted }
    }
}

function Test-Filter {
    param($Instance, [string]$Filter)
    if (-not $Filter) {
        return $true
    }
    foreach ($alternative in $Filter -split '\sOR\s') {
        if (-not (@($alternative -split '\sAND\s') | Where-Object { -not (Test-Condition $Instance $_) })) {
            return $true
        }
    }
    return $false
}

function Get-CimInstance {
    [CmdletBinding(DefaultParameterSetName = 'ClassName')]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'ClassName')][string]$ClassName,
        [Parameter(ParameterSetName = 'ClassName')][string]$Filter,
        [Parameter(ParameterSetName = 'ClassName')][Alias('SelectProperties')][string[]]$Property,
        [Parameter(Mandatory, ParameterSetName = 'Query')][string]$Query,
        [string]$Namespace = 'root/cimv2', [uint32]$OperationTimeoutSec, [switch]$Shallow, [switch]$KeyOnly
    )
    if ($Query) {
        if ($Query -notmatch '^\s*SELECT\s+.+?\s+FROM\s+(\w+)(\s+WHERE\s+(.+))?$') {
            return Stop-Query $PSCmdlet InvalidQuery $Query
        }
        $ClassName, $Filter = $Matches[1], $(if ($Matches.Contains(3)) { $Matches[3] })
    }
    if ($Filter -and @($Filter -split '\s(?:AND|OR)\s' | Where-Object { $_ -notmatch $script:comparison })) {
        return Stop-Query $PSCmdlet InvalidQuery $Filter
    }
    $place = $Namespace.Replace('\', '/').ToLowerInvariant()
    $known = Get-Part (Read-Box policy) known
    if (-not $script:classes.ContainsKey($place) -or ($place -like 'root/rsop*' -and $known -eq $false)) {
        return Stop-Query $PSCmdlet InvalidNamespace $Namespace
    }
    if (-not $script:classes[$place].ContainsKey($ClassName) -or $ClassName -in @(Get-Part (Read-Box policy) missing)) {
        return Stop-Query $PSCmdlet InvalidClass "$Namespace`:$ClassName"
    }
    $name = @($script:classes[$place].Keys | Where-Object { $_ -eq $ClassName })[0]
    foreach ($instance in & $script:classes[$place][$name]) {
        if (Test-Filter $instance $Filter) {
            [pscustomobject](@{ PSTypeName = "Microsoft.Management.Infrastructure.CimInstance#$place/$name" } + $instance)
        }
    }
}
