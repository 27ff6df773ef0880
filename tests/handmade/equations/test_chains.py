"""Layers that read one another are one network, and the loss behind them is known by what it computes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import save

from xlcheck.engines import engine
from xlcheck.handmade.accepting.by_equations import networks_of
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook

STEPS = range(8, 12)


def recurrent(*, ones: bool = False) -> dict[str, object]:
    """A SimpleRNN(2): weights in B2:C5, the last a bias or times an input of 1, a step a row from 8 on, h in F, G."""
    cells: dict[str, object] = {"F7": 0.0, "G7": 0.0}
    for row in range(2, 6):
        cells[f"B{row}"], cells[f"C{row}"] = 0.11 * row, 0.4 - 0.13 * row
    for row in STEPS:
        cells[f"B{row}"] = 0.7 - 0.2 * (row - 8)
        cells[f"C{row}"] = 1.0
        for own, weights in (("F", "B"), ("G", "C")):
            bias = f"${weights}$5*C{row}" if ones else f"${weights}$5"
            terms = f"B{row}*${weights}$2+F{row - 1}*${weights}$3+G{row - 1}*${weights}$4+{bias}"
            cells[f"{own}{row}"] = f"=TANH({terms})"
    return cells


def with_output(rows: range, *, loss: str = "") -> dict[str, object]:
    """The same with a Dense(1, sigmoid) on some steps: weights in E2:E4, y in I, targets in J, their loss in K."""
    cells = recurrent() | {"E2": 0.9, "E3": -0.35, "E4": 0.2}
    for row in rows:
        cells[f"I{row}"] = f"=1/(1+EXP(-(F{row}*$E$2+G{row}*$E$3+$E$4)))"
        if loss:
            cells[f"J{row}"] = float(row % 2)
            cells[f"K{row}"] = loss.format(y=f"I{row}", t=f"J{row}")
    return cells


def networks(cells: Mapping[str, object], folder: Path) -> list[Network]:
    """The networks of a worksheet."""
    table = CellTable(read_workbook(save(cells, folder / "w.xlsx")))
    return networks_of(table, answers_of(table, engine("ironcalc")).values, Precedents(table))[0]


def kinds(network: Network) -> list[tuple[str, object]]:
    """Each layer, and whether it returns all of its steps."""
    return [(layer.kind, layer.options.get("return_sequences")) for layer in network.spec.layers]


def test_a_layer_that_reads_the_last_step_goes_on(tmp_path: Path) -> None:
    """The recurrent layer returns its last state, and the kernel's rows are in the order of its units."""
    (network,) = networks(with_output(STEPS[-1:]), tmp_path)

    assert kinds(network) == [("SimpleRNN", False), ("Dense", None)]
    assert network.weights["dense.kernel"] == (("S", 1, 4), ("S", 2, 4))
    assert network.bound[0]["dense.y"] == (("S", 10, 8),)


def test_a_layer_that_reads_every_step_goes_on(tmp_path: Path) -> None:
    """It is computed at each of them."""
    (network,) = networks(with_output(STEPS), tmp_path)

    assert kinds(network) == [("SimpleRNN", True), ("Dense", None)]
    assert [network.bound[0][f"dense.y[{t}]"] for t in range(4)] == [(("S", row - 1, 8),) for row in STEPS]


def test_a_layer_that_reads_some_steps_is_one_of_its_own(tmp_path: Path) -> None:
    """Keras has no Sequential of them."""
    assert [len(network.spec.layers) for network in networks(with_output(STEPS[1:3]), tmp_path)] == [1, 1]


def test_an_input_of_one_is_a_bias(tmp_path: Path) -> None:
    """As in `[x; h; 1]`: its weights are the bias, and it is no feature."""
    (network,) = networks(recurrent(ones=True), tmp_path)

    assert network.weights["simple_rnn.bias"] == (("S", 4, 1), ("S", 4, 2))
    assert network.samples[0]["input.x[0]"] == (("S", 7, 1),)


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("=-({t}*LN({y})+(1-{t})*LN(1-{y}))", "binary_crossentropy"),
        ("=-(1-{t})*LN(1-{y})-LN({y})*{t}", "binary_crossentropy"),
        ("=-{t}*LN({y})", None),
        ("=({t}-{y})^2", "mean_squared_error"),
        ("=({t}-{y})^4", None),
        ("=-({y}*LN({t}+2)+(1-{y})*LN(3-{t}))", None),
    ],
)
def test_a_loss_is_known_by_what_it_computes(formula: str, name: str | None, tmp_path: Path) -> None:
    """However it is written; what is none of Keras's losses for any targets is none."""
    cells = with_output(STEPS, loss=formula) | {"K12": f"=AVERAGE(K{STEPS[0]}:K{STEPS[-1]})"}
    (network,) = networks(cells, tmp_path)

    assert network.spec.loss == name
    assert ("loss.sample" in network.bound[0]) == (name is not None)
    if name is not None:
        assert network.samples[0]["target.y[0]"] == (("S", 7, 9),)


def test_half_a_mean_is_none(tmp_path: Path) -> None:
    """A mean that leaves one loss out has no place in the network, and the losses still have theirs."""
    loss = "=-({t}*LN({y})+(1-{t})*LN(1-{y}))"
    (network,) = networks(with_output(STEPS, loss=loss) | {"K12": "=AVERAGE(K8:K10)"}, tmp_path)

    assert network.spec.loss == "binary_crossentropy"
    assert "loss.sample" not in network.bound[0]
