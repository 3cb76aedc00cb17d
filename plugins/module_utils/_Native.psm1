# SPDX-License-Identifier: GPL-3.0-or-later
# What no cmdlet gives: rights and members by SID, sessions.

using namespace System.Runtime.InteropServices

Set-StrictMode -Version Latest

function Get-Native {
    # The functions as one type: each compilation is a process. A wrong variable LIB is a warning.
    if (-not ('HardeningWindows.Native' -as [type])) {
        Add-Type -IgnoreWarnings -Namespace HardeningWindows -Name Native -MemberDefinition @'
[DllImport("advapi32.dll")]
public static extern int LsaOpenPolicy(IntPtr system, byte[] attributes, int access, out IntPtr policy);
[DllImport("advapi32.dll")]
public static extern int LsaClose(IntPtr policy);
[DllImport("advapi32.dll")]
public static extern int LsaFreeMemory(IntPtr buffer);
[DllImport("advapi32.dll")]
public static extern int LsaNtStatusToWinError(int status);
[DllImport("advapi32.dll")]
public static extern int LsaEnumerateAccountsWithUserRight(IntPtr policy, IntPtr[] right, out IntPtr buffer, out int count);
[DllImport("netapi32.dll", CharSet = CharSet.Unicode)]
public static extern int NetLocalGroupGetMembers(IntPtr server, string name, int level, out IntPtr buffer, int length, out int count, out int total, IntPtr resume);
[DllImport("netapi32.dll")]
public static extern int NetApiBufferFree(IntPtr buffer);
[DllImport("wtsapi32.dll", SetLastError = true)]
public static extern int WTSEnumerateSessionsW(IntPtr server, int reserved, int version, out IntPtr buffer, out int count);
[DllImport("wtsapi32.dll")]
public static extern void WTSFreeMemory(IntPtr buffer);
'@
    }
    return 'HardeningWindows.Native' -as [type]
}

function Assert-Win32 {
    # Kinds: of some codes.
    param([int]$Code, [hashtable]$Kinds = @{})
    if ($Code) {
        $problem = [Marshal]::GetExceptionForHR(0x80070000 -bor $Code, [IntPtr](-1))
        if ($Kinds[$Code]) {
            Stop-Payload $Kinds[$Code] $problem.Message
        }
        throw $problem
    }
}

function Get-PointedSid {
    # Of an array of pointers to SIDs, sorted.
    param([IntPtr]$Buffer, [int]$Count)
    $sids = [string[]]@(for ($at = 0; $at -lt $Count; $at++) {
            [System.Security.Principal.SecurityIdentifier]::new([Marshal]::ReadIntPtr($Buffer, $at * [IntPtr]::Size)).Value
        })
    [array]::Sort($sids, [StringComparer]::Ordinal)
    $sids
}
