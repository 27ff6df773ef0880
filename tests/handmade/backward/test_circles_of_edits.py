"""Edits of a training under which a weight is made of what is made of it: nothing is known of such a step."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import save
from recognised_sheets import cell_at
from training_sheets import table_of

from xlcheck.handmade.backward_judging.outcome import read_with
from xlcheck.oracle.dense_steps import dense_gradients

pytestmark = pytest.mark.keras

_USERS, _ITEMS = {"a": "DE", "b": "FG", "c": "HI"}, {"x": "JK", "y": "LM", "z": "NO"}
_RATED = (("a", "x", 4), ("a", "y", 3), ("b", "x", 5), ("c", "z", 2), ("b", "z", 3), ("a", "z", 5), ("c", "y", 4))


def _ratings() -> dict[str, object]:
    """Two factors of three users and of three items, one rating a row, an offset, the root of all squared errors."""
    cells: dict[str, object] = {"B1": 0.05, "D1": 0.02, "F1": 3.5, "R14": "=SQRT(SUMSQ(Q5:Q11)/COUNT(Q5:Q11))"}
    starts = (0.3, 0.8, 0.9, -0.2, -0.4, 0.5, 0.6, 0.1, -0.5, 0.7, 0.2, 0.9)
    cells |= {f"{column}4": number for column, number in zip("DEFGHIJKLMNO", starts, strict=True)}
    for row, (user, item, rating) in enumerate(_RATED, 5):
        (a, b), (p, q) = _USERS[user], _ITEMS[item]
        cells |= {f"A{row}": rating, **{f"{column}{row}": f"={column}{row - 1}" for column in "DEFGHIJKLMNO"}}
        for own, other in ((a, p), (b, q), (p, a), (q, b)):
            cells[f"{own}{row}"] = f"={own}{row - 1}+$B$1*(Q{row}*{other}{row - 1}-$D$1*{own}{row - 1})"
        cells[f"P{row}"] = f"=$F$1+{a}{row - 1}*{p}{row - 1}+{b}{row - 1}*{q}{row - 1}"
        cells[f"Q{row}"] = f"=A{row}-P{row}"
    return cells


@pytest.mark.parametrize("wrong", ["R14", "Q12", "P11"])
def test_an_edit_that_reads_what_is_made_of_it_is_no_internal_error(wrong: str, tmp_path: Path) -> None:
    """Rule: a reading of the sheet, or none, but never an error: the root of all errors is made of every step."""
    table, values = table_of(save(_ratings(), tmp_path / "w.xlsx"))
    edits = {cell_at("H8"): f"H7+$B$1*({wrong}*N7-$D$1*H7)", cell_at("H11"): f"H10+$B$1*({wrong}*L10-$D$1*H10)"}
    for edit in (edits, dict([*edits.items()][:1]), dict([*edits.items()][1:])):
        found = read_with(table, values, edit, dense_gradients)
        assert found is None or found.steps
