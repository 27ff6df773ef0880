"""The stages of a check one by one, on the small workbook: what is seen, given, compared, explained, counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from small_book import Change, SmallBook

from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.verdicts import compare
from xlcheck.verdicts.desired_formula import Wanted, desired_formula
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.allowed import allow
from xlcheck.verdicts.generated.edited_inputs import Given, read_given
from xlcheck.verdicts.generated.epochs import without_tables
from xlcheck.verdicts.generated.filled_columns import find_copy, find_filled, judge_filled
from xlcheck.verdicts.generated.observe import Observation, observe
from xlcheck.verdicts.generated.perturbation import Perturbed, with_other_numbers
from xlcheck.verdicts.generated.second_opinion import SecondOpinion
from xlcheck.verdicts.generated.summary import Judged, part_of
from xlcheck.verdicts.helpers import judge_helper
from xlcheck.verdicts.judge import CARRIED, ROOT
from xlcheck.verdicts.mistakes import forward
from xlcheck.verdicts.mistakes.explain import Mistakes, WrongCell
from xlcheck.verdicts.mistakes.products import products
from xlcheck.verdicts.mistakes.trials import same_function
from xlcheck.verdicts.operands import Operands, forms
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.readers_view import reservations
from xlcheck.verdicts.recalculate import Reading
from xlcheck.verdicts.report import Kind, Status
from xlcheck.verdicts.results import kind_of, quantity_results
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.bindings import Copy, FilledHelper
from xlcheck.workbook.cell_codes import code_of
from xlcheck.workbook.content import Cell, CellError, NotEvaluated, SheetContent, Value, WorkbookContent
from xlcheck.workbook.epoch_table import EpochTable
from xlcheck.workbook.reader import read_workbook

EXACT = Tolerance(1e-12)


@dataclass(frozen=True)
class Seen:
    """The small workbook with some cells changed, as far as an engine and the manifest say what stands in it."""

    book: SmallBook
    content: WorkbookContent
    formulas: FormulaCells
    seen: Observation
    given: Given

    def judged(self, tolerance: Tolerance = EXACT) -> Judged:
        """The verdict on every cell."""
        graph = self.book.graph
        computed = [s for s in self.seen.sightings if graph[s.placement.quantity].expr is not None]
        every = [*self.given.sightings, *computed]
        settings = self.seen.settings
        verdicts = compare.compare(graph, every, self.book.trace.values, tolerance, settings, self.formulas.reads)
        helpers = [
            judge_helper(
                h, self.formulas.text(c.sheet, c.code), c.values, settings, tolerance.limit(1.0), only_local=False
            )
            for h, c in self.seen.helpers
        ]
        return Judged(graph, verdicts, helpers, [], self.seen, self.formulas, tolerance)


See = Callable[[Mapping[str, Change]], Seen]


@pytest.fixture
def see(small_book: SmallBook, tmp_path: Path) -> See:
    """A function that saves the small workbook with some cells changed, and lets ironcalc recalculate it."""

    def see(changes: Mapping[str, Change]) -> Seen:
        path = tmp_path / "small.xlsx"
        small_book.write(path, changes)
        content, manifest, graph = read_workbook(path), small_book.manifest(), small_book.graph
        formulas = FormulaCells(content)
        seen = observe(content, manifest, graph, formulas, engine("ironcalc").open(str(path)), "ironcalc")
        given = [s for s in seen.sightings if graph[s.placement.quantity].expr is None]
        return Seen(
            small_book, content, formulas, seen,
            read_given(graph, given, manifest.trace, seen.settings, formulas, seen.changed),
        )  # fmt: skip

    return see


def test_every_cell_is_seen_for_every_sample(see: See) -> None:
    """The selector is set to each sample, the one that was saved is known, and a stray formula is noted."""
    found = see({"Net!H9": "=Net!D9*2"}).seen

    assert list(found.settings) == [0, 1]
    assert found.saved == 0
    h = next(s for s in found.sightings if s.placement.quantity == "rnn.h[1]" and s.placement.sample is None)
    assert h.numbers.shape == (2, 2)
    assert not np.array_equal(h.numbers[0], h.numbers[1])
    assert [(cell.sheet, cell.code) for cell in found.unbound] == [("Net", code_of(parse_range("Net!H9")))]


def test_what_was_typed_over_is_an_edit_and_a_spoilt_look_up_is_none(see: See) -> None:
    """An input that was typed anew is given to the network as it is; a look-up of another cell is a mistake."""
    edited = see({"Data!A3": 1.5}).given
    spoilt = see({"Net!C2": "=INDEX(Data!$B$3:$B$4,Data!$B$1)"}).given

    assert [(edit.quantity, edit.cell, edit.actual, edit.desired) for edit in edited.edits] == [
        ("input.x[0][0]", "A3", 1.5, 1.0)
    ]
    assert edited.values["input.x[0]"][0, 0] == 1.5
    assert not spoilt.edits
    assert [s.as_written.all() for s in spoilt.sightings if s.placement.quantity == "input.x[0]"].count(False) >= 1


@pytest.mark.parametrize("changes", [{}, {"Net!D9": "=TANH(D7)+1E-9"}])
def test_the_quick_answer_is_the_slow_one(
    changes: Mapping[str, Change], see: See, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every cell agrees, comparing all at once gives what quantity by quantity gives; else it gives nothing."""
    found = see(changes)
    sightings, desired, settings = found.seen.sightings, found.book.trace.values, found.seen.settings
    quick = compare.full_agreement(found.book.graph, sightings, desired, EXACT, settings)
    monkeypatch.setattr(compare, "full_agreement", lambda *_: None)
    slow = compare.compare(found.book.graph, sightings, desired, EXACT, settings)

    assert (quick is None) == bool(changes)
    if quick is not None:
        assert [v.sighting for v in quick] == [v.sighting for v in slow]
        for a, b in zip(quick, slow, strict=True):
            np.testing.assert_array_equal(a.desired, b.desired)
            np.testing.assert_array_equal(a.status, b.status)
            assert a.scale == b.scale


