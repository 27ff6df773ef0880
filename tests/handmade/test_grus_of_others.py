"""GRUs as texts define them: h = (1 − z)·h + z·h̃, and the product of reset gate and state inside of the candidate."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from equation_sheets import answer, verdict
from recognised_sheets import sheet

from xlcheck.engines import engine
from xlcheck.formulas.addresses import column_name
from xlcheck.handmade.accepting.bench import Bench
from xlcheck.handmade.accepting.by_equations import settled
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.oracle.on_request import keras_if_installed
from xlcheck.verdicts.tolerance import Tolerance

pytestmark = pytest.mark.keras
_STEPS = 4


def gru(units: int, *, turned: bool) -> dict[str, object]:
    """One input; the weights of a gate's unit in a column from B on, a step a row, the states from P on."""
    cells: dict[str, object] = {"A1": "x"}
    columns = {gate: [column_name(1 + 3 * number + u) for u in range(units)] for number, gate in enumerate("zrh")}
    for number, column in enumerate(c for own in columns.values() for c in own):
        for row in range(1, 3 + units):
            cells[f"{column}{row}"] = round(0.37 * row - 0.21 * number + 0.11 * row * number, 2)
    for unit in range(units):
        cells[f"{column_name(15 + unit)}7"] = 0.0
    for row in range(8, 8 + _STEPS):
        cells[f"A{row}"] = round(0.4 * row - 3.7, 2)
        last = [f"{column_name(15 + unit)}{row - 1}" for unit in range(units)]
        for unit in range(units):
            z, r, h = (columns[gate][unit] for gate in "zrh")
            past = {c: [f"{s}*{c}${k}" for k, s in enumerate(last, start=2)] for c in (z, r)}
            sums = {c: "+".join([f"$A{row}*{c}$1", *own, f"{c}${2 + units}"]) for c, own in past.items()}
            kept = [f"{columns['r'][k]}{row}*{s}" for k, s in enumerate(last)]
            candidate = "+".join(f"({s})*{h}${k}" for k, s in enumerate(kept, start=2))
            cells |= {f"{c}{row}": f"=1/(1+EXP(-({total})))" for c, total in sums.items()}
            cells[f"{h}{row}"] = f"=TANH($A{row}*{h}$1+{candidate}+{h}${2 + units})"
            old, new = f"{z}{row}*{last[unit]}+(1-{z}{row})*{h}{row}", f"(1-{z}{row})*{last[unit]}+{z}{row}*{h}{row}"
            cells[f"{column_name(15 + unit)}{row}"] = f"={new if turned else old}"
    return cells


@pytest.mark.parametrize("units", [1, 2])
def test_a_state_that_moves_may_begin_with_a_blank(tmp_path: Path, units: int) -> None:
    """h + (1 − z)·(h̃ − h): the first state, with a blank before it, is (1 − z)·h̃ alone; a lost minus is named."""
    cells = gru(units, turned=False)
    for unit in range(units):
        state, z, new = column_name(15 + unit), column_name(1 + unit), column_name(7 + unit)
        cells[f"{state}7"] = None
        for row in range(8, 8 + _STEPS):
            cells[f"{state}{row}"] = f"={state}{row - 1}+(1-{z}{row})*({new}{row}-{state}{row - 1})"
    found = verdict(cells, tmp_path)

    assert (found.code, found.roots) == (0, set())
    assert f"GRU({units}, tanh), {_STEPS} steps" in found.said
    assert verdict(cells | {"P10": "=P9+(1-B10)*(H10+P9)"}, tmp_path).roots == {"P10"}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("units", [1, 2])
def test_both_conventions_are_recognised(tmp_path: Path, units: int, *, turned: bool) -> None:
    """All formulas agree with Keras, also with r·h inside of the candidate; the other convention is pointed out."""
    found = verdict(gru(units, turned=turned), tmp_path)

    assert (found.code, found.roots) == (0, set())
    assert f"GRU({units}, tanh)" in found.said
    assert ("its z is 1 − z of Keras" in found.said) is turned


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("cell", "formula"),
    [
        ("P10", "=C10*P9+(1-B10)*H10"),
        ("Q10", "=(1-C10)*Q9+C10*H10"),
        ("B10", "=1/(1+EXP(-($A10*B$1+P8*B$2+Q9*B$3+B$4)))"),
    ],
)
def test_a_slip_in_the_other_convention_is_its_cell_or_nothing(tmp_path: Path, cell: str, formula: str) -> None:
    """A wrong gate, a wrong candidate and a state of the step before are named, or nothing is; and nothing passes."""
    code, roots = answer(gru(2, turned=True) | {cell: formula}, tmp_path)

    assert code in {1, 3}
    assert roots <= {cell}


@pytest.mark.usefixtures("a_short_search")
def test_a_state_mixed_unlike_the_others_gets_no_pass(tmp_path: Path) -> None:
    """One state of the other convention among those of Keras's is a mistake, or unknown, and never right."""
    cells = gru(2, turned=False) | {"P10": "=(1-B10)*P9+B10*H10"}
    code, roots = answer(cells, tmp_path)

    assert code in {1, 3}
    assert roots <= {"P10"}


