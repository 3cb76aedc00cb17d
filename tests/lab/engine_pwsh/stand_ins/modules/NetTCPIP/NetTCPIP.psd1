# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'NetTCPIP.psm1'
    ModuleVersion = '1.0.0.0'
    GUID = '2fcfd1e9-7a0d-4d2b-8b5c-9d0cba0a6a2e'
    FunctionsToExport = @('Get-NetTCPConnection', 'Get-NetUDPEndpoint')
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
}
