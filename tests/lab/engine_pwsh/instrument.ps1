# SPDX-License-Identifier: GPL-3.0-or-later
# Writes a copy of a script that notes each statement before it runs, and prints the statements' lines as JSON.

param([string]$Source, [string]$Target, [string]$Name, [string]$Record)

$ErrorActionPreference = 'Stop'
$text = [System.IO.File]::ReadAllText($Source)
$tree = [System.Management.Automation.Language.Parser]::ParseInput($text, [ref]$null, [ref]$null)
$blocks = $tree.FindAll({
        param($node)
        $node -is [System.Management.Automation.Language.NamedBlockAst] -or $node -is [System.Management.Automation.Language.StatementBlockAst]
    }, $true)
$statements = foreach ($block in $blocks) {
    foreach ($statement in $block.Statements) {
        # a function's definition is no step of its own; using statements and the language mode's test stay first
        if ($statement -isnot [System.Management.Automation.Language.FunctionDefinitionAst]) {
            $statement.Extent
        }
    }
}
foreach ($extent in $statements | Sort-Object -Property StartOffset -Descending) {
    $place = "$Name`:$($extent.StartLineNumber)"
    $note = "if ([System.AppDomain]::CurrentDomain.GetData('ran').Add('$place')) { [System.IO.File]::AppendAllText('$Record', `"$place``n`") }; "
    $text = $text.Insert($extent.StartOffset, $note)
}
[System.IO.File]::WriteAllText($Target, $text)
ConvertTo-Json -InputObject @($statements.StartLineNumber | Sort-Object -Unique) -Compress
