"""A dense network over several samples, as people lay it out: its activations by IF, and formulas that read nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import openpyxl
import pytest
from thorough import part_of

from xlcheck.api import check
from xlcheck.formulas.addresses import column_name

Activation = Callable[[str], str]


def two_layers(path: Path, activation: Activation, **edits: object) -> Path:
    """Three inputs in A:C, four units in A12:I16, two linear outputs in K12:L16, for five samples."""
    draw = Random("two layers")
    book = openpyxl.Workbook()
    sheet = book.active
    for area in ("A3:C7", "F3:I6", "L3:M7"):
        for cell in (cell for row in sheet[area] for cell in row):
            cell.value = round(draw.uniform(-2, 2), 2)
    sheet["E3"], sheet["E6"], sheet["K3"], sheet["K7"] = "W1", "b1", "W2", "b2"
    for row in range(12, 17):
        for unit in range(4):
            w, z = column_name(5 + unit), f"{column_name(unit)}{row}"
            sheet[z] = f"=$A{row - 9}*{w}$3+$B{row - 9}*{w}$4+$C{row - 9}*{w}$5+{w}$6"
            sheet[f"{w}{row}"] = f"={activation(z)}"
        for unit in range(2):
            w = column_name(11 + unit)
            sheet[f"{column_name(10 + unit)}{row}"] = f"=F{row}*{w}$3+G{row}*{w}$4+H{row}*{w}$5+I{row}*{w}$6+{w}$7"
    for cell, value in edits.items():
        sheet[cell] = value
    book.save(path)
    return path


def _tanh(z: str) -> str:
    return f"TANH({z})"


def _leaky(slope: str) -> Activation:
    return lambda z: f"IF({z}>0,{z},{slope}*{z})"


@pytest.mark.parametrize(
    ("activation", "kind"),
    [
        (lambda z: f"IF({z}<0,0,{z})", "relu"),
        (lambda z: f"MAX({z},0)", "relu"),
        (_leaky("0.2"), "leaky_relu"),
        (_tanh, "tanh"),
    ],
)
def test_activations_that_keras_has_are_recognised(tmp_path: Path, activation: Activation, kind: str) -> None:
    """Every formula agrees, and the note names the activation."""
    report = check(two_layers(tmp_path / "w.xlsx", activation))

    assert (report.exit_code, report.counts.agree) == (0, 50)
    assert f"Dense(4, {kind})" in " ".join(report.notes)


@pytest.mark.parametrize(
    ("activation", "code", "said"),
    [
        (_leaky("0.01"), 0, "LeakyReLU(0.01)"),
        (_leaky("0.1"), 0, "LeakyReLU(0.1)"),
        (lambda z: f"IF({z}>=0,1,0)", 0, "step from 0"),
        (lambda z: f"IF({z}>=0.5,1,0)", 3, ""),
    ],
)
def test_an_activation_of_another_kind_is_not_called_wrong(
    tmp_path: Path, activation: Activation, code: int, said: str
) -> None:
    """Another slope or a step at 0 is a layer of its own behind the sums; of another step no cell is blamed."""
    report = check(two_layers(tmp_path / "w.xlsx", activation))

    assert list(report.roots) == []
    assert report.exit_code == code
    assert said in " ".join(report.notes)


@pytest.mark.parametrize(
    ("cell", "formula", "right", "said"),
    part_of(
        [
            ("B13", "=$A4*G$3+$B4*G$4+$D4*G$5+G$6", "=$A4*G$3+$B4*G$4+$C4*G$5+G$6", "D4 is empty"),
            ("C15", "=$A6*H$3+$B6*H$4+$C6*H$5+H$2", "=$A6*H$3+$B6*H$4+$C6*H$5+H$6", "H2 is empty"),
        ],
        1,
    ),
)
def test_a_formula_that_reads_an_empty_cell_is_the_root(
    tmp_path: Path, cell: str, formula: str, right: str, said: str
) -> None:
    """The formula is wrong, not the empty cell, and the name says what it read."""
    report = check(two_layers(tmp_path / "w.xlsx", _tanh, **{cell: formula}))

    (root,) = report.roots
    assert (root.cell, root.diagnosis, root.desired_formula) == (cell, "empty-cell-read", right)
    assert said in root.message


@pytest.mark.usefixtures("a_short_search")
def test_a_formula_that_reads_a_word_leaves_the_sum_that_it_should_read_alone(tmp_path: Path) -> None:
    """`=TANH(K3)` where `=TANH(A14)` belongs: A14 is no output without its activation; F14 is pointed at."""
    report = check(two_layers(tmp_path / "w.xlsx", _tanh, F14="=TANH(K3)"))

    assert {root.cell for root in report.roots} <= {"F14"}
    assert [warning.cell for warning in report.warnings] == ["F14"] or [root.cell for root in report.roots] == ["F14"]


@pytest.mark.exhaustive
def test_a_term_that_is_zero_for_every_sample_is_missed_when_it_is_left_out(tmp_path: Path) -> None:
    """The second input is always 0, so the number is right; weights and inputs are changed without being asked to."""
    zeros = {f"B{row}": 0 for row in range(3, 8)}

    report = check(two_layers(tmp_path / "w.xlsx", _tanh, **zeros, C14="=$A5*H$3+$C5*H$5+H$6"))

    (root,) = report.roots
    assert (root.cell, root.desired_formula) == ("C14", "=$A5*H$3+$B5*H$4+$C5*H$5+H$6")


def test_an_answer_key_and_its_comparison_are_scratch(tmp_path: Path) -> None:
    """How far a result is from a typed answer, a mark, and a sum of what is still blank belong to no network."""
    key = {"N12": 0.25, "O12": "=K12-N12", "P12": '=IF(ABS(O12)<0.01,"DONE","NOT DONE")', "Q12": "=SUM(Y12:Z12)"}

    report = check(two_layers(tmp_path / "w.xlsx", _tanh, **key))

    assert (report.exit_code, report.counts.agree, report.counts.unbound) == (0, 50, 3)


@pytest.mark.usefixtures("a_short_search")
def test_a_bias_that_is_added_at_the_end_is_no_scratch(tmp_path: Path) -> None:
    """A last column that adds a number to each result gets no verdict, and so the check is not complete."""
    added = {f"N{row}": f"=K{row}+$P$1" for row in range(12, 17)}

    report = check(two_layers(tmp_path / "w.xlsx", _tanh, P1=0.5, **added))

    assert report.exit_code == 3 or report.counts.agree == 55


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(("wrong", "roots"), [({}, set()), ({"F10": "=C10*$B$3+E10*$C$3+$B$4"}, {"F10"})])
def test_an_input_that_stands_elsewhere_leaves_its_own_one_out(
    tmp_path: Path, wrong: dict[str, object], roots: set[str]
) -> None:
    """Rule: who reads the raw number, where others read the scaled one, leaves this unread in their line."""
    book = openpyxl.Workbook()
    sheet = book.active
    for cell, number in {"B1": 5, "C1": -10, "B2": 45, "C2": 30, "B3": 0.8, "C3": -1.1, "B4": 0.3}.items():
        sheet[cell] = number
    for row, (load, degrees) in enumerate(((20, 12), (31, -2), (27, 9), (40, 25)), start=7):
        sheet[f"B{row}"], sheet[f"C{row}"] = load, degrees
        sheet[f"D{row}"], sheet[f"E{row}"] = f"=(B{row}-$B$1)/($B$2-$B$1)", f"=(C{row}-$C$1)/($C$2-$C$1)"
        sheet[f"F{row}"], sheet[f"G{row}"] = f"=D{row}*$B$3+E{row}*$C$3+$B$4", f"=1/(1+EXP(-F{row}))"
    for cell, formula in wrong.items():
        sheet[cell] = formula
    book.save(tmp_path / "w.xlsx")
    report = check(tmp_path / "w.xlsx")

    assert {root.cell for root in report.roots} == roots
    assert (report.exit_code == 0) is (not wrong)


@pytest.mark.parametrize(
    ("edits", "code", "roots"),
    [
        ({}, 0, set()),
        ({"P13": "=1-O12"}, 1, {"P13"}),
        ({"P13": "=2-O13"}, 1, {"P13"}),
        ({"O13": "=M13/(M13+N12)"}, 1, {"O13"}),
    ],
    ids=["right", "of another sample", "of two", "another sum"],
)
def test_the_second_of_two_shares_is_what_the_first_leaves(
    tmp_path: Path, edits: dict[str, str], code: int, roots: set[str]
) -> None:
    """A softmax of two classes of which one share is computed, and the other one taken from 1."""
    shares: dict[str, object] = {}
    for row in range(12, 17):
        shares |= {f"M{row}": f"=EXP(K{row})", f"N{row}": f"=EXP(L{row})", f"O{row}": f"=M{row}/(M{row}+N{row})"}
        shares[f"P{row}"] = f"=1-O{row}"
    report = check(two_layers(tmp_path / "w.xlsx", _tanh, **shares | edits))

    assert (report.exit_code, {own.cell for own in report.roots}) == (code, roots)
