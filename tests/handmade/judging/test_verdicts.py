"""The judge of a workbook made by hand: what is a root, what is carried, what nobody knows, and what is only noise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.handmade.alignment.assignment import Assignment
from xlcheck.handmade.judging.verdicts import Judge, Verdict
from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.handmade.networks.elements import Elements, quantity_sources
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.content import NotEvaluated, Value
from xlcheck.workbook.reader import read_workbook

BINDINGS = """
[[model]]
[[model.layer]]
type = "SimpleRNN"
name = "rnn"
units = 1
kernel = "B1"
recurrent_kernel = "B2"
[[model.document]]
x = "A1:A2"
"""
KERNEL, RECURRENT, X = 0.5, -0.8, (0.25, -0.5)
Z0 = X[0] * KERNEL
H0 = float(np.tanh(Z0))
Z1 = X[1] * KERNEL + H0 * RECURRENT
RIGHT = {"C1": Z0, "D1": H0, "E1": H0 * RECURRENT, "C2": Z1, "D2": float(np.tanh(Z1))}
HELD = {"C1": "rnn.z[0]", "D1": "rnn.h[0]", "C2": "rnn.z[1]", "D2": "rnn.h[1]"}
FORMULAS = {"C1": "=A1*B1", "D1": "=TANH(C1)", "E1": "=D1*B2", "C2": "=A2*B1+E1", "D2": "=TANH(C2)"}
"""E1 is a scratch cell that belongs to no quantity."""


def verdicts(
    folder: Path,
    formulas: Mapping[str, str],
    values: Mapping[str, Value],
    wrong: tuple[str, ...] = (),
    order: int = 1,
) -> dict[str, Verdict]:
    """The verdict on each cell.

    Args:
        folder: where the workbook is written.
        formulas: other formulas than the right ones.
        values: what an engine computed where it is not what the right formulas give.
        wrong: the cells whose formulas compute something else for random numbers.
        order: -1 if the cells are named the other way round.
    """
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_column("A1", X)
        sheet.write_column("B1", (KERNEL, RECURRENT))
        for cell, formula in {**FORMULAS, **formulas}.items():
            sheet.write_formula(cell, formula)
    (folder / "book.toml").write_text(BINDINGS)
    content = read_workbook(path)
    (network,) = read_bindings(folder / "book.toml", content)
    table = CellTable(content)
    numbers = network.values({("S", 0, 0): X[0], ("S", 1, 0): X[1], ("S", 0, 1): KERNEL, ("S", 1, 1): RECURRENT})
    trace = Trace("test", evaluate(network.graph, numbers))
    elements = Elements(quantity_sources(0, network, [trace.values]))
    names = [elements[number].name for number in range(len(elements))]
    address = {cell: ("S", int(cell[1]) - 1, ord(cell[0]) - ord("A")) for cell in RIGHT}
    held = {address[cell]: names.index(f"{name}[0]") for cell, name in list(HELD.items())[::order]}
    others = {table.index[address[c]]: v for c, v in values.items() if not isinstance(v, float)}
    found = np.full(len(table), np.nan)
    for cell, number in {**RIGHT, **{c: v for c, v in values.items() if isinstance(v, float)}}.items():
        found[table.index[address[cell]]] = np.nan if table.index[address[cell]] in others else number
    aligned = Assignment(elements, held, {address[cell]: np.array([np.nan]) for cell in wrong})
    judge = Judge(
        table, CellValues(found, others), [network], [trace], aligned, Precedents(table), Tolerance(1e-12, 0.0, 0.0)
    )
    by_address = {cell: name for name, cell in address.items()}
    return {by_address[verdict.cell]: verdict for verdict in judge.judge()}


def status(found: Mapping[str, Verdict]) -> dict[str, Status]:
    """The verdicts alone."""
    return {cell: verdict.status for cell, verdict in found.items()}


def test_what_is_right_agrees(tmp_path: Path) -> None:
    """Every cell, and none is noise."""
    found = verdicts(tmp_path, {}, {})

    assert set(status(found).values()) == {Status.AGREE}
    assert len(found) == len(HELD)
    assert not any(verdict.is_noise for verdict in found.values())


@pytest.mark.parametrize("order", [1, -1])
def test_what_reads_a_root_is_carried(order: int, tmp_path: Path) -> None:
    """Also through a scratch cell that belongs to nothing, in whatever order the cells are named."""
    h = float(np.tanh(2 * Z0))
    wrong_z = X[1] * KERNEL + h * RECURRENT
    found = status(
        verdicts(
            tmp_path, {"D1": "=TANH(2*C1)"},
            {"D1": h, "E1": h * RECURRENT, "C2": wrong_z, "D2": float(np.tanh(wrong_z))}, ("D1",), order,
        )
    )  # fmt: skip

    assert found == {"C1": Status.AGREE, "D1": Status.ROOT, "C2": Status.CARRIED, "D2": Status.CARRIED}


def test_what_was_not_computed_is_no_root_and_nor_is_what_reads_it(tmp_path: Path) -> None:
    """Nobody knows what the cell gives; what follows from it may be wrong only because of it."""
    found = status(
        verdicts(
            tmp_path, {"D1": "=FOO(C1)"},
            {"D1": NotEvaluated("unknown function"), "E1": 7.0, "C2": 7.0, "D2": 0.9}, ("D1",),
        )
    )  # fmt: skip

    assert found == {"C1": Status.AGREE, "D1": Status.NOT_EVALUATED, "C2": Status.CARRIED, "D2": Status.CARRIED}


@pytest.mark.parametrize(
    ("formula", "is_noise"),
    [("=0.25*0.50000001", True), ("=ROUND(0.25*0.50000001,8)", False), ("=round(A1*0.50000001,8)", False)],
)
def test_a_small_difference_of_typed_numbers_is_noise_unless_somebody_rounds(
    formula: str, is_noise: bool, tmp_path: Path
) -> None:
    """Single precision explains a billionth where numbers were typed; ROUND is a mistake of its own."""
    near = X[0] * 0.50000001
    found = verdicts(tmp_path, {"C1": formula}, {"C1": near}, ("C1",))

    assert found["C1"].is_noise == is_noise
    assert found["C1"].status is (Status.AGREE if is_noise else Status.ROOT)


def test_a_large_difference_is_no_noise(tmp_path: Path) -> None:
    """A typed number that is wrong in the fourth digit is a root."""
    assert verdicts(tmp_path, {"C1": "=A1*0.5001"}, {"C1": X[0] * 0.5001}, ("C1",))["C1"].status is Status.ROOT


def test_a_constant_over_a_formula_is_a_root_even_if_it_is_right(tmp_path: Path) -> None:
    """A number with a sign of equality before it is one, too."""
    found = verdicts(tmp_path, {"D1": f"={H0!r}"}, {}, ("D1",))

    assert found["D1"].status is Status.ROOT
    assert found["D1"].local == pytest.approx(H0, abs=1e-15)
