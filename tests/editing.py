"""Cells inserted into workbooks and deleted from them, as LibreOffice does it: references move along."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from xlcheck.engines.libreoffice import find_soffice
from xlcheck.formulas.addresses import Range

KINDS = {
    "down": "insertCells(a, 1)",
    "right": "insertCells(a, 2)",
    "rows in": "insertCells(a, 3)",
    "columns in": "insertCells(a, 4)",
    "rows out": "removeRange(a, 3)",
    "columns out": "removeRange(a, 4)",
}
"""What is done with an area: where the cells behind it go, or whether whole rows or columns come or go."""
_MODULE, _HEAD = "user/basic/Standard/Module1.xba", '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMES = 'xmlns:script="http://openoffice.org/2000/script"'


_PROPERTIES = (
    "Dim h(0) As New com.sun.star.beans.PropertyValue",
    "Dim f(0) As New com.sun.star.beans.PropertyValue",
    'h(0).Name = "Hidden" : h(0).Value = True : f(0).Name = "FilterName" : f(0).Value = "Calc MS Excel 2007 XML"',
)


class Edit(NamedTuple):
    """One edit of a workbook: what of `KINDS` is done with which cells."""

    kind: str
    area: Range


def edit_with_libreoffice(edits: Sequence[tuple[Path, Edit, Path]], folder: Path) -> None:
    """Open workbooks in LibreOffice, edit each, and save it elsewhere.

    Args:
        edits: workbooks, what is done with each, and where it is saved.
        folder: for LibreOffice's profile.
    """
    calls = [f"Edit{number}(h(), f())" for number in range(len(edits))]
    lines = ["Sub Main", *_PROPERTIES, *calls, "StarDesktop.terminate()", "End Sub"]
    for call, (path, (kind, area), saved) in zip(calls, edits, strict=True):
        last = (area.top + area.rows - 1, area.left + area.columns - 1)
        lines += [
            f"Sub {call}", "On Error Goto Ended", "Dim a As New com.sun.star.table.CellRangeAddress",
            f'd = StarDesktop.loadComponentFromURL("{path.as_uri()}", "_blank", 0, h())',
            f'For i = 0 To d.Sheets.Count - 1 : If d.Sheets(i).Name = "{area.sheet}" Then a.Sheet = i', "Next i",
            f"a.StartRow = {area.top} : a.StartColumn = {area.left} : a.EndRow = {last[0]} : a.EndColumn = {last[1]}",
            f'd.Sheets(a.Sheet).{KINDS[kind]} : d.storeToURL("{saved.as_uri()}", f()) : d.close(True)',
            "Ended:", "End Sub",
        ]  # fmt: skip
    soffice = find_soffice()
    assert soffice is not None
    profile = folder / "profile"
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    if not profile.exists():
        subprocess.run([*command, "--terminate_after_init"], check=True, capture_output=True, timeout=600)
    module = f'<script:module {_NAMES} script:name="Module1" script:language="StarBasic">{escape(chr(10).join(lines))}'
    (profile / _MODULE).write_text(f"{_HEAD}{module}</script:module>")
    subprocess.run([*command, "macro:///Standard.Module1.Main"], check=True, capture_output=True, timeout=600)
