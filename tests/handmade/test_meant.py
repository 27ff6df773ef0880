"""What seems wrong and may be meant: a network of its own beside another, a display, a step that is left out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from equation_sheets import TOYS, answer, save, verdict
from recognised_sheets import cell_at, sheet

from fixtures.handmade.drawn.score import answer as answer_of
from xlcheck import check
from xlcheck.handmade.accepting.meant import _is_called_so, why_meant
from xlcheck.verdicts.report import Status

pytestmark = pytest.mark.keras


def _jordan(row: int, *, state: int) -> dict[str, object]:
    """A unit over four steps and an output of each; what a step reads of the step before stands in one of two rows."""
    cells: dict[str, object] = {f"A{row}": "h", f"A{row + 1}": "y"}
    for before, column in zip("BCDE", "CDEF", strict=True):
        cells[f"{column}{row}"] = f"=TANH($B$1*{column}6+$B$2*{before}{row + state}+$B$3)"
        cells[f"{column}{row + 1}"] = f"=$E$1*{column}{row}+$E$2"
    return cells


WEIGHTS = {"B1": 0.4, "B2": 0.7, "B3": 0.05, "E1": 1.3, "E2": -0.1, "C6": 0.5, "D6": 0.2, "E6": 0.9, "F6": 0.4}


def test_a_table_that_is_a_network_of_its_own_is_not_wrong_as_another_one(tmp_path: Path) -> None:
    """Rule: where the formulas of a table are a whole network in which no cell is wrong, another table with the same
    weights says nothing against them, though it makes all of them wrong as its second sample."""
    output_fed_back = {**WEIGHTS, **_jordan(8, state=1), "B9": 0.3}
    state_fed_back = {**_jordan(14, state=0), "B14": 0}

    assert answer({**output_fed_back, **state_fed_back}, tmp_path) == (3, set())


def test_results_of_the_step_before_stay_where_their_first_value_was_typed(tmp_path: Path) -> None:
    """Rule: an edit takes no loop away for which somebody typed a first value, though other numbers stand in line."""
    shown = {f"{column}10": actual for column, actual in zip("BCDEF", (0.3, 0.8, 0.7, 1.1, 0.9), strict=True)}
    errors = {f"{column}11": f"={column}9-{column}10" for column in "CDEF"}

    _, roots = answer({**WEIGHTS, **_jordan(8, state=1), "B9": 0.3, **shown, **errors}, tmp_path)
    assert not roots


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ({"H7": "=1-H2", "I7": "=1-I2"}, 0),
        ({"H7": "=1-H2", "I7": "=1-I2", "H8": "=H3*(1-H3)", "I8": "=I3*(1-I3)"}, 0),
        ({"H7": "=1-H6", "I7": "=1-I6"}, 0),
        ({"H7": "=1-H2"}, 3),
        ({"H7": "=1/(1+EXP(-H4))", "I7": "=1/(1+EXP(-I4))"}, 3),
    ],
)
def test_what_is_only_shown_turns_no_gru_round(shown: Mapping[str, str], code: int, tmp_path: Path) -> None:
    """Rule: formulas that nobody reads, as 1 − z beside a GRU, make no cell of a network wrong that is right without
    them. An activation among them is no pass, as it may be missed somewhere,
    nor is a single formula."""
    found = verdict({**TOYS["gru"], **shown}, tmp_path)

    assert (found.code, found.roots, found.agree) == (code, set(), 10)


def test_a_mistake_beside_what_is_shown_is_found(tmp_path: Path) -> None:
    """Rule: what is shown excuses no cell that is wrong without it, too."""
    shown = {"E6": "=1-C6", "F6": "=1-D6", "E7": "=1-C7", "F7": "=1-D7", "E8": "=1-C8", "F8": "=1-D8"}
    moved = {f"G{row}": str(TOYS["xor"][f"E{row}"]) for row in (6, 7, 8)}
    cells = {**TOYS["xor"], **shown, **moved}

    assert answer(cells, tmp_path) == (0, set())
    assert answer({**cells, "C7": "=1/(1+EXP(-(A7*$A$1+B7*$A$2)))"}, tmp_path) == (1, {"C7"})


def test_one_of_several_samples_does_not_use_weights_that_nobody_reads(tmp_path: Path) -> None:
    """Rule: old weights beside the new ones make the last sample no layer of its own, which reads other results."""
    cells: dict[str, object] = {"B2": 0.6, "C2": 0.4, "B3": 0.3, "C3": 0.8, "B4": 0.1, "C4": 0.2}
    cells |= {"E2": 0.5, "E3": 0.7, "E4": -0.15, "G2": 0.5, "G3": 0.7, "G4": -0.2}
    for row, inputs in zip((7, 8, 9), ((0.4, 0.9), (1.0, 0.3), (0.6, 0.5)), strict=True):
        cells[f"B{row}"], cells[f"C{row}"] = inputs
        for own, weight in (("D", "B"), ("E", "C")):
            cells[f"{own}{row}"] = f"=$B{row}*{weight}$2+$C{row}*{weight}$3+{weight}$4"
        cells[f"F{row}"] = f"=1/(1+EXP(-(D{row}*$E$2+E{row}*$E$3+$E$4)))"

    assert answer(cells, tmp_path)[1] == set()


def test_shares_beside_sigmoids_of_the_same_sums_are_not_wrong(tmp_path: Path) -> None:
    """Rule: of two activations of the same sums that nobody reads, nobody knows which one is the layer's."""
    cells: dict[str, object] = {"A1": 0.5, "B1": -0.3, "C1": 0.8, "A2": 0.2, "B2": 0.7, "C2": -0.6}
    cells |= {"A3": 0.1, "B3": 0.0, "C3": -0.2}
    for row, inputs in zip((7, 8, 9), ((0.3, -0.2), (-0.8, 0.65), (0.55, 0.4)), strict=True):
        cells[f"A{row}"], cells[f"B{row}"] = inputs
        for own, weight in zip("DEF", "ABC", strict=True):
            cells[f"{own}{row}"] = f"=$A{row}*{weight}$1+$B{row}*{weight}$2+{weight}$3"
        for own, share, alone in zip("DEF", "GHI", "JKL", strict=True):
            cells[f"{share}{row}"] = f"=EXP({own}{row})/(EXP($D{row})+EXP($E{row})+EXP($F{row}))"
            cells[f"{alone}{row}"] = f"=1/(1+EXP(-{own}{row}))"

    assert answer(cells, tmp_path)[1] == set()


