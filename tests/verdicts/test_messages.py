"""The sentences of a report: what a learner reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xlcheck.graph.expressions import Ref, Tanh
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.verdicts.diagnose import diagnose
from xlcheck.verdicts.messages import helper_message, quantity_message, show, show_apart, stale_message, title
from xlcheck.verdicts.report import Kind, Status
from xlcheck.workbook.content import CellError, NotEvaluated, Value

H = Quantity(Band("rnn", "h", Role.STATE, "hₜ", "tanh(zₜ)", "The new hidden state."), 1, (2,), Tanh(Ref("rnn.z[1]")))
X = Quantity(Band("input", "x", Role.INPUT, "xₜ", "", "What the network reads."), 0, (1,))
KERNEL = Quantity(Band("rnn", "kernel", Role.WEIGHT, "kernel"), None, (2, 3))
Y = Quantity(Band("dense", "y", Role.OUTPUT), None, (1,), Tanh(Ref("dense.z")))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"), (True, "TRUE"), (0.1234567, "0.123457"), (2.0, "2"), ("very", '"very"'),
        (CellError("#N/A"), "#N/A"), (NotEvaluated("why"), "nothing"),
    ],
)  # fmt: skip
def test_values_in_a_sentence(value: Value, text: str) -> None:
    """Six digits, texts in quotes, errors as Excel writes them."""
    assert show(value) == text


@pytest.mark.parametrize(
    ("actual", "desired", "shown"),
    [
        (0.5, 0.5, ("0.5", "0.5")),
        (0.5, 0.75, ("0.5", "0.75")),
        (1.0062218914, 1.0062218904, ("1.0062218914", "1.0062218904")),
        (0.1, 0.10000000000000002, ("0.1", "0.10000000000000002")),
        ("a", 0.5, ('"a"', "0.5")),
        (float("nan"), 0.5, ("nan", "0.5")),
    ],
)
def test_two_values_are_told_apart(actual: Value, desired: Value, shown: tuple[str, str]) -> None:
    """As many digits as it takes to see the difference, and no more than it takes to see its size."""
    assert show_apart(actual, desired) == shown


def test_elements_are_named_as_on_the_worksheet() -> None:
    """Steps, units, rows and columns count from 1 for readers; what there is only one of has no number."""
    assert title(H, 0) == "hₜ of rnn, step 2, unit 1"
    assert title(X, 0) == "xₜ of input, step 1"
    assert title(KERNEL, 4) == "kernel of rnn, row 2, column 2"
    assert title(Y, 0) == "y of dense"


@pytest.mark.parametrize(
    ("q", "status", "kind", "actual", "sentence"),
    [
        (H, Status.ROOT, Kind.VALUE, 0.5,
         "hₜ of rnn, step 2, unit 1 (the new hidden state) should be tanh(zₜ) = 0.25, but the cell gives 0.5."),
        (H, Status.ROOT, Kind.NOT_A_FORMULA, 0.25,
         "0.25 is a constant that follows no change of inputs or weights; hₜ of rnn, step 2, unit 1 (the new hidden "
         "state) should be computed here: tanh(zₜ) = 0.25."),
        (X, Status.ROOT, Kind.NOT_A_FORMULA, 3.0,
         "3 is a constant where a formula should look up xₜ of input, step 1 (what the network reads): 0.25."),
        (H, Status.ROOT, Kind.MISSING, None,
         "The cell is empty; hₜ of rnn, step 2, unit 1 (the new hidden state) should stand here: tanh(zₜ) = 0.25."),
        (H, Status.ROOT, Kind.EXCEL_ERROR, CellError("#NUM!"),
         "hₜ of rnn, step 2, unit 1 (the new hidden state) should be tanh(zₜ) = 0.25, but the formula gives the error "
         "#NUM!: a number in it is too large for a cell, or has no root or logarithm."),
        (H, Status.ROOT, Kind.NOT_FINITE, float("inf"),
         "hₜ of rnn, step 2, unit 1 (the new hidden state) should be tanh(zₜ) = 0.25, but the formula gives no finite "
         "number."),
        (H, Status.CARRIED, Kind.VALUE, 0.5,
         "hₜ of rnn, step 2, unit 1 is 0.5 instead of 0.25 because a cell before it is wrong; its own formula "
         "is right."),
        (H, Status.NOT_EVALUATED, Kind.VALUE, NotEvaluated("the engine does not know F"),
         "hₜ of rnn, step 2, unit 1 was not checked: the engine does not know F."),
        (Y, Status.ROOT, Kind.VALUE, 0.5, "y of dense should be 0.25, but the cell gives 0.5."),
        (replace(H, band=replace(H.band, equation="0", meaning="Before all, it is empty.")), Status.ROOT, Kind.VALUE,
         0.5, "hₜ of rnn, step 2, unit 1 should be 0.25, but the cell gives 0.5."),
    ],
)  # fmt: skip
def test_one_sentence_for_each_kind_of_mistake(
    q: Quantity, status: Status, kind: Kind, actual: Value, sentence: str
) -> None:
    """What should stand there and why, and what does."""
    assert quantity_message(q, 0, status, kind, actual, 0.25) == sentence


@pytest.mark.parametrize(
    ("status", "kind", "actual", "desired", "sentence"),
    [
        (Status.ROOT, Kind.VALUE, 2.0, 0.0,
         "This cell gives 2 instead of 0; its formula was =A1-B1 when the workbook was built."),
        (Status.ROOT, Kind.VALUE, 2.0, None, "This cell gives 2; its formula was =A1-B1 when the workbook was built."),
        (Status.ROOT, Kind.MISSING, None, 0.0, "The cell is empty; the formula =A1-B1 should stand here."),
        (Status.ROOT, Kind.NOT_A_FORMULA, 0.0, 0.0,
         "0 is typed in as a constant where the formula =A1-B1 should stand."),
        (Status.CARRIED, Kind.VALUE, "✗", "✓",
         'This cell shows "✗" instead of "✓" because a cell it reads is wrong; its own formula is unchanged.'),
        (Status.NOT_EVALUATED, Kind.VALUE, NotEvaluated("no answer"), 0.0, "This cell was not checked: no answer."),
    ],
)  # fmt: skip
def test_one_sentence_for_each_other_formula(
    status: Status, kind: Kind, actual: Value, desired: Value, sentence: str
) -> None:
    """For a look-up, a difference or a verdict its formula is what it should be."""
    assert helper_message("A1-B1", status, kind, actual, desired) == sentence


def test_stored_values_are_explained() -> None:
    """It is said who sees the stored value: LibreOffice always, Excel unless it is told to calculate."""
    assert stale_message(999.25, 0.5) == (
        "The file stores 999.25 for this cell, but its formula gives 0.5; LibreOffice and programs that do not "
        "calculate show the stored value."
    )
    assert stale_message(999.25, 0.5, is_shown=True) == (
        "The file stores 999.25 for this cell, but its formula gives 0.5; the file does not tell Excel to calculate "
        "when it is opened, so a reader sees the stored value."
    )


def test_named_diagnoses() -> None:
    """A typed constant and a look-up that finds nothing have names; what nobody recognises has none."""
    typed = diagnose(H, 0, Kind.NOT_A_FORMULA, 0.25, 0.25, is_formula=False)
    lost = diagnose(X, 0, Kind.EXCEL_ERROR, CellError("#N/A"), 1.0, is_formula=True)

    assert typed is not None
    assert lost is not None
    assert (typed.name, lost.name) == ("constant-over-formula", "nothing-found")
    assert "is not in its list" in lost.message
    assert diagnose(H, 0, Kind.VALUE, 0.5, 0.25, is_formula=True) is None