@pytest.mark.usefixtures("a_short_search")
def test_of_two_units_with_a_convention_each_neither_is_blamed(tmp_path: Path) -> None:
    """Rule: where half of the states are mixed in either way, nothing says which way was meant."""
    other = gru(2, turned=True)
    cells = gru(2, turned=False) | {f"Q{row}": other[f"Q{row}"] for row in range(8, 8 + _STEPS)}

    assert answer(cells, tmp_path) == (3, set())


@pytest.mark.usefixtures("a_short_search")
def test_a_sample_in_another_convention_is_no_mistake(tmp_path: Path) -> None:
    """Rule: who mixes all states of one sample in the other way compares two definitions with the same weights."""
    cells = gru(1, turned=False)
    for row in range(7, 8 + _STEPS):
        for sample, shift in (("second", 25), ("third", 50)):
            for column in "BEHP":
                own, to = cells.get(f"{column}{row}"), f"{column_name(ord(column) - 65 + shift)}{row}"
                if isinstance(own, str):
                    cells[to] = re.sub(r"(?<![$A-Z])([BEHP])(\d)", lambda m, k=shift: _moved(m, k), own)
                elif own is not None:
                    cells[to] = own
            if sample == "third" and row > 7:
                h, z = f"{column_name(15 + shift)}{row}", f"{column_name(1 + shift)}{row}"
                before, new = f"{column_name(15 + shift)}{row - 1}", f"{column_name(7 + shift)}{row}"
                cells[h] = f"=(1-{z})*{before}+{z}*{new}"

    assert answer(cells, tmp_path)[1] == set()


def _moved(found: re.Match[str], by: int) -> str:
    return f"{column_name(ord(found[1]) - 65 + by)}{found[2]}"


def test_words_of_several_gates_beside_one_quantity_are_those_of_another_table(tmp_path: Path) -> None:
    """Rule: a column of weights to the left, each with its name, does not say that the gates in its rows are others."""
    names = ("Wz", "Uz", "bz", "Wr", "Ur", "br", "Wh", "Uh", "bh")
    cells: dict[str, object] = {f"A{row}": name for row, name in enumerate(names, 2)}
    cells |= {f"B{row}": round(0.9 - 0.23 * row, 2) for row in range(2, 11)} | {"I2": 0}
    for row in range(3, 8):
        sums = [f"B${k}*E{row}+B${k + 1}*{state}+B${k + 2}" for k, state in ((2, f"I{row - 1}"), (5, f"I{row - 1}"))]
        cells |= {"E2": "x", f"E{row}": round(0.4 * row - 1.7, 2)}
        cells |= {f"{column}{row}": f"=1/(1+EXP(-({total})))" for column, total in zip("FG", sums, strict=True)}
        cells[f"H{row}"] = f"=TANH(B$8*E{row}+B$9*G{row}*I{row - 1}+B$10)"
        cells[f"I{row}"] = f"=(1-F{row})*H{row}+F{row}*I{row - 1}"

    code, roots = answer(cells, tmp_path)

    assert (code, roots) == (0, set())


def test_sums_of_a_step_that_all_go_on_from_an_earlier_one_make_no_state_wrong(tmp_path: Path) -> None:
    """Rule: a state filled like right ones is not wrong where the sums of its step, by one slip, read another one."""
    units = range(3)
    cells: dict[str, object] = {
        f"{c}{row}": math.sin(3.1 * row + 1.7 * k) for row in range(1, 6) for k, c in enumerate("ABCDEFGHI")
    }
    cells |= {"M7": 0.4, "N7": -0.3, "O7": 0.6, **{f"L{30 + unit}": 0 for unit in units}}
    for before, column, own in (("L", "M", "L"), ("M", "N", "M"), ("N", "O", "M")):
        states = [f"{own}{30 + unit}" for unit in units]
        for number, weight in enumerate("ABCDEFGHI"):
            recurrent = "+".join(f"{state}*${weight}${2 + k}" for k, state in enumerate(states))
            x, u = f"{column}{40 + number}", f"{column}{50 + number}"
            cells |= {x: f"={column}$7*${weight}$1+${weight}$5", u: f"={recurrent}"}
            gate = f"=1/(1+EXP(-({x}+{u})))"
            cells[f"{column}{10 + number}"] = gate if number < 6 else f"=TANH({x}+{column}{7 + number}*{u})"
        for unit in units:
            z, h = f"{column}{10 + unit}", f"{before}{30 + unit}"
            cells[f"{column}{30 + unit}"] = f"={z}*{h}+(1-{z})*{column}{16 + unit}"

    recompute, own = keras_if_installed(), sheet(cells, tmp_path)
    assert recompute is not None
    answers, tolerance = answers_of(own.table, engine("ironcalc")), Tolerance(1e-12, 1e-12, 0.0, {})
    assert not settled(own.arrangement, own.part, Bench(own.part, answers, recompute, tolerance, 0, own.terms)).roots


