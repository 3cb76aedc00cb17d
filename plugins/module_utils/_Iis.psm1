# SPDX-License-Identifier: GPL-3.0-or-later
# The provider iis: reads of the server and of sections, guards.

#AnsibleRequires -PowerShell ._Document
#AnsibleRequires -PowerShell ._IisFiles
#AnsibleRequires -PowerShell ._IisRead
#AnsibleRequires -PowerShell ._IisWrite

using namespace System.Collections.Generic

Set-StrictMode -Version Latest

$script:manager = $null
$script:roots = @{}

function Open-Iis {
    # By its path, because a copy of IIS Express may stand in the global cache.
    $file = "$env:windir\System32\inetsrv\Microsoft.Web.Administration.dll"
    if (-not [System.IO.File]::Exists($file)) {
        Stop-Payload -Kind 'iis_missing' -Message "$file is missing: IIS is not installed."
    }
    $null = [System.Reflection.Assembly]::LoadFrom($file)
    return New-Object -TypeName Microsoft.Web.Administration.ServerManager
}

function Close-IisSession {
    if ($null -ne $script:manager) {
        $script:manager.Dispose()
    }
    $script:manager = $null
    $script:roots = @{}
}

function Get-ConfigurationRoot {
    # A file is parsed once for all reads of a batch.
    param([string]$File)
    if (-not $script:roots.ContainsKey($File)) {
        $script:roots[$File] = Read-ConfigurationFile -File $File
    }
    return $script:roots[$File]
}

function Get-Redirection {
    param($Manager)
    $section = $Manager.GetRedirectionConfiguration().GetSection('configurationRedirection')
    return [ordered]@{ enabled = [bool]$section.GetAttributeValue('enabled'); path = [string]$section.GetAttributeValue('path') }
}

