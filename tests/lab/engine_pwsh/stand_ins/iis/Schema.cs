// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Microsoft.Web.Administration
{
    public sealed class ConfigurationEnumValue
    {
        public string Name { get; internal set; }
        public long Value { get; internal set; }
    }

    public sealed class ConfigurationEnumValueCollection : NamedCollection<ConfigurationEnumValue>
    {
        internal ConfigurationEnumValueCollection(IEnumerable<ConfigurationEnumValue> items) : base(items, one => one.Name) { }

        public string GetName(long value)
        {
            return this.Where(one => one.Value == value).Select(one => one.Name).FirstOrDefault();
        }
    }

    public abstract class NamedCollection<T> : ICollection, IEnumerable<T> where T : class
    {
        private readonly List<T> items;
        private readonly Func<T, string> nameOf;

        internal NamedCollection(IEnumerable<T> items, Func<T, string> nameOf)
        {
            this.items = items.ToList();
            this.nameOf = nameOf;
        }

        public int Count { get { return items.Count; } }
        public T this[int index] { get { return items[index]; } }

        public T this[string name]
        {
            get { return items.FirstOrDefault(one => String.Equals(nameOf(one), name, StringComparison.Ordinal)); }
        }

        internal void Append(T item) { items.Add(item); }
        public IEnumerator<T> GetEnumerator() { return items.GetEnumerator(); }
        IEnumerator IEnumerable.GetEnumerator() { return items.GetEnumerator(); }
        void ICollection.CopyTo(Array array, int index) { ((ICollection)items).CopyTo(array, index); }
        bool ICollection.IsSynchronized { get { return false; } }
        object ICollection.SyncRoot { get { return items; } }
    }

    public sealed class ConfigurationAttributeSchema
    {
        private readonly ConfigurationEnumValueCollection values;

        internal ConfigurationAttributeSchema(Tag tag)
        {
            Name = tag["name"];
            Type = tag["type"];
            DefaultText = tag["defaultValue"];
            IsUniqueKey = tag["isUniqueKey"] == "true";
            IsCombinedKey = tag["isCombinedKey"] == "true";
            IsRequired = tag["required"] == "true";
            IsCaseSensitive = tag["caseSensitive"] == "true";
            IsEncrypted = tag["encrypted"] == "true";
            IsExpanded = tag["expanded"] == "true";
            AllowInfinite = tag["allowInfinite"] == "true";
            TimeSpanFormat = tag["timeSpanFormat"] ?? "string";
            ValidationType = tag["validationType"] ?? "";
            ValidationParameter = tag["validationParameter"] ?? "";
            values = new ConfigurationEnumValueCollection(tag.Children
                .Where(child => child.Name == "enum" || child.Name == "flag" || child.Name == "flags")
                .Select(child => new ConfigurationEnumValue { Name = child["name"], Value = Int64.Parse(child["value"]) }));
        }

        public string Name { get; private set; }
        public string Type { get; private set; }
        public bool AllowInfinite { get; private set; }
        public bool IsCaseSensitive { get; private set; }
        public bool IsCombinedKey { get; private set; }
        public bool IsEncrypted { get; private set; }
        public bool IsExpanded { get; private set; }
        public bool IsRequired { get; private set; }
        public bool IsUniqueKey { get; private set; }
        public string TimeSpanFormat { get; private set; }
        public string ValidationType { get; private set; }
        public string ValidationParameter { get; private set; }

        public object DefaultValue
        {
            get { return DefaultText == null ? null : Values.Parse(this, DefaultText); }
        }

        public ConfigurationEnumValueCollection GetEnumValues() { return values.Count == 0 ? null : values; }
        public object GetMetadata(string metadataType) { return null; }

        internal ConfigurationEnumValueCollection EnumValues { get { return values; } }
        internal string DefaultText { get; private set; }
        internal bool IsKey { get { return IsUniqueKey || IsCombinedKey; } }
    }

    public sealed class ConfigurationAttributeSchemaCollection : NamedCollection<ConfigurationAttributeSchema>
    {
        internal ConfigurationAttributeSchemaCollection(IEnumerable<ConfigurationAttributeSchema> items)
            : base(items, one => one.Name) { }
    }

    public sealed class ConfigurationElementSchemaCollection : NamedCollection<ConfigurationElementSchema>
    {
        internal ConfigurationElementSchemaCollection(IEnumerable<ConfigurationElementSchema> items)
            : base(items, one => one.Name) { }
    }

    public sealed class ConfigurationElementSchema
    {
        internal ConfigurationElementSchema(string name, Tag tag)
        {
            Name = name;
            IsCollectionDefault = tag["isCollectionDefault"] == "true";
            AllowUnrecognizedAttributes = tag["allowUnrecognizedAttributes"] == "true";
            AttributeSchemas = new ConfigurationAttributeSchemaCollection(tag.Children
                .Where(child => child.Name == "attribute").Select(child => new ConfigurationAttributeSchema(child)));
            ChildElementSchemas = new ConfigurationElementSchemaCollection(tag.Children
                .Where(child => child.Name == "element").Select(child => new ConfigurationElementSchema(child["name"], child)));
            Tag[] collections = tag.Children.Where(child => child.Name == "collection").ToArray();
            if (collections.Length > 0) CollectionSchema = new ConfigurationCollectionSchema(collections);
        }

        public string Name { get; private set; }
        public bool AllowUnrecognizedAttributes { get; private set; }
        public bool IsCollectionDefault { get; private set; }
        public ConfigurationAttributeSchemaCollection AttributeSchemas { get; private set; }
        public ConfigurationElementSchemaCollection ChildElementSchemas { get; private set; }
        public ConfigurationCollectionSchema CollectionSchema { get; private set; }
        public object GetMetadata(string metadataType) { return null; }

        internal IEnumerable<ConfigurationAttributeSchema> Keys
        {
            get { return AttributeSchemas.Where(one => one.IsKey); }
        }
    }

    // A section may have several <collection> parts, each with add elements of its own (staticTypes of other sections).
    public sealed class ConfigurationCollectionSchema
    {
        private readonly Dictionary<string, ConfigurationElementSchema> adds = new Dictionary<string, ConfigurationElementSchema>();

        internal ConfigurationCollectionSchema(Tag[] tags)
        {
            foreach (Tag tag in tags)
                foreach (string name in (tag["addElement"] ?? "").Split(new[] { ',', ' ' }, StringSplitOptions.RemoveEmptyEntries))
                    adds[name] = new ConfigurationElementSchema(name, tag);
            AddElementNames = String.Join(",", adds.Keys);
            RemoveElementName = First(tags, "removeElement");
            ClearElementName = First(tags, "clearElement");
            DefaultElement = First(tags, "defaultElement");
            IsMergeAppend = First(tags, "mergeAppend") != "false";
            AllowDuplicates = First(tags, "allowDuplicates") == "true";
            AllowUnrecognizedAttributes = First(tags, "allowUnrecognizedAttributes") == "true";
        }

        public string AddElementNames { get; private set; }
        public string RemoveElementName { get; private set; }
        public string ClearElementName { get; private set; }
        public bool AllowDuplicates { get; private set; }
        public bool AllowUnrecognizedAttributes { get; private set; }
        public bool IsMergeAppend { get; private set; }

        public ConfigurationElementSchema GetAddElementSchema(string elementName)
        {
            ConfigurationElementSchema found;
            return adds.TryGetValue(elementName, out found) ? found : null;
        }

        public ConfigurationElementSchema GetClearElementSchema() { return null; }
        public ConfigurationElementSchema GetRemoveElementSchema() { return adds.Values.FirstOrDefault(); }

        internal string DefaultElement { get; private set; }
        internal string[] AddNames { get { return adds.Keys.ToArray(); } }

        private static string First(Tag[] tags, string name)
        {
            return tags.Select(tag => tag[name]).FirstOrDefault(value => !String.IsNullOrEmpty(value));
        }
    }

    internal sealed class SchemaSet
    {
        private readonly Dictionary<string, Tag> tags = new Dictionary<string, Tag>();
        private readonly Dictionary<string, ConfigurationElementSchema> sections = new Dictionary<string, ConfigurationElementSchema>();

        internal SchemaSet(string folder)
        {
            if (!Directory.Exists(folder)) return;
            foreach (string file in Directory.GetFiles(folder, "*.xml").OrderBy(name => name, StringComparer.Ordinal))
            {
                string before, after;
                Tag root = TagReader.Read(File.ReadAllText(file), out before, out after);
                foreach (Tag tag in root.Children.Where(child => child.Name == "sectionSchema"))
                    Extend(tag["name"], tag);
            }
        }

        internal ConfigurationElementSchema Section(string path)
        {
            Tag tag;
            ConfigurationElementSchema schema;
            if (sections.TryGetValue(path, out schema)) return schema;
            if (!tags.TryGetValue(path, out tag)) return null;
            return sections[path] = new ConfigurationElementSchema(path.Substring(path.LastIndexOf('/') + 1), tag);
        }

        private void Extend(string path, Tag tag)
        {
            Tag known;
            if (!tags.TryGetValue(path, out known)) { tags[path] = tag; return; }
            Join(known, tag);
        }

        // A second schema file adds to a section: what has the same name in both is one element, at any depth.
        private static void Join(Tag known, Tag tag)
        {
            foreach (Tag child in tag.Children)
            {
                Tag same = known.Children.FirstOrDefault(one => one.Name == child.Name && IdentityOf(one) == IdentityOf(child));
                if (same == null) known.Content.Add(child);
                else Join(same, child);
            }
        }

        private static string IdentityOf(Tag tag) { return tag["name"] ?? tag["addElement"]; }
    }
}
