// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.ComponentModel;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using Lab;

namespace System.ServiceProcess
{
    public enum ServiceControllerStatus
    {
        Stopped = 1, StartPending = 2, StopPending = 3, Running = 4, ContinuePending = 5, PausePending = 6, Paused = 7
    }

    public enum ServiceStartMode { Boot = 0, System = 1, Automatic = 2, Manual = 3, Disabled = 4 }

    public class TimeoutException : SystemException
    {
        public TimeoutException(string message) : base(message) { }
    }

    // services.json: {"W3SVC": {"state": "Running", "start_type": "Automatic", "dependents": []}}. Beside these `stuck`: it never changes its
    // state; `slow`: so many waits for a state end in vain; `refuses`: so many starts fail; `denied`: the account may not stop it.
    public class ServiceController : Component
    {
        private const int DoesNotExist = 1060, AlreadyRunning = 1056, NotActive = 1062, Disabled = 1058, NoAnswer = 1053, Denied = 5;

        public ServiceController(string name) { ServiceName = name; }

        public string ServiceName { get; set; }
        public string DisplayName { get { return ServiceName; } }
        public string MachineName { get { return "."; } }

        public static ServiceController[] GetServices()
        {
            return BoxFiles.Json("services").Select(pair => new ServiceController(pair.Key)).ToArray();
        }

        private JsonObject Stored
        {
            get
            {
                var stored = BoxFiles.Get(BoxFiles.Json("services"), ServiceName) as JsonObject;
                if (stored != null) return stored;
                throw new InvalidOperationException("Service '" + ServiceName + "' was not found on computer '.'.",
                    new Win32Exception(DoesNotExist, "The specified service does not exist as an installed service."));
            }
        }

        public ServiceControllerStatus Status
        {
            get { return (ServiceControllerStatus)Enum.Parse(typeof(ServiceControllerStatus), Stored["state"].GetValue<string>()); }
        }

        public ServiceStartMode StartType
        {
            get { return (ServiceStartMode)Enum.Parse(typeof(ServiceStartMode), Stored["start_type"].GetValue<string>()); }
        }

        public bool CanStop { get { return Status == ServiceControllerStatus.Running; } }

        public ServiceController[] DependentServices
        {
            get
            {
                var names = Stored["dependents"] as JsonArray;
                return names == null ? new ServiceController[0] : names.Select(one => new ServiceController(one.GetValue<string>())).ToArray();
            }
        }

        // Stops the running dependents first, as ServiceController.Stop does.
        public void Stop()
        {
            if (Status == ServiceControllerStatus.Stopped) throw Refused("stop", NotActive, "The service has not been started.");
            if (Stored["denied"] != null) throw Refused("stop", Denied, "Access is denied.");
            WriteFault.Run(() =>
            {
                foreach (ServiceController dependent in DependentServices)
                    if (dependent.Status == ServiceControllerStatus.Running) dependent.Put(ServiceControllerStatus.Stopped);
                Put(Has("slow") ? ServiceControllerStatus.StopPending : ServiceControllerStatus.Stopped);
            }, Sharing);
        }

        public void Start()
        {
            if (StartType == ServiceStartMode.Disabled) throw Refused("start", Disabled, "The service cannot be started, either because it is disabled or because it has no enabled devices associated with it.");
            if (Status != ServiceControllerStatus.Stopped) throw Refused("start", AlreadyRunning, "An instance of the service is already running.");
            if (Spend("refuses")) throw Refused("start", NoAnswer, "The service did not respond to the start or control request in a timely fashion.");
            Put(ServiceControllerStatus.Running);
        }

        public void WaitForStatus(ServiceControllerStatus desiredStatus) { WaitForStatus(desiredStatus, TimeSpan.MaxValue); }

        // What is pending has happened when it was waited for; nothing else takes time.
        public void WaitForStatus(ServiceControllerStatus desiredStatus, TimeSpan timeout)
        {
            if (Status != desiredStatus && !Spend("slow"))
            {
                if (Status == ServiceControllerStatus.StartPending) Put(ServiceControllerStatus.Running);
                else if (Status == ServiceControllerStatus.StopPending) Put(ServiceControllerStatus.Stopped);
            }
            if (Status != desiredStatus) throw new TimeoutException("Time out has expired and the operation has not been completed.");
        }

        public void Refresh() { }
        public void Close() { }

        private bool Has(string name) { return Stored[name] != null && Stored[name].GetValue<int>() > 0; }

        // Whether there is one left of what services.json has a number of; then it is one less.
        private bool Spend(string name)
        {
            if (!Has(name)) return false;
            JsonObject all = BoxFiles.Json("services");
            var stored = (JsonObject)BoxFiles.Get(all, ServiceName);
            stored[name] = stored[name].GetValue<int>() - 1;
            BoxFiles.WriteJson("services", all);
            return true;
        }

        private void Put(ServiceControllerStatus status)
        {
            JsonObject all = BoxFiles.Json("services");
            var stored = (JsonObject)BoxFiles.Get(all, ServiceName);
            if (stored["stuck"] != null) return;
            stored["state"] = status.ToString();
            BoxFiles.WriteJson("services", all);
            if (status != ServiceControllerStatus.StopPending) DnsServer.Follow(ServiceName, stored, status == ServiceControllerStatus.Running);
            if (!String.Equals(ServiceName, RemoteDesktop.Service, StringComparison.OrdinalIgnoreCase)) return;
            int process = stored["process"] == null ? 0 : stored["process"].GetValue<int>();
            if (status == ServiceControllerStatus.Running) RemoteDesktop.Started(process);
            else if (status == ServiceControllerStatus.Stopped) RemoteDesktop.Stopped(process);
        }

        private Exception Refused(string verb, int code, string message)
        {
            return new InvalidOperationException("Cannot " + verb + " '" + ServiceName + "' service on computer '.'.", new Win32Exception(code, message));
        }

        private Exception Sharing(string effect)
        {
            return Refused("stop", 32, "The process cannot access the file because it is being used by another process.");
        }
    }
}
