# SPDX-License-Identifier: GPL-3.0-or-later
# Native functions that write rights and members.

Set-StrictMode -Version Latest

function Get-NativeWriter {
    if (-not ('HardeningWindows.NativeWriter' -as [type])) {
        Add-Type -IgnoreWarnings -Namespace HardeningWindows -Name NativeWriter -MemberDefinition @'
[DllImport("advapi32.dll")]
public static extern int LsaAddAccountRights(IntPtr policy, byte[] sid, IntPtr[] right, int count);
[DllImport("advapi32.dll")]
public static extern int LsaRemoveAccountRights(IntPtr policy, byte[] sid, byte all, IntPtr[] right, int count);
[DllImport("netapi32.dll", CharSet = CharSet.Unicode)]
public static extern int NetLocalGroupAddMembers(IntPtr server, string name, int level, IntPtr[] sid, int count);
[DllImport("netapi32.dll", CharSet = CharSet.Unicode)]
public static extern int NetLocalGroupDelMembers(IntPtr server, string name, int level, IntPtr[] sid, int count);
'@
    }
    return 'HardeningWindows.NativeWriter' -as [type]
}

function ConvertTo-SidByte {
    param([string]$Sid)
    $identifier = [System.Security.Principal.SecurityIdentifier]::new($Sid)
    $bytes = [byte[]]::new($identifier.BinaryLength)
    $identifier.GetBinaryForm($bytes, 0)
    return , $bytes
}
