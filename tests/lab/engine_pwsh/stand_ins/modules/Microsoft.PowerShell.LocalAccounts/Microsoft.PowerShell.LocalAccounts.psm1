# SPDX-License-Identifier: GPL-3.0-or-later
# Get-LocalUser: the users of accounts.json. A domain controller has no accounts of its own.

. "$PSScriptRoot/../Box.ps1"

enum PrincipalSource { Unknown = 0; Local = 1; ActiveDirectory = 2; AzureAD = 3; MicrosoftAccount = 4 }

$script:productOptions = 'SYSTEM\CurrentControlSet\Control\ProductOptions'

function Get-Setting {
    # A value of the box's security.inf as a number.
    param([string]$Name, [int]$Default)
    $file = [System.IO.Path]::Combine($env:LAB_BOX, 'security.inf')
    $text = if ([System.IO.File]::Exists($file)) { [System.IO.File]::ReadAllText($file) } else { '' }
    if ($text -match "(?mi)^$Name *= *(-?\d+)") {
        return [int]$Matches[1]
    }
    return $Default
}

function ConvertTo-LocalUser {
    param($User)
    $set = $expires = $null
    if ($User['password_last_set']) {
        $set = ([datetime]$User['password_last_set']).ToLocalTime()
    }
    if ($User['password_expires']) {
        $days = Get-Setting 'MaximumPasswordAge' 42
        $expires = $(if ($set) { $set } else { [datetime]::Now }).AddDays($(if ($days -gt 0) { $days } else { 42 }))
    }
    return [pscustomobject]@{
        PSTypeName = 'Microsoft.PowerShell.Commands.LocalUser'
        Name = [string]$User['name']
        SID = [System.Security.Principal.SecurityIdentifier]::new($User['sid'])
        Enabled = [bool]$User['enabled']
        PasswordLastSet = $set
        PasswordExpires = $expires
        PrincipalSource = [PrincipalSource]::Local
        ObjectClass = 'User'
    }
}

function Get-LocalUser {
    [CmdletBinding(DefaultParameterSetName = 'Default')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'Default')][string[]]$Name,
        [Parameter(Position = 0, ParameterSetName = 'SecurityIdentifier')][System.Security.Principal.SecurityIdentifier[]]$SID
    )
    $options = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($script:productOptions)
    if ($options -and $options.GetValue('ProductType') -eq 'LanmanNT') {
        $refusal = [System.InvalidOperationException]::new('This computer is a domain controller: it has no local accounts.')
        $PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new($refusal, 'InternalError', 'InvalidOperation', $null))
    }
    $users = @(foreach ($user in @(Get-Part (Read-Box accounts) users)) { ConvertTo-LocalUser $user })
    if (-not $Name -and -not $SID) {
        return $users
    }
    foreach ($one in @($Name) + @($SID)) {
        if ($null -eq $one) {
            continue
        }
        $found = @($users | Where-Object { if ($one -is [string]) { $_.Name -like $one } else { $_.SID -eq $one } })
        if (-not $found) {
            Write-Failure $PSCmdlet ([System.InvalidOperationException]::new("User $one was not found.")) 'UserNotFound' ObjectNotFound $one
        }
        $found
    }
}
