# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._Native

using namespace System.Runtime.InteropServices

Set-StrictMode -Version Latest

# WTS_CONNECTSTATE_CLASS
$script:states = 'active connected connect_query shadow disconnected idle listen reset down init' -split ' '

function Get-SessionReadForm {
    return @{ sessions = '' }
}

function Get-HostSession {
    $native = Get-Native
    $buffer = [IntPtr]::Zero
    $count = 0
    if (-not $native::WTSEnumerateSessionsW([IntPtr]::Zero, 0, 1, [ref]$buffer, [ref]$count)) {
        Assert-Win32 ([Marshal]::GetLastWin32Error())
    }
    # Each is a number, a pointer and a number, all as wide as a pointer.
    $width = [IntPtr]::Size
    for ($at = 0; $at -lt 3 * $width * $count; $at += 3 * $width) {
        $id = [Marshal]::ReadInt32($buffer, $at)
        if ($id) {
            $name = [Marshal]::PtrToStringUni([Marshal]::ReadIntPtr($buffer, $at + $width))
            @{ id = $id; name = $name; state = $script:states[[Marshal]::ReadInt32($buffer, $at + 2 * $width)] }
        }
    }
    $native::WTSFreeMemory($buffer)
}

function Invoke-SessionRead {
    return , @(Get-HostSession | Sort-Object -Property { $_['id'] })
}
