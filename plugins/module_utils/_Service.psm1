# SPDX-License-Identifier: GPL-3.0-or-later
# Windows services, read.

Set-StrictMode -Version Latest

function Get-ServiceReadForm {
    return @{
        service = 'name=text'
    }
}

function Find-Service {
    # Nothing where there is no such service.
    param([string]$Name)
    Add-Type -AssemblyName System.ServiceProcess
    foreach ($service in [System.ServiceProcess.ServiceController]::GetServices()) {
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