function Get-ConfigurationFile {
    # Under shared configuration the file stands elsewhere.
    param($Redirection)
    if ($Redirection['enabled']) {
        return [System.Environment]::ExpandEnvironmentVariables($Redirection['path']).TrimEnd('\') + '\applicationHost.config'
    }
    return "$env:windir\System32\inetsrv\config\applicationHost.config"
}

function Get-IisSection {
    # Place tells the kinds apart: at the root a section is missing, below it a location.
    param($Manager, [string]$Section, [string]$Location)
    $configuration = $Manager.GetApplicationHostConfiguration()
    $place = @{ not_found = 'section_unknown'; internal = 'section_unknown'; malformed = 'section_unknown' }
    try {
        $found = $configuration.GetSection($Section)
        if ($Location) {
            $place = @{ not_found = 'location_unknown' }
            $found = $configuration.GetSection($Section, $Location)
        }
        return $found
    }
    catch {
        Stop-Payload -Document (ConvertTo-ErrorDocument -Problem $_.Exception -Place $place)
    }
}

function Get-EffectiveSection {
    param($Manager, [string]$Section, [string]$Site, [string]$Path)
    try {
        return $Manager.GetWebConfiguration($Site, $Path).GetSection($Section)
    }
    catch {
        Stop-Payload -Document (ConvertTo-ErrorDocument -Problem $_.Exception -Place @{ not_found = 'location_unknown' })
    }
}

function Get-SiteDocument {
    param($Site)
    $applications = [List[object]]::new()
    foreach ($application in $Site.GetCollection()) {
        $directories = [List[object]]::new()
        foreach ($directory in $application.GetCollection()) {
            $path = [string]$directory.GetAttributeValue('physicalPath')
            $directories.Add([ordered]@{
                    path = [string]$directory.GetAttributeValue('path')
                    physical_path = $path
                    expanded_path = [System.Environment]::ExpandEnvironmentVariables($path)
                    subdirectory_configuration = [bool]$directory.GetAttributeValue('allowSubDirConfig')
                })
        }
        $applications.Add([ordered]@{
                path = [string]$application.GetAttributeValue('path')
                pool = [string]$application.GetAttributeValue('applicationPool')
                directories = $directories
            })
    }
    return [ordered]@{ name = [string]$Site.GetAttributeValue('name'); id = [int64]$Site.GetAttributeValue('id'); applications = $applications }
}

function Get-ServerDocument {
    param($Manager)
    $redirection = Get-Redirection -Manager $Manager
    $modules = [List[object]]::new()
    foreach ($module in (Get-IisSection -Manager $Manager -Section 'system.webServer/globalModules').GetCollection()) {
        $modules.Add([string]$module.GetAttributeValue('name'))
    }
    $sites = [List[object]]::new()
    foreach ($site in (Get-IisSection -Manager $Manager -Section 'system.applicationHost/sites').GetCollection()) {
        $sites.Add((Get-SiteDocument -Site $site))
    }
    return [ordered]@{
        configuration = (Get-ConfigurationFile -Redirection $redirection); shared_configuration = $redirection; modules = $modules; sites = $sites
    }
}

function Add-Tree {
    # Equal trees stand once. Returns the entry with the tree's index, or with the error.
    param([System.Collections.IDictionary]$Entry, [scriptblock]$Open, [hashtable]$Trees, $Schema)
    try {
        $node = Get-Node -Element (& $Open) -Schema $Schema
        $key = Get-Canonical -Value $node
        if (-not $Trees['index'].ContainsKey($key)) {
            $Trees['index'][$key] = $Trees['list'].Count
            $Trees['list'].Add($node)
        }
        $Entry['tree'] = $Trees['index'][$key]
    }
    catch {
        $Entry['error'] = ConvertTo-ErrorDocument -Problem $_.Exception
    }
    return $Entry
}

function Get-SiteFile {
    # The files of a site that hold the section or could not be read.
    param($Site, [string]$Section, $Schema, [int64]$Limit)
    foreach ($application in $Site['applications']) {
        foreach ($directory in $application['directories']) {
            $root = $directory['expanded_path'].TrimEnd('\')
            $found = Get-DirectoryFile -Folder $directory['expanded_path'] -Path (Join-VirtualPath -Base $application['path'] -Name $directory['path']) `
                -Others (Get-OtherRoot -Site $Site -Folder $root) -Deep $directory['subdirectory_configuration'] -Limit $Limit
            foreach ($one in $found) {
                $occurrences = [List[object]]::new()
                if ($null -eq $one['error']) {
                    $occurrences = Get-OccurrenceDocument -Root $one['root'] -Section $Section -Schema $Schema
                }
                if ($occurrences.Count -or $null -ne $one['error']) {
                    [ordered]@{ site = $Site['name']; path = $one['path']; file = $one['file']; error = $one['error']; occurrences = $occurrences }
                }
            }
        }
    }
}

function Get-OtherRoot {
    # Folders and virtual paths that belong to another virtual directory of the site.
    param($Site, [string]$Folder)
    $roots = [HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($application in $Site['applications']) {
        foreach ($directory in $application['directories']) {
            $null = $roots.Add($directory['expanded_path'].TrimEnd('\'))
            $null = $roots.Add((Join-VirtualPath -Base $application['path'] -Name $directory['path']))
        }
    }
    return , $roots
}

function Get-SitePath {
    # Where the site's effective configuration is looked at, each path once.
    param($Site, $Files)
    $paths = [List[string]]::new()
    $paths.Add('/')
    foreach ($application in $Site['applications']) {
        foreach ($directory in $application['directories']) {
            $paths.Add((Join-VirtualPath -Base $application['path'] -Name $directory['path']))
        }
    }
    foreach ($file in $Files) {
        if ($file['site'] -eq $Site['name'] -and $file['occurrences'].Count) {
            $paths.Add($file['path'])
            foreach ($one in $file['occurrences']) {
                if ($one['location']) {
                    $paths.Add((Join-VirtualPath -Base $file['path'] -Name $one['location']))
                }
            }
        }
    }
    return Select-Once -Names $paths
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

function Get-SectionDocument {
    param($Manager, [System.Collections.IDictionary]$Request)
    $name = $Request['section']
    $schema = Get-SchemaDocument -Schema (Get-IisSection -Manager $Manager -Section $name).Schema
    $server = Get-ServerDocument -Manager $Manager
    $occurrences = Get-OccurrenceDocument -Root (Get-ConfigurationRoot -File $server['configuration']) -Section $name -Schema $schema
    $trees = @{ list = [List[object]]::new(); index = [Dictionary[string, int]]::new() }
    $answer = [ordered]@{
        section = $name; schema = $schema; configuration = [ordered]@{ file = $server['configuration']; occurrences = $occurrences }
        levels = [List[object]]::new(); files = [List[object]]::new(); paths = [List[object]]::new(); trees = $trees['list']
    }
    $locations = @('') + @(foreach ($one in $occurrences) { $one['location'] }) + @(foreach ($site in $server['sites']) { $site['name'] }) +
    @(foreach ($one in $Request['locations']) { $one })
    foreach ($location in (Select-Once -Names $locations)) {
        $open = { Get-IisSection -Manager $Manager -Section $name -Location $location }
        $answer['levels'].Add((Add-Tree -Entry ([ordered]@{ location = $location }) -Open $open -Trees $trees -Schema $schema))
    }
    foreach ($site in $server['sites']) {
        $files = @(Get-SiteFile -Site $site -Section $name -Schema $schema -Limit $Request['directory_limit'])
        foreach ($file in $files) {
            $answer['files'].Add($file)
        }
        foreach ($path in (Get-SitePath -Site $site -Files $files)) {
            $open = { Get-EffectiveSection -Manager $Manager -Section $name -Site $site['name'] -Path $path }
            $answer['paths'].Add((Add-Tree -Entry ([ordered]@{ site = $site['name']; path = $path }) -Open $open -Trees $trees -Schema $schema))
        }
    }
    return $answer
}

function Invoke-IisRead {
    param([System.Collections.IDictionary]$Request)
    if ($null -eq $script:manager) {
        $script:manager = Open-Iis
    }
    if ($Request['read'] -eq 'server') {
        return Get-ServerDocument -Manager $script:manager
    }
    return Get-SectionDocument -Manager $script:manager -Request $Request
}

function Get-IisGuardFailure {
    # The guarded paths that cannot be read any more.
    param($Guard)
    $manager = Open-Iis
    try {
        foreach ($one in $Guard) {
            foreach ($path in $one['paths']) {
                try {
                    $section = Get-EffectiveSection -Manager $manager -Section $one['section'] -Site $path[0] -Path $path[1]
                    $null = Get-Node -Element $section -Schema (Get-SchemaDocument -Schema $section.Schema)
                }
                catch {
                    [ordered]@{ site = $path[0]; path = $path[1]; error = (ConvertTo-ErrorDocument -Problem $_.Exception) }
                }
            }
        }
    }
    finally {
        $manager.Dispose()
    }
}

Export-ModuleMember -Function Open-Iis, Close-IisSession, Get-IisSection, Get-Redirection, Get-ConfigurationFile, Invoke-IisRead, Get-IisGuardFailure
