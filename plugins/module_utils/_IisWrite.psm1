# SPDX-License-Identifier: GPL-3.0-or-later
# Operations on applicationHost.config: all of a group are one commit.

#AnsibleRequires -PowerShell ._Planned
#AnsibleRequires -PowerShell ._Iis

Set-StrictMode -Version Latest

$script:tries = 5
# What else goes wrong while a value is stored is the value's fault.
$script:storing = @{ internal = 'invalid_value'; not_found = 'invalid_value'; malformed = 'invalid_value' }

function Get-IisOperationForm {
    return @{
        set = 'section=text location=text element=list attribute=text value=any planned=object'
        unset = 'section=text location=text element=list attribute=text planned=object'
        add = 'section=text location=text element=list entry=object index=number? planned=object'
        remove = 'section=text location=text element=list key=object planned=object'
    }
}

function Get-IisGuardForm {
    return @{
        '' = 'section=text paths=list'
    }
}

function Get-Known {
    param($Dictionary, [string]$Name)
    if (-not $Dictionary.Contains($Name)) {
        Stop-Payload 'attribute_unknown' "The schema on this host has no '$Name' there."
    }
    return $Dictionary[$Name]
}

function Get-Collection {
    param($Schema)
    if (-not $Schema['collection']) {
        Stop-Payload 'attribute_unknown' 'The schema on this host has no collection there.'
    }
    return $Schema['collection']
}

function Find-Entry {
    # The entry with these key attributes, by the schema's case rule.
    param($Element, $Schema, $Key)
    $collection = Get-Collection $Schema
    foreach ($entry in $Element.GetCollection()) {
        $same = $true
        foreach ($pair in $Key.GetEnumerator()) {
            $attribute = Get-Known $collection['entry'][$entry.ElementTagName]['attributes'] $pair.Key
            $value = "$(Get-Value $entry $pair.Key -Schema $attribute)"
            $same = $same -and $(if ($attribute['case_sensitive']) { $value -ceq "$($pair.Value)" } else { $value -eq "$($pair.Value)" })
        }
        if ($same) {
            return $entry
        }
    }
}

function Find-Wanted {
    param($Element, $Schema, $Key)
    $entry = Find-Entry $Element $Schema -Key $Key
    if ($null -eq $entry) {
        Stop-Payload 'entry_unknown' "There is no entry $(Get-Canonical $Key)."
    }
    return $entry
}

function Resolve-Target {
    # The element an operation is about, with its schema.
    param($Manager, $Operation)
    $element = Get-Section $Manager $Operation['section']
    $schema = Get-Schema $Operation['section'] $element
    if ($Operation['location']) {
        $element = Get-Section $Manager $Operation['section'] -Location $Operation['location']
    }
    foreach ($step in $Operation['element']) {
        if ($step -is [string]) {
            $schema = Get-Known $schema['elements'] $step
            $element = $element.GetChildElement($step)
        }
        else {
            $element = Find-Wanted $element $schema -Key $step
            $schema = $schema['collection']['entry'][$element.ElementTagName]
        }
    }
    return @{ element = $element; schema = $schema }
}

function Get-Stored {
    # The attribute's text in applicationHost.config under exactly this location, or null.
    param($Root, $Operation)
    foreach ($one in Get-Occurrence $Root $Operation['section']) {
        $found = @(if ($one['location'] -eq $Operation['location']) { $one['element'] })
        foreach ($step in $Operation['element']) {
            $found = @(foreach ($element in $found) { foreach ($child in $element.Elements()) { if (Test-Step $child $step) { $child } } })
        }
        foreach ($element in $found) {
            $text = Get-Text $element $Operation['attribute']
            if ($null -ne $text) {
                return $text
            }
        }
    }
    return $null
}

function Test-Step {
    # Whether a written element is the one that a step names. A key that is not written has its default.
    param($Element, $Step)
    $tag = $Element.Name.LocalName
    if ($Step -is [string]) {
        return $tag -ceq $Step
    }
    foreach ($pair in $Step.GetEnumerator()) {
        if ("$(Get-Text $Element $pair.Key)" -notin '', "$($pair.Value)") {
            return $false
        }
    }
    return $tag -cnotin 'remove', 'clear'
}

