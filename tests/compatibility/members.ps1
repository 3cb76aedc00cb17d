# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the public types and members of the assemblies in a folder as JSON: members.ps1 FOLDER OUTPUT.
param([string]$Folder, [string]$Output)
$ErrorActionPreference = 'Stop'
Add-Type -TypeDefinition ([System.IO.File]::ReadAllText("$PSScriptRoot/Members.cs"))
[Compatibility.Members]::Write([System.IO.Directory]::GetFiles($Folder, '*.dll'), $Output)
