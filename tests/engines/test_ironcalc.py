"""What is peculiar to IronCalc."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from workbook_parts import MAIN, OFFICE, workbook_parts

from xlcheck.engines.ironcalc import IronCalc
from xlcheck.formulas.addresses import parse_range
from xlcheck.workbook.content import CellError, NotEvaluated, Value


def values(path: Path, cells: str) -> list[Value]:
    session = IronCalc().open(path)
    session.recalculate()
    return [value for row in session.read(parse_range(f"S!{cells}")) for value in row]


def test_overflow_is_infinity_inside_a_formula(tmp_path: Path) -> None:
    """The documented difference from Excel: EXP(800) is #NUM! by itself, and infinite for what divides by it."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_formula("A1", "=EXP(800)", None, 1)
        sheet.write_formula("A2", "=1/(1+EXP(800))", None, 1)
        sheet.write_formula("A3", "=1/(1+EXP(-MAX(-700,MIN(700,-800))))", None, 1)

    assert values(path, "A1:A3") == [CellError("#NUM!"), 0.0, pytest.approx(9.86e-305, rel=1e-3)]


def test_a_panic_of_the_library_leads_to_the_plain_copy(write_parts: Callable[..., Path]) -> None:
    """A style sheet without styles makes IronCalc panic; the cells are calculated nevertheless."""
    parts = workbook_parts('<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f>A1*10</f><v>999.25</v></c></row>')
    relation = f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace("</Relationships>", relation)
    path = write_parts({**parts, "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>'})

    assert values(path, "B1") == [20.0]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("IFERROR(1/0,7)", 7.0),
        ("IFERROR(_xlfn.LET(_xlpm.f,_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1),_xlpm.f(1)),0)", 2.0),
        ("IFERROR(triple(2),0)", 6.0),
        ('IFERROR(LEN("foo(1)"),0)', 6.0),
        ("IFERROR(FOO(1),7)", None),
        ('IFERROR(__xludf.DUMMYFUNCTION("FOO(1)"),7)', None),
        ("IF(ISERROR(_xlfn.FOO(1)),7,8)", None),
        ("COUNT(A9,WEBSERVICE(A9))", None),
        ("IFERROR(rate*2,7)", None),
        ("IFERROR([1]S!A1,7)", None),
    ],
)
def test_a_swallowed_unknown_is_not_a_value(tmp_path: Path, formula: str, value: float | None) -> None:
    """IFERROR hides that a function, a constant's name or another workbook is unknown; then there is no value."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("S").write_formula("A1", f"={formula}", None, 999.25)
        book.define_name("triple", "=_xlfn.LAMBDA(_xlpm.x,_xlpm.x*3)")
        book.define_name("rate", "=0.5")
    actual = values(path, "A1")[0]

    assert isinstance(actual, NotEvaluated) if value is None else actual == value
