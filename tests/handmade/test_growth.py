"""The work of a check grows as the workbook does: calls are counted, so that no clock decides.

Whatever searches all cells for each cell would need four times the calls for twice the cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import xlsxwriter
from counted_calls import counted
from equation_sheets import TOYS, answer

from xlcheck.formulas.addresses import Range

STEPS, UNITS = 30, 2
FEW, MANY = 36, 72
"""Documents; even the fewer have more than the 4,000 formulas from which on a workbook counts as large everywhere."""
ODD_CALLS = 300
"""So many calls more are no sign of anything."""
_UNHURRIED = 600
"""Seconds for a search whose calls are counted, which takes it many times as long."""


def write(folder: Path, documents: int, *, mistake: bool, bound: bool) -> Path:
    """A SimpleRNN(2), time down the page, documents below each other: x in A, the sums in B and C, the states in D, E.

    The weights stand in G and H: one row for the input, two for the states, one for the bias.
    """
    path = folder / f"{documents}.xlsx"
    lines = [
        '[[model]]\nsheet = "S"\n[[model.layer]]\ntype = "SimpleRNN"\nunits = 2\nreturn_sequences = true',
        'kernel = "G1:H1"\nrecurrent_kernel = { range = "G2:H3", transposed = false }\nbias = "G4:H4"',
    ]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for number, row in enumerate(((0.7, -0.55), (-0.4, 0.35), (0.25, 0.6), (0.15, -0.1))):
            sheet.write_row(number, 6, row)
        for document in range(documents):
            top = 7 + document * (STEPS + 2)
            sheet.write_row(top - 2, 3, (0.0, 0.0))
            for row in range(top, top + STEPS):
                sheet.write_number(row - 1, 0, ((7 * row) % 19) / 10 - 0.9)
                for unit, weights in enumerate("GH"):
                    forgotten = mistake and (document, row, unit) == (documents // 2, top + STEPS // 2, 0)
                    bias = "" if forgotten else f"+${weights}$4"
                    terms = f"A{row}*${weights}$1+D{row - 1}*${weights}$2+E{row - 1}*${weights}$3"
                    sheet.write_formula(row - 1, 1 + unit, f"={terms}{bias}")
                    sheet.write_formula(row - 1, 3 + unit, f"=TANH({'BC'[unit]}{row})")
            lines.append(f'[[model.document]]\nx = "A{top}:A{top + STEPS - 1}"\nh_init = "D{top - 1}:E{top - 1}"')
    if bound:
        path.with_suffix(".toml").write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.keras
@pytest.mark.exhaustive
@pytest.mark.parametrize("mistake", [True, False], ids=lambda m: "mistake" if m else "right")
@pytest.mark.parametrize("bound", [True, False], ids=lambda b: "with bindings" if b else "without")
def test_calls_grow_in_proportion_to_the_cells(bound: bool, mistake: bool, tmp_path: Path) -> None:
    """Twice the cells, twice the calls of each function."""
    small, _ = counted(write(tmp_path, FEW, mistake=mistake, bound=bound), effort=_UNHURRIED)
    large, report = counted(write(tmp_path, MANY, mistake=mistake, bound=bound), effort=_UNHURRIED)
    too_often = {name: (small[name], n) for name, n in large.items() if n > 2.5 * small[name] + ODD_CALLS}

    assert report.counts.formula_cells == 2 * UNITS * STEPS * MANY
    assert report.counts.root == mistake
    assert sum(large.values()) > 10_000
    assert not too_often


_MOST_CELLS = 100_000


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"B6": "=TANH(A6*$A$1+B4*$B$1+$C$1)"},
        {"B6": "=TANH(A6*$A$1+SUM(1:1048576)*$B$1+$C$1)"},
        {"B7": "=SUM(A1:XFD1048576)"},
        {"F2": "=(A5-MIN(A:A))/(MAX(A:A)-MIN(A:A))"},
    ],
    ids=["right", "another step", "all rows", "the whole worksheet", "scaled by a column"],
)
def test_the_cells_of_a_whole_column_are_never_listed(
    cells: Mapping[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule: of a range that spans the worksheet only that part is looked at which holds something: there are 17 billion
    cells on a worksheet, and neither the time nor the memory for them."""

    def listed(area: Range) -> Iterator[tuple[int, int]]:
        assert area.size <= _MOST_CELLS, f"{area.size} cells"
        return (
            (row, c)
            for row in range(area.top, area.top + area.rows)
            for c in range(area.left, area.left + area.columns)
        )

    monkeypatch.setattr(Range, "cells", listed)
    beside = {"F1": "=SUM(A:A)", "F3": "=AVERAGE(1:1)", "F4": "=COUNT(A:XFD)", "F5": "=INDEX(A:A,MATCH(0.3,A:A,0))"}
    assert answer({**TOYS["rnn"], **beside, **cells}, tmp_path, 3)[0] in {0, 1, 3}
