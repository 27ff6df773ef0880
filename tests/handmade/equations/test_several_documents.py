"""Several documents of several lengths are recognised with all of their steps, wherever they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from types import MappingProxyType

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from openpyxl.formula.translate import Translator
from thorough import spread

from xlcheck import api
from xlcheck.formulas.addresses import cell_name
from xlcheck.verdicts.report import CheckReport

pytestmark = pytest.mark.keras

UNITS = 2
LENGTHS = (5, 5, 7)
Place = Callable[[int, int, int], tuple[int, int]]
"""(document, step, line of the step) → row and column."""


def down(document: int, step: int, line: int) -> tuple[int, int]:
    """Time down the page, documents below each other; the row before a document holds the state before it."""
    return 12 + 10 * document + step, line


def across(document: int, step: int, line: int) -> tuple[int, int]:
    """Time across, documents below each other."""
    return 12 + 12 * document + line, 8 + step


def beside(document: int, step: int, line: int) -> tuple[int, int]:
    """Time down the page, documents side by side."""
    return 12 + step, 8 * document + line


def write(
    path: Path,
    place: Place,
    *,
    dollars: bool = True,
    first: str = "",
    changed: Mapping[tuple[int, int, int], str] = MappingProxyType({}),
    units: int = UNITS,
) -> int:
    """A SimpleRNN of two features on some documents, one formula for each unit and step.

    Args:
        path: the file.
        place: where things stand.
        dollars: whether references to weights are fixed with dollar signs.
        first: `short` leaves the recurrent term out at the first step.
        changed: other formulas, by document, step and unit.
        units: how many units there are.

    Returns:
        The number of formula cells.
    """
    rng = np.random.default_rng(1)
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("RNN")
    for row in range(3 + units):
        for unit in range(units):
            sheet.write_number(2 + row, unit, round(float(rng.normal()), 3))
    fixed = {"fixed_row": dollars, "fixed_column": dollars}
    weight = [[cell_name(2 + row, unit, **fixed) for unit in range(units)] for row in range(3 + units)]
    count = 0
    for document, steps in enumerate(LENGTHS):
        for unit in range(units if first != "short" else 0):
            sheet.write_number(*place(document, -1, 2 + unit), 0.0)
        for step in range(steps):
            x = [cell_name(*place(document, step, k)) for k in range(2)]
            h = [cell_name(*place(document, step - 1, 2 + k)) for k in range(units)]
            for k in range(2):
                sheet.write_number(*place(document, step, k), round(float(rng.normal()), 2))
            for unit in range(units):
                terms = [f"{x[k]}*{weight[k][unit]}" for k in range(2)]
                if step or first != "short":
                    terms += [f"{h[k]}*{weight[2 + k][unit]}" for k in range(units)]
                formula = f"=TANH({'+'.join(terms)}+{weight[2 + units][unit]})"
                sheet.write_formula(*place(document, step, 2 + unit), changed.get((document, step, unit), formula))
                count += 1
    book.close()
    return count


def without_recurrence(document: int, step: int, *units: int) -> dict[tuple[int, int, int], str]:
    """Wrong formulas of the layout `down`: the hidden state before the step is left out."""
    found = {}
    for unit in units:
        row, letter = down(document, step, 0)[0], "AB"[unit]
        x = f"{cell_name(row, 0)}*${letter}$3+{cell_name(row, 1)}*${letter}$4"
        found[document, step, unit] = f"=TANH({x}+${letter}$7)"
    return found


def lengths(report: CheckReport) -> list[str]:
    """What the report says that it recognised."""
    return [note for note in report.notes if "recognised" in note]


@pytest.mark.parametrize(
    ("place", "dollars", "first"),
    spread([*product([down, across, beside], [True, False], ["", "short"])], 5),  # five goes round all of them
)
def test_all_steps_of_all_documents_are_found(place: Place, dollars: bool, first: str, tmp_path: Path) -> None:
    """Every cell agrees, whichever way time runs, with or without dollar signs, with or without a first state."""
    count = write(tmp_path / "book.xlsx", place, dollars=dollars, first=first)
    report = api.check(tmp_path / "book.xlsx")

    assert report.ok, report.notes
    assert (report.counts.agree, report.counts.unbound) == (count, 0), report.notes
    assert [note.partition(" (weights")[0] for note in lengths(report)] == [
        "recognised simple_rnn = SimpleRNN(2, tanh), 3 samples of 5 to 7 steps"
    ]


@pytest.mark.parametrize("place", [down, across, beside])
def test_a_neighbour_unit_is_no_document_of_its_own(place: Place, tmp_path: Path) -> None:
    """The formulas of one unit look like those of the unit beside it, moved by one column; they are one document."""
    count = write(tmp_path / "book.xlsx", place, units=4)
    report = api.check(tmp_path / "book.xlsx")

    assert report.ok, report.notes
    assert (report.counts.agree, report.samples) == (count, 2)


@pytest.mark.parametrize(
    ("document", "step", "units"),
    spread([
        *((0, step, units) for step in (1, 2, 3) for units in ((0,), (0, 1))),
        (1, 1, (0, 1)), (2, 1, (0,)), (2, 2, (0,)),
    ], 9),  # two wrong units of a step are looked for in pairs, which takes three times as long
)  # fmt: skip
def test_a_mistake_is_the_root(document: int, step: int, units: tuple[int, ...], tmp_path: Path) -> None:
    """A step that is computed otherwise than the others is known for what it should be, also in the part itself."""
    path = tmp_path / "book.xlsx"
    write(path, down, changed=without_recurrence(document, step, *units))
    report = api.check(path)

    assert {cell.cell for cell in report.roots} == {cell_name(*down(document, step, 2 + unit)) for unit in units}
    assert {cell.diagnosis for cell in report.roots} == {"recurrent-term-missing"}
    assert report.counts.unbound == 0


def test_a_second_network_is_looked_for_beside_a_mistake(tmp_path: Path) -> None:
    """What follows from a mistake in one network is not taken for another network, which is found as well."""
    path = tmp_path / "book.xlsx"
    count = write(path, down, changed=without_recurrence(2, 1, 0))
    book = openpyxl.load_workbook(path)
    other = book.copy_worksheet(book["RNN"])
    other.title = "other"
    for place, formula in ((down(2, 1, 2), down(2, 2, 2)), (down(2, 1, 3), down(2, 2, 3))):
        right = str(other[cell_name(*formula)].value)
        other[cell_name(*place)] = Translator(right, cell_name(*formula)).translate_formula(cell_name(*place))
    for row in other["A3:B7"]:
        for cell in row:
            cell.value /= 2
    book.save(path)
    report = api.check(path)

    assert [(cell.sheet, cell.cell) for cell in report.roots] == [("RNN", cell_name(*down(2, 1, 2)))]
    assert report.counts.unbound == 0
    assert report.counts.agree + report.counts.carried + 1 == 2 * count
    assert len(lengths(report)) == 2
