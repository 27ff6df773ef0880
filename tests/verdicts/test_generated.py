"""The check of a generated workbook, end to end on saved files: one planted fault at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from saving import save_with_libreoffice
from small_book import GIVEN, Change, Checker, SmallBook

from xlcheck.engines import engine
from xlcheck.errors import ModelError, NothingCheckedError, OracleError, WorkbookError
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.layers.forward import forward_graph
from xlcheck.model.model_spec import ModelSpec
from xlcheck.verdicts.generated import check_content
from xlcheck.verdicts.limits import Limit, Patterns
from xlcheck.verdicts.report import CheckReport, Kind, Status
from xlcheck.workbook.manifest import SHEET
from xlcheck.workbook.reader import read_workbook

# Everything that depends on the hidden state of the first step, unit 1, of the selected sample.
AFTER_H0 = {
    "Net!D5", "Net!D6", "Net!D7", "Net!D8", "Net!D9", "Net!D10", "Net!D12", "Net!D13", "Net!D15",
    "Check!A1", "Check!A2", "Check!B2",
}  # fmt: skip


def cells(report: CheckReport, status: Status) -> set[str]:
    """Addresses of the cells with a verdict."""
    return {f"{c.sheet}!{c.cell}" for c in report.cells if c.status is status}


def recompute(spec: ModelSpec, given: Mapping[str, np.ndarray]) -> Trace:
    """Stands in for Keras: what is under test is when it is asked, and with what."""
    return Trace("asked anew", evaluate(forward_graph(spec), given))


def test_a_right_workbook_agrees_in_every_formula_cell(check_small: Checker, small_book: SmallBook) -> None:
    """Every formula cell is checked and agrees for both samples, to the last digits."""
    report = check_small()

    assert report.ok
    assert report.exit_code == 0
    assert report.counts.formula_cells == report.counts.checked == report.counts.agree == len(small_book.formulas)
    assert report.cells == ()
    assert report.notes == ()
    assert report.samples == 2
    assert report.max_abs_error < 1e-15
    assert report.oracle == "keras float64"
    assert report.engine.startswith("ironcalc ")


@pytest.mark.parametrize("engine_name", ["ironcalc", "cellrune"])
def test_engines_agree_on_roots_and_followers(small_book: SmallBook, tmp_path: Path, engine_name: str) -> None:
    """A formula that is off by 1e-9 is the only root; what depends on it is carried; nothing else is named."""
    path = tmp_path / "small.xlsx"
    small_book.write(path, {"Net!C9": "=TANH(C7)+1E-9"})
    report = check_content(read_workbook(path), engine(engine_name))

    assert cells(report, Status.ROOT) == {"Net!C9"}
    assert cells(report, Status.CARRIED) == AFTER_H0
    assert report.counts.agree == len(small_book.formulas) - 1 - len(AFTER_H0)
    assert report.exit_code == 1
    (root,) = report.roots
    assert (root.quantity, root.kind, root.formula) == ("rnn.h[0][0]", Kind.VALUE, "=TANH(C7)+1E-9")
    assert root.desired == root.desired_from_precedents == small_book.trace["rnn.h[0]"][0, 0]


@pytest.mark.parametrize("wrong", ["C7", "TANH(C8)", "TANH(B7)", "TANH(C7)+C3*1E-9"])
def test_every_way_to_be_wrong_is_a_root_in_its_own_cell(check_small: Checker, wrong: str) -> None:
    """No activation, another unit, another step: the cell is the root, whatever its formula reads."""
    report = check_small({"Net!C9": f"={wrong}"})

    assert cells(report, Status.ROOT) == {"Net!C9"}


def test_a_constant_with_the_right_value_is_no_formula(check_small: Checker, small_book: SmallBook) -> None:
    """A formula overwritten by its own value is a root although no value differs for the sample shown."""
    value = float(small_book.trace["rnn.h[0]"][0, 0])
    report = check_small({"Net!C9": value})

    assert cells(report, Status.ROOT) == {"Net!C9"}
    (root,) = report.roots
    assert (root.kind, root.diagnosis) == (Kind.NOT_A_FORMULA, "constant-over-formula")


def test_all_samples_are_evaluated(check_small: Checker, small_book: SmallBook) -> None:
    """A value that is right only for the sample shown is found by selecting the other one."""
    value = float(small_book.trace["rnn.xk[1]"][0, 0])
    report = check_small({"Net!D3": f"={value!r}+0*D2"})

    assert cells(report, Status.ROOT) == {"Net!D3"}
    assert report.roots[0].sample == 1
    assert report.roots[0].actual == value


def test_an_empty_cell_is_missing(check_small: Checker) -> None:
    """What reads an empty cell is carried, whether Excel takes it as 0 or gives an error."""
    report = check_small({"Net!C9": None})

    assert cells(report, Status.ROOT) == {"Net!C9"}
    assert report.roots[0].kind is Kind.MISSING
    assert cells(report, Status.CARRIED) == AFTER_H0


def test_a_text_over_a_formula_is_no_formula(check_small: Checker) -> None:
    """A text is a constant like any other."""
    report = check_small({"Net!C9": "high"})

    assert cells(report, Status.ROOT) == {"Net!C9"}
    assert (report.roots[0].kind, report.roots[0].actual) == (Kind.NOT_A_FORMULA, "high")


def test_an_excel_error_is_a_root_only_where_it_starts(check_small: Checker) -> None:
    """The cell whose operands are numbers is the root; the error then spreads."""
    report = check_small({"Net!C9": "=TANH(C7)/0"})

    assert cells(report, Status.ROOT) == {"Net!C9"}
    assert (report.roots[0].kind, report.roots[0].actual) == (Kind.EXCEL_ERROR, "#DIV/0!")
    carried = {c.kind for c in report.cells if c.status is Status.CARRIED and c.quantity}
    assert carried == {Kind.EXCEL_ERROR}


def test_a_cell_that_cannot_be_computed_never_passes(check_small: Checker) -> None:
    """An unknown function leaves the cell, and what depends on it, without a verdict."""
    report = check_small({"Net!D15": "=NOSUCHFUNCTION(D13)"})

    assert cells(report, Status.NOT_EVALUATED) == {"Net!D15"}
    assert report.counts.checked + 1 == report.counts.formula_cells
    assert not report.ok
    assert report.exit_code == 3


def test_a_loss_that_follows_from_a_wrong_probability_is_carried(check_small: Checker) -> None:
    """A worksheet computes the loss from p, the graph from the logit; either way it is not the root."""
    report = check_small({"Net!D13": "=1/(1+EXP(-D12))+1E-7"})

    assert cells(report, Status.ROOT) == {"Net!D13"}
    assert cells(report, Status.CARRIED) == {"Net!D15"}


def test_a_loss_of_an_impossible_probability_is_carried(check_small: Checker) -> None:
    """The logarithm of 0 is the fault of whoever made the probability 0."""
    report = check_small({"Net!D13": "=0*D12"})

    assert cells(report, Status.ROOT) == {"Net!D13"}


def test_a_fixed_sample_is_judged_against_its_own_values(check_small: Checker) -> None:
    """A fault in the second sample's own computation reaches the mean, and nothing of the selected sample."""
    report = check_small({"All!E9": "=TANH(E7)*1.001"})

    assert cells(report, Status.ROOT) == {"All!E9"}
    assert cells(report, Status.CARRIED) == {
        "All!F5", "All!F6", "All!F7", "All!F8", "All!F9", "All!F10", "All!F12", "All!F13", "All!F15", "All!B16",
    }  # fmt: skip
    assert report.roots[0].sample == 1


