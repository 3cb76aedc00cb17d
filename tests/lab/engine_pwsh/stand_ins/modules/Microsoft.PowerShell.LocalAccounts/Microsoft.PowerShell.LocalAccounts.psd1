# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'Microsoft.PowerShell.LocalAccounts.psm1'
    ModuleVersion = '1.0.0.0'
    GUID = '8e362604-2c0b-448f-a414-a6a690a644e2'
    FunctionsToExport = @('Get-LocalUser')
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
}