@pytest.mark.parametrize(("last", "is_meant"), [(0, True), (None, True), (0.6, False)])
def test_a_step_without_inputs_may_repeat_the_state(last: float | None, is_meant: bool, tmp_path: Path) -> None:
    """Rule: a copy of the state in place of a step is a mistake, but not where the step has zeros or blanks for
    inputs: Keras's Masking leaves such steps out."""
    rows = ((0.3, -0.8, 0.55, 0.1), (0.6, 0.2, -0.4, last), (-0.5, 0.9, 0.35, -0.2))
    cells: dict[str, object] = {"B1": 0.7, "C1": -0.4, "D1": 0.15}
    for row, inputs in enumerate(rows, start=3):
        cells |= dict(zip((f"B{row}", f"C{row}", f"D{row}", f"E{row}"), inputs, strict=True))
        cells[f"G{row}"] = f"=TANH($B$1*B{row}+$D$1)"
        for x, before, own in (("C", "G", "H"), ("D", "H", "I"), ("E", "I", "J")):
            cells[f"{own}{row}"] = f"=TANH($B$1*{x}{row}+$C$1*{before}{row}+$D$1)"
    cells["J4"] = "=I4"

    assert answer(cells, tmp_path)[1] == (set() if is_meant else {"J4"})


@pytest.mark.parametrize(
    ("total", "code"),
    [("=SUM(E6:E8)", 0), ("=MAX(A6:A8)", 0), ("=SUM(E6:E7)", 3), ("=SUM(E6:E8)*2", 3), ("=SUM(E6,E8)", 3)],
)
def test_the_total_of_a_whole_line_needs_no_verdict(total: str, code: int, tmp_path: Path) -> None:
    """Rule: what sums up a whole row or column, and what nobody reads, is beside a network in which all is right; a
    total of some of its cells may have missed the others."""
    found = verdict({**TOYS["xor"], "E12": total}, tmp_path)

    assert (found.code, found.roots, found.agree) == (code, set(), 9)


