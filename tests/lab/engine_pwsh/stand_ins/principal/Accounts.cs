// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Lab;

namespace System.Security.Principal
{
    // Who has which SID: accounts.json (users and groups of the machine, names of domain and well-known accounts) and the account of the session.
    internal static class Accounts
    {
        internal static string NameOf(string sid)
        {
            return All().Where(pair => String.Equals(pair.Key, sid, StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value).FirstOrDefault();
        }

        // LookupAccountName takes a qualified name, ".\name", and a name alone, which it looks for among the well-known ones,
        // then on the machine, then in the domain.
        internal static string SidOf(string name)
        {
            string wanted = name.StartsWith(@".\") ? Computer + name.Substring(1) : name;
            bool alone = wanted.IndexOf('\\') < 0;
            return All().Where(pair => Same(alone ? pair.Value.Substring(pair.Value.LastIndexOf('\\') + 1) : pair.Value, wanted))
                .OrderBy(pair => pair.Key.StartsWith("S-1-5-21-") ? (Same(pair.Value.Split('\\')[0], Computer) ? 1 : 2) : 0)
                .Select(pair => pair.Key).FirstOrDefault();
        }

        // A domain whose controllers do not answer, by its name or the beginning of a SID; Windows keeps who is logged on in mind.
        internal static void AssertReachable(string identity)
        {
            var account = BoxFiles.Get(BoxFiles.Json("host"), "account") as JsonObject;
            bool session = account != null && Same(account["sid"].GetValue<string>(), identity);
            var domains = BoxFiles.Get(BoxFiles.Json("accounts"), "unreachable") as JsonObject ?? new JsonObject();
            foreach (var pair in domains)
                if (identity.StartsWith(pair.Key + "\\", StringComparison.OrdinalIgnoreCase) || (!session && IsOf(identity, pair.Value.GetValue<string>())))
                    throw new SystemException("The trust relationship between the primary domain and the trusted domain failed.");
        }

        private static bool IsOf(string sid, string domain)
        {
            return sid.LastIndexOf('-') >= 0 && Same(sid.Substring(0, sid.LastIndexOf('-')), domain);
        }

        private static bool Same(string one, string other) { return String.Equals(one, other, StringComparison.OrdinalIgnoreCase); }

        private static string Computer
        {
            get
            {
                JsonNode name = BoxFiles.Get(BoxFiles.Json("host"), "computer_name");
                return name == null ? "" : name.GetValue<string>();
            }
        }

        private static IEnumerable<KeyValuePair<string, string>> All()
        {
            JsonObject known = BoxFiles.Json("accounts");
            foreach (JsonNode one in Many(known, "users").Concat(Many(known, "groups")))
            {
                string sid = one["sid"].GetValue<string>();
                string authority = sid.StartsWith("S-1-5-32-") ? "BUILTIN" : Computer;
                yield return new KeyValuePair<string, string>(sid, authority + "\\" + one["name"].GetValue<string>());
            }
            var names = BoxFiles.Get(known, "names") as JsonObject ?? new JsonObject();
            foreach (var pair in names) yield return new KeyValuePair<string, string>(pair.Key, pair.Value.GetValue<string>());
            var account = BoxFiles.Get(BoxFiles.Json("host"), "account") as JsonObject;
            if (account != null) yield return new KeyValuePair<string, string>(account["sid"].GetValue<string>(), account["name"].GetValue<string>());
        }

        private static IEnumerable<JsonNode> Many(JsonObject owner, string name)
        {
            return BoxFiles.Get(owner, name) as JsonArray ?? new JsonArray();
        }
    }

    // Revision, number of sub authorities, authority (six bytes, the highest first), sub authorities (little-endian): [MS-DTYP] 2.4.2.
    internal static class SidBytes
    {
        internal static byte[] Of(string sid)
        {
            string[] parts = sid.Split('-');
            var bytes = new List<byte> { Byte.Parse(parts[1]), (byte)(parts.Length - 3) };
            bytes.AddRange(BitConverter.GetBytes(UInt64.Parse(parts[2])).Take(6).Reverse());
            foreach (string part in parts.Skip(3)) bytes.AddRange(BitConverter.GetBytes(UInt32.Parse(part)));
            return bytes.ToArray();
        }

        internal static string Text(byte[] bytes, int offset)
        {
            if (bytes == null) throw new ArgumentNullException("binaryForm");
            if (bytes.Length - offset < 8 || bytes.Length - offset < 8 + 4 * bytes[offset + 1]) throw new ArgumentOutOfRangeException("binaryForm");
            var text = new StringBuilder("S-" + bytes[offset]);
            ulong authority = bytes.Skip(offset + 2).Take(6).Aggregate(0UL, (number, one) => number << 8 | one);
            text.Append("-" + authority);
            for (int at = 0; at < bytes[offset + 1]; at++) text.Append("-" + BitConverter.ToUInt32(bytes, offset + 8 + 4 * at));
            return text.ToString();
        }

        internal static string Text(IntPtr memory)
        {
            if (memory == IntPtr.Zero) throw new ArgumentException("Invalid SID pointer.", "binaryForm");
            var bytes = new byte[8 + 4 * Marshal.ReadByte(memory, 1)];
            Marshal.Copy(memory, bytes, 0, bytes.Length);
            return Text(bytes, 0);
        }
    }
}
