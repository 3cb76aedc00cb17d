// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.Linq;
using Lab;

namespace Microsoft.Web.Administration
{
    // The files of one ServerManager from its first read to its commit.
    internal sealed class Session
    {
        private const string Folder = @"C:\Windows\System32\inetsrv\config\";
        private const string ReadOnlySentence = "The configuration object is read only, because it has been committed by a call to " +
            "ServerManager.CommitChanges(). If write access is required, use ServerManager to get a new reference.";

        private readonly Dictionary<string, Document> documents = new Dictionary<string, Document>(StringComparer.OrdinalIgnoreCase);
        private readonly string given;
        private Document server;
        private SchemaSet schemas;

        internal bool IsReadOnly;

        internal Session(string path, bool readOnly)
        {
            given = path;
            IsReadOnly = readOnly;
        }

        internal SchemaSet Schemas
        {
            get { return schemas ?? (schemas = new SchemaSet(BoxFiles.Real(Folder + "schema"))); }
        }

        internal Document Server
        {
            get { return server ?? (server = Open(given ?? Redirected(), true)); }
        }

        internal Document Redirection { get { return Open(Folder + "redirection.config", true); } }
        internal Document Administration { get { return Open(Folder + "administration.config", true); } }

        internal Document Declarations(Document only) { return only ?? Server; }

        // An explicit path goes past redirection.config, the default does not.
        private string Redirected()
        {
            Tag section = Redirection.Root.Child("configurationRedirection");
            if (section == null || section["enabled"] != "true") return Folder + "applicationHost.config";
            return BoxFiles.Expand(section["path"] ?? "").TrimEnd('\\') + @"\applicationHost.config";
        }

        private Document Open(string path, bool required)
        {
            Document found;
            if (documents.TryGetValue(path, out found)) return found;
            return documents[path] = new Document(path, required);
        }

        internal void CheckWritable()
        {
            if (IsReadOnly) throw new InvalidOperationException(ReadOnlySentence);
        }

        // Site, then each folder of the virtual path. At each the files above speak first by their location elements.
        internal List<Level> Levels(string owner, string path)
        {
            var levels = new List<Level> { new Level { Document = Server, Location = "" } };
            if (path == "") return levels;
            var files = new List<KeyValuePair<string, Document>> { new KeyValuePair<string, Document>("", Server) };
            foreach (string at in Prefixes(path))
            {
                for (int file = 0; file < files.Count; file++)
                    levels.Add(new Level { Document = files[file].Value, File = file, Location = Below(files[file].Key, at) });
                if (at == path && files.Count == 1 && owner == "") RequireSite(path);
                if (owner == "" || at.Length > owner.Length) continue;
                Document document = WebConfig(at, at == owner);
                if (document == null) continue;
                levels.Add(new Level { Document = document, Location = "", File = files.Count });
                files.Add(new KeyValuePair<string, Document>(at, document));
            }
            return levels;
        }

        private static string Below(string file, string path)
        {
            return file == "" ? path : path.Substring(file.Length + 1);
        }

        private static IEnumerable<string> Prefixes(string path)
        {
            for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
                yield return path.Substring(0, slash);
            yield return path;
        }

        internal Document DocumentOf(string path)
        {
            return path == "" ? Server : Levels(path, path).Last().Document;
        }

        private Tag RequireSite(string path)
        {
            string name = path.Split('/')[0];
            Tag site = Sites().FirstOrDefault(one => String.Equals(one["name"], name, StringComparison.OrdinalIgnoreCase));
            if (site != null) return site;
            throw Errors.NoFile(Errors.NotFound, "Unrecognized configuration path 'MACHINE/WEBROOT/APPHOST/" + path + "'");
        }

        private IEnumerable<Tag> Sites()
        {
            return Server.Find("", "system.applicationHost/sites").SelectMany(one => one.Value.Children).Where(one => one.Name == "site");
        }

        // The web.config of a folder; null where the virtual directory does not let its subfolders have one.
        private Document WebConfig(string path, bool isTarget)
        {
            Tag site = RequireSite(path);
            string rest = path.Substring(path.Split('/')[0].Length);
            Tag application = Longest(site, "application", rest);
            if (application == null)
                throw Errors.NoFile(Errors.NotFound, "Unrecognized configuration path 'MACHINE/WEBROOT/APPHOST/" + path + "'");
            string inside = Rest(application, rest);
            Tag directory = Longest(application, "virtualDirectory", inside);
            if (directory == null)
                throw Errors.NoFile(Errors.NotFound, "Unrecognized configuration path 'MACHINE/WEBROOT/APPHOST/" + path + "'");
            string below = Rest(directory, inside);
            if (below != "" && SubdirectoriesClosed(directory, application, site) && !isTarget) return null;
            string root = BoxFiles.Expand(directory["physicalPath"] ?? "").TrimEnd('\\');
            string real = BoxFiles.Real(root + "\\");
            string file = root + below.Replace('/', '\\') + @"\web.config";
            if (real == null || !System.IO.Directory.Exists(real))
                throw Errors.InFile(Errors.PathNotFound, file, 0, "Cannot read configuration file");
            return Open(file, false);
        }

        private bool SubdirectoriesClosed(Tag directory, Tag application, Tag site)
        {
            string own = directory["allowSubDirConfig"];
            Tag[] above = { application, site, site.Parent };
            string value = own ?? above.Select(tag => tag.Child("virtualDirectoryDefaults")).Where(tag => tag != null)
                .Select(tag => tag["allowSubDirConfig"]).FirstOrDefault(text => text != null);
            return value == "false";
        }

        private static Tag Longest(Tag owner, string name, string path)
        {
            return owner.Children.Where(one => one.Name == name && IsBelow(path, one["path"] ?? "/"))
                .OrderByDescending(one => (one["path"] ?? "/").TrimEnd('/').Length).FirstOrDefault();
        }

        private static bool IsBelow(string path, string prefix)
        {
            return (path + "/").StartsWith(prefix.TrimEnd('/') + "/", StringComparison.OrdinalIgnoreCase);
        }

        private static string Rest(Tag tag, string path) { return path.Substring((tag["path"] ?? "/").TrimEnd('/').Length); }

        internal void Commit()
        {
            CheckWritable();
            foreach (Document document in documents.Values.Where(one => one.Changed)) Commit(document);
            IsReadOnly = true;
        }

        private static void Commit(Document document)
        {
            if (document.HasPrefixedNames)
                throw Errors.InFile(Errors.NotWellFormed, document.Path, 0, "Cannot write configuration file");
            WriteFault.Run(() =>
            {
                if (!document.IsAsLoaded) throw Collision(document, "collide");
                document.Save();
            }, effect => Collision(document, effect));
        }

        private static Exception Collision(Document document, string effect)
        {
            if (effect == "sharing") return Errors.InFile(Errors.Sharing, document.Path, 0, "Cannot write configuration file");
            return Errors.InFile(Errors.FileChanged, document.Path, 0,
                "Cannot commit configuration changes because the file has changed on disk");
        }
    }
}
