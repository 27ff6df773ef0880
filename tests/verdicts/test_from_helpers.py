"""What is computed with a wrong helper is not wrong in itself."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from planting import planted_report, roots

from xlcheck.formulas.addresses import parse_range
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.from_helpers import carry_from_helpers
from xlcheck.verdicts.generated.observe import Observation
from xlcheck.verdicts.helpers import HelperVerdict
from xlcheck.verdicts.judge import AGREE, CARRIED, ROOT
from xlcheck.verdicts.placement import Placement, Sighting
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.report import Status
from xlcheck.workbook.bindings import Helper
from xlcheck.workbook.cell_codes import codes_of
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent
from xlcheck.workbook.reader import read_workbook

LESSON = Path(__file__).parents[2] / "workbooks" / "next-word.xlsx"


@pytest.mark.parametrize("wrong", ["EXP(F7-F7)"])
def test_the_shares_of_a_softmax_are_carried_from_one_of_its_exponentials(wrong: str) -> None:
    """They are computed with the sum of the exponentials, of which their equation knows nothing; it alone is wrong."""
    content = read_workbook(LESSON)
    place = ("dense", 60, 5)
    cell = content.sheets["dense"].cells[place[1:]]
    assert cell.formula == "EXP(F7-F$59)"
    report = planted_report(content, place, wrong, cell.value)

    assert roots(report) == {place}
    assert report.counts.carried > 100


_CELLS = {
    "A1": Cell(1.0),
    "B1": Cell(1.0, "EXP(A1)"),
    "C1": Cell(1.0, "B1"),
    "D1": Cell(1.0, "A1/C1"),
    "E1": Cell(1.0, "A1*2"),
    "F1": Cell(1.0, "D1*2"),
    "G1": Cell(1.0),
}
"""A wrong helper in B1, what reads it through C1 in D1, what does not in E1, another quantity in F1, a number in G1."""


def _carried(*, changed: str = "", wrong: bool = True, place: str = "D1") -> list[int]:
    """What becomes of a root in two samples, of which the second one agrees."""
    cells = {(0, ord(name[0]) - ord("A")): cell for name, cell in _CELLS.items()}
    formulas = FormulaCells(WorkbookContent(Path("w.xlsx"), {"S": SheetContent("S", "visible", cells)}))
    numbers = np.ones((2, 1))
    verdicts = []
    for own in dict.fromkeys((place, "D1")):
        at, is_formula = (
            Placement("layer.y", None, "S", codes_of(parse_range(own)), np.arange(1)),
            np.array([own != "G1"]),
        )
        shown = Sighting(at, numbers, {}, is_formula, is_formula, is_formula)
        verdicts.append(Verdicts(shown, numbers, None, np.array([[ROOT], [AGREE]], dtype=np.int8), 1.0))
    helper = Helper(parse_range("S!B1"), "EXP(A1-A1)", (1.0,))
    found = [HelperVerdict(helper, Status.ROOT, True, 0, 2.0, 1.0, 0.0)] if wrong else []
    changes = {("S", int(codes_of(parse_range(changed))[0]))} if changed else set()
    carry_from_helpers(verdicts, found, cast("Observation", SimpleNamespace(changed=changes)), formulas)
    return verdicts[0].status.ravel().tolist()


def test_what_reads_a_wrong_helper_is_carried() -> None:
    """Rule: also through a cell between; a sample in which it agrees stays so."""
    assert _carried() == [CARRIED, AGREE]
    assert _carried(wrong=False) == [ROOT, AGREE]
    assert _carried(place="E1") == [ROOT, AGREE]


def test_what_somebody_changed_may_be_wrong_itself() -> None:
    """Rule: so may a number that is typed over a formula, and what reads the helper through a quantity only."""
    assert _carried(changed="D1") == [ROOT, AGREE]
    assert _carried(changed="E1") == [CARRIED, AGREE]
    assert _carried(place="G1") == [ROOT, AGREE]
    assert _carried(place="F1") == [ROOT, AGREE]
