# SPDX-License-Identifier: GPL-3.0-or-later
# Operations on applicationHost.config: all of a group are one commit.

#AnsibleRequires -PowerShell ._Document
#AnsibleRequires -PowerShell ._IisFiles
#AnsibleRequires -PowerShell ._IisRead

Set-StrictMode -Version Latest

$script:tries = 5
# What goes wrong while a value is stored is the value's fault, unless the kind says otherwise.
$script:storing = @{ internal = 'invalid_value'; not_found = 'invalid_value'; malformed = 'invalid_value' }

function Get-Member2 {
    param($Dictionary, [string]$Name, [string]$What)
    if (-not $Dictionary.Contains($Name)) {
        Stop-Payload -Kind 'attribute_unknown' -Message "The schema of this host has no $What '$Name' there."
    }
    return $Dictionary[$Name]
}

function Test-Key {
    # Whether an entry has these key attributes, by the schema's case rule.
    param($Entry, $Schema, $Key)
    foreach ($pair in $Key.GetEnumerator()) {
        $attribute = Get-Member2 -Dictionary $Schema['attributes'] -Name $pair.Key -What 'attribute'
        $value = "$(Get-AttributeValue -Element $Entry -Name $pair.Key -Schema $attribute)"
        if ($(if ($attribute['case_sensitive']) { $value -cne "$($pair.Value)" } else { $value -ne "$($pair.Value)" })) {
            return $false
        }
    }
    return $true
}

function Find-Entry {
    param($Element, $Schema, $Key)
    if ($null -eq $Schema['collection']) {
        Stop-Payload -Kind 'attribute_unknown' -Message 'The schema of this host has no collection there.'
    }
    foreach ($entry in $Element.GetCollection()) {
        if (Test-Key -Entry $entry -Schema $Schema['collection']['entry'][$entry.ElementTagName] -Key $Key) {
            return $entry
        }
    }
}

function Resolve-Target {
    # The element an operation is about, with its schema.
    param($Manager, [System.Collections.IDictionary]$Operation)
    $element = Get-IisSection -Manager $Manager -Section $Operation['section'] -Location $Operation['location']
    $schema = Get-SchemaDocument -Schema $element.Schema
    foreach ($step in $Operation['element']) {
        if ($step -is [string]) {
            $schema = Get-Member2 -Dictionary $schema['elements'] -Name $step -What 'element'
            $element = $element.GetChildElement($step)
            continue
        }
        $element = Find-Entry -Element $element -Schema $schema -Key $step
        if ($null -eq $element) {
            Stop-Payload -Kind 'entry_unknown' -Message "There is no entry $(Get-Canonical -Value $step)."
        }
        $schema = $schema['collection']['entry'][$element.ElementTagName]
    }
    return @{ element = $element; schema = $schema }
}

function Get-StoredText {
    # The attribute's text in applicationHost.config under exactly this location, or null.
    param($Root, [System.Collections.IDictionary]$Operation)
    foreach ($one in (Get-Occurrence -Root $Root -Section $Operation['section'])) {
        if ($one['location'] -ne $Operation['location']) {
            continue
        }
        $found = @($one['element'])
        foreach ($step in $Operation['element']) {
            $found = @(foreach ($element in $found) { foreach ($child in $element.Elements()) { if (Test-RawStep -Element $child -Step $step) { $child } } })
        }
        foreach ($element in $found) {
            $text = Get-XmlAttribute -Element $element -Name $Operation['attribute']
            if ($null -ne $text) {
                return $text
            }
        }
    }
}

function Test-RawStep {
    param($Element, $Step)
    if ($Step -is [string]) {
        return $Element.Name.LocalName -ceq $Step
    }
    foreach ($pair in $Step.GetEnumerator()) {
        $text = Get-XmlAttribute -Element $Element -Name $pair.Key
        if ($null -ne $text -and $text -ne "$($pair.Value)") {
            return $false
        }
    }
    return $Element.Name.LocalName -cnotin 'remove', 'clear'
}

