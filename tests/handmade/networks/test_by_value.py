"""A model with its inputs against workbooks made by hand: what was mistyped is found, and what follows from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from bound_sheets import STATES, bound
from given_models import BY_NAME, inputs_of, model_of, weights_of, with_numbers
from thorough import part_of, spread

from fixtures.handmade.items import Item
from fixtures.handmade.layout import Layout
from fixtures.handmade.layouts import LAYOUTS
from xlcheck import api
from xlcheck.cli import run
from xlcheck.errors import DataError, ModelError, UsageError
from xlcheck.handmade.networks.by_value import GivenModel, has_shape_of, network_by_value
from xlcheck.verdicts.report import CheckReport

pytestmark = pytest.mark.keras


def roots(report: CheckReport) -> dict[str, tuple[float, float, str | None]]:
    """What stands in each wrong cell, what should, and the name of the mistake."""
    return {f"{c.sheet}!{c.cell}": (c.actual, c.desired, c.diagnosis) for c in report.roots}


@pytest.mark.parametrize("layout", spread(LAYOUTS, 2), ids=lambda layout: layout.name)
def test_a_right_workbook_agrees_with_its_model(layout: Layout, tmp_path: Path) -> None:
    """Every layout is aligned with its model without bindings, every weight is compared and every cell agrees."""
    report = api.check(with_numbers(layout, {}, tmp_path), model=model_of(layout), inputs=inputs_of(layout))
    weights = sum(item.is_weight for item in layout.places)

    assert report.ok, report.cells
    assert f"{weights} weights were compared with those of the model" in report.notes
    assert report.counts.checked >= weights + 6


@pytest.mark.parametrize("name", part_of(["time_down", "gru_classic", "packed_bands", "named_weights"], 2))
def test_one_changed_weight_is_the_only_root(name: str, tmp_path: Path) -> None:
    """Whichever weight is mistyped, its cell is the root, with the model's number; formulas are at most carried."""
    layout = BY_NAME[name]
    model, inputs = model_of(layout), inputs_of(layout)
    weights = [item for item in layout.places if item.is_weight]
    for item in weights[:: max(1, len(weights) // 5)]:
        right = layout.network.value(item)
        report = api.check(with_numbers(layout, {item: right + 0.25}, tmp_path), model=model, inputs=inputs)

        assert roots(report) == {str(layout.places[item]).replace("'", ""): (right + 0.25, right, None)}, item.name
        assert report.roots[0].quantity == item.name
        assert report.counts.carried > 0
        assert report.exit_code == 1


def test_a_rounded_weight_is_named(tmp_path: Path) -> None:
    """A weight typed with two digits is wrong, and the message says that it was rounded."""
    layout = BY_NAME["time_down"]
    item = next(
        i for i in layout.places if i.is_weight and round(layout.network.value(i), 1) != layout.network.value(i)
    )
    path = with_numbers(layout, {item: round(layout.network.value(item), 1)}, tmp_path)
    report = api.check(path, model=model_of(layout), inputs=inputs_of(layout))

    assert [cell.diagnosis for cell in report.roots] == ["rounded-to-n-digits"]
    assert "1 digits" not in report.roots[0].message
    assert "rounded to 1 digit after the point" in report.roots[0].message


def test_a_transposed_kernel_is_named(tmp_path: Path) -> None:
    """A recurrent kernel that was pasted with rows and columns exchanged is wrong outside its diagonals."""
    layout = BY_NAME["packed_bands"]
    kernel = weights_of(layout)["lstm.recurrent_kernel"]
    blocks = np.concatenate([block.T for block in np.split(kernel, 4, axis=1)], axis=1)
    pasted = {i: blocks[i.index] for i in layout.places if i.name.startswith("lstm.recurrent_kernel")}
    report = api.check(with_numbers(layout, pasted, tmp_path), model=model_of(layout), inputs=inputs_of(layout))
    wrong = {i.name for i in pasted if blocks[i.index] != kernel[i.index]}

    assert wrong
    assert {cell.quantity for cell in report.roots} == wrong
    assert {cell.diagnosis for cell in report.roots} == {"kernel-transposed"}


@pytest.mark.parametrize("name", ["time_down", "packed_bands"])
def test_gates_in_another_order_are_named(name: str, tmp_path: Path) -> None:
    """All weights pasted in the order i, o, f, c: every number is the root, and the gate it belongs to is named."""
    layout = BY_NAME[name]
    pasted: dict[Item, float] = {}
    for name_, right in weights_of(layout).items():
        i, f, c, o = np.split(right, 4, axis=-1)
        other = np.concatenate([i, o, f, c], axis=-1)
        pasted |= {item: float(other[item.index]) for item in layout.places if item.name.startswith(f"{name_}[")}
    report = api.check(with_numbers(layout, pasted, tmp_path), model=model_of(layout), inputs=inputs_of(layout))
    wrong = {item.name for item, number in pasted.items() if number != layout.network.value(item)}

    assert {cell.quantity for cell in report.roots} == wrong
    assert {cell.diagnosis for cell in report.roots} == {"gate-order"}
    assert "belongs to the gate" in report.roots[0].message


def test_weights_in_single_precision_are_no_error(tmp_path: Path) -> None:
    """Weights printed from float32 agree; the report says how many differ by so little."""
    layout = BY_NAME["packed_bands"]
    weights = {i: layout.network.value(i) / 3 for i in layout.places if i.is_weight}
    model = model_of(layout)
    model.set_weights([np.array(w) / 3 for w in model.get_weights()])
    typed = {item: float(np.float32(number)) for item, number in weights.items()}
    report = api.check(with_numbers(layout, typed, tmp_path), model=model, inputs=inputs_of(layout))
    noisy = sum(typed[item] != weights[item] for item in weights)

    assert noisy > 10
    assert report.ok, report.roots
    assert f"{noisy} weights differ from the model's by no more than single precision does, which is no error" in (
        report.notes
    )


def test_a_wrong_formula_is_still_found(tmp_path: Path) -> None:
    """A model changes nothing about formulas: the one that was changed is the root, all weights agree."""
    layout = BY_NAME["time_down"]
    path = with_numbers(layout, {}, tmp_path)
    cell = next(address for address, item in layout.formulas.items() if item.name == "lstm.c[1][0]")
    book = openpyxl.load_workbook(path)
    sheet = book[cell.sheet]
    assert "+" in sheet[cell.a1].value
    sheet[cell.a1].value = sheet[cell.a1].value.replace("+", "-")
    book.save(path)
    report = api.check(path, model=model_of(layout), inputs=inputs_of(layout))

    assert [c.cell for c in report.roots] == [cell.a1]


def test_a_mistyped_input_is_found_by_the_inputs_given(tmp_path: Path) -> None:
    """An input that differs from the file's nearest sample is the root; other samples in the file do not matter."""
    layout = BY_NAME["time_down"]
    item = next(i for i in layout.places if i.name == "input.x[2][0]")
    path = with_numbers(layout, {item: 7.5}, tmp_path)
    inputs = np.concatenate([inputs_of(layout) + 5, inputs_of(layout)])
    report = api.check(path, model=model_of(layout), inputs=inputs)

    assert roots(report) == {str(layout.places[item]): (7.5, layout.network.value(item), None)}
    assert report.counts.carried > 0


def test_another_model_is_one_sentence(tmp_path: Path) -> None:
    """A model that the workbook does not show is refused, with the weight that was looked for."""
    path = with_numbers(BY_NAME["time_down"], {}, tmp_path)
    other = BY_NAME["gru_classic"]
    with pytest.raises(ModelError, match=r"the numbers of gru\.kernel .* do not stand in .*time_down"):
        api.check(path, model=model_of(other), inputs=inputs_of(other))


def test_the_same_shape_with_other_numbers_is_another_model(tmp_path: Path) -> None:
    """A workbook of the same shape but of a model trained anew is refused, not called wrong in every cell."""
    layout = BY_NAME["time_down"]
    model = model_of(layout)
    model.set_weights([np.cos(np.arange(w.size) + 1.0).reshape(w.shape) for w in model.get_weights()])
    with pytest.raises(ModelError, match="do not stand in"):
        api.check(with_numbers(layout, {}, tmp_path), model=model, inputs=inputs_of(layout))


def test_bindings_and_a_model_go_together(tmp_path: Path) -> None:
    """With a bindings file the model is compared where the file says; a model of another shape is refused."""
    layout = BY_NAME["time_down"]
    item = next(i for i in layout.places if i.name == "lstm.bias[1]")
    path = with_numbers(layout, {item: 9.0}, tmp_path)
    toml = Path(__file__).parents[3] / "fixtures" / "handmade" / "time_down.toml"
    report = api.check(path, model=model_of(layout), bindings=toml)

    assert roots(report) == {str(layout.places[item]): (9.0, layout.network.value(item), None)}
    with pytest.raises(UsageError, match="no network of the shape of the model"):
        api.check(path, model=model_of(BY_NAME["gru_classic"]), bindings=toml)


def test_inputs_that_do_not_fit_are_one_sentence(tmp_path: Path) -> None:
    """Inputs of another shape than the model reads are refused with both shapes."""
    layout = BY_NAME["packed_bands"]
    with pytest.raises(DataError, match="has the shape"):
        api.check(with_numbers(layout, {}, tmp_path), model=model_of(layout), inputs=np.zeros((1, 3, 5)))


def test_tables_alone_are_found_by_value(tmp_path: Path) -> None:
    """Where the formulas show no network of the model's shape, weights and inputs are found as tables of numbers."""
    import keras

    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((4, 3)), keras.layers.LSTM(2), keras.layers.Dense(1, activation="sigmoid")])
    kernel, recurrent, bias, out, out_bias = (np.asarray(w, dtype=float) for w in model.get_weights())
    inputs = np.random.default_rng(0).normal(size=(3, 4, 3))
    book = openpyxl.Workbook()
    sheet = book.active
    tables = {(2, 2): kernel, (2, 12): recurrent.T, (20, 2): bias[:, None], (20, 4): out, (20, 6): out_bias[:, None]}
    for (top, left), table in {**tables, (30, 2): inputs[1].T}.items():
        for (row, column), number in np.ndenumerate(table):
            sheet.cell(top + row, left + column, float(number))
    sheet["B40"] = "=SUM(B30:E30)"
    sheet.cell(3, 4).value += 0.5
    path = tmp_path / "tables.xlsx"
    book.save(path)
    report = api.check(path, model=model, inputs=inputs)

    assert roots(report) == {"Sheet!D3": (pytest.approx(float(kernel[1, 2]) + 0.5), float(kernel[1, 2]), None)}
    assert report.counts.not_evaluated > 0  # the network's result stands in no cell