def test_a_showing_that_reads_another_one_is_carried(see: See) -> None:
    """Of two showings of a quantity, the one that only fetches the other's wrong value is not wrong in itself."""
    found = see({"All!C9": "=TANH(C7)*2", "Net!C9": "=All!C9", "Net!C10": "=All!C10"})
    verdicts = {(v.placement.sheet, v.placement.sample): v for v in found.judged().verdicts
                if v.placement.quantity == "rnn.h[0]"}  # fmt: skip
    fetched = verdicts["Net", None]

    assert verdicts["All", 0].status[0].tolist()[0] == ROOT
    assert fetched.status[0].tolist()[0] == CARRIED
    alone = replace(fetched, status=np.full_like(fetched.status, ROOT))
    operands = Operands(found.book.graph, [fetched.sighting], found.book.trace.values, found.seen.settings)
    compare.forgive_copies(alone, operands, found.formulas.reads, is_given=False)
    assert (alone.status == ROOT).all()  # nothing else shows it


def test_a_wider_tolerance_excuses_what_shows_the_difference(see: See) -> None:
    """Where a difference is allowed, the workbook's own comparison shows it, and its formulas are right still."""
    found = see({"Net!D9": "=TANH(D7)+1E-9", "Net!D10": "=TANH(D8)"})
    judged = found.judged(Tolerance(1e-6))
    blamed = {str(v.helper.cell) for v in judged.helpers if v.status is not Status.AGREE}
    excused = {str(v.helper.cell) for v in allow(judged, (), EXACT).helpers if v.status is not Status.AGREE}

    assert blamed == {"Check!B2"}
    assert excused == set()
    strict = found.judged()
    assert allow(strict, (), EXACT) is strict  # nothing differs that was allowed


def test_every_form_of_an_expression_is_the_same_number() -> None:
    """A loss may be written with its logits or with its probabilities; whoever follows a cell tries both."""
    drawn = np.random.default_rng(2)
    z, y = drawn.normal(size=(5, 3)), np.eye(3)[drawn.integers(0, 3, 5)]
    values = {"z": z, "y": y}
    z_, y_ = ex.Ref("z"), ex.Ref("y")
    for expr in (
        ex.BinaryCrossentropy(y_, ex.Sigmoid(z_), z_), ex.CategoricalCrossentropy(y_, ex.Softmax(z_), z_), ex.Tanh(z_)
    ):  # fmt: skip
        for form in forms(expr):
            np.testing.assert_allclose(value_of(form, values), value_of(expr, values), rtol=1e-12)


def test_functions_are_the_same_where_they_are_numbers_together() -> None:
    """Equal to the last digits wherever both are numbers, errors in the same trials, and one number at least."""
    nan = float("nan")

    assert same_function(np.array([1.0, nan, 1e9]), np.array([1.0 + 1e-14, nan, 1e9]))
    assert not same_function(np.array([1.0, 2.0]), np.array([1.0, 2.001]))
    assert not same_function(np.array([1.0, nan]), np.array([1.0, 2.0]))
    assert not same_function(np.array([nan, nan]), np.array([nan, nan]))


