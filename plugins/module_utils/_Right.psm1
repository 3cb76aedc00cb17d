# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ._Native

using namespace System.Runtime.InteropServices

Set-StrictMode -Version Latest

function Get-RightReadForm {
    return @{ right = 'right=text' }
}

function Assert-Status {
    # 1313: no such privilege.
    param([int]$Status)
    Assert-Win32 ((Get-Native)::LsaNtStatusToWinError($Status)) @{ 1313 = 'right_unknown' }
}

function Invoke-WithPolicy {
    # The block gets the open policy and the right as an LSA_UNICODE_STRING: two lengths in bytes, a pointer.
    param([int]$Access, [string]$Right, [scriptblock]$Block)
    $native = Get-Native
    $policy = [IntPtr]::Zero
    Assert-Status ($native::LsaOpenPolicy([IntPtr]::Zero, [byte[]]::new(48), $Access, [ref]$policy))
    $pointer = [Marshal]::StringToHGlobalUni($Right)
    try {
        & $Block $policy ([IntPtr[]]@([IntPtr]($Right.Length * 0x20002 + 0x20000), $pointer))
    }
    finally {
        [Marshal]::FreeHGlobal($pointer)
        $null = $native::LsaClose($policy)
    }
}

function Get-Holder {
    param([string]$Right)
    # To view local information and look up names.
    Invoke-WithPolicy 0x801 $Right {
        param($Policy, $Text)
        $buffer = [IntPtr]::Zero
        $count = 0
        $status = (Get-Native)::LsaEnumerateAccountsWithUserRight($Policy, $Text, [ref]$buffer, [ref]$count)
        # No more entries: nobody has it.
        if ($status -ne 0x8000001A) {
            Assert-Status $status
            Get-PointedSid $buffer $count
            $null = (Get-Native)::LsaFreeMemory($buffer)
        }
    }
}

function Invoke-RightRead {
    param($Request)
    return @{ accounts = @(Get-Holder $Request['right']) }
}
