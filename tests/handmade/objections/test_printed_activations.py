"""A small number beside which a program's name stands: it is the sum that it printed, and no tanh of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.objections.typed_over import typed_over

_SUM = "=A1*0.7"  # 0.01673, whose hyperbolic tangent is 0.016728


@pytest.mark.parametrize(
    ("cells", "is_one"),
    [
        ({"C1": "Keras", "D1": 0.0167}, False),
        ({"C1": "target", "D1": 0.0167}, True),
        ({"C1": "Keras's loss", "D1": 0.0167}, True),
        ({"C1": "Keras", "D1": 0.462117, "A1": 5 / 7}, True),  # tanh of 0.5, which is another number
    ],
    ids=["printed", "a target", "a measure", "a tanh that is no copy"],
)
def test_a_sum_that_a_program_printed_is_no_tanh_of_it(cells: dict[str, object], is_one: bool, tmp_path: Path) -> None:
    """Rule: near 0 both round to the same number, and who says that Keras printed it typed it over nothing."""
    found = sheet({"A1": 0.0239, "B1": _SUM, **cells}, tmp_path)

    named = [(own.cell, own.of, own.activation) for own in typed_over(found.terms, found.table)]
    assert named == ([(cell_at("D1"), cell_at("B1"), "TANH")] if is_one else [])
