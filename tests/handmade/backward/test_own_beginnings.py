"""Trainings that begin with copies of the same typed weights."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, save
from training_sheets import terms_of

from xlcheck.handmade.backward.own_beginnings import with_own_beginnings

pytestmark = pytest.mark.keras

Cells = dict[str, object]
_DATA = ((0.4, 1.3), (1.1, 2.2), (-0.7, -0.4), (1.9, 3.8))
_ROWS = range(10, 15)


def _race() -> Cells:
    """A line y = w·x + b, learnt by plain descent in B:F and with momentum in I:O; both copy the weights in B4:B5."""
    cells: Cells = {"A2": "rate", "B2": 0.1, "A3": "momentum", "B3": 0.8, "A4": "w", "B4": 0.5, "A5": "b", "B5": -0.2}
    for row, (x, y) in enumerate(_DATA, 2):
        cells |= {f"Q{row}": x, f"R{row}": y}
    for row in _ROWS:
        for w, b, loss, one, other in ("BCDEF", "IJKLM"):
            error = f"{w}{row}*$Q$2:$Q$5+{b}{row}-$R$2:$R$5"
            cells |= {f"{loss}{row}": f"=SUMPRODUCT(({error})^2)/4", f"{other}{row}": f"=2*SUMPRODUCT({error})/4"}
            cells |= {f"{one}{row}": f"=2*SUMPRODUCT(({error})*$Q$2:$Q$5)/4"}
        for w, b, moved in (("B", "C", "-$B$2*{g}{r}"), ("I", "J", "+{v}{r}")):
            for own, g, v in ((w, "E", "N"), (b, "F", "O")):
                step = moved.format(g=g, v=v, r=row - 1)
                cells[f"{own}{row}"] = f"={own}{row - 1}{step}" if row > 10 else f"=$B${4 if own == w else 5}"
        for v, g in ("NL", "OM"):
            cells[f"{v}{row}"] = (f"=$B$3*{v}{row - 1}" if row > 10 else "=") + f"-$B$2*{g}{row}"
    return cells


def test_trainings_that_copy_the_same_weights_agree(tmp_path: Path) -> None:
    """Rule: each begins with weights of its own, so that the samples of one are none of another."""
    assert answer(_race(), tmp_path) == (0, set())


def test_weights_of_one_training_may_copy_the_same_number(tmp_path: Path) -> None:
    """Rule: each copy is a weight of its own."""
    alone = {cell: own for cell, own in _race().items() if cell[0] not in "IJKLMNO"}
    assert answer(alone | {"C10": "=$B$4", "A5": None, "B5": None, "A3": None, "B3": None}, tmp_path) == (0, set())


@pytest.mark.parametrize(
    "edit",
    [
        {"I10": "=$B$5"},
        {"I10": "=$B$5", "J10": "=$B$4"},
        {"I10": 0.5},
        {f"L{row}": f"=SUMPRODUCT((I{row}*$Q$2:$Q$5+J{row}-$R$2:$R$5)*$Q$2:$Q$5)/4" for row in _ROWS},
        {"E12": "=SUMPRODUCT((B12*$Q$2:$Q$5+C12-$R$2:$R$5)*$Q$2:$Q$5)/4"},
    ],
    ids=["twice", "exchanged", "typed", "half a gradient in all", "half a gradient"],
)
def test_a_slip_in_such_trainings_is_no_pass(edit: Cells, tmp_path: Path, a_short_search: None) -> None:
    """Rule: all trainings have to copy all of these weights alike; nobody is blamed for another beginning."""
    code, roots = answer(_race() | edit, tmp_path)
    assert code != 0
    assert roots <= edit.keys()


@pytest.mark.parametrize(("edit", "given"), [({}, 4), ({"I10": "=$B$5"}, 3), ({"S1": "=2*$B$4"}, 2), ({"I10": 0.5}, 2)])
def test_copies_count_as_given_where_nothing_else_reads_what_they_repeat(
    edit: Cells, given: int, tmp_path: Path
) -> None:
    """Rule: and where there are several."""
    terms = terms_of(save(_race() | edit, tmp_path / "race.xlsx"))
    assert len(terms) - len(with_own_beginnings(terms)) == given
