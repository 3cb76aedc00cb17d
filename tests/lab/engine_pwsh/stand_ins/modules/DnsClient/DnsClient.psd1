# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'DnsClient.psm1'
    ModuleVersion = '1.0.0.0'
    GUID = 'c4b3f0a0-2f0b-4d53-9a3c-7d4c52f0a7d1'
    FunctionsToExport = @('Get-DnsClientServerAddress', 'Resolve-DnsName')
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
}
