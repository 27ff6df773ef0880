"""Steps that somebody counts anew while the state goes on: a sample that was not begun, or a stateful layer."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import simple_rnn
from recognised_sheets import sheet

from xlcheck.handmade.objections.beginnings import goes_past

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("counted", "word", "is_doubted"),
    [
        ((1, 2, 1, 2), None, True),
        ((1, 2, 3, 4), None, False),
        ((0, 1, 0, 1), None, False),  # these may be targets
        ((1, 2, 1, 2), "SimpleRNN(3, stateful=True)", False),
        ((1, 2, 1, 2), "Stateful", False),
        ((1, 2, 1, 2), "state of the layer", True),
        ((1, 2, 1, 2), "stateless, not statefulness", True),
    ],
)
def test_only_a_stateful_layer_carries_its_state_past_the_count(
    counted: tuple[int, ...], word: str | None, is_doubted: bool, tmp_path: Path
) -> None:
    """Rule: whose steps are counted 1, 2, 1, 2 are two samples, unless the sheet calls the layer `stateful`."""
    cells = simple_rnn(4) | {f"A{row}": number for row, number in enumerate(counted, 12)} | {"L1": word}
    found = sheet(cells, tmp_path)
    (reading,) = found.recognised.readings

    said = goes_past(found.table, found.arrangement.reads.read.keys(), reading)
    wanted = "S!H14 reads the state before it, though the steps beside it are counted anew" if is_doubted else None
    assert said == wanted
