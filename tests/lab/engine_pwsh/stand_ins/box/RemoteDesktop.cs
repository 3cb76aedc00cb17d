// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;

namespace Lab
{
    // What TermService does to the host when it starts and stops, and when a value of the registry switches Remote Desktop on or off:
    // network.json has the sockets of running processes, sessions.txt the sessions.
    internal static class RemoteDesktop
    {
        internal const string Service = "TermService";

        private const string Server = @"SYSTEM\CurrentControlSet\Control\Terminal Server";
        private const string Listener = Server + @"\WinStations\RDP-Tcp";
        private const string Policy = @"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services";

        private static bool Denied
        {
            get { return (Number(Policy, "fDenyTSConnections") ?? Number(Server, "fDenyTSConnections") ?? 1) == 1; }
        }

        // A running service notices that the value in effect has changed; sessions stay.
        internal static void Following(Action change)
        {
            bool before = Denied;
            change();
            if (Denied == before || BoxFiles.Json("network").Count == 0) return;
            var stored = BoxFiles.Get(BoxFiles.Json("services"), Service) as JsonObject;
            if (stored != null && stored["state"].GetValue<string>() == "Running" && stored["process"] != null)
                Started(stored["process"].GetValue<int>());
        }

        internal static void Started(int process)
        {
            JsonObject network = BoxFiles.Json("network");
            var sockets = Without(network, process);
            uint port = Number(Listener, "PortNumber") ?? 3389;
            bool taken = sockets.Any(one => one["protocol"].GetValue<string>() == "tcp" && one["port"].GetValue<uint>() == port);
            bool onlyTcp = (Number(Policy, "SelectTransport") ?? Number(Listener, "SelectTransport") ?? 2) == 1;
            if (!Denied && !taken)
                foreach (string protocol in onlyTcp ? new[] { "tcp" } : new[] { "tcp", "udp" })
                    foreach (string address in new[] { "0.0.0.0", "::" })
                        sockets.Add(new JsonObject { { "protocol", protocol }, { "address", address }, { "port", port }, { "process", process } });
            network["sockets"] = sockets;
            BoxFiles.WriteJson("network", network);
        }

        internal static void Stopped(int process)
        {
            JsonObject network = BoxFiles.Json("network");
            network["sockets"] = Without(network, process);
            BoxFiles.WriteJson("network", network);
            string file = Path.Combine(BoxFiles.Folder, "sessions.txt");
            if (!File.Exists(file)) return;
            var kept = File.ReadAllLines(file).Where(line => !(line + "\t").Split(new[] { (char)9 })[1].StartsWith("RDP-Tcp#", StringComparison.OrdinalIgnoreCase));
            BoxFiles.Replace(file, new UTF8Encoding(false).GetBytes(String.Concat(kept.Select(line => line + "\n"))));
        }

        private static JsonArray Without(JsonObject network, int process)
        {
            var sockets = BoxFiles.Get(network, "sockets") as JsonArray ?? new JsonArray();
            return new JsonArray(sockets.Where(one => one["process"].GetValue<int>() != process).Select(one => one.DeepClone()).ToArray());
        }

        private static uint? Number(string key, string name)
        {
            var machine = BoxFiles.Get(BoxFiles.Json("registry"), "HKLM") as JsonObject;
            var value = BoxFiles.Get(BoxFiles.Get(machine, key) as JsonObject, name) as JsonObject;
            uint number;
            return value != null && UInt32.TryParse(value["value"].ToString(), out number) ? number : (uint?)null;
        }
    }
}
