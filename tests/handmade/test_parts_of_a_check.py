"""Steps of a check of a hand-made workbook by themselves: what leads where, and what stands for what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bound_sheets import NUMBERS, STATES, Bound, bound
from equation_sheets import TOYS, dense, save
from plain_sheets import attention
from recognised_sheets import Sheet, a1, sheet

from xlcheck.engines import engine
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.accepting.acceptance import looks_like_a_network, rounds_throughout
from xlcheck.handmade.accepting.idle_parts import with_idle_parts
from xlcheck.handmade.accepting.meant import why_meant
from xlcheck.handmade.accepting.outcome import Outcome, judged
from xlcheck.handmade.accepting.perturb import disagreeing, with_perturbation
from xlcheck.handmade.arrangements.arrangement import Candidate
from xlcheck.handmade.arrangements.computed_weights import with_computed_weights
from xlcheck.handmade.beside.preparation import against, feeders
from xlcheck.handmade.check import check_content, read_one_another
from xlcheck.handmade.edits.against_edits import _computes_again, is_strange
from xlcheck.handmade.edits.idle_under_edits import idle_under, leaves_idle
from xlcheck.handmade.judging.verdicts import Verdict
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.results import result_at
from xlcheck.handmade.rewriting.with_typed_weights import with_typed_weights
from xlcheck.handmade.rewriting.without_rounding import without_rounding
from xlcheck.oracle.on_request import keras_if_installed
from xlcheck.verdicts.report import Kind, Status
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.reader import read_workbook

_STRICT = Tolerance(1e-12, 1e-12, 0.0, {})
_BY_CHANCE = {"B5": "=TANH($A$1+B4*$A$2+$A$3)"}  # the input of this step is 1


def _cell(name: str, worksheet: str = "S") -> Address:
    return worksheet, int(name[1:]) - 1, ord(name[0]) - ord("A")


def _judged(own: Bound) -> Outcome:
    recompute = keras_if_installed()
    assert recompute is not None
    return judged(own.table, own.answers, own.precedents, own.networks, recompute, _STRICT)


def test_without_formulas_or_keras_there_is_no_check(tmp_path: Path) -> None:
    """Rule: a check that can look at nothing says why and is no pass."""
    numbers = read_workbook(save({"A1": 1.0}, tmp_path / "numbers.xlsx"))
    with pytest.raises(NothingCheckedError, match="no formula cell"):
        check_content(numbers, engine("ironcalc"), recompute=None)
    formulas = read_workbook(save({"A1": "=1+1"}, tmp_path / "formulas.xlsx"))
    with pytest.raises(NothingCheckedError, match="Keras is needed"):
        check_content(formulas, engine("ironcalc"), recompute=None)


@pytest.mark.keras
def test_bound_cells_are_judged_and_may_be_left_out(tmp_path: Path) -> None:
    """Rule: the wrong state is the root and those behind it follow; once it is left out, the report says why."""
    outcome = _judged(bound(tmp_path, STATES | {"B6": "=TANH(A6*$A$1+B4*$A$2+$A$3)"}))
    assert [a1(own.cell) for own in outcome.roots] == ["B6"]
    assert [own.status for own in outcome.verdicts].count(Status.CARRIED) == 2

    rest = outcome.without([own.cell for own in outcome.roots], "nobody knows")
    assert not rest.roots
    assert [(r.cell, r.message) for r in rest.results if r.status is Status.NOT_EVALUATED] == [("B6", "nobody knows")]


@pytest.mark.keras
def test_rounding_is_meant_only_where_most_round(tmp_path: Path) -> None:
    """Rule: a cell that rounds is right to, if most formulas do; one among exact ones is not, nor one that is wrong."""
    rounded = {cell: f"=ROUND({text[1:]},3)" for cell, text in STATES.items()}
    one = _judged(bound(tmp_path, STATES | {"B6": rounded["B6"]}))
    assert rounds_throughout([own.cell for own in one.roots], one) is None
    all_of_them = _judged(bound(tmp_path, rounded))
    roots = [own.cell for own in all_of_them.roots]
    assert roots
    assert "rounds what it computes" in (rounds_throughout(roots, all_of_them) or "")
    assert rounds_throughout([*roots, _cell("A5", "Sheet")], all_of_them) is None


@pytest.mark.keras
def test_with_other_numbers_a_chance_is_none(tmp_path: Path) -> None:
    """Rule: what is right for the numbers shown alone, and what reads it, differs from Keras with others."""
    own = bound(tmp_path, STATES | _BY_CHANCE)
    recompute = keras_if_installed()
    assert recompute is not None
    told = own.table, own.answers, own.networks, own.aligned, recompute, _STRICT

    assert disagreeing(*told, rounds=0) == set()
    assert sorted(map(a1, disagreeing(*told, rounds=1))) == ["B5", "B6", "B7", "B8"]


def test_what_is_right_only_here_is_wrong_or_follows(tmp_path: Path) -> None:
    """Rule: a cell that computes something else becomes a root, one that reads it is carried, others stay."""
    own = bound(tmp_path, STATES | _BY_CHANCE)
    agree = [
        Verdict(cell, own.aligned.elements[number], Status.AGREE, Kind.VALUE, 1.0, 1.0, None)
        for cell, number in own.aligned.held.items()
    ]
    wrong = {own.cell for own in agree if a1(own.cell) in {"B5", "B6"}}
    found = {a1(own.cell): own for own in with_perturbation(agree, wrong, own.aligned)}

    assert own.wrong.keys() == {"B5"}
    assert [found[name].status for name in ("B5", "B6", "B7")] == [Status.ROOT, Status.CARRIED, Status.AGREE]
    assert (found["B5"].only_here, found["B7"].only_here) == (True, False)


def test_networks_read_one_another_where_one_is_given_formulas(tmp_path: Path) -> None:
    """Rule: several networks with typed inputs stand side by side; one with computed inputs waits for these."""
    own = bound(tmp_path, STATES)
    (network,) = own.networks
    states = tuple(_cell(name, own.table.addresses[0][0]) for name in STATES)
    inputs = {f"input.x[{step}]": (cell,) for step, cell in enumerate(states)}
    behind = replace(network, samples=({**network.samples[0], **inputs},))

    assert not read_one_another(own.table, [network, network])
    assert read_one_another(own.table, [network, behind])
    assert not read_one_another(own.table, [behind])


def test_formulas_may_be_a_network_or_not(tmp_path: Path) -> None:
    """Rule: sums of products and activations look like a network; a total does not."""
    assert looks_like_a_network(sheet(TOYS["rnn"], tmp_path).table)
    assert not looks_like_a_network(sheet({"A1": 1.0, "A2": 2.0, "B1": "=A1+A2"}, tmp_path).table)


def _scaled(**edits: str) -> dict[str, object]:
    """The recurrent unit on inputs that are halved first."""
    raw = {f"L{row}": 0.3 * row for row in range(5, 9)}
    return {**NUMBERS, **STATES, **raw, **{f"A{row}": f"=L{row}/2" for row in range(5, 9)}, "D1": "=L5*3", **edits}


def test_what_makes_the_inputs_leads_to_judged_cells(tmp_path: Path) -> None:
    """Rule: formulas before the network prepare it; others do not, and an odd one among them is named."""
    own = sheet(_scaled(), tmp_path).part
    judged_ones = {_cell(name) for name in STATES}
    made = feeders(own.table, own.values, own.precedents, judged_ones, own.table.texts.keys() - judged_ones)
    assert [*map(a1, made)] == ["A5", "A6", "A7", "A8"]
    assert not [*against(own.table, own.values, own.precedents, made, judged_ones)]

    for odd in ("=L7/3", "=L7+2", "=L7*L6"):
        other = sheet(_scaled(A7=odd), tmp_path).part
        assert [*against(other.table, other.values, other.precedents, made, judged_ones)], odd


@pytest.mark.parametrize(("blank", "meant"), [(None, True), (0, True), (0.25, False)])
def test_a_state_may_be_repeated_where_a_step_has_no_input(blank: object, meant: bool, tmp_path: Path) -> None:
    """Rule: as Keras's Masking does; where the step has an input, the formula is a slip."""
    part = sheet({**NUMBERS, **STATES, "B7": "=B6", "A7": blank}, tmp_path).part
    cell = _cell("B7")
    said = result_at(part.table, cell, Status.ROOT, "", 0.1, desired_formula="=TANH(A7*$A$1+B6*$A$2+$A$3)")
    held = {_cell(name): f"simple_rnn.h[{step}][0]" for step, name in enumerate(STATES)}
    why = why_meant(part, {cell: said}, held, None)

    assert (why is not None and "Masking" in why) is meant
    assert why_meant(part, {}, held, None) is None


