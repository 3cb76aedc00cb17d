# SPDX-License-Identifier: GPL-3.0-or-later
# Sections of IIS's configuration, walked by the schema that the host has.

#AnsibleRequires -PowerShell ._Document

using namespace System.Collections.Generic

Set-StrictMode -Version Latest

function ConvertFrom-IisValue {
    # As the protocol types it: enum and flags by name, time as text.
    param($Value, [string]$Type, $Names)
    if ($null -eq $Value) {
        return $null
    }
    switch ($Type) {
        'bool' { return [bool]$Value }
        'timeSpan' { return ([timespan]$Value).ToString('c') }
        'string' { return [string]$Value }
    }
    if ($Type -notin 'enum', 'flags') {
        return [int64]$Value
    }
    if ($Value -is [string]) {
        return $Value
    }
    $found = foreach ($pair in $Names.GetEnumerator()) {
        if ($pair.Value -eq $Value -or ($Type -eq 'flags' -and $pair.Value -ne 0 -and ($Value -band $pair.Value) -eq $pair.Value)) {
            $pair.Key
        }
    }
    return @($found) -join ', '
}

function Get-AttributeSchema {
    param($Attribute)
    $type = [string]$Attribute.Type
    $names = $null
    if ($type -in 'enum', 'flags') {
        $names = [ordered]@{}
        foreach ($one in $Attribute.GetEnumValues()) {
            $names[$one.Name] = [int64]$one.Value
        }
    }
    return [ordered]@{
        type = $type
        default = $(if (-not $Attribute.IsEncrypted) { ConvertFrom-IisValue -Value $Attribute.DefaultValue -Type $type -Names $names })
        required = [bool]$Attribute.IsRequired
        key = [bool]($Attribute.IsUniqueKey -or $Attribute.IsCombinedKey)
        case_sensitive = [bool]$Attribute.IsCaseSensitive
        encrypted = [bool]$Attribute.IsEncrypted
        values = $names
        validation = $(if ($Attribute.ValidationType) { [string]$Attribute.ValidationType })
        parameter = $(if ($Attribute.ValidationParameter) { [string]$Attribute.ValidationParameter })
    }
}

function Get-SchemaDocument {
    param($Schema)
    $attributes = [ordered]@{}
    foreach ($attribute in $Schema.AttributeSchemas) {
        $attributes[$attribute.Name] = Get-AttributeSchema -Attribute $attribute
    }
    $elements = [ordered]@{}
    foreach ($child in $Schema.ChildElementSchemas) {
        $elements[$child.Name] = Get-SchemaDocument -Schema $child
    }
    $collection = $null
    $own = $Schema.CollectionSchema
    if ($null -ne $own) {
        $add = [List[object]]::new()
        $entry = [ordered]@{}
        foreach ($tag in $own.AddElementNames -split ',') {
            $add.Add($tag.Trim())
            $entry[$tag.Trim()] = Get-SchemaDocument -Schema $own.GetAddElementSchema($tag.Trim())
        }
        $collection = [ordered]@{
            add = $add
            remove = $(if ($own.RemoveElementName) { [string]$own.RemoveElementName })
            clear = $(if ($own.ClearElementName) { [string]$own.ClearElementName })
            merge_append = [bool]$own.IsMergeAppend
            duplicates = [bool]$own.AllowDuplicates
            entry = $entry
        }
    }
    return [ordered]@{ attributes = $attributes; elements = $elements; collection = $collection }
}

function Get-AttributeValue {
    # Null where nothing is set and the schema has no default, whatever zero the API gives for it.
    param($Element, [string]$Name, $Schema)
    $attribute = $Element.GetAttribute($Name)
    $value = ConvertFrom-IisValue -Value $attribute.Value -Type $Schema['type'] -Names $Schema['values']
    if ($null -eq $Schema['default'] -and $attribute.IsInheritedFromDefaultValue -and "$($attribute.Value)" -in '', '0', 'False', '00:00:00') {
        return $null
    }
    return $value
}

function Get-Node {
    # The effective tree of an element. Encrypted attributes are never read.
    param($Element, $Schema)
    $node = [ordered]@{}
    $attributes = [ordered]@{}
    foreach ($pair in $Schema['attributes'].GetEnumerator()) {
        if (-not $pair.Value['encrypted']) {
            $attributes[$pair.Key] = Get-AttributeValue -Element $Element -Name $pair.Key -Schema $pair.Value
        }
    }
    $elements = [ordered]@{}
    foreach ($pair in $Schema['elements'].GetEnumerator()) {
        $child = Get-Node -Element $Element.GetChildElement($pair.Key) -Schema $pair.Value
        if ($child.Contains('attributes') -or $child.Contains('elements') -or $child.Contains('entries')) {
            $elements[$pair.Key] = $child
        }
    }
    $entries = [List[object]]::new()
    if ($null -ne $Schema['collection']) {
        foreach ($entry in $Element.GetCollection()) {
            $entries.Add((Get-EntryNode -Entry $entry -Collection $Schema['collection']))
        }
    }
    foreach ($part in @('attributes', $attributes), @('elements', $elements), @('entries', $entries)) {
        if ($part[1].Count) {
            $node[$part[0]] = $part[1]
        }
    }
    return $node
}

function Get-EntryNode {
    param($Entry, $Collection)
    $tag = [string]$Entry.ElementTagName
    $node = Get-Node -Element $Entry -Schema $Collection['entry'][$tag]
    if ($Collection['add'].Count -gt 1) {
        $node['tag'] = $tag
    }
    return $node
}

Export-ModuleMember -Function Get-SchemaDocument, Get-AttributeValue, Get-Node, Get-EntryNode
