"""Drafts of bindings files: what they say is read back as it was meant, and doubts are written beside it."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from random import Random

import openpyxl
import pytest

from fixtures.handmade.drawn.drawing import drawn
from fixtures.handmade.make_corpus import FOLDER
from fixtures.handmade.workbook import to_bytes
from xlcheck import Proposal, bind
from xlcheck.api import check
from xlcheck.errors import NothingCheckedError, UsageError
from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras


def proposal(path: Path) -> Proposal:
    """What is proposed for a workbook."""
    return bind(path)


def made(path: Path, cells: dict[str, object]) -> Path:
    """A workbook with these cells."""
    book = openpyxl.Workbook()
    for cell, content in cells.items():
        book.active[cell] = content
    book.save(path)
    return path


@pytest.mark.parametrize("name", ["book_simple_rnn", "time_down", "named_weights"])
def test_a_draft_is_read_back_as_it_was_meant(name: str, tmp_path: Path) -> None:
    """The same layers, and the same cells for each weight and input, as the network that was recognised."""
    draft = proposal(FOLDER / f"{name}.xlsx")
    path = tmp_path / "mine.toml"
    path.write_text(draft.text, encoding="utf-8")
    read = read_bindings(path, read_workbook(FOLDER / f"{name}.xlsx"))

    assert len(read) == len(draft.networks) == 1
    assert [(layer.kind, layer.options) for layer in read[0].spec.layers] == [
        (layer.kind, layer.options) for layer in draft.networks[0].spec.layers
    ]
    assert {(q.name, s, i): cell for q, s, i, cell in read[0].cells()} == {
        (q.name, s, i): cell for q, s, i, cell in draft.networks[0].cells()
    }
    assert draft.explained <= draft.formula_cells
    assert f"explain {draft.explained} of {draft.formula_cells} formula cells" in draft.text.splitlines()[0]
    assert str(draft) == draft.text


def test_a_draft_says_what_a_person_wrote() -> None:
    """The cells of all weights and inputs are those of the bindings file that was written by hand."""
    path = FOLDER / "time_down.xlsx"
    draft = proposal(path)
    (by_hand,) = read_bindings(path.with_suffix(".toml"), read_workbook(path))

    assert sorted(cell for *_, cell in draft.networks[0].cells()) == sorted(cell for *_, cell in by_hand.cells())
    assert list(draft.networks[0].weights.values()) == list(by_hand.weights.values())
    assert draft.explained == draft.formula_cells == 44


def test_a_state_without_a_cell_is_said(tmp_path: Path) -> None:
    """Where the first step reads no state, the draft says what was taken for it."""
    cells: dict[str, object] = {"A1": 0.5, "A2": -0.25, "A3": 0.1, "B5": "=TANH(A5*$A$1+$A$3)"}
    for row, x in enumerate((1.0, -0.5, 0.25, 2.0), start=5):
        cells[f"A{row}"] = x
        if row > 5:
            cells[f"B{row}"] = f"=TANH(A{row}*$A$1+B{row - 1}*$A$2+$A$3)"
    draft = proposal(made(tmp_path / "book.xlsx", cells))

    assert "# No cells were found for the state before the first step; it is taken as 0." in draft.text
    assert (draft.explained, draft.formula_cells) == (4, 4)


def test_what_computes_nothing_is_refused(tmp_path: Path) -> None:
    """One sentence that says why there is no draft."""
    with pytest.raises(NothingCheckedError, match="has no formula cell, so there is nothing to bind"):
        proposal(made(tmp_path / "book.xlsx", {"A1": 1.0, "A2": "x"}))


def test_what_is_not_recognised_becomes_a_skeleton(tmp_path: Path) -> None:
    """The blocks that stand there, with size, words beside them and first formula, as comments to be filled in."""
    cells: dict[str, object] = (
        {"A1": "prices"} | {f"{c}2": f"={c}1*2" for c in "BCD"} | dict.fromkeys(("B1", "C1", "D1"), 7.5)
    )
    draft = proposal(made(tmp_path / "book.xlsx", cells))

    assert draft.networks == ()
    assert all(line.startswith("#") for line in draft.text.splitlines())
    assert re.search(r"# +B1:D1 +1 × 3 +prices: numbers", draft.text)
    assert re.search(r"# +B2:D2 +1 × 3 +formulas, the first of them =B1\*2", draft.text)
    (tmp_path / "book.toml").write_text(draft.text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"book.toml: bindings consist of .* fill one in"):
        check(tmp_path / "book.xlsx")


def test_a_draft_leaves_out_layers_that_may_be_others(tmp_path: Path) -> None:
    """Two that read one input may be parts of a larger one; the draft counts what it explains, and that agrees."""
    cells: dict[str, object] = {f"{c}{row}": 0.3 * row - 0.2 * k for row in (1, 2, 3) for k, c in enumerate("ABCDG")}
    for row in (5, 6, 7):
        cells |= {f"A{row}": 0.4 * row - 2.1, f"B{row}": 1.3 - 0.2 * row}
        sums = {c: f"{c}$1*$A{row}+{c}$2*$B{row}+{c}$3" for c in "CD"}
        cells |= {f"E{row}": f"=TANH({sums['C']})", f"F{row}": f"=1/(1+EXP(-({sums['D']})))"}
    path = made(tmp_path / "book.xlsx", cells)
    draft = proposal(path)

    assert (draft.networks, draft.explained, draft.formula_cells) == ((), 0, 6)


def test_a_draft_has_layers_that_a_further_one_reads_together(tmp_path: Path) -> None:
    """Two branches, each with its activation: the weighted sums behind them read all of both, and so they are no gates.

    The draft counts what it explains, and that agrees.
    """
    path = tmp_path / "book.xlsx"
    path.write_bytes(to_bytes(drawn(8).layout))
    draft = proposal(path)
    (tmp_path / "book.toml").write_text(draft.text, encoding="utf-8")

    activations = [network.spec.layers[0].options["activation"] for network in draft.networks]
    assert activations == ["tanh", "leaky_relu", "softmax"]
    assert check(path, bindings=tmp_path / "book.toml").counts.agree == draft.explained == draft.formula_cells


def test_ignored_cells_get_no_verdict(tmp_path: Path) -> None:
    """`ignore` leaves cells out: a wrong one is no root then, and the report says how many were left out."""
    book = openpyxl.load_workbook(FOLDER / "book_simple_rnn.xlsx")
    book.active["Z1"] = "=1/0"
    book.save(tmp_path / "book.xlsx")
    text = (FOLDER / "book_simple_rnn.toml").read_text(encoding="utf-8")
    (tmp_path / "book.toml").write_text(
        text.replace("[[model]]", '[[model]]\nignore = ["Z1:AA1"]', 1), encoding="utf-8"
    )
    report = check(tmp_path / "book.xlsx")

    assert report.ok
    assert any(note.endswith("`ignore` in the bindings says so: 1 of the formula cells") for note in report.notes)


def _branching(folder: Path, wrong: dict[str, str]) -> Path:
    """A recurrent unit whose states a dense unit reads and, copied on another worksheet, a GRU of one unit."""
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("GRU")
    for cell, number in {"E1": 0.41, "E2": -0.63, "E3": 0.17, "F1": 1.29, "F2": -0.38}.items():
        first[cell] = number
    for row, numbers in enumerate([(0.52, -0.44, 0.91), (0.33, 0.78, -0.57), (0.12, -0.21, 0.35)], 1):
        for column, number in zip("ABC", numbers, strict=True):
            second[f"{column}{row}"] = number
    for row, x in enumerate((0.8, -0.3, 0.55, -0.9), 1):
        first[f"A{row}"], first[f"C{row}"] = x, f"=B{row}*$F$1+$F$2"
        first[f"B{row}"] = f"=TANH(A{row}*$E$1{f'+B{row - 1}*$E$2' if row > 1 else ''}+$E$3)"
        own, before = row + 5, f"*E{row + 4}" if row > 1 else "*0"
        second[f"A{own}"] = f"=Sheet!B{row}"
        second[f"B{own}"] = f"=1/(1+EXP(-(A{own}*$A$1+$A$2{before}+$A$3)))"
        second[f"C{own}"] = f"=1/(1+EXP(-(A{own}*$B$1+$B$2{before}+$B$3)))"
        second[f"D{own}"] = f"=TANH(A{own}*$C$1+C{own}*$C$2{before}+$C$3)"
        second[f"E{own}"] = f"=B{own}{before}+(1-B{own})*D{own}"
    for cell, text in wrong.items():
        second[cell] = text
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def test_a_draft_of_layers_that_read_one_another_is_checked(tmp_path: Path) -> None:
    """Rule: what a draft says of layers on one another's results is what a check then finds, each formula once."""
    draft = proposal(_branching(tmp_path, {}))
    (tmp_path / "draft.toml").write_text(draft.text, encoding="utf-8")
    report = check(tmp_path / "book.xlsx", bindings=tmp_path / "draft.toml")

    assert sorted(layer.kind for n in draft.networks for layer in n.spec.layers) == ["Dense", "GRU", "SimpleRNN"]
    assert (report.exit_code, report.counts.agree, report.counts.formula_cells) == (0, 28, 28)

    wrong = _branching(tmp_path, {"C8": "=1/(1+EXP(-(A8*$B$1+$B$2*E7+$A$3)))"})
    assert [root.cell for root in check(wrong, bindings=tmp_path / "draft.toml").roots] == ["C8"]


