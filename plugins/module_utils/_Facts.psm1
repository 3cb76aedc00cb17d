# SPDX-License-Identifier: GPL-3.0-or-later
# Facts of the host and of the session. One that cannot be read is null and hides no other.

#AnsibleRequires -PowerShell ._Document
#AnsibleRequires -PowerShell ._Registry
#AnsibleRequires -PowerShell ._Journal

Set-StrictMode -Version Latest

$script:version = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion'
$script:servicing = 'SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending'
$script:update = 'SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired'
$script:session = 'SYSTEM\CurrentControlSet\Control\Session Manager'

function Get-MachineValue {
    param([string]$Key, [string]$Name)
    return Get-RegistryValue -Target @{ hive = 'HKLM'; key = $Key; name = $Name }
}

function Get-RebootReason {
    $reasons = [System.Collections.Generic.List[object]]::new()
    if ((Get-MachineValue -Key $script:servicing -Name '')['key_exists']) {
        $reasons.Add('component_servicing')
    }
    if ((Get-MachineValue -Key $script:update -Name '')['key_exists']) {
        $reasons.Add('windows_update')
    }
    if ((Get-MachineValue -Key $script:session -Name 'PendingFileRenameOperations')['exists']) {
        $reasons.Add('file_rename')
    }
    return , $reasons
}

function Get-AccountFact {
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $groups = [System.Collections.Generic.List[object]]::new()
    foreach ($group in $identity.Groups) {
        $groups.Add([string]$group.Value)
    }
    return [ordered]@{
        name = $identity.Name
        sid = $identity.User.Value
        local = ($identity.Name -split '\\')[0] -eq $env:COMPUTERNAME
        groups = $groups
    }
}

function Test-Elevated {
    $principal = [System.Security.Principal.WindowsPrincipal]::new([System.Security.Principal.WindowsIdentity]::GetCurrent())
    return $principal.IsInRole([System.Security.Principal.SecurityIdentifier]::new('S-1-5-32-544'))
}

function Get-HostFact {
    $readings = [ordered]@{
        computer_name = { $env:COMPUTERNAME }
        build = { [int](Get-MachineValue -Key $script:version -Name 'CurrentBuildNumber')['value'] }
        revision = { [int](Get-MachineValue -Key $script:version -Name 'UBR')['value'] }
        product = { (Get-MachineValue -Key $script:version -Name 'ProductName')['value'] }
        installation = { (Get-MachineValue -Key $script:version -Name 'InstallationType')['value'] }
        product_type = { (Get-MachineValue -Key 'SYSTEM\CurrentControlSet\Control\ProductOptions' -Name 'ProductType')['value'] }
        language = { [System.Globalization.CultureInfo]::InstalledUICulture.Name }
        process_bits = { [System.IntPtr]::Size * 8 }
        elevated = { Test-Elevated }
        powershell = {
            [ordered]@{
                version = [string]$PSVersionTable['PSVersion']
                edition = [string]$PSVersionTable['PSEdition']
                language_mode = [string]$ExecutionContext.SessionState.LanguageMode
            }
        }
        reboot_pending = { , (Get-RebootReason) }
        account = { Get-AccountFact }
        unfinished_journals = { , (Get-UnfinishedJournal) }
    }
    $facts = [ordered]@{}
    foreach ($reading in $readings.GetEnumerator()) {
        try {
            $facts[$reading.Key] = & $reading.Value
        }
        catch {
            $facts[$reading.Key] = $null
        }
    }
    if ($facts['build'] -eq 0) {
        $facts['build'] = $null
    }
    return $facts
}

Export-ModuleMember -Function Get-HostFact, Get-AccountFact
