"""Generated workbooks that somebody has edited, or another program saved: what is an edit, and what a fault."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from saving import save_with_libreoffice
from small_book import GIVEN, Change, Checker, SmallBook, cells, recompute

from xlcheck.engines import engine
from xlcheck.errors import ModelError, NothingCheckedError, OracleError, WorkbookError, install_command
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.model.model_spec import ModelSpec
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.generated.edited_inputs import Given, read_given
from xlcheck.verdicts.report import Kind, Status
from xlcheck.verdicts.tolerance import Patterns, Tolerance
from xlcheck.workbook.manifest import SHEET
from xlcheck.workbook.reader import read_workbook


@pytest.mark.parametrize("selected", [7.0, 0.0, "first", None])
def test_a_selector_that_shows_nothing_is_no_pass(check_small: Checker, selected: Change) -> None:
    """Every sample is evaluated and right, but whoever opens the file may see errors."""
    report = check_small({"Data!B1": selected})

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations == (
        "Data!B1 selects the sample and holds none of the numbers from 1 to 2, so a reader may see errors, and stored "
        "values were not compared; choose a sample there",
    )


def test_an_edited_weight_needs_keras(check_small: Checker) -> None:
    """Without anybody to ask, nothing can be said; the message names the cell and what to install."""
    with pytest.raises(
        NothingCheckedError, match=r"Weights!B2 \(rnn.kernel\[0\]\[0\]\) holds 0.75 instead of 0.5"
    ) as error:
        check_small({"Weights!B2": 0.75})

    assert f"install it with: {install_command('keras')}" in str(error.value)
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


@pytest.mark.parametrize("cell", ["Weights!B2", "Data!B4"])
def test_what_was_stored_stays_beside_what_was_edited(
    check_small: Checker, cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network reads the edit; the numbers with which the workbook was built are the same as before."""
    kept: list[tuple[Given, Trace, dict[str, np.ndarray]]] = []

    def watched(graph: Graph, sightings: object, trace: Trace, *others: object, **named: object) -> Given:
        before = {name: np.array(values) for name, values in trace.values.items()}
        found = read_given(graph, sightings, trace, *others, **named)
        kept.append((found, trace, before))
        return found

    monkeypatch.setattr("xlcheck.verdicts.generated.check.read_given", watched)
    (edit,) = check_small({cell: 0.3125}, recompute=recompute).edits
    ((found, trace, before),) = kept
    name = "rnn.kernel" if cell == "Weights!B2" else "input.x[1]"

    assert edit.actual in found.values[name]
    assert all(np.array_equal(trace[name], values) for name, values in before.items())


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
        ({"dense.y": Tolerance(1e-7)}, set(), {"Net!D15"}),
        ({"dense.?": Tolerance(1e-7), "loss.*": Tolerance(1e-7)}, set(), set()),
        ({"*": Tolerance(1e-7), "dense.y": Tolerance(1e-10)}, {"Net!D13"}, set()),
        ({"rnn.*": Tolerance(1e-7)}, {"Net!D13"}, {"Net!D15"}),
    ],
)
def test_tolerances_of_some_quantities(
    check_small: Checker, tolerances: Patterns, roots: set[str], carried: set[str]
) -> None:
    """Only what fits the pattern may differ; what follows from it has the limits of its own name."""
    report = check_small({"Net!D13": "=1/(1+EXP(-D12))+1E-9"}, tolerances=tolerances)
    wide = check_small({"Net!D13": "=1/(1+EXP(-D12))+1E-9"}, atol=1e-7, tolerances={"dense.y": Tolerance(1e-10)})

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
