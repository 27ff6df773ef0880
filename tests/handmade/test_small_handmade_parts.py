"""Small parts of the search for networks: colours, products, notes of what was read, blocks of a sheet."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from equation_sheets import save
from hypothesis import given, strategies as st

from xlcheck.handmade.backward.neurons import ACTIVATIONS
from xlcheck.handmade.forms.colours import Colours, is_rather_a_weight
from xlcheck.handmade.forms.form_uses import FormUses
from xlcheck.handmade.forms.products import Products
from xlcheck.handmade.propose import blocks, skeleton
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans()), max_size=12))
def test_two_colours_are_kept_apart(joins: list[tuple[int, int, bool]]) -> None:
    """What was joined first holds: atoms of a class have the same colour or opposite ones, as every way says."""
    colours, known = Colours(), {atom: {atom: False} for atom in range(7)}  # atom → colour of those of its class
    for one, other, opposite in joins:
        colours.join(one, other, opposite=opposite)
        if other not in known[one]:
            turn = opposite
            merged = known[one] | {atom: own ^ turn for atom, own in known[other].items()}
            for atom in merged:
                known[atom] = {each: own ^ merged[atom] for each, own in merged.items()}
    for one in range(7):
        (first, own) = colours.root(one)
        for other in range(7):
            (second, its) = colours.root(other)
            assert (first == second) is (other in known[one])
            if first == second:
                assert (own ^ its) is known[one][other]


def test_a_factor_is_a_weight_where_weights_stand() -> None:
    """Nearness decides, on one worksheet alone; where both ways are as far, nobody knows."""
    weights, inputs = [("S", 0, 0, 0)], [("S", 9, 0, 0)]
    near, far = ("S", 1, 0, 0), ("S", 8, 0, 0)

    assert is_rather_a_weight(near, far, weights, inputs) is True
    assert is_rather_a_weight(far, near, weights, inputs) is False
    assert is_rather_a_weight(near, near, weights, inputs) is None
    assert is_rather_a_weight(("T", 0, 0, 0), far, weights, [*inputs, ("T", 50, 0, 0)]) is False


def test_a_product_is_one_atom_whichever_factor_comes_first() -> None:
    """Two products are two atoms, which know their factors."""
    products = Products()
    a, b, c = (("S", row, 0, 0) for row in range(3))
    ab, ba, ac = products.of(a, b), products.of(b, a), products.of(a, c)

    assert ab == ba != ac
    assert ab in products
    assert a not in products
    assert (products[ab], products[ac]) == ((a, b), (a, c))


def test_after_an_edit_those_are_read_again_that_depend_on_it() -> None:
    """A copy of the notes forgets a cell alone, and the notes themselves remember it."""
    notes = FormUses()
    a, b, c = (("S", row, 0) for row in range(3))
    notes.read[b].add(a)
    notes.read[c] |= {a, b}
    notes.asked[c].add(b)
    own = notes.copied()
    own.leave_out(c)

    assert notes.users == {a: {b, c}, b: {c}}
    assert list(notes.asking(b)) == [c]
    assert own.users == {a: {b}}
    assert list(own.asking(b)) == []


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("sigmoid", lambda z: 1 / (1 + math.exp(-z))), ("tanh", math.tanh), ("relu", lambda z: max(z, 0.0)),
        ("leaky_relu", lambda z: z if z > 0 else 0.2 * z), ("softplus", lambda z: math.log1p(math.exp(z))),
        ("elu", lambda z: z if z > 0 else math.expm1(z)), ("silu", lambda z: z / (1 + math.exp(-z))),
        ("softsign", lambda z: z / (1 + abs(z))), ("mish", lambda z: z * math.tanh(math.log1p(math.exp(z)))),
    ],
)  # fmt: skip
def test_activations_of_numbers(name: str, function: Callable[[float], float]) -> None:
    """Those that people train with in a sheet, each as it is defined, and no other ones."""
    z = np.array([-2.5, -1e-3, 0.0, 0.75, 3.0])

    np.testing.assert_allclose(ACTIVATIONS[name](z), [function(x) for x in z], rtol=2e-8, atol=1e-16)
    assert len(ACTIVATIONS) == 9


def test_a_sheet_is_told_in_blocks(tmp_path: Path) -> None:
    """Each typed number and each formula stands in one block of its kind, with the words to its left or above."""
    cells: dict[str, object] = {
        "A1": "W",
        "B1": 0.5,
        "C1": 0.25,
        "B2": 1.5,
        "C2": -1.0,
        "E1": "x",
        "E2": 2.0,
        "E3": 3.0,
    }
    cells |= {f"G{row}": f"=E{row}*$B$1+$C$1" for row in (2, 3)} | {"G1": "z", "H2": "=TANH(G2)", "H3": "=G3"}
    table = CellTable(read_workbook(save(cells, tmp_path / "w.xlsx")))
    found = {block.range: (block.formula, block.label) for block in blocks(table)}

    assert found == {
        "B1:C2": (None, "W"), "E2:E3": (None, "x"), "G2:G3": ("E2*$B$1+$C$1", "z"),
        "H2": ("TANH(G2)", ""), "H3": ("G3", ""),
    }  # fmt: skip
    text = skeleton(table, "too few formulas")
    assert text.startswith("# Bindings of w.xlsx, to be filled in: too few formulas.")
    assert all(line.startswith("#") for line in text.splitlines())
    assert "# G2:G3 2 × 1 z: formulas, the first of them =E2*$B$1+$C$1" in [
        " ".join(line.split()) for line in text.splitlines()
    ]
