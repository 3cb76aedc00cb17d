// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Globalization;
using System.Linq;

namespace Microsoft.Web.Administration
{
    // Attribute values: text in a file, .NET types in the API.
    internal static class Values
    {
        // Returns the typed value of stored text; throws FormatException with IIS's sentence.
        internal static object Parse(ConfigurationAttributeSchema schema, string text)
        {
            switch (schema.Type)
            {
                case "bool": return ParseBool(text);
                case "uint": return ParseInteger(schema, text, 0, UInt32.MaxValue);
                case "int64": return ParseInteger(schema, text, Int64.MinValue, Int64.MaxValue);
                case "int": return (int)ParseInteger(schema, text, Int32.MinValue, Int32.MaxValue);
                case "enum": return ParseEnum(schema, text);
                case "flags": return ParseFlags(schema, text);
                case "timeSpan": return ParseTime(schema, text);
                default: return schema.IsEncrypted ? Decrypt(text) : text;
            }
        }

        internal static string Format(ConfigurationAttributeSchema schema, object value)
        {
            switch (schema.Type)
            {
                case "bool": return (bool)value ? "true" : "false";
                case "enum": return schema.EnumValues.GetName(Convert.ToInt64(value));
                case "flags": return FormatFlags(schema, Convert.ToInt64(value));
                case "timeSpan": return FormatTime(schema, (TimeSpan)value);
                default: return Convert.ToString(value, CultureInfo.InvariantCulture);
            }
        }

        // The typed form of what a caller sets. A number given as a string is an InvalidCastException, as in IIS.
        internal static object Accept(ConfigurationAttributeSchema schema, object value)
        {
            switch (schema.Type)
            {
                case "bool": return Cast<bool>(value);
                case "uint": return InRange(schema, Integer(value), 0, UInt32.MaxValue);
                case "int64": return Integer(value);
                case "int": return (int)InRange(schema, Integer(value), Int32.MinValue, Int32.MaxValue);
                case "timeSpan": return Cast<TimeSpan>(value);
                case "enum": return value is string ? ParseEnum(schema, (string)value) : KnownEnum(schema, Integer(value));
                case "flags": return value is string ? ParseFlags(schema, (string)value) : KnownFlags(schema, Integer(value));
                default: return Cast<string>(value);
            }
        }

        // What a string attribute without a default holds while it is not set is "" and not null.
        internal static object Unset(ConfigurationAttributeSchema schema)
        {
            switch (schema.Type)
            {
                case "bool": return false;
                case "uint": case "int64": return 0L;
                case "int": case "enum": case "flags": return 0;
                case "timeSpan": return TimeSpan.Zero;
                default: return "";
            }
        }

        internal static bool SameText(ConfigurationAttributeSchema schema, string left, string right)
        {
            if (schema.Type != "string" && left != "" && right != "")
                return Equals(Parse(schema, left), Parse(schema, right));
            return String.Equals(left, right,
                schema.IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
        }

        private static T Cast<T>(object value)
        {
            if (value is T) return (T)value;
            throw new InvalidCastException("Specified cast is not valid.");
        }

        private static long Integer(object value)
        {
            if (value is int || value is long || value is uint || value is short || value is ushort || value is byte)
                return Convert.ToInt64(value);
            if (value != null && value.GetType().IsEnum) return Convert.ToInt64(value);
            throw new InvalidCastException("Specified cast is not valid.");
        }

        private static bool ParseBool(string text)
        {
            bool value;
            if (Boolean.TryParse(text, out value)) return value;
            throw new FormatException("Boolean must be either true or false");
        }

        private static long ParseInteger(ConfigurationAttributeSchema schema, string text, long low, long high)
        {
            long value;
            if (schema.AllowInfinite && text == "Infinite") return UInt32.MaxValue;
            bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
            if (hex ? Int64.TryParse(text.Substring(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value)
                    : Int64.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
                return InRange(schema, value, low, high);
            throw new FormatException("Integer must not contain non-numeric characters");
        }

        private static long InRange(ConfigurationAttributeSchema schema, long value, long low, long high)
        {
            if (value >= low && value <= high) return value;
            throw new FormatException(String.Format("Integer value must be between {0} and {1} inclusive", low, high));
        }

        private static int ParseEnum(ConfigurationAttributeSchema schema, string text)
        {
            ConfigurationEnumValue found = Find(schema, text);
            if (found != null) return (int)found.Value;
            throw new FormatException("Enum must be one of " + Names(schema));
        }

        private static int KnownEnum(ConfigurationAttributeSchema schema, long value)
        {
            if (schema.EnumValues.Any(one => one.Value == value)) return (int)value;
            throw new FormatException("Enum must be one of " + Names(schema));
        }

        private static int ParseFlags(ConfigurationAttributeSchema schema, string text)
        {
            int value = 0;
            foreach (string name in text.Split(new[] { ',' }, StringSplitOptions.RemoveEmptyEntries))
            {
                ConfigurationEnumValue found = Find(schema, name.Trim());
                if (found == null) throw new FormatException("Flags must be some combination of " + Names(schema));
                value |= (int)found.Value;
            }
            return value;
        }

        private static int KnownFlags(ConfigurationAttributeSchema schema, long value)
        {
            long known = schema.EnumValues.Aggregate(0L, (sum, one) => sum | one.Value);
            if ((value & ~known) == 0) return (int)value;
            throw new FormatException("Flags must be some combination of " + Names(schema));
        }

        private static string FormatFlags(ConfigurationAttributeSchema schema, long value)
        {
            var set = schema.EnumValues.Where(one => value == 0 ? one.Value == 0 : one.Value != 0 && (value & one.Value) == one.Value);
            return String.Join(", ", set.Select(one => one.Name));
        }

        private static ConfigurationEnumValue Find(ConfigurationAttributeSchema schema, string name)
        {
            return schema.EnumValues.FirstOrDefault(one => String.Equals(one.Name, name, StringComparison.OrdinalIgnoreCase));
        }

        private static string Names(ConfigurationAttributeSchema schema)
        {
            return String.Join(", ", schema.EnumValues.Select(one => one.Name));
        }

        private static TimeSpan ParseTime(ConfigurationAttributeSchema schema, string text)
        {
            TimeSpan value;
            double number;
            if (schema.AllowInfinite && text == "Infinite") return TimeSpan.MaxValue;
            if (schema.TimeSpanFormat != "string" && Double.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out number))
                return schema.TimeSpanFormat == "minutes" ? TimeSpan.FromMinutes(number) : TimeSpan.FromSeconds(number);
            if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value)) return value;
            throw new FormatException("Timespan value is not in the form [d.]hh:mm:ss");
        }

        private static string FormatTime(ConfigurationAttributeSchema schema, TimeSpan value)
        {
            if (schema.TimeSpanFormat == "seconds") return ((long)value.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            if (schema.TimeSpanFormat == "minutes") return ((long)value.TotalMinutes).ToString(CultureInfo.InvariantCulture);
            return value.ToString("c", CultureInfo.InvariantCulture);
        }

        // Who reads an encrypted attribute gets the clear text; in the lab that is what stands between the markers.
        private static string Decrypt(string text)
        {
            if (!text.StartsWith("[enc:", StringComparison.Ordinal)) return text;
            int start = text.IndexOf(':', 5), end = text.LastIndexOf(":enc]", StringComparison.Ordinal);
            return start >= 0 && end > start ? text.Substring(start + 1, end - start - 1) : "";
        }
    }
}
