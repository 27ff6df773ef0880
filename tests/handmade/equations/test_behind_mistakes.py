"""Networks that are recognised behind wrong formulas, although nobody has said where they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from thorough import part_of

from fixtures.handmade.layouts import LAYOUTS
from fixtures.handmade.mistakes.names import Mistake
from fixtures.handmade.mistakes.planting import plants
from xlcheck.api import check


@pytest.mark.keras
@pytest.mark.parametrize(
    ("name", "mistake", "roots"),
    part_of(
        [
            ("named_weights", Mistake.BIAS_MISSING, "E5 E6 E7 E8"),
            ("book_simple_rnn", Mistake.SIGMOID_TANH_EXCHANGED, "B10"),
            ("book_simple_rnn", Mistake.CONSTANT_OVER_FORMULA, "B8"),
            ("book_simple_rnn", Mistake.WRONG_TIME_STEP, "C10"),
            ("two_documents", Mistake.CONSTANT_OVER_FORMULA, "B16"),
            ("shared_formulas", Mistake.BIAS_MISSING, "C13 D13 E13 F13"),
            ("shared_formulas", Mistake.RANGE_TOO_SHORT, "C7 D7 E7 F7"),
            ("shared_formulas", Mistake.WRONG_TIME_STEP, "D7 D8 E7 E8 F7 F8"),
            ("let_lambda", Mistake.WRONG_TIME_STEP, "D13 E13"),
            ("let_lambda", Mistake.SIGMOID_TANH_EXCHANGED, "C15 D15 E15"),
            ("book_simple_rnn", Mistake.RECURRENT_TERM_MISSING, "C9"),
        ],
        2,
    ),
)
def test_exactly_the_wrong_cells_are_named(name: str, mistake: Mistake, roots: str, tmp_path: Path) -> None:
    """A mistake that hides the network, in one cell or in a whole row, is found without bindings."""
    layout = next(layout for layout in LAYOUTS if layout.name == name)
    path = tmp_path / "planted.xlsx"
    wanted = set(roots.split())
    planted = next(p for p in plants(layout, only=[mistake]) if {cell.a1 for cell in p.roots} == wanted)
    path.write_bytes(planted.to_bytes())

    assert {cell.cell for cell in check(path).roots} == wanted
