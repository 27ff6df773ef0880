"""The parts from which a training in a sheet is read: values, settings, units, updates, gradients, and what is open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from training_sheets import cell, filled, table_of, terms_of, training

from xlcheck.formulas.addresses import parse_range
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.best_reading import best_reading
from xlcheck.handmade.backward.coefficients import HALF, SETTINGS, coefficient, is_set, numbers_in
from xlcheck.handmade.backward.data import moves_factors, multiplies_errors
from xlcheck.handmade.backward.evaluation import evaluate, line_of, same, value_of
from xlcheck.handmade.backward.kept import Kept
from xlcheck.handmade.backward.network import find_networks
from xlcheck.handmade.backward.network_cells import DenseNetwork, LayerCells
from xlcheck.handmade.backward.neurons import Neurons
from xlcheck.handmade.backward.quantities import quantities
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.set_up import settings_held
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.truth import truths
from xlcheck.handmade.backward.updates import find_updates
from xlcheck.handmade.backward_judging.certainty import Certainty
from xlcheck.handmade.backward_judging.exchange import explained_by_exchange
from xlcheck.handmade.backward_judging.family import amendments
from xlcheck.handmade.backward_judging.gaps import gaps, seems_to_belong
from xlcheck.handmade.reading.cell_terms import CellTerms, in_order, source
from xlcheck.oracle.dense_steps import dense_gradients

RATE = {(f"w{k}", step): f"={cell(f'w{k}', step - 1)}-$B${step}*{cell(f'g{k}', step - 1)}"
        for k in range(1, 9) for step in (1, 2)}  # fmt: skip
"""A rate of its own for each of two updates, in B1 and B2."""


def at(head: str, step: int) -> Address:
    """The cell of a quantity at a step."""
    area = parse_range(cell(head, step), "Sheet")
    return area.sheet, area.top, area.left


def reading_of(path: Path) -> Reading:
    """A workbook as training steps."""
    return best_reading(Sheet(terms_of(path)), dense_gradients)


def test_an_absent_cell_makes_no_number(tmp_path: Path) -> None:
    """Where a cell is not known, what is computed from it is not; what is put into a cell stands there instead."""
    terms = terms_of(training(tmp_path / "w.xlsx", 1))
    order = [at("z1", 0), at("h1", 0)]
    given = {at(head, 0): np.array([1.0, 2.0]) for head in ("w1", "w2", "x1", "x2")}

    assert np.isnan(value_of(terms[at("h1", 0)], given)).all()
    assert evaluate(order, terms, given)[at("z1", 0)].tolist() == [2.0, 8.0]
    put = evaluate(order, terms, given, {at("z1", 0): np.array([0.0, 0.0])})
    assert put[at("h1", 0)].tolist() == [0.5, 0.5]


def test_functions_are_the_same_if_they_agree_under_every_setting() -> None:
    """A difference in the last digits is none; one setting that differs is enough, and so is one without a number."""
    one = np.array([1.0, 2e-6, 3e5])

    assert same(one, one * (1 + 1e-12))
    assert not same(one, one + np.array([0.0, 1e-12, 0.0]))
    assert not same(one, np.array([1.0, np.nan, 3e5]))


def test_a_straight_line_is_told_from_a_curve() -> None:
    """What it gives at 0, and its slope, under every setting; of a square nobody can say which value is meant."""
    factor = np.array([2.0, -3.0])
    found = line_of(lambda x: factor * x + 1.0, 2)
    assert found is not None
    assert [own.tolist() for own in found] == [[1.0, 1.0], [2.0, -3.0]]
    assert line_of(lambda x: factor * x**2, 2) is None


def test_numbers_made_of_settings_alone() -> None:
    """Typed, or a multiple of a cell; what differs within one half is data. Zeros that do not tell do not count."""
    rate = np.append(np.repeat((0.3, 0.7), HALF), 0.5)
    cells = {("S", 0, 0): rate, ("", 0, 0): np.full(SETTINGS + 1, 2.0)}
    data = rate + np.append(np.linspace(0, 1e-3, SETTINGS), 0)
    unknown = rate * np.append(np.nan, np.ones(SETTINGS))
    typed, of_cell, in_part = (coefficient(own, cells) for own in (np.full(SETTINGS + 1, 0.25), -2 * rate, unknown))

    assert coefficient(data, cells) is None
    assert typed is not None
    assert (typed.cell, typed.factor) == (None, 0.25)
    assert of_cell is not None
    assert (of_cell.cell, of_cell.factor, of_cell.times(-0.5).size.tolist()) == (("S", 0, 0), -2.0, rate.tolist())
    assert of_cell.times(-0.5).factor == 1.0
    assert in_part is not None
    assert in_part.cell == ("S", 0, 0)
    assert not is_set(np.append(np.full(SETTINGS, np.nan), 0.5))


def test_rates_that_fall_with_the_number_of_the_step() -> None:
    """An exponential, a quotient, stairs, a cosine: each is told by its values, and only where it may fall."""
    first, count = np.append(np.repeat((0.3, 0.7), HALF), 0.5), np.append(np.repeat((5.0, 9.0), HALF), 3.0)
    length, factor = np.append(np.repeat((2.0, 4.0), HALF), 2.0), np.append(np.repeat((0.6, 0.8), HALF), 0.5)
    whole = np.append(np.repeat((20.0, 30.0), HALF), 8.0)
    cells = {("S", 0, column): own for column, own in enumerate((first, count, length, factor, whole))}
    falling = {
        "exponential": first * np.exp(-0.1 * count), "inverse": first / (1 + 0.01 * count),
        "inverse square root": first / np.sqrt(1 + 0.25 * count), "stairs": first * factor ** np.floor(count / length),
        "cosine": first * (factor + (1 - factor) * (1 + np.cos(np.pi * count / whole)) / 2),
    }  # fmt: skip

    for how, values in falling.items():
        found = coefficient(values, cells, falls=True)
        assert found is not None
        assert (found.cell, found.how[0]) == (("S", 0, 0), how)
        assert same(found.size, values)
        assert coefficient(values, cells) is None


def test_numbers_typed_into_formulas(tmp_path: Path) -> None:
    """What is added, what multiplies, and what divides."""
    terms = terms_of(training(tmp_path / "w.xlsx", 1, {("E", 0): "=4+{t1}/8"}))

    assert {4.0, 0.125, 8.0} <= {*numbers_in(terms[at("E", 0)])}


def test_an_update_depends_on_its_weight(tmp_path: Path) -> None:
    """A sum of a weight and of what follows from it ends a step; the error of an output is no update."""
    terms = terms_of(training(tmp_path / "w.xlsx", 2, {("w1", 1): f"={cell('w1', 0)}-$B$1*{cell('x1', 0)}"}))
    found = find_updates(terms, in_order(terms.reads), terms.reads)

    assert found == {at(f"w{k}", 1): at(f"w{k}", 0) for k in range(2, 9)}
    assert source(at("w2", 1), terms) == at("w2", 1)


def test_units_are_activations_of_sums_of_products(tmp_path: Path) -> None:
    """With the cell of the sum; a sum alone is a linear unit, and a comparison with 0 a perceptron."""
    instead: dict[tuple[str, int], str | float] = {("s1", 0): "=IF({z1}>0,1,-1)", ("s2", 0): "=IF({z1}>1,1,0)"}
    terms = terms_of(training(tmp_path / "w.xlsx", 1, instead))
    sheet = Sheet(terms)
    neurons = Neurons(terms, sheet.order, sheet.cells, {})
    found = {own.cell: (own.activation, own.total, len(own.terms)) for own in neurons.activated_ones()}
    linear, sign = neurons.linear(at("z2", 0)), neurons.threshold(at("s1", 0))

    assert found[at("h1", 0)] == ("sigmoid", at("z1", 0), 2)
    assert linear is not None
    assert sorted(linear.terms) == sorted(tuple(sorted((at(w, 0), at(x, 0)))) for w, x in (("w3", "x1"), ("w4", "x2")))
    assert sign is not None
    assert (sign.activation, sign.total) == ("sign > 0", at("z1", 0))
    assert neurons.threshold(at("s2", 0)) is None
    assert neurons.linear(at("E", 0)) is None


def test_the_networks_whose_outputs_are_compared_with_targets(tmp_path: Path) -> None:
    """Layer by layer the rows of the kernels, what is read and what is wanted; without targets there is none."""
    terms = terms_of(training(tmp_path / "w.xlsx", 1))
    sheet = Sheet(terms)
    (network,) = find_networks(Neurons(terms, sheet.order, sheet.cells, {}), terms, {}, frozenset())
    nothing = terms_of(training(tmp_path / "v.xlsx", 1, {(h, 0): 0.5 for h in ("E", *(f"g{k}" for k in range(1, 9)))}))

    assert network.weight_cells == {
        (layer, i, u): at(f"w{4 * layer + 2 * u + i + 1}", 0) for layer in (0, 1) for i in (0, 1) for u in (0, 1)
    }
    moved = network.reading({at("w1", 0): at("w2", 0), at("w2", 0): at("w1", 0)})
    assert moved.layers[0].kernel == (network.layers[0].kernel[1][:1] + network.layers[0].kernel[0][1:],
                                      network.layers[0].kernel[0][:1] + network.layers[0].kernel[1][1:])  # fmt: skip
    assert (moved.layers[1], moved.samples) == (network.layers[1], network.samples)
    (sample,) = network.samples
    assert sample.inputs == (at("x1", 0), at("x2", 0))
    assert sample.targets == (at("t1", 0), at("t2", 0))
    other = Sheet(nothing)
    assert find_networks(Neurons(nothing, other.order, other.cells, {}), nothing, {}, frozenset()) == []


@pytest.mark.keras
def test_what_keras_says_of_a_network(tmp_path: Path) -> None:
    """The loss by each weight is the slope that other weights show, and each quantity has the name of textbooks."""
    sheet = Sheet(terms_of(training(tmp_path / "w.xlsx", 1)))
    weight, step = at("w3", 0), 1e-6
    more = {**sheet.cells, weight: sheet.cells[weight] + step}
    asked = (truths(sheet.networks, own, "mean_squared_error", dense_gradients) for own in (sheet.cells, more))
    (truth,), (moved,) = asked
    named = {own.name: own.values for own in quantities(truth)}

    slope = (moved.losses - truth.losses).sum(axis=1) / step
    np.testing.assert_allclose(truth.weight_gradients()[weight], slope, rtol=1e-3, atol=1e-7)
    np.testing.assert_array_equal(named["∂E/∂w1[1,2]"], truth.weight_gradients()[weight])
    np.testing.assert_allclose(named["o2[1]"], sheet.cells[at("o1", 0)], rtol=1e-12)
    t, o = sheet.cells[at("t1", 0)], sheet.cells[at("o1", 0)]
    np.testing.assert_allclose(named["t ln o[1]"], t * np.log(o), rtol=1e-9)
    np.testing.assert_allclose(named["cross-entropy[1]"], t * np.log(o) + (1 - t) * np.log(1 - o), rtol=1e-9)
    np.testing.assert_allclose(named["error[2]"], sheet.cells[at("o2", 0)] - sheet.cells[at("t2", 0)], rtol=1e-12)


@pytest.mark.keras
def test_a_formula_that_breaks_its_line_is_amended(tmp_path: Path) -> None:
    """Its siblings say what it should be; a line in which all are filled alike has nothing to amend."""
    path = training(tmp_path / "w.xlsx", 4, {("g3", 1): "={g4}"})
    wrong, right = reading_of(path), reading_of(training(tmp_path / "v.xlsx", 4))

    assert right.stride == (1, 0)
    (amended,) = amendments(table_of(path)[0], wrong)
    assert amended == at("g3", 1)
    assert amendments(table_of(tmp_path / "v.xlsx")[0], right) == {}


def test_a_line_of_which_nothing_fits_says_nothing(tmp_path: Path) -> None:
    """Rule: where each formula has one reference otherwise than most others of its line, none is what all should be."""
    path = training(tmp_path / "w.xlsx", 4)
    book = openpyxl.load_workbook(path)
    for row, (one, other) in enumerate((("C1", "F1"), ("D1", "E1"), ("D1", "G1"), ("E1", "F1")), 4):
        book.active[f"AG{row}"] = f"=${one[0]}$1*${other[0]}$1"
    book.save(path)

    assert amendments(table_of(path)[0], reading_of(path)) == {}


@pytest.mark.keras
def test_two_weights_that_change_places_explain_a_whole_step(tmp_path: Path) -> None:
    """Where the forward part reads two weights the wrong way round, the updates fit the network that they make."""
    swapped = reading_of(training(tmp_path / "w.xlsx", 3, {("z1", 1): "={w2}*{x1}+{w1}*{x2}"}))
    right = reading_of(training(tmp_path / "v.xlsx", 3, {("g3", 1): "={g4}"}))
    move = next(own for own in swapped.steps[0].moves.values() if own is not None)

    assert explained_by_exchange(swapped, 1, move)
    assert not explained_by_exchange(right, 1, move)


@pytest.mark.keras
def test_what_was_filled_as_right_cells_were_is_certain(tmp_path: Path) -> None:
    """A gradient from which a right update is computed is confirmed, and so is what was filled like it."""
    path = training(tmp_path / "w.xlsx")
    reading, table = reading_of(path), table_of(path)[0]
    known = Certainty(table, reading, {0, 1, 2}, {at("w1", 1), at("w1", 2)})

    assert known.is_regular(at("g1", 2))
    assert not known.is_regular(at("g2", 2))
    assert known.are_alike(at("g1", 0), at("g1", 2))
    assert not known.are_alike(at("g1", 0), at("g5", 0))
    assert at("g1", 2) in {*known.certain()}


@pytest.mark.keras
def test_what_leaves_a_training_open(tmp_path: Path) -> None:
    """Nothing of a right one; a weight that is typed anew among updated ones, and a number where a line ends, do."""
    table, reading = table_of(training(tmp_path / "w.xlsx"))[0], reading_of(tmp_path / "w.xlsx")
    right = {own for own in table.texts if own[1] >= 3}
    typed = training(tmp_path / "v.xlsx", 3, {("w2", 2): 0.7})

    assert not [*gaps(table, reading, {0, 1, 2}, right, ())]
    assert [*gaps(table_of(typed)[0], reading_of(typed), {0, 1, 2}, right - {at("w2", 2)}, ())]
    assert seems_to_belong(at("h1", 1), table, reading, {at("h1", 0)})
    assert not seems_to_belong(at("E", 1), table, reading, set())


@pytest.mark.keras
def test_rates_that_are_computed_from_others(tmp_path: Path) -> None:
    """Half of the rate before is a learning rate, and belongs to the step that reads it first."""
    path = training(tmp_path / "w.xlsx", 3, RATE)
    book = openpyxl.load_workbook(path)
    book.active["B2"] = "=B1/2"
    book.save(path)
    sheet = Sheet(CellTerms(*table_of(path)))
    ((held, (number, role)),) = settings_held(sheet, {at("w1", 2): 1})

    assert (held, number, role.quantity.name) == (("Sheet", 1, 1), 1, "learning rate")
    assert role.desired == 0.25


@pytest.mark.keras
def test_the_number_of_a_step_is_how_often_weights_were_updated(tmp_path: Path) -> None:
    """It begins with 1, and what is kept of a gradient begins with the gradient itself."""
    reading = reading_of(training(tmp_path / "w.xlsx"))
    kept = Kept(reading.sheet, reading.steps, ())

    for number in range(3):
        (*_, last) = kept.counts(number, at("g1", number))
        assert last.tolist() == [number + 1.0] * (SETTINGS + 1)
    (pull,) = kept.pulls(1, at("w5", 1))
    np.testing.assert_array_equal(pull.values, reading.steps[1].gradients[at("w5", 1)])
    assert not kept.is_bias(0, at("w5", 0))


def test_factors_that_move_by_typed_gradients_may_be_weights(tmp_path: Path) -> None:
    """Rule: a factor of sums that are compared with given numbers, made from another such factor by adding to it, may
    be a weight, though nothing it moves by depends on it; a balance of which interest is computed is none."""
    trained: dict[str, object] = {"D4": 0.3, "E4": -0.2}
    for row in range(4, 9):
        trained |= {f"A{row}": 0.4 * row, f"B{row}": 2 - 0.3 * row, f"G{row}": 0.1 * row - 0.5}
        trained |= {f"C{row}": f"=D{row}+E{row}*A{row}", f"F{row}": f"=(C{row}-B{row})^2"}
        trained |= {f"D{row + 1}": f"=D{row}-0.1*G{row}", f"E{row + 1}": f"=E{row}-0.1*G{row}*A{row}"}
    loan: dict[str, object] = {"B1": 0.03, "B2": 900, "A4": 9000}
    for row in range(4, 9):
        loan |= {f"B{row}": f"=A{row}*$B$1", f"C{row}": f"=$B$2-B{row}", f"A{row + 1}": f"=A{row}-C{row}"}

    assert moves_factors(terms_of(filled(tmp_path / "trained.xlsx", trained)))
    assert not moves_factors(terms_of(filled(tmp_path / "loan.xlsx", loan)))


def test_units_may_share_a_bias_or_subtract_it() -> None:
    """A bias is told with its units; thresholds are those that are subtracted; all are weights, as kernels are."""
    one, other, bias = (("S", row, 0) for row in range(3))
    added = LayerCells("tanh", ((one, other),), (bias, bias))
    assert (added.biases, added.thresholds) == ({bias: (0, 1)}, frozenset())
    assert LayerCells("step > 0", ((one, other),), (bias, bias), -1.0).thresholds == {bias}
    assert DenseNetwork((added,), ()).weights == {one, other, bias}


def test_errors_that_are_multiplied_are_those_of_a_training(tmp_path: Path) -> None:
    """A gradient multiplies what follows from a target by something else; losses, accuracies and their means do not."""
    forward = {"A1": 0.4, "B1": 0.7, "C1": 1, "D1": "=1/(1+EXP(-(A1*B1)))"}
    losses = {"E1": "=(C1-D1)^2", "F1": "=-(C1*LN(D1)+(1-C1)*LN(1-D1))", "G1": "=AVERAGE(E1,F1)", "H1": "=0.5*(C1-D1)"}
    terms = [
        terms_of(filled(tmp_path / f"{number}.xlsx", forward | losses | more))
        for number, more in enumerate(({}, {"I1": "=(D1-C1)*B1"}, {"I1": "=H1*D1*(1-D1)"}, {"I1": "=H1*2"}))
    ]
    assert list(map(multiplies_errors, terms)) == [False, True, True, False]
