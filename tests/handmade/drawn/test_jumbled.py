"""Formulas that stand in each other's place: nothing of it passes, and no cell is blamed for what another one holds."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from thorough import part_of

from fixtures.handmade.drawn.drawing import drawn
from fixtures.handmade.drawn.jumble import jumbled
from fixtures.handmade.drawn.score import answer
from fixtures.handmade.layout import Formula
from fixtures.handmade.workbook import to_bytes
from fixtures.handmade.writing import formula_text
from xlcheck.api import check
from xlcheck.errors import NothingCheckedError

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(420, id="a weight is read as the first state"),
        pytest.param(429, id="a copy stands for a unit, and another layer could have its weights"),
        pytest.param(442, id="a sum reads a copy far away, which is not to blame"),
        pytest.param(474, id="a copy of a gate stands for the output"),
    ],
)
def test_a_jumbled_toy_is_named_or_nothing_is(seed: int) -> None:
    """First networks that once were answered wrongly: no false root, no false pass."""
    assert answer(seed, [1], "toy", jumble=True).outcome not in {"false root", "false pass"}


@pytest.mark.parametrize(
    "seed",
    part_of(
        [
            pytest.param(160033, id="a computed number is pasted beside the result"),
            pytest.param(160012, id="a number is typed over the copy of a first state"),
            pytest.param(160016, id="an activation reads a word"),
            pytest.param(160024, id="a range reads a word and leaves out a weight"),
            pytest.param(160014, id="products are typed over at both steps"),
        ],
        2,
    ),
)
def test_a_toy_with_a_mistake_is_named_or_nothing_is(seed: int) -> None:
    """First networks with a mistake that once were answered wrongly: no false root, no false pass."""
    assert answer(seed, [1], "toy").outcome not in {"false root", "false pass"}


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(61, 81))
def test_jumbled_cells_are_named_or_nothing_is(seed: int) -> None:
    """Whatever formulas are exchanged, pasted or fetched: no false root, no false pass."""
    assert answer(seed, [1], jumble=True).outcome not in {"false root", "false pass"}


def test_who_reads_an_exchanged_cell_is_not_blamed(tmp_path: Path) -> None:
    """A state and a gate's sum changed places: the cells that read them, filled like their neighbours, are right."""
    layout = drawn(9, fixed_weights=True).layout
    state, total = (next(a for a in layout.contents if a.a1 == name) for name in ("AU7", "BF7"))
    one, other = layout.contents[state], layout.contents[total]
    assert isinstance(one, Formula)
    assert isinstance(other, Formula)
    (tmp_path / "w.xlsx").write_bytes(to_bytes(layout, {state: other.expr, total: one.expr}))
    try:
        roots = {root.cell for root in check(tmp_path / "w.xlsx").roots}
    except NothingCheckedError:
        roots = set()
    assert roots <= {"AU7", "BF7"}


def test_a_jumble_changes_formulas_of_the_network_alone() -> None:
    """Each change is another formula than the right one, in one cell or in two."""
    layout = drawn(9, fixed_weights=True).layout
    for seed in range(20):
        name, edits = jumbled(layout, Random(seed))
        assert bool(name) == bool(edits)
        assert len(edits) <= 2
        for cell, edit in edits.items():
            own = layout.contents[cell]
            assert isinstance(own, Formula)
            assert not isinstance(edit, float)
            assert len(edits) == 2 or formula_text(layout, cell.sheet, edit) != formula_text(
                layout, cell.sheet, own.expr
            )
