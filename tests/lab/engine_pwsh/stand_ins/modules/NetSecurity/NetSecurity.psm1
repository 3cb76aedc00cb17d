# SPDX-License-Identifier: GPL-3.0-or-later
# New-, Remove-, Enable- and Disable-NetFirewallRule on the rules that Windows keeps as text in the registry.
# Sources: learn.microsoft.com/powershell/module/netsecurity; the grammar of a rule's text and its order: [MS-GPFAS] 2.2.2.19.

. "$PSScriptRoot/../Box.ps1"

$script:rules = 'SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules'

enum Enabled { True = 1; False = 2 }
enum Direction { Inbound = 1; Outbound = 2 }
enum Action { NotConfigured = 0; Allow = 2; Block = 4 }
enum EdgeTraversal { Block = 0; Allow = 1; DeferToUser = 2; DeferToApp = 3 }
[System.Flags()] enum Profile { Any = 0; Domain = 1; Private = 2; Public = 4; NotApplicable = 65535 }
[System.Flags()] enum InterfaceType { Any = 0; Wired = 1; Wireless = 2; RemoteAccess = 4 }

$script:protocols = @{ TCP = 6; UDP = 17; ICMPv4 = 1; ICMPv6 = 58 }
$script:interfaceTypes = [ordered]@{ Wired = 'Lan'; Wireless = 'Wireless'; RemoteAccess = 'RemoteAccess' }
$script:profiles = 'Domain', 'Private', 'Public'
$script:keywords = 'LocalSubnet', 'DNS', 'DHCP', 'WINS', 'DefaultGateway', 'Internet', 'Intranet', 'IntranetRemoteAccess', 'PlayToDevice'

