"""From a verdict on a cell to its words."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from xlcheck.graph.expressions import Ref
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.handmade.judging.diagnose import OTHER_SAMPLE, WRONG_STEP, Named
from xlcheck.handmade.judging.explain import NOISE, Explainer
from xlcheck.handmade.judging.verdicts import Verdict
from xlcheck.handmade.networks.elements import Element, Source
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.verdicts.report import CellResult, Kind, Status
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent

CELL = ("S", 0, 1)
TABLE = CellTable(
    WorkbookContent(Path("a.xlsx"), {"S": SheetContent("S", "visible", {(0, 0): Cell(2.0), (0, 1): Cell(4.0, "A1*2")})})
)


def explained(
    status: Status, *, in_steps: bool = False, named: Named | None = None, role: Role = Role.STATE, **changes: Any
) -> CellResult:
    """What is said of a cell that holds 4 instead of 3, the second number of the third step of the first sample."""
    band = Band("rnn", "h", role, "hₜ", "tanh(zₜ)")
    quantity = Quantity(band, 2, (2,), Ref("rnn.z[2]"), shared=role is Role.WEIGHT)
    nothing: Any = None
    source = Source(0, quantity, "", quantity.expr, frozenset(), nothing, nothing, nothing, np.zeros((1, 1, 2)))
    diagnoser: Any = SimpleNamespace(name=lambda cell: named, desired_formula=lambda cell: "=A1+1")
    network: Any = SimpleNamespace(samples_in_steps=in_steps)
    verdict = Verdict(CELL, Element(source, 0, 1), status, changes.pop("kind", Kind.VALUE), 4.0, 3.0, None, **changes)
    return Explainer(diagnoser, TABLE, [network]).result(verdict)


def test_a_root_has_its_mistake_and_the_right_formula() -> None:
    """The mistake's sentence ends that on the cell; a carried cell has neither."""
    root = explained(Status.ROOT, named=Named("wrong-sign", "a sign is wrong"))

    assert (root.cell, root.quantity, root.sample) == ("B1", "rnn.h[2][1]", 1)
    assert (root.diagnosis, root.desired_formula, root.formula) == ("wrong-sign", "=A1+1", "=A1*2")
    assert root.message.endswith(": a sign is wrong.")
    carried = explained(Status.CARRIED, named=Named("wrong-sign", "a sign is wrong"))
    assert (carried.diagnosis, carried.desired_formula) == (None, None)
    assert "because a cell before it is wrong" in carried.message


def test_rounding_and_constants_are_called_so_whatever_the_formula_computes() -> None:
    """Nobody is asked which mistake was made."""
    named = Named("wrong-sign", "a sign is wrong")
    noise = explained(Status.ROOT, named=named, is_noise=True)
    assert noise.diagnosis == NOISE
    assert noise.message == "4 differs from 3 by no more than single precision does; this is no error."
    assert explained(Status.ROOT, named=named, kind=Kind.NOT_A_FORMULA).diagnosis == "constant-over-formula"


@pytest.mark.parametrize(
    ("status", "named", "message"),
    [
        (Status.ROOT, None, "The formula is right only for the numbers shown: it should compute tanh(zₜ)."),
        (Status.ROOT, Named("x", "it lacks y"), "The formula is right only for the numbers shown: it lacks y."),
        (
            Status.CARRIED,
            Named("x", "it lacks y"),
            "It is right for the numbers shown, but with other numbers a cell that it reads is wrong.",
        ),
    ],
)
def test_what_is_right_for_the_numbers_shown_alone_is_told(status: Status, named: Named | None, message: str) -> None:
    """Nothing that is seen on the sheet is wrong, so no number is told that should stand there."""
    found = explained(status, named=named, only_here=True)
    assert (found.message, found.diagnosis) == (message, "x" if named and status is Status.ROOT else None)


def test_a_network_without_memory_has_samples_for_steps() -> None:
    """What its reader sees are samples: the third step is the third one, and another step is another sample."""
    found = explained(Status.ROOT, in_steps=True, named=Named(WRONG_STEP, "it reads another step"))

    assert found.sample == 3
    assert (found.diagnosis, OTHER_SAMPLE.sentence in found.message) == (OTHER_SAMPLE.name, True)
    assert "ₜ" not in found.message
    assert explained(Status.ROOT, named=Named(WRONG_STEP, "it reads another step")).diagnosis == WRONG_STEP
    assert explained(Status.ROOT, role=Role.WEIGHT).sample is None