def test_a_fixed_sample_that_reads_the_selected_one_is_a_root(check_small: Checker) -> None:
    """A cell of the second sample that reads the selected sample is right only while that is the second."""
    report = check_small({"All!F9": "=TANH(Net!D7)"})

    assert cells(report, Status.ROOT) == {"All!F9"}


def test_a_wrong_mean_over_samples_is_a_root(check_small: Checker) -> None:
    """The mean is recomputed from the losses that stand in the sheet."""
    report = check_small({"All!B16": "=SUM(D15,F15)"})

    assert cells(report, Status.ROOT) == {"All!B16"}
    assert cells(report, Status.CARRIED) == set()


def test_a_wrong_look_up_of_an_input_is_a_root(check_small: Checker) -> None:
    """An input is given, so only its formula's text tells whether the fault is its own."""
    report = check_small({"Net!D2": "=INDEX(Data!$A$3:$A$4,Data!$B$1)"})

    assert cells(report, Status.ROOT) == {"Net!D2"}
    assert report.roots[0].quantity == "input.x[1][0]"
    assert report.edits == ()


def test_a_look_up_overwritten_by_its_value_is_no_formula(check_small: Checker) -> None:
    """A typed input no longer follows the selector."""
    report = check_small({"Net!D2": 2.0})

    assert cells(report, Status.ROOT) == {"Net!D2"}
    assert report.roots[0].kind is Kind.NOT_A_FORMULA