@pytest.mark.parametrize(("quantity", "is_meant"), [("lstm.hr_f[0][0]", True), ("lstm.hr_f[1][0]", False)])
def test_a_0_that_a_first_step_gives_may_be_typed(quantity: str, is_meant: bool, tmp_path: Path) -> None:
    """Rule: what is right at a first step as it stands is blamed on nobody, as a product with a state of 0."""
    part = sheet({"A1": 0, "A2": 0.3, "B1": "=A1+A2", "B2": "=A1-A2"}, tmp_path).part
    said: Any = SimpleNamespace(diagnosis="constant-over-formula", actual=0.0, desired=0.0, desired_formula="=A3*A4")
    why = why_meant(part, {cell_at("A1"): said}, {cell_at("A1"): quantity}, None)
    assert (why is not None and "a first state of 0" in why) is is_meant


@pytest.mark.parametrize(("read", "is_so"), [("B7", False), ("B3", True)])
def test_words_of_its_own_row_say_nothing(read: str, is_so: bool, tmp_path: Path) -> None:
    """Rule: what a formula reads in its own row stands in the row of its words, whichever cell it is."""
    cells = {"A3": "update", "B3": 0.5, "A7": "update", "B7": 0.3, "C7": 0.2, "D7": f"={read}*C7"}
    assert _is_called_so(sheet(cells, tmp_path).part, cell_at("D7"), "C7*C9") is is_so


def test_a_word_in_the_row_of_what_should_be_read_says_nothing(tmp_path: Path) -> None:
    """Rule: where each step has its weights and a word in its row, this row's word says nothing of another step's."""
    cells = {f"{column}{row}": 0.1 * row for row in (3, 4, 7, 8) for column in "ABC"} | {"F3": "loss", "F7": "loss"}
    cells["D7"] = "=SUM(A3:A4)*C7"
    assert not _is_called_so(sheet(cells, tmp_path).part, cell_at("D7"), "SUM(A7:A8)*C7")
    assert _is_called_so(sheet(cells, tmp_path).part, cell_at("D7"), "SUM(A8:A9)*C7")


@pytest.mark.parametrize(("word", "code"), [("after", 3), ("before", 1), (None, 1)])
def test_a_row_that_is_called_as_its_weights_are_may_be_meant(word: str | None, code: int, tmp_path: Path) -> None:
    """Rule: who reads other weights in one row than in the others makes a mistake, unless a word in this row is the one
    beside just these weights."""
    cells: dict[str, object] = {"A2": "before", "B2": 0.5, "C2": -0.4, "D2": 0.1}
    cells |= {"A3": "after", "B3": 0.8, "C3": -0.1, "D3": 0.2, "F9": word}
    for row, inputs in enumerate(((1.0, 0.2), (0.3, -0.8), (-0.6, 0.5), (0.9, 0.9)), start=6):
        weights = 3 if row == 9 else 2
        cells |= {f"B{row}": inputs[0], f"C{row}": inputs[1]}
        cells[f"D{row}"] = f"=B{row}*$B${weights}+C{row}*$C${weights}+$D${weights}"
        cells[f"E{row}"] = f"=1/(1+EXP(-(D{row})))"
        cells[f"G{row}"] = f"=B{row}*$B$3+C{row}*$C$3+$D$3"
        cells[f"H{row}"] = f"=1/(1+EXP(-(G{row})))"

    assert answer(cells, tmp_path) == (code, {"D9"} if code == 1 else set())


