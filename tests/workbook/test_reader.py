"""What `read_workbook` finds in files of many origins, and what it says about broken ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from workbook_parts import MAIN, OFFICE, PACKAGE, workbook_parts

from xlcheck.workbook.content import Cell, CellError, NotEvaluated, WorkbookContent
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.sheet_cells import parse_cells

SHEET = "xl/worksheets/sheet1.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


@pytest.fixture
def read(write_parts: Callable[..., Path]) -> Callable[..., WorkbookContent]:
    """A function that writes rows into a workbook with one worksheet `S`, and reads it."""

    def read(rows: str, **parts: str) -> WorkbookContent:
        return read_workbook(write_parts({**workbook_parts(rows), **parts}))

    return read


def cells(content: WorkbookContent) -> dict[tuple[int, int], Cell]:
    return dict(content.sheets["S"].cells)


def parse(rows: str, strings: tuple[str, ...] = ()) -> dict[tuple[int, int], Cell]:
    return parse_cells(workbook_parts(rows)[SHEET].encode(), strings)


class TestValues:
    def test_every_type_of_cell(self) -> None:
        """Numbers, booleans, errors, shared, inline and formula texts come as what they are; empty cells do not."""
        found = parse(
            '<row r="1"><c r="A1"><v>1.5</v></c><c r="B1" t="n"><v>-2E-3</v></c><c r="C1" t="b"><v>1</v></c>'
            '<c r="D1" t="b"><v>0</v></c><c r="E1" t="e"><v>#DIV/0!</v></c><c r="F1" t="s"><v>1</v></c>'
            '<c r="G1" t="inlineStr"><is><t>in</t></is></c><c r="H1" t="str"><f>A1</f><v>text</v></c>'
            '<c r="I1" s="3"/><c r="J1"><v></v></c><c r="K1" t="d"><v>2026-01-01</v></c></row>',
            ("zero", "one"),
        )

        assert [cell.value for cell in found.values()] == [
            *(1.5, -0.002, True, False, CellError("#DIV/0!"), "one", "in", "text"),
            NotEvaluated("the day 2026-01-01 is written as a text, which not every program reads as a number"),
        ]
        assert type(found[0, 2].value) is bool
        assert found[0, 7] == Cell("text", "A1")
        assert (0, 8) not in found
        assert (0, 9) not in found

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_numbers_are_exact(self, number: float) -> None:
        """A number that was written with 17 digits is the same number, to the last bit."""
        found = parse(f'<row r="1"><c r="A1"><v>{number!r}</v></c></row>')

        assert found[0, 0].value == number
        assert math.copysign(1, found[0, 0].value) == math.copysign(1, number)

    def test_rich_text_is_joined_without_phonetic_hints(self, read: Callable[..., WorkbookContent]) -> None:
        """Of a text with formats only the letters count, of a Japanese text not its reading aid."""
        rich = "<r><t>one </t></r><r><rPr><b/></rPr><t>two</t></r><rPh sb='0' eb='1'><t>no</t></rPh>"
        content = read(
            f'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is>{rich}</is></c>'
            '<c r="C1" t="inlineStr"><is><t>next</t></is></c></row>',
            **{
                RELATIONS: f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{OFFICE}/worksheet" '
                f'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{OFFICE}/sharedStrings" '
                'Target="/xl/sharedStrings.xml"/></Relationships>',
                "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si>{rich}</si></sst>',
            },
        )

        assert [cell.value for cell in cells(content).values()] == ["one two", "one two", "next"]

    def test_texts_are_unescaped(self) -> None:
        """What XML cannot hold is written _x000D_ by Excel, and read as the character."""
        found = parse('<row r="1"><c r="A1" t="inlineStr"><is><t>a_x000D_b_x005F_x0041_ _xyz_</t></is></c></row>')

        assert found[0, 0].value == "a\rb_x0041_ _xyz_"

    def test_a_text_that_is_missing_is_not_evaluated(self, read: Callable[..., WorkbookContent]) -> None:
        """A file without its shared strings can be read; a cell that needs one says what is missing."""
        content = read('<row r="1"><c r="A1" t="s"><v>5</v></c></row>')

        assert cells(content)[0, 0].value == NotEvaluated("text 5 is missing from the file's shared strings")
        found = parse('<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>2</v></c></row>', ("zero", "one"))
        assert found[0, 0].value == "one"
        assert found[0, 1].value == NotEvaluated("text 2 is missing from the file's shared strings")


class TestFormulas:
    def test_text_is_kept_as_written(self) -> None:
        """Prefixes of newer functions stay, character references and CDATA are resolved, a leading = goes."""
        found = parse(
            '<row r="1"><c r="A1"><f>_xlfn.LET(_xlpm.x,1,_xlpm.x)</f></c><c r="B1"><f>A1&amp;"&lt;"&#42;2</f></c>'
            '<c r="C1"><f><![CDATA[A1<>2]]></f></c><c r="D1"><f>=A1</f></c>'
            '<c r="E1"><f xml:space="preserve"> A1 </f></c></row>'
        )

        assert [cell.formula for cell in found.values()] == [
            *("_xlfn.LET(_xlpm.x,1,_xlpm.x)", 'A1&"<"*2', "A1<>2", "A1", " A1 "),
        ]

    def test_formula_without_cached_value(self) -> None:
        """A formula that nobody has calculated has the value None."""
        found = parse('<row r="1"><c r="A1"><f>1+1</f><v></v></c><c r="B1"><f>1+1</f></c></row>')

        assert list(found.values()) == [Cell(None, "1+1"), Cell(None, "1+1")]

    def test_shared_formula_is_translated_for_each_cell(self) -> None:
        """Cells that share a formula have it with their own references, and their own cached value."""
        found = parse(
            '<row r="1"><c r="B1"><f t="shared" ref="B1:B2" si="3">A1*$A$1</f><v>1</v></c></row>'
            '<row r="2"><c r="B2"><f t="shared" si="3"/><v>2</v></c></row>'
        )

        assert found == {(0, 1): Cell(1.0, "A1*$A$1"), (1, 1): Cell(2.0, "A2*$A$1")}

    def test_shared_formula_may_be_written_after_its_first_use(self) -> None:
        """The cell that has the text of a shared formula need not be the first of them."""
        found = parse(
            '<row r="1"><c r="B1"><f t="shared" si="0"/><v>1</v></c>'
            '<c r="C1"><f t="shared" ref="B1:C1" si="0">C2</f></c></row>'
        )

        assert found == {(0, 1): Cell(1.0, "B2"), (0, 2): Cell(None, "C2")}

    def test_array_formula_belongs_to_all_its_cells(self) -> None:
        """Every cell of an array formula's range has its text and range, also where the file has no cell."""
        found = parse(
            '<row r="1"><c r="A1"><f t="array" ref="A1:B2">MMULT(D1:E2,D1:E2)</f><v>1</v></c>'
            '<c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>'
        )

        assert found == {
            (row, column): Cell(value, "MMULT(D1:E2,D1:E2)", "A1:B2")
            for (row, column), value in {(0, 0): 1.0, (0, 1): 2.0, (1, 0): 3.0, (1, 1): None}.items()
        }

    def test_an_empty_formula_belongs_to_an_array_formula(self) -> None:
        """Excel writes them into the other cells of an array formula that follows from chance."""
        found = parse(
            '<row r="1"><c r="A1"><f t="array" aca="1" ref="A1:B1" ca="1">RAND()*C1:D1</f><v>1</v></c>'
            '<c r="B1"><f ca="1"/><v>2</v></c></row>'
        )

        assert found[0, 1] == Cell(2.0, "RAND()*C1:D1", "A1:B1")

    @pytest.mark.parametrize(
        ("attributes", "formula"),
        [
            ('dt2D="1" dtr="1" r1="A1" r2="B1"', "TABLE(A1,B1)"),
            ('dtr="1" r1="A1"', "TABLE(A1,)"),
            ('r1="A1"', "TABLE(,A1)"),
        ],
    )
    def test_data_table_is_a_formula_by_the_name_excel_shows(self, attributes: str, formula: str) -> None:
        """A what-if table's cells are no constants, although they hold no text of a formula."""
        found = parse(
            f'<row r="1"><c r="C1"><f t="dataTable" ref="C1:D1" {attributes}/><v>1</v></c><c r="D1"><v>2</v></c></row>'
        )

        assert found == {(0, 2): Cell(1.0, formula, "C1:D1"), (0, 3): Cell(2.0, formula, "C1:D1")}


