"""Spoiled workbooks end with one sentence or with values: no traceback, no crash, no hang."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
import xlsxwriter
from mutations import mutate
from workbook_parts import workbook_parts

from xlcheck.engines.guarded import Guarded
from xlcheck.engines.ironcalc import IronCalc
from xlcheck.errors import EngineError, WorkbookError
from xlcheck.formulas.addresses import Range
from xlcheck.workbook.content import Value
from xlcheck.workbook.reader import read_workbook

MUTATIONS = int(os.environ.get("XLCHECK_FUZZ", "200"))
GROUPS = 8
LIMIT_SECONDS = 10.0

SHARED = (
    '<row r="1"><c r="A1"><v>2</v></c><c r="B1" t="inlineStr"><is><t>x</t></is></c></row>'
    '<row r="2"><c r="A2"><f t="shared" ref="A2:A4" si="0">A1*$A$1</f><v>4</v></c></row>'
    '<row r="3"><c r="A3"><f t="shared" si="0"/><v>8</v></c></row>'
    '<row r="4"><c r="A4"><f t="shared" si="0"/><v>16</v></c><c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
)


def by_xlsxwriter(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("S")
    weights = book.add_worksheet("Weights")
    weights.hide()
    for row in range(4):
        weights.write_row(row, 0, [0.1 * row, -0.2, 0.3])
        sheet.write_row(row, 0, [row, 1.5 - row, "word"])
    book.define_name("lstm.kernel", "=Weights!$A$1:$A$4")
    for row in range(4):
        sheet.write_formula(row, 4, f"=1/(1+EXP(-SUMPRODUCT($A$1:$A$4,lstm.kernel)*B{row + 1}))", None, 0.5)
        sheet.write_formula(row, 5, f'=IF(C{row + 1}="word",TANH(E{row + 1}),"")', None, 0.5)
    sheet.write_array_formula("H1:I2", "{=MMULT(A1:B2,A1:B2)}", None, 1)
    sheet.write_dynamic_array_formula("K1:K4", "=TANH(A1:A4)", None, 1)
    book.close()


def by_openpyxl(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "S"
    for row in range(1, 6):
        sheet.append([row, row / 3, f"=A{row}+B{row}", f"=SUM(C$1:C{row})", "text", True])
    book.save(path)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("books")
    by_xlsxwriter(folder / "a.xlsx")
    by_openpyxl(folder / "b.xlsx")
    with ZipFile(folder / "c.xlsx", "w", ZIP_DEFLATED) as archive:
        for name, part in workbook_parts(SHARED).items():
            archive.writestr(name, part)
    return [path.read_bytes() for path in sorted(folder.iterdir())]


@pytest.fixture(scope="module")
def ironcalc() -> Guarded:
    return Guarded(IronCalc())


@pytest.mark.parametrize("group", range(GROUPS))
def test_spoiled_workbook_gives_a_sentence_or_values(
    group: int, books: list[bytes], ironcalc: Guarded, tmp_path: Path
) -> None:
    """Whatever is done to a file, the reader and the engine raise their own errors or return values, in time."""
    path = tmp_path / "spoiled.xlsx"
    for number in range(group, MUTATIONS, GROUPS):
        random = Random(number)
        path.write_bytes(mutate(random.choice(books), random))
        start = time.monotonic()
        sentence, values = _read_and_calculate(path, ironcalc)

        assert (str(path) in sentence) != bool(values), f"mutation {number}: {sentence}"
        assert all(isinstance(value, Value) for value in values), f"mutation {number}"
        assert time.monotonic() - start < LIMIT_SECONDS, f"mutation {number}"


def _read_and_calculate(path: Path, engine: Guarded) -> tuple[str, list[Value]]:
    """The sentence of an error that a user may see, or the values of the first cells of each worksheet."""
    try:
        sheets = read_workbook(path).sheets
        session = engine.open(path)
        session.recalculate()
        return "", [value for sheet in sheets for row in session.read(Range(sheet, 0, 0, 6, 12)) for value in row]
    except (WorkbookError, EngineError) as error:
        return str(error), []