def test_a_rounded_output_is_no_display(tmp_path: Path) -> None:
    """Rule: a wrong cell that nobody reads is a display only where a network goes on from what it reads: that somebody
    shows the sum below an output does not excuse the output."""
    shown = {"H7": "=100*G7", "G7": "=D14*$B$16+$C$16", "D16": "=ROUND(1/(1+EXP(-G7)),3)"}

    assert answer({**TOYS["lstm"], **shown}, tmp_path) == (1, {"D16"})


def test_a_sum_in_the_place_of_its_activation_is_no_step_left_out() -> None:
    """Rule: a copy of a weighted sum of its own step is no state that is repeated, though what stands where the sum
    would read its inputs is blank."""
    assert answer_of(410046, [1], "toy").outcome == "exact"


def test_a_copy_where_others_have_their_activation_may_be_wrong_instead(tmp_path: Path) -> None:
    """Rule: a sum that is passed on where sums beside it are bent is not to blame alone for what its copy lacks."""
    assert answer({**TOYS["one sample"], "J1": "=I1"}, tmp_path) == (3, set())


def _lstm(forget: str = "", output: str = "TANH({c})") -> dict[str, object]:
    """One unit over four steps, a step a row: f, i, c̃, o, c, h in B:G, weights in B1:E3; something added to f's sum."""
    cells: dict[str, object] = {"F5": 0, "G5": 0}
    for number, column in enumerate("BCDE"):
        for row in (1, 2, 3):
            cells[f"{column}{row}"] = round(0.4 - 0.23 * number + 0.31 * row * (-1) ** number, 2)
    for row, x in zip(range(6, 10), (0.5, -0.3, 0.8, 0.1), strict=True):
        cells[f"A{row}"] = x
        for column in "BCDE":
            total = f"{column}$1*$A{row}+{column}$2*$G{row - 1}+{column}$3" + (forget if column == "B" else "")
            cells[f"{column}{row}"] = f"=TANH({total})" if column == "D" else f"=1/(1+EXP(-({total})))"
        cells[f"F{row}"] = f"=B{row}*F{row - 1}+C{row}*D{row}"
        cells[f"G{row}"] = f"=E{row}*" + output.format(c=f"F{row}")
    return cells


def test_what_all_steps_compute_otherwise_than_keras_may_be_meant(tmp_path: Path) -> None:
    """Rule: a formula that all steps have, and that computes something else than Keras's, may be another layer's."""
    assert answer(_lstm(), tmp_path) == (0, set())
    assert answer(_lstm(forget="+1"), tmp_path) == (3, set())
    assert answer(_lstm(output="{c}"), tmp_path) == (3, set())
    assert answer(_lstm() | {f"C{row}": f"=1-B{row}" for row in range(6, 10)}, tmp_path) == (3, set())


def test_an_output_gate_that_sees_the_memory_is_no_lstm_of_keras(tmp_path: Path) -> None:
    """Rule: what all steps add is meant, though they would be right if they added what stands in empty cells."""
    cells = _lstm()
    for row in range(6, 10):
        cells[f"E{row}"] = str(cells[f"E{row}"]).replace(")))", f"+0.2*F{row})))")
    assert answer(cells, tmp_path) == (3, set())


def test_what_one_step_computes_otherwise_is_wrong(tmp_path: Path) -> None:
    """Rule: what the others of its line do not do is no habit; nor is a weight that all steps read wrongly."""
    assert answer(_lstm() | {"G8": "=E8*F8"}, tmp_path) == (1, {"G8"})
    shifted = {f"C{row}": str(_lstm()[f"C{row}"]).replace("C$2", "D$2") for row in range(6, 10)}
    assert answer(_lstm() | shifted, tmp_path)[1] in (set(shifted), set())


