# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._Program

Set-StrictMode -Version Latest

function Get-CertificateReadForm {
    return @{ certificate = 'thumbprint=^[0-9A-Fa-f]{40}\z' }
}

function Get-PrivateKey {
    param([string]$Thumbprint, [bool]$Present)
    $key = @{ present = $Present; unique_name = $null; file = $null; sddl = $null }
    # It ends with an error where the key is gone.
    if ($Present -and (Invoke-Program certutil.exe '-silent', '-store', My, $Thumbprint -Good @())['said'] -match '[0-9a-f]{32}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}') {
        $name = $key['unique_name'] = $Matches[0]
        foreach ($folder in 'RSA\MachineKeys', 'Keys') {
            $file = "$env:ProgramData\Microsoft\Crypto\$folder\$name"
            if ([System.IO.File]::Exists($file)) {
                $key['file'] = $file
                $key['sddl'] = (Get-Acl -LiteralPath $file).Sddl
                break
            }
        }
    }
    return $key
}

function Invoke-CertificateRead {
    param($Request)
    $name = $Request['thumbprint'].ToUpperInvariant()
    $hex = (Read-Machine "SOFTWARE\Microsoft\SystemCertificates\MY\Certificates\$name" 'Blob')['value']
    if (-not $hex) {
        return @{ exists = $false }
    }
    # Properties: id, 1, length, bytes. 2 is the place of the private key, 32 the certificate.
    $properties = @{}
    for ($at = 0; $at + 24 -le $hex.Length; $at += 24 + $length) {
        $length = 2 * [System.Net.IPAddress]::NetworkToHostOrder([Convert]::ToInt32($hex.Substring($at + 16, 8), 16))
        $properties[$hex.Substring($at, 8)] = $hex.Substring($at + 24, $length)
    }
    return @{ exists = $true; der = $properties['20000000']; key = Get-PrivateKey $name $properties.ContainsKey('02000000') }
}