function Open-Rule {
    param([bool]$Writable)
    return [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').CreateSubKey($script:rules, $Writable)
}

function Write-System {
    # An error of Windows itself, as the cmdlets of this module name it.
    param($Cmdlet, [int]$Code, [string]$Category, [string]$Target)
    $message = [System.ComponentModel.Win32Exception]::new($Code).Message
    if ($Code -eq 183) {
        $message = 'Cannot create a file when that file already exists.'
    }
    $id = "Windows System Error $Code"
    $Cmdlet.WriteError([System.Management.Automation.ErrorRecord]::new((New-Failure $message (0x80070000 -bor $Code)), $id, $Category, $Target))
}

function Write-Rule {
    # A counted write, which the fault of a test may refuse.
    param($Cmdlet, [string]$Name, [scriptblock]$Write)
    try {
        & $Write
        return $true
    }
    catch [System.IO.IOException] {
        Write-System $Cmdlet ($_.Exception.GetBaseException().HResult -band 0xFFFF) NotSpecified $Name
    }
    return $false
}

function Get-SchemaVersion {
    # Windows writes a rule in the version of its own schema, which its other rules have.
    param($Key)
    $versions = foreach ($name in $Key.GetValueNames()) { "$($Key.GetValue($name))".Split('|')[0] }
    $known = @($versions | Where-Object { $_ -match '^v2\.\d+$' } | Sort-Object -Property { [version]$_.Substring(1) } -Descending)
    if ($known) {
        return $known[0]
    }
    return 'v2.31'
}

function Test-Address {
    # An address of four numbers or of version 6, a network, or a range between two addresses.
    param([string]$Text)
    $parts = $Text.Split('-')
    foreach ($part in $parts) {
        $address, $length = $part.Split('/')
        $parsed = $null
        if (-not [System.Net.IPAddress]::TryParse($address, [ref]$parsed) -or ($address.Split('.').Count -ne 4 -and -not $address.Contains(':'))) {
            return $false
        }
        if ($length -and ($length -notmatch '^\d+$' -or [int]$length -gt 8 * $parsed.GetAddressBytes().Length -or $parts.Count -gt 1)) {
            return $false
        }
    }
    return $parts.Count -le 2
}

function Get-Network {
    # The first address of a network: the bits behind its length are 0.
    param([string]$Address, [int]$Length)
    $bytes = [System.Net.IPAddress]::Parse($Address).GetAddressBytes()
    $mask = Get-Mask $Length $bytes.Length
    for ($at = 0; $at -lt $bytes.Length; $at++) {
        $bytes[$at] = $bytes[$at] -band $mask[$at]
    }
    return "$([System.Net.IPAddress]::new($bytes))"
}

function Get-Mask {
    param([int]$Length, [int]$Bytes)
    $bits = ('1' * $Length).PadRight(8 * $Bytes, '0')
    return [byte[]]@(for ($at = 0; $at -lt $bits.Length; $at += 8) { [System.Convert]::ToByte($bits.Substring($at, 8), 2) })
}

function ConvertTo-AddressPart {
    # RA4 for IPv4 and words that stand for both, RA6 for IPv6; an IPv4 network is stored with its mask.
    param([string[]]$Addresses, [string]$Side)
    foreach ($one in $Addresses | Where-Object { $_ -ne 'Any' }) {
        $keyword = @($script:keywords | Where-Object { $_ -eq $one })
        $address, $length = $one.Split('/')
        if ($keyword) {
            "${Side}4=$($keyword[0])"
            "${Side}6=$($keyword[0])"
        }
        elseif ($one.Contains(':')) {
            "${Side}6=$(if ($length) { "$(Get-Network $address $length)/$length" } else { $one })"
        }
        else {
            "${Side}4=$(if ($length) { "$(Get-Network $address $length)/$((Get-Mask $length 4) -join '.')" } else { $one })"
        }
    }
}

function ConvertTo-PortPart {
    # A single port, or a range, which version 2.10 of the schema brought.
    param([string[]]$Ports, [string]$Side)
    foreach ($port in $Ports) {
        if ($port -match '^\d+-\d+$') {
            "${Side}Port2_10=$port"
        }
        elseif ($port -ne 'Any') {
            "${Side}Port=$port"
        }
    }
}

function ConvertTo-RuleText {
    param($Asked, [string]$Version)
    $parts = @(
        $Version
        "Action=$($Asked['Action'])"
        "Active=$("$($Asked['Enabled'])".ToUpperInvariant())"
        "Dir=$(if ($Asked['Direction'] -eq [Direction]::Inbound) { 'In' } else { 'Out' })"
        if ($Asked['Protocol'] -ne 'Any') { "Protocol=$(if ($script:protocols.ContainsKey($Asked['Protocol'])) { $script:protocols[$Asked['Protocol']] } else { $Asked['Protocol'] })" }
        foreach ($one in $script:profiles) { if ($Asked['Profile'].HasFlag([Profile]$one)) { "Profile=$one" } }
        ConvertTo-PortPart $Asked['LocalPort'] L
        ConvertTo-PortPart $Asked['RemotePort'] R
        ConvertTo-AddressPart $Asked['LocalAddress'] LA
        ConvertTo-AddressPart $Asked['RemoteAddress'] RA
        foreach ($one in $script:interfaceTypes.Keys) { if ($Asked['InterfaceType'].HasFlag([InterfaceType]$one)) { "IFType=$($script:interfaceTypes[$one])" } }
        if ($Asked['Program']) { "App=$($Asked['Program'])" }
        if ($Asked['Service']) { "Svc=$($Asked['Service'])" }
        "Name=$($Asked['DisplayName'])"
        if ($Asked['Description']) { "Desc=$($Asked['Description'])" }
        if ($Asked['Group']) { "EmbedCtxt=$($Asked['Group'])" }
    )
    return "$($parts -join '|')|"
}

function Test-Rule {
    # The text of a rule has no way to write its own separator; ports belong to TCP and UDP.
    param($Asked)
    $texts = $Asked['DisplayName'], $Asked['Description'], $Asked['Group'], $Asked['Program'], $Asked['Service']
    $ports = @(@($Asked['LocalPort']) + @($Asked['RemotePort']) | Where-Object { $_ -ne 'Any' })
    $numbers = @($ports | ForEach-Object { $_.Split('-') })
    $addresses = @(@($Asked['LocalAddress']) + @($Asked['RemoteAddress']) | Where-Object { $_ -ne 'Any' -and $script:keywords -notcontains $_ })
    return -not @($texts -like '*|*') -and -not ($ports -and 'TCP', 'UDP', '6', '17' -notcontains $Asked['Protocol']) -and
        -not @($numbers | Where-Object { $_ -notmatch '^\d{1,5}$' -or [int]$_ -lt 1 -or [int]$_ -gt 65535 }) -and
        -not @($addresses | Where-Object { -not (Test-Address $_) })
}

function New-NetFirewallRule {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory)][string]$DisplayName, [string]$PolicyStore, [string]$Name = "{$("$([guid]::NewGuid())".ToUpperInvariant())}",
        [string]$Description, [string]$Group, [Enabled]$Enabled = 'True', [Profile]$Profile = 'Any', [Direction]$Direction = 'Inbound',
        [Action]$Action = 'Allow', [EdgeTraversal]$EdgeTraversalPolicy = 'Block', [string[]]$LocalAddress = 'Any', [string[]]$RemoteAddress = 'Any',
        [string]$Protocol = 'Any', [string[]]$LocalPort = 'Any', [string[]]$RemotePort = 'Any', [string]$Program, [string]$Service,
        [InterfaceType]$InterfaceType = 'Any'
    )
    $asked = @{}
    foreach ($parameter in $MyInvocation.MyCommand.Parameters.Keys) {
        $asked[$parameter] = Get-Variable -Name $parameter -ValueOnly -ErrorAction Ignore
    }
    if (-not (Test-Rule $asked)) {
        return Write-System $PSCmdlet 87 InvalidArgument $Name
    }
    $key = Open-Rule $true
    if ($key.GetValueNames() -contains $Name) {
        return Write-System $PSCmdlet 183 ResourceExists $Name
    }
    $text = ConvertTo-RuleText $asked (Get-SchemaVersion $key)
    if (Write-Rule $PSCmdlet $Name { $key.SetValue($Name, $text, 'String') }) {
        [pscustomobject]@{ Name = $Name; DisplayName = $DisplayName; Group = $Group; Enabled = $Enabled; Profile = $Profile; Direction = $Direction; Action = $Action }
    }
}

