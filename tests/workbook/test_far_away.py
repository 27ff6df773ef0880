"""How far away, how small and how narrow something may be shown before a reader is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from workbook_parts import MAIN, workbook_parts

from xlcheck.workbook.container import open_container
from xlcheck.workbook.looks.beside_cells import of_workbook, of_worksheet
from xlcheck.workbook.parts import read_structure
from xlcheck.workbook.xml_tree import tree_of


@pytest.mark.parametrize(
    ("usual", "odd", "said"),
    [
        ('<sheetViews><sheetView zoomScale="30"/></sheetViews>', '<sheetViews><sheetView zoomScale="29"/></sheetViews>',
         "S is shown at 29 percent"),
        ('<pageSetup scale="30"/>', '<pageSetup scale="29"/>', "pages of S are printed at 29 percent"),
        ('<pageMargins left="3" right="4"/>', '<pageMargins left="3" right="4.1"/>', "pages of S are mostly margin"),
        ('<pageMargins top="0" bottom="7"/>', '<pageMargins top="3" bottom="4.1"/>', "pages of S are mostly margin"),
    ],
)  # fmt: skip
def test_a_worksheet_that_is_hard_to_see(usual: str, odd: str, said: str, write_parts: Callable[..., Path]) -> None:
    """A third of its size can still be read; an inch of eight is left to print on."""
    told = []
    with open_container(write_parts(workbook_parts())) as container:
        for part in (usual, odd):
            root = tree_of(f'<worksheet xmlns="{MAIN}">{part}</worksheet>'.encode())
            assert root is not None
            told.append(list(of_worksheet(container, "S", "xl/worksheets/sheet1.xml", root)))

    assert told == [[], [said]]


@pytest.mark.parametrize("name", ["S", "'a,b'", "'it''s, a ''b'''", "'a!b,$c'"])
def test_what_is_printed_of_a_worksheet_of_any_name(name: str, write_parts: Callable[..., Path]) -> None:
    """A comma in its name is no next area."""
    defined = "".join(
        f'<definedName name="_xlnm.{kind}" localSheetId="0">{name}!{areas}</definedName>'
        for kind, areas in (("Print_Area", f"$A$1:$B$3,{name}!$D$1"), ("Print_Titles", "$1:$2"))
    )
    path = write_parts(workbook_parts(workbook=f"<definedNames>{defined}</definedNames>"))
    with open_container(path) as container:
        told = list(of_workbook(container, read_structure(container)))

    assert told == ["pages of S print A1:B3 and D1", "pages of S repeat on each page 1:2"]


@pytest.mark.parametrize(
    ("usual", "odd", "said"),
    [
        ('windowWidth="3000"', 'windowWidth="2999"', "the workbook's window is too small to see its cells"),
        ('windowHeight="3000"', 'windowHeight="0"', "the workbook's window is too small to see its cells"),
        ('xWindow="-60000"', 'xWindow="-60001"', "the workbook's window lies beside the screen"),
        ('yWindow="60000"', 'yWindow="60001"', "the workbook's window lies beside the screen"),
        ('tabRatio="100"', 'tabRatio="99"', "the names of worksheets are not shown"),
    ],
)
def test_a_window_that_is_hard_to_see(usual: str, odd: str, said: str, write_parts: Callable[..., Path]) -> None:
    """It has five centimetres at least, lies on one of two large screens, and a tenth of it is for names of sheets."""
    told = []
    for view in (usual, odd):
        path = write_parts(workbook_parts(workbook=f"<bookViews><workbookView {view}/></bookViews>"))
        with open_container(path) as container:
            told.append(list(of_workbook(container, read_structure(container))))

    assert told == [[], [said]]
