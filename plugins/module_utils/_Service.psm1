# SPDX-License-Identifier: GPL-3.0-or-later
# Windows services: what they are, and their restart.

#AnsibleRequires -PowerShell ._Document

Set-StrictMode -Version Latest

$script:patience = [System.TimeSpan]::FromSeconds(60)

function Get-ServiceController {
    # Null where there is no such service.
    param([string]$Name)
    if ($null -eq ('System.ServiceProcess.ServiceController' -as [type])) {
        Add-Type -AssemblyName System.ServiceProcess
    }
    foreach ($service in [System.ServiceProcess.ServiceController]::GetServices()) {
        if ($service.ServiceName -eq $Name) {
            return $service
        }
    }
}

function Get-RunningDependent {
    param($Service)
    foreach ($dependent in $Service.DependentServices) {
        if ([string]$dependent.Status -eq 'Running') {
            $dependent
        }
    }
}

function Invoke-ServiceRead {
    param([System.Collections.IDictionary]$Request)
    $service = Get-ServiceController -Name $Request['name']
    if ($null -eq $service) {
        return [ordered]@{ exists = $false }
    }
    $dependents = [System.Collections.Generic.List[object]]::new()
    foreach ($dependent in @(Get-RunningDependent -Service $service)) {
        $dependents.Add($dependent.ServiceName)
    }
    return [ordered]@{ exists = $true; state = [string]$service.Status; start_type = [string]$service.StartType; dependents = $dependents }
}

function Restart-WindowsService {
    # Stopping stops the running dependents too; they are started again.
    param([string]$Name)
    $service = Get-ServiceController -Name $Name
    if ($null -eq $service) {
        Stop-Payload -Kind 'service_missing' -Message "There is no service '$Name'."
    }
    if ([string]$service.Status -eq 'Stopped') {
        return
    }
    $dependents = @(Get-RunningDependent -Service $service)
    try {
        $service.Stop()
        $service.WaitForStatus('Stopped', $script:patience)
        foreach ($each in @($service) + $dependents) {
            $each.Refresh()
            if ([string]$each.Status -ne 'Running') {
                $each.Start()
                $each.WaitForStatus('Running', $script:patience)
            }
        }
    }
    catch {
        $problem = $_.Exception.GetBaseException()
        if ($problem -is [System.ServiceProcess.TimeoutException]) {
            Stop-Payload -Kind 'service_timeout' -Message $problem.Message
        }
        throw
    }
}

Export-ModuleMember -Function Invoke-ServiceRead, Restart-WindowsService
