# SPDX-License-Identifier: GPL-3.0-or-later
# The provider iis: reads of the server and of sections.

#AnsibleRequires -PowerShell ._IisFiles
#AnsibleRequires -PowerShell ._IisRead

using namespace System.Collections.Generic

Set-StrictMode -Version Latest

$script:inetsrv = "$env:windir\System32\inetsrv"
$script:manager = $null
$script:server = $null
$script:roots = @{}

function Add-Position {
    # Where in which file the problem is. IIS begins with a line that ends in the file and one that ends in its line; the labels are translated.
    param($Failure, $Problem)
    $lines = $Problem.Message -split '\r?\n'
    if ($lines[0] -match '^[^\\]*?(?:\\\\\?\\)?((?:[A-Za-z]:|UNC|\\)\\.*\.config)\s*$') {
        $Failure['file'] = $Matches[1] -replace '^UNC\\', '\\'
        if ($lines.Count -gt 1 -and $lines[1] -match '(\d+)\s*$') {
            $Failure['line'] = [int]$Matches[1]
        }
    }
    if ($Problem -is [System.Xml.XmlException]) {
        $Failure['line'] = $Problem.LineNumber
        $Failure['kind'] = 'malformed'
    }
    elseif ($Failure['line'] -and -not $Failure['kind']) {
        $Failure['kind'] = 'malformed'
    }
}

function Get-IisReadForm {
    return @{
        server = ''
        extensions = 'site=text extensions=list directory_limit=number'
        section = 'section=text locations=list directory_limit=number'
    }
}

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
    param($Manager)
    $redirection = Get-Redirection $Manager
    if ($redirection['enabled']) {
        return [System.Environment]::ExpandEnvironmentVariables($redirection['path']).TrimEnd('\') + '\applicationHost.config'
    }
    return "$script:inetsrv\config\applicationHost.config"
}

function Get-Section {
    # What applicationHost.config gives at a location, or what is effective at a site's path.
    param($Manager, [string]$Name, [string]$Location, [string]$Site, [string]$Path)
    $place = @{ '0x80070002' = 'location_unknown' }
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
            $directories = @(foreach ($each in $one.GetCollection()) {
                    $folder = $each.GetAttributeValue('physicalPath')
                    [ordered]@{
                        path = $each.GetAttributeValue('path'); physical_path = $folder
                        expanded_path = [System.Environment]::ExpandEnvironmentVariables($folder)
                        subdirectory_configuration = $each.GetAttributeValue('allowSubDirConfig')
                    }
                })
            [ordered]@{ path = $path; pool = $one.GetAttributeValue('applicationPool'); directories = $directories }
        })
    return [ordered]@{ name = $Site.GetAttributeValue('name'); id = [long]$Site.GetAttributeValue('id'); applications = $applications }
}

function Get-Root {
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

function Get-Taken {
    # A folder or a path that is the root of one virtual directory belongs to no other.
    param($Site)
    $taken = [HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($root in Get-Root $Site) {
        $null = $taken.Add($root['folder'].TrimEnd('\')) + $taken.Add($root['virtual'])
    }
    return , $taken
}

function Find-Extension {
    # Which extensions the files of a site have. The walk ends when all are found.
    param($Manager, $Request)
    $site = @(foreach ($one in (Get-Server $Manager)['sites']) { if ($one['name'] -eq $Request['site']) { $one } })
    if (-not $site) {
        Stop-Payload 'location_unknown' "There is no site '$($Request['site'])'."
    }
    $wanted = [HashSet[string]]::new([string[]]$Request['extensions'].ToArray(), [System.StringComparer]::OrdinalIgnoreCase)
    $complete = $true
    foreach ($root in Get-Root $site[0]) {
        foreach ($one in Get-DirectoryFile $root (Get-Taken $site[0]) -Limit $Request['directory_limit'] -Wanted $wanted) {
            $complete = $complete -and -not $one['failure']
        }
    }
    $found = @(foreach ($one in $Request['extensions']) { if (-not $wanted.Contains($one)) { $one } })
    return [ordered]@{ site = $site[0]['name']; found = $found; complete = $complete }
}

function Get-SiteFile {
    # The files of a site that hold the section or could not be read.
    param($Site, $Request, $Schema)
    foreach ($root in @(Get-Root $Site)) {
        foreach ($one in Get-DirectoryFile $root (Get-Taken $Site) -Limit $Request['directory_limit']) {
            $occurrences = @(if ($one['root']) { Get-RawOccurrence $one['root'] $Request['section'] -Schema $Schema })
            if ($occurrences -or $one['failure']) {
                [ordered]@{ site = $Site['name']; path = $one['path']; file = $one['file']; error = $one['failure']; occurrences = $occurrences }
            }
        }
    }
}

function Get-SitePath {
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
    # Completes the entry. Equal trees stand once.
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
    $locations = Select-Once (@('') + @(foreach ($one in $occurrences) { $one['location'] }) + @(foreach ($site in $server['sites']) { $site['name'] }) +
        $Request['locations'].ToArray())
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
    if ($Request['read'] -eq 'extensions') {
        return Find-Extension $script:manager $Request
    }
    return Read-Section $script:manager $Request
}

Export-ModuleMember -Function Add-Position, Get-IisReadForm, Open-Iis, Close-IisSession, Get-Section, Get-ConfigurationFile, Add-Tree, Invoke-IisRead
