// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Lab
{
    // Files that the command made or deleted under Windows names in its view, brought into the box while it still runs,
    // so that a listing of the folder shows them. A made file stands in both places, being one file with two names; its name
    // is written down, so that it leaves the box again when the command deletes it.
    internal static class ViewFiles
    {
        internal const string Linked = ".linked";

        [DllImport("libc", SetLastError = true)]
        private static extern int link(string existing, string name);

        internal static void Bring()
        {
            string view = Environment.GetEnvironmentVariable("LAB_VIEW");
            if (String.IsNullOrEmpty(view) || !Directory.Exists(view)) return;
            string list = Path.Combine(view, Linked);
            var entries = new DirectoryInfo(view).GetFileSystemInfos().Where(one => one.Name.IndexOf(@":\") == 1)
                .Where(one => (one.Attributes & FileAttributes.ReparsePoint) == 0).OrderBy(one => one.Name, StringComparer.Ordinal);
            foreach (FileSystemInfo made in entries.Where(one => !BoxFiles.IsDenied(one.Name)).ToArray())
                if (BringMade(made)) File.AppendAllText(list, made.Name + "\n");
            foreach (string name in File.ReadAllLines(list).Where(name => Vanished(view, name))) Remove(BoxFiles.Real(name));
        }

        private static bool BringMade(FileSystemInfo made)
        {
            string real = BoxFiles.Real(made.Name);
            if (File.Exists(real) || Directory.Exists(real)) return false;
            if (made is DirectoryInfo) Directory.CreateDirectory(real);
            else link(made.FullName, real);
            return true;
        }

        private static bool Vanished(string view, string name)
        {
            var entry = new FileInfo(Path.Combine(view, name));
            return !entry.Exists && entry.LinkTarget == null && !Directory.Exists(entry.FullName);
        }

        private static void Remove(string real)
        {
            if (Directory.Exists(real)) Directory.Delete(real, true);
            else if (File.Exists(real)) File.Delete(real);
        }
    }
}
