# SPDX-License-Identifier: GPL-3.0-or-later
# Configuration files as they are written, and the folders that may hold one.

using namespace System.Collections.Generic
using namespace System.IO
using namespace System.Xml

Set-StrictMode -Version Latest

$script:ignoreCase = [System.StringComparer]::OrdinalIgnoreCase

function Read-Configuration {
    # The root element. Others may write the file meanwhile.
    param([string]$File)
    # Windows PowerShell does not load LINQ to XML by itself.
    Add-Type -AssemblyName System.Xml.Linq
    $settings = [XmlReaderSettings]::new()
    $settings.DtdProcessing = 'Prohibit'
    $settings.XmlResolver = $null
    $stream = $null
    try {
        $stream = [FileStream]::new($File, 'Open', 'Read', 'ReadWrite, Delete')
        $root = [Linq.XDocument]::Load([XmlReader]::Create($stream, $settings), 'SetLineInfo').Root
        if ($root.Name.LocalName -cne 'configuration') {
            throw [XmlException]::new('The root is not <configuration>.', $null, (Get-Line $root), 1)
        }
        return $root
    }
    catch {
        $failure = ConvertTo-Failure $_
        $failure['file'] = $File
        Stop-Payload -Failure $failure
    }
    finally {
        if ($stream) {
            $stream.Dispose()
        }
    }
}

function Get-Text {
    # An attribute's text, or null.
    param($Element, [string]$Name)
    foreach ($attribute in $Element.Attributes()) {
        if ($attribute.Name.LocalName -eq $Name) {
            return $attribute.Value
        }
    }
}

function Get-Piece {
    # The elements of a section below an element; a section may be written in several pieces.
    param($Element, [string[]]$Names)
    $found = @($Element)
    foreach ($name in $Names) {
        $found = @(foreach ($one in $found) { foreach ($child in $one.Elements()) { if ($child.Name.LocalName -ceq $name) { $child } } })
    }
    return $found
}

function Get-Occurrence {
    # Every element of the section with its location, in document order.
    param($Root, [string]$Section)
    $names = $Section -split '/'
    foreach ($child in $Root.Elements()) {
        $path = ''
        $mode = 'Inherit'
        if ($child.Name.LocalName -ceq 'location') {
            $path = "$(Get-Text $child 'path')"
            if ($path -eq '.') {
                $path = ''
            }
            if (Get-Text $child 'overrideMode') {
                $mode = Get-Text $child 'overrideMode'
            }
            $pieces = Get-Piece $child $names
        }
        elseif ($child.Name.LocalName -ceq $names[0]) {
            $pieces = Get-Piece $child @($names | Select-Object -Skip 1)
        }
        else {
            continue
        }
        foreach ($element in $pieces) {
            @{ location = $path; mode = $mode; element = $element }
        }
    }
}

function Get-Line {
    # The interface is implemented explicitly, which PowerShell does not show as a property.
    param($Element)
    return [IXmlLineInfo].GetProperty('LineNumber').GetValue($Element, $null)
}

function ConvertTo-Raw {
    param($Element, $Schema)
    $attributes = [ordered]@{}
    foreach ($attribute in $Element.Attributes()) {
        $name = $attribute.Name.LocalName
        if (-not $attribute.IsNamespaceDeclaration) {
            $secret = $Schema -and $Schema['attributes'].Contains($name) -and $Schema['attributes'][$name]['encrypted']
            $attributes[$name] = if ($secret -or $attribute.Value -like '`[enc:*') { '[encrypted]' } else { $attribute.Value }
        }
    }
    $children = @(foreach ($child in $Element.Elements()) {
            $below = $null
            if ($Schema) {
                $below = $Schema['elements'][$child.Name.LocalName]
                if (-not $below -and $Schema['collection']) {
                    $below = $Schema['collection']['entry'][$child.Name.LocalName]
                }
            }
            ConvertTo-Raw $child $below
        })
    return [ordered]@{ tag = $Element.Name.LocalName; line = Get-Line $Element; attributes = $attributes; children = $children }
}

function Get-RawOccurrence {
    param($Root, [string]$Section, $Schema)
    foreach ($one in Get-Occurrence $Root $Section) {
        [ordered]@{ location = $one['location']; line = Get-Line $one['element']; override_mode = $one['mode']; node = ConvertTo-Raw $one['element'] $Schema }
    }
}

function Join-Virtual {
    param([string]$Base, [string]$Name)
    return ($Base.TrimEnd('/') + '/' + $Name.Trim('/') -replace '(.)/$', '$1')
}

function Read-Folder {
    # What one folder holds: its web.config, if any, and its folders. Of wanted extensions, those found are taken out instead.
    param([string]$Folder, [string]$Path, [bool]$Deep, $Wanted)
    $answer = @{ path = $Path; file = $Folder; failure = $null; root = $null; children = @() }
    try {
        if ($Folder.StartsWith('\\')) {
            Stop-Payload 'on_share' "$Folder is on a share."
        }
        $children = [DirectoryInfo]::new($Folder).GetDirectories()
        if ($Deep -and $children) {
            [array]::Sort([string[]]@(foreach ($one in $children) { $one.Name }), $children, $script:ignoreCase)
            $answer['children'] = $children
        }
        $file = $Folder.TrimEnd('\') + '\web.config'
        if ($null -ne $Wanted) {
            foreach ($one in [DirectoryInfo]::new($Folder).GetFiles()) {
                $null = $Wanted.Remove($one.Extension)
            }
        }
        elseif ([File]::Exists($file)) {
            $answer['file'] = $file
            $answer['root'] = Read-Configuration $file
        }
    }
    catch {
        $answer['failure'] = ConvertTo-Failure $_
    }
    return $answer
}

function Get-DirectoryFile {
    # The folders of one virtual directory, breadth first and by name, except those that belong to others.
    param($Directory, [HashSet[string]]$Others, [long]$Limit, $Wanted)
    $queue = [Queue[object]]::new()
    $queue.Enqueue(@($Directory['folder'], $Directory['virtual']))
    $seen = 0
    while ($queue.Count -and ($null -eq $Wanted -or $Wanted.Count)) {
        $folder, $path = $queue.Dequeue()
        if (++$seen -gt $Limit) {
            $failure = Get-Failure 'walk_incomplete' "There are more than $Limit folders below $($Directory['folder'])."
            return @{ path = $Directory['virtual']; file = $Directory['folder']; failure = $failure; root = $null }
        }
        $read = Read-Folder $folder $path -Deep $Directory['deep'] -Wanted $Wanted
        $read
        foreach ($child in $read['children']) {
            $below = "$($folder.TrimEnd('\'))\$($child.Name)"
            $name = Join-Virtual $path $child.Name
            if ($Others.Contains($below) -or $Others.Contains($name)) {
                continue
            }
            if ($child.Attributes -band [FileAttributes]::ReparsePoint) {
                @{ path = $name; file = $below; failure = Get-Failure 'link_not_followed' "$below is a link."; root = $null }
                continue
            }
            $queue.Enqueue(@($below, $name))
        }
    }
}

Export-ModuleMember -Function Read-Configuration, Get-Text, Get-Occurrence, Get-RawOccurrence, Join-Virtual, Get-DirectoryFile
