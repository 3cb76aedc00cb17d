# SPDX-License-Identifier: GPL-3.0-or-later
# The provider iis: reads of the server and of sections, and the guard.

#AnsibleRequires -PowerShell ._IisFiles
#AnsibleRequires -PowerShell ._IisRead
#AnsibleRequires -PowerShell ._IisWrite

using namespace System.Collections.Generic

Set-StrictMode -Version Latest

$script:inetsrv = "$env:windir\System32\inetsrv"
$script:manager = $null
$script:server = $null
$script:roots = @{}

function Open-Iis {
    # By its path, because a copy of IIS Express may stand in the global cache.
    $file = "$script:inetsrv\Microsoft.Web.Administration.dll"
    if (-not [System.IO.File]::Exists($file)) {
        Stop-Payload 'iis_missing' "$file is missing: IIS is not installed."
    }
    $null = [System.Reflection.Assembly]::LoadFrom($file)
    return New-Object -TypeName Microsoft.Web.Administration.ServerManager
}

function Close-IisSession {
    if ($script:manager) {
        $script:manager.Dispose()
    }
    $script:manager = $null
    $script:server = $null
    $script:roots = @{}
}

function Get-Redirection {
    param($Manager)
    $section = $Manager.GetRedirectionConfiguration().GetSection('configurationRedirection')
    return [ordered]@{ enabled = $section.GetAttributeValue('enabled'); path = $section.GetAttributeValue('path') }
}