def _keras_gru(wrong: dict[str, str]) -> dict[str, object]:
    """GRU(2) as Keras has it by default, a block a step: x·W + b and h·U + b of a row, their sum, and its activation.

    The weights stand in a row a gate's unit, from row 2 on: one for the input, two for states, and two biases.
    """
    cells: dict[str, object] = {"H1": 0.0, "I1": 0.0}
    for row in range(2, 8):
        cells |= {f"{c}{row}": round(0.31 * n - 0.17 * row + 0.09 * n * row, 2) for n, c in enumerate("KLMNO", 1)}
    for step, x in enumerate((0.4, -0.9, 1.3, 0.2)):
        top, states = 10 + 8 * step, [f"{c}{3 + 8 * step}" for c in "HI"] if step else ["H1", "I1"]
        cells[f"A{top}"] = x
        for number in range(6):
            at, weights = top + number, number + 2
            product = "+".join([f"$L${weights}*{states[0]}", f"$M${weights}*{states[1]}", f"$O${weights}"])
            cells |= {f"B{at}": f"=$K${weights}*A${top}+$N${weights}", f"C{at}": f"={product}"}
            gated = f"=B{at}+E{at - 2}*C{at}" if number > 3 else f"=B{at}+C{at}"
            cells |= {f"D{at}": gated, f"E{at}": f"=TANH(D{at})" if number > 3 else f"=1/(1+EXP(-D{at}))"}
        for unit, column in enumerate("HI"):
            z, new = f"E{top + unit}", f"E{top + 4 + unit}"
            cells[f"{column}{11 + 8 * step}"] = f"={z}*{states[unit]}+(1-{z})*{new}"
    return cells | wrong


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "wrong",
    [{}, {"D22": "=B22+E21*C22"}, {"D19": "=B19+C18"}, {"C27": "=$L$3*H19+$M$3*I19"}, {"H27": "=E26*H19+(1-E27)*E30"}],
)
def test_sums_of_two_sums_in_cells_of_their_own(wrong: dict[str, str], tmp_path: Path) -> None:
    """Rule: where both have a bias, as with `reset_after`, neither is a layer of its own that another one skips."""
    code, roots = answer(_keras_gru(wrong), tmp_path)
    assert (code, roots) == (0, set()) if not wrong else code in {1, 3} and roots <= wrong.keys()


def _in_blocks() -> dict[str, object]:
    """Rows of weights behind the names of their gates, and to the right, in other rows, the steps in blocks."""
    cells: dict[str, object] = {f"A{row}": gate for row, gate in enumerate(("Wz", "Wz", "Wr", "Wr", "W", "W"), 2)}
    for row in range(2, 8):
        cells |= {f"{column}{row}": round(0.31 * row - 0.43 * k * (-1) ** row, 2) for k, column in enumerate("BCDE", 1)}
    last = (0, 0)
    for step, (gate, joined, reset) in enumerate(("GHI", "KLM", "OPQ")):
        for k in (2, 3):
            cells |= {f"{joined}{k}": last[k - 2], f"{reset}{k}": f"={gate}{k + 4}*{joined}{k}"}
            cells |= {f"{joined}{k + 2}": round(0.7 * step - 0.4 * k, 2), f"{reset}{k + 2}": f"={joined}{k + 2}"}
        for row in range(2, 8):
            read = reset if row > 5 else joined
            total = "+".join(f"${c}${row}*{read}{k}" for k, c in enumerate("BCDE", 2))
            cells[f"{gate}{row + 2}"] = f"=TANH({total})" if row > 5 else f"=1/(1+EXP(-({total})))"
        for k in (2, 3):
            cells[f"{gate}{k + 8}"] = f"=(1-{gate}{k + 2})*{joined}{k}+{gate}{k + 2}*{gate}{k + 6}"
        last = f"={gate}10", f"={gate}11"
    return cells


def test_the_word_before_a_row_of_weights_names_no_gate_that_is_computed_behind_it(tmp_path: Path) -> None:
    """`Wr` is right of the weights in its row; the update gate stands in that row by chance."""
    assert verdict(_in_blocks(), tmp_path).code == 0


def test_a_block_that_is_as_the_others_have_it_is_no_slip(tmp_path: Path) -> None:
    """Where a word speaks against the layers, no formula is blamed that computes what the other blocks say."""
    found = verdict(_in_blocks() | {f"{column}{row}": "r" for column in "FJN" for row in (4, 5)}, tmp_path)

    assert (found.code, found.roots) == (3, set())
    assert "the words beside it say r" in found.said


def test_a_word_that_is_said_of_all_gates_names_none(tmp_path: Path) -> None:
    """As `5 h` does beside a step, which is no h̃; where one gate alone is called so, it is in doubt."""
    hours = {f"{column}6": "5 h" for column in "BEH"}

    assert verdict(gru(1, turned=False) | hours, tmp_path).code == 0
    assert verdict(gru(1, turned=False) | hours | {"E6": "r"}, tmp_path).code == 3
