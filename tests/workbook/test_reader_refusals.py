"""What `read_workbook` says about broken files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from workbook_parts import MAIN, OFFICE, PACKAGE, workbook_parts

from xlcheck.errors import WorkbookError
from xlcheck.workbook import sheet_cells
from xlcheck.workbook.reader import read_workbook

SHEET = "xl/worksheets/sheet1.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
REPAIR = "open and save it in Excel or LibreOffice, which may repair it"


def refusal(write_parts: Callable[..., Path], rows: str = "", **parts: str) -> tuple[Path, str]:
    path = write_parts({**workbook_parts(rows), **parts})
    with pytest.raises(WorkbookError) as caught:
        read_workbook(path)
    return path, str(caught.value)


class TestRefusals:
    def test_malformed_sheet(self, write_parts: Callable[..., Path]) -> None:
        """XML that is not well formed is named with its part and place."""
        path, sentence = refusal(write_parts, '<row r="1"><c></row>')

        assert sentence == (
            f"{path} is damaged: its part {SHEET} is not well-formed XML (mismatched tag: line 1, column 104); {REPAIR}"
        )

    @pytest.mark.parametrize("part", ["xl/workbook.xml", RELATIONS, "_rels/.rels"])
    def test_malformed_structure(self, write_parts: Callable[..., Path], part: str) -> None:
        """So are the parts that say where the worksheets are."""
        path, sentence = refusal(write_parts, **{part: "<a><b></a>"})

        assert sentence == (
            f"{path} is damaged: its part {part} is not well-formed XML (mismatched tag: line 1, column 8); {REPAIR}"
        )

    @pytest.mark.parametrize(
        ("rows", "reason"),
        [
            ('<row r="1"><c r="A1"><v>one</v></c></row>', "its cell A1 holds 'one', which is no number"),
            ('<row r="1"><c r="A1"><v>NaN</v></c></row>', "its cell A1 holds 'NaN', which is no number"),
            ('<row r="1"><c r="A1"><v>-INF</v></c></row>', "its cell A1 holds '-INF', which is no number"),
            (
                '<row r="1"><c r="B1" t="s"><v>x</v></c></row>',
                "its cell B1 holds 'x', which is no number of a shared string",
            ),
            ('<row r="2"><c r="A3"><v>1</v></c></row>', "its row 2 has a cell A3"),
            ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "it has a cell in a column 'XFE'"),
            ('<row r="1"><c r="1A"><v>1</v></c></row>', "it has a cell at '1A'"),
            ('<row r="1048577"><c><v>1</v></c></row>', "it has a row '1048577'"),
            ('<row r="-1"/>', "it has a row '-1'"),
            (
                '<row r="1"><c r="C1"><f t="shared" si="0"/></c></row>',
                "its cell C1 shares a formula that is written nowhere",
            ),
            (
                '<row r="1"><c r="A1"><f t="array" ref="A0">1</f></c></row>',
                "it has an array formula over 'A0', which is no range",
            ),
            (
                '<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">1</f></c></row>',
                "it has an array formula over A1:XFD1048576, and with it more than 5,000,000 cells",
            ),
        ],
    )
    def test_cells_that_make_no_sense(self, write_parts: Callable[..., Path], rows: str, reason: str) -> None:
        """A cell that Excel would not accept is named, with its worksheet, and nothing is guessed."""
        path, sentence = refusal(write_parts, rows)

        assert sentence == f"{path} is damaged in worksheet 'S': {reason}; {REPAIR}"

    def test_too_many_cells(self, write_parts: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
        """A worksheet has a limit, so that it cannot take all memory."""
        monkeypatch.setattr(sheet_cells, "MAX_CELLS", 3)
        path, sentence = refusal(write_parts, '<row r="1">' + "<c><v>1</v></c>" * 4 + "</row>")

        assert sentence == f"{path} is damaged in worksheet 'S': it has more than 3 cells; {REPAIR}"

    def test_a_sheet_without_its_part(self, write_parts: Callable[..., Path]) -> None:
        """A worksheet that the workbook lists and the file does not hold is missed by name."""
        path, sentence = refusal(write_parts, **{RELATIONS: f'<Relationships xmlns="{PACKAGE}"/>'})

        assert sentence == f"{path} lacks the part that holds its worksheet 'S'; save it again"

    def test_a_workbook_without_sheets(self, write_parts: Callable[..., Path]) -> None:
        """A workbook that lists no worksheet has nothing to check."""
        path, sentence = refusal(write_parts, **{"xl/workbook.xml": f'<workbook xmlns="{MAIN}"/>'})

        assert sentence == f"{path} has no worksheet; pass a workbook that has one"

    def test_two_sheets_of_the_same_name(self, write_parts: Callable[..., Path]) -> None:
        """Names of worksheets are compared as Excel does, without case."""
        path, sentence = refusal(
            write_parts,
            **{
                "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
                '<sheet name="S" r:id="rId1"/><sheet name="s" r:id="rId1"/></sheets></workbook>'
            },
        )

        assert sentence == f"{path} has two worksheets of the same name; rename one and save it again"

    def test_two_workbooks_in_one_file(self, write_parts: Callable[..., Path]) -> None:
        """A file that points elsewhere than to its usual workbook would show every program something else."""
        path, sentence = refusal(
            write_parts,
            **{
                "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
                f'Type="{OFFICE}/officeDocument" Target="xl/other.xml"/></Relationships>'
            },
        )

        assert sentence == f"{path} contains two workbooks, so it is not clear what it says; save it again"
