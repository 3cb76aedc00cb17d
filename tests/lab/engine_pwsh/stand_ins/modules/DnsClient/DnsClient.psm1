# SPDX-License-Identifier: GPL-3.0-or-later
# Get-DnsClientServerAddress and Resolve-DnsName: what network.json says of resolvers and other servers, and the answers of the host's own
# DNS Server. Nothing waits: who cannot be reached is a time-out at once. Source: learn.microsoft.com/powershell/module/dnsclient.

. "$PSScriptRoot/../Box.ps1"
. "$PSScriptRoot/Answers.ps1"

enum AddressFamily { IPv4 = 2; IPv6 = 23 }
enum RecordType {
    UNKNOWN = 0; A_AAAA = 0; A = 1; NS = 2; MD = 3; MF = 4; CNAME = 5; SOA = 6; MB = 7; MG = 8; MR = 9; NULL = 10; WKS = 11; PTR = 12; HINFO = 13; MINFO = 14
    MX = 15; TXT = 16; RP = 17; AFSDB = 18; X25 = 19; ISDN = 20; RT = 21; AAAA = 28; SRV = 33; DNAME = 39; OPT = 41; DS = 43; RRSIG = 46; NSEC = 47
    DNSKEY = 48; DHCID = 49; NSEC3 = 50; NSEC3PARAM = 51; ANY = 255; ALL = 255; WINS = 65281
}
enum Section { Query = 0; Answer = 1; Authority = 2; Additional = 3 }

# number of Windows -> id, category, text in English and German
$script:failures = @{
    1460 = 'ERROR_TIMEOUT', 'OperationTimeout', 'This operation returned because the timeout period expired',
        'Dieser Vorgang wurde wegen Zeitüberschreitung zurückgegeben'
    9002 = 'DNS_ERROR_RCODE_SERVER_FAILURE', 'ResourceUnavailable', 'DNS server failure', 'DNS-Serverfehler'
    9003 = 'DNS_ERROR_RCODE_NAME_ERROR', 'ResourceUnavailable', 'DNS name does not exist', 'Der DNS-Name ist nicht vorhanden'
    9005 = 'DNS_ERROR_RCODE_REFUSED', 'ResourceUnavailable', 'DNS operation refused', 'DNS-Vorgang wurde abgelehnt'
}

function Get-DnsClientServerAddress {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)][Alias('ifAlias')][string[]]$InterfaceAlias, [Alias('ifIndex')][uint32[]]$InterfaceIndex,
        [AddressFamily[]]$AddressFamily, [int]$ThrottleLimit, [switch]$AsJob
    )
    foreach ($stored in @(Get-Part (Read-Box network) resolvers)) {
        if ((-not $InterfaceAlias -or $InterfaceAlias -contains $stored['InterfaceAlias']) -and (-not $InterfaceIndex -or $InterfaceIndex -contains $stored['InterfaceIndex']) -and
            (-not $AddressFamily -or $AddressFamily -contains [AddressFamily]$stored['AddressFamily'])) {
            [pscustomobject]@{
                PSTypeName = 'Microsoft.Management.Infrastructure.CimInstance#root/StandardCimv2/MSFT_DNSClientServerAddress'
                InterfaceAlias = $stored['InterfaceAlias']; InterfaceIndex = [uint32]$stored['InterfaceIndex']; AddressFamily = [uint16]$stored['AddressFamily']
                ServerAddresses = [string[]]@($stored['ServerAddresses'])
            }
        }
    }
}

function Write-Unresolved {
    # The id is that of the module's own class; a function's name stands behind it here.
    param($Cmdlet, [string]$Name, [int]$Number)
    $id, $category, $english, $german = $script:failures[$Number]
    $text = if ("$(Get-Part (Read-Box host) language)" -like 'de*') { $german } else { $english }
    Write-Failure $Cmdlet ([System.ComponentModel.Win32Exception]::new($Number, "$Name : $text")) $id $category $Name
}

function ConvertTo-Record {
    # One record as the class of its type shows it. Names have no dot at their end.
    param($Found)
    $type = $Found['type']
    $words = "$($Found['data'])".Split(' ')
    $record = [ordered]@{
        PSTypeName = "Microsoft.DnsClient.Commands.DnsRecord_$type"; Name = $Found['name'].TrimEnd('.'); Type = [RecordType]$type
        Section = [Section]$Found['section']; TTL = [int]$Found['seconds']
    }
    switch ($type) {
        { $_ -in 'NS', 'CNAME', 'PTR' } { $record['NameHost'] = $words[0].TrimEnd('.') }
        { $_ -in 'A', 'AAAA' } { $record['IPAddress'] = $words[0] }
        'SOA' {
            $record += [ordered]@{
                PrimaryServer = $words[0].TrimEnd('.'); NameAdministrator = $words[1].TrimEnd('.'); SerialNumber = [uint32]$words[2]; TimeToZoneRefresh = [uint32]$words[3]
                TimeToZoneFailureRetry = [uint32]$words[4]; TimeToExpiration = [uint32]$words[5]; DefaultTTL = [uint32]$words[6]
            }
        }
        'SRV' { $record += [ordered]@{ Priority = [uint16]$words[0]; Weight = [uint16]$words[1]; Port = [uint16]$words[2]; NameTarget = $words[3].TrimEnd('.') } }
        'MX' { $record += [ordered]@{ Preference = [uint16]$words[0]; NameExchange = $words[1].TrimEnd('.') } }
        'TXT' { $record['Strings'] = [string[]]@($Found['data']) }
    }
    return [pscustomobject]$record
}

function Get-Resolver {
    foreach ($stored in @(Get-Part (Read-Box network) resolvers)) { $stored['ServerAddresses'] }
}

function Resolve-DnsName {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string]$Name, [Parameter(Position = 1)][RecordType]$Type = 'A_AAAA',
        [ValidateCount(0, 5)][string[]]$Server, [switch]$DnsOnly, [switch]$CacheOnly, [switch]$DnssecOk, [switch]$DnssecCd, [switch]$NoHostsFile,
        [switch]$LlmnrNetbiosOnly, [switch]$LlmnrFallback, [switch]$LlmnrOnly, [switch]$NetbiosFallback, [switch]$NoIdn, [switch]$NoRecursion,
        [switch]$QuickTimeout, [switch]$TcpOnly
    )
    process {
        $types = if ($Type -eq [RecordType]::A_AAAA) { 'AAAA', 'A' } else { , "$Type" }
        $addresses = if ($Server) { $Server } else { @(Get-Resolver) }
        $answer = Find-Answer $Name $types $addresses ([bool]$NoRecursion)
        if ($answer['error']) {
            return Write-Unresolved $PSCmdlet $Name $answer['error']
        }
        foreach ($found in $answer['records']) { ConvertTo-Record $found }
    }
}
