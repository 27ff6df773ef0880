"""Parts of exercises: what a call asks for, what a hint says when it is opened, and which blanks are told elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hand_in import exercise_of

from xlcheck import load_fixture
from xlcheck.engines import engine
from xlcheck.errors import UsageError
from xlcheck.exercises.entry import exercise
from xlcheck.exercises.hints import NAME, hints_sheet
from xlcheck.exercises.plan import BlankRule, ExercisePlan
from xlcheck.exercises.variants import places_of, told
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.formulas.printing import Style
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layout.draft import Draft
from xlcheck.learning.forward import forward_graph
from xlcheck.workbook.plan import WorkbookPlan
from xlcheck.workbook.writer import write_workbook

MODEL = Path(__file__).parents[2] / "fixtures" / "lstm.keras"
PLAN = ExercisePlan(blanks=(BlankRule("lstm.i"),))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda folder: exercise("lstm", folder, plan=ExercisePlan(blanks=(BlankRule("lstm.i"),)), level=1),
            "leave one",
        ),
        (lambda folder: exercise(MODEL, folder), "a model needs something to read"),
        (lambda folder: exercise("lstm", folder, inputs=[[1.0]]), "a lesson has its own"),
        (lambda folder: exercise("lstm", folder, targets=[[1.0]]), "a lesson has its own"),
    ],
)
def test_what_does_not_fit_together_is_refused(call: Callable[[Path], Any], said: str, tmp_path: Path) -> None:
    """In a sentence that says what to leave out or to add, and nothing is written."""
    with pytest.raises(UsageError, match=said):
        call(tmp_path / "exam")

    assert list(tmp_path.iterdir()) == []


def test_hints_are_opened_one_after_the_other(tmp_path: Path) -> None:
    """The second one shows its text only if a 1 stands at the first one, too; none of them holds the answer."""
    fixture = load_fixture("lstm")
    graph = forward_graph(fixture.spec)
    draft = Draft(graph, fixture.trace, fixture.samples, Style.TEACHING)
    sheet = draft.sheet("lstm")
    for row, q in enumerate(graph):
        draft.place(q.name, sheet.at(row, 0, *(q.shape if len(q.shape) > 1 else (q.shape[-1], 1))))
    element = ("lstm.i[0]", 0)
    hints = hints_sheet(draft, {element: draft.placed("lstm.i[0]")}, {element: "1/(1+EXP(-A9))"}, (0.1, 0.25, 0.5))
    write_workbook(WorkbookPlan(tuple(one.finish() for one in draft.sheets.values())), tmp_path / "hints.xlsx")
    session = engine("ironcalc").open(tmp_path / "hints.xlsx")

    def shown(*opened: int) -> list[str]:
        for place, hint in enumerate(hints):
            session.set(NAME, hint.cell.top, hint.cell.left, 1.0 if place in opened else "")
        session.recalculate()
        return [str(session.read(Range(NAME, h.cell.top, h.cell.left + 2))[0][0]) for h in hints]

    (closed,) = {*shown()}
    assert [(hint.band, hint.number, hint.cost) for hint in hints] == [
        ("lstm.i", 1, 0.1), ("lstm.i", 2, 0.25), ("lstm.i", 3, 0.5),
    ]  # fmt: skip
    assert [text == closed for text in shown(0)] == [False, True, True]
    assert [text == closed for text in shown(1, 2)] == [True, True, True]
    every = shown(0, 1, 2)
    assert closed not in every
    assert "A9" in every[2]
    answer = f"{fixture.trace['lstm.i[0]'][0, 0]:.4f}"
    assert not [text for text in every if answer in text]
    assert hints_sheet(draft, {}, {}, ()) == ()


def test_a_blank_is_told_by_a_number_elsewhere_that_is_nearly_the_same() -> None:
    """Relative to its size, whatever its sign; 0 and 1 stand everywhere and tell nothing."""
    build = GraphBuilder()
    a = build.given(Band("n", "a", Role.INPUT, "a"), (4,))
    graph = build.build((build.let(Band("n", "b", Role.OUTPUT, "b"), -a),))
    values = {"n.a": np.array([[0.5, 2.0, 1.0, 0.0]]), "n.b": np.array([[-0.5, -2.0, -1.0, 0.0]])}
    shown = {"n.a": np.array([[0.5, 2.0 * (1 + 1e-3), 1.0, 0.0]]), "n.b": np.zeros((1, 4))}
    blanks = {("n.b", index): None for index in range(4)}

    assert told(graph, values, shown, blanks, 5e-4) == {("n.b", 0)}
    assert told(graph, values, shown, blanks, 5e-3) == {("n.b", 0), ("n.b", 1)}


@pytest.mark.parametrize(("total", "count", "places"), [(10, 3, [0, 4, 9]), (2, 5, [0, 1]), (1, 3, [0]), (7, 1, [0])])
def test_those_that_are_tried_are_spread_over_the_list(total: int, count: int, places: list[int]) -> None:
    """The first and the last one among them, none twice."""
    assert places_of(total, count) == places


@pytest.mark.parametrize("level", [1, 2, 3])
def test_on_paper_every_blank_is_there_and_marks_are_together(level: int, tmp_path: Path) -> None:
    """The live marks, which say nothing on paper, are left out where that lets the whole layer stand on its page."""
    made = exercise_of("lstm", tmp_path, ExercisePlan(level=level))
    book = openpyxl.load_workbook(made.blank)
    blanks = [blank for blank in made.key.blanks if blank.mark is not None and blank.cell.sheet == "lstm"]
    area = parse_range(book["lstm"].print_area or book["lstm"].dimensions)

    assert blanks
    assert all(area.holds(blank.cell.top, blank.cell.left) for blank in blanks)
    assert len({area.holds(blank.mark.top, blank.mark.left) for blank in blanks}) == 1
    headers = {cell.value for row in book["lstm"].iter_rows() for cell in row if "right?" in str(cell.value)}
    assert (
        headers == {1: {"right?\nt = 1", "right?\nt = 2"}, 2: {"right?"}, 3: {"right?\nt = 1", "right?\nt = 2"}}[level]
    )
