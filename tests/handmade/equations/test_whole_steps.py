"""What a layer reads of another one: exchanged results are no pass, however the sums agree; every shape of layer is."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, exchanged
from thorough import part_of

pytestmark = pytest.mark.keras

_SIGMOID = "=1/(1+EXP(-({})))"


def _network(samples: int, second: str = "TANH({})") -> dict[str, object]:
    """Two hidden units in D:E, copies of them in F:G, and one output in H, for samples from row 5 on."""
    cells: dict[str, object] = {"A1": 0.7, "B1": -0.4, "A2": 1.2, "B2": 0.3, "A3": 0.15, "B3": -0.2}
    cells |= {"D1": 0.9, "D2": -1.1, "D3": 0.25}
    for row in range(5, 5 + samples):
        cells |= {f"A{row}": (0.3, -0.8, 0.55, 0.9)[row - 5], f"B{row}": (-0.2, 0.65, 0.4, -0.75)[row - 5]}
        cells[f"D{row}"] = f"=TANH(A{row}*$A$1+B{row}*$A$2+$A$3)"
        cells[f"E{row}"] = "=" + second.format(f"A{row}*$B$1+B{row}*$B$2+$B$3")
        cells |= {f"F{row}": f"=D{row}", f"G{row}": f"=E{row}"}
        cells[f"H{row}"] = _SIGMOID.format(f"F{row}*$D$1+G{row}*$D$2+$D$3")
    return cells


def _exchanges(samples: int) -> list[tuple[str, str]]:
    return [*itertools.combinations([f"{c}{row}" for row in range(5, 5 + samples) for c in "DEFG"], 2)]


@pytest.mark.parametrize(("samples", "pair"), part_of([(n, pair) for n in (2, 3) for pair in _exchanges(n)], 12))
@pytest.mark.parametrize("second", ["TANH({})", "MAX(0,{})"])
def test_exchanged_results_are_no_pass(samples: int, pair: tuple[str, str], second: str, tmp_path: Path) -> None:
    """Rule: no two results or copies may change places, be their units in one layer or in branches beside each other.

    A branch is one of which nobody can say that it should have the other one's activation.
    """
    cells = _network(samples, second)
    if second != "TANH({})":  # apart, so that they are two layers
        cells |= {"J1": cells.pop("B1"), "J2": cells.pop("B2"), "J3": cells.pop("B3")}
        cells |= {name: str(text).replace("$B$", "$J$") for name, text in cells.items() if name[0] == "E"}
    one, other = pair
    assert answer(cells, tmp_path)[0] == 0
    assert answer(exchanged(cells, one, other), tmp_path, effort=2)[0] != 0


def _convolution() -> dict[str, object]:
    """A unit over six numbers, and a convolution of width 2 over its results."""
    cells: dict[str, object] = {"A1": 0.7, "A2": -0.3, "D1": 0.9, "D2": -1.1, "D3": 0.25}
    for row in range(5, 11):
        cells |= {f"A{row}": (0.3, -0.8, 0.55, 0.9, -0.15, 0.4)[row - 5], f"C{row}": f"=TANH(A{row}*$A$1+$A$2)"}
    return cells | {f"E{r}": _SIGMOID.format(f"C{r}*$D$1+C{r + 1}*$D$2+$D$3") for r in range(5, 10)}


def _flattened() -> dict[str, object]:
    """Two samples of two steps with two units, and an output over all that a sample has."""
    cells = {name: text for name, text in _network(4).items() if name[0] not in "FGH" and name not in {"D3"}}
    cells |= {"J1": 0.4, "J2": -0.6, "J3": 0.8, "J4": 0.1, "J5": -0.3}
    for row in (5, 7):
        read = (f"D{row}", f"E{row}", f"D{row + 1}", f"E{row + 1}")
        cells[f"H{row}"] = _SIGMOID.format("+".join(f"{x}*$J${k}" for k, x in enumerate(read, 1)) + "+$J$5")
    return {name: text for name, text in cells.items() if name not in {"D1", "D2"}}


@pytest.mark.parametrize("cells", [_convolution(), _flattened()], ids=["convolution", "flattened"])
def test_several_steps_may_be_read_at_once(cells: Mapping[str, object], tmp_path: Path) -> None:
    """Rule: a convolution, and an output behind Flatten, read several steps, of each the same units."""
    assert answer(cells, tmp_path)[0] == 0


@pytest.mark.parametrize(("one", "other"), [("D5", "D7"), ("E6", "E8"), ("D5", "E5")])
def test_a_sample_reads_its_own_steps(one: str, other: str, tmp_path: Path) -> None:
    """Rule: behind Flatten no sample reads the step of another one instead of its own, or two units exchanged."""
    cells = _flattened()
    wrong = {name: str(text).replace(one, "@").replace(other, one).replace("@", other) for name, text in cells.items()}
    assert answer(cells | {name: wrong[name] for name in cells if name[0] == "H"}, tmp_path, effort=2)[0] != 0
