# SPDX-License-Identifier: GPL-3.0-or-later
# Get-NetTCPConnection and Get-NetUDPEndpoint: the sockets of network.json. A box has listening sockets only.

. "$PSScriptRoot/../Box.ps1"

enum State { Closed = 1; Listen = 2; SynSent = 3; SynReceived = 4; Established = 5; FinWait1 = 6; FinWait2 = 7; CloseWait = 8; Closing = 9; LastAck = 10; TimeWait = 11; DeleteTCB = 12; Bound = 100 }

function Get-Socket {
    param([string]$Protocol, $Asked)
    foreach ($socket in @(Get-Part (Read-Box network) sockets)) {
        if ($socket['protocol'] -ne $Protocol) {
            continue
        }
        $found = [ordered]@{
            LocalAddress = [string]$socket['address']; LocalPort = [uint16]$socket['port']; OwningProcess = [uint32]$socket['process']
        }
        if ($Protocol -eq 'tcp') {
            $found += [ordered]@{ RemoteAddress = $(if ("$($socket['address'])".Contains(':')) { '::' } else { '0.0.0.0' }); RemotePort = [uint16]0; State = [State]::Listen }
        }
        $names = @($found.Keys | Where-Object { $Asked.ContainsKey($_) })
        if (-not ($names | Where-Object { $Asked[$_] -notcontains $found[$_] })) {
            [pscustomobject]$found
        }
    }
}

function Write-NotFound {
    # A query by a value that no object has is an error, one without values is not.
    param($Cmdlet, [string]$Class, $Asked)
    $by = @('LocalPort', 'LocalAddress', 'State', 'OwningProcess' | Where-Object { $Asked.ContainsKey($_) })
    if ($by) {
        $message = "No $Class objects found with property '$($by[0])' equal to '$(@($Asked[$by[0]])[0])'.  Verify the value of the property and retry."
        $Cmdlet.WriteError([System.Management.Automation.ErrorRecord]::new((New-Failure $message 0), "CmdletizationQuery_NotFound_$($by[0])", 'ObjectNotFound', $Asked[$by[0]]))
    }
}

function Get-NetTCPConnection {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)][string[]]$LocalAddress, [Parameter(Position = 1)][uint16[]]$LocalPort, [string[]]$RemoteAddress,
        [uint16[]]$RemotePort, [State[]]$State, [uint32[]]$OwningProcess
    )
    $found = @(Get-Socket tcp $PSBoundParameters)
    if (-not $found) {
        Write-NotFound $PSCmdlet MSFT_NetTCPConnection $PSBoundParameters
    }
    $found
}

function Get-NetUDPEndpoint {
    [CmdletBinding()]
    param([Parameter(Position = 0)][string[]]$LocalAddress, [Parameter(Position = 1)][uint16[]]$LocalPort, [uint32[]]$OwningProcess)
    $found = @(Get-Socket udp $PSBoundParameters)
    if (-not $found) {
        Write-NotFound $PSCmdlet MSFT_NetUDPEndpoint $PSBoundParameters
    }
    $found
}
