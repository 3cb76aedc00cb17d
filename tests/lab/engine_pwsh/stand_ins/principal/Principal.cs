// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Security.Claims;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lab;

namespace System.Security.Principal
{
    public enum WindowsBuiltInRole
    {
        Administrator = 0x220, User = 0x221, Guest = 0x222, PowerUser = 0x223, AccountOperator = 0x224,
        SystemOperator = 0x225, PrintOperator = 0x226, BackupOperator = 0x227, Replicator = 0x228
    }

    public class IdentityNotMappedException : SystemException
    {
        public IdentityNotMappedException(string message) : base(message) { }
    }

    public abstract class IdentityReference
    {
        internal IdentityReference() { }
        public abstract string Value { get; }
        public abstract bool IsValidTargetType(Type targetType);
        public abstract IdentityReference Translate(Type targetType);
        public override bool Equals(object o) { return o != null && o.GetType() == GetType() && o.ToString() == ToString(); }
        public override int GetHashCode() { return Value.GetHashCode(); }
        public override string ToString() { return Value; }
        public static bool operator ==(IdentityReference left, IdentityReference right) { return Object.Equals(left, right); }
        public static bool operator !=(IdentityReference left, IdentityReference right) { return !Object.Equals(left, right); }
    }

    public sealed class SecurityIdentifier : IdentityReference, IComparable<SecurityIdentifier>
    {
        private readonly string value;

        public SecurityIdentifier(string sddlForm)
        {
            if (!Regex.IsMatch(sddlForm, "^S-1-[0-9]+(-[0-9]+)+$", RegexOptions.IgnoreCase))
                throw new ArgumentException("Value was invalid.", "sddlForm");
            value = sddlForm.ToUpperInvariant();
        }

        public SecurityIdentifier(byte[] binaryForm, int offset) : this(SidBytes.Text(binaryForm, offset)) { }
        public SecurityIdentifier(IntPtr binaryForm) : this(SidBytes.Text(binaryForm)) { }

        public override string Value { get { return value; } }
        public int BinaryLength { get { return SidBytes.Of(value).Length; } }

        public void GetBinaryForm(byte[] binaryForm, int offset)
        {
            byte[] bytes = SidBytes.Of(value);
            Array.Copy(bytes, 0, binaryForm, offset, bytes.Length);
        }

        public SecurityIdentifier AccountDomainSid
        {
            get
            {
                Match match = Regex.Match(value, "^(S-1-5-21-[0-9]+-[0-9]+-[0-9]+)(-[0-9]+)?$");
                return match.Success ? new SecurityIdentifier(match.Groups[1].Value) : null;
            }
        }

        public bool IsAccountSid() { return AccountDomainSid != null; }
        public int CompareTo(SecurityIdentifier sid) { return String.CompareOrdinal(value, sid.value); }
        public override bool IsValidTargetType(Type targetType) { return targetType == typeof(SecurityIdentifier) || targetType == typeof(NTAccount); }

        public override IdentityReference Translate(Type targetType)
        {
            if (targetType == typeof(SecurityIdentifier)) return this;
            Accounts.AssertReachable(value);
            string name = Accounts.NameOf(value);
            if (name != null) return new NTAccount(name);
            throw new IdentityNotMappedException("Some or all identity references could not be translated.");
        }
    }

    public sealed class NTAccount : IdentityReference
    {
        private readonly string name;

        public NTAccount(string name) { this.name = name; }
        public NTAccount(string domainName, string accountName) { name = domainName + "\\" + accountName; }
        public override string Value { get { return name; } }
        public override bool IsValidTargetType(Type targetType) { return targetType == typeof(SecurityIdentifier) || targetType == typeof(NTAccount); }

        public override IdentityReference Translate(Type targetType)
        {
            if (targetType == typeof(NTAccount)) return this;
            Accounts.AssertReachable(name);
            string sid = Accounts.SidOf(name);
            if (sid != null) return new SecurityIdentifier(sid);
            throw new IdentityNotMappedException("Some or all identity references could not be translated.");
        }
    }

    public class IdentityReferenceCollection : ICollection<IdentityReference>
    {
        private readonly List<IdentityReference> items = new List<IdentityReference>();

        public int Count { get { return items.Count; } }
        public bool IsReadOnly { get { return false; } }
        public IdentityReference this[int index] { get { return items[index]; } set { items[index] = value; } }
        public void Add(IdentityReference identity) { items.Add(identity); }
        public void Clear() { items.Clear(); }
        public bool Contains(IdentityReference identity) { return items.Contains(identity); }
        public void CopyTo(IdentityReference[] array, int offset) { items.CopyTo(array, offset); }
        public bool Remove(IdentityReference identity) { return items.Remove(identity); }
        public IEnumerator<IdentityReference> GetEnumerator() { return items.GetEnumerator(); }
        IEnumerator IEnumerable.GetEnumerator() { return items.GetEnumerator(); }
    }

    // The account of host.json.
    public class WindowsIdentity : ClaimsIdentity, IDisposable
    {
        private readonly JsonObject account;

        private WindowsIdentity(JsonObject account) { this.account = account; }

        public static WindowsIdentity GetCurrent()
        {
            ViewFiles.Bring();
            var account = BoxFiles.Get(BoxFiles.Json("host"), "account") as JsonObject;
            if (account != null) return new WindowsIdentity(account);
            throw new UnauthorizedAccessException("Access is denied.");
        }

        public override string Name { get { return account["name"].GetValue<string>(); } }
        public override string AuthenticationType { get { return "NTLM"; } }
        public override bool IsAuthenticated { get { return true; } }
        public SecurityIdentifier User { get { return new SecurityIdentifier(account["sid"].GetValue<string>()); } }
        public SecurityIdentifier Owner { get { return User; } }
        public bool IsSystem { get { return User.Value == "S-1-5-18"; } }
        public bool IsAnonymous { get { return false; } }
        public bool IsGuest { get { return false; } }

        public IdentityReferenceCollection Groups
        {
            get
            {
                var groups = new IdentityReferenceCollection();
                foreach (JsonNode sid in account["groups"].AsArray()) groups.Add(new SecurityIdentifier(sid.GetValue<string>()));
                return groups;
            }
        }

        public void Dispose() { }
    }

    public class WindowsPrincipal : ClaimsPrincipal
    {
        private readonly WindowsIdentity identity;

        public WindowsPrincipal(WindowsIdentity ntIdentity) : base(ntIdentity) { identity = ntIdentity; }
        public override IIdentity Identity { get { return identity; } }

        // A token that is not elevated holds Administrators for denial only.
        public virtual bool IsInRole(SecurityIdentifier sid)
        {
            JsonNode elevated = BoxFiles.Get(BoxFiles.Json("host"), "elevated");
            if (sid.Value == "S-1-5-32-544" && elevated != null && !elevated.GetValue<bool>()) return false;
            return identity.Groups.Contains(sid) || identity.User == sid;
        }

        public virtual bool IsInRole(WindowsBuiltInRole role) { return IsInRole(new SecurityIdentifier("S-1-5-32-" + (int)role)); }
        public virtual bool IsInRole(int rid) { return IsInRole(new SecurityIdentifier("S-1-5-32-" + rid)); }
    }
}
