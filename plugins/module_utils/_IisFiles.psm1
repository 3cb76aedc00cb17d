# SPDX-License-Identifier: GPL-3.0-or-later
# Configuration files as they are written, and the folders that may hold one.

#AnsibleRequires -PowerShell ._Document

using namespace System.Collections.Generic
using namespace System.IO
using namespace System.Xml

Set-StrictMode -Version Latest

function Read-ConfigurationFile {
    # The root element. Others may write or replace the file meanwhile. Nothing outside the file is looked up.
    param([string]$File)
    # Windows PowerShell does not load LINQ to XML by itself.
    Add-Type -AssemblyName System.Xml.Linq
    $settings = [XmlReaderSettings]::new()
    $settings.DtdProcessing = [DtdProcessing]::Prohibit
    $settings.XmlResolver = $null
    $stream = [FileStream]::new($File, [FileMode]::Open, [FileAccess]::Read, [FileShare]'ReadWrite, Delete')
    try {
        $reader = [XmlReader]::Create($stream, $settings)
        return [Linq.XDocument]::Load($reader, [Linq.LoadOptions]::SetLineInfo).Root
    }
    catch {
        $document = ConvertTo-ErrorDocument -Problem $_.Exception
        $document['file'] = $File
        Stop-Payload -Document $document
    }
    finally {
        $stream.Dispose()
    }
}

function Get-XmlAttribute {
    param($Element, [string]$Name)
    foreach ($attribute in $Element.Attributes()) {
        if ($attribute.Name.LocalName -eq $Name) {
            return $attribute.Value
        }
    }
}

function Get-Descendant {
    # The elements under a path of names; a section may be written in several pieces.
    param($Element, [string[]]$Names)
    $found = @($Element)
    foreach ($name in $Names) {
        $found = @(foreach ($one in $found) { foreach ($child in $one.Elements()) { if ($child.Name.LocalName -ceq $name) { $child } } })
    }
    return $found
}

function Get-Occurrence {
    # Every element of the section with its location, in document order: @{ location; mode; element }.
    param($Root, [string]$Section)
    $names = $Section -split '/'
    foreach ($child in $Root.Elements()) {
        if ($child.Name.LocalName -ceq 'location') {
            $path = [string](Get-XmlAttribute -Element $child -Name 'path')
            $mode = Get-XmlAttribute -Element $child -Name 'overrideMode'
            foreach ($element in (Get-Descendant -Element $child -Names $names)) {
                @{ location = $(if ($path -eq '.') { '' } else { $path }); mode = $(if ($mode) { $mode } else { 'Inherit' }); element = $element }
            }
        }
        elseif ($child.Name.LocalName -ceq $names[0]) {
            $rest = @($names | Select-Object -Skip 1)
            foreach ($element in $(if ($rest.Count) { Get-Descendant -Element $child -Names $rest } else { $child })) {
                @{ location = ''; mode = 'Inherit'; element = $element }
            }
        }
    }
}

function Get-Line {
    # The interface is implemented explicitly, which PowerShell does not show as a property.
    param($Element)
    return [IXmlLineInfo].GetProperty('LineNumber').GetValue($Element, $null)
}

function Get-ChildSchema {
    param($Schema, [string]$Tag)
    if ($null -ne $Schema) {
        if ($Schema['elements'].Contains($Tag)) {
            return $Schema['elements'][$Tag]
        }
        if ($null -ne $Schema['collection'] -and $Schema['collection']['entry'].Contains($Tag)) {
            return $Schema['collection']['entry'][$Tag]
        }
    }
}

