# SPDX-License-Identifier: GPL-3.0-or-later
# Get-NetConnectionProfile: the networks of network.json's active profiles.

. "$PSScriptRoot/../Box.ps1"

enum NetworkCategory { Public = 0; Private = 1; DomainAuthenticated = 2 }
enum Connectivity { Disconnected = 0; NoTraffic = 1; Subnet = 2; LocalNetwork = 3; Internet = 4 }

function Get-NetConnectionProfile {
    [CmdletBinding()]
    param([string[]]$Name, [string[]]$InterfaceAlias, [uint32[]]$InterfaceIndex, [NetworkCategory[]]$NetworkCategory)
    $index = 2
    foreach ($active in @(Get-Part (Read-Box network) active_profiles)) {
        $index++
        $category = if ($active -eq 'Domain') { [NetworkCategory]::DomainAuthenticated } else { [NetworkCategory]$active }
        $found = [pscustomobject]@{
            Name = if ($index -eq 3) { 'Network' } else { "Network $($index - 2)" }
            InterfaceAlias = "Ethernet$(if ($index -gt 3) { " $($index - 2)" })"
            InterfaceIndex = [uint32]$index
            NetworkCategory = $category
            IPv4Connectivity = [Connectivity]::Internet
            IPv6Connectivity = [Connectivity]::NoTraffic
        }
        $asked = @('Name', 'InterfaceAlias', 'InterfaceIndex', 'NetworkCategory' | Where-Object { $PSBoundParameters.ContainsKey($_) })
        if (-not ($asked | Where-Object { $PSBoundParameters[$_] -notcontains $found.$_ })) {
            $found
        }
    }
}
