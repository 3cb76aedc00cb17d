// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading;

namespace Lab
{
    // The box named by LAB_BOX, as a Windows API sees it. Everything is read anew at each call.
    internal static class BoxFiles
    {
        internal static string Folder
        {
            get
            {
                string folder = Environment.GetEnvironmentVariable("LAB_BOX");
                if (String.IsNullOrEmpty(folder)) throw new InvalidOperationException("LAB_BOX names no box.");
                return folder;
            }
        }

        internal static JsonObject Json(string name)
        {
            string file = Path.Combine(Folder, name + ".json");
            return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file)).AsObject() : new JsonObject();
        }

        internal static void WriteJson(string name, JsonNode data)
        {
            var options = new JsonSerializerOptions
            {
                WriteIndented = true,
                Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
            };
            string text = data.ToJsonString(options).Replace("\r\n", "\n") + "\n";
            Replace(Path.Combine(Folder, name + ".json"), new UTF8Encoding(false).GetBytes(text));
        }

        internal static void Replace(string target, byte[] content)
        {
            string temporary = Path.Combine(Path.GetDirectoryName(target), "." + Guid.NewGuid().ToString("N") + ".tmp");
            using (var stream = new FileStream(temporary, FileMode.CreateNew))
            {
                stream.Write(content, 0, content.Length);
                stream.Flush(true);
            }
            File.Move(temporary, target, true);
        }

        internal static JsonNode Get(JsonObject owner, string name)
        {
            if (owner == null) return null;
            string key = KeyOf(owner, name);
            return key == null ? null : owner[key];
        }

        // Names of registry keys, values and services compare without case; the stored casing stays.
        internal static string KeyOf(JsonObject owner, string name)
        {
            return owner.Select(pair => pair.Key)
                .FirstOrDefault(key => String.Equals(key, name, StringComparison.OrdinalIgnoreCase));
        }

        internal static string Expand(string text)
        {
            var values = Get(Json("host"), "environment") as JsonObject;
            return Regex.Replace(text, "%([^%]+)%", found =>
            {
                JsonNode value = Get(values, found.Groups[1].Value);
                return value == null ? found.Value : value.GetValue<string>();
            });
        }

        // The real file behind a Windows path; null where its drive is not one of the box.
        internal static string Real(string windowsPath)
        {
            string path = windowsPath.StartsWith(@"\\?\") ? windowsPath.Substring(4) : windowsPath;
            if (path.Length < 2 || path[1] != ':') return null;
            string real = Path.Combine(Folder, path.Substring(0, 1).ToUpperInvariant());
            foreach (string part in path.Substring(2).Split(new[] { '\\', '/' }, StringSplitOptions.RemoveEmptyEntries))
                real = Path.Combine(real, Spelling(real, part));
            return real;
        }

        private static string Spelling(string folder, string part)
        {
            string exact = Path.Combine(folder, part);
            if (File.Exists(exact) || Directory.Exists(exact) || !Directory.Exists(folder)) return part;
            return Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName)
                .FirstOrDefault(name => String.Equals(name, part, StringComparison.OrdinalIgnoreCase)) ?? part;
        }

        internal static bool IsDenied(string windowsPath)
        {
            var denied = Get(Json("host"), "denied") as JsonArray;
            if (denied == null) return false;
            string wanted = windowsPath.TrimEnd('\\') + "\\";
            return denied.Any(entry => wanted.StartsWith(
                entry.GetValue<string>().TrimEnd('\\') + "\\", StringComparison.OrdinalIgnoreCase));
        }
    }

    // A fault that a test asked for: LAB_FAULT=kind:number:when:effect. Writes of one answer are counted across assemblies,
    // native libraries and programs: each adds a byte to the file .writes of the view.
    internal static class WriteFault
    {
        // Called before a write; `fail` turns the effects collide and sharing into Windows' exception.
        internal static void Run(Action write, Func<string, Exception> fail)
        {
            ViewFiles.Bring();
            string effect = Due("before");
            Strike(effect, fail);
            effect = Due("after");
            write();
            Count();
            Strike(effect, fail);
        }

        private static void Strike(string effect, Func<string, Exception> fail)
        {
            if (effect == null) return;
            if (effect == "crash") Environment.Exit(86);
            Count();
            throw fail(effect);
        }

        private static string Due(string when)
        {
            string[] fault = (Environment.GetEnvironmentVariable("LAB_FAULT") ?? "").Split(':');
            if (fault.Length != 4 || fault[0] != "write" || fault[2] != when) return null;
            return Number() + 1 == Int32.Parse(fault[1]) ? fault[3] : null;
        }

        private static string Counter
        {
            get
            {
                string view = Environment.GetEnvironmentVariable("LAB_VIEW");
                return String.IsNullOrEmpty(view) ? null : Path.Combine(view, ".writes");
            }
        }

        private static long Number()
        {
            return Counter != null && File.Exists(Counter) ? new FileInfo(Counter).Length : 0;
        }

        private static void Count()
        {
            if (Counter != null) File.AppendAllText(Counter, "w");
        }
    }
}
