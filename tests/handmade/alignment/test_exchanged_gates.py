"""Workbooks that are networks with the weights of one gate in the place of another's, throughout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bound_sheets import bound

from fixtures.handmade.layouts import LAYOUTS
from fixtures.handmade.make_corpus import FOLDER
from fixtures.handmade.mistakes.names import Mistake
from fixtures.handmade.mistakes.planting import plants
from xlcheck.api import check
from xlcheck.handmade.alignment.exchanged_gates import _orders, _shows
from xlcheck.model.model_spec import LayerSpec

BINDINGS = """
[[model]]
[[model.layer]]
type = "GRU"
units = 1
reset_after = false
kernel = { z = "A1", r = "B1", hh = "C1" }
recurrent_kernel = { z = "A2", r = "B2", hh = "C2" }
bias = { z = "A3", r = "B3", hh = "C3" }
[[model.document]]
x = "A5:A7"
h_init = "F4"
"""
NUMBERS = {"A1": 0.5, "B1": -0.3, "C1": 0.8, "A2": 0.4, "B2": 0.7, "C2": -0.6, "A3": 0.1, "B3": -0.2, "C3": 0.05,
           "A5": 1.0, "A6": -0.5, "A7": 0.25, "F4": 0.3, "B4": None, "A8": None}  # fmt: skip
GATES = {"B": "z", "C": "r", "D": "rh", "E": "hh", "F": "h"}


def gru(z: str, r: str) -> dict[str, object]:
    """A GRU of one unit over three steps, whose gates read some columns of weights."""
    cells: dict[str, object] = dict(NUMBERS)
    for row in range(5, 8):
        for column, weights in (("B", z), ("C", r)):
            cells[f"{column}{row}"] = f"=1/(1+EXP(-(A{row}*${weights}$1+F{row - 1}*${weights}$2+${weights}$3)))"
        cells[f"D{row}"] = f"=C{row}*F{row - 1}"
        cells[f"E{row}"] = f"=TANH(A{row}*$C$1+D{row}*$C$2+$C$3)"
        cells[f"F{row}"] = f"=(1-B{row})*E{row}+B{row}*F{row - 1}"
    return cells


def test_every_other_order_of_gates_is_tried() -> None:
    """Rule: of three gates five other orders, then each in the place of each other one, too; a Dense layer has none."""
    gru, dense = (LayerSpec(kind, "layer", {}, {}) for kind in ("GRU", "Dense"))
    orders = [*_orders(gru)]

    assert sorted(orders[:5]) == [(0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
    assert sorted(orders[5:]) == [(0, 0, 2), (0, 1, 0), (0, 1, 1), (0, 2, 2), (1, 1, 2), (2, 1, 2)]
    assert [*_orders(dense)] == []


@pytest.mark.parametrize(
    ("z", "r", "wrong"), [("A", "B", ""), ("B", "A", "BC"), ("A", "A", "C"), ("B", "B", "B")],
    ids=["right", "exchanged", "the reset gate like the update gate", "the update gate like the reset gate"],
)  # fmt: skip
def test_gates_with_the_weights_of_others_are_the_wrong_cells(z: str, r: str, wrong: str, tmp_path: Path) -> None:
    """Rule: where a network with its gates' weights in other places explains every cell, the gates are wrong alone."""
    sheet = bound(tmp_path, gru(z, r), BINDINGS)

    assert sheet.wrong == {f"{c}{5 + step}": f"gru.{GATES[c]}[{step}][0]" for c in wrong for step in range(3)}
    assert {name: sheet.names[name] for name in ("B6", "C6", "F6")} == {
        "B6": "gru.z[1][0]", "C6": "gru.r[1][0]", "F6": "gru.h[1][0]",
    }  # fmt: skip


@pytest.mark.keras
def test_what_reads_a_gate_tells_which_one_it_is(tmp_path: Path) -> None:
    """Rule: of two gates that are computed alike, that one is wrong whose readers need the other gate."""
    changed = {f"{column}{row}" for column in "EF" for row in (13, 14, 15)}
    (layout,) = [own for own in LAYOUTS if own.name == "gru_classic"]
    planted = plants(layout, only={Mistake.GATE_ORDER})
    plant = next(own for own in planted if {cell.a1 for cell in own.edits} == changed)
    (tmp_path / "mine.xlsx").write_bytes(plant.to_bytes())
    report = check(tmp_path / "mine.xlsx", bindings=FOLDER / "gru_classic.toml")

    assert {root.cell: root.diagnosis for root in report.roots} == dict.fromkeys(
        (cell.a1 for cell in plant.roots), "gate-order"
    )


def test_results_are_compared_where_a_cell_shows_one() -> None:
    """Rule: it takes one cell that shows one of the results, wherever that stands among them."""
    results = np.array([[[0.25], [0.5], [0.75]]])

    assert _shows(np.array([0.1, 0.5]), results)
    assert not _shows(np.array([0.1, 0.6]), results)
