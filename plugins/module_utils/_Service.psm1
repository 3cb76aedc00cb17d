# SPDX-License-Identifier: GPL-3.0-or-later
# Windows services: what they are, and their restart.

using namespace System.ServiceProcess

Set-StrictMode -Version Latest

$script:patience = [timespan]::FromSeconds(60)

function Find-Service {
    # Nothing where there is no such service.
    param([string]$Name)
    Add-Type -AssemblyName System.ServiceProcess
    foreach ($service in [ServiceController]::GetServices()) {
        if ($service.ServiceName -eq $Name) {
            return $service
        }
    }
}

function Get-Dependent {
    # The running ones.
    param($Service)
    foreach ($dependent in $Service.DependentServices) {
        if ("$($dependent.Status)" -eq 'Running') {
            $dependent
        }
    }
}

function Invoke-ServiceRead {
    param($Request)
    $service = Find-Service $Request['name']
    if (-not $service) {
        return @{ exists = $false }
    }
    $names = @(foreach ($one in Get-Dependent $service) { $one.ServiceName })
    return [ordered]@{ exists = $true; state = "$($service.Status)"; start_type = "$($service.StartType)"; dependents = $names }
}

function Restart-WindowsService {
    # Stopping stops the running dependents too; they are started again.
    param([string]$Name)
    $service = Find-Service $Name
    if (-not $service) {
        Stop-Payload 'service_missing' "There is no service '$Name'."
    }
    if ("$($service.Status)" -eq 'Stopped') {
        return
    }
    $again = @($service) + @(Get-Dependent $service)
    try {
        $service.Stop()
        $service.WaitForStatus('Stopped', $script:patience)
        foreach ($one in $again) {
            $one.Refresh()
            if ("$($one.Status)" -ne 'Running') {
                $one.Start()
                $one.WaitForStatus('Running', $script:patience)
            }
        }
    }
    catch {
        if ($_.Exception.GetBaseException() -is [TimeoutException]) {
            Stop-Payload 'service_timeout' $_.Exception.GetBaseException().Message
        }
        throw
    }
}

Export-ModuleMember -Function Invoke-ServiceRead, Restart-WindowsService
