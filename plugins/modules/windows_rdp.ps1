#!powershell

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

#AnsibleRequires -PowerShell ..module_utils._Payload
#AnsibleRequires -PowerShell ..module_utils._Apply
#AnsibleRequires -PowerShell ..module_utils._Account
#AnsibleRequires -PowerShell ..module_utils._Right
#AnsibleRequires -PowerShell ..module_utils._Group
#AnsibleRequires -PowerShell ..module_utils._Security
#AnsibleRequires -PowerShell ..module_utils._Firewall
#AnsibleRequires -PowerShell ..module_utils._Listener
#AnsibleRequires -PowerShell ..module_utils._Session
#AnsibleRequires -PowerShell ..module_utils._Power
#AnsibleRequires -PowerShell ..module_utils._Certificate
#AnsibleRequires -PowerShell ..module_utils._Task
#AnsibleRequires -PowerShell ..module_utils._Rsop
#AnsibleRequires -PowerShell ..module_utils._RightWrite
#AnsibleRequires -PowerShell ..module_utils._GroupWrite
#AnsibleRequires -PowerShell ..module_utils._SecurityWrite
#AnsibleRequires -PowerShell ..module_utils._FirewallWrite
#AnsibleRequires -PowerShell ..module_utils._PowerWrite
#AnsibleRequires -PowerShell ..module_utils._TaskWrite

# Only what Constrained Language allows may stand before this test: no type, no method.
if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    '{"protocol": 1, "failed": true, "msg": "Constrained language mode.", "error": {"kind": "constrained_language", ' +
    '"message": "Constrained language mode.", "hresult": null, "file": null, "line": null}}'
    return
}

Invoke-Payload -Arguments $complex_args -Providers (
    'registry service journal account right group security firewall listener session power certificate task rsop' -split ' ')
