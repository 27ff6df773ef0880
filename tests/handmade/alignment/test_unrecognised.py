"""No false "agrees": whatever stands in place of a formula, a check never passes what it has not checked."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest
from thorough import EVERY_CASE, part_of, spread

from fixtures.handmade.layouts import LAYOUTS
from fixtures.handmade.make_corpus import FOLDER
from fixtures.handmade.replacements import replacements
from xlcheck.api import check
from xlcheck.errors import NothingCheckedError, XlcheckError
from xlcheck.verdicts.report import CheckReport, Status

COUNT = int(os.environ.get("XLCHECK_REPLACEMENTS", "4" if EVERY_CASE else "1"))
SEED = int(os.environ.get("XLCHECK_REPLACEMENTS_SEED", "20"))
MODES = ["with bindings", "without"]

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("layout", "mode"),
    [  # in an ordinary run each layout in one of the modes, mostly in the faster one
        pytest.param(layout, mode, id=f"{layout.name}-{mode}")
        for number, layout in enumerate(LAYOUTS)
        for mode in (MODES if EVERY_CASE else MODES[number % 6 == 5 :][:1])
    ],
)
def test_a_replaced_formula_never_passes(layout: object, mode: str, tmp_path: Path) -> None:
    """A formula replaced at random, so that its value changes, is found or leaves the check incomplete."""
    path = tmp_path / f"{layout.name}.xlsx"
    bindings = FOLDER / f"{layout.name}.toml" if mode == "with bindings" else None
    tried = 0
    for replacement in replacements(layout, COUNT, SEED):
        path.write_bytes(replacement.to_bytes())
        try:
            report = check(path, bindings=bindings)
        except XlcheckError:
            tried += 1
            continue

        assert not report.ok, str(replacement)
        tried += 1

    assert tried == COUNT


def edited(name: str, tmp_path: Path, cells: dict[str, object]) -> CheckReport:
    """The report on a workbook of the corpus in which some cells hold something else."""
    book = openpyxl.load_workbook(FOLDER / f"{name}.xlsx")
    for cell, value in cells.items():
        book.worksheets[0][cell] = value
    book.save(tmp_path / f"{name}.xlsx")
    return check(tmp_path / f"{name}.xlsx")


def statuses(report: CheckReport) -> dict[str, Status]:
    """What was said of each cell that does not simply agree."""
    return {cell.cell: cell.status for cell in report.cells}


@pytest.mark.usefixtures("a_short_search")
def test_a_formula_outside_of_the_network_is_named(tmp_path: Path) -> None:
    """Where the output layer was not recognised, what it reads is listed with what to do: incomplete."""
    report = edited("book_simple_rnn", tmp_path, {"C12": "=C11*2"})

    assert report.exit_code == 3
    assert statuses(report)["C13"] is Status.NOT_EVALUATED
    assert "pass it with --bind" in next(cell.message for cell in report.cells if cell.cell == "C13")


SCRATCH = {
    "a verdict": "=IF(C13>0.5,1,0)",
    "a text": '="probability "&TEXT(C13,"0.00")',
    "a rounding": "=ROUND(C13,2)",
    "a comparison": "=C13>0.5",
    "a difference": "=C13-G12",
    "the largest": "=MAX(C13:C13)",
    "a copy": "=C13",
}


@pytest.mark.parametrize("formula", spread([*SCRATCH.values()], 2), ids=spread([*SCRATCH], 2))
def test_scratch_about_a_result_is_no_error(formula: str, tmp_path: Path) -> None:
    """What only shows, compares or rounds a result that was checked is scratch: listed, and not an error."""
    target = {"G12": 0.5} if "-G12" in formula else {}
    report = edited("book_simple_rnn", tmp_path, {**target, "G13": formula})

    assert report.ok, (report.cells, report.notes)


def test_roundings_of_a_whole_row_are_scratch(tmp_path: Path) -> None:
    """Hidden states that are shown rounded elsewhere are scratch if it is done for more than one of them."""
    report = edited("book_simple_rnn", tmp_path, {"B16": "=ROUND(B10,2)", "C16": "=ROUND(C10,2)"})

    assert report.ok, (report.cells, report.notes)
    assert statuses(report)["B16"] is Status.UNBOUND


def test_a_result_without_a_cell_is_reported_with_bindings(tmp_path: Path) -> None:
    """Bindings declare an output; where no cell holds it, the check is incomplete and says what is missing."""
    book = openpyxl.load_workbook(FOLDER / "one_formula.xlsx")
    book.worksheets[0]["E16"] = None
    book.save(tmp_path / "one_formula.xlsx")
    report = check(tmp_path / "one_formula.xlsx", bindings=FOLDER / "one_formula.toml")

    assert report.exit_code == 3
    assert any("dense.y" in note for note in report.notes)


def test_words_that_name_another_activation_are_heard(tmp_path: Path) -> None:
    """A network that is legal but not what the words beside it say leaves the check incomplete."""
    report = edited("book_simple_rnn", tmp_path, {"C13": "=TANH(C12)"})

    assert report.exit_code == 3
    assert any("sigmoid" in note and "tanh" in note for note in report.notes)


REPEATS = {
    "a hidden state anew": ("named_weights", "Forward", "J8", "=TANH(E5)"),
    "the cell state anew": ("let_lambda", "Model", "E20", "=E14*D17+E13*E15"),
    "the last hidden state anew": (
        "one_formula",
        "calc",
        "E16",
        "=1/(1+EXP(-($B$6*B14+$C$6*C14+$E$6*E13+$G$6)))*TANH(D14)",
    ),
    "an earlier state": ("one_formula", "calc", "E16", "=D13"),
    "a weight": ("let_lambda", "Model", "E20", "=B7"),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("what", part_of(list(REPEATS), 1))
def test_a_result_that_repeats_the_network_is_doubted(what: str, tmp_path: Path) -> None:
    """Where the output gives again what another cell holds, the network without it is whole, and still no pass."""
    name, sheet, cell, formula = REPEATS[what]
    book = openpyxl.load_workbook(FOLDER / f"{name}.xlsx")
    book[sheet][cell] = formula
    book.save(tmp_path / f"{name}.xlsx")
    try:
        report = check(tmp_path / f"{name}.xlsx")
    except NothingCheckedError:  # no verdict on anything
        return

    assert report.exit_code == 3


def test_a_table_that_repeats_the_network_is_no_doubt(tmp_path: Path) -> None:
    """Hidden states that are computed a second time, at several steps, are there on purpose."""
    cells = {f"O{row}": f"=J{row}*L{row}" for row in range(12, 16)}

    assert edited("time_down", tmp_path, cells).ok


def test_an_earlier_state_may_be_shown(tmp_path: Path) -> None:
    """A copy of any cell is scratch where all weights are used."""
    assert edited("one_formula", tmp_path, {"E18": "=D13"}).ok


def test_words_that_name_an_activation_are_heard_where_there_is_none(tmp_path: Path) -> None:
    """A result that only copies the sum, where the words beside it say sigmoid, leaves the check incomplete."""
    report = edited("book_simple_rnn", tmp_path, {"C13": "=C12"})

    assert report.exit_code == 3
    assert any("C13 say sigmoid, but linear was recognised" in note for note in report.notes)


@pytest.mark.usefixtures("a_short_search")
def test_a_date_in_a_heading_is_scratch(tmp_path: Path) -> None:
    """The date belongs to nothing where it stands above the network; beside it, nobody knows."""
    assert edited("book_simple_rnn", tmp_path, {"H1": "=TODAY()"}).ok
    assert edited("book_simple_rnn", tmp_path, {"E13": "=TODAY()"}).exit_code == 3
