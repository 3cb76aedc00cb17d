# SPDX-License-Identifier: GPL-3.0-or-later
# Facts of the host and of the session. One that cannot be read is null and hides no other.

using namespace System.Security.Principal

Set-StrictMode -Version Latest

$script:windows = 'SOFTWARE\Microsoft\Windows\CurrentVersion'

function Read-Machine {
    param([string]$Key, [string]$Name)
    return Get-RegistryValue @{ hive = 'HKLM'; key = $Key; name = $Name }
}

function Read-Version {
    param([string]$Name)
    return (Read-Machine 'SOFTWARE\Microsoft\Windows NT\CurrentVersion' $Name)['value']
}

function Get-RebootReason {
    if ((Read-Machine "$script:windows\Component Based Servicing\RebootPending")['key_exists']) { 'component_servicing' }
    if ((Read-Machine "$script:windows\WindowsUpdate\Auto Update\RebootRequired")['key_exists']) { 'windows_update' }
    if ((Read-Machine 'SYSTEM\CurrentControlSet\Control\Session Manager' 'PendingFileRenameOperations')['exists']) { 'file_rename' }
}

function Get-Account {
    $identity = [WindowsIdentity]::GetCurrent()
    return @{
        name = $identity.Name
        sid = $identity.User.Value
        local = ($identity.Name -split '\\')[0] -eq $env:COMPUTERNAME
        groups = @(foreach ($group in $identity.Groups) { $group.Value })
    }
}

function Get-Fact {
    $readings = @{
        computer_name = { $env:COMPUTERNAME }
        build = { [int]::Parse((Read-Version 'CurrentBuildNumber')) }
        revision = { [int](Read-Version 'UBR') }
        product = { Read-Version 'ProductName' }
        installation = { Read-Version 'InstallationType' }
        product_type = { (Read-Machine 'SYSTEM\CurrentControlSet\Control\ProductOptions' 'ProductType')['value'] }
        language = { [System.Globalization.CultureInfo]::InstalledUICulture.Name }
        process_bits = { [IntPtr]::Size * 8 }
        elevated = { [WindowsPrincipal]::new([WindowsIdentity]::GetCurrent()).IsInRole([SecurityIdentifier]::new('S-1-5-32-544')) }
        account = { Get-Account }
        powershell = {
            @{
                version = "$($PSVersionTable['PSVersion'])"
                edition = "$($PSVersionTable['PSEdition'])"
                language_mode = "$($ExecutionContext.SessionState.LanguageMode)"
            }
        }
    }
    $facts = @{ reboot_pending = $null; unfinished_journals = $null }
    foreach ($reading in $readings.GetEnumerator()) {
        $facts[$reading.Key] = try { & $reading.Value } catch { $null }
    }
    try { $facts['reboot_pending'] = @(Get-RebootReason) } catch { $null = $_ }
    try { $facts['unfinished_journals'] = @(Get-UnfinishedJournal) } catch { $null = $_ }
    return $facts
}
