"""Other numbers in all weights and inputs: what is right only for the numbers shown is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from thorough import part_of

from fixtures.handmade.layouts import LAYOUTS
from fixtures.handmade.make_corpus import FOLDER
from xlcheck import api
from xlcheck.cli import run
from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range
from xlcheck.verdicts.report import CheckReport

pytestmark = pytest.mark.keras

TIME_DOWN = FOLDER / "time_down.toml"


def changed(folder: Path, **cells: str | float) -> Path:
    """The LSTM with time down the page, with other contents in some cells."""
    path = folder / "mine.xlsx"
    book = openpyxl.load_workbook(FOLDER / "time_down.xlsx")
    for cell, content in cells.items():
        book.active[cell] = content
    book.save(path)
    return path


def value(row: int, column: int) -> float:
    """What a cell of the right workbook gives."""
    session = engine("ironcalc").open(FOLDER / "time_down.xlsx")
    session.recalculate()
    found = session.read(Range("LSTM", row, column))[0][0]
    assert isinstance(found, float)
    return found


def roots(report: CheckReport) -> list[str]:
    """The wrong cells."""
    return [cell.cell for cell in report.roots]


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("layout", part_of(LAYOUTS, 2), ids=lambda layout: layout.name)
def test_a_right_workbook_stays_right(layout, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Every layout agrees whatever the numbers are, whether described or recognised."""
    alone = shutil.copy(FOLDER / f"{layout.name}.xlsx", tmp_path / "alone.xlsx")

    assert api.check(alone, perturb=1).ok
    assert api.check(alone, bindings=FOLDER / f"{layout.name}.toml", perturb=1).ok


@pytest.mark.parametrize(
    ("formula", "why"),
    part_of(
        [
            ("=D13*K12+F13*H13+(B13+1.2)", "a term that is 0 for the input shown"),
            ("=D13*K12+F13*H13*B12/0.7", "a factor that is 1 for the input of another step"),
            ("=D13*K12+F13*H13+MIN(0,B12)", "a term that is 0 for every positive input"),
            ("=D13*K12+F13*H13+1E-8*(B13+1.2)", "a small term that is 0 for the input shown"),
        ],
        1,
    ),
)
@pytest.mark.parametrize("bindings", [TIME_DOWN, pytest.param(None, marks=pytest.mark.exhaustive)])
def test_formulas_that_are_right_for_the_numbers_shown(
    bindings: Path | None, formula: str, why: str, tmp_path: Path
) -> None:
    """A formula that happens to be right is a root; with --perturb what reads it is carried, and nothing else wrong."""
    path = changed(tmp_path, K13=formula)
    perturbed = api.check(path, bindings=bindings, perturb=3)
    if bindings is not None:
        plain = api.check(path, bindings=bindings)

        assert (roots(plain), plain.counts.carried) == (["K13"], 0)
    assert roots(perturbed) == ["K13"], why
    assert perturbed.roots[0].message.startswith("The formula is right only for the numbers shown: ")
    assert perturbed.counts.carried > 0
    assert perturbed.exit_code == 1


def test_a_number_pasted_into_a_formula(tmp_path: Path) -> None:
    """A product that was replaced by its value is a root with --perturb."""
    product = repr(value(12, 5) * value(12, 7))
    path = changed(tmp_path, K13=f"=D13*K12+{product}")

    assert roots(api.check(path, bindings=TIME_DOWN, perturb=2)) == ["K13"]


def test_a_number_pasted_over_a_formula(tmp_path: Path) -> None:
    """A constant where a formula belongs is a root, with and without --perturb."""
    path = changed(tmp_path, F14=value(13, 5))
    for perturb in (0, 2):
        report = api.check(path, bindings=TIME_DOWN, perturb=perturb)

        assert roots(report) == ["F14"]
        assert report.roots[0].diagnosis == "constant-over-formula"


def test_a_cell_that_does_not_depend_on_its_own_input(tmp_path: Path) -> None:
    """With the same input at two steps, reading the wrong one changes nothing, and yet is a mistake."""
    path = changed(tmp_path, B14=0.7, C14="=$B$4*B12+$C$4*M13+$D$4")

    assert roots(api.check(path, bindings=TIME_DOWN)) == ["C14"]
    assert roots(api.check(path, bindings=TIME_DOWN, perturb=1)) == ["C14"]


def test_the_command_says_what_happens_with_other_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check --perturb 2` ends with 1 and names the cell; without it the same file only gets a note."""
    path = changed(tmp_path, K13="=D13*K12+F13*H13+(B13+1.2)")

    assert run(["check", str(path), "--bind", str(TIME_DOWN), "--perturb", "2"]) == 1
    assert "LSTM!K13" in capsys.readouterr().out
