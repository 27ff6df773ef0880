"""From a worksheet to verdicts: wrong cells are named with witnesses, and without them nobody is."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import dense, save, simple_rnn
from thorough import part_of

from xlcheck.api import check
from xlcheck.errors import NothingCheckedError
from xlcheck.handmade import search
from xlcheck.verdicts.report import Status

pytestmark = pytest.mark.keras


def roots(cells: dict[str, object], folder: Path) -> list[str]:
    """The cells that are called wrong; none where there is no verdict."""
    try:
        return [cell.cell for cell in check(save(cells, folder / "w.xlsx")).roots]
    except NothingCheckedError:
        return []


@pytest.mark.parametrize("cells", [dense(4), dense(1), dense(3, bias=False), simple_rnn(4), simple_rnn(2)])
def test_a_right_worksheet_agrees(tmp_path: Path, cells: dict[str, object]) -> None:
    """Every formula is compared with Keras, and none is left out."""
    report = check(save(cells, tmp_path / "w.xlsx"))

    assert report.ok
    assert report.counts.agree == sum(str(value).startswith("=") for value in cells.values())


@pytest.mark.parametrize(
    ("cell", "formula"),
    part_of(
        [
            pytest.param("I14", "=TANH($E14*C$2+$F14*C$3+H13*C$5+I13*C$6+H13*C$7+C$9)", id="neighbour unit"),
            pytest.param("J15", "=$E15*D$2+$F15*D$3+H14*D$5+I14*D$6+J14*D$7+D$9", id="no activation"),
            pytest.param("I14", "=TANH($E14*C$2+$F14*C$3+H13*C$5+I13*C$6+J13*C$7)", id="no bias"),
            pytest.param("H13", "=TANH($E13*B$2+$F13*C$3+H12*B$5+I12*B$6+J12*B$7+B$9)", id="other weight"),
            pytest.param("I16", "=TANH($E15*C$2+$F16*C$3+H15*C$5+I15*C$6+J15*C$7+C$9)", id="other step"),
        ],
        1,
    ),
)
def test_one_mistake_is_one_root(tmp_path: Path, cell: str, formula: str) -> None:
    """The cell with the mistake, and none that follows from it."""
    assert roots(simple_rnn(6, wrong={cell: formula}), tmp_path) == [cell]


def test_a_bias_that_one_of_many_samples_lacks_is_missed(tmp_path: Path) -> None:
    """Of one unit at four samples three add the bias, so the fourth one should, though it has its sample to itself."""
    cells: dict[str, object] = {"A1": 0.4, "A2": -0.7, "A4": 0.3}
    for row in range(6, 10):
        cells |= {f"C{row}": 0.21 * row, f"D{row}": 1.1 - 0.3 * row, f"E{row}": f"=TANH(A$1*C{row}+A$2*D{row}+A$4)"}

    assert roots(cells, tmp_path) == []
    assert roots(cells | {"E8": "=TANH(A$1*C8+A$2*D8)"}, tmp_path) == ["E8"]


@pytest.mark.exhaustive
def test_a_term_that_is_zero_for_the_numbers_shown_is_missed_by_nobody(tmp_path: Path) -> None:
    """A slip that changes no number today is a slip."""
    wrong: dict[str, object] = {f"E{row}": 0.0 for row in range(12, 18)}
    wrong["I14"] = "=TANH($F14*C$3+H13*C$5+I13*C$6+J13*C$7+C$9)"

    assert roots(simple_rnn(6) | wrong, tmp_path) == ["I14"]


@pytest.mark.parametrize(("lines", "doubtful"), [(False, []), (True, ["I14", "J14"])])
def test_a_doubt_stays_where_it_is(
    lines: bool, doubtful: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of three units are wrong at one step, so nobody is blamed there; the third has its witnesses elsewhere.

    The other steps of each unit, which are filled from one another, say of these two what they should be. The worksheet
    is too large for a search for one edit.
    """
    if not lines:
        monkeypatch.setattr(search, "settled_in_line", lambda *own: own[-1])
    z = "$E{0}*{1}$2+$F{0}*{1}$3+H{2}*{1}$5+I{2}*{1}$6+J{2}*{1}$7"
    wrong: dict[str, object] = {f"{cell}14": f"=TANH({z.format(14, weight, 13)})" for cell, weight in ("IC", "JD")}
    wrong["H17"] = f"=TANH({z.format(17, 'B', 16)})"

    report = check(save(simple_rnn(84) | wrong, tmp_path / "w.xlsx"))

    assert [cell.cell for cell in report.roots] == [*doubtful, "H17"]
    open_cells = {cell.cell for cell in report.cells.with_status(Status.NOT_EVALUATED)}
    assert open_cells.isdisjoint({"I14", "J14", "I12", "J19"}) if lines else {"I14", "J14", "I12", "J19"} <= open_cells
    assert report.counts.agree > 0


def test_one_against_one_blames_nobody(tmp_path: Path) -> None:
    """Of two samples with weights in another order nobody can say which is wrong."""
    cells = {name: value for name, value in dense(2).items() if name not in {"I8", "I9", "J8", "J9"}}
    cells |= {"I8": "=TANH(E8*B2+F8*B3+G8*B4)", "I9": "=TANH(E9*B3+F9*B2+G9*B4)"}

    assert roots(cells, tmp_path) == []
