// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.Web.Administration
{
    public abstract class ConfigurationElementCollectionBase<T> : ConfigurationElement, ICollection, IEnumerable<T>
        where T : ConfigurationElement
    {
        private readonly List<ConfigurationElement> created = new List<ConfigurationElement>();

        internal ConfigurationElementCollectionBase(ConfigurationElement owner)
        {
            Session = owner.Session;
            Place = owner.Place;
            ElementSchema = owner.ElementSchema;
        }

        public new ConfigurationCollectionSchema Schema { get { return ElementSchema.CollectionSchema; } }
        public bool AllowsAdd { get { return Schema.AddNames.Length > 0; } }
        public bool AllowsClear { get { return Schema.ClearElementName != null; } }
        public bool AllowsRemove { get { return Schema.RemoveElementName != null; } }
        public int Count { get { return Collect().Count; } }
        public T this[int index] { get { return Wrap(At(index)); } }

        internal abstract T New();

        private List<Entry> Collect() { return Entries.Collect(Schema, Place.Sources()); }

        private Entry At(int index)
        {
            List<Entry> entries = Collect();
            if (index >= 0 && index < entries.Count) return entries[index];
            throw new ArgumentOutOfRangeException("index");
        }

        private T Wrap(Entry entry)
        {
            T item = New();
            item.Session = Session;
            item.ElementSchema = entry.Schema;
            item.Place = new EntryPlace(Place, Schema, entry);
            return item;
        }

        public T CreateElement() { return CreateElement(Schema.AddNames.First()); }

        public T CreateElement(string elementTagName)
        {
            ConfigurationElementSchema schema = Schema.GetAddElementSchema(elementTagName);
            if (schema == null) throw Errors.NoFile(Errors.Invalid, "Unrecognized element '" + elementTagName + "'");
            return Wrap(new Entry { Tag = new Tag(elementTagName), Schema = schema, Source = Place.Sources().Last().With(null) });
        }

        public T Add(T element) { return Insert(element, null); }

        public T AddAt(int index, T element)
        {
            List<Entry> entries = Collect();
            Tag local = Place.Sources().Last().Tag;
            if (index < 0 || index > entries.Count) throw new ArgumentOutOfRangeException("index");
            if (index == entries.Count) return Insert(element, null);
            if (entries[index].Tag.Parent != null && entries[index].Tag.Parent == local) return Insert(element, entries[index].Tag);
            // mergeAppend="false": this level's entries come first, so their end is in front of the inherited ones
            if (!Schema.IsMergeAppend && entries.Take(index).All(one => one.Tag.Parent == local)) return Insert(element, null);
            CheckNew(element, entries);
            Rewrite(entries);
            return AddAt(index, element);
        }

        // An entry in front of inherited ones: the level starts anew with all of them.
        private void Rewrite(List<Entry> entries)
        {
            if (!AllowsClear) throw Errors.NoFile(Errors.NotSupported, "The collection has no clear element");
            List<Entry> copies = entries.Select(one =>
                new Entry { Tag = Editing.DeepCopy(one.Tag), Schema = one.Schema }).ToList();
            Editing.Clear(Place, Schema);
            foreach (Entry copy in copies) Editing.Append(Place, copy.Tag, copy.Schema, null);
        }

        private T Insert(T element, Tag before)
        {
            CheckNew(element, Collect());
            var place = (EntryPlace)element.Place;
            place.Entry = Editing.Append(Place, place.Entry.Tag, place.Entry.Schema, before);
            created.Add(element);
            return element;
        }

        private void CheckNew(T element, List<Entry> entries)
        {
            Session.CheckWritable();
            Place.CheckWritable();
            Entry entry = ((EntryPlace)element.Place).Entry;
            IList<Source> sources = Place.Sources();
            if (Locks.ForbidsElement(sources, sources.Last(), entry.Tag.Name)) throw Errors.NoFile(Errors.Locked, "Lock violation");
            string[] missing = entry.Schema.AttributeSchemas.Where(one => one.IsRequired && one.DefaultText == null && entry.Tag[one.Name] == null)
                .Select(one => one.Name).ToArray();
            if (missing.Length > 0)
                throw Errors.NoFile(Errors.NotFound, "Element is missing required attributes " + String.Join(",", missing));
            if (!Schema.AllowDuplicates && entries.Any(one => Entries.SameKey(one, entry)))
                throw Errors.NoFile(Errors.Duplicate, Entries.DuplicateSentence(entry));
        }

        // An element object that was just created cannot be removed by itself: it is to be looked up in the collection.
        public void Remove(T element)
        {
            Session.CheckWritable();
            Place.CheckWritable();
            if (created.Contains(element)) throw new ArgumentException("The element was created and not read from the collection.", "element");
            Editing.Remove(Place, Schema, ((EntryPlace)element.Place).Entry);
        }

        public void RemoveAt(int index)
        {
            if (Session.IsReadOnly) throw Errors.NoFile(Errors.Locked, "The configuration object is read only");
            Place.CheckWritable();
            Editing.Remove(Place, Schema, At(index));
        }

        public void Clear()
        {
            Session.CheckWritable();
            Place.CheckWritable();
            if (!AllowsClear) throw Errors.NoFile(Errors.NotSupported, "The collection has no clear element");
            Editing.Clear(Place, Schema);
        }

        public int IndexOf(T element)
        {
            var place = (EntryPlace)element.Place;
            return Collect().FindIndex(one => one.Tag == place.Entry.Tag);
        }

        public IEnumerator<T> GetEnumerator() { return Collect().Select(Wrap).ToList().GetEnumerator(); }
        IEnumerator IEnumerable.GetEnumerator() { return GetEnumerator(); }
        void ICollection.CopyTo(Array array, int index) { ((ICollection)this.ToList()).CopyTo(array, index); }
        bool ICollection.IsSynchronized { get { return false; } }
        object ICollection.SyncRoot { get { return this; } }
    }

    public sealed class ConfigurationElementCollection : ConfigurationElementCollectionBase<ConfigurationElement>
    {
        internal ConfigurationElementCollection(ConfigurationElement owner) : base(owner) { }
        internal override ConfigurationElement New() { return new ConfigurationElement(); }
    }
}
