# SPDX-License-Identifier: GPL-3.0-or-later
# Writes copies of scripts that note each statement before it runs, and the lines of their statements as JSON: of NAME.source in the
# folder NAME.lines and NAME. Arguments: the folder, then the names.

$ErrorActionPreference = 'Stop'

function ConvertTo-Noted {
    # Record is the beginning of a file's name; what follows is the id of the process that notes.
    param([string]$Text, [string]$Name, [string]$Record)
    $tree = [System.Management.Automation.Language.Parser]::ParseInput($Text, [ref]$null, [ref]$null)
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
        $note = "if ([System.AppDomain]::CurrentDomain.GetData('ran').Add('$place')) { " +
        "[System.IO.File]::AppendAllText(`"$Record`$PID.ran`", `"$place``n`") }; "
        $Text = $Text.Insert($extent.StartOffset, $note)
    }
    return @{ text = $Text; lines = ConvertTo-Json -InputObject @($statements.StartLineNumber | Sort-Object -Unique) -Compress }
}

$folder, $names = $args
foreach ($name in $names) {
    $noted = ConvertTo-Noted -Text ([System.IO.File]::ReadAllText("$folder/$name.source")) -Name $name -Record "$folder/"
    [System.IO.File]::WriteAllText("$folder/$name.lines", $noted['lines'])
    [System.IO.File]::WriteAllText("$folder/$name", $noted['text'])
}