_SUMS = {
    "B1": 0.6, "E5": "=TANH(D5)", **{f"A{row}": 0.2 * row for row in (5, 6, 7)},
    **{f"D{row}": f"=A{row}*$B$1+1" for row in (5, 6, 7)},
}  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "roots", "held", "why"),
    [
        ({"K3": 0.4, "B1": "=K3+0.1"}, {"B1": "=K3"}, "dense.kernel", "may try what another number gives"),
        ({"K3": 0.4, "K4": "=K3*2", "B1": "=K3+K4"}, {"B1": "=K3"}, "dense.kernel", None),
        (_SUMS, {f"D{row}": f"=TANH(A{row})" for row in (5, 6, 7)}, "dense.y", "are computed alike"),
        (_SUMS, {f"D{row}": f"=TANH(A{row})" for row in (5, 6)}, "dense.y", None),
        (_SUMS | {"E6": "=D6"}, {"D6": "=A6*3"}, "dense.z", "or its copy S!E6"),
        (_SUMS | {"E6": "=TANH(D6)"}, {"D6": "=A6*3"}, "dense.z", None),
    ],
    ids=["what if", "a sum", "a habit", "no habit", "a copy of a sum", "its activation"],
)
def test_what_seems_wrong_may_be_meant(
    cells: dict[str, object], roots: dict[str, str], held: str, why: str | None, tmp_path: Path
) -> None:
    """Rule: a weight with a number added, what all cells of a quantity do, a sum copied where others are bent."""
    part = sheet(cells, tmp_path).part
    said = {
        _cell(name): result_at(part.table, _cell(name), Status.ROOT, "", 0.1, desired_formula=text)
        for name, text in roots.items()
    }
    names = {cell: f"{held}[{cell[1]}]" for cell in part.table.texts if cell[2] == next(iter(said))[2]}
    found = why_meant(part, said, names, None)

    assert found == why if why is None else why in str(found)


