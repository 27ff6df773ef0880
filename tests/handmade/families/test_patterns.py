"""Formulas that break the pattern of their neighbours are pointed at, and nothing else is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from equation_sheets import answer, dense
from sheets_of_formulas import Formulas, saved
from thorough import EVERY_CASE, part_of

from fixtures.handmade.drawn.patterns import tally
from xlcheck.api import check
from xlcheck.cli import run
from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import with_operand
from xlcheck.handmade.families.patterns import broken_patterns
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.verdicts.report import CellWarning
from xlcheck.workbook.reader import read_workbook


def _warnings(folder: Path, formulas: Formulas) -> tuple[CellWarning, ...]:
    """Of a worksheet with these formulas, by row and column from 0, over numbers in its first rows and columns."""
    return _of_file(saved(folder, formulas))


def _of_file(path: Path) -> tuple[CellWarning, ...]:
    table = CellTable(read_workbook(path))
    return broken_patterns(table, table.texts.keys())


def _block(make: Callable[[int, int], str], rows: int, columns: int, gap: int = 1) -> Formulas:
    return {(20 + r, 10 + gap * c): make(20 + r, 10 + gap * c) for r in range(rows) for c in range(columns)}


def _products(row: int, column: int) -> str:
    """Filled down and to the right, with one part fixed."""
    return f"{cell_name(row - 20, column - 10)}*{cell_name(row - 19, column - 10)}+{cell_name(0, 0)}"


def _by_hand(row: int, column: int) -> str:
    """Typed by somebody: the first reference goes down where the cells go to the right."""
    return f"EXP({cell_name(column - 10, 1)})+SUM({cell_name(row - 20, 2)}:{cell_name(row - 20, 5)})"


@pytest.mark.parametrize(("make", "gap"), [(_products, 1), (_by_hand, 1), (_products, 3)])
@pytest.mark.parametrize("size", [(6, 4), (1, 7), (7, 1), (4, 4)])
def test_a_slip_in_one_formula_is_named_with_what_stood_there(
    tmp_path: Path, make: Callable[[int, int], str], gap: int, size: tuple[int, int]
) -> None:
    """One reference of a random inner cell reads a neighbour; the warning gives the formula that was replaced."""
    formulas = _block(make, *size, gap)
    draw = random.Random(f"{make.__name__} {size} {gap}")
    inner = [(r, c) for r, c in formulas if 20 + (size[0] > 1) <= r < 19 + size[0] or size[0] == 1]
    inner = [(r, c) for r, c in inner if 10 < c < 10 + gap * (size[1] - 1) or size[1] == 1]
    place = draw.choice(inner)
    slip = with_operand(formulas[place], draw.randrange(len(cut(formulas[place]).refs)), (1, 0), (1, 0))
    assert slip is not None

    (warning,) = _warnings(tmp_path, {**formulas, place: slip})

    assert (warning.cell, warning.formula) == (cell_name(*place), f"={slip}")
    assert warning.pattern_formula == f"={formulas[place]}"


def test_whole_columns_in_the_place_of_a_range_are_told_as_such(tmp_path: Path) -> None:
    """The sentence names the range that the pattern gives, not its columns."""
    formulas = {(20, column): "SUM($A1:$D1)" for column in range(10, 16)} | {(20, 12): "SUM(A:D)"}

    (warning,) = _warnings(tmp_path, formulas)

    assert "reads A:D where the pattern of 5 formulas around it gives $A1:$D1" in warning.message


@pytest.mark.parametrize("make", [_products, _by_hand])
def test_what_was_filled_without_a_slip_gets_no_warning(tmp_path: Path, make: Callable[[int, int], str]) -> None:
    """Neither do two patterns on one worksheet."""
    other = {(row + 20, column): _by_hand(row, column) for row, column in _block(_products, 3, 5)}

    assert _warnings(tmp_path, {**_block(make, 6, 4), **other}) == ()


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("last", [False, True])
def test_a_first_or_last_line_may_differ_as_a_whole(tmp_path: Path, axis: int, last: bool) -> None:
    """The state before the first step stands elsewhere."""
    formulas = _block(_products, 5, 5)
    edge = (max if last else min)(place[axis] for place in formulas)
    moved = {p: with_operand(text, 0, (7, 0), (7, 0)) for p, text in formulas.items() if p[axis] == edge}

    assert _warnings(tmp_path, {**formulas, **moved}) == ()  # type: ignore[dict-item]


def _steps(last: Callable[[int, int], str], rows: int = 24) -> Formulas:
    """Gradients of three hidden units and of the output below them, two columns of each, a block of rows a step."""
    formulas: Formulas = {}
    for start in (rows, 2 * rows):
        for column in (10, 11):
            row = f"$A${column - 6}:$D${column - 6}"
            for unit in range(3):
                above = start + unit - 2
                formulas[start + unit, column] = f"SUMPRODUCT($A{above}:$D{above},{row})/4+$A$1*B{above}"
            formulas[start + 3, column] = last(start, column)
    return formulas


def _of_output(start: int, column: int) -> str:
    return (
        f"SUMPRODUCT($A{start - 4}:$D{start - 4},$A{start + column - 19}:$D{start + column - 19})/4+$A$1*B{start + 1}"
    )


def test_the_last_line_of_each_block_may_differ_as_a_whole(tmp_path: Path) -> None:
    """The output learns from hidden units, which stand among the other rows of its own step."""
    assert _warnings(tmp_path, _steps(_of_output)) == ()


def test_the_last_line_of_one_block_may_not_differ_from_that_of_the_others(tmp_path: Path) -> None:
    """A step whose output reads the hidden units a row on is pointed at."""

    def slipped(start: int, column: int) -> str:
        return _of_output(start, column + (start == 24))

    assert {own.cell for own in _warnings(tmp_path, _steps(slipped))} == {"K28", "L28"}


@pytest.mark.parametrize("gap", [1, 2])
def test_a_line_apart_from_others_may_be_of_its_own(tmp_path: Path, gap: int) -> None:
    """The new weights of the next layer beside those of the first; next to them, each cell would be a slip."""
    formulas = _block(_products, 5, 5)
    others = {(20 + r, 14 + gap): f"A{r + 2}*B{5 - r}+A1" for r in range(5)}

    assert bool(_warnings(tmp_path, {**formulas, **others})) == (gap == 1)


def test_two_columns_are_no_pattern(tmp_path: Path) -> None:
    """One against one, or one against two, says nothing."""
    formulas = _block(_products, 3, 1)
    place = (21, 10)
    slip = with_operand(formulas[place], 0, (0, 1), (0, 1))

    assert _warnings(tmp_path, {**formulas, place: slip or ""}) == ()


def test_mixed_patterns_get_no_warning(tmp_path: Path) -> None:
    """Every third formula of a row reads elsewhere: that is how the sheet is made."""
    formulas = _block(_products, 1, 7)
    mixed = {
        place: with_operand(text, 1, (3, 0), (3, 0)) if number % 3 == 1 else text
        for number, (place, text) in enumerate(formulas.items())
    }

    assert _warnings(tmp_path, mixed) == ()  # type: ignore[arg-type]


def test_too_many_exceptions_are_no_pattern_though_each_reference_has_one(tmp_path: Path) -> None:
    """Of nine formulas two read otherwise by their first reference, and two others by their second."""
    formulas = _block(_products, 1, 9)
    for number, reference in ((1, 0), (2, 0), (5, 1), (6, 1)):
        place = (20, 10 + number)
        formulas[place] = with_operand(formulas[place], reference, (3 + number, 0), (3 + number, 0)) or ""

    assert _warnings(tmp_path, formulas) == ()


def test_a_copy_and_another_product_are_no_slips(tmp_path: Path) -> None:
    """`=B2` is like any other reference, and a product of two other cells is another formula."""
    copies = {(30 + r, 10): f"B{r + 1}" for r in range(7)} | {(33, 10): "C7"}
    products = {(40 + r, 10): f"B{r + 1}*C{r + 1}" for r in range(7)} | {(43, 10): "D1*E7"}

    assert _warnings(tmp_path, {**copies, **products}) == ()


@pytest.mark.parametrize(("third", "is_told"), [("B4", False), ("B3", True), ("C4", True), ("B6", True), ("C3", False)])
def test_a_copy_of_another_cell_of_its_line_is_a_slip(tmp_path: Path, third: str, *, is_told: bool) -> None:
    """`=B3` between `=B3` and `=B5` repeats another row; `=C3` has nothing in common with what it should be."""
    copies = {(30 + r, 10): f"B{r + 1}" for r in range(7)} | {(33, 10): third}

    assert [warning.cell for warning in _warnings(tmp_path, copies)] == ["K34"] * is_told


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({}, 0),
        ({"L10": "=I9"}, 3),
        ({"L10": "=J10"}, 3),
        ({"M10": "=L9^2"}, 3),
        ({"L12": "=I11"}, 0),  # at the end of a line it may be meant
    ],
)
def test_results_that_are_shown_in_another_row_get_no_pass(tmp_path: Path, other: dict[str, object], code: int) -> None:
    """Rule: whoever repeats results in a table of their own, row by row, means those of each row."""
    cells = dense(5) | {f"L{row}": f"=I{row}" for row in range(8, 13)}
    cells |= {f"M{row}": f"=L{row}^2" for row in range(8, 13)}

    assert answer(cells | other, tmp_path) == (code, set())


@pytest.mark.parametrize("target", ["J3", "M2"])
def test_what_reads_a_word_or_an_empty_cell_is_a_slip_even_if_it_reads_nothing_of_its_pattern(
    tmp_path: Path, target: str
) -> None:
    """`=TANH(J3)` among `=TANH(B1)`, `=TANH(B2)` …; J3 is empty, M2 holds a word."""
    path = saved(tmp_path, {(r, 10): f"TANH(B{r + 1})" for r in range(7)} | {(3, 10): f"TANH({target})"})
    book = openpyxl.load_workbook(path)
    book.active["M2"] = "weights"
    book.save(path)

    (warning,) = _of_file(path)

    assert (warning.cell, warning.pattern_formula) == ("K4", "=TANH(B4)")


@pytest.mark.parametrize(("above", "is_slip"), [(None, False), ("a", False), (0.5, True)])
def test_no_pattern_leads_to_a_word_or_an_empty_cell(tmp_path: Path, above: object, is_slip: bool) -> None:
    """A first layer reads what is given, and those after it what the one before gives: no one reads a heading."""
    block = {(r, 5): f"D{r + 1}*E{r + 1}" for r in range(8, 11)} | {(r, 6): f"F{r + 1}*C{r}" for r in range(8, 11)}
    book = openpyxl.load_workbook(path := saved(tmp_path, block | {(8, 6): "F9*B3"}))
    book.active["C8"] = above
    book.save(path)

    assert len(_of_file(path)) == is_slip


@pytest.mark.parametrize("kind", part_of([None, "training"], 1))
def test_drawn_layouts_get_warnings_for_slips_alone(kind: str | None) -> None:
    """As people differ in how they lay a network out: none without a slip, and half of the slips at least."""
    found = tally(range(1, 21 if EVERY_CASE else 11), kind)

    assert found.for_nothing == 0
    assert 2 * found.found >= found.slips > (5 if EVERY_CASE else 2)


def test_every_report_shows_it_and_none_counts_it_as_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text, JSON, HTML, JUnit and the marked copy; exit code 3, for there is no verdict."""
    formulas = _block(_products, 6, 4)
    formulas[22, 11] = "B4*B4+A1"
    path = saved(tmp_path, formulas)
    marked = tmp_path / "marked.xlsx"
    sentence = "Sheet!L23 reads B4 where the pattern of 23 formulas around it gives B3"

    shown = {}
    for form in ("text", "json", "html", "junit"):
        assert run(["check", str(path), "--format", form, "--annotate", str(marked), "-q"]) == 3
        shown[form] = capsys.readouterr().out

    assert all(sentence in " ".join(text.split()) for text in shown.values())
    (report,) = json.loads(shown["json"])
    assert [warning["pattern_formula"] for warning in report["warnings"]] == ["=B3*B4+A1"]
    assert (report["counts"]["root"], report["counts"]["checked"], report["ok"]) == (0, 0, False)
    note = openpyxl.load_workbook(marked)["Sheet"]["L23"].comment
    assert sentence in note.text
    assert "=B3*B4+A1" in note.text


@pytest.mark.usefixtures("a_short_search")
def test_what_has_a_verdict_gets_no_warning(tmp_path: Path) -> None:
    """A wrong cell is called wrong, and not doubtful as well."""
    root = Path(__file__).parents[3]

    report = check(root / "fixtures" / "handmade" / "printed_mistake.xlsx")

    assert (len(report.roots), report.warnings) == (9, ())
