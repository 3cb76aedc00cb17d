// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.Web.Administration
{
    // One level of configuration, from applicationHost.config's root down: what it stores for an element, if anything.
    internal sealed class Source
    {
        internal Document Document;
        internal Tag Tag;
        internal int File; // 0 is applicationHost.config, then each web.config down the path
        internal bool IsDefault; // a collection's default element

        internal Source With(Tag tag)
        {
            return new Source { Document = Document, Tag = tag, File = File, IsDefault = IsDefault };
        }
    }

    // Where an element stands: its sources, lowest precedence first, the last one being where writes go.
    internal abstract class Place
    {
        internal abstract Place Owner { get; }
        internal abstract ConfigurationSection Section { get; }
        internal abstract IList<Source> Sources();
        internal abstract Tag EnsureLocal();

        internal virtual bool IsLocal { get { return Sources().Last().Tag != null; } }

        internal virtual void CheckWritable() { Section.CheckWritable(); }

        internal void Touch()
        {
            Document document = Sources().Last().Document;
            if (document != null) document.Touch();
        }

        internal virtual void DeleteLocal()
        {
            Tag tag = Sources().Last().Tag;
            if (tag == null) return;
            tag.Parent.Remove(tag);
            Touch();
        }
    }

    internal sealed class SectionPlace : Place
    {
        private readonly ConfigurationSection section;

        internal SectionPlace(ConfigurationSection section) { this.section = section; }

        internal override Place Owner { get { return null; } }
        internal override ConfigurationSection Section { get { return section; } }
        internal override IList<Source> Sources() { return section.Sources(); }

        internal override Tag EnsureLocal()
        {
            Source local = Sources().Last();
            return local.Tag ?? local.Document.Create(section.LocalLocation, section.SectionPath);
        }
    }

    internal sealed class ChildPlace : Place
    {
        private readonly Place owner;
        private readonly string name;

        internal ChildPlace(Place owner, string name)
        {
            this.owner = owner;
            this.name = name;
        }

        internal override Place Owner { get { return owner; } }
        internal override ConfigurationSection Section { get { return owner.Section; } }
        internal override void CheckWritable() { owner.CheckWritable(); }

        internal override IList<Source> Sources()
        {
            return owner.Sources().Select(one => one.With(one.Tag == null ? null : one.Tag.Child(name))).ToList();
        }

        internal override Tag EnsureLocal()
        {
            Tag parent = owner.EnsureLocal();
            Tag own = parent.Child(name);
            if (own != null) return own;
            own = new Tag(name);
            Document document = owner.Sources().Last().Document;
            parent.Insert(own, null, document == null ? "\r\n" : document.NewLine);
            return own;
        }
    }

    // A collection entry: created and not yet added, stored at this level, or inherited.
    internal sealed class EntryPlace : Place
    {
        private readonly Place owner;
        private readonly ConfigurationCollectionSchema collection;
        internal Entry Entry;

        internal EntryPlace(Place owner, ConfigurationCollectionSchema collection, Entry entry)
        {
            this.owner = owner;
            this.collection = collection;
            Entry = entry;
        }

        internal override Place Owner { get { return owner; } }
        internal override ConfigurationSection Section { get { return owner.Section; } }
        internal override bool IsLocal { get { return IsDetached || Entry.Tag.Parent == owner.Sources().Last().Tag; } }
        internal bool IsDetached { get { return Entry.Tag.Parent == null; } }

        internal override void CheckWritable()
        {
            if (!IsDetached) owner.CheckWritable();
        }

        internal override IList<Source> Sources()
        {
            var sources = new List<Source>();
            if (collection.DefaultElement != null)
                for (Place above = owner; above != null; above = above.Owner)
                    sources.InsertRange(0, Defaults(above));
            sources.Add(Entry.Source.With(Entry.Tag));
            return sources;
        }

        private IEnumerable<Source> Defaults(Place above)
        {
            foreach (Source one in above.Sources().Where(one => one.Tag != null && !one.IsDefault))
            {
                Source found = one.With(one.Tag.Child(collection.DefaultElement));
                found.IsDefault = true;
                if (found.Tag != null) yield return found;
            }
        }

        internal override Tag EnsureLocal()
        {
            if (!IsLocal) Entry = Editing.CopyDown(owner, collection, Entry);
            return Entry.Tag;
        }
    }
}
