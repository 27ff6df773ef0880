"""The check of a generated workbook, end to end on saved files: one planted fault at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_book import Checker, SmallBook, cells, recompute
from workbook_parts import edited

from xlcheck import api
from xlcheck.engines import engine
from xlcheck.errors import ModelError
from xlcheck.graph.trace import Trace
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.report import Kind, Status
from xlcheck.workbook.container import Container
from xlcheck.workbook.reader import _parse, read_workbook

# Everything that depends on the hidden state of the first step, unit 1, of the selected sample.
AFTER_H0 = {
    "Net!D5", "Net!D6", "Net!D7", "Net!D8", "Net!D9", "Net!D10", "Net!D12", "Net!D13", "Net!D15",
    "Check!A1", "Check!A2", "Check!B2",
}  # fmt: skip


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


def test_what_the_model_does_not_know_is_said_of_its_file(small_book: SmallBook, tmp_path: Path) -> None:
    """A number in the place of an input may be one with which the model cannot be asked."""
    small_book.write(tmp_path / "small.xlsx", {"Weights!C7": 0.5})

    def refuse(*_: object) -> Trace:
        raise ModelError("input 'words' holds 6")

    with pytest.raises(ModelError, match=r"small\.xlsx: input 'words' holds 6"):
        check_content(read_workbook(tmp_path / "small.xlsx"), engine("ironcalc"), recompute=refuse)


SUM_OF_PRODUCTS = {"Net!D12": "=SUM(D9:D10*Weights!$B$9:$B$10)+Weights!$B$12"}


@pytest.mark.parametrize("engine_name", ["ironcalc", "cellrune"])
def test_no_engine_is_believed_that_reads_ranges_where_excel_reads_cells(
    small_book: SmallBook, tmp_path: Path, engine_name: str
) -> None:
    """A sum of products that is no array formula is #VALUE! in Excel: its right number in these engines is no pass."""
    path = tmp_path / "small.xlsx"
    small_book.write(path, SUM_OF_PRODUCTS)
    report = check_content(read_workbook(path), engine(engine_name))

    assert report.exit_code == 3
    assert cells(report, Status.NOT_EVALUATED) == {"Net!D12"}
    assert report.counts.root == report.counts.carried == 0


@pytest.mark.formulon
def test_the_engine_that_follows_excel_calls_them_wrong(small_book: SmallBook, tmp_path: Path) -> None:
    """It gives the error that a reader would see, in the one cell that is wrong in itself."""
    path = tmp_path / "small.xlsx"
    small_book.write(path, SUM_OF_PRODUCTS)

    assert cells(check_content(read_workbook(path), engine("formulon")), Status.ROOT) == {"Net!D12"}


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
    assert report.roots[0].sample == 2
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
    assert report.roots[0].sample == 2


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
    assert report.gaps == report.notes[:1]
    many = check_small({f"Net!H{row}": "=1+1" for row in range(20, 25)})
    assert (
        "5 formulas on worksheets that xlcheck made (Net!H20, Net!H21, Net!H22 and 2 more) belong to" in many.notes[0]
    )


def test_a_formula_on_a_worksheet_that_had_none_is_no_pass(tmp_path: Path) -> None:
    """On the sheet of answers, which are words, nobody can tell it from what xlcheck wrote there."""
    cell = b'<row r="400"><c r="C400"><f>1+1</f><v>2</v></c></row></sheetData>'
    lesson = Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"
    path = edited(
        lesson, tmp_path / "lstm.xlsx", "xl/worksheets/sheet14.xml", lambda xml: xml.replace(b"</sheetData>", cell)
    )
    report = api.check(path)

    assert (report.exit_code, report.counts.stray) == (3, 1)
    assert "worksheets that xlcheck made (Answers!C400) belongs to nothing" in report.notes[0]


def test_several_roots_come_in_calculation_order(check_small: Checker) -> None:
    """Roots lead the list, in the order in which the network computes them, helpers last."""
    report = check_small({"Check!A2": "=5", "Net!D9": "=TANH(D7)+1", "Net!C3": "=C2", "All!C10": "=TANH(C8)+1"})

    statuses = [c.status for c in report.cells]
    assert [f"{c.sheet}!{c.cell}" for c in report.roots] == ["Net!C3", "All!C10", "Net!D9", "Check!A2"]
    assert statuses == sorted(statuses, key=[Status.ROOT, Status.CARRIED].index)


@pytest.mark.parametrize(
    "formula",
    ["=TANH(D7)+0*SUM(C9:C10*1)", "=(TANH(D7)+0)%*100", "=TANH(D7)+0*SUMPRODUCT(EXP(C9:C10))", "=TANH(D7)*ERF(30)"],
)
def test_what_the_engine_computes_otherwise_than_excel_has_no_verdict(check_small: Checker, formula: str) -> None:
    """A formula of such a form, right in Excel or not, is neither passed nor accused, nor is what reads it."""
    report = check_small({"Net!D9": formula})

    assert not report.roots
    assert cells(report, Status.NOT_EVALUATED) == {"Net!D9"}
    assert report.exit_code == 3


def test_large_worksheets_of_constants_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine hands over the weights that stand there; reading half a million takes a third of a check's time."""
    read: list[str] = []

    def noted(container: Container, name: str, *more: Any) -> Any:
        read.append(name)
        return _parse(container, name, *more)

    monkeypatch.setattr("xlcheck.workbook.formula_facts._SMALL", 2**10)
    monkeypatch.setattr("xlcheck.workbook.reader._parse", noted)

    assert api.check(Path(__file__).parents[2] / "workbooks" / "lstm.xlsx").ok
    assert "lstm" in read
    assert "Weights" not in read
