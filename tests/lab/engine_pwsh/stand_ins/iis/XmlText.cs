// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Xml;

namespace Microsoft.Web.Administration
{
    internal sealed class TextAttribute
    {
        internal string Lead;   // the white space before the name
        internal string Name;
        internal string Middle; // from the name to the opening quote
        internal char Quote;
        internal string Raw;    // between the quotes

        internal string Value { get { return WebUtility.HtmlDecode(Raw); } }

        internal void Set(string value)
        {
            Raw = value.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;")
                .Replace("\r", "&#xD;").Replace("\n", "&#xA;").Replace("\t", "&#x9;");
            Quote = '"';
        }
    }

    // One element of a configuration file that remembers its text, so that what is not touched stays byte for byte.
    internal sealed class Tag
    {
        internal string Name;
        internal int Line;
        internal Tag Parent;
        internal readonly List<TextAttribute> Attributes = new List<TextAttribute>();
        internal readonly List<object> Content = new List<object>(); // strings and tags
        internal string Tail = " ";  // between the last attribute and > or />
        internal bool SelfClosing = true;
        internal string EndTail = ""; // inside </name >

        internal Tag(string name) { Name = name; }

        internal IEnumerable<Tag> Children { get { return Content.OfType<Tag>(); } }

        internal string this[string name]
        {
            get
            {
                TextAttribute found = Attributes.FirstOrDefault(one => one.Name == name);
                return found == null ? null : found.Value;
            }
        }

        internal void Set(string name, string value)
        {
            TextAttribute found = Attributes.FirstOrDefault(one => one.Name == name);
            if (found == null)
            {
                found = new TextAttribute { Lead = " ", Name = name, Middle = "=" };
                Attributes.Add(found);
            }
            if (found.Raw == null || found.Value != value) found.Set(value);
        }

        internal void Unset(string name) { Attributes.RemoveAll(one => one.Name == name); }

        internal Tag Child(string name) { return Children.FirstOrDefault(child => child.Name == name); }

        internal void Insert(Tag child, Tag before, string newLine)
        {
            child.Parent = this;
            string indent = newLine + new string(' ', 4 * Depth);
            if (before != null)
            {
                int place = Content.IndexOf(before);
                Content.InsertRange(place, new object[] { child, indent });
                return;
            }
            int last = Content.FindLastIndex(piece => piece is Tag);
            if (last >= 0)
            {
                Content.InsertRange(last + 1, new object[] { indent, child });
                return;
            }
            string closing = newLine + new string(' ', 4 * (Depth - 1));
            if (Content.Count > 0 && String.IsNullOrWhiteSpace((string)Content[Content.Count - 1]))
                Content.RemoveAt(Content.Count - 1);
            Content.AddRange(new object[] { indent, child, closing });
            if (SelfClosing) Tail = "";
            SelfClosing = false;
        }

        internal void Remove(Tag child)
        {
            int place = Content.IndexOf(child);
            Content.RemoveAt(place);
            if (place > 0 && String.IsNullOrWhiteSpace(Content[place - 1] as string ?? "x")) Content.RemoveAt(place - 1);
            child.Parent = null;
            if (Content.Any(piece => piece is Tag || !String.IsNullOrWhiteSpace((string)piece))) return;
            Content.Clear();
            SelfClosing = true;
            if (Tail == "") Tail = " ";
        }

        internal Tag Copy()
        {
            var copy = new Tag(Name);
            foreach (TextAttribute one in Attributes) copy.Set(one.Name, one.Value);
            return copy;
        }

        internal int Depth { get { return Parent == null ? 1 : Parent.Depth + 1; } }

        internal void Write(StringBuilder text)
        {
            text.Append('<').Append(Name);
            foreach (TextAttribute one in Attributes)
                text.Append(one.Lead).Append(one.Name).Append(one.Middle).Append(one.Quote).Append(one.Raw).Append(one.Quote);
            text.Append(Tail).Append(SelfClosing ? "/>" : ">");
            if (SelfClosing) return;
            foreach (object piece in Content)
            {
                var child = piece as Tag;
                if (child == null) text.Append((string)piece); else child.Write(text);
            }
            text.Append("</").Append(Name).Append(EndTail).Append('>');
        }
    }

    // Reads text that an XmlReader has already found well-formed.
    internal sealed class TagReader
    {
        private readonly string text;
        private int at;
        private int line = 1;
        private int counted;

        private TagReader(string text) { this.text = text; }

        // Returns the root element and the text before and after it.
        internal static Tag Read(string text, out string before, out string after)
        {
            using (XmlReader check = XmlReader.Create(new StringReader(text),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null }))
                while (check.Read()) { }
            var reader = new TagReader(text);
            before = reader.UntilTag();
            Tag root = reader.ReadTag(null);
            after = text.Substring(reader.at);
            return root;
        }

        // Everything up to the next start or end tag: text, comments, CDATA, instructions.
        private string UntilTag()
        {
            int start = at;
            while (true)
            {
                at = text.IndexOf('<', at);
                if (at < 0) { at = text.Length; break; }
                if (Skip("<!--", "-->") || Skip("<![CDATA[", "]]>") || Skip("<?", "?>") || Skip("<!", ">")) continue;
                break;
            }
            return text.Substring(start, at - start);
        }

        private bool Skip(string open, string close)
        {
            if (String.CompareOrdinal(text, at, open, 0, open.Length) != 0) return false;
            at = text.IndexOf(close, at + open.Length, StringComparison.Ordinal) + close.Length;
            return true;
        }

        private string While(Func<char, bool> accepted)
        {
            int start = at;
            while (accepted(text[at])) at++;
            return text.Substring(start, at - start);
        }

        private Tag ReadTag(Tag parent)
        {
            for (; counted < at; counted++) if (text[counted] == '\n') line++;
            at++;
            var tag = new Tag(While(IsName)) { Line = line, Parent = parent, EndTail = "" };
            while (true)
            {
                string space = While(Char.IsWhiteSpace);
                if (text[at] == '/') { tag.Tail = space; tag.SelfClosing = true; at += 2; return tag; }
                if (text[at] == '>') { tag.Tail = space; tag.SelfClosing = false; at++; break; }
                tag.Attributes.Add(ReadAttribute(space));
            }
            ReadContent(tag);
            return tag;
        }

        private TextAttribute ReadAttribute(string space)
        {
            string name = While(IsName);
            string middle = While(one => one == '=' || Char.IsWhiteSpace(one));
            char quote = text[at++];
            string raw = While(one => one != quote);
            at++;
            return new TextAttribute { Lead = space, Name = name, Middle = middle, Quote = quote, Raw = raw };
        }

        private void ReadContent(Tag tag)
        {
            while (true)
            {
                string piece = UntilTag();
                if (piece != "") tag.Content.Add(piece);
                if (text[at + 1] == '/')
                {
                    at += 2 + tag.Name.Length;
                    tag.EndTail = While(Char.IsWhiteSpace);
                    at++;
                    return;
                }
                tag.Content.Add(ReadTag(tag));
            }
        }

        private static bool IsName(char one)
        {
            return !Char.IsWhiteSpace(one) && one != '=' && one != '/' && one != '>';
        }
    }
}