@pytest.mark.parametrize(
    ("cell", "change", "kind"),
    [
        ("Check!A2", "=A1-B1+1", Kind.VALUE),
        ("Check!A2", 0.0, Kind.NOT_A_FORMULA),
        ("Check!B2", "right", Kind.NOT_A_FORMULA),
        ("Check!B2", None, Kind.MISSING),
        ("Check!B1", "=INDEX($D$1:$D$2,1)", Kind.VALUE),
        ("Check!A1", "=1/0", Kind.EXCEL_ERROR),
    ],
)
def test_a_changed_helper_is_a_root(check_small: Checker, cell: str, change: float | str | None, kind: Kind) -> None:
    """A look-up, a difference or a verdict is judged by its value and by the text of its formula."""
    report = check_small({cell: change})

    assert cells(report, Status.ROOT) == {cell}
    assert report.roots[0].kind is kind
    assert report.roots[0].quantity is None


@pytest.mark.parametrize(
    ("cell", "formula", "words"),
    [
        ("Check!B2", '="right"', "its formula was =IF(ABS(A2)<=1E-12"),
        ("Check!B2", '=IF(ABS(A2)<=1E9,"right","wrong")', "its formula was =IF(ABS(A2)<=1E-12"),
        ("Check!A2", "=-(B1-A1)", "its formula was =A1-B1"),
        ("Net!C2", "=INDEX(Data!$A$3:$A$4,1)+Data!$B$1-Data!$B$1", "the formula that looks it up"),
    ],
)
def test_a_helper_that_only_happens_to_be_right_is_a_root(
    check_small: Checker, cell: str, formula: str, words: str
) -> None:
    """A verdict that is always right, a wide tolerance, a look-up that fits: the value agrees, the formula does not."""
    report = check_small({cell: formula, **({"Data!A4": 1.0} if cell == "Net!C2" else {})}, recompute=recompute)

    assert cells(report, Status.ROOT) == {cell}
    assert report.roots[0].kind is Kind.NOT_AS_WRITTEN
    assert words in report.roots[0].message
    assert report.exit_code == 1


def test_another_spelling_of_a_helper_is_the_same_formula(check_small: Checker) -> None:
    """What another program makes of a formula when it saves the file is no change."""
    report = check_small({"Check!B2": '=if( ABS($A$2) <= 0.000000000001,"right","wrong")', "Net!C9": "=TANH(C7)+1"})

    assert cells(report, Status.ROOT) == {"Net!C9"}
    assert "Check!B2" in cells(report, Status.CARRIED)


def test_formulas_on_a_worksheet_of_one_s_own_are_listed_and_do_not_fail(check_small: Checker) -> None:
    """A scratch cell is unbound; it counts as a formula cell but not as checked."""
    report = check_small({"Scratch!H20": "=1+1"})

    assert report.ok
    assert cells(report, Status.UNBOUND) == {"Scratch!H20"}
    assert report.counts.formula_cells == report.counts.checked + 1
    assert (report.counts.unbound, report.counts.stray) == (1, 0)
    assert report.cells[0].actual == 2.0