function Assert-Planned {
    param($Manager, $Root, [System.Collections.IDictionary]$Operation)
    $target = Resolve-Target -Manager $Manager -Operation $Operation
    $element = $target['element']
    $schema = $target['schema']
    if ($Operation['operation'] -in 'set', 'unset') {
        $attribute = Get-Member2 -Dictionary $schema['attributes'] -Name $Operation['attribute'] -What 'attribute'
        $now = [ordered]@{ stored = (Get-StoredText -Root $Root -Operation $Operation); effective = $null }
        if (-not $attribute['encrypted']) {
            $now['effective'] = Get-AttributeValue -Element $element -Name $Operation['attribute'] -Schema $attribute
        }
    }
    else {
        $key = Get-EntryKey -Operation $Operation -Schema $schema
        $entry = Find-Entry -Element $element -Schema $schema -Key $key
        $now = [ordered]@{ entry = $(if ($null -ne $entry) { Get-EntryNode -Entry $entry -Collection $schema['collection'] }) }
    }
    if ((Get-Canonical -Value $now) -cne (Get-Canonical -Value $Operation['planned'])) {
        Stop-Payload -Kind 'changed_meanwhile' -Message "Not as planned: $(ConvertTo-JsonText -Value $now)"
    }
}

function Get-EntryKey {
    # The key attributes of the entry that is added or removed.
    param([System.Collections.IDictionary]$Operation, $Schema)
    if ($Operation['operation'] -eq 'remove') {
        return $Operation['key']
    }
    $key = [ordered]@{}
    if ($null -ne $Schema['collection']) {
        $tag = Get-EntryTag -Node $Operation['entry'] -Collection $Schema['collection']
        foreach ($pair in $Schema['collection']['entry'][$tag]['attributes'].GetEnumerator()) {
            if ($pair.Value['key']) {
                $given = $Operation['entry']['attributes'][$pair.Key]
                $key[$pair.Key] = if ($null -eq $given) { $pair.Value['default'] } else { $given }
            }
        }
    }
    return $key
}

function Get-EntryTag {
    param($Node, $Collection)
    $tag = if ($Node.Contains('tag')) { $Node['tag'] } else { $Collection['add'][0] }
    $null = Get-Member2 -Dictionary $Collection['entry'] -Name $tag -What 'entry'
    return $tag
}

function ConvertTo-IisValue {
    # The API wants exactly the schema's type: a number for a uint, never its text.
    param($Value, [string]$Type)
    $number = $Value -is [int] -or $Value -is [int64]
    switch ($Type) {
        'bool' { if ($Value -is [bool]) { return $Value } }
        'int' { if ($number) { return [int]$Value } }
        'timeSpan' { return [timespan]::Parse($Value, [System.Globalization.CultureInfo]::InvariantCulture) }
        { $_ -in 'string', 'enum', 'flags' } { if ($Value -is [string]) { return $Value } }
        default { if ($number) { return [int64]$Value } }
    }
    Stop-Payload -Kind 'invalid_value' -Message "'$Value' is not of the type $Type."
}

function Set-Attribute {
    param($Element, $Schema, [string]$Name, $Value)
    $attribute = Get-Member2 -Dictionary $Schema['attributes'] -Name $Name -What 'attribute'
    $Element.SetAttributeValue($Name, (ConvertTo-IisValue -Value $Value -Type $attribute['type']))
}

function Set-Node {
    # Fills an element: attributes, child elements, entries.
    param($Element, $Schema, $Node)
    foreach ($pair in ([System.Collections.IDictionary]$Node['attributes']).GetEnumerator()) {
        if ($null -ne $pair.Value) {
            Set-Attribute -Element $Element -Schema $Schema -Name $pair.Key -Value $pair.Value
        }
    }
    if ($Node.Contains('elements')) {
        foreach ($pair in $Node['elements'].GetEnumerator()) {
            $child = Get-Member2 -Dictionary $Schema['elements'] -Name $pair.Key -What 'element'
            Set-Node -Element $Element.GetChildElement($pair.Key) -Schema $child -Node $pair.Value
        }
    }
    foreach ($entry in $Node['entries']) {
        Add-Entry -Element $Element -Schema $Schema -Node $entry
    }
}

