# SPDX-License-Identifier: GPL-3.0-or-later
# Parses scripts and writes what they use as one JSON document: scan.ps1 ASSEMBLIES FILE... Nothing of them is run.
using namespace System.Management.Automation.Language

$ErrorActionPreference = 'Stop'
$newTokens = 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr'

function Get-Evident([Ast]$Expression, [hashtable]$Known) {
    # The name of the type an expression has beyond doubt, as written, or null.
    if ($Expression -is [ParenExpressionAst] -and $Expression.Pipeline -is [PipelineAst] -and $Expression.Pipeline.PipelineElements.Count -eq 1) {
        $only = $Expression.Pipeline.PipelineElements[0]
        if ($only -is [CommandExpressionAst]) { return Get-Evident -Expression $only.Expression -Known $Known }
    }
    if ($Expression -is [ExpandableStringExpressionAst]) { return 'System.String' }
    if ($Expression -is [ConstantExpressionAst]) { return $Expression.StaticType.FullName }
    if ($Expression -is [ConvertExpressionAst]) { return $Expression.Type.TypeName.FullName }
    if ($Expression -is [VariableExpressionAst]) { return $Known[$Expression.VariablePath.UserPath] }
    if ($Expression -is [InvokeMemberExpressionAst] -and $Expression.Static -and $Expression.Member.Value -eq 'new' -and
        $Expression.Expression -is [TypeExpressionAst]) {
        return $Expression.Expression.TypeName.FullName
    }
    return $null
}

function Get-Variable([Ast]$Body) {
    # Variables whose type is evident: typed parameters, and those assigned once from an evident expression.
    $known = @{}
    $seen = @{}
    foreach ($parameter in $Body.FindAll({ $args[0] -is [ParameterAst] }, $true)) {
        $constraint = @($parameter.Attributes | Where-Object { $_ -is [TypeConstraintAst] })
        $name = $parameter.Name.VariablePath.UserPath
        $known[$name] = if ($constraint -and -not $seen[$name]) { $constraint[0].TypeName.FullName } else { $null }
        $seen[$name] = $true
    }
    foreach ($assignment in $Body.FindAll({ $args[0] -is [AssignmentStatementAst] }, $true)) {
        if ($assignment.Left -is [VariableExpressionAst]) {
            $name = $assignment.Left.VariablePath.UserPath
            $known[$name] = if (-not $seen[$name] -and $assignment.Right -is [CommandExpressionAst]) { Get-Evident $assignment.Right.Expression $known } else { $null }
            $seen[$name] = $true
        }
    }
    foreach ($loop in $Body.FindAll({ $args[0] -is [ForEachStatementAst] }, $true)) {
        $known[$loop.Variable.VariablePath.UserPath] = $null
    }
    return $known
}

function Get-Used([Ast]$Ast) {
    # Every command, type and member with its line.
    $variables = @{}
    foreach ($node in $Ast.FindAll({ $true }, $true)) {
        $line = $node.Extent.StartLineNumber
        if ($node -is [TernaryExpressionAst] -or $node -is [PipelineChainAst] -or ($node -is [PipelineAst] -and $node.Background)) {
            @{ kind = 'syntax'; line = $line; name = $node.GetType().Name }
        }
        elseif ($node -is [FunctionDefinitionAst]) {
            $block = $node.Body.ParamBlock
            $parameters = @(if ($block) { $block.Parameters } else { $node.Parameters })
            @{ kind = 'function'; line = $line; name = $node.Name; parameters = @($parameters | Where-Object { $_ } | ForEach-Object { $_.Name.VariablePath.UserPath }) }
        }
        elseif ($node -is [CommandAst]) {
            $parameters = @($node.CommandElements | Where-Object { $_ -is [CommandParameterAst] } | ForEach-Object { $_.ParameterName })
            @{ kind = 'command'; line = $line; name = $node.GetCommandName(); parameters = $parameters }
            Get-CSharp $node
        }
        elseif ($node -is [TypeExpressionAst] -or $node -is [TypeConstraintAst]) {
            Get-TypeUse $node.TypeName
        }
        elseif ($node -is [MemberExpressionAst] -and $node.Member -is [StringConstantExpressionAst]) {
            $body = $node
            while ($body.Parent -and $body -isnot [FunctionDefinitionAst]) { $body = $body.Parent }
            $key = $body.Extent.StartOffset
            if (-not $variables.ContainsKey($key)) { $variables[$key] = Get-Variable $body }
            $invoked = $node -is [InvokeMemberExpressionAst]
            $on = if ($node.Static) { $node.Expression.TypeName.FullName } else { Get-Evident $node.Expression $variables[$key] }
            $given = @(if ($invoked) { foreach ($one in $node.Arguments) { [string](Get-Evident $one $variables[$key]) } })
            @{ kind = 'member'; line = $line; name = $node.Member.Value; type = $on; static = [bool]$node.Static; invoked = $invoked; arguments = $given }
        }
    }
}