def test_formulas_that_belong_to_nothing_among_the_network_s_are_no_pass(check_small: Checker) -> None:
    """Who looks at the worksheet cannot tell them from those that were checked, so the check is not complete."""
    report = check_small({"Net!H20": "=1+1", "Check!Z1": "=2+2", "Scratch!A1": "=3+3"})

    assert not report.ok
    assert report.exit_code == 3
    assert cells(report, Status.UNBOUND) == {"Net!H20", "Check!Z1", "Scratch!A1"}
    assert (report.counts.unbound, report.counts.stray) == (3, 2)
    assert report.notes[:1] == (
        "2 formulas on worksheets that xlcheck made (Net!H20, Check!Z1) belong to nothing it knows, so not everything "
        "could be checked; put formulas of your own on a worksheet of your own, or build the workbook again",
    )


def test_several_roots_come_in_calculation_order(check_small: Checker) -> None:
    """Roots lead the list, in the order in which the network computes them, helpers last."""
    report = check_small({"Check!A2": "=5", "Net!D9": "=TANH(D7)+1", "Net!C3": "=C2", "All!C10": "=TANH(C8)+1"})

    statuses = [c.status for c in report.cells]
    assert [f"{c.sheet}!{c.cell}" for c in report.roots] == ["Net!C3", "All!C10", "Net!D9", "Check!A2"]
    assert statuses == sorted(statuses, key=[Status.ROOT, Status.CARRIED].index)


def test_a_stale_stored_value_is_noticed_and_changes_no_verdict(small_book: SmallBook, tmp_path: Path) -> None:
    """The stored value is compared with the recalculated one, never used."""
    path = tmp_path / "stale.xlsx"
    old = small_book.formulas["Net!C9"]
    small_book.write(path, {})
    small_book_with_poison = {**small_book.formulas, "Net!C9": (old[0], 999.25)}
    book = type(small_book)(
        small_book.graph, small_book.trace, small_book.constants, small_book_with_poison, small_book.bindings,
        small_book.helpers,
    )  # fmt: skip
    book.write(path)
    report = check_content(read_workbook(path), engine("ironcalc"))

    assert report.ok
    (stale,) = report.cells
    assert (stale.sheet, stale.cell, stale.kind, stale.status) == ("Net", "C9", Kind.STALE_CACHE, Status.AGREE)
    assert stale.actual == 999.25
    assert report.stale == (stale,)


def test_stored_values_belong_to_the_sample_that_was_shown(small_book: SmallBook, tmp_path: Path) -> None:
    """With the selector at 2 the values stored for the first sample are stale, and no verdict changes."""
    path = tmp_path / "second.xlsx"
    small_book.write(path, {"Data!B1": 2.0})
    report = check_content(read_workbook(path), engine("ironcalc"))

    assert report.ok
    assert "D9" in {c.cell for c in report.stale}
    assert {c.sheet for c in report.stale} == {"Net", "Check"}


def test_a_selector_that_shows_nothing_is_noted(check_small: Checker) -> None:
    """Every sample is evaluated all the same."""
    report = check_small({"Data!B1": 7.0})

    assert report.ok
    assert report.notes == (
        "the cell that selects the sample holds no sample's number, so stored values were not compared",
    )


def test_an_edited_weight_needs_keras(check_small: Checker) -> None:
    """Without anybody to ask, nothing can be said; the message names the cell and what to install."""
    with pytest.raises(
        NothingCheckedError, match=r"Weights!B2 \(rnn.kernel\[0\]\[0\]\) holds 0.75 instead of 0.5"
    ) as error:
        check_small({"Weights!B2": 0.75})

    assert 'pip install "xlcheck[keras]"' in str(error.value)
    assert error.value.exit_code == 3


