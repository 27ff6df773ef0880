"""Numbers typed over formulas, in one cell or along a row: what nobody reads around them says what they stand for."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from equation_sheets import roots, save
from thorough import part_of

from xlcheck.api import check

pytestmark = pytest.mark.keras


def _gru() -> dict[str, object]:
    """A GRU of one unit, each sum in a row of its own: x in row 1, z, r and the candidate in 3 to 9, h in row 10."""
    cells: dict[str, object] = {"H1": 0.6, "I1": -0.9, "G10": 0.0}
    for number, column in enumerate("ABC"):
        cells |= {f"{column}{row}": 0.71 - 0.3 * number + 0.17 * row for row in (1, 2, 3)}
    for before, column in ("GH", "HI"):
        for row, gate, state in ((3, "A", f"{before}10"), (5, "B", f"{before}10"), (8, "C", f"{column}7")):
            cells[f"{column}{row}"] = f"=${gate}$1*{column}1+${gate}$2*{state}+${gate}$3"
            cells[f"{column}{row + 1 if row != 3 else 4}"] = (
                f"=TANH({column}8)" if gate == "C" else f"=1/(1+EXP(-{column}{row}))"
            )
        cells[f"{column}7"] = f"={column}6*{before}10"
        cells[f"{column}10"] = f"={column}4*{before}10+(1-{column}4)*{column}9"
    return cells


def _helpers() -> dict[str, object]:
    """A SimpleRNN of one unit: products in rows 3 and 4, h in row 5, a result in row 7; the first step has no state."""
    cells: dict[str, object] = {"A1": 0.7, "A2": -0.4, "A3": 0.25, "A4": 1.3, "A5": -0.6, "H1": 0.9, "I1": -0.35}
    cells |= {"H3": "=$A$1*H1", "I3": "=$A$1*I1", "I4": "=$A$2*H5"}
    return cells | {"H5": "=TANH(H3+$A$3)", "I5": "=TANH(I3+I4+$A$3)", "H7": "=$A$4*I5+$A$5"}


def _softmax() -> dict[str, object]:
    """The same with three sums of the last state, their exponentials, the sum of these and the shares."""
    cells = _gru()
    for number, row in enumerate((14, 15, 16)):
        cells |= {f"A{row}": 0.3 * number - 0.5, f"B{row}": 0.8 - 0.45 * number, f"E{row}": f"=A{row}*$I$10+B{row}"}
        cells |= {f"F{row}": f"=EXP(E{row})", f"G{row}": f"=F{row}/$F$18"}
    return cells | {"F18": "=SUM(F14:F16)"}


@pytest.mark.parametrize(
    ("cells", "typed"),
    part_of(
        [
            (_gru(), {"H9": 0.31, "I9": -0.22}),
            (_gru(), {"H10": 0.276405, "I10": 0.46664}),
            (_gru(), {"H7": 0.0, "I7": 0.2157}),
            (_helpers(), {"I5": 0.12436}),
            (_softmax(), {"F18": 2.433992}),
        ],
        1,
    ),
    ids=part_of(["activations", "states", "products", "an activation of a sum", "what shares are divided by"], 1),
)
def test_typed_cells_are_wrong(tmp_path: Path, cells: dict[str, object], typed: dict[str, object]) -> None:
    """A number stands where a formula should, whatever it is, if only one formula there makes the rest a network."""
    assert roots(cells | typed, tmp_path) == {*typed}


def test_a_typed_product_is_known_by_its_digits(tmp_path: Path) -> None:
    """An idle weight and a result may mean anything, unless their product is the typed number to the last digit."""
    product = -0.4 * math.tanh(0.7 * 0.9 + 0.25)
    assert roots(_helpers() | {"I4": round(product, 6)}, tmp_path) == {"I4"}
    assert roots(_helpers() | {"I4": 0.3118}, tmp_path) == set()


def test_a_typed_first_state_is_none(tmp_path: Path) -> None:
    """A number in line with states before the first step is given, and so are inputs: nothing is wrong."""
    cells = _gru() | {"G10": 0.35}
    report = check(save(cells, tmp_path / "w.xlsx"))
    assert (report.exit_code, [*report.roots]) == (0, [])


@pytest.mark.parametrize("compared", [{}, {"C8": "=B8-A8"}, {"C8": "=(B8-A8)^2"}], ids=["alone", "distance", "square"])
def test_a_target_is_none(tmp_path: Path, compared: dict[str, object]) -> None:
    """Beside a sum that may be the last one stands a target, not its activation, whoever compares the two."""
    cells: dict[str, object] = {"A1": 0.7, "A2": -0.4, "A3": 0.25, "B1": 1.3, "B2": 0.6}
    cells |= {"B8": "=A1*B1+A2*B2+A3", "A8": 0.734, "D1": 0.3, "D2": "=TANH(D1)"}
    assert roots(cells | compared, tmp_path) == set()


@pytest.mark.usefixtures("a_short_search")
def test_a_number_beside_a_result_that_is_just_that_is_no_stray(tmp_path: Path) -> None:
    """It may be the result's activation, typed over; another number there, which nobody reads, is a note."""
    cells = _gru() | {"D5": 0.0, "D6": 0.57, "H12": "=$D$5*I10+$D$6"}
    assert check(save(cells | {"H13": 0.61}, tmp_path / "right.xlsx")).exit_code == 0
    assert roots(cells | {"H13": 0.57}, tmp_path) == set()
