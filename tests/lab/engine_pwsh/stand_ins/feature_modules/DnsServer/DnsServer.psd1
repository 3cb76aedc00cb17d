# SPDX-License-Identifier: GPL-3.0-or-later
@{
    RootModule = 'DnsServer.psm1'
    ModuleVersion = '2.0.0.0'
    GUID = '5e1dd2a5-0c7a-4f5e-8a0b-6e7a3b1f9c44'
    FunctionsToExport = @(
        'Get-DnsServerRecursion', 'Set-DnsServerRecursion', 'Get-DnsServerRecursionScope', 'Add-DnsServerRecursionScope',
        'Set-DnsServerRecursionScope', 'Remove-DnsServerRecursionScope', 'Get-DnsServerCache', 'Set-DnsServerCache', 'Get-DnsServerEDns',
        'Set-DnsServerEDns', 'Get-DnsServerForwarder', 'Add-DnsServerForwarder', 'Set-DnsServerForwarder', 'Remove-DnsServerForwarder',
        'Get-DnsServerGlobalQueryBlockList', 'Set-DnsServerGlobalQueryBlockList', 'Get-DnsServerResponseRateLimiting',
        'Set-DnsServerResponseRateLimiting', 'Get-DnsServerResponseRateLimitingExceptionlist',
        'Add-DnsServerResponseRateLimitingExceptionlist', 'Set-DnsServerResponseRateLimitingExceptionlist',
        'Remove-DnsServerResponseRateLimitingExceptionlist', 'Get-DnsServerClientSubnet', 'Add-DnsServerClientSubnet',
        'Set-DnsServerClientSubnet', 'Remove-DnsServerClientSubnet', 'Get-DnsServerQueryResolutionPolicy',
        'Add-DnsServerQueryResolutionPolicy', 'Set-DnsServerQueryResolutionPolicy', 'Remove-DnsServerQueryResolutionPolicy',
        'Get-DnsServerZoneTransferPolicy', 'Add-DnsServerZoneTransferPolicy', 'Set-DnsServerZoneTransferPolicy',
        'Remove-DnsServerZoneTransferPolicy', 'Get-DnsServerDiagnostics', 'Set-DnsServerDiagnostics', 'Get-DnsServerScavenging',
        'Set-DnsServerScavenging', 'Get-DnsServerDsSetting', 'Set-DnsServerDsSetting', 'Get-DnsServerSetting', 'Set-DnsServerSetting',
        'Get-DnsServerZone', 'Set-DnsServerPrimaryZone', 'Get-DnsServerZoneAging', 'Set-DnsServerZoneAging', 'Get-DnsServerRootHint',
        'Add-DnsServerRootHint', 'Set-DnsServerRootHint', 'Remove-DnsServerRootHint', 'Get-DnsServerTrustAnchor', 'Add-DnsServerTrustAnchor',
        'Remove-DnsServerTrustAnchor', 'Get-DnsServerTrustPoint'
    )
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @('Set-DnsServerRRL')
}
