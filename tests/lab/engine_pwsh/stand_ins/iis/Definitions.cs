// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.Web.Administration
{
    public sealed class SectionDefinition
    {
        internal SectionDefinition(Tag tag)
        {
            Name = tag["name"];
            Type = tag["type"] ?? "";
            AllowDefinition = tag["allowDefinition"] ?? "Everywhere";
            AllowLocation = tag["allowLocation"] ?? "true";
            OverrideModeDefault = tag["overrideModeDefault"] ?? "Allow";
        }

        public string Name { get; private set; }
        public string Type { get; set; }
        public string AllowDefinition { get; set; }
        public string AllowLocation { get; set; }
        public string OverrideModeDefault { get; set; }
    }

    public sealed class SectionDefinitionCollection : NamedCollection<SectionDefinition>
    {
        internal SectionDefinitionCollection(IEnumerable<SectionDefinition> items) : base(items, one => one.Name) { }
    }

    public sealed class SectionGroupCollection : NamedCollection<SectionGroup>
    {
        internal SectionGroupCollection(IEnumerable<SectionGroup> items) : base(items, one => one.Name) { }
    }

    public sealed class SectionGroup
    {
        internal SectionGroup(string name, IEnumerable<Tag> tags)
        {
            Name = name;
            Tag[] children = tags.SelectMany(tag => tag.Children).ToArray();
            Sections = new SectionDefinitionCollection(children.Where(one => one.Name == "section").Select(one => new SectionDefinition(one)));
            SectionGroups = new SectionGroupCollection(children.Where(one => one.Name == "sectionGroup")
                .GroupBy(one => one["name"]).Select(group => new SectionGroup(group.Key, group)));
        }

        public string Name { get; private set; }
        public SectionDefinitionCollection Sections { get; private set; }
        public SectionGroupCollection SectionGroups { get; private set; }
    }

    internal static class Definitions
    {
        internal static SectionGroup Read(Document document)
        {
            return new SectionGroup("", document.Root.Children.Where(one => one.Name == "configSections"));
        }

        internal static SectionDefinition Find(Document document, string sectionPath)
        {
            IEnumerable<Tag> at = document.Root.Children.Where(one => one.Name == "configSections").ToList();
            string[] names = sectionPath.Split('/');
            foreach (string name in names.Take(names.Length - 1))
                at = at.SelectMany(tag => tag.Children.Where(one => one.Name == "sectionGroup" && one["name"] == name)).ToList();
            string last = names[names.Length - 1];
            Tag found = at.SelectMany(tag => tag.Children).FirstOrDefault(one => one.Name == "section" && one["name"] == last);
            return found == null ? null : new SectionDefinition(found);
        }
    }

    // Compares what the files store with the schema and the locks, as IIS does when a section is read.
    internal static class Checker
    {
        internal static void Check(ConfigurationElementSchema schema, IList<Source> sources)
        {
            foreach (Source source in sources.Where(one => one.Tag != null))
            {
                CheckAttributes(schema, sources, source);
                CheckChildren(schema, sources, source);
            }
            foreach (ConfigurationElementSchema child in schema.ChildElementSchemas)
                Check(child, sources.Select(one => one.With(one.Tag == null ? null : one.Tag.Child(child.Name))).ToList());
            if (schema.CollectionSchema == null) return;
            CheckEntries(schema.CollectionSchema, sources);
            Entries.Collect(schema.CollectionSchema, sources);
        }

        private static void CheckAttributes(ConfigurationElementSchema schema, IList<Source> sources, Source source)
        {
            foreach (TextAttribute attribute in source.Tag.Attributes)
            {
                if (Locks.Names.Contains(attribute.Name) || attribute.Name.StartsWith("xmlns", StringComparison.Ordinal)) continue;
                ConfigurationAttributeSchema known = schema.AttributeSchemas[attribute.Name];
                if (known == null && schema.AllowUnrecognizedAttributes) continue;
                if (known == null) throw Bad(source, "Unrecognized attribute '" + attribute.Name + "'");
                if (Locks.ForbidsAttribute(sources, source, attribute.Name))
                    throw Errors.InFile(Errors.Locked, source.Document.Path, source.Tag.Line, "Lock violation");
                CheckValue(known, attribute.Value, source);
            }
        }

        private static void CheckValue(ConfigurationAttributeSchema schema, string text, Source source)
        {
            try
            {
                Validation.Check(schema, Values.Parse(schema, text));
            }
            catch (FormatException refused)
            {
                throw Bad(source, refused.Message);
            }
        }

        private static void CheckChildren(ConfigurationElementSchema schema, IList<Source> sources, Source source)
        {
            ConfigurationCollectionSchema collection = schema.CollectionSchema;
            foreach (Tag child in source.Tag.Children)
            {
                if (Locks.ForbidsElement(sources, source, child.Name))
                    throw Errors.InFile(Errors.Locked, source.Document.Path, child.Line, "Lock violation");
                if (schema.ChildElementSchemas[child.Name] != null) continue;
                if (collection != null && (collection.GetAddElementSchema(child.Name) != null ||
                    child.Name == collection.RemoveElementName || child.Name == collection.ClearElementName)) continue;
                throw Bad(source.With(child), "Unrecognized element '" + child.Name + "'");
            }
        }

        private static void CheckEntries(ConfigurationCollectionSchema schema, IList<Source> sources)
        {
            foreach (Source source in sources.Where(one => one.Tag != null))
                foreach (Tag tag in source.Tag.Children)
                {
                    ConfigurationElementSchema entry = schema.GetAddElementSchema(tag.Name);
                    if (entry == null) continue;
                    ConfigurationAttributeSchema missing = entry.AttributeSchemas.FirstOrDefault(one => one.IsRequired && one.DefaultText == null && tag[one.Name] == null);
                    if (missing != null) throw Bad(source.With(tag), "Missing required attribute '" + missing.Name + "'");
                    Check(entry, new[] { source.With(tag) });
                }
        }

        private static Exception Bad(Source source, string sentence)
        {
            return Errors.InFile(Errors.Invalid, source.Document.Path, source.Tag.Line, sentence);
        }
    }
}
