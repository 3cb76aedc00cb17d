# SPDX-License-Identifier: GPL-3.0-or-later
# Compiles one stand-in: output file first, then its sources.

$ErrorActionPreference = 'Stop'
$output, $sources = $args
Add-Type -Path $sources -OutputAssembly $output
