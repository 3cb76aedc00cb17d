# SPDX-License-Identifier: GPL-3.0-or-later
# Answers requests, one JSON document a line, each in a runspace of its own, as Ansible's module_wrapper.ps1 runs a module.

$ErrorActionPreference = 'Stop'

$loadModule = @'
param ($Name, $Script)
New-Module -Name ([System.IO.Path]::GetFileNameWithoutExtension($Name)) -ScriptBlock $Script |
    Import-Module -WarningAction SilentlyContinue -Scope Global
'@

$defineModule = '${function:<AnsibleModule>} = $args[0]'

# Parsed modules by number, entries by name and text. Each runspace runs them from the start; what PowerShell compiled of them stays.
$modules = [System.Collections.Generic.Dictionary[long, scriptblock]]::new()
$entries = [System.Collections.Generic.Dictionary[string, scriptblock]]::new()

function Set-Session {
    param($Request)
    foreach ($pair in $Request['environment'].GetEnumerator()) {
        [System.Environment]::SetEnvironmentVariable($pair.Key, $pair.Value)
    }
    $PSVersionTable['PSEdition'] = $Request['edition']
    $PSVersionTable['PSVersion'] = [version]$Request['version']
    Set-Language -Name $Request['language']
    [System.Environment]::CurrentDirectory = $Request['folder']
    Set-Location -LiteralPath $Request['folder']
}

function Set-Language {
    # .NET takes the language of the system from Windows; here it has no setting for it but its own field.
    param([string]$Name)
    foreach ($field in 's_userDefaultCulture', 's_userDefaultUICulture') {
        [System.Globalization.CultureInfo].GetField($field, [System.Reflection.BindingFlags]'Static, NonPublic').SetValue(
            $null, [System.Globalization.CultureInfo]::new($Name))
    }
}

function ConvertTo-ScriptBlock {
    param([string]$Name, [string]$Script)
    return [System.Management.Automation.Language.Parser]::ParseInput($Script, $Name, [ref]$null, [ref]$null).GetScriptBlock()
}

function Get-ModuleScript {
    # The text comes with a number only once.
    param($Module)
    if ($Module.ContainsKey('script')) {
        $modules[$Module['number']] = ConvertTo-ScriptBlock -Name $Module['name'] -Script $Module['script']
    }
    return $modules[$Module['number']]
}

function Get-EntryScript {
    param([string]$Name, [string]$Script)
    $key = "$Name`n$Script"
    if (-not $entries.ContainsKey($key)) {
        $entries[$key] = ConvertTo-ScriptBlock -Name $Name -Script $Script
    }
    return $entries[$key]
}

function Invoke-Module {
    param($Request)
    $ps = [System.Management.Automation.PowerShell]::Create()
    try {
        $ps.Runspace.SessionStateProxy.SetVariable('ErrorActionPreference', 'Stop')
        $null = $ps.AddCommand('Set-Variable').AddParameters(
            @{ Name = 'complex_args'; Scope = 'Global'; Value = $Request['arguments'] }).AddStatement()
        foreach ($module in $Request['modules']) {
            $script = Get-ModuleScript -Module $module
            $null = $ps.AddScript($loadModule, $true).AddParameters(@{ Name = $module['name']; Script = $script }).AddStatement()
        }
        if ($Request['language_mode'] -ne 'FullLanguage') {
            $null = $ps.AddScript("`$ExecutionContext.SessionState.LanguageMode = '$($Request['language_mode'])'").AddStatement()
            $null = $ps.AddScript($Request['script']).AddStatement()
        }
        else {
            $script = Get-EntryScript -Name $Request['entry'] -Script $Request['script']
            $null = $ps.AddScript($defineModule).AddArgument($script).AddStatement()
            $null = $ps.AddCommand('<AnsibleModule>', $false).AddStatement()
        }
        $output = @($ps.Invoke())
        return @{ output = ($output -join "`n"); errors = @(foreach ($one in $ps.Streams.Error) { "$one`n$($one.ScriptStackTrace)" }) }
    }
    catch {
        return @{ output = ''; errors = @("$($_.Exception.GetBaseException().Message)`n$($_.ScriptStackTrace)") }
    }
    finally {
        $ps.Dispose()
    }
}

# Where instrumented scripts note what ran (instrument.ps1), each place once.
[System.AppDomain]::CurrentDomain.SetData('ran', [System.Collections.Generic.HashSet[string]]::new())
$answers = [System.Console]::Out
while ($null -ne ($line = [System.Console]::In.ReadLine())) {
    $request = ConvertFrom-Json -InputObject $line -AsHashtable -Depth 100
    Set-Session -Request $request
    [System.Console]::SetOut([System.IO.TextWriter]::Null)
    $answer = Invoke-Module -Request $request
    [System.Console]::SetOut($answers)
    $answers.WriteLine((ConvertTo-Json -InputObject $answer -Compress -Depth 5))
    $answers.Flush()
}