function Get-ConfigurationFile {
    # Under shared configuration it stands elsewhere.
    param($Manager)
    $redirection = Get-Redirection $Manager
    if ($redirection['enabled']) {
        return [System.Environment]::ExpandEnvironmentVariables($redirection['path']).TrimEnd('\') + '\applicationHost.config'
    }
    return "$script:inetsrv\config\applicationHost.config"
}

function Get-Section {
    # What applicationHost.config gives at a location, or what is effective at a site's path. The place tells which name is unknown.
    param($Manager, [string]$Name, [string]$Location, [string]$Site, [string]$Path)
    $place = @{ not_found = 'location_unknown' }
    try {
        if ($Site) {
            return $Manager.GetWebConfiguration($Site, $Path).GetSection($Name)
        }
        $configuration = $Manager.GetApplicationHostConfiguration()
        if ($Location) {
            return $configuration.GetSection($Name, $Location)
        }
        $place = @{ not_found = 'section_unknown'; internal = 'section_unknown'; malformed = 'section_unknown' }
        return $configuration.GetSection($Name)
    }
    catch {
        Stop-Payload -Failure (ConvertTo-Failure $_ $place)
    }
}

function Get-Server {
    # Once for all reads of a batch.
    param($Manager)
    if (-not $script:server) {
        $script:server = [ordered]@{
            configuration = Get-ConfigurationFile $Manager
            shared_configuration = Get-Redirection $Manager
            modules = @(foreach ($one in (Get-Section $Manager 'system.webServer/globalModules').GetCollection()) { $one.GetAttributeValue('name') })
            sites = @(foreach ($site in (Get-Section $Manager 'system.applicationHost/sites').GetCollection()) { Get-Site $site })
        }
    }
    return $script:server
}

function Get-Site {
    param($Site)
    $applications = @(foreach ($one in $Site.GetCollection()) {
            $path = $one.GetAttributeValue('path')
            $directories = @(foreach ($each in $one.GetCollection()) { Get-Directory $each })
            [ordered]@{ path = $path; pool = $one.GetAttributeValue('applicationPool'); directories = $directories }
        })
    return [ordered]@{ name = $Site.GetAttributeValue('name'); id = [long]$Site.GetAttributeValue('id'); applications = $applications }
}

function Get-Directory {
    param($Directory)
    $path = $Directory.GetAttributeValue('physicalPath')
    return [ordered]@{
        path = $Directory.GetAttributeValue('path')
        physical_path = $path
        expanded_path = [System.Environment]::ExpandEnvironmentVariables($path)
        subdirectory_configuration = $Directory.GetAttributeValue('allowSubDirConfig')
    }
}

function Get-Root {
    # The site's virtual directories with their virtual paths.
    param($Site)
    foreach ($application in $Site['applications']) {
        foreach ($directory in $application['directories']) {
            @{
                folder = $directory['expanded_path']; deep = $directory['subdirectory_configuration']
                virtual = Join-Virtual $application['path'] $directory['path']
            }
        }
    }
}

function Get-SiteFile {
    # The files of a site that hold the section or could not be read.
    param($Site, $Request, $Schema)
    $roots = @(Get-Root $Site)
    # A folder or a path that is another's root belongs to that one.
    $others = [HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($root in $roots) {
        $null = $others.Add($root['folder'].TrimEnd('\')) + $others.Add($root['virtual'])
    }
    foreach ($root in $roots) {
        foreach ($one in Get-DirectoryFile $root $others -Limit $Request['directory_limit']) {
            $occurrences = @(if ($one['root']) { Get-RawOccurrence $one['root'] $Request['section'] -Schema $Schema })
            if ($occurrences -or $one['failure']) {
                [ordered]@{ site = $Site['name']; path = $one['path']; file = $one['file']; error = $one['failure']; occurrences = $occurrences }
            }
        }
    }
}

function Get-SitePath {
    # Where the site's effective configuration is looked at.
    param($Site, $Files)
    '/'
    foreach ($root in Get-Root $Site) {
        $root['virtual']
    }
    foreach ($file in $Files) {
        if ($file['occurrences']) {
            $file['path']
        }
        foreach ($one in $file['occurrences']) {
            if ($one['location']) {
                Join-Virtual $file['path'] $one['location']
            }
        }
    }
}

function Select-Once {
    param($Names)
    $seen = [HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($name in $Names) {
        if ($seen.Add($name)) {
            $name
        }
    }
}

function Add-Tree {
    # Completes the entry with the index of its tree, or with the error. Equal trees stand once.
    param($Entry, $Walk, [string]$Location)
    try {
        $node = Get-Node (Get-Section $Walk['manager'] $Walk['name'] -Location $Location -Site $Entry['site'] -Path $Entry['path']) $Walk['schema']
        $key = ConvertTo-Json -InputObject $node -Depth 100 -Compress
        if (-not $Walk['seen'].ContainsKey($key)) {
            $Walk['seen'][$key] = $Walk['trees'].Count
            $Walk['trees'].Add($node)
        }
        $Entry['tree'] = $Walk['seen'][$key]
    }
    catch {
        $Entry['error'] = ConvertTo-Failure $_
    }
    return $Entry
}

function Read-Section {
    param($Manager, $Request)
    $name = $Request['section']
    $schema = Get-Schema $name (Get-Section $Manager $name)
    $server = Get-Server $Manager
    $file = $server['configuration']
    if (-not $script:roots.ContainsKey($file)) {
        $script:roots[$file] = Read-Configuration $file
    }
    $occurrences = @(Get-RawOccurrence $script:roots[$file] $name -Schema $schema)
    $walk = @{ manager = $Manager; name = $name; schema = $schema; trees = [List[object]]::new(); seen = [Dictionary[string, int]]::new() }
    $files = @{}
    foreach ($site in $server['sites']) {
        $files[$site['name']] = @(Get-SiteFile $site $Request -Schema $schema)
    }
    $locations = Select-Once @('') + @(foreach ($one in @($occurrences; $server['sites'])) { "$($one['location'])$($one['name'])" }) + $Request['locations'].ToArray()
    return [ordered]@{
        section = $name; schema = $schema; configuration = [ordered]@{ file = $file; occurrences = $occurrences }
        levels = @(foreach ($one in $locations) { Add-Tree ([ordered]@{ location = $one }) $walk -Location $one })
        files = @(foreach ($site in $server['sites']) { $files[$site['name']] })
        paths = @(foreach ($site in $server['sites']) {
                foreach ($path in Select-Once (Get-SitePath $site $files[$site['name']])) { Add-Tree ([ordered]@{ site = $site['name']; path = $path }) $walk }
            })
        trees = $walk['trees']
    }
}

function Invoke-IisRead {
    param($Request)
    if (-not $script:manager) {
        $script:manager = Open-Iis
    }
    if ($Request['read'] -eq 'server') {
        return Get-Server $script:manager
    }
    return Read-Section $script:manager $Request
}

function Get-GuardFailure {
    # The guarded paths that cannot be read any more.
    param($Guards)
    $manager = Open-Iis
    try {
        foreach ($guard in $Guards) {
            $walk = @{ manager = $manager; name = $guard['section']; trees = [List[object]]::new(); seen = [Dictionary[string, int]]::new() }
            $walk['schema'] = Get-Schema $guard['section'] (Get-Section $manager $guard['section'])
            foreach ($pair in $guard['paths']) {
                $entry = Add-Tree ([ordered]@{ site = $pair[0]; path = $pair[1] }) $walk
                if ($entry['error']) {
                    $entry
                }
            }
        }
    }
    finally {
        $manager.Dispose()
    }
}

Export-ModuleMember -Function Open-Iis, Close-IisSession, Get-Section, Get-ConfigurationFile, Invoke-IisRead, Get-GuardFailure
