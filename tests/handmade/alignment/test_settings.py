"""Random numbers in the given cells of a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from bound_sheets import STATES, bound

from xlcheck.handmade.alignment.settings import random_numbers

_CODES = """
[[model]]
[[model.layer]]
type = "Embedding"
input_dim = 3
output_dim = 2
embeddings = "A1:B3"
[[model.layer]]
type = "SimpleRNN"
units = 1
kernel = "C1:C2"
recurrent_kernel = "C3"
bias = "C4"
[[model.document]]
x = ["D1:D3"]
"""


def test_each_seed_has_its_numbers(tmp_path: Path) -> None:
    """Rule: a seed always gives the same numbers, another one others, for all given cells and never near 0."""
    networks = bound(tmp_path, STATES).networks
    one, again, other = (random_numbers(networks, seed) for seed in (1, 1, 2))

    assert one == again
    assert one.keys() == other.keys() == {cell for *_, cell in networks[0].cells()}
    assert not set(one.values()) & set(other.values())
    assert all(0.1 <= abs(number) <= 1 for number in one.values())


def test_codes_stay_codes(tmp_path: Path) -> None:
    """Rule: a code says which row of a table is taken; it stays, or is that of another row if that is asked for."""
    cells = {f"{c}{r}": 0.1 * r + 0.05 * ord(c) - 3 for c in "ABC" for r in range(1, 5)} | {"D1": 1, "D2": 2, "D3": 0}
    networks = bound(tmp_path, {**cells, "E1": "=D1"}, _CODES).networks
    kept, changed = random_numbers(networks, 1), random_numbers(networks, 1, codes=True)
    codes = {("Sheet", row, 3) for row in range(3)}

    assert codes.isdisjoint(kept)
    assert codes == changed.keys() - kept.keys()
    assert {changed[cell] for cell in codes} <= {0.0, 1.0, 2.0}
    np.testing.assert_array_equal([changed[cell] for cell in kept], [*kept.values()])


def test_weights_and_inputs_are_of_ordinary_size(tmp_path: Path) -> None:
    """Rule: those of a few units reach beyond one half, so that activations bend; states stay within it."""
    (network,) = bound(tmp_path, STATES).networks
    sizes: dict[str, float] = {}
    for seed in range(20):
        numbers = random_numbers([network], seed)
        for quantity, *_, cell in network.cells():
            kind = quantity.name.partition("[")[0]
            sizes[kind] = max(sizes.get(kind, 0.0), abs(numbers[cell]))

    assert {kind for kind, size in sizes.items() if size <= 0.5} == {"simple_rnn.h_init"}
