# SPDX-License-Identifier: GPL-3.0-or-later

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


function Invoke-ServiceRead {
    param($Request)
    $service = Find-Service $Request['name']
    if (-not $service) {
        return @{ exists = $false }
    }
    $names = @(foreach ($one in $service.DependentServices) { if ("$($one.Status)" -eq 'Running') { $one.ServiceName } })
    return [ordered]@{ exists = $true; state = "$($service.Status)"; start_type = "$($service.StartType)"; dependents = $names }
}
