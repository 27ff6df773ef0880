"""Of a wrong formula that was filled on behind the last update: whatever goes along with it is as wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import a1
from training_sheets import LAST, ROWS, filled, table_of, with_gradients

from xlcheck.handmade.backward.best_reading import best_reading
from xlcheck.handmade.backward.data import data_cells
from xlcheck.handmade.backward.quantities import Role
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward_judging.filled_on import blame_filled
from xlcheck.handmade.backward_judging.verdicts import Verdicts
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.oracle.dense_steps import dense_gradients
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance

pytestmark = pytest.mark.keras

_STEP = 2
_WRONG = ("Sheet", 5, 10)
"""K6: the gradient of the second weight at the third step, multiplied with the first input."""


@pytest.mark.parametrize(
    ("last", "is_blamed"),
    [
        ("(H{0}-D{0})*B{0}", True),
        ("($H{0}-$D{0})*$B{0}", True),
        ("(H{0}-D{0})*C{0}", False),
        ("(H{0}-D{0})*B6", True),  # a reference that stays
        ("(H{0}-D{0})*B5", False),
        ("(H{0}+D{0})*B{0}", False),
    ],
    ids=["filled", "with dollars", "right", "one that stays", "another sample", "another formula"],
)
def test_what_was_filled_from_a_wrong_formula_is_wrong(last: str, is_blamed: bool, tmp_path: Path) -> None:
    """Rule: no update reads the last gradient; it is wrong if its formula is that of a wrong one, and else unknown."""
    cells = with_gradients() | {"K6": "=(H6-D6)*B6", f"K{LAST}": "=" + last.format(LAST)}
    table, values = table_of(filled(tmp_path / "w.xlsx", cells))
    terms = CellTerms(table, values)
    given = data_cells(terms)
    sheet = Sheet(terms.restricted([cell for cell in terms if cell not in given], given))
    reading = best_reading(sheet, dense_gradients)
    said = Verdicts(table, values, Tolerance(1e-12, 1e-12, 1e-15, {}), reading)
    name = "∂E/∂w1[2,1]"
    role = Role(reading.libraries[_STEP].by_name[name])
    said.results[_WRONG] = said.result(_WRONG, Status.ROOT, "wrong", role)

    blame_filled(said, {_WRONG: role}, {_WRONG: _STEP}, range(len(ROWS)))

    blamed = {a1(cell): own for cell, own in said.results.items() if cell != _WRONG}
    assert [*blamed] == ([f"K{LAST}"] if is_blamed else [])
    assert all(own.status is Status.ROOT and f"it should be {name}" in own.message for own in blamed.values())
