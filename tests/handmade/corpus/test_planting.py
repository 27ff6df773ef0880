"""Planted mistakes are where the answer key says, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from thorough import EVERY_CASE, part_of, spread

from fixtures.handmade.dependencies import downstream, precedents
from fixtures.handmade.layout import Layout
from fixtures.handmade.layouts import LAYOUTS
from fixtures.handmade.mistakes.names import Mistake
from fixtures.handmade.mistakes.planting import plants
from fixtures.handmade.printed_mistake import printed_mistake
from fixtures.handmade.recalculate import cellrune_values, ironcalc_values, recalculated
from fixtures.handmade.verdicts import Change, change, right_values

BY_NAME = {layout.name: layout for layout in LAYOUTS}

# Where each mistake can be planted; the layouts are the smallest that have a place for it.
HOMES = {
    Mistake.PRE_ACTIVATION_FED_BACK: "book_simple_rnn",
    Mistake.CELL_STATE_FOR_HIDDEN_STATE: "one_formula",
    Mistake.HIDDEN_STATE_FOR_CELL_STATE: "time_down",
    Mistake.WRONG_TIME_STEP: "named_weights",
    Mistake.NEIGHBOUR_UNIT: "shared_formulas",
    Mistake.GATE_ORDER: "let_lambda",
    Mistake.HARD_SIGMOID: "let_lambda",
    Mistake.SIGMOID_TANH_EXCHANGED: "one_formula",
    Mistake.ACTIVATION_MISSING: "one_formula",
    Mistake.BIAS_MISSING: "packed_bands",
    Mistake.BIAS_COUNTED_TWICE: "packed_bands",
    Mistake.RECURRENT_TERM_MISSING: "packed_bands",
    Mistake.KERNEL_TRANSPOSED: "transposed_weights",
    Mistake.RANGE_TOO_SHORT: "named_weights",
    Mistake.RANGE_TOO_LONG: "named_weights",
    Mistake.GRU_RESET_AFTER_WRONG: "gru_classic",
    Mistake.Z_EXCHANGED: "gru_reset_after",
    Mistake.SOFTMAX_WRONG_DIRECTION: "transposed_weights",
    Mistake.LOG_WITHOUT_MINUS: "one_hot_softmax",
    Mistake.CONSTANT_OVER_FORMULA: "book_simple_rnn",
    Mistake.ROUNDED: "book_simple_rnn",
    Mistake.PADDING_WRONG_SIDE: "two_documents",
    Mistake.CODE_OFF_BY_ONE: "book_simple_rnn",
    Mistake.FLOAT32_NOISE: "book_simple_rnn",
}


@pytest.mark.parametrize("mistake", spread([*Mistake], 5))
def test_every_mistake_of_the_list_is_planted(mistake: Mistake) -> None:
    """None of the mistakes is only a name: each has a place in some layout."""
    found = list(plants(BY_NAME[HOMES[mistake]], only={mistake}, every=1 if EVERY_CASE else 3))

    assert found
    assert all(mistake in plant.mistakes for plant in found)


@pytest.mark.parametrize("layout", part_of(LAYOUTS, 3), ids=lambda layout: layout.name)
def test_only_the_planted_cells_and_what_reads_them_change(layout: Layout) -> None:
    """A planted workbook differs from the right one in its roots, and elsewhere at most downstream of them."""
    right = right_values(layout)
    checked = 0
    for plant in plants(layout, every=23 if EVERY_CASE else 46):
        values = recalculated(plant.to_bytes(), layout.formulas)
        changed = {cell for cell in values if change(values[cell], right[cell]) is not Change.NONE}
        edited = {cell for address in plant.edits for cell in layout.filled(address)}
        allowed = edited | downstream(precedents(layout, plant.edits), edited)
        is_typed = Mistake.CONSTANT_OVER_FORMULA in plant.mistakes

        assert changed <= allowed, str(plant)
        assert is_typed or plant.roots <= changed, str(plant)
        checked += 1

    assert checked > 2


def test_a_changed_cell_far_downstream_is_no_root() -> None:
    """In a row filled from one wrong formula, a cell is a root for its own change, not for what it inherits."""
    rows = [
        plant
        for plant in plants(BY_NAME["named_weights"], only={Mistake.RECURRENT_TERM_MISSING})
        if len(plant.edits) == 4
    ]

    # In the first step the state is zero, and leaving out its term changes nothing.
    assert rows
    assert all(len(plant.roots) == 3 for plant in rows)
    assert all(cell.row != 5 for plant in rows for cell in plant.roots)


@pytest.mark.parametrize("name", part_of(["german_lstm", "gru_reset_after", "named_weights"], 1))
def test_the_engines_agree_on_planted_workbooks(name: str) -> None:
    """What is planted does not depend on the engine: ironcalc and cellrune compute the same from it."""
    layout = BY_NAME[name]
    for plant in plants(layout, every=53):
        one, other = (engine(plant.to_bytes(), layout.formulas) for engine in (ironcalc_values, cellrune_values))

        assert all(change(one[cell], other[cell]) in (Change.NONE, Change.HIDDEN) for cell in one), str(plant)


def test_a_transposed_kernel_is_transposed() -> None:
    """The planted cell holds the product with the kernel's row, which is the product with the transposed kernel."""
    layout = BY_NAME["shared_formulas"]
    kernel, bias = (np.array(layout.network.layers[0].weights[name]) for name in ("kernel", "bias"))
    # In the first step only the input's kernel can be told from its transpose; the state is zero.
    wanted = kernel @ np.array(layout.network.inputs[0][0]) + bias
    found = 0
    for plant in plants(layout, only={Mistake.KERNEL_TRANSPOSED}):
        for cell in plant.edits:
            item = layout.formulas[cell]
            if item.step == 0 and len(plant.edits) == 1:
                value = recalculated(plant.to_bytes(), [cell])[cell]

                assert value == pytest.approx(wanted[item.index[0]], abs=1e-14)
                found += 1

    assert found == 2


def test_float32_noise_is_no_root() -> None:
    """A weight typed as float32 changes values by less than a millionth and is planted without roots."""
    for plant in plants(BY_NAME["book_simple_rnn"], only={Mistake.FLOAT32_NOISE}):
        values, right = recalculated(plant.to_bytes(), plant.edits), right_values(plant.layout)
        ((cell, value),) = values.items()

        assert plant.roots == frozenset()
        assert 0 < abs(float(value or 0) - float(right[cell] or 0)) < 1e-7


def test_the_printed_mistake_is_invisible_at_the_output() -> None:
    """Fed back before tanh, the book's toy changes its softmax by less than 1e-6 and its first wrong cell by more."""
    plant = printed_mistake()
    layout = plant.layout
    values, right = recalculated(plant.to_bytes(), layout.formulas), right_values(layout)

    def largest(band: str) -> float:
        cells = [cell for cell, item in layout.formulas.items() if item.band == band]
        return max(abs(float(values[cell] or 0) - float(right[cell] or 0)) for cell in cells)

    assert min(plant.roots).a1 == "E12"
    assert 1e-7 < largest("dense.y") < 1e-6 < largest("simple_rnn.hr")