function ConvertTo-Raw {
    param($Element, $Schema)
    $attributes = [ordered]@{}
    foreach ($attribute in $Element.Attributes()) {
        $name = $attribute.Name.LocalName
        $text = $attribute.Value
        if ($attribute.IsNamespaceDeclaration) {
            continue
        }
        $known = if ($null -ne $Schema) { $Schema['attributes'][$name] }
        if ($text -like '`[enc:*' -or ($null -ne $known -and $known['encrypted'])) {
            $text = '[encrypted]'
        }
        $attributes[$name] = $text
    }
    $children = [List[object]]::new()
    foreach ($child in $Element.Elements()) {
        $children.Add((ConvertTo-Raw -Element $child -Schema (Get-ChildSchema -Schema $Schema -Tag $child.Name.LocalName)))
    }
    return [ordered]@{ tag = $Element.Name.LocalName; line = (Get-Line -Element $Element); attributes = $attributes; children = $children }
}

function Get-OccurrenceDocument {
    param($Root, [string]$Section, $Schema)
    $list = [List[object]]::new()
    foreach ($one in (Get-Occurrence -Root $Root -Section $Section)) {
        $list.Add([ordered]@{
                location = $one['location']; line = (Get-Line -Element $one['element']); override_mode = $one['mode']
                node = (ConvertTo-Raw -Element $one['element'] -Schema $Schema)
            })
    }
    return , $list
}

function Join-VirtualPath {
    param([string]$Base, [string]$Name)
    return $Base.TrimEnd('/') + '/' + $Name.Trim('/')
}

function Get-DirectoryFile {
    # What the folders of one virtual directory hold: @{ path; file; root (of the XML) or error }, breadth first, by name.
    param([string]$Folder, [string]$Path, [HashSet[string]]$Others, [bool]$Deep, [int64]$Limit)
    $queue = [Queue[object]]::new()
    $queue.Enqueue(@($Folder, $Path))
    $seen = 0
    while ($queue.Count) {
        $at, $virtual = $queue.Dequeue()
        if (++$seen -gt $Limit) {
            return @{ path = $Path; file = $Folder; error = (Get-ErrorDocument -Kind 'walk_incomplete' -Message "More than $Limit folders below $Folder.") }
        }
        try {
            if ($at.StartsWith('\\')) {
                Stop-Payload -Kind 'on_share' -Message "$at is on a share."
            }
            $children = if ($Deep) { [DirectoryInfo]::new($at).GetDirectories() } else { $null = [DirectoryInfo]::new($at).GetFiles('web.config') }
        }
        catch {
            @{ path = $virtual; file = $at; error = (ConvertTo-ErrorDocument -Problem $_.Exception) }
            continue
        }
        $file = "$($at.TrimEnd('\'))\web.config"
        if ([File]::Exists($file)) {
            try {
                @{ path = $virtual; file = $file; root = (Read-ConfigurationFile -File $file); error = $null }
            }
            catch {
                @{ path = $virtual; file = $file; error = (ConvertTo-ErrorDocument -Problem $_.Exception) }
            }
        }
        foreach ($child in (Get-SortedName -Folders $children)) {
            $below = "$($at.TrimEnd('\'))\$($child.Name)"
            $name = Join-VirtualPath -Base $virtual -Name $child.Name
            if ($Others.Contains($below) -or $Others.Contains($name)) {
                continue
            }
            if ($child.Attributes -band [FileAttributes]::ReparsePoint) {
                @{ path = $name; file = $below; error = (Get-ErrorDocument -Kind 'link_not_followed' -Message "$below is a link.") }
                continue
            }
            $queue.Enqueue(@($below, $name))
        }
    }
}

function Get-SortedName {
    # By name, without case and without culture.
    param([DirectoryInfo[]]$Folders)
    if ($Folders) {
        [System.Array]::Sort([string[]]@(foreach ($one in $Folders) { $one.Name }), $Folders, [System.StringComparer]::OrdinalIgnoreCase)
        $Folders
    }
}

Export-ModuleMember -Function Read-ConfigurationFile, Get-Occurrence, Get-OccurrenceDocument, Get-DirectoryFile, Join-VirtualPath, Get-XmlAttribute,
Get-ChildSchema
