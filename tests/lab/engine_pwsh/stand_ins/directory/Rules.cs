// SPDX-License-Identifier: GPL-3.0-or-later
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Security.AccessControl;
using System.Security.Principal;
using System.Text.Json.Nodes;

namespace System.DirectoryServices
{
    [Flags]
    public enum ActiveDirectoryRights
    {
        Delete = 0x10000, ReadControl = 0x20000, WriteDacl = 0x40000, WriteOwner = 0x80000, Synchronize = 0x100000, AccessSystemSecurity = 0x1000000,
        GenericRead = 0x20094, GenericWrite = 0x20028, GenericExecute = 0x20004, GenericAll = 0xF01FF,
        CreateChild = 0x1, DeleteChild = 0x2, ListChildren = 0x4, Self = 0x8, ReadProperty = 0x10, WriteProperty = 0x20, DeleteTree = 0x40,
        ListObject = 0x80, ExtendedRight = 0x100
    }

    public enum ActiveDirectorySecurityInheritance { None = 0, All = 1, Descendents = 2, SelfAndChildren = 3, Children = 4 }

    [Flags]
    public enum SecurityMasks { None = 0, Owner = 1, Group = 2, Dacl = 4, Sacl = 8 }

    // One entry of an access list. The base classes of .NET throw where there is no Windows, so this stands alone.
    public class ActiveDirectoryAccessRule
    {
        public ActiveDirectoryAccessRule(IdentityReference identity, ActiveDirectoryRights adRights, AccessControlType type)
            : this(identity, adRights, type, Guid.Empty, ActiveDirectorySecurityInheritance.None, Guid.Empty) { }

        public ActiveDirectoryAccessRule(IdentityReference identity, ActiveDirectoryRights adRights, AccessControlType type, ActiveDirectorySecurityInheritance inheritanceType)
            : this(identity, adRights, type, Guid.Empty, inheritanceType, Guid.Empty) { }

        public ActiveDirectoryAccessRule(IdentityReference identity, ActiveDirectoryRights adRights, AccessControlType type, Guid objectType,
            ActiveDirectorySecurityInheritance inheritanceType, Guid inheritedObjectType)
        {
            if (adRights == 0) throw new ArgumentException("The access rule has no rights.", "adRights");
            IdentityReference = identity;
            ActiveDirectoryRights = adRights;
            AccessControlType = type;
            ObjectType = objectType;
            InheritanceType = inheritanceType;
            InheritedObjectType = inheritedObjectType;
        }

        public IdentityReference IdentityReference { get; private set; }
        public ActiveDirectoryRights ActiveDirectoryRights { get; private set; }
        public AccessControlType AccessControlType { get; private set; }
        public Guid ObjectType { get; private set; }
        public ActiveDirectorySecurityInheritance InheritanceType { get; private set; }
        public Guid InheritedObjectType { get; private set; }
        public bool IsInherited { get; private set; }

        internal static ActiveDirectoryAccessRule Read(JsonNode stored)
        {
            return new ActiveDirectoryAccessRule(new SecurityIdentifier(stored["sid"].GetValue<string>()),
                (ActiveDirectoryRights)stored["rights"].GetValue<int>(), Word<AccessControlType>(stored["type"]), Guid.Parse(stored["object_type"].GetValue<string>()),
                Word<ActiveDirectorySecurityInheritance>(stored["inheritance"]), Guid.Parse(stored["inherited_object_type"].GetValue<string>()))
            {
                IsInherited = stored["inherited"].GetValue<bool>()
            };
        }

        private static T Word<T>(JsonNode stored) { return (T)Enum.Parse(typeof(T), stored.GetValue<string>()); }

        internal JsonNode Write()
        {
            return new JsonObject
            {
                { "sid", Sid }, { "rights", (int)ActiveDirectoryRights }, { "type", AccessControlType.ToString() }, { "object_type", ObjectType.ToString() },
                { "inherited_object_type", InheritedObjectType.ToString() }, { "inheritance", InheritanceType.ToString() }, { "inherited", IsInherited }
            };
        }

        internal string Sid { get { return IdentityReference.Translate(typeof(SecurityIdentifier)).Value; } }

        // Whether two entries differ in nothing but their rights.
        internal bool IsLike(ActiveDirectoryAccessRule other)
        {
            return !IsInherited && !other.IsInherited && Sid == other.Sid && AccessControlType == other.AccessControlType && ObjectType == other.ObjectType
                && InheritanceType == other.InheritanceType && InheritedObjectType == other.InheritedObjectType;
        }

        internal ActiveDirectoryAccessRule With(ActiveDirectoryRights rights)
        {
            return new ActiveDirectoryAccessRule(IdentityReference, rights, AccessControlType, ObjectType, InheritanceType, InheritedObjectType);
        }
    }

    // The owner and the access list of an object, changed in memory until the entry commits them.
    public class ActiveDirectorySecurity
    {
        private readonly List<ActiveDirectoryAccessRule> rules;
        private readonly string owner;

        internal ActiveDirectorySecurity(JsonObject stored)
        {
            rules = stored["rules"].AsArray().Select(ActiveDirectoryAccessRule.Read).ToList();
            owner = stored["owner"].GetValue<string>();
            AreAccessRulesProtected = stored["protected"].GetValue<bool>();
        }

        internal bool Changed { get; private set; }
        internal JsonArray Stored { get { return new JsonArray(rules.Select(rule => rule.Write()).ToArray()); } }

        public bool AreAccessRulesProtected { get; private set; }
        public IdentityReference GetOwner(Type targetType) { return new SecurityIdentifier(owner).Translate(targetType); }

        public ICollection GetAccessRules(bool includeExplicit, bool includeInherited, Type targetType)
        {
            return rules.Where(rule => rule.IsInherited ? includeInherited : includeExplicit).ToArray();
        }

        // .NET merges an entry into one that differs in its rights only. It also sorts explicit entries before it writes them; here they keep
        // the order in which they came, because a list of the lab says nothing by its order but that inherited entries are last.
        public void AddAccessRule(ActiveDirectoryAccessRule rule)
        {
            Changed = true;
            int at = rules.FindIndex(rule.IsLike);
            if (at >= 0)
            {
                rules[at] = rule.With(rules[at].ActiveDirectoryRights | rule.ActiveDirectoryRights);
                return;
            }
            int place = rules.FindIndex(one => one.IsInherited);
            rules.Insert(place < 0 ? rules.Count : place, rule);
        }

        // Takes rights away from what is like it; an entry without rights is gone. True where all of them could be taken.
        public bool RemoveAccessRule(ActiveDirectoryAccessRule rule)
        {
            Changed = true;
            int at = rules.FindIndex(rule.IsLike);
            if (at < 0) return true;
            ActiveDirectoryRights left = rules[at].ActiveDirectoryRights & ~rule.ActiveDirectoryRights;
            if (left == 0) rules.RemoveAt(at);
            else rules[at] = rule.With(left);
            return true;
        }

        // Only an entry with the very same rights.
        public void RemoveAccessRuleSpecific(ActiveDirectoryAccessRule rule)
        {
            Changed = true;
            int at = rules.FindIndex(one => rule.IsLike(one) && one.ActiveDirectoryRights == rule.ActiveDirectoryRights);
            if (at >= 0) rules.RemoveAt(at);
        }

        public void PurgeAccessRules(IdentityReference identity)
        {
            Changed = true;
            string sid = identity.Translate(typeof(SecurityIdentifier)).Value;
            rules.RemoveAll(one => !one.IsInherited && one.Sid == sid);
        }
    }
}
