"""The parts from which a training through time is read: recurrent layers, their steps, and the chains between these."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recurrent_sheets import Formulas, Habits, cells, down
from training_sheets import filled, terms_of

from xlcheck.handmade.backward.neurons import Neurons
from xlcheck.handmade.backward.recurrence import Recurrence, recurrences
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.through_time import through_time
from xlcheck.handmade.backward.truth import truths
from xlcheck.handmade.backward.updates import find_updates
from xlcheck.handmade.reading.cell_terms import in_order
from xlcheck.handmade.reading.cells import address_of
from xlcheck.oracle.dense_steps import dense_gradients

_EVERY = Habits(every=True, first=0.25)


def _sheet(path: Path, habits: Habits, instead: Formulas | None = None) -> Sheet:
    return Sheet(terms_of(filled(path, cells(habits, down(habits), instead))))


def _found(sheet: Sheet) -> list[Recurrence]:
    neurons = Neurons(sheet.terms, sheet.order, sheet.cells, sheet.updates)
    units = {unit.cell: unit for unit in neurons.activated_ones()}
    return list(recurrences(units, {*sheet.updates, *sheet.updates.values()}, sheet.terms.is_computed))


def test_a_recurrent_layer_reads_its_states_with_the_same_weights(tmp_path: Path) -> None:
    """Its kernel has a row for the input and one for the state; each step reads the state of the one before."""
    (found,) = _found(_sheet(tmp_path / "w.xlsx", _EVERY))
    at = {name: address_of("Sheet", place) for name, place in down(_EVERY).items()}
    assert (found.layer.kernel, found.layer.bias, found.layer.states) == (((at["w"],), (at["u"],)), (at["b"],), 1)
    assert [own.inputs for own in found.steps] == [(at["x1"],), (at["x2"],), (at["x3"],)]
    assert [own.states for own in found.steps] == [(at["h0"],), (at["h1"],), (at["h2"],)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("z3", "={w}*{x3}+{u}*{h1}+{b}"), ("z3", "={w}*{x2}+{u}*{h2}+{b}"), ("z2", "={v}*{x2}+{u}*{h1}+{b}"),
        ("z2", "={w}*{x2}+{u}*{h1}"), ("h2", "=1/(1+EXP(-{z2}))"), ("h0", "={x1}*0.5"),
    ],
)  # fmt: skip
def test_steps_that_differ_are_no_layer(name: str, text: str, tmp_path: Path) -> None:
    """Where a step reads another state, input or weight, has no bias or another activation, there is no such layer.

    Nor where a formula makes the first state, which may have been meant as a step.
    """
    assert not [own for own in _found(_sheet(tmp_path / "w.xlsx", _EVERY, {name: text})) if len(own.steps) == 3]


def test_the_sum_of_a_recurrent_unit_is_no_update(tmp_path: Path) -> None:
    """A bias and a state that depends on it are no update, as no error is in between; nor is an error and its flow."""
    habits = Habits(every=True, top=False, activation="sigmoid")
    terms = terms_of(filled(tmp_path / "w.xlsx", cells(habits, down(habits), {"s2": "={h2}-{y2}+{u}*{d3}"})))
    places = {address_of("Sheet", place): name for name, place in down(habits).items()}
    found = find_updates(terms, in_order(terms.reads), terms.reads)
    assert {places[cell] for cell in found} == {"neww", "newu", "newb"}


@pytest.mark.keras
def test_chains_through_time_are_those_of_small_differences(tmp_path: Path) -> None:
    """∂h(3)/∂h(1), the last state by a weight through all steps, and the gradient of the loss of one step alone."""
    sheet = _sheet(tmp_path / "w.xlsx", _EVERY)
    (truth,) = truths(sheet.networks, sheet.cells, "mean_squared_error", dense_gradients)
    found = dict(through_time(truth))

    def run(u: float, first: float | None = None, loss: int = 3) -> tuple[float, float]:
        h, states = 0.25, []
        for t, x in enumerate((0.5, -0.3, 0.8)):
            h = np.tanh(0.5 * x + u * h + 0.1)
            h = first if first is not None and t == 0 else h
            states.append(h)
        return h, (0.8 * states[loss - 1] - 0.2 - (0.2, 0.4, 0.7)[loss - 1]) ** 2

    h1, d = float(np.tanh(0.25 + 0.075 + 0.1)), 1e-6
    by_state = (run(0.3, h1 + d)[0] - run(0.3, h1 - d)[0]) / (2 * d)
    by_weight, by_loss = ((a - b) / (2 * d) for a, b in zip(run(0.3 + d, loss=2), run(0.3 - d, loss=2), strict=True))
    assert found["∂o1(3)[1]/∂o1(1)[1]"][-1] == pytest.approx(by_state, rel=1e-7)
    assert found["∂o1(3)[1]/∂w1[h1,1], through all steps"][-1] == pytest.approx(by_weight, rel=1e-7)
    assert found["∂E(2)/∂w1[h1,1]"][-1] == pytest.approx(by_loss, rel=1e-7)