def wrong(found: Seen, where: str) -> tuple[Quantity, WrongCell, Verdicts, Judged]:
    """The cell of the network for the selected sample, and its verdict."""
    judged, cell = found.judged(), parse_range(where)
    verdicts = next(
        v for v in judged.verdicts if code_of(cell) in v.placement.codes and v.placement.sheet == cell.sheet
    )
    column = int(np.flatnonzero(verdicts.placement.codes == code_of(cell))[0])
    q = found.book.graph[verdicts.placement.quantity]
    numbers = verdicts.sighting.numbers[:, column]
    own = WrongCell(
        column, int(verdicts.placement.elements[column]), numbers, cell.sheet, code_of(cell), None,
        found.formulas.text(cell.sheet, code_of(cell)) or "", np.zeros(len(numbers), dtype=bool),
    )  # fmt: skip
    return q, own, verdicts, judged


def test_what_spills_from_a_single_cell_is_that_cell(see: See) -> None:
    """`C9#` of a cell whose formula does not spill is the cell itself, and of an empty one nothing."""
    trials, code = see({}).judged().trials, code_of(parse_range("Net!H1"))
    spilled, cell, empty = (trials.of_formula(text, "Net", code, None) for text in ("SUM(C9#)", "C9", "SUM(J1#)"))

    assert same_function(spilled, cell)
    assert not empty.any()


@pytest.mark.parametrize(
    ("changes", "where", "formula"),
    [
        ({"Net!D5": "=SUMPRODUCT(C9:C10,Weights!$C$4:$C$5)"}, "Net!D5", "=SUMPRODUCT(C9:C10,Weights!$B$4:$B$5)"),
        ({"Net!D9": "=ROUND(TANH(D7),3)"}, "Net!D9", "=TANH(D7)"),
        ({"Net!D7": "=D3+D5"}, "Net!D7", "=D3+D5+Weights!$B$7"),
    ],
)
def test_the_formula_that_should_stand_there(changes: Mapping[str, Change], where: str, formula: str, see: See) -> None:
    """It is that of a cell beside, filled over this one, or its own without rounding; never another function."""
    found = see(changes)
    q, own, _, judged = wrong(found, where)
    wanted = Wanted(q, own.element, own.sheet, own.code, None)

    assert desired_formula(wanted, judged.trials) == formula
    assert desired_formula(replace(wanted, q=found.book.graph["input.x[0]"]), judged.trials) is None


def test_a_mistake_is_named_if_it_is_the_formula(see: See) -> None:
    """The other column of the kernel is one; a number that only happens to be the same for these samples is none."""
    found = see({"Net!D5": "=C9*Weights!$B$4+C10*Weights!$C$4"})
    q, own, verdicts, judged = wrong(found, "Net!D5")
    assert verdicts.follow is not None
    mistakes = Mistakes(q, found.book.graph, verdicts.follow, EXACT, judged.trials)
    diagnosis = mistakes.explain(own)

    assert diagnosis is not None
    assert diagnosis.name == "kernel-transposed"
    assert mistakes.explain(replace(own, formula=f"={own.actual[0]:.17g}")) is None
    assert q.expr is not None
    assert "range-too-short" in {name for name, _, _ in products(forward.Mistakes(found.book.graph, q), q.expr, 0)}


def test_each_result_says_what_stands_there_and_what_should(see: See) -> None:
    """A root has the oracle's value, the one that follows from its operands, and its formula."""
    judged = see({"Net!D9": "=TANH(D7)*2"}).judged()
    verdicts = next(v for v in judged.verdicts if v.status.max() == ROOT)
    (cell,) = (found.describe() for found in quantity_results(verdicts, judged.graph, judged.formulas, [0, 1], EXACT)
               if found.status is Status.ROOT)  # fmt: skip
    part = part_of(judged, oracle="keras float64", samples=2, compare_weights=False)

    assert (cell.sheet, cell.cell, cell.kind, cell.formula) == ("Net", "D9", Kind.VALUE, "=TANH(D7)*2")
    assert cell.desired == cell.desired_from_precedents == pytest.approx(cell.actual / 2, rel=1e-15)
    assert next((found.sheet, found.status) for found in part.results) == ("Net", Status.ROOT)