@pytest.mark.parametrize(
    ("cell", "quantity", "was"),
    [
        ("Weights!C5", "rnn.recurrent_kernel[1][1]", 0.125),
        ("Net!B9", "rnn.h_init[0]", 0.0),
        ("Data!B4", "input.x[1][0]", 3.0),
        ("Data!C3", "target.y[0]", 1.0),
    ],
)
def test_edits_are_compared_with_what_keras_computes_with_them(
    check_small: Checker, cell: str, quantity: str, was: float
) -> None:
    """An edited constant is reported as an edit, and every formula must then agree with the new truth."""
    changes: dict[str, float | str | None] = {cell: 0.3125}
    if cell == "Net!B9":
        changes["All!B9"] = 0.3125
    report = check_small(changes, recompute=recompute)

    assert cells(report, Status.ROOT) == cells(report, Status.CARRIED) == set()
    assert report.ok
    edit = report.edits[-1]
    assert (f"{edit.sheet}!{edit.cell}", edit.quantity, edit.actual, edit.desired) == (cell, quantity, 0.3125, was)
    assert report.oracle == "asked anew"
    assert "Keras was asked anew" in report.notes[-1]


@pytest.mark.parametrize("cell", ["Weights!B2", "Weights!C5", "Data!B4", "Net!B9"])
@pytest.mark.parametrize(
    ("content", "kind"), [(None, Kind.MISSING), ("much", Kind.VALUE), ("=1/0", Kind.EXCEL_ERROR)], ids=str
)
def test_what_is_given_must_be_a_number(check_small: Checker, cell: str, content: Change, kind: Kind) -> None:
    """A weight, an input or a state that is empty, a text or an error is the root, and no edit to ask Keras about."""
    report = check_small({cell: content})

    assert cells(report, Status.ROOT) == {cell}
    assert {root.kind for root in report.roots} == {kind}
    assert report.edits == ()


def test_a_cell_that_only_looks_empty_to_an_engine_is_empty(small_book: SmallBook, tmp_path: Path) -> None:
    """An engine may take a cell that has nothing but a style for 0, and so may Excel; it is a gap all the same."""
    small_book.write(tmp_path / "small.xlsx")
    book = openpyxl.load_workbook(tmp_path / "small.xlsx")
    for cell in ("B7", "B2"):
        book["Weights"][cell].number_format = "0.00"
        book["Weights"][cell].value = None
    book["Net"]["B9"].number_format = "0.00"
    book["Net"]["B9"].value = None  # was 0
    book.save(tmp_path / "gaps.xlsx")
    report = check_content(read_workbook(tmp_path / "gaps.xlsx"), engine("ironcalc"))

    assert cells(report, Status.ROOT) == {"Weights!B7", "Weights!B2", "Net!B9"}


def test_an_edit_is_a_mistake_where_the_workbook_should_be_as_it_was_built(check_small: Checker) -> None:
    """Everything agrees with Keras for the new weight, and the exit code says that it is another workbook."""
    report = check_small({"Weights!B2": 0.75}, recompute=recompute, as_built=True)

    assert report.counts.agree == report.counts.checked
    assert (report.ok, report.exit_code) == (False, 1)
    assert [edit.role for edit in report.edits] == ["weight"]
    assert check_small(as_built=True).ok


def test_faults_are_still_found_after_an_edit(check_small: Checker) -> None:
    """The truth follows the edit, the faults stay."""
    report = check_small({"Weights!B2": 0.75, "Net!C9": "=C7", "Check!A2": 0.0}, recompute=recompute)

    assert cells(report, Status.ROOT) == {"Net!C9", "Check!A2"}


def test_a_look_up_that_only_passes_on_an_edit_is_right(check_small: Checker) -> None:
    """The edited code is one edit, not one more for each formula that shows it."""
    report = check_small({"Data!A3": 2.0}, recompute=recompute)

    assert [e.cell for e in report.edits] == ["A3"]
    assert report.ok


