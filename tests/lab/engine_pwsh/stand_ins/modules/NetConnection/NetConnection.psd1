# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'NetConnection.psm1'
    ModuleVersion = '1.0.0.0'
    GUID = '94c5ce9a-b6b4-4b2c-8f2e-0a1f6ff54b3a'
    FunctionsToExport = @('Get-NetConnectionProfile')
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
}
