# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft.Web.Administration's stand-in, driven by PowerShell scripts that use the API as its documentation does.

Sources: JexusManager's Tests/TestCases.cs, which also runs against Microsoft's own assembly ("JM"); the pages of
MicrosoftDocs/iis-docs on requestFiltering ("docs"), whose samples give calls and the XML that they leave.
"""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from lab.box import Box
from lab.boxes import CONFIG
from lab.engine import WriteFault

FILE = CONFIG + "\\applicationHost.config"
FILTERING = "system.webServer/security/requestFiltering"
PREPARE = """
$ErrorActionPreference = 'Stop'
$null = [System.Reflection.Assembly]::LoadFrom('C:\\Windows\\System32\\inetsrv\\Microsoft.Web.Administration.dll')
$manager = New-Object Microsoft.Web.Administration.ServerManager
$config = $manager.GetApplicationHostConfiguration()
function Try-It { param([scriptblock]$Block)
    try { & $Block } catch {
        $problem = $_.Exception
        while ($problem.InnerException) { $problem = $problem.InnerException }
        '{0} 0x{1:x8} {2}' -f $problem.GetType().Name, $problem.HResult, $problem.Message.Replace("`r`n", '|')
    }
}
$filtering = $config.GetSection('system.webServer/security/requestFiltering')
$errors = $config.GetSection('system.webServer/httpErrors')
"""


@pytest.fixture
def box(remote_desktop: Box) -> Box:
    return remote_desktop


class Shell:
    """Scripts that complain of nothing, and how the last of them ended."""

    def __init__(self, script: Any, box: Box) -> None:
        self._script, self.box = script, box
        self.exit_code = 0

    def run(self, text: str, fault: WriteFault | None = None) -> list[str]:
        said = self._script(PREPARE + text, fault)
        self.exit_code = said.exit_code
        assert not said.errors, said.errors
        return said.lines


@pytest.fixture
def shell(script: Any, box: Box) -> Shell:
    return Shell(script, box)


def section(box: Box, path: str = FILTERING, location: str | None = None) -> etree._Element | None:
    root = etree.fromstring(box.path(FILE).read_bytes())
    start = root if location is None else root.find(f"location[@path='{location}']")
    return None if start is None else start.find(path)


# the calls, and what is said: type of the exception, HRESULT, message. Source: JM, facts of its assertions
REFUSALS = [
    ("$errors['errorMode'] = 'Nothing'", "COMException 0x8007000d Enum must be one of DetailedLocalOnly, Custom, Detailed|"),
    (
        "$config.GetSection('system.webServer/security/access')['sslFlags'] = 'Nothing'",
        "COMException 0x8007000d Flags must be some combination of None, Ssl, SslNegotiateCert, SslRequireCert, Ssl128|",
    ),
    ("$errors.GetCollection().CreateElement()['statusCode'] = '500'", "InvalidCastException 0x80004002 Specified cast is not valid."),
    (
        "$errors.GetCollection().CreateElement()['statusCode'] = 90000",
        "COMException 0x8007000d Integer value must be between 400 and 999 inclusive|",
    ),
    ("$errors.GetCollection().CreateElement()['path'] = ''", "COMException 0x8007000d String must not be empty|"),
    (
        "$new = $errors.GetCollection().CreateElement(); $new['statusCode'] = 500; $errors.GetCollection().Add($new)",
        "FileNotFoundException 0x80070002 Filename: |Error: Element is missing required attributes path||",
    ),
    (
        "$all = $filtering.GetCollection('hiddenSegments'); $new = $all.CreateElement(); $new['segment'] = 'WEB.config'; $all.Add($new)",
        "COMException 0x800700b7 Filename: |Error: Cannot add duplicate collection entry of type 'add' with unique key "
        "attribute 'segment' set to 'WEB.config'||",
    ),
    (
        "$config.GetSection('system.webServer/httpErrors', 'Nowhere')",
        "FileNotFoundException 0x80070002 Filename: |Error: Unrecognized configuration path 'MACHINE/WEBROOT/APPHOST/Nowhere'||",
    ),
]


class TestRefusals:
    @pytest.mark.parametrize(("call", "said"), REFUSALS)
    def test_says_what_windows_says(self, shell: Shell, call: str, said: str) -> None:
        before = shell.box.path(FILE).read_bytes()
        assert shell.run(f"Try-It {{ {call} }}") == [said]
        assert shell.box.path(FILE).read_bytes() == before

    def test_a_locked_section_is_readable_and_not_writable_for_a_site(self, shell: Shell) -> None:
        """JM: windowsAuthentication of a site's own configuration."""
        lines = shell.run("""
            $section = $manager.GetWebConfiguration('Default Web Site').GetSection('system.webServer/security/authentication/windowsAuthentication')
            $section.IsLocked; "$($section.OverrideMode) $($section.OverrideModeEffective)"; $section['enabled']
            Try-It { $section['enabled'] = $true }
            $config.GetSection('system.webServer/security/authentication/windowsAuthentication', 'Default Web Site').IsLocked""")
        assert lines[:3] == ["True", "Inherit Deny", "False"]
        assert lines[3].startswith("FileLoadException 0x80070021 This configuration section cannot be used at this path.")
        assert lines[4] == "False"

    def test_what_was_committed_is_read_only(self, shell: Shell) -> None:
        lines = shell.run("""
            $filtering['allowDoubleEscaping'] = $true; $manager.CommitChanges()
            Try-It { $filtering['allowDoubleEscaping'] = $false }; $filtering['allowDoubleEscaping']""")
        assert lines[0].startswith("InvalidOperationException")
        assert lines[1] == "True"