@pytest.mark.parametrize(
    ("value", "is_formula", "kind"),
    [
        (None, True, Kind.MISSING), (1.0, False, Kind.NOT_A_FORMULA), (CellError("#DIV/0!"), True, Kind.EXCEL_ERROR),
        (float("inf"), True, Kind.NOT_FINITE), (1.0, True, Kind.VALUE), (NotEvaluated("?"), True, Kind.VALUE),
    ],
)  # fmt: skip
def test_kinds_of_wrong_cells(value: Value, is_formula: bool, kind: Kind) -> None:
    """An empty cell comes before a typed number, a typed number before an error, an error before a wrong value."""
    assert kind_of(value, is_formula=is_formula) is kind


def column(cells: Sequence[str | None]) -> FormulaCells:
    """Formulas one below the other, from A1 on, on a worksheet S."""
    found = {(row, 0): Cell(None, text) for row, text in enumerate(cells) if text is not None}
    return FormulaCells(WorkbookContent(Path("x.xlsx"), {"S": SheetContent("S", "visible", found)}))


def test_a_filled_column_is_judged_cell_by_cell() -> None:
    """Each cell holds the first one's formula, moved down, in whatever spelling, and the value that it should have."""
    helper = FilledHelper(parse_range("S!A1:A3"), "B1*2", (0.0,))
    written = column(["B1*2", "2*B2", None])
    found = find_filled(helper, written)
    reading = Reading(helper.area, np.array([[0.0, 0.0, 0.0]]), {})
    verdict = judge_filled(found, reading, written, [0], 1e-12, only_local=False)

    assert found.written == ["B1*2", "B2*2", "B3*2"]
    assert found.is_formula.tolist() == [True, True, False]
    assert [str(v.helper.cell) for v in verdict.wrong][-1].endswith("A3")
    off = replace(reading, numbers=np.array([[0.0, 0.5, 0.0]]))
    assert judge_filled(found, off, written, [0], 1e-12, only_local=False).error == 0.5


def test_a_copy_refers_to_where_its_band_stands() -> None:
    """Every unit of every step, one below the other."""
    members = [Quantity(Band("rnn", "h", Role.STATE, "h"), t, (2,)) for t in range(2)]
    places = {"rnn.h[0]": parse_range("Net!C9:C10"), "rnn.h[1]": parse_range("Net!D9:D10")}
    found = find_copy(
        Copy(parse_range("S!A1:A4"), "rnn.h"), column(["Net!C9", "Net!C10", "Net!D9", "Net!D9"]), members, places
    )

    assert found.written == ["Net!C9", "Net!C10", "Net!D9", "Net!D10"]
    assert found.as_written.tolist() == [True, True, True, False]


def test_tables_are_taken_out_and_nothing_else() -> None:
    """The cells of a table of epochs are judged by themselves; what stands above it or beside stays."""
    cells = {(row, col): Cell(float(row)) for row in range(4) for col in range(3)}
    content = WorkbookContent(Path("x.xlsx"), {"S": SheetContent("S", "visible", cells)})
    table = EpochTable(Range("S", 1, 0, 2, 2), {"a": 0, "b": 2}, {}, {}, 1)

    left = without_tables(content, [table]).sheets["S"].cells

    assert set(left) == {(row, col) for row, col in cells if not (row in (1, 2) and col in (0, 2))}


@pytest.mark.parametrize(
    ("changes", "wrong"), [({}, set()), ({"Net!C5": "=SUMPRODUCT(B9:B10,Weights!$C$4:$C$5)"}, {"C5"})]
)
def test_other_numbers_find_what_is_right_by_chance(
    changes: Mapping[str, Change], wrong: set[str], see: See, small_book: SmallBook
) -> None:
    """The first state is 0, so that another column of weights gives the same; with other states it does not."""
    found = see(changes)
    session = engine("ironcalc").open(found.content.path)
    numbers = Perturbed(
        session, small_book.manifest(), small_book.graph, found.formulas, found.formulas, found.seen.sightings,
        found.given.values, [0], frozenset(), Tolerance(1e-14),
        SecondOpinion(found.content.path, "ironcalc", found.formulas, None),
    )  # fmt: skip
    cells = numbers.wrong(1)
    *_, part = with_other_numbers([], cells, 1)

    assert {cell.describe().cell for cell in cells if cell.status is Status.ROOT} == wrong
    assert len(part.results) == len(cells)
    assert part.notes


def test_a_reader_may_see_something_else(see: See) -> None:
    """Where Excel shows what is stored and nobody could compare it, a check is not complete; else nothing is said."""
    content = see({}).content
    kept = replace(content, calculation=replace(content.calculation, on_load=False))

    assert not list(reservations(content, engine("ironcalc"), built=True))
    assert any("could not be compared" in text for text in reservations(kept, engine("ironcalc"), compared=False))
