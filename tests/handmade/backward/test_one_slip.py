"""Trainings of one or two steps with one mistake: the whole tells which cell is wrong, where no line does."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer as answer_to, save
from training_sheets import FIRST, ROWS, Cells, cell, filled, judged, line, roots, trained, training, with_gradients

from fixtures.handmade.drawn.score import answer
from xlcheck.verdicts.parts import Part

pytestmark = pytest.mark.keras


def _roots(part: Part) -> set[str]:
    return {*roots(part)}


def _outcome(path: Path, instead: dict[tuple[str, int], str | float]) -> Part:
    part = trained(training(path, 2, instead))
    assert part is not None
    return part


_SLIPS: dict[str, tuple[str, int, str]] = {
    "an activation of the sum beside": ("h1", 1, "1/(1+EXP(-{w4}))"),
    "a gradient of another unit in the last step": ("g5", 1, "({o1}-{t1})*{o1}*(1-{o2})*{h1}"),
    "a loss that takes a sum for an output": ("E", 1, "0.5*({t1}-{o1})^2+0.5*({t2}-{s2})^2"),
}


@pytest.mark.parametrize("what", _SLIPS)
def test_one_edit_that_makes_the_whole_right_tells(what: str, tmp_path: Path) -> None:
    """Rule: if one edit makes all of a training right and no other does, its cell is wrong."""
    head, step, text = _SLIPS[what]
    assert _roots(_outcome(tmp_path / "w.xlsx", {(head, step): f"={text}"})) == {cell(head, step)}


def test_two_slips_are_nobodys_fault(tmp_path: Path) -> None:
    """Rule: where it takes two edits in different formulas, no cell is blamed for either."""
    wrong: dict[tuple[str, int], str | float] = {
        ("g5", 1): "=({o1}-{t1})*{o1}*(1-{o2})*{h1}", ("g8", 1): "=({o2}-{t2})*{o1}*(1-{o2})*{h2}",
    }  # fmt: skip
    part = _outcome(tmp_path / "w.xlsx", wrong)
    assert _roots(part) == set()
    assert part.counts().not_evaluated >= 2


def test_a_training_that_is_right_is_left_alone(tmp_path: Path) -> None:
    """Rule: nothing is tried where nothing is open."""
    part = _outcome(tmp_path / "w.xlsx", {})
    assert _roots(part) == set()
    assert part.counts().not_evaluated == 0


@pytest.mark.parametrize("seed", [60018, 60035, 60040])
def test_drawn_trainings_of_one_step(seed: int) -> None:
    """Rule: the same in sheets of other authors, also where a slip was filled into two cells."""
    found = answer(seed, (1,), "training")
    assert (found.outcome, found.false) == ("exact", ())


def test_a_training_may_begin_anew(tmp_path: Path) -> None:
    """Rule: weights of a step that are all typed, and not what the step before leads to, begin another training."""
    anew: Cells = {f"{weight}{ROWS[2]}": number for weight, number in zip("EFG", (0.8, -0.3, 0.25), strict=True)}

    assert _roots(judged(with_gradients() | anew, tmp_path / "w.xlsx")) == set()


def test_a_weight_may_be_an_input_where_nothing_moves(tmp_path: Path) -> None:
    """Rule: of one unit with one input and one sample nobody knows which factor learns; it may be that of either."""
    cells: Cells = {
        "B1": 1.5,
        "B2": 0.3,
        "B3": 0.0001,
        "B4": 0.8,
        "B5": -0.4,
        "E1": "=B4*B1+B5",
        "E2": "=1/(1+EXP(-E1))",
    }
    cells |= {
        "E2": "=1/(1+EXP(-E1))",
        "E3": "=(E2-B2)^2/2",
        "E4": "=E2-B2",
        "E5": "=E2*(1-E2)",
        "E6": "=E4*E5*B1",
        "E7": "=E4*E5",
    }
    above, below = (f"(1/(1+EXP(-((B4{sign}B3)*B1+B5)))-B2)^2/2" for sign in "+-")
    cells |= {"E8": f"=({above}-{below})/(2*B3)", "E9": "=ABS(E8-E6)", "E10": '=IF(E9<0.000001,"OK","CHECK")'}

    path = tmp_path / "w.xlsx"
    save(cells, path)
    part = trained(path)
    assert part is None or _roots(part) == set()


@pytest.mark.parametrize(("seed", "kind"), [(91026, "training"), (92026, "epochs"), (92020, "epochs")])
def test_sheets_that_are_told_apart_by_little(seed: int, kind: str) -> None:
    """Rule: tries of a network with fewer outputs, a typed number among filled ones, and a `$` that most lack blame no
    right cell, and are no defect."""
    found = answer(seed, (1,), kind)
    assert (found.error, found.false) == ("", ())


def test_targets_that_were_pasted_on_one_worksheet_are_no_pass() -> None:
    """Rule: the numbers that other worksheets look up, typed beside the same inputs, keep the whole from passing."""
    found = answer(32021, (1,), "line")
    assert (found.passed, found.false) == (False, ())
    assert answer(32021, (), "line").passed


@pytest.mark.parametrize("seed", [32023, 32037])
def test_what_belongs_elsewhere_or_copies_a_word_is_no_pass(seed: int) -> None:
    """Rule: a slope in the place of a delta, or a word in the place of a gradient, is not what belongs there."""
    found = answer(seed, (1,), "training")
    assert (found.passed, found.false) == (False, ())
    assert answer(seed, (), "training").passed


def test_weights_that_were_pasted_are_wrong() -> None:
    """Rule: typed numbers that are to their last digit what a step leads to are results, be they most weights."""
    found = answer(60006, (1,), "training")
    assert (found.outcome, found.false) == ("exact", ())


def test_what_three_steps_do_alike_is_a_habit(tmp_path: Path) -> None:
    """Rule: an edit of three formulas in line is no slip unless another one in line is so already."""
    cells = with_gradients() | {f"I{row}": f"=(H{row}-E{row})^2" for row in range(5, 9)}
    assert _roots(judged(cells, tmp_path / "w.xlsx")) == set()
    one = with_gradients() | {"I8": "=0.5*(H8-E8)^2"}
    assert _roots(judged(one, tmp_path / "w.xlsx")) == {"I8"}


def test_two_trainings_may_have_the_same_inputs_and_other_targets(tmp_path: Path) -> None:
    """Rule: typed targets beside inputs that are looked up are only doubted where others look up the same numbers."""
    data = {place: content for place, content in with_gradients().items() if place[0] in "BC"}
    cells: Cells = dict(data)
    for sheet, more in (("one", 0.0), ("two", 0.25)):
        for place, content in with_gradients().items():
            own = f"=Sheet!{place}" if place in data else content
            cells[f"{sheet}!{place}"] = own + more if isinstance(own, float) and place[0] == "D" else own
    part = judged(cells, tmp_path / "w.xlsx")
    assert (_roots(part), part.counts().not_evaluated) == (set(), 0)


def test_a_formula_between_two_of_its_kind_is_as_these_are(tmp_path: Path) -> None:
    """Rule: two steps are no line, but the weights below one another are; with it the whole training is right."""
    cells: dict[str, object] = {"B1": 0.3, "D1": 1e-7}
    steps = (("BCDE", (0.4, -0.6, 1.1), 0.5), ("GHIJ", (1.0, 0.2, -0.3), -0.3), ("LMNO", (-0.2, 0.7, 0.5), 0.1))
    for step, ((w, g, s, new), inputs, target) in enumerate(steps):
        cells |= {f"{g}{row}": x for row, x in enumerate(inputs, 3)} | {f"{g}6": target}
        cells[f"{g}15"] = f"={w}9*{g}3+{w}10*{g}4+{w}11*{g}5+{w}12"
        cells[f"{g}16"] = f"=2*({g}15-{g}6)"
        before = steps[step - 1][0] if step else None
        for row in range(9, 13):
            cells[f"{w}{row}"] = f"={before[3]}{row}" if before else round(0.31 * row - 3, 2)
            cells[f"{g}{row}"] = f"={g}$16*{g}{row - 6}" if row < 12 else f"={g}16"
            cells[f"{s}{row}"] = f"={f'{before[2]}{row}' if before else '0.1'}+{g}{row}^2"
            cells[f"{new}{row}"] = f"={w}{row}-$B$1*{g}{row}/(SQRT({s}{row})+$D$1)"
    assert answer_to(cells, tmp_path) == (0, set())
    for place, text in (("I10", "=0+H10^2"), ("N11", "=I11+M11"), ("I11", "=D10+H11^2")):
        assert answer_to(cells | {place: text}, tmp_path) == (1, {place})


def _with_momentum() -> Cells:
    """Three steps: two weights and a bias in E to G, what each moves by in J to L."""
    cells = {own: text for own, text in line().items() if own[0] != "A" and int(own[1:]) < FIRST + 3}
    for row in ROWS[:3]:
        for weight, velocity, factor in (("E", "J", f"*B{row}"), ("F", "K", f"*C{row}"), ("G", "L", "")):
            kept = f"+0.8*{velocity}{row - 1}" if row > FIRST else ""
            cells[f"{velocity}{row}"] = f"=-0.1*(H{row}-D{row}){factor}{kept}"
            cells |= {f"{weight}{row}": f"={weight}{row - 1}+{velocity}{row - 1}"} if row > FIRST else {}
    return cells


def test_a_weight_that_moves_against_its_velocity_is_the_root(tmp_path: Path) -> None:
    """Rule: what has momentum moves by more than its gradient; a sign that is turned in one step is one slip."""
    assert answer_to(_with_momentum(), tmp_path) == (0, set())
    assert answer_to(_with_momentum() | {"G6": "=G5-L5"}, tmp_path) == (1, {"G6"})


def _across() -> Cells:
    """Three steps, a column each from B on: three weights, inputs, target, output, error, gradients, velocities."""
    cells: Cells = {}
    data = (((0.4, -0.7, 1.1), 0.3), ((-0.9, 0.2, 0.5), -0.6), ((0.8, 1.3, -0.4), 0.9))
    for step, (column, (inputs, target)) in enumerate(zip("BCD", data, strict=True)):
        last = "ABC"[step]
        for k, given in enumerate(inputs):
            cells[f"{column}{4 + k}"] = f"={last}{4 + k}+{last}{20 + k}" if step else round(0.3 - 0.25 * k, 2)
            cells |= {f"{column}{8 + k}": given, f"{column}{16 + k}": f"={column}$14*{column}{8 + k}"}
            kept = f"=0.8*{last}{20 + k}-0.1*" if step else "=-0.1*"
            cells[f"{column}{20 + k}"] = f"{kept}{column}{16 + k}"
        total = f"=SUMPRODUCT({column}4:{column}6,{column}8:{column}10)"
        cells |= {f"{column}12": target, f"{column}13": total, f"{column}14": f"={column}13-{column}12"}
    return cells


def test_a_velocity_that_forgets_the_last_one_is_blamed_and_not_the_one_behind_it(tmp_path: Path) -> None:
    """Rule: of three in a line the first has none to keep; what is filled as those on both sides of it is right."""
    assert answer_to(_across(), tmp_path) == (0, set())
    code, blamed = answer_to(_across() | {"C21": "=-0.1*C17"}, tmp_path)
    assert code != 0
    assert blamed <= {"C21"}


def test_no_edit_makes_less_of_a_network_learn(tmp_path: Path) -> None:
    """Rule: gradients of a hidden layer by weights that were moved already are not mended by what moves no weight."""
    cells: Cells = {
        "D2": 0.1, "D6": 0.4, "D10": 0.8, "D14": 0.6, "B4": 0.35, "B12": 0.9, "I4": 0.3, "I12": 0.9, "N8": 0.5,
        "F4": "=B4*D2+B12*D10", "G4": "=1/(1+EXP(-F4))", "F12": "=B4*D6+B12*D14", "G12": "=1/(1+EXP(-F12))",
        "K8": "=G4*I4+G12*I12", "L8": "=1/(1+EXP(-K8))", "O8": "=N8-L8", "L10": "=O8*L8*(1-L8)",
        "I5": "=I4+L10*G4", "I13": "=I12+L10*G12", "G6": "=L10*I5*G4*(1-G4)", "G14": "=L10*I13*G12*(1-G12)",
        "D3": "=D2+G6*B4", "D7": "=D6+G14*B4", "D11": "=D10+G6*B12", "D15": "=D14+G14*B12",
    }  # fmt: skip
    part = trained(filled(tmp_path / "w.xlsx", cells))

    assert part is None or not any(own.desired_formula == "=1/(1+EXP(-F4))" for own in part.results)