class TestTypes:
    @pytest.mark.parametrize(
        ("expression", "wanted"),
        [
            ("$filtering.GetChildElement('requestLimits')['maxUrl']", "Int64"),
            ("$errors.GetCollection()[0]['subStatusCode']", "Int32"),
            ("$errors['errorMode']", "Int32"),
            ("$filtering['allowDoubleEscaping']", "Boolean"),
            ("$config.GetSection('system.applicationHost/configHistory')['period']", "TimeSpan"),
            ("$config.GetSection('system.applicationHost/configHistory')['path']", "String"),
        ],
    )
    def test_of_values(self, shell: Shell, expression: str, wanted: str) -> None:
        assert shell.run(f"({expression}).GetType().Name") == [wanted]


# Microsoft's own C# samples as PowerShell, with the XML that the same page shows. Source: docs, requestFiltering and its children
SAMPLES = [
    (
        "headerLimits",
        "$all = $filtering.GetChildElement('requestLimits').GetCollection('headerLimits')\n"
        "$new = $all.CreateElement('add'); $new['header'] = 'Content-type'; $new['sizeLimit'] = 100; $null = $all.Add($new)",
        '<requestLimits><headerLimits><add header="Content-type" sizeLimit="100"/></headerLimits></requestLimits>',
        "requestLimits",
    ),
    (
        "filteringRules",
        "$all = $filtering.GetCollection('filteringRules')\n"
        "$rule = $all.CreateElement('filteringRule'); $rule['name'] = 'SQLInjection'; $rule['scanQueryString'] = $true\n"
        "$types = $rule.GetCollection('appliesTo'); $new = $types.CreateElement('add'); $new['fileExtension'] = '.asp'; $null = $types.Add($new)\n"
        "$texts = $rule.GetCollection('denyStrings'); $new = $texts.CreateElement('add'); $new['string'] = '--'; $null = $texts.Add($new)\n"
        "$null = $all.Add($rule)",
        '<filteringRules><filteringRule name="SQLInjection" scanQueryString="true"><appliesTo><add fileExtension=".asp"/></appliesTo>'
        '<denyStrings><add string="--"/></denyStrings></filteringRule></filteringRules>',
        "filteringRules",
    ),
    (
        "denyUrlSequences",
        "$all = $filtering.GetCollection('denyUrlSequences')\n"
        "foreach ($text in '..', ':', '\\') { $new = $all.CreateElement('add'); $new['sequence'] = $text; $null = $all.Add($new) }",
        '<denyUrlSequences><add sequence=".."/><add sequence=":"/><add sequence="\\"/></denyUrlSequences>',
        "denyUrlSequences",
    ),
]


class TestWrites:
    @pytest.mark.parametrize(("calls", "xml", "child"), [sample[1:] for sample in SAMPLES], ids=[sample[0] for sample in SAMPLES])
    def test_samples_of_microsoft(self, shell: Shell, calls: str, xml: str, child: str) -> None:
        shell.run(calls + "\n$manager.CommitChanges()")
        written = section(shell.box)
        assert written is not None
        parser = etree.XMLParser(remove_blank_text=True)
        found = etree.fromstring(etree.tostring(written.find(child), with_tail=False), parser)
        assert etree.tostring(found, method="c14n") == etree.tostring(etree.fromstring(xml, parser), method="c14n")

    def test_every_other_byte_stays(self, shell: Shell) -> None:
        before = shell.box.path(FILE).read_bytes()
        shell.run("$filtering.GetChildElement('requestLimits')['maxUrl'] = 2000; $manager.CommitChanges()")
        after = shell.box.path(FILE).read_bytes()
        added = [line for line in after.splitlines(keepends=True) if line not in before.splitlines(keepends=True)]
        assert [line.strip() for line in added] == [b'<requestLimits maxUrl="2000" />']
        assert after.replace(added[0], b"", 1) == before

    def test_nothing_is_written_where_nothing_changed(self, shell: Shell) -> None:
        before = shell.box.path(FILE).stat()
        shell.run("$null = $filtering['allowDoubleEscaping']; $manager.CommitChanges()")
        assert shell.box.path(FILE).stat().st_ino == before.st_ino

    def test_an_inherited_entry_gets_a_remove_at_a_location(self, shell: Shell) -> None:
        shell.run("""
            $all = $config.GetSection('system.webServer/security/requestFiltering', 'Default Web Site').GetCollection('hiddenSegments')
            $all.Remove($all[0]); $manager.CommitChanges()""")
        written = section(shell.box, location="Default Web Site")
        assert written is not None
        assert [child.tag for child in written.find("hiddenSegments")] == ["remove"]
        assert written.find("hiddenSegments/remove").get("segment") == "web.config"


class TestCollisions:
    def test_a_file_that_changed_meanwhile(self, shell: Shell) -> None:
        (line,) = shell.run("""
            $filtering['allowDoubleEscaping'] = $true
            [System.IO.File]::AppendAllText('C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config', "`r`n<!-- another -->")
            Try-It { $manager.CommitChanges() }""")
        assert line.startswith("FileLoadException")
        assert line.endswith("Error: Cannot commit configuration changes because the file has changed on disk||")
        assert section(shell.box).get("allowDoubleEscaping") is None

    @pytest.mark.parametrize(
        ("when", "effect", "exit_code", "written"),
        [("before", "crash", 86, None), ("after", "crash", 86, "true"), ("before", "sharing", 0, None), ("after", "collide", 0, "true")],
    )
    def test_faults(self, shell: Shell, when: str, effect: str, exit_code: int, written: str | None) -> None:
        shell.run("$filtering['allowDoubleEscaping'] = $true; Try-It { $manager.CommitChanges() }", WriteFault(1, when, effect))
        assert shell.exit_code == exit_code
        assert section(shell.box).get("allowDoubleEscaping") == written