def test_where_nobody_is_blamed_nothing_is_wrong_because_of_it(tmp_path: Path) -> None:
    """Rule: a layer behind cells that may be meant is not called wrong because of them; no formula is lost."""
    cells: dict[str, object] = {"D5": 0, "E5": 0, "B1": 0.4, "B2": -0.3, "C1": 0.2, "C2": 0.6, "D1": -0.5, "D2": 0.1}
    cells |= {"H1": 0.9, "H2": -1.1, "H3": 0.3}
    for row, x in zip(range(6, 13), (0.5, -0.3, 0.8, 0.1, 0.7, -0.6, 0.2), strict=True):
        cells |= {f"A{row}": x, f"H{row}": f"=1/(1+EXP(-($H$1*$D{row}+$H$2*$E{row}+$H$3)))"}
        for column, unit in (("D", 1), ("E", 2)):
            cells[f"{column}{row}"] = f"=TANH($B${unit}*$A{row}+$C${unit}*$D{row - 1}+$D${unit}*$E{row - 1})"
    begins = {f"{column}10": f"=TANH($B${unit}*$A10)" for column, unit in (("D", 1), ("E", 2))}
    beside: dict[str, object] = {"N1": 0.3, "N2": 0.5, "N3": 0.1, "O1": -0.7, "O2": 0.4, "O3": 0.2}
    for row in range(6, 10):
        beside |= {f"L{row}": 0.1 * row, f"M{row}": 0.7 - 0.2 * row}
        beside |= {f"{c}{row}": f"=TANH($L{row}*{c}$1+$M{row}*{c}$2+{c}$3)" for c in "NO"}

    report = check(save(cells | begins | beside, tmp_path / "w.xlsx"))
    assert report.counts.formula_cells == 21 + 8
    assert not report.cells.with_status(Status.ROOT, Status.CARRIED)
    assert verdict(cells | begins | beside, tmp_path).agree == 8


@pytest.mark.parametrize("states", ["TANH({0})", "1/(1+EXP(-({0})))"])
def test_an_output_without_a_bias_may_read_any_state(states: str, tmp_path: Path) -> None:
    """Rule: what multiplies the results of all steps is a weight, also where these are sigmoids, as gates are."""
    cells: dict[str, object] = {"B1": 0.4, "B2": 0.7, "B3": 0.05, "B4": 1.3, "C6": 0}
    for row, x in zip(range(7, 11), (0.5, -0.3, 0.8, 0.1), strict=True):
        cells |= {f"A{row}": x, f"C{row}": "=" + states.format(f"$B$1*A{row}+$B$2*C{row - 1}+$B$3")}
        cells[f"D{row}"] = f"=$B$4*C{row}"
    found = verdict(cells, tmp_path)

    assert (found.code, found.agree) == (0, 8)


def test_one_of_the_last_units_with_another_activation_is_no_pass(tmp_path: Path) -> None:
    """Rule: of three units beside each other, one may have another activation by mistake; with several samples all of
    which have it so it is a head of its own."""
    weights = {f"{c}{row}": round(0.3 * row - 0.25 * n, 2) for n, c in enumerate("ABC") for row in (1, 2, 3)}
    inputs = {"E1": 0.9, "E2": 0.1, "E3": -0.8, "I1": 0.2, "I2": 0.7, "I3": 0.4}
    sums = {f"{z}{row}": f"=A{row}*{x}$1+B{row}*{x}$2+C{row}*{x}$3" for z, x in ("FE", "JI") for row in (1, 2, 3)}
    results = {f"{y}{row}": f"=1/(1+EXP(-{z}{row}))" for y, z in ("GF", "KJ") for row in (1, 2, 3)}
    one = {c: v for c, v in (weights | inputs | sums | results).items() if c[0] not in "IJK"}

    assert answer(one, tmp_path) == (0, set())
    assert answer(one | {"G3": "=TANH(F3)"}, tmp_path) in ((3, set()), (1, {"G3"}))


