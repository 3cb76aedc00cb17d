# SPDX-License-Identifier: GPL-3.0-or-later
# Registering and deleting scheduled tasks.

#AnsibleRequires -PowerShell ._Folder
#AnsibleRequires -PowerShell ._Planned
#AnsibleRequires -PowerShell ._Task

Set-StrictMode -Version Latest

function Get-TaskOperationForm {
    return @{ register = 'name=text definition=text planned=object'; delete = 'name=text planned=object' }
}

function Test-TaskPlan {
    param($Operation)
    Assert-Unchanged (Invoke-TaskRead $Operation) $Operation['planned']
}

function Invoke-TaskOperation {
    param($Operation)
    if ($Operation['operation'] -eq 'delete') {
        $null = Invoke-Program schtasks.exe '/delete', '/tn', $Operation['name'], '/f'
        return
    }
    Invoke-InFolder {
        param($Folder)
        # With a mark: the declaration of a task says UTF-16.
        [System.IO.File]::WriteAllText("$Folder\task.xml", $Operation['definition'], [System.Text.Encoding]::Unicode)
        $null = Invoke-Program schtasks.exe '/create', '/tn', $Operation['name'], '/xml', "$Folder\task.xml"
    }
}

Export-ModuleMember -Function Get-TaskOperationForm, Test-TaskPlan, Invoke-TaskOperation