function Get-TypeUse($Name) {
    if ($Name -is [GenericTypeName]) {
        @{ kind = 'type'; line = $Name.Extent.StartLineNumber; name = "$($Name.TypeName.FullName)``$($Name.GenericArguments.Count)" }
        foreach ($argument in $Name.GenericArguments) { Get-TypeUse $argument }
    }
    elseif ($Name -is [ArrayTypeName]) { Get-TypeUse $Name.ElementType }
    else { @{ kind = 'type'; line = $Name.Extent.StartLineNumber; name = $Name.FullName } }
}

function Get-CSharp([CommandAst]$Command) {
    # What C# 5 with .NET Framework 4.6.2 says of the source that Add-Type is given, and the functions that it imports.
    if ($Command.GetCommandName() -ne 'Add-Type') { return }
    $members = [bool]@($Command.CommandElements | Where-Object { $_ -is [CommandParameterAst] -and $_.ParameterName -eq 'MemberDefinition' })
    $texts = $Command.FindAll({ $args[0] -is [StringConstantExpressionAst] -and $args[0].Value -match '[{;]' }, $true)
    foreach ($text in $texts) {
        $line = $text.Extent.StartLineNumber
        $source = $text.Value
        foreach ($found in [regex]::Matches($source, '\[DllImport\("([^"]+)"[^\]]*\)\]\s*public static extern \w+ (\w+)\(([^)]*)\)')) {
            $count = @($found.Groups[3].Value -split ',' -match '\S').Count
            @{ kind = 'import'; line = $line; library = $found.Groups[1].Value; name = $found.Groups[2].Value; count = $count }
        }
        # What Add-Type itself puts around members.
        if ($members) { $source = "using System; using System.Runtime.InteropServices; public class Members {`n$source`n}" }
        foreach ($problem in Get-Diagnostic $source) { @{ kind = 'csharp'; line = $line; name = $problem } }
    }
}

function Get-Diagnostic([string]$Source) {
    # The compiler's errors, with nothing but the reference assemblies.
    $options = [Microsoft.CodeAnalysis.CSharp.CSharpParseOptions]::new([Microsoft.CodeAnalysis.CSharp.LanguageVersion]::CSharp5)
    $tree = [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText($Source, $options)
    $kind = [Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions]::new([Microsoft.CodeAnalysis.OutputKind]::DynamicallyLinkedLibrary)
    $compilation = [Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create(
        'scanned', [Microsoft.CodeAnalysis.SyntaxTree[]]@($tree), [Microsoft.CodeAnalysis.MetadataReference[]]$references, $kind)
    foreach ($one in $compilation.GetDiagnostics()) { if ("$($one.Severity)" -eq 'Error') { "$one" } }
}

# It loads the compiler.
Add-Type -TypeDefinition 'public class Loaded { }'
$assemblies, $files = $args
$references = @(foreach ($file in [System.IO.Directory]::GetFiles($assemblies, '*.dll')) {
        [Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile($file)
    })
$answer = @{}
foreach ($file in $files) {
    $tokens = $null
    $errors = $null
    $ast = [Parser]::ParseFile($file, [ref]$tokens, [ref]$errors)
    $found = @($errors | ForEach-Object { @{ kind = 'syntax'; line = $_.Extent.StartLineNumber; name = $_.Message } })
    foreach ($token in $tokens) {
        if ("$($token.Kind)" -in $newTokens) {
            $found += @{ kind = 'syntax'; line = $token.Extent.StartLineNumber; name = "$($token.Kind)" }
        }
    }
    $usings = @('System') + @($ast.UsingStatements | Where-Object { $_.UsingStatementKind -eq 'Namespace' } | ForEach-Object { $_.Name.Value })
    $answer[$file] = @{ usings = $usings; found = @($found) + @(Get-Used $ast) }
}
ConvertTo-Json -InputObject $answer -Depth 8 -Compress
