#!powershell

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

#AnsibleRequires -PowerShell ..module_utils._Payload
#AnsibleRequires -PowerShell ..module_utils._Apply
#AnsibleRequires -PowerShell ..module_utils._Account
#AnsibleRequires -PowerShell ..module_utils._Listener
#AnsibleRequires -PowerShell ..module_utils._DnsWrite

# Only what Constrained Language allows may stand before this test: no type, no method.
if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    '{"protocol": 1, "failed": true, "msg": "Constrained language mode.", "error": {"kind": "constrained_language", ' +
    '"message": "Constrained language mode.", "hresult": null, "file": null, "line": null}}'
    return
}

Invoke-Payload -Arguments $complex_args -Providers @('registry', 'service', 'journal', 'account', 'listener', 'dns')
