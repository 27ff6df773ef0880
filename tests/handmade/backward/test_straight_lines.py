"""A straight line that learns a sample a row, on a worksheet for each optimiser, with estimated gradients beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import openpyxl
import pytest
from equation_sheets import answer
from training_sheets import roots, trained

from fixtures.handmade.drawn.lines import KEPT, LineHabits, line_layout
from fixtures.handmade.layout import Layout
from fixtures.handmade.workbook import to_bytes
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import Status

pytestmark = pytest.mark.keras

_PLAIN = LineHabits(
    optimisers=("sgd",), batch=False, estimated="no", data="beside", zeros=True, new=True, typed=False, total="no",
    ends=False, bias_first=True, order="before",
)  # fmt: skip


def _judged(path: Path) -> Part:
    found = trained(path)
    assert found is not None
    return found


def _open(layout: Layout, path: Path) -> set[str]:
    """The cells of a workbook that are not simply right."""
    path.write_bytes(to_bytes(layout))
    found = _judged(path)
    assert found.without_cell == 0
    assert found.checked + len(found.results) == len(layout.formulas)
    return {str(getattr(result, "cell", result)) for result in found.results}


def _changed(layout: Layout, path: Path, instead: dict[tuple[str, int | None], tuple[str, str]]) -> Part:
    """What became of a workbook in some of whose cells a piece of text was exchanged."""
    path.write_bytes(to_bytes(layout))
    book = openpyxl.load_workbook(path)
    for item, place in layout.places.items():
        text = book[place.sheet][place.a1].value
        if isinstance(text, str) and (own := instead.get((item.symbol, item.step))) is not None:
            assert own[0] in text
            book[place.sheet][place.a1] = text.replace(*own, 1)
    book.save(path)
    return _judged(path)


@pytest.mark.parametrize("optimiser", KEPT)
@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("zeros", [False, True])
def test_each_optimiser_may_leave_out_what_nothing_was_kept_of(
    optimiser: str, typed: bool, zeros: bool, tmp_path: Path
) -> None:
    """Rule: a first row that leaves out the 0 that was kept before it is of the kind that the rows after it are."""
    habits = replace(_PLAIN, optimisers=(optimiser,), typed=typed, zeros=zeros)
    assert _open(line_layout(Random(3), "drawn", habits)[0], tmp_path / "w.xlsx") == set()


def test_each_worksheet_learns_in_its_own_way(tmp_path: Path) -> None:
    """Rule: trainings on worksheets of their own share samples, but not how weights move."""
    habits = replace(_PLAIN, optimisers=("sgd", "momentum", "adam"), data="sheet", zeros=False)
    assert _open(line_layout(Random(3), "drawn", habits)[0], tmp_path / "w.xlsx") == set()


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("estimated", ["cell", "typed"])
def test_estimated_gradients_are_checked_for_what_they_are(batch: bool, estimated: str, tmp_path: Path) -> None:
    """Rule: the error with a weight a little larger, and what it has grown by over that, are compared with Keras."""
    habits = replace(_PLAIN, batch=batch, estimated=estimated)
    layout = line_layout(Random(3), "drawn", habits)[0]
    assert _open(layout, tmp_path / "w.xlsx") == set()
    found = _changed(layout, tmp_path / "w.xlsx", {("hkernel", t): ("^2", "^2+0.1") for t in range(8)})
    assert {result.status for result in found.results} == {Status.NOT_EVALUATED}


@pytest.mark.parametrize("total", ["mean", "root", "sum"])
def test_the_error_of_all_rows_is_one_number(total: str, tmp_path: Path) -> None:
    """Rule: the sum, the mean or its root over all rows is right, and over some of them it gets no verdict."""
    layout = line_layout(Random(3), "drawn", replace(_PLAIN, total=total, ends=True))[0]
    assert _open(layout, tmp_path / "w.xlsx") == set()
    place = next(place for item, place in layout.places.items() if item.symbol == "total")
    first = next(place for item, place in layout.places.items() if (item.symbol, item.step) == ("e", 0))
    found = _changed(layout, tmp_path / "w.xlsx", {("total", None): (first.a1, f"{first.a1[0]}{first.row + 1}")})
    assert [(result.cell, result.status) for result in found.results] == [(place.a1, Status.NOT_EVALUATED)]


def test_targets_may_be_computed(tmp_path: Path) -> None:
    """Rule: what no weight is in may be a target, in whatever way it was made."""
    layout = line_layout(Random(3), "drawn", replace(_PLAIN, data="computed"))[0]
    assert _open(layout, tmp_path / "w.xlsx") == set()


@pytest.mark.parametrize("optimiser", KEPT)
@pytest.mark.parametrize("estimated", ["no", "typed"])
@pytest.mark.parametrize("data", ["beside", "computed"])
def test_predictions_need_no_cell(optimiser: str, estimated: str, data: str, tmp_path: Path) -> None:
    """Rule: what is compared with a target within a formula is an output, wherever both are computed."""
    habits = replace(_PLAIN, optimisers=(optimiser,), inline=True, estimated=estimated, data=data)
    assert _open(line_layout(Random(3), "drawn", habits)[0], tmp_path / "w.xlsx") == set()


@pytest.mark.parametrize("optimiser", KEPT)
@pytest.mark.parametrize("seed", range(3))
def test_inputs_may_be_large(optimiser: str, seed: int, tmp_path: Path) -> None:
    """Rule: what is kept of squared gradients in the millions has its share to the last digits, too."""
    habits = replace(_PLAIN, optimisers=(optimiser,), data="computed", large=True)
    assert _open(line_layout(Random(seed), "drawn", habits)[0], tmp_path / "w.xlsx") == set()


_WRONG_INLINE = {
    "the factor 2": {("dbias", 2): ("2*", "3*")},
    "a sign": {("afterkernel", 1): ("-", "+")},
    "the input of the row above": {("dbias", 2): ("A6", "A5")},
    "the weight of the row above": {("e", 2): ("D6", "D5")},
}


@pytest.mark.parametrize("what", _WRONG_INLINE)
def test_one_mistake_beside_predictions_without_cells_is_blamed_alone_or_nobody(what: str, tmp_path: Path) -> None:
    """Rule: where formulas compute the predictions themselves, one that does it otherwise is the root, or open."""
    layout = line_layout(Random(3), "drawn", replace(_PLAIN, inline=True))[0]
    found = _changed(layout, tmp_path / "w.xlsx", _WRONG_INLINE[what])
    wrong = {place.a1 for item, place in layout.places.items() if (item.symbol, item.step) in _WRONG_INLINE[what]}
    blamed = {*roots(found)}
    assert blamed == wrong or (what.startswith("the weight") and not blamed)
    assert found.without_cell or any(result.status is not Status.UNBOUND for result in found.results)


_WRONG = {
    "the factor 2": ("sgd", {("dbias", 2): ("2*", "3*")}),
    "the input": ("sgd", {("dkernel", 2): ("*", "/")}),
    "a sign": ("momentum", {("afterkernel", 1): ("-", "+")}),
    "a prediction": ("rmsprop", {("o", 2): ("+", "-")}),
    "a square": ("adam", {("vkernel", 2): ("^2", "")}),
    "a share": ("mixed", {("mbias", 2): ("(1-$D$1)", "$D$1")}),
}


@pytest.mark.parametrize("what", _WRONG)
def test_one_mistake_is_blamed_alone(what: str, tmp_path: Path) -> None:
    """Rule: one wrong gradient, average, update or prediction is the root, and nothing else is."""
    optimiser, instead = _WRONG[what]
    layout = line_layout(Random(3), "drawn", replace(_PLAIN, optimisers=(optimiser,)))[0]
    found = _changed(layout, tmp_path / "w.xlsx", instead)
    wrong = {place.a1 for item, place in layout.places.items() if (item.symbol, item.step) in instead}
    assert {*roots(found)} == wrong


@pytest.mark.parametrize("seed", range(6))
def test_drawn_lines_are_right(seed: int, tmp_path: Path) -> None:
    """Rule: whatever the order of columns, the language, the optimisers and where data stand, all is called right."""
    assert _open(line_layout(Random(seed), "drawn")[0], tmp_path / "w.xlsx") == set()


_NOBODY = {
    "another row's input in most predictions": {("o", 0): ("A4", "A5"), ("o", 1): ("A5", "A6")},
    "an empty target": {("t", 1): ("B", "K")},
    "a difference of a number with itself": {("estbias", t): ("-F", "-G") for t in range(6)},
}


@pytest.mark.parametrize("what", _NOBODY)
def test_what_may_be_meant_otherwise_blames_nobody_and_is_no_pass(what: str, tmp_path: Path) -> None:
    """Rule: gradients are not blamed where predictions may read another row; emptiness and zeros are no pass."""
    habits = replace(_PLAIN, data="sheet", estimated="typed", batch="target" in what)
    layout = line_layout(Random(3), "drawn", habits)[0]
    found = _changed(layout, tmp_path / "w.xlsx", _NOBODY[what])
    statuses = {result.status for result in found.results}
    assert not statuses & {Status.ROOT, Status.CARRIED}
    assert found.without_cell or Status.NOT_EVALUATED in statuses


def test_a_mean_of_which_one_number_is_typed_is_not_blamed(tmp_path: Path) -> None:
    """Rule: a formula that reads a number beside formulas is no culprit; the number is, as nobody types a gradient."""
    layout = line_layout(Random(3), "drawn", replace(_PLAIN, batch=True))[0]
    path = tmp_path / "w.xlsx"
    path.write_bytes(to_bytes(layout))
    book = openpyxl.load_workbook(path)
    place = next(place for item, place in layout.places.items() if (item.symbol, item.step) == ("dkernel", 2))
    book[place.sheet][place.a1] = -9.54
    book.save(path)
    found = _judged(path)
    assert [result.cell for result in found.results if result.status is Status.ROOT] == [place.a1]
    assert Status.NOT_EVALUATED not in {result.status for result in found.results}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({}, (0, set())),
        ({"H6": "=VLOOKUP(G6,$A$2:$C$5,3,FALSE)"}, (3, set())),
        ({"I6": "=VLOOKUP(G5,$A$2:$C$5,3,FALSE)"}, (3, set())),
        ({"J6": "=J5*1"}, (1, {"J6"})),
    ],
    ids=["right", "another column", "another row", "nothing is learnt"],
)
def test_each_step_may_look_up_its_sample(edit: dict[str, object], expected: object, tmp_path: Path) -> None:
    """Rule: an input or a target that is looked up is data; one that is looked up otherwise than the others of its line
    is no pass, and a weight that is only written as if it moved is wrong."""
    cells: dict[str, object] = {"G1": 0.1, "J4": 0.2}
    cells |= {
        f"{c}{row}": n for row, own in zip(range(2, 6), _SAMPLES, strict=True) for c, n in zip("ABC", own, strict=True)
    }
    for row, number in zip(range(4, 10), (3, 1, 4, 2, 2, 1), strict=True):
        cells |= {
            f"G{row}": number,
            f"K{row}": f"=J{row}*H{row}",
            f"L{row}": f"=K{row}-I{row}",
            f"M{row}": f"=L{row}*H{row}",
        }
        cells |= {f"{c}{row}": f"=VLOOKUP(G{row},$A$2:$C$5,{n},FALSE)" for c, n in (("H", 2), ("I", 3))}
        cells |= {f"J{row + 1}": f"=J{row}-$G$1*M{row}"} if row < 9 else {}

    assert answer(cells | edit, tmp_path) == expected


@pytest.mark.parametrize("total", ["=SUM(G4:G9)", "=AVERAGE(G4:G9)", None])
def test_losses_that_were_pasted_are_no_pass(total: str | None, tmp_path: Path) -> None:
    """Rule: a whole line of typed numbers where results stand is open, also where something reads it that is itself
    computed from nothing; a rate of which others are made is none."""
    cells: dict[str, object] = {"A1": 0.2, "A2": "=A1*0.5", "C4": 0.2, "D4": -0.3, "G11": total}
    for row in range(4, 10):
        _, x, y = _SAMPLES[(row - 4) % 3]
        cells |= {f"A{row}": x, f"B{row}": y, f"E{row}": f"=C{row}*A{row}+D{row}", f"F{row}": f"=E{row}-B{row}"}
        cells |= {f"G{row}": f"=F{row}^2", f"H{row}": f"=2*F{row}*A{row}"}
        cells |= {f"C{row + 1}": f"=C{row}-$A$2*H{row}", f"D{row + 1}": f"=D{row}-$A$2*2*F{row}"} if row < 9 else {}
    pasted = {f"G{row}": round(0.37 * row + 0.1234567, 7) for row in range(4, 10)}

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | pasted, tmp_path) == (3, set())


_SAMPLES = ((1, 0.5, 1.1), (2, 1.2, 2.3), (3, -0.7, -1.6), (4, 1.9, 4.2))


@pytest.mark.parametrize("of", ["=SUM({})", "=AVERAGE({})", "=SUMSQ({})"])
def test_a_round_through_all_samples_is_an_epoch(of: str, tmp_path: Path) -> None:
    """Rule: what is shown of some steps only is known if they are a whole round through the same samples."""
    cells: dict[str, object] = {"A1": 0.1, "C4": 0.2, "D4": -0.3}
    for row in range(4, 13):
        _, x, y = _SAMPLES[(row - 4) % 3]
        cells |= {f"A{row}": x, f"B{row}": y, f"E{row}": f"=C{row}*A{row}+D{row}", f"F{row}": f"=E{row}-B{row}"}
        cells |= (
            {f"C{row + 1}": f"=C{row}-$A$1*F{row}*A{row}", f"D{row + 1}": f"=D{row}-$A$1*F{row}"} if row < 12 else {}
        )

    assert answer(cells | {"H3": of.format("F10:F12"), "H2": of.format("F4:F6")}, tmp_path) == (0, set())
    assert answer(cells | {"H3": of.format("F9:F11")}, tmp_path) == (3, set())
    assert answer(cells | {"H3": of.format("F11:F12")}, tmp_path) == (3, set())
    assert answer(cells | {"H3": of.format("F10:F12"), "B12": 0.4}, tmp_path) == (3, set())
