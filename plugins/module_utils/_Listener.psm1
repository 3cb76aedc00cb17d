# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._Program

using namespace System.Collections.Generic

Set-StrictMode -Version Latest

function Get-ListenerReadForm {
    return @{ listeners = 'wait=object?' }
}

function Get-Socket {
    $processes = [SortedDictionary[string, string]]::new([StringComparer]::Ordinal)
    foreach ($one in Get-CimInstance -ClassName Win32_Service -Filter "State='Running'" -OperationTimeoutSec 60) {
        $processes[$one.Name] = $one.ProcessId
    }
    $sockets = [SortedDictionary[string, object]]::new([StringComparer]::Ordinal)
    foreach ($protocol in 'tcp', 'udp') {
        foreach ($one in $(if ($protocol -eq 'tcp') { Get-NetTCPConnection | Where-Object -Property State -EQ Listen } else { Get-NetUDPEndpoint })) {
            $sockets['{0}{1:d5}{2} {3}' -f $protocol, $one.LocalPort, $one.LocalAddress, $sockets.Count] = @{
                protocol = $protocol; address = $one.LocalAddress; port = $one.LocalPort; process = $one.OwningProcess
                services = @(foreach ($pair in $processes.GetEnumerator()) { if ($pair.Value -eq $one.OwningProcess) { $pair.Key } })
            }
        }
    }
    $sockets.Values
}

function Invoke-ListenerRead {
    param($Request)
    $null = Find-Command Get-NetTCPConnection
    $wait = $Request['wait']
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    do {
        $sockets = @(Get-Socket)
        $again = $wait -and $clock.Elapsed.TotalSeconds -lt $wait['seconds'] -and -not @($sockets | Where-Object {
                $_['protocol'] -eq $wait['protocol'] -and $_['port'] -eq $wait['port'] -and $_['services'] -contains $wait['service']
            })
        if ($again) {
            Start-Sleep -Milliseconds 500
        }
    } while ($again)
    $said = (Invoke-Program netsh.exe int, ipv4, show, excludedportrange, protocol=tcp)['said']
    $ranges = [List[object]]::new()
    foreach ($found in [regex]::Matches($said, '(?m)^\s*(\d+)\s+(\d+)[\s*]*$')) {
        $ranges.Add(@([int]$found.Groups[1].Value, [int]$found.Groups[2].Value))
    }
    return @{ sockets = $sockets; excluded = $ranges }
}