def test_a_draft_says_what_may_belong_elsewhere(tmp_path: Path) -> None:
    """Rule: where results may stand in rows of other samples, as a check would say, the draft says so."""
    sheet = (book := openpyxl.Workbook()).active
    random = Random(1)
    for row, column in itertools.product(range(1, 5), (2, 3, 4, 7, 8, 10, 11)):
        sheet.cell(row, column, round(random.uniform(-1, 1), 2))
    for row, read in enumerate((7, 9, 8, 10, 11, 12), 7):
        for column, (unit, own) in zip("BCD", ("FB", "GC", "HD"), strict=True):
            sheet[f"{column}{row}"] = round(random.uniform(-1, 1), 2)
            sheet[f"{unit}{row}"] = f"=TANH($B{row}*{own}$1+$C{row}*{own}$2+$D{row}*{own}$3+{own}$4)"
        for head, own, at in (("J", "G", read), ("K", "H", read), ("M", "J", row), ("N", "K", row)):
            sheet[f"{head}{row}"] = f"=$F{at}*{own}$1+$G{at}*{own}$2+$H{at}*{own}$3+{own}$4"
    book.save(tmp_path / "book.xlsx")
    said = re.findall(
        r"# NOT SURE: Sheet!(\w+) reads .* only if that is meant\.\n", proposal(tmp_path / "book.xlsx").text
    )

    assert said == ["J8", "K8", "J9", "K9"]
