// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml;
using Lab;

namespace Microsoft.Web.Administration
{
    internal static class Errors
    {
        internal const int Invalid = unchecked((int)0x8007000D);
        internal const int Duplicate = unchecked((int)0x800700B7);
        internal const int NotFound = unchecked((int)0x80070002);
        internal const int PathNotFound = unchecked((int)0x80070003);
        internal const int Denied = unchecked((int)0x80070005);
        internal const int Sharing = unchecked((int)0x80070020);
        internal const int Locked = unchecked((int)0x80070021);
        internal const int NotSupported = unchecked((int)0x80070032);
        internal const int FileChanged = unchecked((int)0x800703EE); // ERROR_FILE_INVALID, a FileLoadException
        internal const int NotWellFormed = unchecked((int)0xC00CEF03);

        internal const string SectionLocked = "This configuration section cannot be used at this path. This happens when the " +
            "section is locked at a parent level. Locking is either by default (overrideModeDefault=\"Deny\"), or set " +
            "explicitly by a location tag with overrideMode=\"Deny\" or the legacy allowOverride=\"false\".";

        // COM interop's choice of exception type for an HRESULT.
        internal static Exception Typed(int code, string message)
        {
            switch (code)
            {
                case NotFound: return new FileNotFoundException(message) { HResult = code };
                case PathNotFound: return new DirectoryNotFoundException(message) { HResult = code };
                case Denied: return new UnauthorizedAccessException(message) { HResult = code };
                case Sharing: case Locked: case FileChanged: return new FileLoadException(message) { HResult = code };
                default: return new COMException(message, code);
            }
        }

        internal static Exception InFile(int code, string path, int line, string sentence)
        {
            string place = line > 0 ? "Line number: " + line + "\r\n" : "";
            return Typed(code, "Filename: \\\\?\\" + path + "\r\n" + place + "Error: " + sentence + "\r\n\r\n");
        }

        internal static Exception NoFile(int code, string sentence)
        {
            return Typed(code, "Filename: \r\nError: " + sentence + "\r\n\r\n");
        }

        internal static Exception Bare(int code, string sentence) { return Typed(code, sentence + "\r\n"); }
    }

    // One configuration file as it was when it was loaded, and what has been changed in it since.
    internal sealed class Document
    {
        private byte[] loaded;
        private Encoding encoding = new UTF8Encoding(false);
        private string before = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n";
        private string after = "\r\n";
        private Dictionary<string, List<Tag>> places;

        internal readonly string Path;
        internal Tag Root;
        internal string NewLine = "\r\n";
        internal bool Changed { get; private set; }

        internal Document(string path, bool required)
        {
            Path = path;
            if (BoxFiles.IsDenied(path) || (!IsElevated && IsServerConfiguration))
                throw Errors.InFile(Errors.Denied, path, 0, "Cannot read configuration file due to insufficient permissions");
            string real = BoxFiles.Real(path);
            if (real != null && File.Exists(real)) { Parse(File.ReadAllBytes(real)); return; }
            if (required) throw Errors.InFile(Errors.NotFound, path, 0, "Cannot read configuration file");
        }

        private bool IsServerConfiguration
        {
            get { return Path.IndexOf(@"\inetsrv\config\", StringComparison.OrdinalIgnoreCase) >= 0; }
        }

        private static bool IsElevated
        {
            get
            {
                var elevated = BoxFiles.Get(BoxFiles.Json("host"), "elevated");
                return elevated == null || elevated.GetValue<bool>();
            }
        }

        private void Parse(byte[] bytes)
        {
            loaded = bytes;
            string text;
            using (var reader = new StreamReader(new MemoryStream(bytes), new UTF8Encoding(false), true))
            {
                text = reader.ReadToEnd();
                encoding = reader.CurrentEncoding;
                // a StreamReader that has seen a byte order mark answers with an encoding that writes one
            }
            NewLine = text.Contains("\r\n") || !text.Contains("\n") ? "\r\n" : "\n";
            try { Root = TagReader.Read(text, out before, out after); }
            catch (XmlException error)
            {
                throw Errors.InFile(Errors.Invalid, Path, error.LineNumber, "Configuration file is not well-formed XML");
            }
            if (Root != null && Root.Name != "configuration")
                throw Errors.InFile(Errors.Invalid, Path, Root.Line, "Unrecognized element '" + Root.Name + "'");
        }

        internal void Touch()
        {
            Changed = true;
            places = null;
        }

        // The root (key "") and the location elements by their path, as those that have the key's name.
        internal IEnumerable<Tag> Containers(string location)
        {
            if (Root == null) return new Tag[0];
            if (places == null) places = IndexLocations();
            List<Tag> found;
            return places.TryGetValue(location.ToLowerInvariant(), out found) ? found : new List<Tag>();
        }

        private Dictionary<string, List<Tag>> IndexLocations()
        {
            var index = new Dictionary<string, List<Tag>> { { "", new List<Tag> { Root } } };
            foreach (Tag tag in Root.Children.Where(child => child.Name == "location"))
            {
                string key = LocationOf(tag).ToLowerInvariant();
                if (!index.ContainsKey(key)) index[key] = new List<Tag>();
                index[key].Add(tag);
            }
            return index;
        }

        internal static string LocationOf(Tag location)
        {
            string path = (location["path"] ?? "").Trim('/');
            return path == "." ? "" : path;
        }

        internal IEnumerable<string> LocationPaths
        {
            get
            {
                if (Root == null) return new string[0];
                return Root.Children.Where(child => child.Name == "location").Select(child => child["path"] ?? "");
            }
        }

        // Every occurrence of a section at a location, with the container it stands in.
        internal IEnumerable<KeyValuePair<Tag, Tag>> Find(string location, string sectionPath)
        {
            string[] names = sectionPath.Split('/');
            foreach (Tag container in Containers(location))
            {
                IEnumerable<Tag> found = new[] { container };
                foreach (string name in names) found = found.SelectMany(tag => tag.Children.Where(child => child.Name == name));
                foreach (Tag tag in found.ToList()) yield return new KeyValuePair<Tag, Tag>(container, tag);
            }
        }

        internal Tag Create(string location, string sectionPath)
        {
            if (Root == null) Root = new Tag("configuration") { Tail = "", SelfClosing = true };
            Tag at = Containers(location).FirstOrDefault() ?? Append(Root, "location");
            if (at != Root && at["path"] == null) at.Set("path", location);
            foreach (string name in sectionPath.Split('/')) at = at.Child(name) ?? Append(at, name);
            Touch();
            return at;
        }

        internal Tag Append(Tag parent, string name)
        {
            var child = new Tag(name);
            parent.Insert(child, null, NewLine);
            return child;
        }

        internal bool IsAsLoaded
        {
            get
            {
                string real = BoxFiles.Real(Path);
                byte[] now = File.Exists(real) ? File.ReadAllBytes(real) : null;
                return now == null ? loaded == null : loaded != null && now.SequenceEqual(loaded);
            }
        }

        internal bool HasPrefixedNames
        {
            get { return Root != null && Descend(Root).Any(tag => tag.Name.Contains(":")); }
        }

        private static IEnumerable<Tag> Descend(Tag tag)
        {
            return new[] { tag }.Concat(tag.Children.SelectMany(Descend));
        }

        internal void Save()
        {
            var text = new StringBuilder(before);
            Root.Write(text);
            text.Append(after);
            BoxFiles.Replace(BoxFiles.Real(Path), encoding.GetPreamble().Concat(encoding.GetBytes(text.ToString())).ToArray());
        }
    }
}
