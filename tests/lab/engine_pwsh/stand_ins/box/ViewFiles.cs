// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Lab
{
    // Files that the command made or deleted under Windows names in its view, brought into the box while it still runs,
    // so that a listing of the folder shows them. A made file stands in both places, being one file with two names.
    internal static class ViewFiles
    {
        internal const string Linked = ".linked";

        [DllImport("libc", SetLastError = true)]
        private static extern int link(string existing, string name);

        internal static void Bring()
        {
            string view = Environment.GetEnvironmentVariable("LAB_VIEW");
            if (String.IsNullOrEmpty(view) || !Directory.Exists(view)) return;
            var entries = new DirectoryInfo(view).GetFileSystemInfos().Where(one => one.Name.IndexOf(@":\") == 1)
                .Where(one => (one.Attributes & FileAttributes.ReparsePoint) == 0).OrderBy(one => one.Name, StringComparer.Ordinal);
            foreach (FileSystemInfo made in entries.Where(one => !BoxFiles.IsDenied(one.Name)).ToArray()) BringMade(made);
            foreach (string name in File.ReadLines(Path.Combine(view, Linked)).Where(name => Vanished(view, name))) File.Delete(BoxFiles.Real(name));
        }

        private static void BringMade(FileSystemInfo made)
        {
            string real = BoxFiles.Real(made.Name);
            if (made is DirectoryInfo) Directory.CreateDirectory(real);
            else if (!File.Exists(real)) link(made.FullName, real);
        }

        private static bool Vanished(string view, string name)
        {
            var entry = new FileInfo(Path.Combine(view, name));
            if (entry.Exists || entry.LinkTarget != null) return false;
            string real = BoxFiles.Real(name);
            return real != null && File.Exists(real);
        }
    }
}