def test_a_weight_that_is_no_number_is_a_root(check_small: Checker) -> None:
    """There is nothing to ask Keras with, so the cell itself is wrong; its followers are carried."""
    report = check_small({"Weights!B2": "half"})

    assert cells(report, Status.ROOT) == {"Weights!B2"}
    assert report.roots[0].actual == "half"
    assert "Net!C3" in cells(report, Status.CARRIED)


def test_a_weight_that_differs_from_the_model_is_a_root(check_small: Checker) -> None:
    """With a model the weights are compared too; everything computed from a wrong one is carried."""
    weights = {name: value for name, value in GIVEN.items() if forward_graph_weight(name)}
    report = check_small({"Weights!B2": 0.75}, recompute=recompute, model_weights=weights)

    assert cells(report, Status.ROOT) == {"Weights!B2"}
    assert report.edits == ()
    assert report.counts.checked == report.counts.formula_cells + 11
    assert "Net!C3" in cells(report, Status.CARRIED)


def test_the_model_of_another_workbook_is_refused(check_small: Checker) -> None:
    """Weights of another shape cannot be compared."""
    with pytest.raises(ModelError, match=r"rnn.kernel has shape \(1, 3\), the workbook's has \(1, 2\)"):
        check_small(recompute=recompute, model_weights={"rnn.kernel": np.zeros((1, 3))})


def test_keras_must_answer_for_every_quantity(check_small: Checker) -> None:
    """An answer with a gap is no oracle."""

    def forgetful(spec: ModelSpec, given: Mapping[str, np.ndarray]) -> Trace:
        values = recompute(spec, given).values
        return Trace("forgetful", {k: v for k, v in values.items() if k != "rnn.z[1]"})

    with pytest.raises(OracleError, match=r"forgetful gave no value for rnn.z\[1\]"):
        check_small({"Weights!B2": 0.75}, recompute=forgetful)


def test_a_workbook_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Without a manifest nobody knows what the cells should hold; the message says what to pass."""
    path = tmp_path / "own.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Mine").write_formula("A1", "=1+1", None, 2)

    with pytest.raises(WorkbookError, match="was not made by xlcheck; pass --bind FILE or --model"):
        check_content(read_workbook(path), engine("ironcalc"))


def test_a_damaged_manifest_is_refused(tmp_path: Path) -> None:
    """What the hidden worksheet says must be whole."""
    path = tmp_path / "damaged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet(SHEET).write_string("A1", '{"format": 1, "spec": {}')

    with pytest.raises(WorkbookError, match=r"hidden worksheet 'xlcheck'.*is damaged.*build the workbook again"):
        check_content(read_workbook(path), engine("ironcalc"))


def test_a_missing_worksheet_is_named(small_book: SmallBook, tmp_path: Path) -> None:
    """A deleted or renamed worksheet is one sentence, not a thousand missing cells."""
    path = tmp_path / "small.xlsx"
    small_book.write(path)
    content = read_workbook(path)
    content = type(content)(path, {k: v for k, v in content.sheets.items() if k != "Check"})

    with pytest.raises(WorkbookError, match="worksheet 'Check' was deleted or renamed"):
        check_content(content, engine("ironcalc"))


def test_constants_that_another_program_rounded_are_no_edits(check_small: Checker) -> None:
    """LibreOffice saves 15 digits; the difference is noted and allowed for, not reported as an edit."""
    report = check_small({"Weights!B2": 0.5 + 4e-15})

    assert report.ok
    assert report.edits == ()
    assert report.notes == (
        "the constants were rounded by the program that saved the file, so 1e-13 is allowed as difference",
    )


def test_tolerances_can_be_set(check_small: Checker) -> None:
    """A larger absolute or relative tolerance lets a small difference pass."""
    fault: dict[str, float | str | None] = {"Net!D13": "=1/(1+EXP(-D12))+1E-9"}

    assert not check_small(fault).ok
    assert check_small(fault, atol=1e-7).ok
    assert check_small(fault, rtol=1e-7).ok


def test_what_shows_an_allowed_difference_is_allowed_too(check_small: Checker, small_book: SmallBook) -> None:
    """The workbook's own comparison is stricter than the caller, and says "wrong"; its formulas are right."""
    fault: dict[str, float | str | None] = {"Net!D9": "=TANH(D7)+1E-9"}
    strict = check_small(fault)
    allowed = check_small(fault, atol=1e-7)

    assert {"Check!A2", "Check!B2"} <= cells(strict, Status.CARRIED)
    assert allowed.ok
    assert allowed.counts.agree == len(small_book.formulas)
    assert 1e-9 < allowed.max_abs_error < 2e-9


