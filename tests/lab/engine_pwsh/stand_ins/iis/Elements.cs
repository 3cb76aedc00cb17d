// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.Web.Administration
{
    public class ConfigurationElement
    {
        internal Place Place;
        internal ConfigurationElementSchema ElementSchema;
        internal Session Session;

        internal ConfigurationElement() { }

        internal static ConfigurationElement Make(Session session, Place place, ConfigurationElementSchema schema)
        {
            return new ConfigurationElement { Session = session, Place = place, ElementSchema = schema };
        }

        public ConfigurationElementSchema Schema { get { return ElementSchema; } }
        public string ElementTagName
        {
            get
            {
                var entry = Place as EntryPlace;
                return entry == null ? ElementSchema.Name : entry.Entry.Tag.Name;
            }
        }

        public bool IsLocallyStored { get { return Place.IsLocal; } }

        public ConfigurationAttributeCollection Attributes
        {
            get
            {
                return new ConfigurationAttributeCollection(
                    ElementSchema.AttributeSchemas.Select(schema => new ConfigurationAttribute(this, schema)));
            }
        }

        public ConfigurationChildElementCollection ChildElements
        {
            get { return new ConfigurationChildElementCollection(ElementSchema.ChildElementSchemas.Select(one => Child(one))); }
        }

        public IDictionary<string, string> RawAttributes
        {
            get
            {
                var raw = new Dictionary<string, string>();
                foreach (Source source in Place.Sources().Where(one => one.Tag != null))
                    foreach (TextAttribute attribute in source.Tag.Attributes) raw[attribute.Name] = attribute.Value;
                return raw;
            }
        }

        public object this[string attributeName]
        {
            get { return GetAttributeValue(attributeName); }
            set { SetAttributeValue(attributeName, value); }
        }

        public ConfigurationAttribute GetAttribute(string attributeName)
        {
            ConfigurationAttributeSchema schema = ElementSchema.AttributeSchemas[attributeName];
            if (schema != null) return new ConfigurationAttribute(this, schema);
            throw Errors.NoFile(Errors.Invalid, "Unrecognized attribute '" + attributeName + "'");
        }

        public object GetAttributeValue(string attributeName) { return GetAttribute(attributeName).Value; }
        public void SetAttributeValue(string attributeName, object value) { GetAttribute(attributeName).Value = value; }

        public ConfigurationElement GetChildElement(string elementName)
        {
            ConfigurationElementSchema schema = ElementSchema.ChildElementSchemas[elementName];
            if (schema != null) return Child(schema);
            throw Errors.NoFile(Errors.Invalid, "Unrecognized element '" + elementName + "'");
        }

        private ConfigurationElement Child(ConfigurationElementSchema schema)
        {
            return Make(Session, new ChildPlace(Place, schema.Name), schema);
        }

        public ConfigurationElementCollection GetCollection()
        {
            if (ElementSchema.CollectionSchema != null) return new ConfigurationElementCollection(this);
            throw Errors.NoFile(Errors.NotSupported, "The element '" + ElementSchema.Name + "' has no collection");
        }

        public ConfigurationElementCollection GetCollection(string collectionName)
        {
            return GetChildElement(collectionName).GetCollection();
        }

        public void Delete()
        {
            Session.CheckWritable();
            Place.CheckWritable();
            Place.DeleteLocal();
        }

        // Lock attributes are metadata in the API; nothing else is known to the lab.
        public object GetMetadata(string metadataType)
        {
            return Place.Sources().Where(one => one.Tag != null).Select(one => one.Tag[metadataType]).LastOrDefault();
        }

        public void SetMetadata(string metadataType, object value)
        {
            Session.CheckWritable();
            Place.CheckWritable();
            Place.EnsureLocal().Set(metadataType, value is bool ? ((bool)value ? "true" : "false") : (string)value);
            Place.Touch();
        }
    }

    public sealed class ConfigurationAttribute
    {
        private readonly ConfigurationElement owner;

        internal ConfigurationAttribute(ConfigurationElement owner, ConfigurationAttributeSchema schema)
        {
            this.owner = owner;
            Schema = schema;
        }

        public ConfigurationAttributeSchema Schema { get; private set; }
        public string Name { get { return Schema.Name; } }
        public bool IsProtected { get { return Schema.IsEncrypted; } }
        public bool IsInheritedFromDefaultValue { get { return Stored == null; } }

        private string Stored
        {
            get
            {
                return owner.Place.Sources().Reverse().Where(one => one.Tag != null)
                    .Select(one => one.Tag[Name]).FirstOrDefault(text => text != null);
            }
        }

        public object Value
        {
            get
            {
                string text = Stored ?? Schema.DefaultText;
                return text == null ? Values.Unset(Schema) : Values.Parse(Schema, text);
            }
            set
            {
                CheckWritable();
                string text;
                try
                {
                    object typed = Values.Accept(Schema, value);
                    Validation.Check(Schema, typed);
                    text = Values.Format(Schema, typed);
                }
                catch (FormatException refused)
                {
                    throw Errors.Bare(Errors.Invalid, refused.Message);
                }
                owner.Place.EnsureLocal().Set(Name, text);
                owner.Place.Touch();
            }
        }

        public void Delete()
        {
            CheckWritable();
            Tag tag = owner.Place.Sources().Last().Tag;
            if (!owner.Place.IsLocal || tag == null || tag[Name] == null) return;
            tag.Unset(Name);
            owner.Place.Touch();
        }

        private void CheckWritable()
        {
            owner.Session.CheckWritable();
            owner.Place.CheckWritable();
            IList<Source> sources = owner.Place.Sources();
            if (Locks.ForbidsAttribute(sources, sources.Last(), Name)) throw Errors.Bare(Errors.Locked, "Lock violation");
        }

        public object GetMetadata(string metadataType)
        {
            bool locked = metadataType == "isLocked" && Locks.ForbidsAttribute(owner.Place.Sources(), owner.Place.Sources().Last(), Name);
            return metadataType == "isLocked" ? (object)locked : null;
        }
    }

    public sealed class ConfigurationAttributeCollection : NamedCollection<ConfigurationAttribute>
    {
        internal ConfigurationAttributeCollection(IEnumerable<ConfigurationAttribute> items) : base(items, one => one.Name) { }
    }

    public sealed class ConfigurationChildElementCollection : NamedCollection<ConfigurationElement>
    {
        internal ConfigurationChildElementCollection(IEnumerable<ConfigurationElement> items)
            : base(items, one => one.ElementTagName) { }
    }

    // lockAttributes, lockElements and their AllExcept forms: they bind the files below the one they stand in.
    internal static class Locks
    {
        internal static readonly string[] Names =
            { "lockItem", "lockAttributes", "lockAllAttributesExcept", "lockElements", "lockAllElementsExcept", "configSource", "configProtectionProvider" };

        internal static bool ForbidsAttribute(IList<Source> sources, Source local, string name)
        {
            return Forbids(sources, local, name, "lockAttributes", "lockAllAttributesExcept");
        }

        internal static bool ForbidsElement(IList<Source> sources, Source local, string name)
        {
            return Forbids(sources, local, name, "lockElements", "lockAllElementsExcept");
        }

        private static bool Forbids(IList<Source> sources, Source local, string name, string list, string except)
        {
            foreach (Source above in sources.Where(one => one.Tag != null && one.File < local.File))
            {
                if (above.Tag[list] != null && Split(above.Tag[list]).Any(one => one == "*" || one == name)) return true;
                if (above.Tag[except] != null && !Split(above.Tag[except]).Contains(name)) return true;
            }
            return false;
        }

        private static IEnumerable<string> Split(string list)
        {
            return list.Split(',', ' ', ';').Where(one => one != "");
        }
    }
}
