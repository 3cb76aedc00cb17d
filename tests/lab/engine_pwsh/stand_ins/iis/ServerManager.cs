// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.Linq;

[assembly: System.Reflection.AssemblyVersion("7.0.0.0")]

namespace Microsoft.Web.Administration
{
    public sealed class ServerManager : IDisposable
    {
        private readonly string path;
        private readonly bool readOnly;
        private Session session;

        public ServerManager() : this(false, null) { }
        public ServerManager(string applicationHostConfigurationPath) : this(false, applicationHostConfigurationPath) { }

        public ServerManager(bool readOnly, string applicationHostConfigurationPath)
        {
            this.readOnly = readOnly;
            path = applicationHostConfigurationPath;
            session = new Session(path, readOnly);
        }

        public static ServerManager OpenRemote(string serverName)
        {
            throw new PlatformNotSupportedException("The lab has no remote configuration.");
        }

        public Configuration GetApplicationHostConfiguration() { return new Configuration(session, "", null); }
        public Configuration GetRedirectionConfiguration() { return new Configuration(session, "", session.Redirection); }
        public Configuration GetAdministrationConfiguration() { return new Configuration(session, "", session.Administration); }
        public Configuration GetWebConfiguration(string siteName) { return GetWebConfiguration(siteName, "/"); }

        public Configuration GetWebConfiguration(string siteName, string virtualPath)
        {
            return new Configuration(session, (siteName + "/" + virtualPath.Trim('/')).Trim('/'), null);
        }

        private ConfigurationSection Section(string name)
        {
            return GetApplicationHostConfiguration().GetSection("system.applicationHost/" + name);
        }

        public SiteCollection Sites { get { return new SiteCollection(Section("sites")); } }
        public ApplicationPoolCollection ApplicationPools { get { return new ApplicationPoolCollection(Section("applicationPools")); } }
        public ConfigurationElement SiteDefaults { get { return Section("sites").GetChildElement("siteDefaults"); } }
        public ConfigurationElement ApplicationDefaults { get { return Section("sites").GetChildElement("applicationDefaults"); } }
        public ConfigurationElement ApplicationPoolDefaults { get { return Section("applicationPools").GetChildElement("applicationPoolDefaults"); } }
        public ConfigurationElement VirtualDirectoryDefaults { get { return Section("sites").GetChildElement("virtualDirectoryDefaults"); } }

        // What was handed out before is read only afterwards; the next call starts with the files as they are then.
        public void CommitChanges()
        {
            session.Commit();
            session = new Session(path, readOnly);
        }

        public void Dispose() { }
    }

    public sealed class SiteCollection : ConfigurationElementCollectionBase<Site>
    {
        internal SiteCollection(ConfigurationElement owner) : base(owner) { }
        internal override Site New() { return new Site(); }

        public new Site this[string name]
        {
            get { return this.FirstOrDefault(one => String.Equals(one.Name, name, StringComparison.OrdinalIgnoreCase)); }
        }
    }

    public sealed class Site : ConfigurationElement
    {
        internal Site() { }
        public string Name { get { return (string)this["name"]; } set { this["name"] = value; } }
        public long Id { get { return (long)this["id"]; } set { this["id"] = value; } }
        public bool ServerAutoStart { get { return (bool)this["serverAutoStart"]; } set { this["serverAutoStart"] = value; } }
        public ApplicationCollection Applications { get { return new ApplicationCollection(this); } }
        public ConfigurationElementCollection Bindings { get { return GetCollection("bindings"); } }
        public ConfigurationElement LogFile { get { return GetChildElement("logFile"); } }
        public ConfigurationElement Limits { get { return GetChildElement("limits"); } }
        public ConfigurationElement TraceFailedRequestsLogging { get { return GetChildElement("traceFailedRequestsLogging"); } }
        public ConfigurationElement ApplicationDefaults { get { return GetChildElement("applicationDefaults"); } }
        public ConfigurationElement VirtualDirectoryDefaults { get { return GetChildElement("virtualDirectoryDefaults"); } }
        public Configuration GetWebConfiguration() { return new Configuration(Session, Name, null); }
        public override string ToString() { return Name; }
    }

    public sealed class ApplicationCollection : ConfigurationElementCollectionBase<Application>
    {
        private readonly Site site;

        internal ApplicationCollection(Site site) : base(site) { this.site = site; }
        internal override Application New() { return new Application(site); }

        public new Application this[string path]
        {
            get { return this.FirstOrDefault(one => String.Equals(one.Path, path, StringComparison.OrdinalIgnoreCase)); }
        }
    }

    public sealed class Application : ConfigurationElement
    {
        private readonly Site site;

        internal Application(Site site) { this.site = site; }
        public string Path { get { return (string)this["path"]; } set { this["path"] = value; } }
        public string ApplicationPoolName { get { return (string)this["applicationPool"]; } set { this["applicationPool"] = value; } }
        public string EnabledProtocols { get { return (string)this["enabledProtocols"]; } set { this["enabledProtocols"] = value; } }
        public VirtualDirectoryCollection VirtualDirectories { get { return new VirtualDirectoryCollection(this); } }
        public ConfigurationElement VirtualDirectoryDefaults { get { return GetChildElement("virtualDirectoryDefaults"); } }
        public Configuration GetWebConfiguration() { return new Configuration(Session, (site.Name + Path).TrimEnd('/'), null); }
        public override string ToString() { return Path; }
    }

    public sealed class VirtualDirectoryCollection : ConfigurationElementCollectionBase<VirtualDirectory>
    {
        internal VirtualDirectoryCollection(Application application) : base(application) { }
        internal override VirtualDirectory New() { return new VirtualDirectory(); }

        public new VirtualDirectory this[string path]
        {
            get { return this.FirstOrDefault(one => String.Equals(one.Path, path, StringComparison.OrdinalIgnoreCase)); }
        }
    }

    public sealed class VirtualDirectory : ConfigurationElement
    {
        internal VirtualDirectory() { }
        public string Path { get { return (string)this["path"]; } set { this["path"] = value; } }
        public string PhysicalPath { get { return (string)this["physicalPath"]; } set { this["physicalPath"] = value; } }
        public string UserName { get { return (string)this["userName"]; } set { this["userName"] = value; } }
        public override string ToString() { return Path; }
    }

    public sealed class ApplicationPoolCollection : ConfigurationElementCollectionBase<ApplicationPool>
    {
        internal ApplicationPoolCollection(ConfigurationElement owner) : base(owner) { }
        internal override ApplicationPool New() { return new ApplicationPool(); }

        public new ApplicationPool this[string name]
        {
            get { return this.FirstOrDefault(one => String.Equals(one.Name, name, StringComparison.OrdinalIgnoreCase)); }
        }
    }

    public sealed class ApplicationPool : ConfigurationElement
    {
        internal ApplicationPool() { }
        public string Name { get { return (string)this["name"]; } set { this["name"] = value; } }
        public bool Enable32BitAppOnWin64 { get { return (bool)this["enable32BitAppOnWin64"]; } set { this["enable32BitAppOnWin64"] = value; } }
        public string ManagedRuntimeVersion { get { return (string)this["managedRuntimeVersion"]; } set { this["managedRuntimeVersion"] = value; } }
    }
}
