"""xlcheck sits the exam: the layouts without a mistake, and the mistake that is in print."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.foreign.layouts import LAYOUTS
from fixtures.foreign.make_corpus import FOLDER
from fixtures.foreign.score import score_layout
from xlcheck.api import check

MODES = ["with bindings", "without"]

# Layouts whose planted workbooks are all answered exactly with bindings; one in so many is checked here.
PERFECT = {
    "german_lstm": 200,
    "let_lambda": 60,
    "named_weights": 50,
    "one_formula": 50,
    "packed_bands": 120,
    "shared_formulas": 55,
    "time_down": 90,
    "transposed_weights": 95,
    "two_documents": 115,
}


def _bindings(name: str, mode: str) -> Path | None:
    return FOLDER / f"{name}.toml" if mode == "with bindings" else None


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A folder without bindings beside the workbooks, which a check would use."""
    for path in FOLDER.glob("*.xlsx"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.mark.keras
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", [layout.name for layout in LAYOUTS])
def test_a_right_workbook_passes(name: str, mode: str, alone: Path) -> None:
    """No cell of a right workbook is called wrong, and at least the hidden states were checked."""
    report = check(alone / f"{name}.xlsx", bindings=_bindings(name, mode))

    assert report.ok, report.cells
    assert report.counts.checked >= 6


@pytest.mark.keras
@pytest.mark.parametrize("mode", MODES)
def test_the_printed_mistake_is_found_at_its_first_cell(mode: str, alone: Path) -> None:
    """An effect of 2e-7 at the output is traced to the nine projections that read the sum before tanh."""
    report = check(alone / "printed_mistake.xlsx", bindings=_bindings("one_hot_softmax", mode))

    assert [cell.cell for cell in report.roots] == [f"{column}{row}" for column in "EFG" for row in (12, 13, 14)]


@pytest.mark.keras
@pytest.mark.parametrize("name", PERFECT)
def test_planted_mistakes_are_located_exactly(name: str) -> None:
    """With bindings the roots are exactly the planted cells: nothing is missed and nothing is blamed that is right."""
    layout = next(layout for layout in LAYOUTS if layout.name == name)
    total = score_layout(layout, bound=True, every=PERFECT[name])["all"]

    assert total.planted > 5
    assert total.exact == total.planted, total.failures
    assert total.precision == total.recall == 1.0
