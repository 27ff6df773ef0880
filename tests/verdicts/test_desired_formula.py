"""Where the operands of a formula that is proposed stand, as seen from the wrong cell."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from xlcheck.errors import NotSupportedError
from xlcheck.formulas.addresses import parse_range
from xlcheck.graph.quantities import Band, Graph, Quantity, Role
from xlcheck.verdicts.desired_formula import Wanted, _beside, _Places
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.mistakes.trials import Trials
from xlcheck.verdicts.placement import Placement
from xlcheck.workbook.cell_codes import code_of, codes_of
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent


def places(*cells: str, sheet: str = "Net", shape: tuple[int, ...] = (), weight: bool = False) -> _Places:
    """Of a quantity whose elements stand in these cells; the wrong cell is A1 of the worksheet "Net"."""
    q = Quantity(Band("rnn", "x", Role.WEIGHT if weight else Role.STATE), None, shape or (len(cells),))
    trials = SimpleNamespace(
        graph=Graph((q,)),
        cells_of=lambda name, element, sample, near: iter([(sheet, code_of(parse_range(cells[element])))]),
    )
    return _Places(Wanted(q, 0, "Net", 0, None), trials)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "area", "across"),
    [
        (["B2", "C2"], "B2:C2", True),
        (["B2", "B3"], "B2:B3", False),
        (["B2", "C2", "D2"], "B2:D2", True),
        (["B2"], "B2", False),
    ],
)
def test_numbers_lie_along_a_row_or_down_a_column(cells: list[str], area: str, across: bool) -> None:
    """A single one does neither, and is a formula's operand all the same."""
    own = places(*cells)

    assert own.vector("rnn.x") == area
    assert own.is_across("rnn.x") is across
    assert own.element("rnn.x", len(cells) - 1) == cells[-1]


@pytest.mark.parametrize("cells", [["B2", "D2"], ["B2", "C3"], ["C2", "B2"], ["B2", "C2", "C3"]])
def test_what_stands_in_no_one_range_is_no_operand(cells: list[str]) -> None:
    """With gaps, across corners or backwards: a range would say something else."""
    with pytest.raises(NotSupportedError, match="no one range"):
        places(*cells).vector("rnn.x")


def test_weights_of_another_worksheet_are_fixed_there() -> None:
    """Rows and columns of a matrix are taken in its own order, whichever cells they stand in."""
    own = places("B2", "C2", "B3", "C3", sheet="My weights", shape=(2, 2), weight=True)

    assert own.row("rnn.x", 1, 0, 2) == "'My weights'!$B$3:$C$3"
    assert own.column("rnn.x", 1) == "'My weights'!$C$2:$C$3"
    assert own.entry("rnn.x", 1, 0) == "'My weights'!$B$3"


def test_the_formulas_beside_a_cell_are_proposed_for_it() -> None:
    """As they would be if filled over it, the nearest one first: so a proposal keeps the style of the sheet."""
    steps = [Quantity(Band("rnn", "h", Role.STATE), t, (1,)) for t in range(4)]
    cells = {(4, 1): "B2^2", (4, 2): "wrong", (4, 3): "D2*D2", (4, 5): "2*F2"}
    sheet = SheetContent("Net", "visible", {place: Cell(1.0, text) for place, text in cells.items()})
    areas = [parse_range(f"Net!{column}5") for column in "BCDF"]
    placements = [
        Placement(q.name, None, "Net", codes_of(area), np.array([0])) for q, area in zip(steps, areas, strict=True)
    ]
    trials = Trials(Graph(tuple(steps)), placements, FormulaCells(WorkbookContent(Path("a.xlsx"), {"Net": sheet})))

    wanted = Wanted(steps[1], 0, "Net", code_of(areas[1]), None)
    assert list(_beside(wanted, trials)) == ["C2^2", "C2*C2", "2*C2"]