def _typed() -> dict[str, object]:
    cells: dict[str, object] = {}
    for row in range(2, 6):
        cells |= {f"A{row}": round(0.31 * row - 1, 2), f"B{row}": f"=TANH(0.5*A{row}+0.25)"}
    return cells


def test_typed_weights_get_cells_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: formulas read cells with the numbers that were typed in them; who takes no formulas is not asked."""
    part = sheet(_typed(), tmp_path).part
    moved = with_typed_weights(part, answers_of(part.table, engine("ironcalc")))
    assert moved is not None
    assert sorted(moved.moved.numbers.values()) == [0.25, 0.5]
    assert all(moved.part.table.is_number(cell) for cell in moved.moved.numbers)
    assert not any("0.5" in text or "0.25" in text for text in moved.part.table.texts.values())
    assert (moved.part.values.numbers[moved.part.table.index[_cell("B3")]]) == pytest.approx(
        part.values.numbers[part.table.index[_cell("B3")]], rel=1e-15
    )

    other = answers_of(part.table, engine("cellrune"))
    assert with_typed_weights(part, other) is not None
    monkeypatch.setattr(other.engine, "takes_formulas", False)
    assert with_typed_weights(part, other) is None
    plain = sheet(dense(3), tmp_path).part
    assert with_typed_weights(plain, answers_of(plain.table, engine("ironcalc"))) is None


def test_a_habit_of_rounding_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: the formulas are the same without ROUND, with the digits of each; what does not round stays as it is."""
    right = dense(3)
    rounded = {cell: f"=ROUND({v[1:]},3)" if isinstance(v, str) else v for cell, v in right.items()}
    part = sheet(rounded, tmp_path).part
    found = without_rounding(part, answers_of(part.table, engine("ironcalc")))
    assert found is not None
    assert {*found.digits.values()} == {3}
    assert found.part.table.texts == sheet(right, tmp_path).table.texts

    other = answers_of(part.table, engine("cellrune"))
    assert without_rounding(part, other) is not None
    monkeypatch.setattr(other.engine, "takes_formulas", False)
    assert without_rounding(part, other) is None
    plain = sheet(right, tmp_path).part
    assert without_rounding(plain, answers_of(plain.table, engine("ironcalc"))) is None


def _edited(own: Sheet, cell: str, reads: str) -> Candidate:
    return Candidate({_cell(cell): own.terms.algebra.leaf(_cell(reads))}, own.arrangement)


