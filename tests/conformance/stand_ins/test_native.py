# SPDX-License-Identifier: GPL-3.0-or-later
"""The native stand-ins, called by P/Invoke as ntsecapi.h, lmaccess.h and wtsapi32.h declare their functions."""

from __future__ import annotations

from typing import Any

import pytest

from lab import inf
from lab.box import Box
from lab.engine import WriteFault

ADMINISTRATORS, REMOTE_USERS, ORPHAN = "S-1-5-32-544", "S-1-5-32-555", "S-1-5-21-1-2-3-1234"
DECLARED = """
$ErrorActionPreference = 'Stop'
Add-Type -TypeDefinition @'
using System; using System.Collections.Generic; using System.Runtime.InteropServices; using System.Security.Principal;
public static class Win {
  [StructLayout(LayoutKind.Sequential)] public struct Text { public ushort Length, Room; public IntPtr Buffer; }
  [DllImport("advapi32.dll")] static extern uint LsaOpenPolicy(IntPtr system, IntPtr attributes, uint access, out IntPtr policy);
  [DllImport("advapi32.dll")] static extern uint LsaClose(IntPtr policy);
  [DllImport("advapi32.dll")] static extern uint LsaFreeMemory(IntPtr buffer);
  [DllImport("advapi32.dll")] public static extern uint LsaNtStatusToWinError(uint status);
  [DllImport("advapi32.dll")] static extern uint LsaEnumerateAccountsWithUserRight(IntPtr policy, ref Text right, out IntPtr buffer, out uint count);
  [DllImport("advapi32.dll")] static extern uint LsaAddAccountRights(IntPtr policy, byte[] sid, Text[] rights, uint count);
  [DllImport("advapi32.dll")] static extern uint LsaRemoveAccountRights(IntPtr policy, byte[] sid, byte all, Text[] rights, uint count);
  [DllImport("netapi32.dll", CharSet = CharSet.Unicode)]
  static extern uint NetLocalGroupGetMembers(string server, string group, uint level, out IntPtr buffer,
    uint room, out uint read, out uint total, IntPtr resume);
  [DllImport("netapi32.dll", CharSet = CharSet.Unicode)]
  static extern uint NetLocalGroupAddMembers(string server, string group, uint level, IntPtr[] members, uint count);
  [DllImport("netapi32.dll", CharSet = CharSet.Unicode)]
  static extern uint NetLocalGroupDelMembers(string server, string group, uint level, IntPtr[] members, uint count);
  [DllImport("netapi32.dll")] static extern uint NetApiBufferFree(IntPtr buffer);
  [DllImport("wtsapi32.dll", SetLastError = true)]
  static extern int WTSEnumerateSessionsW(IntPtr server, uint reserved, uint version, out IntPtr buffer, out uint count);
  [DllImport("wtsapi32.dll")] static extern void WTSFreeMemory(IntPtr buffer);
  static Text Of(string name) {
    return new Text { Length = (ushort)(2 * name.Length), Room = (ushort)(2 * name.Length + 2), Buffer = Marshal.StringToHGlobalUni(name) }; }
  static byte[] Sid(string text) { var sid = new SecurityIdentifier(text); var bytes = new byte[sid.BinaryLength]; sid.GetBinaryForm(bytes, 0); return bytes; }
  static IntPtr Memory(string text) {
    byte[] sid = Sid(text); IntPtr made = Marshal.AllocHGlobal(sid.Length); Marshal.Copy(sid, 0, made, sid.Length); return made; }
  static string Many(IntPtr buffer, uint count) {
    var sids = new List<string>();
    for (int at = 0; at < count; at++) sids.Add(new SecurityIdentifier(Marshal.ReadIntPtr(buffer, at * IntPtr.Size)).Value);
    return String.Join(",", sids); }
  public static string Holders(string right) {
    IntPtr policy, buffer; uint count; Text name = Of(right);
    LsaOpenPolicy(IntPtr.Zero, IntPtr.Zero, 0x801, out policy);
    uint status = LsaEnumerateAccountsWithUserRight(policy, ref name, out buffer, out count);
    string sids = Many(buffer, count);
    LsaFreeMemory(buffer); LsaClose(policy);
    return status.ToString("x8") + " " + sids; }
  public static string Change(bool add, string right, string sid) {
    IntPtr policy; LsaOpenPolicy(IntPtr.Zero, IntPtr.Zero, 0x811, out policy);
    var names = new[] { Of(right) };
    uint status = add ? LsaAddAccountRights(policy, Sid(sid), names, 1) : LsaRemoveAccountRights(policy, Sid(sid), 0, names, 1);
    return status.ToString("x8"); }
  public static string Members(string group) {
    IntPtr buffer; uint read, total;
    uint code = NetLocalGroupGetMembers(null, group, 0, out buffer, 0xFFFFFFFF, out read, out total, IntPtr.Zero);
    string sids = Many(buffer, read); NetApiBufferFree(buffer);
    return code + " " + sids; }
  public static uint Join(string group, string sid) { return NetLocalGroupAddMembers(null, group, 0, new[] { Memory(sid) }, 1); }
  public static uint Leave(string group, string sid) { return NetLocalGroupDelMembers(null, group, 0, new[] { Memory(sid) }, 1); }
  public static string Sessions() {
    IntPtr buffer; uint count; var found = new List<string>();
    if (WTSEnumerateSessionsW(IntPtr.Zero, 0, 1, out buffer, out count) == 0) return "failed";
    for (int at = 0; at < count; at++) { IntPtr one = IntPtr.Add(buffer, at * 24);
      found.Add(Marshal.ReadInt32(one) + " " + Marshal.PtrToStringUni(Marshal.ReadIntPtr(one, 8)) + " " + Marshal.ReadInt32(one, 16)); }
    WTSFreeMemory(buffer);
    return String.Join(", ", found); }
}
'@
"""
ALLOW = "SeRemoteInteractiveLogonRight"
DENY = "SeDenyRemoteInteractiveLogonRight"


