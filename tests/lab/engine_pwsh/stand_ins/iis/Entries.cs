// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.Linq;
using Lab;

namespace Microsoft.Web.Administration
{
    internal sealed class Entry
    {
        internal Tag Tag;
        internal Source Source;
        internal ConfigurationElementSchema Schema;

        internal bool IsItemLocked { get { return Tag["lockItem"] == "true"; } }
    }

    // What a collection holds after add, remove and clear of every level.
    internal static class Entries
    {
        internal static List<Entry> Collect(ConfigurationCollectionSchema schema, IList<Source> sources)
        {
            var inherited = new List<Entry>();
            foreach (Source source in sources.Where(one => one.Tag != null))
            {
                var own = new List<Entry>();
                foreach (Tag tag in source.Tag.Children) Apply(schema, source, tag, inherited, own);
                inherited = schema.IsMergeAppend ? inherited.Concat(own).ToList() : own.Concat(inherited).ToList();
            }
            return inherited;
        }

        private static void Apply(ConfigurationCollectionSchema schema, Source source, Tag tag, List<Entry> inherited, List<Entry> own)
        {
            ConfigurationElementSchema entry = schema.GetAddElementSchema(tag.Name);
            if (entry != null)
            {
                var added = new Entry { Tag = tag, Source = source, Schema = entry };
                Entry same = schema.AllowDuplicates ? null : inherited.Concat(own).FirstOrDefault(one => SameKey(one, added));
                if (same != null) throw Duplicate(same, added);
                own.Add(added);
            }
            else if (tag.Name == schema.ClearElementName)
            {
                CheckLocks(inherited, source, tag);
                inherited.Clear();
                own.Clear();
            }
            else if (tag.Name == schema.RemoveElementName)
            {
                CheckLocks(inherited.Where(one => Names(tag, one)), source, tag);
                inherited.RemoveAll(one => Names(tag, one));
                own.RemoveAll(one => Names(tag, one));
            }
        }

        private static void CheckLocks(IEnumerable<Entry> leaving, Source source, Tag tag)
        {
            if (leaving.Any(one => one.IsItemLocked && one.Source.File < source.File))
                throw Errors.InFile(Errors.Locked, source.Document.Path, tag.Line, "Lock violation");
        }

        private static Exception Duplicate(Entry same, Entry added)
        {
            string sentence = DuplicateSentence(added);
            if (same.IsItemLocked && same.Source.File < added.Source.File)
                return Errors.InFile(Errors.Locked, added.Source.Document.Path, added.Tag.Line, "Lock violation");
            return Errors.InFile(Errors.Duplicate, added.Source.Document.Path, added.Tag.Line, sentence);
        }

        internal static string DuplicateSentence(Entry added)
        {
            ConfigurationAttributeSchema[] combined = added.Schema.Keys.Where(key => key.IsCombinedKey).ToArray();
            if (combined.Length == 0)
            {
                ConfigurationAttributeSchema key = added.Schema.Keys.First();
                return String.Format("Cannot add duplicate collection entry of type '{0}' with unique key attribute '{1}' set to '{2}'",
                    added.Tag.Name, key.Name, KeyText(added.Tag, key));
            }
            return String.Format("Cannot add duplicate collection entry of type '{0}' with combined key attributes '{1}' respectively set to '{2}'",
                added.Tag.Name, String.Join(", ", combined.Select(key => key.Name)),
                String.Join(", ", combined.Select(key => KeyText(added.Tag, key))));
        }

        // Each unique key is one by itself; combined keys are one together.
        internal static bool SameKey(Entry left, Entry right)
        {
            if (left.Schema.Keys.Where(key => key.IsUniqueKey).Any(key => Same(key, left.Tag, right.Tag))) return true;
            ConfigurationAttributeSchema[] combined = left.Schema.Keys.Where(key => key.IsCombinedKey).ToArray();
            return combined.Length > 0 && combined.All(key => Same(key, left.Tag, right.Tag));
        }

        private static bool Names(Tag remove, Entry entry)
        {
            return entry.Schema.Keys.Any() && entry.Schema.Keys.All(key => Same(key, remove, entry.Tag));
        }

