# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'NetSecurity.psm1'
    ModuleVersion = '2.0.0.0'
    GUID = '4b26ff51-7aee-4731-9cf7-508b82532cbf'
    FunctionsToExport = @('New-NetFirewallRule', 'Remove-NetFirewallRule', 'Enable-NetFirewallRule', 'Disable-NetFirewallRule')
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
}