def test_an_edit_may_leave_weights_unread(tmp_path: Path) -> None:
    """Rule: what an edited formula alone has read is idle, and speaks against it; nothing is idle under no edit."""
    own = sheet(TOYS["rnn"], tmp_path)
    base = own.arrangement
    assert sorted(map(a1, idle_under(_edited(own, "C7", "B7"), base))) == ["A2", "B2"]
    assert leaves_idle(_edited(own, "C7", "B7"), base)
    assert idle_under(Candidate({}, base), base) == set()
    assert not leaves_idle(Candidate({}, base), base)


def test_an_edit_that_computes_what_another_cell_does_is_strange(tmp_path: Path) -> None:
    """Rule: nobody means to compute a state twice."""
    own = sheet(TOYS["rnn"], tmp_path)
    assert is_strange(Candidate({_cell("B6"): own.terms[_cell("B5")]}, own.arrangement), own.arrangement)
    assert not is_strange(Candidate({}, own.arrangement), own.arrangement)


def test_results_may_be_the_weights_of_other_results(tmp_path: Path) -> None:
    """Rule: products of queries and keys are a layer behind both, scaled; without keys there is none."""
    whole = sheet(attention(), tmp_path).arrangement
    given = replace(whole, layers=tuple(layer for layer in whole.layers if layer.reading.scale == 1), plain=())
    more = with_computed_weights(given)
    scores = more.layers[len(given.layers)]
    assert scores.reading.scale == pytest.approx(2**-0.5, rel=1e-12)
    assert {cell for layer in more.layers for cell in layer.own} == {
        cell for layer in whole.layers for cell in layer.own
    }

    plain = sheet(dense(3), tmp_path).arrangement
    assert with_computed_weights(plain) is plain


@pytest.mark.parametrize(
    ("rounded", "exact", "habit"),
    [
        (("=ROUND(A{0}*2,3)", "=ROUND(A{0}+1,3)"), ("=A{0}/3",), True),
        (("=ROUND(A{0}*2,3)",), ("=A{0}/3", "=A{0}-1"), False),
        (("=ROUND(A2*2,3)", "=ROUND(A2+1,3)"), ("=A{0}/3",), False),
    ],
)
def test_a_habit_is_one_of_most_formulas_and_of_most_kinds(
    rounded: tuple[str, ...], exact: tuple[str, ...], habit: bool, tmp_path: Path
) -> None:
    """Rule: a long line that rounds beside several kinds that do not is none, nor are some cells beside a long line."""
    cells: dict[str, object] = {f"A{row}": 0.3 * row for row in range(2, 8)}
    for column, text in zip("CDE", rounded, strict=False):
        cells |= {f"{column}{row}": text.format(row) for row in range(2, 8 if "{" in text else 4)}
    for column, text in zip("GHI", exact, strict=False):
        cells |= {f"{column}{row}": text.format(row) for row in range(2, 4 if habit or len(exact) > 1 else 8)}
    part = sheet(cells, tmp_path).part

    assert (without_rounding(part, answers_of(part.table, engine("ironcalc"))) is not None) is habit


def test_an_edit_computes_no_cell_again(tmp_path: Path) -> None:
    """Rule: what another cell computes already is not meant a second time; a copy is."""
    own = sheet(TOYS["rnn"], tmp_path)
    base = own.arrangement

    assert _computes_again(Candidate({_cell("B6"): own.terms[_cell("B5")]}, base), base)
    assert not _computes_again(_edited(own, "B6", "B5"), base)


@pytest.mark.parametrize(
    ("formula", "what"),
    [
        ("=TANH(A1*B1)", None),
        ("=A1*B1+IF(A1>0,A2,7)", None),
        ("=A1*B1+IF(A1>5,A2,0)", "a condition"),
        ("=A1*B1+MAX(0,A2-10)", "the function MAX"),
        ("=IF(A3=1,A1*B1,A2)", "a condition"),
    ],
)
def test_a_part_may_have_had_no_say(formula: str, what: str | None, tmp_path: Path) -> None:
    """Rule: what takes one way for the numbers shown may take another one, of which the check knows nothing."""
    own = sheet({"A1": 0.3, "A2": 0.7, "A3": 1, "B1": -0.4, "C1": formula, "C2": "=A3*2"}, tmp_path)
    said = [*with_idle_parts(own.table, own.values, [_cell("C1")])]

    assert len(said) == (what is not None)
    assert all(f"what S!C1 gives depends on {what}" in sentence for sentence in said)
