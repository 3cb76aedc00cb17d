# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'CimCmdlets.psm1'
    ModuleVersion = '1.0.0.0'
    GUID = 'fb6cc51d-c096-4b38-b78d-0fed6277096a'
    FunctionsToExport = @('Get-CimInstance')
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
}