def test_rights_are_read_by_sid(script: Any) -> None:
    said = script(DECLARED + f"[Win]::Holders('{ALLOW}'); [Win]::Holders('{DENY}'); [Win]::Holders('SeNothing')")
    assert said.lines == [f"00000000 {ADMINISTRATORS},{REMOTE_USERS}", "8000001a ", "c0000060 "], said.errors


def test_rights_are_given_and_taken(script: Any, remote_desktop: Box) -> None:
    said = script(
        DECLARED
        + f"[Win]::Change($true, '{DENY.lower()}', '{ORPHAN}'); [Win]::Change($true, '{DENY}', '{ORPHAN}')\n"
        + f"[Win]::Change($false, '{ALLOW}', '{REMOTE_USERS}'); [Win]::Change($false, '{ALLOW}', 'S-1-5-21-9-9-9-9')\n"
        + f"[Win]::Change($true, 'SeNothing', '{ORPHAN}'); [Win]::LsaNtStatusToWinError(0xC0000060L)"
    )
    assert said.lines == ["00000000", "00000000", "00000000", "c0000034", "c0000060", "1313"], said.errors
    rights = inf.read(remote_desktop)[inf.RIGHTS]
    assert rights[DENY] == f"*{ORPHAN}"
    assert rights[ALLOW] == f"*{ADMINISTRATORS}"


def test_a_right_that_the_last_account_loses_is_gone(script: Any, remote_desktop: Box) -> None:
    before = inf.read(remote_desktop)
    said = script(DECLARED + f"[Win]::Change($true, '{DENY}', '{ORPHAN}'); [Win]::Change($false, '{DENY}', '{ORPHAN}')")
    assert said.lines == ["00000000", "00000000"], said.errors
    assert inf.read(remote_desktop) == before


def test_members_of_groups_by_the_groups_name(script: Any, remote_desktop: Box) -> None:
    said = script(
        DECLARED
        + f"[Win]::Join('remote desktop users', '{ORPHAN}'); [Win]::Join('Remote Desktop Users', '{ORPHAN}')\n"
        + "[Win]::Members('Remote Desktop Users'); [Win]::Leave('Guests', 'S-1-5-7')\n"
        + f"[Win]::Leave('Remote Desktop Users', '{ORPHAN}'); [Win]::Members('Remote Desktop Users')\n"
        + "[Win]::Members('Nobody'); [Win]::Join('Nobody', 'S-1-5-7')"
    )
    assert said.lines == ["0", "1378", f"0 {ORPHAN}", "1377", "0", "0 ", "1376 ", "2220"], said.errors
    assert inf.read(remote_desktop)[inf.GROUPS][inf.members_key(REMOTE_USERS)] == ""


def test_names_of_groups_outside_ascii(script: Any, remote_desktop: Box) -> None:
    remote_desktop.write_json("accounts", {"users": [], "groups": [{"name": "Gäste", "sid": "S-1-5-32-546"}], "names": {}})
    said = script(DECLARED + f"[Win]::Join([string]::new([char[]]@(71, 0xC4, 83, 84, 69)), '{ORPHAN}')")
    assert said.lines == ["0"], said.errors
    assert ORPHAN in inf.read(remote_desktop)[inf.GROUPS][inf.members_key("S-1-5-32-546")]


def test_sessions(script: Any, remote_desktop: Box) -> None:
    (remote_desktop.folder / "sessions.txt").write_text("1\tConsole\t1\n2\tRDP-Tcp#0\t0\n65536\tRDP-Tcp\t6\n", "utf-8")
    said = script(DECLARED + "[Win]::Sessions()")
    assert said.lines == ["0 Services 4, 1 Console 1, 2 RDP-Tcp#0 0, 65536 RDP-Tcp 6"], said.errors


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_ends_the_process_at_its_number(script: Any, remote_desktop: Box, when: str) -> None:
    text = f"[Win]::Join('Guests', '{ORPHAN}'); [Win]::Change($true, '{DENY}', '{ORPHAN}'); 'went on'"
    said = script(DECLARED + text, WriteFault(2, when))
    assert (said.crashed, said.exit_code, "went on" in said.lines) == (True, 86, False)
    stored = inf.read(remote_desktop)
    assert ORPHAN in stored[inf.GROUPS][inf.members_key("S-1-5-32-546")]
    assert (DENY in stored[inf.RIGHTS]) is (when == "after")


def test_a_fault_refuses_one_write(script: Any, remote_desktop: Box) -> None:
    text = f"[Win]::Change($true, '{DENY}', '{ORPHAN}'); [Win]::Join('Guests', '{ORPHAN}')"
    assert script(DECLARED + text, WriteFault(1, effect="sharing")).lines == ["c0000043", "0"]
    assert DENY not in inf.read(remote_desktop)[inf.RIGHTS]
