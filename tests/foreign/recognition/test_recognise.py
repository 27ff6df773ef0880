"""Large workbooks are recognised by a part that repeats itself, with all of their steps and documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import xlsxwriter

from xlcheck import api
from xlcheck.checking.report import CheckReport
from xlcheck.excel.addresses import cell_name
from xlcheck.foreign.recognition import recognise

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


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done for large workbooks is done for these, and never the whole workbook is looked at."""
    monkeypatch.setattr(recognise, "LARGE", 10)
    monkeypatch.setattr(recognise, "PART", 8)

    def never(*_: object) -> None:
        raise AssertionError("the whole workbook was looked at")

    part = recognise.detect
    monkeypatch.setattr(
        recognise, "detect", lambda table, *more: part(table, *more) if len(table.formulas) <= 12 else never()
    )


def lengths(report: CheckReport) -> list[str]:
    """What the report says that it assumed."""
    return [note for note in report.notes if "assumed" in note]


@pytest.mark.parametrize("first", ["", "short"])
@pytest.mark.parametrize("dollars", [True, False])
@pytest.mark.parametrize("place", [down, across, beside])
def test_all_steps_of_all_documents_are_found(place: Place, dollars: bool, first: str, tmp_path: Path) -> None:
    """Every cell agrees, whichever way time runs, with or without dollar signs, with or without a first state."""
    count = write(tmp_path / "book.xlsx", place, dollars=dollars, first=first)
    report = api.check(tmp_path / "book.xlsx")

    assert report.ok, report.notes
    assert (report.counts.agree, report.counts.unbound) == (count, 0), report.notes
    assert len(lengths(report)) == len(set(LENGTHS))


@pytest.mark.parametrize("place", [down, across, beside])
def test_a_neighbour_unit_is_no_document_of_its_own(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The formulas of one unit look like those of the unit beside it, moved by one column; they are one document."""
    monkeypatch.setattr(recognise, "PART", 3 * 4)
    count = write(tmp_path / "book.xlsx", place, units=4)
    report = api.check(tmp_path / "book.xlsx")

    assert report.ok, report.notes
    assert (report.counts.agree, report.samples) == (count, 2)


@pytest.mark.parametrize("units", [(0,), (0, 1)])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_mistake_far_from_the_part_is_the_root(step: int, units: tuple[int, ...], tmp_path: Path) -> None:
    """A step that is computed otherwise than the others is still known for what it should be."""
    path = tmp_path / "book.xlsx"
    write(path, down, changed=without_recurrence(0, step, *units))
    report = api.check(path)

    assert {cell.cell for cell in report.roots} == {cell_name(*down(0, step, 2 + unit)) for unit in units}
    assert {cell.diagnosis for cell in report.roots} == {"recurrent-term-missing"}
    assert report.counts.unbound == 0
