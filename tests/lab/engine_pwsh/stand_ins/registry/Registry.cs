// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Lab;

namespace System.Security.AccessControl
{
    [Flags]
    public enum RegistryRights { ReadKey = 0x20019, WriteKey = 0x20006, FullControl = 0xF003F }

    // The engine names it in its type converters; the lab keeps no access control lists of keys.
    public sealed class RegistrySecurity : ObjectSecurity<RegistryRights>
    {
        public RegistrySecurity() : base(true, ResourceType.RegistryKey) { }
    }
}

namespace Microsoft.Win32
{
    public enum RegistryHive
    {
        ClassesRoot = unchecked((int)0x80000000), CurrentUser = unchecked((int)0x80000001),
        LocalMachine = unchecked((int)0x80000002), Users = unchecked((int)0x80000003),
        PerformanceData = unchecked((int)0x80000004), CurrentConfig = unchecked((int)0x80000005)
    }

    public enum RegistryView { Default = 0, Registry64 = 0x0100, Registry32 = 0x0200 }
    public enum RegistryValueKind { None = -1, Unknown = 0, String = 1, ExpandString = 2, Binary = 3, DWord = 4, MultiString = 7, QWord = 11 }

    [Flags]
    public enum RegistryValueOptions { None = 0, DoNotExpandEnvironmentNames = 1 }

    public enum RegistryKeyPermissionCheck { Default = 0, ReadSubTree = 1, ReadWriteSubTree = 2 }

    public static class Registry
    {
        public static readonly RegistryKey LocalMachine = RegistryKey.OpenBaseKey(RegistryHive.LocalMachine, RegistryView.Default);
        public static readonly RegistryKey CurrentUser = RegistryKey.OpenBaseKey(RegistryHive.CurrentUser, RegistryView.Default);
        public static readonly RegistryKey Users = RegistryKey.OpenBaseKey(RegistryHive.Users, RegistryView.Default);

        public static object GetValue(string keyName, string valueName, object defaultValue)
        {
            int slash = keyName.IndexOf('\\');
            RegistryKey hive = keyName.StartsWith("HKEY_USERS", StringComparison.OrdinalIgnoreCase) ? Users :
                keyName.StartsWith("HKEY_CURRENT_USER", StringComparison.OrdinalIgnoreCase) ? CurrentUser : LocalMachine;
            RegistryKey key = slash < 0 ? hive : hive.OpenSubKey(keyName.Substring(slash + 1));
            return key == null ? null : key.GetValue(valueName, defaultValue);
        }
    }

    // registry.json: {"HKLM": {"SOFTWARE\\...": {"Name": {"kind": "DWord", "value": 1}}}}. A key exists when it or one below it does.
    public sealed class RegistryKey : MarshalByRefObject, IDisposable
    {
        private readonly RegistryHive hive;
        private readonly RegistryView view;
        private readonly string path;
        private readonly bool writable;

        private RegistryKey(RegistryHive hive, RegistryView view, string path, bool writable)
        {
            this.hive = hive;
            this.view = view;
            this.path = path;
            this.writable = writable;
        }

        public static RegistryKey OpenBaseKey(RegistryHive hKey, RegistryView view) { return new RegistryKey(hKey, view, "", true); }

        public string Name { get { return (LongName + "\\" + path).TrimEnd('\\'); } }
        public RegistryView View { get { return view; } }
        public int SubKeyCount { get { return GetSubKeyNames().Length; } }
        public int ValueCount { get { return GetValueNames().Length; } }

        private string ShortName { get { return hive == RegistryHive.LocalMachine ? "HKLM" : hive == RegistryHive.Users ? "HKU" : "HKCU"; } }

        private string LongName
        {
            get
            {
                return hive == RegistryHive.LocalMachine ? "HKEY_LOCAL_MACHINE" :
                    hive == RegistryHive.Users ? "HKEY_USERS" : "HKEY_CURRENT_USER";
            }
        }

        private JsonObject Hive(JsonObject all)
        {
            var found = BoxFiles.Get(all, ShortName) as JsonObject;
            if (found == null) all[ShortName] = found = new JsonObject();
            return found;
        }

        private JsonObject Values { get { return BoxFiles.Get(Hive(BoxFiles.Json("registry")), path) as JsonObject; } }
        private static string Clean(string name) { return name.Trim('\\'); }
        private string Below(string name) { return (path + "\\" + Clean(name)).Trim('\\'); }

        private bool Exists(string key)
        {
            return key == "" || Hive(BoxFiles.Json("registry")).Any(pair => IsAt(pair.Key, key));
        }

        private static bool IsAt(string stored, string key)
        {
            return (stored + "\\").StartsWith(key + "\\", StringComparison.OrdinalIgnoreCase);
        }

        public RegistryKey OpenSubKey(string name) { return OpenSubKey(name, false); }
        public RegistryKey OpenSubKey(string name, RegistryKeyPermissionCheck check) { return OpenSubKey(name, check == RegistryKeyPermissionCheck.ReadWriteSubTree); }

        public RegistryKey OpenSubKey(string name, bool writable)
        {
            string key = Below(name);
            return Exists(key) ? new RegistryKey(hive, view, key, writable) : null;
        }