@pytest.mark.parametrize(("bent", "code"), [("TANH({})", 0), ("MAX(0,MIN(1,0.2*{}+0.5))", 3)])
def test_two_heads_have_activations_that_do_not_stand_for_one_another(bent: str, code: int, tmp_path: Path) -> None:
    """Rule: of two last units one may be a head of its own, but not with what is nearly the other's activation."""
    cells: dict[str, object] = {"A2": -1.19, "B2": -0.99, "C2": -0.4, "A3": -0.62, "B3": -1.17, "C3": -0.48}
    for x, numbers in {"E": (0.03, -0.92, 1.1), "F": (0.8, 0.84, -0.36), "G": (0.47, -1.13, 0.4)}.items():
        cells |= {f"{x}{row}": number for row, number in enumerate(numbers, start=1)}
        cells |= {f"{x}{row + 3}": f"=$A{row}*{x}1+$B{row}*{x}2+$C{row}*{x}3" for row in (2, 3)}
        cells |= {f"{x}8": f"=1/(1+EXP(-{x}5))", f"{x}9": "=" + bent.format(f"{x}6")}

    assert answer(cells, tmp_path) == (code, set())


@pytest.mark.parametrize(
    ("word", "number", "code"),
    [("bias", 0.3, 1), ("Schwelle", 0.3, 1), ("b2", 0.3, 1), ("target", 1, 3), ("Ziel", 1, 3), (None, 0.3, 3)],
)
def test_a_number_that_nobody_reads_is_a_bias_only_if_a_word_says_so(
    word: str | None, number: float, code: int, tmp_path: Path
) -> None:
    """Rule: a layer may do without biases; that its bias is missing is certain only where a number is called so."""
    cells: dict[str, object] = {
        "B2": 0.6,
        "B3": 0.4,
        "B4": 0.2,
        "C2": -0.9,
        "C3": 0.7,
        "C4": -0.1,
        "E2": 1.2,
        "E3": -0.8,
    }
    cells |= {"E4": number, "A4": "bias", **({} if word is None else {"D4": word})}
    for row in range(8, 11):
        cells |= {f"A{row}": 0.4 * row - 3.9, f"B{row}": 2.1 - 0.03 * row * row}
        for weight, z, h in (("B", "C", "E"), ("C", "D", "F")):
            cells[f"{z}{row}"] = f"=$A{row}*{weight}$2+$B{row}*{weight}$3+{weight}$4"
            cells[f"{h}{row}"] = f"=1/(1+EXP(-{z}{row}))"
        cells |= {f"G{row}": f"=E{row}*$E$2+F{row}*$E$3", f"H{row}": f"=1/(1+EXP(-G{row}))"}
    report = check(save(cells, tmp_path / "w.xlsx"))
    assert {own.cell: own.desired_formula for own in report.roots} == (
        {f"G{row}": f"=E{row}*$E$2+F{row}*$E$3+$E$4" for row in range(8, 11)} if code == 1 else {}
    )
    assert report.exit_code == code


def _forecast() -> dict[str, object]:
    """A network that forecasts a series, its squared error, and that of who forecasts the value before."""
    cells: dict[str, object] = {"B1": 0.9, "D1": -0.2}
    series = (0.1, -0.25, -0.72, 0.73, 0.31, -0.44, 0.58, 0.12, -0.9)
    for row, (before, now) in enumerate(pairwise(series), start=4):
        cells |= {f"A{row}": row - 3, f"B{row}": before, f"C{row}": now, f"D{row}": f"=TANH($B$1*B{row}+$D$1)"}
        cells |= {f"E{row}": f"=(C{row}-D{row})^2", f"F{row}": f"=(C{row}-B{row})^2"}
    return cells | {"E13": "=AVERAGE(E4:E11)", "F13": "=AVERAGE(F4:F11)"}


def test_a_column_of_typed_numbers_is_no_output(tmp_path: Path) -> None:
    """Rule: where all of a column is typed, it is not what a network should compute there, but targets, perhaps; where
    the results themselves were pasted there, it is."""
    code, roots = answer(_forecast(), tmp_path)
    assert (code, roots) == (3, set())
