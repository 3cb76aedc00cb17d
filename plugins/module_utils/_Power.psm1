# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._Program

Set-StrictMode -Version Latest

$script:guid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'

function Get-PowerReadForm {
    return @{ scheme = "subgroup=^(?i)$script:guid\z" }
}

function Get-Hibernate {
    foreach ($name in 'HibernateEnabled', 'HibernateEnabledDefault') {
        $read = Read-Machine 'SYSTEM\CurrentControlSet\Control\Power' $name
        if ($read['exists']) {
            return $read['value'] -ne 0
        }
    }
    return $null
}

function Invoke-PowerRead {
    # Labels are translated: the first GUID is the scheme's, a setting's last numbers count.
    param($Request)
    $said = (Invoke-Program powercfg.exe '/qh', SCHEME_CURRENT, $Request['subgroup'])['said'].ToLowerInvariant()
    $scheme = $numbers = $null
    $settings = [ordered]@{}
    foreach ($found in [regex]::Matches($said, "$script:guid|0x[0-9a-f]+")) {
        $text = $found.Value
        if (-not $scheme) {
            $scheme = $text
        }
        elseif (-not $text.StartsWith('0x')) {
            $setting = $text
            $numbers = @()
        }
        elseif ($null -ne $numbers) {
            $numbers += [Convert]::ToUInt32($text, 16)
            if ($numbers.Count -gt 1) {
                $settings[$setting] = @{ ac = $numbers[-2]; dc = $numbers[-1] }
            }
        }
    }
    return @{ scheme = $scheme; settings = $settings; hibernate = Get-Hibernate }
}
