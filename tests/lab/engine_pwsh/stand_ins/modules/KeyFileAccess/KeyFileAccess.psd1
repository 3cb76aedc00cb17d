# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'KeyFileAccess.psm1'
    ModuleVersion = '1.0.0.0'
    GUID = '5b7c1b52-4a53-4a27-9d0e-3b1d2d4a7c11'
    FunctionsToExport = @('Get-Acl')
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
}