        public RegistryKey CreateSubKey(string subkey)
        {
            string key = Below(subkey);
            if (!Exists(key)) Change(values => { }, key);
            return new RegistryKey(hive, view, key, true);
        }

        public RegistryKey CreateSubKey(string subkey, bool writable) { return CreateSubKey(subkey); }

        public string[] GetSubKeyNames()
        {
            string start = path == "" ? "" : path + "\\";
            return Hive(BoxFiles.Json("registry")).Select(pair => pair.Key)
                .Where(key => key.Length > start.Length && key.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                .Select(key => key.Substring(start.Length).Split('\\')[0]).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        }

        public string[] GetValueNames()
        {
            JsonObject values = Values;
            return values == null ? new string[0] : values.Select(pair => pair.Key).ToArray();
        }

        private JsonObject Find(string name) { return BoxFiles.Get(Values, name ?? "") as JsonObject; }

        public RegistryValueKind GetValueKind(string name)
        {
            JsonObject value = Find(name);
            if (value == null) throw new IOException("The specified registry key does not exist.") { HResult = unchecked((int)0x80070002) };
            RegistryValueKind kind;
            return Enum.TryParse(value["kind"].GetValue<string>(), out kind) ? kind : RegistryValueKind.Unknown;
        }

        public object GetValue(string name) { return GetValue(name, null, RegistryValueOptions.None); }
        public object GetValue(string name, object defaultValue) { return GetValue(name, defaultValue, RegistryValueOptions.None); }

        public object GetValue(string name, object defaultValue, RegistryValueOptions options)
        {
            JsonObject value = Find(name);
            if (value == null) return defaultValue;
            JsonNode data = value["value"];
            switch (GetValueKind(name))
            {
                case RegistryValueKind.DWord: return unchecked((int)data.GetValue<uint>());
                case RegistryValueKind.QWord: return unchecked((long)data.GetValue<ulong>());
                case RegistryValueKind.MultiString: return data.AsArray().Select(one => one.GetValue<string>()).ToArray();
                case RegistryValueKind.Binary: return Convert.FromHexString(data.GetValue<string>());
                case RegistryValueKind.String: return data.GetValue<string>();
                case RegistryValueKind.ExpandString:
                    bool raw = (options & RegistryValueOptions.DoNotExpandEnvironmentNames) != 0;
                    return raw ? data.GetValue<string>() : BoxFiles.Expand(data.GetValue<string>());
                default: return new byte[0];
            }
        }

        public void SetValue(string name, object value) { SetValue(name, value, RegistryValueKind.Unknown); }

        public void SetValue(string name, object value, RegistryValueKind valueKind)
        {
            RequireWritable();
            RegistryValueKind kind = valueKind == RegistryValueKind.Unknown ? KindOf(value) : valueKind;
            var stored = new JsonObject { { "kind", kind.ToString() }, { "value", Store(kind, value) } };
            Write(values => values[BoxFiles.KeyOf(values, name ?? "") ?? name ?? ""] = stored);
        }

        public void DeleteValue(string name) { DeleteValue(name, true); }

        public void DeleteValue(string name, bool throwOnMissingValue)
        {
            RequireWritable();
            if (Find(name) == null)
            {
                if (throwOnMissingValue) throw new ArgumentException("No value exists with that name.");
                return;
            }
            Write(values => values.Remove(BoxFiles.KeyOf(values, name ?? "")));
        }

        private void RequireWritable()
        {
            if (!writable) throw new UnauthorizedAccessException("Cannot write to the registry key.");
        }

        private void Write(Action<JsonObject> change)
        {
            WriteFault.Run(() => RemoteDesktop.Following(() => Change(change, path)), Refusal);
        }

        private static Exception Refusal(string effect)
        {
            return new IOException("The process cannot access the file because it is being used by another process.")
            {
                HResult = unchecked((int)0x80070020)
            };
        }

        private void Change(Action<JsonObject> change, string key)
        {
            JsonObject all = BoxFiles.Json("registry");
            JsonObject keys = Hive(all);
            string stored = BoxFiles.KeyOf(keys, key) ?? key;
            if (keys[stored] == null) keys[stored] = new JsonObject();
            change(keys[stored].AsObject());
            BoxFiles.WriteJson("registry", all);
        }

        private static RegistryValueKind KindOf(object value)
        {
            if (value is int) return RegistryValueKind.DWord;
            if (value is byte[]) return RegistryValueKind.Binary;
            return value is string[] ? RegistryValueKind.MultiString : RegistryValueKind.String;
        }

        private static JsonNode Store(RegistryValueKind kind, object value)
        {
            switch (kind)
            {
                case RegistryValueKind.DWord: return JsonValue.Create(unchecked((uint)Convert.ToInt32(value)));
                case RegistryValueKind.QWord: return JsonValue.Create(unchecked((ulong)Convert.ToInt64(value)));
                case RegistryValueKind.MultiString: return new JsonArray(((string[])value).Select(one => (JsonNode)JsonValue.Create(one)).ToArray());
                case RegistryValueKind.Binary: return JsonValue.Create(Convert.ToHexString((byte[])value).ToLowerInvariant());
                default: return JsonValue.Create((string)value);
            }
        }

        public void Flush() { }
        public void Close() { }
        public void Dispose() { }
        public override string ToString() { return Name; }
    }
}
