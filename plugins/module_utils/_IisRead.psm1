# SPDX-License-Identifier: GPL-3.0-or-later
# Sections of IIS's configuration, walked by the schema that the host has.

Set-StrictMode -Version Latest

$script:schemas = @{}

function ConvertFrom-IisValue {
    # Enum and flags by name, time as text.
    param($Value, [string]$Type, $Names)
    if ($null -eq $Value) {
        return $null
    }
    switch ($Type) {
        'bool' { return [bool]$Value }
        'timeSpan' { return ([timespan]$Value).ToString('c') }
        'string' { return [string]$Value }
    }
    if (-not $Names) {
        return [long]$Value
    }
    if ($Value -is [string]) {
        return $Value
    }
    $found = foreach ($pair in $Names.GetEnumerator()) {
        if ($pair.Value -eq $Value -or ($Type -eq 'flags' -and $pair.Value -and ($Value -band $pair.Value) -eq $pair.Value)) {
            $pair.Key
        }
    }
    return @($found) -join ', '
}

function Get-AttributeSchema {
    param($Attribute)
    $type = $Attribute.Type
    $names = $null
    if ($type -in 'enum', 'flags') {
        $names = [ordered]@{}
        foreach ($one in $Attribute.GetEnumValues()) {
            $names[$one.Name] = [long]$one.Value
        }
    }
    return [ordered]@{
        type = $type
        default = $(if (-not $Attribute.IsEncrypted) { ConvertFrom-IisValue $Attribute.DefaultValue $type -Names $names } else { $null })
        required = $Attribute.IsRequired
        key = $Attribute.IsUniqueKey -or $Attribute.IsCombinedKey
        case_sensitive = $Attribute.IsCaseSensitive
        encrypted = $Attribute.IsEncrypted
        values = $names
        validation = Get-Filled $Attribute.ValidationType
        parameter = Get-Filled $Attribute.ValidationParameter
    }
}

function Get-Filled {
    # The API has empty text where the schema has nothing.
    param([string]$Text)
    if ($Text) {
        return $Text
    }
    return $null
}

function ConvertFrom-Schema {
    param($Schema)
    $answer = [ordered]@{ attributes = [ordered]@{}; elements = [ordered]@{}; collection = $null }
    foreach ($attribute in $Schema.AttributeSchemas) {
        $answer['attributes'][$attribute.Name] = Get-AttributeSchema $attribute
    }
    foreach ($child in $Schema.ChildElementSchemas) {
        $answer['elements'][$child.Name] = ConvertFrom-Schema $child
    }
    $own = $Schema.CollectionSchema
    if ($null -ne $own) {
        $tags = @($own.AddElementNames -split '\s*,\s*')
        $entry = [ordered]@{}
        foreach ($tag in $tags) {
            $entry[$tag] = ConvertFrom-Schema $own.GetAddElementSchema($tag)
        }
        $answer['collection'] = [ordered]@{
            add = $tags; remove = Get-Filled $own.RemoveElementName; clear = Get-Filled $own.ClearElementName
            merge_append = $own.IsMergeAppend; duplicates = $own.AllowDuplicates; entry = $entry
        }
    }
    return $answer
}

function Get-Schema {
    # It is the same at every location, so it is walked once.
    param([string]$Name, $Section)
    if (-not $script:schemas.ContainsKey($Name)) {
        $script:schemas[$Name] = ConvertFrom-Schema $Section.Schema
    }
    return $script:schemas[$Name]
}

function Get-Value {
    # Null where nothing is set and the schema has no default, whatever zero the API gives for it.
    param($Element, [string]$Name, $Schema)
    $attribute = $Element.GetAttribute($Name)
    $value = $attribute.Value
    if ($null -eq $Schema['default'] -and $attribute.IsInheritedFromDefaultValue -and "$value" -in '', '0', 'False', '00:00:00') {
        return $null
    }
    return ConvertFrom-IisValue $value $Schema['type'] -Names $Schema['values']
}

function Get-Node {
    # The effective tree of an element, without empty parts. Encrypted attributes are never read.
    param($Element, $Schema)
    $attributes = [ordered]@{}
    foreach ($pair in $Schema['attributes'].GetEnumerator()) {
        if (-not $pair.Value['encrypted']) {
            $attributes[$pair.Key] = Get-Value $Element $pair.Key -Schema $pair.Value
        }
    }
    $elements = [ordered]@{}
    foreach ($pair in $Schema['elements'].GetEnumerator()) {
        $child = Get-Node $Element.GetChildElement($pair.Key) $pair.Value
        if ($child.Count) {
            $elements[$pair.Key] = $child
        }
    }
    $entries = @()
    if ($Schema['collection']) {
        $entries = @(foreach ($entry in $Element.GetCollection()) { Get-EntryNode $entry $Schema['collection'] })
    }
    $node = [ordered]@{}
    if ($attributes.Count) {
        $node['attributes'] = $attributes
    }
    if ($elements.Count) {
        $node['elements'] = $elements
    }
    if ($entries) {
        $node['entries'] = $entries
    }
    return $node
}

function Get-EntryNode {
    param($Entry, $Collection)
    $tag = $Entry.ElementTagName
    $node = Get-Node $Entry $Collection['entry'][$tag]
    if ($Collection['add'].Count -gt 1) {
        $node['tag'] = $tag
    }
    return $node
}

Export-ModuleMember -Function Get-Schema, Get-Value, Get-Node, Get-EntryNode