function Assert-Planned {
    param($Manager, $Root, $Operation)
    $target = Resolve-Target $Manager $Operation
    $schema = $target['schema']
    if ($Operation.Contains('attribute')) {
        $attribute = Get-Known $schema['attributes'] $Operation['attribute']
        $now = @{ stored = Get-Stored $Root $Operation; effective = $null }
        if (-not $attribute['encrypted']) {
            $now['effective'] = Get-Value $target['element'] $Operation['attribute'] -Schema $attribute
        }
    }
    else {
        $entry = Find-Entry $target['element'] $schema -Key (Get-Key $Operation $schema)
        $now = @{ entry = $(if ($null -ne $entry) { Get-EntryNode $entry $schema['collection'] } else { $null }) }
    }
    Assert-Same "'$($Operation['section'])' at '$($Operation['location'])'" $now $Operation['planned']
}

function Get-Key {
    # The key attributes of the entry that is added or removed.
    param($Operation, $Schema)
    if ($Operation.Contains('key')) {
        return $Operation['key']
    }
    $key = @{}
    $given = $Operation['entry']['attributes']
    foreach ($pair in (Get-EntrySchema $Operation['entry'] $Schema)['attributes'].GetEnumerator()) {
        if ($pair.Value['key']) {
            $key[$pair.Key] = if ($given -and $null -ne $given[$pair.Key]) { $given[$pair.Key] } else { $pair.Value['default'] }
        }
    }
    return $key
}

function Get-Tag {
    param($Node, $Schema)
    if ($Node['tag']) {
        return $Node['tag']
    }
    return (Get-Collection $Schema)['add'][0]
}

function Get-EntrySchema {
    param($Node, $Schema)
    return Get-Known (Get-Collection $Schema)['entry'] (Get-Tag $Node $Schema)
}

function ConvertTo-IisValue {
    # The API wants exactly the schema's type: a number for a uint, never its text.
    param($Value, [string]$Type)
    if ($Type -eq 'bool' -and $Value -is [bool]) {
        return $Value
    }
    if ($Type -in 'string', 'enum', 'flags' -and $Value -is [string]) {
        return $Value
    }
    if ($Type -eq 'timeSpan') {
        return [timespan]::Parse($Value, [System.Globalization.CultureInfo]::InvariantCulture)
    }
    if ($Type -in 'int', 'uint', 'int64' -and ($Value -is [int] -or $Value -is [long])) {
        return $(if ($Type -eq 'int') { [int]$Value } else { [long]$Value })
    }
    Stop-Payload 'invalid_value' "'$Value' is no $Type."
}

function Set-Attribute {
    param($Target, [string]$Name, $Value)
    $attribute = Get-Known $Target['schema']['attributes'] $Name
    $Target['element'].SetAttributeValue($Name, (ConvertTo-IisValue $Value $attribute['type']))
}

function Get-Ordered {
    # The given names in the order of the schema: on the way here they lost theirs.
    param($Given, $Known)
    if ($Given) {
        foreach ($pair in $Given.GetEnumerator()) {
            $null = Get-Known $Known $pair.Key
        }
        foreach ($pair in $Known.GetEnumerator()) {
            if ($Given.Contains($pair.Key)) {
                $pair.Key
            }
        }
    }
}

function Set-Node {
    # Fills a new element: attributes, child elements, entries.
    param($Target, $Node)
    foreach ($part in 'attributes', 'elements') {
        foreach ($name in Get-Ordered $Node[$part] $Target['schema'][$part]) {
            $value = $Node[$part][$name]
            if ($part -eq 'elements') {
                Set-Node @{ element = $Target['element'].GetChildElement($name); schema = $Target['schema']['elements'][$name] } $value
            }
            elseif ($null -ne $value) {
                Set-Attribute $Target $name -Value $value
            }
        }
    }
    foreach ($entry in $Node['entries']) {
        Add-Entry $Target $entry
    }
}

