"""Trainings whose samples stand in a table of their own, from which each step looks its inputs and targets up."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from training_sheets import DATA, FIRST, LAST, ROWS, Cells, line

pytestmark = pytest.mark.keras


def _in_turn() -> Cells:
    """A step a row, three samples in turn, found by the number of the step."""
    cells: Cells = line()
    for row, own in enumerate(DATA[:3], 2):
        cells |= {f"{column}{row}": number for column, number in zip("QRS", own, strict=True)}
    for row in ROWS:
        found = {c: f"=INDEX({t}$2:{t}$4,MOD($P{row}-1,3)+1)" for c, t in zip("BCD", "QRS", strict=True)}
        cells |= {f"P{row}": row - FIRST + 1, **{f"{column}{row}": text for column, text in found.items()}}
    return cells


def test_inputs_that_are_looked_up_as_targets_are_agree(tmp_path: Path) -> None:
    """Rule: an input that was filled like the target beside it, from the column beside, is an input."""
    assert answer(_in_turn(), tmp_path) == (0, set())


def test_steps_may_count_themselves(tmp_path: Path) -> None:
    """Rule: the number of a step that a formula counts on is no result, so that what it finds is an input."""
    counted: Cells = {f"P{row}": f"=P{row - 1}+1" for row in ROWS[1:]}
    assert answer(_in_turn() | counted, tmp_path) == (0, set())
    assert answer(_in_turn() | counted | {f"P{LAST - 1}": f"=P{LAST - 2}+2"}, tmp_path) == (3, set())


def test_what_is_made_of_data_before_it_is_looked_up_is_none_of_the_training(tmp_path: Path) -> None:
    """Rule: a table of targets may be computed from typed numbers; what results are in is no such table."""
    made: Cells = {f"S{row}": f"=ABS(T{row})" for row in (2, 3, 4)} | {"T2": -0.3, "T3": 1.1, "T4": 0.7}
    assert answer(_in_turn() | made, tmp_path) == (0, set())
    code, roots = answer(_in_turn() | made | {"S4": f"=ABS(H{FIRST})"}, tmp_path)
    assert code in {1, 3}
    assert roots <= {"S4"}


@pytest.mark.parametrize(
    "change",
    [
        {f"C{LAST - 1}": f"=INDEX(Q$2:Q$4,MOD($P{LAST - 1}-1,3)+1)"},
        {f"C{LAST - 1}": f"=INDEX(R$2:R$4,MOD($P{LAST - 2}-1,3)+1)"},
        {f"B{LAST}": f"=INDEX(Q$2:Q$4,MOD($P{LAST}-1,2)+1)"},
        {f"N{LAST}": f"=INDEX(S$2:S$4,MOD($P{LAST}-1,3)+1)*H{LAST}"},
    ],
    ids=["another column", "another step", "two samples", "a number beside"],
)
def test_one_that_is_looked_up_otherwise_is_no_pass(change: Cells, tmp_path: Path) -> None:
    """Rule: a slip in a line of inputs is no pass, nor a formula beside the steps that nobody knows."""
    assert answer(_in_turn() | change, tmp_path) == (3, set())


def test_inputs_that_count_are_not_pasted(tmp_path: Path) -> None:
    """Rule: 1, 2, 3 stand beside steps as well as among inputs, and nobody copied these from there."""
    for numbers, code in (((1, 2, 3, 4, 5), 0), ((1, 2, 3, 5, 4), 3)):
        own = {f"B{row}": number / 2 for row, number in zip(ROWS, numbers, strict=True)}
        elsewhere = {f"Data!A{row}": number / 2 for row, number in enumerate(numbers, 1)}
        assert answer(line() | own | elsewhere, tmp_path) == (code, set())


_SCALED: Cells = {
    f"{cell}{row}": f"=INDEX($Q$2:$S$4,$O{row},{column}){scale}"
    for row in ROWS for cell, column, scale in (("B", 1, "/20"), ("C", 2, ""), ("D", 3, ""))
} | {f"O{row}": f"=MOD($P{row}-1,3)+1" for row in ROWS}  # fmt: skip


def _standardised(back: str) -> Cells:
    """Targets that are standardised where they are looked up, and outputs that are put back on their scale."""
    cells = _in_turn() | {"U2": 3.1, "U3": 5.4, "U4": 2.2, "U6": "=AVERAGE(U2:U4)", "U7": "=STDEV(U2:U4)"}
    cells |= {"V2": 1.5, "V3": 0.2, "V4": 0.9, "V6": "=AVERAGE(V2:V4)", "V7": "=STDEV(V2:V4)"}
    for row in ROWS:
        cells[f"C{row}"] = f"=STANDARDIZE(INDEX(V$2:V$4,MOD($P{row}-1,3)+1),V$6,V$7)"
        cells |= {f"D{row}": f"=STANDARDIZE(INDEX(U$2:U$4,MOD($P{row}-1,3)+1),U$6,U$7)", f"N{row}": back.format(row)}
    return {cell: own for cell, own in cells.items() if cell[0] not in "RS"}


def test_inputs_that_are_looked_up_and_scaled_come_again(tmp_path: Path) -> None:
    """Rule: what two steps make of one number of the table in one way is one input of both."""
    assert answer(_in_turn() | _SCALED, tmp_path) == (0, set())
    odd = {f"B{LAST}": f"=INDEX($Q$2:$S$4,$O{LAST},1)/2"}
    assert answer(_in_turn() | _SCALED | odd, tmp_path) == (3, set())


@pytest.mark.parametrize(
    ("back", "code"),
    [
        ("=H{0}*U$7+U$6", 0),
        ("=H{0}*V$7+V$6", 3),
        ("=H{0}*U$7+V$6", 3),
        ("=H{0}*U$6+U$7", 3),
        ("=H{0}/U$7+U$6", 3),
    ],
    ids=["right", "of an input", "of both", "exchanged", "divided"],
)
def test_outputs_are_put_back_on_the_scale_of_their_targets(back: str, code: int, tmp_path: Path) -> None:
    """Rule: a formula that undoes what was done to the targets shows outputs; what undoes something else is open."""
    assert answer(_standardised(back), tmp_path) == (code, set())


def _shuffled() -> Cells:
    """Two samples a step in an order of its own, found by their numbers; a step in two rows."""
    cells: Cells = {"B1": 0.15}
    for row, own in enumerate(((0.6, 0.2, 1.2), (1.9, -1, 4), (-0.9, 1.5, -2), (-0.9, -1.5, 0.1), (0.6, -0.7, 1.8)), 2):
        cells |= {f"{c}{row}": number for c, number in zip("QRST", (row - 1, *own), strict=True)}
    for row, number in enumerate((3, 1, 5, 2, 4, 1, 2, 3, 4, 5), 4):
        cells |= {f"B{row}": number, f"J{row}": f"=I{row}-E{row}"}
        cells |= {f"{c}{row}": f"=VLOOKUP($B{row},$Q$2:$T$6,{k},FALSE)" for k, c in enumerate("CDE", 2)}
        first = row - row % 2
        cells[f"I{row}"] = f"=F{first}*C{row}+G{first}*D{row}+H{first}"
        if row != first:
            continue
        cells[f"K{row}"] = f"=SUMSQ(J{row}:J{row + 1})/2"
        one, other = row - 2, row - 1
        for w, x in zip("FGH", ("C", "D", ""), strict=True):
            errors = f"J{one}*{x}{one},J{other}*{x}{other}" if x else f"J{one}:J{other}"
            cells[f"{w}{row}"] = f"={w}{one}-$B$1*2*AVERAGE({errors})" if row > 4 else 0.1
    return cells


def test_a_sample_of_several_steps_is_that_of_each(tmp_path: Path) -> None:
    """Rule: what stands beside the target of a step may be that of another sample, wherever else both are learnt."""
    assert answer(_shuffled(), tmp_path) == (0, set())


@pytest.mark.parametrize("text", ["=VLOOKUP($B12,$Q$2:$T$6,3,FALSE)", "=VLOOKUP($B11,$Q$2:$T$6,4,FALSE)"])
def test_another_number_of_a_sample_is_no_target(text: str, tmp_path: Path) -> None:
    """Rule: a target of the last step that comes from another column or row than the others is no pass."""
    assert answer(_shuffled() | {"E12": text}, tmp_path) == (3, set())


def _by_places(odd: str = "=MOD(2*(A{0}-1),4)") -> Cells:
    """Two samples a step, which begin in a row of a table that a cell of the step says; `odd` says it in row 9."""
    cells: Cells = {"B1": 0.1, "B2": 0.05, "I4": 0.2, "J4": -0.1, "K4": 0}
    for row, own in enumerate(((0.6, 0.2, 1.2), (1.9, -1, 0.4), (-0.9, 1.5, -0.2), (-0.9, -1.5, 0.1)), 2):
        cells |= {f"{c}{row}": number for c, number in zip("VWX", own, strict=True)}
    for row in range(5, 13):
        last = row - 1
        cells |= {f"A{row}": f"=A{last}+1", f"B{row}": (odd if row == 9 else "=MOD(2*(A{0}-1),4)").format(row)}
        for first, more in (("C", ""), ("F", "+1")):
            names = [chr(ord(first) + k) for k in range(3)]
            cells |= {f"{c}{row}": f"=OFFSET($V$2,$B{row}{more},{k})" for k, c in enumerate(names)}
        cells |= {f"L{row}": f"=I{last}*C{row}+J{last}*D{row}+K{last}-E{row}"}
        cells |= {f"M{row}": f"=I{last}*F{row}+J{last}*G{row}+K{last}-H{row}"}
        cells |= {f"N{row}": f"=(L{row}^2+M{row}^2)/2", f"P{row}": f"=$B$1/(1+$B$2*A{row})"}
        for w, one, other in (("I", f"*C{row}", f"*F{row}"), ("J", f"*D{row}", f"*G{row}"), ("K", "", "")):
            cells[f"{w}{row}"] = f"={w}{last}-P{row}*(L{row}{one}+M{row}{other})"
    return cells | {"A4": 0}


def test_a_formula_may_say_where_the_samples_of_a_step_stand(tmp_path: Path) -> None:
    """Rule: what only says which row is looked up computes no input, as long as it says so as those beside it do."""
    assert answer(_by_places(), tmp_path) == (0, set())
    code, roots = answer(_by_places("=MOD(A{0}-1,4)"), tmp_path)
    assert code != 0
    assert roots <= {"B9"}


def test_numbers_that_are_all_the_same_were_not_pasted(tmp_path: Path) -> None:
    """Rule: a line of zeros elsewhere, as of slopes that are 0 in the end, says nothing of inputs that are 0."""
    cells: Cells = {
        f"Data!{cell}" if cell[0] in "VWX" else cell: text.replace("$V$2", "Data!$V$2")
        if isinstance(text, str)
        else text
        for cell, text in _by_places().items()
    }
    cells |= {f"AA{row}": 0 for row in range(30, 34)} | {f"Data!V{row}": 0 for row in range(2, 6)}
    assert answer(cells, tmp_path) == (0, set())


_WHERE = "=(B{0}-1)*$B$2+1"


def _in_batches(where: str = _WHERE, other: str = "$C{0}+1") -> Cells:
    """Two samples a step of a line y = w·x + b, four in all; a cell of the step says where the first one stands."""
    cells: Cells = {"B1": 0.2, "B2": 2, "D5": 0, "E5": 0.1}
    for row, own in enumerate(((0.6, 1.2), (1.9, 0.4), (-0.9, -0.2), (0.3, 0.1)), 2):
        cells |= {f"{c}{row}": number for c, number in zip("VW", own, strict=True)}
    for row in range(5, 11):
        cells |= {f"B{row}": "=MOD(ROW()-5,2)+1", f"C{row}": where.format(row)}
        for (x, t, o, e), place in (("FGHI", f"$C{row}"), ("JKLM", other.format(row))):
            cells |= {f"{x}{row}": f"=INDEX($V$2:$V$5,{place})", f"{t}{row}": f"=INDEX($W$2:$W$5,{place})"}
            cells |= {f"{o}{row}": f"=D{row}*{x}{row}+E{row}", f"{e}{row}": f"={o}{row}-{t}{row}"}
        cells |= {f"N{row}": f"=(I{row}^2+M{row}^2)/2", f"O{row}": f"=I{row}*F{row}+M{row}*J{row}"}
        cells[f"P{row}"] = f"=I{row}+M{row}"
        if row > 5:
            cells |= {f"D{row}": f"=D{row - 1}-$B$1*O{row - 1}", f"E{row}": f"=E{row - 1}-$B$1*P{row - 1}"}
    return cells


def test_where_a_batch_begins_may_follow_from_its_size(tmp_path: Path) -> None:
    """Rule: what only says which samples are looked up computes no input, be it made of several numbers."""
    assert answer(_in_batches(), tmp_path) == (0, set())


@pytest.mark.parametrize(
    "cells",
    [
        _in_batches("=(B{0}-1)*$B$1+1"),
        _in_batches(other="$C{0}"),
        _in_batches() | {"C7": "=(B7-1)*$B$2+2"},
        _in_batches() | {"B2": 1},
    ],
    ids=["by the rate", "one sample twice", "one step", "another size"],
)
def test_samples_that_are_looked_up_by_no_step_are_no_pass(cells: Cells, tmp_path: Path) -> None:
    """Rule: none of a line of data is left out where others come again."""
    assert answer(cells, tmp_path) == (3, set())


def test_a_target_of_another_sample_is_no_pass(tmp_path: Path) -> None:
    """Rule: it stands where the inputs of its sample do."""
    later: Cells = {f"D{row}": f"=INDEX(S$2:S$4,MOD($P{row},3)+1)" for row in ROWS}
    assert answer(_in_turn() | later, tmp_path) == (3, set())
