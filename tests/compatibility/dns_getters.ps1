# SPDX-License-Identifier: GPL-3.0-or-later
# Reads objects whose properties are script properties, as those of the module DnsServer are, and writes what came of it as one JSON document:
# dns_getters.ps1 FOLDER. Such a getter has no module of its own: it runs in the scope of whoever reads the property.
param([string]$Folder)

$ErrorActionPreference = 'Stop'
foreach ($name in '_Document', '_Payload', '_Registry', '_Service', '_Program', '_DnsCall') {
    New-Module -Name $name -ScriptBlock ([scriptblock]::Create([System.IO.File]::ReadAllText("$Folder/$name.psm1"))) | Import-Module -Scope Global
}

New-Module -Name Stand -ScriptBlock {
    function Get-DnsServerForwarder {
        [CmdletBinding()] param()
        $object = [pscustomobject]@{ Raw = @('192.0.2.1'); None = $null; Timeout = [uint32]3 }
        $getters = @{
            IPAddress = '[OutputType([System.Net.IPAddress[]])] param() [System.Net.IPAddress[]]$this.Raw'
            SecondaryServers = '[System.Net.IPAddress[]]($this.Raw + "192.0.2.2")'
            ScavengeServers = '[OutputType([System.Net.IPAddress[]])] param() if ($this.None) { $this.None }'
            Forwarder = '$null = $this.None.Missing; [System.Net.IPAddress[]]$this.Raw'
        }
        foreach ($getter in $getters.GetEnumerator()) {
            $object.PSObject.Properties.Add([psscriptproperty]::new($getter.Key, [scriptblock]::Create($getter.Value)))
        }
        $object
    }
    function Get-DnsServerCache { [CmdletBinding()] param() Write-Error -Message 'Zugriff verweigert' -ErrorId 'HRESULT 0x80041003' }
} | Import-Module -Scope Global

$record = Get-DnsObject 'DnsServerForwarder' @{} @('IPAddress', 'SecondaryServers', 'ScavengeServers', 'Forwarder', 'Timeout')
$answer = @{
    record = $record
    failure = try { Get-DnsObject 'DnsServerCache' @{} @('MaxTtl') } catch { ConvertTo-Failure $_ }
}
ConvertTo-Json -InputObject $answer -Depth 10 -Compress
