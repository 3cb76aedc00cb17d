#!powershell

# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -PowerShell ..module_utils._Payload
#AnsibleRequires -PowerShell ..module_utils._Iis

# Only what Constrained Language allows may stand before this test: no type, no method.
if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    '{"protocol": 1, "failed": true, "msg": "PowerShell runs in a constrained language mode, nothing was looked at.", "error": ' +
    '{"kind": "constrained_language", "message": "PowerShell runs in a constrained language mode.", "hresult": null, "file": null, "line": null}}'
    return
}

Invoke-Payload -Arguments $complex_args -Providers @('registry', 'service', 'journal', 'iis')
