// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.Web.Administration
{
    public enum OverrideMode { Unknown = 0, Inherit = 1, Allow = 2, Deny = 3 }

    // One place in the hierarchy where a section may be stored.
    internal sealed class Level
    {
        internal Document Document;
        internal string Location;
        internal int File;
    }

    public sealed class Configuration
    {
        private readonly Session session;
        private readonly string path; // "" is applicationHost.config, else site name and virtual path
        private readonly Document only; // redirection.config and administration.config stand alone

        internal Configuration(Session session, string path, Document only)
        {
            this.session = session;
            this.path = path;
            this.only = only;
        }

        public SectionGroup RootSectionGroup { get { return Definitions.Read(session.Declarations(only)); } }
        public SectionGroup GetEffectiveSectionGroup() { return RootSectionGroup; }

        public ConfigurationSection GetSection(string sectionPath) { return GetSection(sectionPath, null); }

        public ConfigurationSection GetSection(string sectionPath, string locationPath)
        {
            sectionPath = sectionPath.Trim('/');
            SectionDefinition definition = Definitions.Find(session.Declarations(only), sectionPath);
            if (definition == null)
                throw Errors.InFile(Errors.NotSupported, session.Declarations(only).Path, 0,
                    "The configuration section '" + sectionPath + "' cannot be read because it is missing a section declaration");
            ConfigurationElementSchema schema = session.Schemas.Section(sectionPath);
            if (schema == null)
                throw Errors.InFile(Errors.NotFound, session.Declarations(only).Path, 0,
                    "The configuration section '" + sectionPath + "' cannot be read because it is missing schema");
            string location = (locationPath ?? "").Trim('/');
            List<Level> levels = only != null
                ? new List<Level> { new Level { Document = only, Location = "" } }
                : session.Levels(path, location == "" ? path : location);
            var section = new ConfigurationSection(session, sectionPath, schema, definition, levels);
            section.CheckLevels();
            Checker.Check(schema, section.Sources());
            return section;
        }

        private Document Own { get { return only ?? session.DocumentOf(path); } }

        public string[] GetLocationPaths() { return Own.LocationPaths.ToArray(); }

        public void RemoveLocationPath(string locationPath)
        {
            session.CheckWritable();
            foreach (Tag tag in Own.Containers(locationPath.Trim('/')).Where(tag => tag.Name == "location").ToList())
                tag.Parent.Remove(tag);
            Own.Touch();
        }

        public void RenameLocationPath(string locationPath, string newLocationPath)
        {
            session.CheckWritable();
            foreach (Tag tag in Own.Containers(locationPath.Trim('/')).Where(tag => tag.Name == "location"))
                tag.Set("path", newLocationPath);
            Own.Touch();
        }

        public object GetMetadata(string metadataType) { return null; }
    }

    public sealed class ConfigurationSection : ConfigurationElement
    {
        private readonly SectionDefinition definition;
        private readonly List<Level> levels;

        internal ConfigurationSection(Session session, string path, ConfigurationElementSchema schema,
            SectionDefinition definition, List<Level> levels)
        {
            Session = session;
            SectionPath = path;
            ElementSchema = schema;
            this.definition = definition;
            this.levels = levels;
            Place = new SectionPlace(this);
        }

        public string SectionPath { get; private set; }
        internal string LocalLocation { get { return levels.Last().Location; } }

        internal IList<Source> Sources()
        {
            return levels.Select(level => new Source { Document = level.Document, File = level.File, Tag = Stored(level) }).ToList();
        }

        private Tag Stored(Level level)
        {
            KeyValuePair<Tag, Tag>[] found = level.Document.Find(level.Location, SectionPath).ToArray();
            if (found.Length < 2) return found.Select(one => one.Value).FirstOrDefault();
            throw Errors.InFile(Errors.Duplicate, level.Document.Path, found[1].Value.Line, "Config section '" + SectionPath +
                "' already defined. Sections must only appear once per config file. See the help topic <location> for exceptions");
        }

        // Walks down the levels: whether the last one is locked by a file above it, and what holds for files below it.
        private bool Walk(bool refuse, out bool denied)
        {
            bool server = definition.AllowDefinition == "AppHostOnly" || definition.AllowDefinition == "MachineOnly";
            bool locked = false;
            int file = 0;
            denied = server || definition.OverrideModeDefault == "Deny";
            foreach (Level level in levels)
            {
                locked = denied && level.File > file;
                KeyValuePair<Tag, Tag> stored = level.Document.Find(level.Location, SectionPath).FirstOrDefault();
                if (stored.Value == null) continue;
                if (refuse && locked)
                    throw Errors.InFile(Errors.Locked, level.Document.Path, stored.Value.Line, Errors.SectionLocked);
                OverrideMode mode = ModeOf(stored.Key);
                if (mode == OverrideMode.Inherit) continue;
                denied = server || mode == OverrideMode.Deny;
                file = level.File;
            }
            return locked;
        }

        private static OverrideMode ModeOf(Tag container)
        {
            if (container.Name != "location") return OverrideMode.Inherit;
            if (container["allowOverride"] == "false") return OverrideMode.Deny;
            if (container["allowOverride"] == "true") return OverrideMode.Allow;
            OverrideMode mode;
            return Enum.TryParse(container["overrideMode"] ?? "", out mode) ? mode : OverrideMode.Inherit;
        }

        internal void CheckLevels()
        {
            bool denied;
            Walk(true, out denied);
        }

        public bool IsLocked
        {
            get
            {
                bool denied;
                return Walk(false, out denied);
            }
        }

        public OverrideMode OverrideModeEffective
        {
            get
            {
                bool denied;
                Walk(false, out denied);
                return denied ? OverrideMode.Deny : OverrideMode.Allow;
            }
        }

        public OverrideMode OverrideMode
        {
            get
            {
                KeyValuePair<Tag, Tag> stored = levels.Last().Document.Find(LocalLocation, SectionPath).FirstOrDefault();
                return stored.Value == null ? OverrideMode.Inherit : ModeOf(stored.Key);
            }
            set { SetOverrideMode(value); }
        }

        // The section moves into a location element of its own that carries the mode.
        private void SetOverrideMode(OverrideMode value)
        {
            Session.CheckWritable();
            CheckWritable();
            Document document = levels.Last().Document;
            Tag own = Place.EnsureLocal();
            Tag container = document.Append(document.Root, "location");
            container.Set("path", LocalLocation);
            container.Set("overrideMode", value.ToString());
            string[] names = SectionPath.Split('/');
            Tag at = container;
            foreach (string name in names.Take(names.Length - 1)) at = document.Append(at, name);
            own.Parent.Remove(own);
            at.Insert(own, null, document.NewLine);
            document.Touch();
        }

        internal void CheckWritable()
        {
            if (IsLocked) throw Errors.Bare(Errors.Locked, Errors.SectionLocked);
        }

        public void RevertToParent() { Delete(); }
    }
}