function Add-Entry {
    # Index counts the entries of this level only; the API counts the inherited ones too.
    param($Target, $Node, $Index)
    $schema = Get-EntrySchema $Node $Target['schema']
    $collection = $Target['element'].GetCollection()
    $entry = $collection.CreateElement((Get-Tag $Node $Target['schema']))
    Set-Node @{ element = $entry; schema = $schema } $Node
    $own = @(for ($at = 0; $at -lt $collection.Count; $at++) { if ($collection[$at].IsLocallyStored) { $at } })
    if ($null -ne $Index -and $Index -lt $own.Count) {
        $null = $collection.AddAt($own[$Index], $entry)
    }
    else {
        $null = $collection.Add($entry)
    }
}

function Invoke-IisOperation {
    param($Manager, $Operation)
    $target = Resolve-Target $Manager $Operation
    $element = $target['element']
    try {
        switch ($Operation['operation']) {
            'set' { Set-Attribute $target $Operation['attribute'] -Value $Operation['value'] }
            'unset' {
                $null = Get-Known $target['schema']['attributes'] $Operation['attribute']
                $element.GetAttribute($Operation['attribute']).Delete()
            }
            'add' { Add-Entry $target $Operation['entry'] -Index $Operation['index'] }
            'remove' { $element.GetCollection().Remove((Find-Wanted $element $target['schema'] -Key $Operation['key'])) }
        }
    }
    catch {
        Stop-Payload -Failure (ConvertTo-Failure $_ $script:storing)
    }
}

function Invoke-Try {
    # Nothing when all went well, else what failed. Every plan is checked before anything is changed.
    param($Operations, [switch]$Planned, [switch]$Write)
    $manager = $null
    $at = 0
    $worked = 0
    $committing = $false
    try {
        $manager = Open-Iis
        if ($Planned) {
            # The manager reads the file first: a write between that and this collides at the commit.
            $null = Get-Section $manager $Operations[0]['section']
            $root = Read-Configuration (Get-ConfigurationFile $manager)
            for (; $at -lt $Operations.Count; $at++) {
                Assert-Planned $manager $root -Operation $Operations[$at]
            }
        }
        if ($Write) {
            for ($at = 0; $at -lt $Operations.Count; $at++) {
                Invoke-IisOperation $manager $Operations[$at]
                $worked++
            }
            $at = 0
            $committing = $true
            $manager.CommitChanges()
        }
    }
    catch {
        $failure = ConvertTo-Failure $_
        # At the commit nothing is locked any more: a load failure there is the file that changed on disk.
        if ($committing -and $failure['kind'] -ne 'sharing_violation' -and $_.Exception.GetBaseException() -is [System.IO.FileLoadException]) {
            $failure['kind'] = 'commit_collision'
        }
        return @{ at = $at; worked = $worked; failure = $failure }
    }
    finally {
        if ($manager) {
            $manager.Dispose()
        }
    }
}

function Invoke-IisGroup {
    param($Operations, [switch]$Planned, [switch]$Write)
    for ($try = 1; ; $try++) {
        $problem = Invoke-Try $Operations -Planned:$Planned -Write:$Write
        if (-not $problem -or $try -eq $script:tries -or $problem['failure']['kind'] -notin 'commit_collision', 'sharing_violation') {
            return $problem
        }
        Start-Sleep -Milliseconds (Get-Random -Minimum 50 -Maximum 400)
    }
}

function Get-GuardFailure {
    # The guarded paths that cannot be read any more.
    param($Guards)
    $manager = Open-Iis
    try {
        foreach ($guard in $Guards) {
            $walk = @{ manager = $manager; name = $guard['section']; trees = [System.Collections.Generic.List[object]]::new(); seen = @{} }
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

Export-ModuleMember -Function Get-IisGuardForm, Get-IisOperationForm, Invoke-IisGroup, Get-GuardFailure
