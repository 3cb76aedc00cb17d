// SPDX-License-Identifier: GPL-3.0-or-later
using System.Collections;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Principal;
using System.Text.Json.Nodes;
using Lab;

namespace System.DirectoryServices
{
    public class DirectoryServicesCOMException : COMException
    {
        public DirectoryServicesCOMException(string message, int code) : base(message, code) { }
    }

    public class PropertyValueCollection : CollectionBase
    {
        internal PropertyValueCollection(string name, IEnumerable<object> values)
        {
            PropertyName = name;
            foreach (object value in values) List.Add(value);
        }

        public string PropertyName { get; private set; }
        public object this[int index] { get { return List[index]; } }
        public object Value { get { return Count == 0 ? null : Count == 1 ? List[0] : List.Cast<object>().ToArray(); } }
    }

    // The directory is asked when an attribute is, not before.
    public class PropertyCollection
    {
        private readonly Func<Dictionary<string, object[]>> read;

        internal PropertyCollection(Func<Dictionary<string, object[]>> read) { this.read = read; }

        // An attribute that the object does not have is an empty collection.
        public PropertyValueCollection this[string propertyName]
        {
            get
            {
                object[] found;
                return new PropertyValueCollection(propertyName, read().TryGetValue(propertyName, out found) ? found : new object[0]);
            }
        }

        public bool Contains(string propertyName) { return read().ContainsKey(propertyName); }
    }

    public class DirectoryEntryConfiguration
    {
        internal DirectoryEntryConfiguration() { SecurityMasks = SecurityMasks.Owner | SecurityMasks.Group | SecurityMasks.Dacl; }
        public SecurityMasks SecurityMasks { get; set; }
    }

    // Objects of the directory of a domain controller, as dns.json has them: the root, the container MicrosoftDNS, the group DnsAdmins and accounts.
    public class DirectoryEntry : Component
    {
        private const int NotOperational = unchecked((int)0x8007203A), NoSuchObject = unchecked((int)0x80072030), Denied = unchecked((int)0x80070005);
        private readonly DirectoryEntryConfiguration options = new DirectoryEntryConfiguration();
        private ActiveDirectorySecurity security;

        public DirectoryEntry(string path) { Path = path; }

        public string Path { get; private set; }
        public DirectoryEntryConfiguration Options { get { return options; } }

        private string Place
        {
            get
            {
                if (Path.StartsWith("LDAP://localhost/", StringComparison.Ordinal)) return Path.Substring(17).Replace("\\/", "/");
                throw new COMException("Unknown error (0x80005000)", unchecked((int)0x80005000));
            }
        }

        private static JsonObject Directory
        {
            get
            {
                JsonObject dns = BoxFiles.Json("dns");
                if (BoxFiles.Get(dns, "denied") != null && dns["denied"].GetValue<bool>()) throw new UnauthorizedAccessException("Access is denied.");
                var found = BoxFiles.Get(dns, "directory") as JsonObject;
                if (found == null) throw new COMException("The server is not operational.", NotOperational);
                return found;
            }
        }

        private static string Container { get { return Directory["distinguished_name"].GetValue<string>(); } }
        private bool IsContainer { get { return String.Equals(Place, Container, StringComparison.OrdinalIgnoreCase); } }

        public PropertyCollection Properties { get { return new PropertyCollection(Read); } }

        private Dictionary<string, object[]> Read()
        {
            string naming = Container.Substring("CN=MicrosoftDNS,CN=System,".Length);
            if (String.Equals(Place, "RootDSE", StringComparison.OrdinalIgnoreCase)) return With("defaultNamingContext", naming);
            if (IsContainer) return With("distinguishedName", Container);
            string sid = Sid(naming);
            var found = With("objectSid", SidBytes.Of(sid));
            var admins = BoxFiles.Get(Directory, "admins") as JsonObject;
            if (admins != null && admins["sid"].GetValue<string>() == sid)
                found["member"] = admins["members"].AsArray().Select(one => (object)Named(one.GetValue<string>(), naming)).ToArray();
            return found;
        }

        private static Dictionary<string, object[]> With(string name, object value)
        {
            return new Dictionary<string, object[]>(StringComparer.OrdinalIgnoreCase) { { name, new[] { value } } };
        }

        // An account is named by its SID, or, where it is a member, by a distinguished name that tells the SID back.
        private string Sid(string naming)
        {
            string place = Place;
            if (place.StartsWith("<SID=", StringComparison.OrdinalIgnoreCase)) return SidBytes.Text(place.Substring(5).TrimEnd('>'));
            string end = ",CN=ForeignSecurityPrincipals," + naming;
            if (place.StartsWith("CN=S-1-", StringComparison.OrdinalIgnoreCase) && place.EndsWith(end, StringComparison.OrdinalIgnoreCase))
                return place.Substring(3, place.Length - 3 - end.Length);
            throw new DirectoryServicesCOMException("There is no such object on the server.", NoSuchObject);
        }

        private static string Named(string sid, string naming) { return "CN=" + sid + ",CN=ForeignSecurityPrincipals," + naming; }

        public ActiveDirectorySecurity ObjectSecurity
        {
            get
            {
                if (!IsContainer) throw new DirectoryServicesCOMException("There is no such object on the server.", NoSuchObject);
                if ((options.SecurityMasks & SecurityMasks.Sacl) != 0) throw new UnauthorizedAccessException("A required privilege is not held by the client.");
                return security ?? (security = new ActiveDirectorySecurity(Directory));
            }
        }

        // Only the access list is taken: to write the owner too needs a right that an administrator of the DNS Server may lack.
        public void CommitChanges()
        {
            if (security == null || !security.Changed) return;
            if (options.SecurityMasks != SecurityMasks.Dacl) throw new DirectoryServicesCOMException("This security ID may not be assigned as the owner of this object.", unchecked((int)0x8007051B));
            WriteFault.Run(Write, effect => new DirectoryServicesCOMException("The process cannot access the file because it is being used by another process.", unchecked((int)0x80070020)));
            security = null;
        }

        private void Write()
        {
            JsonObject dns = BoxFiles.Json("dns");
            dns["directory"]["rules"] = security.Stored;
            BoxFiles.WriteJson("dns", dns);
        }

        public void RefreshCache() { security = null; }
        public void Close() { }
    }

    internal static class SidBytes
    {
        internal static byte[] Of(string sid)
        {
            var known = new SecurityIdentifier(sid);
            var bytes = new byte[known.BinaryLength];
            known.GetBinaryForm(bytes, 0);
            return bytes;
        }

        // <SID=S-1-...> and <SID=0105...> both name an account.
        internal static string Text(string text)
        {
            if (text.StartsWith("S-1-", StringComparison.OrdinalIgnoreCase)) return text;
            return new SecurityIdentifier(Convert.FromHexString(text), 0).Value;
        }
    }
}
