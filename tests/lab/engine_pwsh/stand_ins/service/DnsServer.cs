// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Lab
{
    // What the DNS Server does when its service starts and stops is known to its own program, dns.exe.
    internal static class DnsServer
    {
        internal static void Follow(string service, JsonObject stored, bool running)
        {
            if (!String.Equals(service, "DNS", StringComparison.OrdinalIgnoreCase)) return;
            string id = stored["process"] == null ? "0" : stored["process"].ToString();
            var start = new ProcessStartInfo("dns.exe", running ? "started" : "stopped " + id) { RedirectStandardError = true };
            using (Process program = Process.Start(start))
            {
                string said = program.StandardError.ReadToEnd();
                program.WaitForExit();
                if (program.ExitCode != 0) throw new InvalidOperationException("dns.exe: " + said);
            }
        }
    }
}