        private static bool Same(ConfigurationAttributeSchema key, Tag left, Tag right)
        {
            string one = KeyText(left, key), other = KeyText(right, key);
            if (key.IsExpanded) { one = BoxFiles.Expand(one); other = BoxFiles.Expand(other); }
            return Values.SameText(key, one, other);
        }

        internal static string KeyText(Tag tag, ConfigurationAttributeSchema key)
        {
            return tag[key.Name] ?? key.DefaultText ?? "";
        }
    }

    // Changes to a collection at the level where writes go.
    internal static class Editing
    {
        // An inherited entry that is changed becomes a remove and an add of this level.
        internal static Entry CopyDown(Place owner, ConfigurationCollectionSchema schema, Entry entry)
        {
            Source local = owner.Sources().Last();
            if (entry.IsItemLocked && entry.Source.File < local.File) throw Errors.NoFile(Errors.Locked, "Lock violation");
            WriteRemove(owner, schema, entry);
            return Append(owner, DeepCopy(entry.Tag), entry.Schema, null);
        }

        internal static Entry Append(Place owner, Tag tag, ConfigurationElementSchema schema, Tag before)
        {
            Tag parent = owner.EnsureLocal();
            Source source = owner.Sources().Last();
            parent.Insert(tag, before, source.Document == null ? "\r\n" : source.Document.NewLine);
            Indent(tag, source.Document);
            owner.Touch();
            return new Entry { Tag = tag, Schema = schema, Source = owner.Sources().Last() };
        }

        // Children that were created while the entry stood alone get the indentation of their new place.
        private static void Indent(Tag tag, Document document)
        {
            Tag[] children = tag.Children.ToArray();
            tag.Content.Clear();
            tag.SelfClosing = true;
            tag.Tail = " ";
            foreach (Tag child in children)
            {
                tag.Insert(child, null, document == null ? "\r\n" : document.NewLine);
                Indent(child, document);
            }
        }

        internal static void Remove(Place owner, ConfigurationCollectionSchema schema, Entry entry)
        {
            Source local = owner.Sources().Last();
            if (entry.Tag.Parent != null && entry.Tag.Parent == local.Tag)
            {
                local.Tag.Remove(entry.Tag);
                owner.Touch();
                return;
            }
            if (entry.IsItemLocked && entry.Source.File < local.File) throw Errors.NoFile(Errors.Locked, "Lock violation");
            WriteRemove(owner, schema, entry);
        }

        private static void WriteRemove(Place owner, ConfigurationCollectionSchema schema, Entry entry)
        {
            if (schema.RemoveElementName == null)
                throw Errors.NoFile(Errors.NotSupported, "The collection has no remove element");
            var tag = new Tag(schema.RemoveElementName);
            foreach (ConfigurationAttributeSchema key in entry.Schema.Keys) tag.Set(key.Name, Entries.KeyText(entry.Tag, key));
            Append(owner, tag, entry.Schema, null);
        }

        internal static void Clear(Place owner, ConfigurationCollectionSchema schema)
        {
            Source local = owner.Sources().Last();
            if (Entries.Collect(schema, owner.Sources()).Any(one => one.IsItemLocked && one.Source.File < local.File))
                throw Errors.NoFile(Errors.Locked, "Lock violation");
            Tag tag = owner.EnsureLocal();
            foreach (Tag child in tag.Children.Where(child => IsDirective(schema, child)).ToArray()) tag.Remove(child);
            Append(owner, new Tag(schema.ClearElementName), null, tag.Children.FirstOrDefault());
        }

        private static bool IsDirective(ConfigurationCollectionSchema schema, Tag tag)
        {
            return schema.GetAddElementSchema(tag.Name) != null || tag.Name == schema.ClearElementName ||
                tag.Name == schema.RemoveElementName;
        }

        internal static Tag DeepCopy(Tag tag)
        {
            Tag copy = tag.Copy();
            foreach (Tag child in tag.Children) copy.Insert(DeepCopy(child), null, "\r\n");
            return copy;
        }
    }
}