def test_the_command_takes_a_model_and_inputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check FILE --model M.keras --inputs X.npy` ends with 1 and names the weight; another model ends with 2."""
    layout = BY_NAME["time_down"]
    item = next(i for i in layout.places if i.name == "lstm.kernel[0][3]")
    path = with_numbers(layout, {item: 0.125}, tmp_path)
    model_of(layout).save(tmp_path / "right.keras")
    model_of(BY_NAME["gru_classic"]).save(tmp_path / "other.keras")
    np.save(tmp_path / "inputs.npy", inputs_of(layout))
    command = ["check", str(path), "--model", str(tmp_path / "right.keras"), "--inputs", str(tmp_path / "inputs.npy")]

    assert run(command) == 1
    assert "LSTM!B7  lstm.kernel[0][3]  wrong" in capsys.readouterr().out
    assert run([*command[:3], str(tmp_path / "other.keras")]) == 2
    assert "do not stand in" in capsys.readouterr().err


def test_a_model_is_found_where_its_numbers_stand(tmp_path: Path) -> None:
    """Rule: each weight and input stands where its numbers do, or where a network of its shape has them; a weight that
    stands nowhere is named."""
    own = bound(tmp_path, STATES)
    (network,) = own.networks
    given = network.values({cell: own.table.typed_numbers[cell] for *_, cell in network.cells()})
    model = GivenModel(network.spec, {name: values for name, values in given.items() if not name.endswith("h_init")})
    found = network_by_value(model, own.table, own.answers.values, [])

    assert (model.samples, has_shape_of(network, model)) == (1, True)
    assert found.weights == network.weights
    assert found.samples == ({name: c for name, c in network.samples[0].items() if not name.endswith("h_init")},)
    assert network_by_value(model, own.table, own.answers.values, [network]).samples == network.samples
    kernel = next(name for name in network.weights if name.endswith(".kernel"))
    other = GivenModel(model.spec, {**model.values, kernel: model.values[kernel] + 0.3})
    with pytest.raises(ModelError, match=f"the numbers of {kernel}"):
        network_by_value(other, own.table, own.answers.values, [])