@pytest.mark.parametrize("fault", [{"Check!D1": 0.5}, {"Check!B2": '="wrong"'}, {"Net!C9": "=TANH(C7)+1E-3"}])
def test_an_allowed_difference_excuses_nothing_else(check_small: Checker, fault: dict[str, Change]) -> None:
    """Another constant, another formula or a larger difference is as wrong as without a tolerance."""
    near: dict[str, Change] = {"Net!D13": "=1/(1+EXP(-D12))+1E-9"}
    report = check_small(near | fault, atol=1e-7)

    assert cells(report, Status.ROOT) == cells(check_small(fault), Status.ROOT)
    assert cells(report, Status.CARRIED) >= cells(check_small(fault), Status.CARRIED) - {"Check!B2"}
    assert not report.ok


@pytest.mark.parametrize(
    ("tolerances", "roots", "carried"),
    [
        ({"dense.y": Limit(1e-7)}, set(), {"Net!D15"}),
        ({"dense.?": Limit(1e-7), "loss.*": Limit(1e-7)}, set(), set()),
        ({"*": Limit(1e-7), "dense.y": Limit(1e-10)}, {"Net!D13"}, set()),
        ({"rnn.*": Limit(1e-7)}, {"Net!D13"}, {"Net!D15"}),
    ],
)
def test_tolerances_of_some_quantities(
    check_small: Checker, tolerances: Patterns, roots: set[str], carried: set[str]
) -> None:
    """Only what fits the pattern may differ; what follows from it has the limits of its own name."""
    report = check_small({"Net!D13": "=1/(1+EXP(-D12))+1E-9"}, tolerances=tolerances)
    wide = check_small({"Net!D13": "=1/(1+EXP(-D12))+1E-9"}, atol=1e-7, tolerances={"dense.y": Limit(1e-10)})

    assert cells(wide, Status.ROOT) == {"Net!D13"}
    assert cells(report, Status.ROOT) == roots
    assert cells(report, Status.CARRIED) == carried
    assert report.ok is not bool(roots | carried)


def test_links_to_other_files_are_reported(small_book: SmallBook, tmp_path: Path) -> None:
    """They are never followed, and never passed over in silence."""
    path = tmp_path / "small.xlsx"
    small_book.write(path)
    content = read_workbook(path)
    linked = type(content)(path, content.sheets, content.names, ("other.xlsx",), ("a note of the reader",))
    report = check_content(linked, engine("ironcalc"))

    assert report.notes == ("a note of the reader", "links to other files were not followed: other.xlsx")


def forward_graph_weight(name: str) -> bool:
    """Whether a given quantity of the small network is a weight."""
    return name.startswith(("rnn.", "dense.")) and not name.endswith("h_init")


@pytest.mark.thorough
@pytest.mark.libreoffice
def test_a_workbook_saved_by_libreoffice_still_agrees(check_small: Checker, tmp_path: Path) -> None:
    """Other spellings, rounded constants and lost layouts change no verdict; nor do they hide a fault."""
    check_small({"All!C9": "=C7"})
    (saved,) = save_with_libreoffice([tmp_path / "small.xlsx"], tmp_path / "saved")
    report = check_content(read_workbook(saved), engine("ironcalc"))

    assert cells(report, Status.ROOT) == {"All!C9"}
    assert report.counts.unbound == 0
    assert report.edits == ()