class TestStructure:
    def test_positions_may_be_left_out(self) -> None:
        """Rows and cells without an address follow the one before."""
        found = parse('<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row><row><c><v>4</v></c></row>')

        assert {position: cell.value for position, cell in found.items()} == {
            (0, 0): 1.0,
            (0, 3): 2.0,
            (0, 4): 3.0,
            (1, 0): 4.0,
        }

    def test_prefixed_elements(self, read: Callable[..., WorkbookContent]) -> None:
        """Some writers give every element a prefix; elements of others' namespaces are no cells."""
        content = read(
            "",
            **{
                SHEET: f'<x:worksheet xmlns:x="{MAIN}" xmlns:y="urn:other"><x:sheetData><x:row r="1"><x:c r="A1">'
                "<x:f>1+1</x:f><x:v>2</x:v><y:w>9</y:w></x:c></x:row></x:sheetData><y:c><y:v>1</y:v></y:c></x:worksheet>"
            },
        )

        assert cells(content) == {(0, 0): Cell(2.0, "1+1")}

    def test_strict_variant(self, write_parts: Callable[..., Path]) -> None:
        """The strict variant of the format has other namespaces and is read alike."""
        parts = workbook_parts(
            '<row r="1"><c r="A1"><v>1</v></c></row>',
            workbook="<definedNames><definedName name='n'>S!$A$1</definedName></definedNames>",
            main="http://purl.oclc.org/ooxml/spreadsheetml/main",
            office="http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        content = read_workbook(write_parts(parts))

        assert cells(content) == {(0, 0): Cell(1.0)}
        assert content.names == {"n": "S!$A$1"}

    def test_only_cells_in_the_sheet_data_count(self, read: Callable[..., WorkbookContent]) -> None:
        """What follows the rows, such as conditional formats and extensions, holds no cells."""
        content = read(
            "",
            **{
                SHEET: f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
                '<extLst><ext><c r="B1"><v>2</v></c></ext></extLst></worksheet>'
            },
        )

        assert cells(content) == {(0, 0): Cell(1.0)}

    def test_names_states_links_and_notes(self, read: Callable[..., WorkbookContent]) -> None:
        """Hidden sheets, local and hidden names, links, macros and sheets without cells are all reported."""
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
        relation = '<Relationship Id="{}" Type="' + OFFICE + '/{}" Target="{}"/>'
        content = read(
            "",
            **{
                "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
                '<sheet name="My sheet" sheetId="1" r:id="a"/><sheet name="H" sheetId="2" state="hidden" r:id="b"/>'
                '<sheet name="V" sheetId="3" state="veryHidden" r:id="c"/><sheet name="Chart1" sheetId="4" r:id="d"/>'
                "</sheets><definedNames><definedName name=\"lstm.kernel\">'My sheet'!$A$1:$D$1</definedName>"
                '<definedName name="x" localSheetId="0" hidden="1">H!$B$2</definedName>'
                '<definedName name="_xlnm.Print_Area" localSheetId="0">H!$A$1</definedName></definedNames></workbook>',
                RELATIONS: f'<Relationships xmlns="{PACKAGE}">'
                + relation.format("a", "worksheet", "worksheets/sheet1.xml")
                + relation.format("b", "worksheet", "/xl/worksheets/sheet2.xml")
                + relation.format("c", "worksheet", "worksheets/../worksheets/sheet3.xml")
                + relation.format("d", "chartsheet", "chartsheets/sheet1.xml")
                + relation.format("e", "externalLink", "externalLinks/externalLink1.xml")
                + "</Relationships>",
                SHEET: sheet,
                "xl/worksheets/sheet2.xml": sheet,
                "xl/worksheets/sheet3.xml": sheet,
                "xl/chartsheets/sheet1.xml": "<chartsheet/>",
                "xl/externalLinks/externalLink1.xml": "<externalLink/>",
                "xl/externalLinks/_rels/externalLink1.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship '
                f'Id="x" Type="{OFFICE}/externalLinkPath" Target="other.xlsx" TargetMode="External"/></Relationships>',
                "xl/vbaProject.bin": "macro",
                "xl/connections.xml": "<connections/>",
            },
        )

        assert {name: sheet.state for name, sheet in content.sheets.items()} == {
            "My sheet": "visible",
            "H": "hidden",
            "V": "veryHidden",
        }
        assert content.names == {"lstm.kernel": "'My sheet'!$A$1:$D$1", "'My sheet'!x": "H!$B$2"}
        assert content.external_links == ("other.xlsx",)
        assert content.notes == (
            "the file contains macros; they were not run",
            "the file has connections to outside data; they were not followed",
            "sheets without cells were not read: Chart1",
        )

    def test_parts_that_do_not_calculate_may_be_broken(self, read: Callable[..., WorkbookContent]) -> None:
        """Styles, drawings and themes are never read, so they cannot be what a file fails by."""
        content = read(
            '<row r="1"><c r="A1"><v>1</v></c></row>',
            **{"xl/styles.xml": "<broken", "xl/drawings/drawing1.xml": "&", "xl/theme/theme1.xml": "\0"},
        )

        assert cells(content) == {(0, 0): Cell(1.0)}
