// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Linq;

namespace Microsoft.Web.Administration
{
    // The schema's validators; they run when a file is parsed and when a value is set.
    internal static class Validation
    {
        internal static void Check(ConfigurationAttributeSchema schema, object value)
        {
            string sentence = Complaint(schema, value);
            if (sentence != null) throw new FormatException(sentence);
        }

        private static string Complaint(ConfigurationAttributeSchema schema, object value)
        {
            switch (schema.ValidationType)
            {
                case "nonEmptyString": return (string)value == "" ? "String must not be empty" : null;
                case "requireTrimmedString":
                    return (string)value != ((string)value).Trim() ? "String must not have leading or trailing white space" : null;
                case "integerRange": return Range(schema, Convert.ToInt64(value));
                case "timeSpanRange": return TimeRange(schema, (TimeSpan)value);
                case "siteName": return Name((string)value, "/?") ? null : "Invalid site name";
                case "applicationPoolName": return Name((string)value, "|<>&\"/[]+=;:,?*@\\") ? null : "Invalid application pool name";
                case "applicationPath": return Path((string)value) ? null : "Invalid application path";
                case "virtualDirectoryPath": return Path((string)value) ? null : "Invalid virtual directory path";
                default: return null;
            }
        }

        private static string Range(ConfigurationAttributeSchema schema, long value)
        {
            string[] limits = schema.ValidationParameter.Split(',');
            bool inside = value >= Int64.Parse(limits[0]) && value <= Int64.Parse(limits[1]);
            bool exclude = limits.Length > 2 && limits[2].Trim() == "exclude";
            if (inside != exclude) return null;
            return String.Format("Integer value must {0}be between {1} and {2} inclusive", exclude ? "not " : "", limits[0], limits[1]);
        }

        private static string TimeRange(ConfigurationAttributeSchema schema, TimeSpan value)
        {
            string[] limits = schema.ValidationParameter.Split(',');
            double low = Double.Parse(limits[0]), high = Double.Parse(limits[1]), step = Double.Parse(limits[2]);
            if (value.TotalSeconds >= low && value.TotalSeconds <= high && value.TotalSeconds % step == 0) return null;
            return String.Format("Timespan value must be between {0} and {1} seconds inclusive, with a granularity of {2} seconds",
                TimeSpan.FromSeconds(low), TimeSpan.FromSeconds(high), step);
        }

        private static bool Name(string value, string forbidden)
        {
            return value != "" && value.IndexOfAny(forbidden.ToCharArray()) < 0;
        }

        private static bool Path(string value)
        {
            if (value == "/") return true;
            return value.StartsWith("/") && !value.EndsWith("/") && !value.Split('/').Any(part => part == "." || part == "..");
        }
    }
}