function Add-Entry {
    # Index is the place among the entries of this level, which stand after the inherited ones or before them.
    param($Element, $Schema, $Node, $Index)
    $tag = Get-EntryTag -Node $Node -Collection $Schema['collection']
    $collection = $Element.GetCollection()
    $entry = $collection.CreateElement($tag)
    Set-Node -Element $entry -Schema $Schema['collection']['entry'][$tag] -Node $Node
    $own = @(for ($at = 0; $at -lt $collection.Count; $at++) { if ($collection[$at].IsLocallyStored) { $at } })
    if ($null -ne $Index -and $Index -lt $own.Count) {
        $null = $collection.AddAt($own[$Index], $entry)
        return
    }
    $null = $collection.Add($entry)
}

function Invoke-IisOperation {
    param($Manager, [System.Collections.IDictionary]$Operation)
    $target = Resolve-Target -Manager $Manager -Operation $Operation
    try {
        switch ($Operation['operation']) {
            'set' { Set-Attribute -Element $target['element'] -Schema $target['schema'] -Name $Operation['attribute'] -Value $Operation['value'] }
            'unset' { $target['element'].GetAttribute($Operation['attribute']).Delete() }
            'add' { Add-Entry -Element $target['element'] -Schema $target['schema'] -Node $Operation['entry'] -Index $Operation['index'] }
            'remove' {
                $entry = Find-Entry -Element $target['element'] -Schema $target['schema'] -Key $Operation['key']
                if ($null -eq $entry) {
                    Stop-Payload -Kind 'entry_unknown' -Message "There is no entry $(Get-Canonical -Value $Operation['key'])."
                }
                $target['element'].GetCollection().Remove($entry)
            }
        }
    }
    catch {
        Stop-Payload -Document (ConvertTo-ErrorDocument -Problem $_.Exception -Place $script:storing)
    }
}

function Test-IisGroup {
    param($Operations, $Manager)
    $at = 0
    $opened = $null
    try {
        if ($null -eq $Manager) {
            $opened = Open-Iis
            $Manager = $opened
        }
        $file = Get-ConfigurationFile -Redirection (Get-Redirection -Manager $Manager)
        # The manager has read the file before this reads it: a write between the two collides at the commit.
        $null = Get-IisSection -Manager $Manager -Section $Operations[0]['section']
        $root = Read-ConfigurationFile -File $file
        for ($at = 0; $at -lt $Operations.Count; $at++) {
            Assert-Planned -Manager $Manager -Root $root -Operation $Operations[$at]
        }
    }
    catch {
        return @{ at = $at; error = (ConvertTo-ErrorDocument -Problem $_.Exception); tried = $false }
    }
    finally {
        if ($null -ne $opened) {
            $opened.Dispose()
        }
    }
}

function Invoke-Commit {
    # One try. Null, or what failed.
    param($Operations, [switch]$Unplanned)
    $manager = $null
    $at = 0
    try {
        $manager = Open-Iis
        $problem = if ($Unplanned) { $null } else { Test-IisGroup -Operations $Operations -Manager $manager }
        if ($null -ne $problem) {
            return $problem
        }
        for ($at = 0; $at -lt $Operations.Count; $at++) {
            Invoke-IisOperation -Manager $manager -Operation $Operations[$at]
        }
        $at = -1
        $manager.CommitChanges()
    }
    catch {
        $document = ConvertTo-ErrorDocument -Problem $_.Exception
        # At the commit nothing can be locked any more: a load failure there is the file that changed on disk.
        if ($at -eq -1 -and $document['kind'] -ne 'sharing_violation' -and $_.Exception.GetBaseException() -is [System.IO.FileLoadException]) {
            $document['kind'] = 'commit_collision'
        }
        return @{ at = [System.Math]::Max($at, 0); error = $document; tried = $true; worked = $(if ($at -lt 0) { $Operations.Count } else { $at }) }
    }
    finally {
        if ($null -ne $manager) {
            $manager.Dispose()
        }
    }
}

function Invoke-IisGroup {
    param($Operations, [switch]$Unplanned)
    for ($try = 1; $try -le $script:tries; $try++) {
        $problem = Invoke-Commit -Operations $Operations -Unplanned:$Unplanned
        if ($null -eq $problem -or $problem['error']['kind'] -notin 'commit_collision', 'sharing_violation') {
            break
        }
        if ($try -lt $script:tries) {
            Start-Sleep -Milliseconds (Get-Random -Minimum 50 -Maximum 400)
        }
    }
    return $problem
}

Export-ModuleMember -Function Test-IisGroup, Invoke-IisGroup
