"""Which input stands in which slot, and which weight belongs to it: rows and steps vote."""

from __future__ import annotations

from pathlib import Path

from equation_sheets import simple_rnn
from recognised_sheets import a1, sheet

from xlcheck.handmade.equations.votes import most_biases, slots_and_weights
from xlcheck.handmade.forms.polynomials import cell_of


def test_one_wrong_cell_hides_neither_slots_nor_weights(tmp_path: Path) -> None:
    """Rule: a unit that adds another bias and reads another weight at one step is outvoted by its other steps."""
    right = sheet(simple_rnn(4), tmp_path).layers[0]
    wrong = str(simple_rnn(4)["I14"]).replace("C$9", "B$9").replace("C$2", "D$2")
    voted = sheet(simple_rnn(4) | {"I14": wrong}, tmp_path).layers[0]
    for layer in (right, voted):
        slots, weights = slots_and_weights(layer.at)
        assert {len(own) for own in slots.values()} <= {2, 5}
        used = {a1(cell_of(weight)) for own in weights.values() for weight in own.values()}
        assert used == {f"{column}{row}" for column in "BCD" for row in (2, 3, 5, 6, 7)}
        biases = most_biases(layer.at)
        assert sorted(a1(cell_of(own)) for row in layer.rows for own in biases[row]) == ["B9", "C9", "D9"]