function Select-Rule {
    # The names of stored rules; a name with no wildcard that is not there is an error.
    param($Cmdlet, $Key, [string[]]$Names, [string[]]$Groups)
    foreach ($wanted in $Names) {
        $found = @($Key.GetValueNames() | Where-Object { $_ -like $wanted })
        if (-not $found -and -not [System.Management.Automation.WildcardPattern]::ContainsWildcardCharacters($wanted)) {
            $message = "No MSFT_NetFirewallRule objects found with property 'InstanceID' equal to '$wanted'.  Verify the value of the property and retry."
            $id = 'CmdletizationQuery_NotFound_InstanceID'
            $Cmdlet.WriteError([System.Management.Automation.ErrorRecord]::new((New-Failure $message 0), $id, 'ObjectNotFound', $wanted))
        }
        $found
    }
    foreach ($wanted in $Groups) {
        $Key.GetValueNames() | Where-Object { "$($Key.GetValue($_))" -like "*|EmbedCtxt=$wanted|*" }
    }
}

function Set-Active {
    param($Cmdlet, [string[]]$Names, [string[]]$Groups, [string]$Active)
    $key = Open-Rule $true
    foreach ($name in Select-Rule $Cmdlet $key $Names $Groups) {
        $text = "$($key.GetValue($name))" -replace '\|Active=(TRUE|FALSE)\|', "|Active=$Active|"
        $null = Write-Rule $Cmdlet $name { $key.SetValue($name, $text, 'String') }
    }
}

function Enable-NetFirewallRule {
    [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'ByName')]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'ByName')][Alias('ID')][string[]]$Name,
        [Parameter(Mandatory, ParameterSetName = 'ByQuery')][Alias('RuleGroup')][string[]]$Group, [string]$PolicyStore
    )
    Set-Active $PSCmdlet $Name $Group TRUE
}

function Disable-NetFirewallRule {
    [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'ByName')]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'ByName')][Alias('ID')][string[]]$Name,
        [Parameter(Mandatory, ParameterSetName = 'ByQuery')][Alias('RuleGroup')][string[]]$Group, [string]$PolicyStore
    )
    Set-Active $PSCmdlet $Name $Group FALSE
}

function Remove-NetFirewallRule {
    [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'ByName')]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'ByName')][Alias('ID')][string[]]$Name,
        [Parameter(Mandatory, ParameterSetName = 'ByQuery')][Alias('RuleGroup')][string[]]$Group, [string]$PolicyStore
    )
    $key = Open-Rule $true
    foreach ($one in Select-Rule $PSCmdlet $key $Name $Group) {
        $null = Write-Rule $PSCmdlet $one { $key.DeleteValue($one) }
    }
}
