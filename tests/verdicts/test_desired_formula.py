"""Where the operands of a formula that is proposed stand, as seen from the wrong cell."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from xlcheck.errors import NotSupportedError
from xlcheck.formulas.addresses import parse_range
from xlcheck.graph.quantities import Band, Graph, Quantity, Role
from xlcheck.verdicts.desired_formula import Wanted, _Places
from xlcheck.workbook.cell_codes import code_of


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
