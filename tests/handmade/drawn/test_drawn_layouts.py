"""The drawn layouts: right in every cell, different from one another, and the same for the same seed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from thorough import spread

from fixtures.handmade.drawn.drawing import Drawn, drawn
from fixtures.handmade.drawn.faults import planted
from fixtures.handmade.drawn.habits import KINDS, PRODUCTS, draw_habits
from fixtures.handmade.drawn.score import Answer, table
from fixtures.handmade.drawn.scratch import held_items
from fixtures.handmade.layout import Address
from fixtures.handmade.recalculate import recalculated
from fixtures.handmade.verdicts import own_changes
from fixtures.handmade.workbook import to_bytes

sys.path.insert(0, str(Path(__file__).parents[1]))


def _values(found: Drawn) -> dict[str, float]:
    held = held_items(found.layout)
    values = recalculated(to_bytes(found.layout), held)
    return {f"{item.name} {item.sample}": values[cell] for cell, item in held.items()}  # type: ignore[misc]


@pytest.mark.keras
@pytest.mark.parametrize("kind", spread([kind for kind in KINDS if kind != "graph"], 2))
def test_a_drawn_workbook_holds_what_keras_computes(kind: str) -> None:
    """Every quantity of a drawn workbook equals Keras's in float64, however it is laid out and spelt."""
    from keras_truth import truth

    compared = 0
    for seed in (1, 2, 3):
        found = drawn(seed, kind=kind, fixed_weights=True)
        values = _values(found)
        for network in found.networks:
            for sample in range(len(network.inputs)):
                for name, desired in truth(network, sample).items():
                    # Inputs are typed, and named by the network's number.
                    if not name.startswith("input") and (actual := values.get(f"{name} {sample}")) is not None:
                        compared += 1
                        assert actual == pytest.approx(desired, rel=1e-12, abs=1e-12), (seed, name)

    assert compared > 10


def test_a_branch_reads_the_outputs_of_both_others() -> None:
    """The layer that joins two others computes its sums from the outputs of both, in order, with its own weights."""
    found = drawn(6, kind="graph", fixed_weights=True)
    values, (one, two, both) = _values(found), found.networks[0].layers
    outputs = [values[f"{layer.name}.y[0][{u}] 0"] for layer in (one, two) for u in range(layer.units)]
    kernel, bias = np.array(both.weights["kernel"]), np.array(both.weights["bias"])
    sums = [value for name, value in values.items() if name.startswith(f"{both.name}.z[0]")]

    assert sums == pytest.approx(outputs @ kernel + bias, abs=1e-12)


def test_a_seed_is_one_workbook() -> None:
    """The same seed gives the same bytes; another seed another workbook."""
    assert to_bytes(drawn(7).layout) == to_bytes(drawn(7).layout) != to_bytes(drawn(8).layout)


def test_authors_differ_in_everything() -> None:
    """Each spelling, and both answers to each question of habit, turn up among two hundred authors."""
    random = Random(1)
    authors = [draw_habits(random, fixed_weights=False) for _ in range(200)]

    assert {author.spelling for author in authors} == PRODUCTS.keys()
    for name in ("flipped", "blocks", "by_unit", "packed", "stacked", "helpers", "sums", "products", "one_hot"):
        assert {getattr(author, name) for author in authors} == {True, False}, name
    assert {author.initial for author in authors} == {"zero", "blank", "absent"}
    assert {author.weights_as for author in authors} == {"numbers", "RAND", "formulas"}


def test_the_key_names_what_is_wrong_in_itself() -> None:
    """Roots are changed cells whose own number is wrong on what they read; changes without effect are left open."""
    for seed in (11, 12, 13):
        plant = planted(drawn(seed, fixed_weights=True), 3, Random(seed))
        changed = {cell for address in plant.edits for cell in plant.drawn.layout.filled(address)}

        assert plant.names
        assert plant.roots | plant.open == changed
        assert not plant.roots & plant.open


def test_a_row_filled_from_one_wrong_formula_is_wrong_in_each_cell() -> None:
    """Each cell of a family is judged by what it reads itself, so an error upstream makes no root of a right cell."""
    found = drawn(2, kind="SimpleRNN", fixed_weights=True)
    first = next(iter(sorted(held_items(found.layout))))
    changes = own_changes(found.layout, {first: 0.123456})

    assert set(changes) == {Address(*first)}


def test_shares_are_of_the_workbooks_in_which_a_mistake_changes_something() -> None:
    """Rule: where all planted mistakes leave every number as it is, nothing is to be found, and nothing is counted."""
    found = Answer(1, ("toy",), ("one unit",), ("sign",), 1.0, ("S!A1",), ("S!A1",), (), False, False, "", 1.0)
    without = replace(found, mistakes=("beside",), roots=(), found=(), passed=True)
    printed = table([found, without, replace(found, coverage=0.5, roots=("S!A1", "S!A2"))], mistakes=True)

    assert printed.endswith(
        "recognised throughout: 1, 1 of them exact; with a cell that is called wrong: 2, 1 of them exact"
    )
    rows = {line[:30].strip(): line[30:].split() for line in table([found, without], mistakes=True).splitlines()[1:]}

    assert rows["all"][:2] == ["1", "100.0%"]
    assert rows["mistake beside"][:2] == ["0", "0.0%"]
