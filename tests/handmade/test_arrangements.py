"""What stands around the layers of a worksheet: what only shows results, what is given, what is left."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from equation_sheets import TOYS, exchanged
from recognised_sheets import LEARNING, a1, sheet

from xlcheck.engines import engine
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.accepting.pieces import alone, connected, pieces
from xlcheck.handmade.accepting.shown_beside import only_shown, shown_beside, unread, without
from xlcheck.handmade.accepting.stored import by_chance, stored_values
from xlcheck.handmade.accepting.summary import depending_cells
from xlcheck.handmade.arrangements.arrangement import Arrangement, seeming_weights
from xlcheck.handmade.arrangements.beside_layers import BesideLayers
from xlcheck.handmade.arrangements.layer_cells import at_first
from xlcheck.handmade.beside.measures import Measures
from xlcheck.handmade.beside.showing import asks_for_the_sign, bends, is_difference, shows_otherwise
from xlcheck.handmade.equations.plain_templates import typed_vectors
from xlcheck.handmade.propose import propose_bindings
from xlcheck.handmade.reading.evaluated import in_each_setting
from xlcheck.handmade.reading.results import result_at
from xlcheck.verdicts.report import Kind, Status

SHOWN = {
    **TOYS["xor"], **{f"K{row}": f"=ROUND(E{row},2)" for row in (6, 7, 8)}, "K9": "=AVERAGE(E6:E8)", "L6": "=TANH(E6)",
    **{f"M{row}": f"=1-E{row}" for row in (6, 7, 8)},
}  # fmt: skip
"""The dense network of three samples, its answers rounded, their mean, what is left of 1, and one more activation."""
BESIDE = {
    "L1": 0.7, "M1": -0.4, "N1": 0.15, "L2": 1.2, "M2": -0.3, "L5": 0.3, "L6": -0.8, "L7": 0.55, "M4": 0.25,
    **{f"M{row}": f"=TANH(L{row}*$L$1+M{row - 1}*$M$1+$N$1)" for row in (5, 6, 7)}, "N7": "=1/(1+EXP(-(M7*$L$2+$M$2)))",
}  # fmt: skip
"""A second recurrent unit, which has nothing to do with the first one."""


def names(cells: Iterable[Address]) -> str:
    """The addresses of some cells."""
    return " ".join(sorted(map(a1, cells)))


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("ROUND(E6,2)", True), ("AVERAGE(E6:E8)", True), ("MATCH(MAX(E6:G6),E6:G6,0)", True), ("E6*100", True),
        ("ABS(E6-G6)", True), ("1-E6", False), ("ROUND(E6*2,2)+E7", False), ("MATCH(MAX(E6:G6),E7:G7,0)", False),
        ("E6*E7", False), ("TANH(E6)", False),
    ],
)  # fmt: skip
def test_formulas_that_only_show_what_they_read(text: str, shows: bool) -> None:
    """Rounded, averaged, as per cent, as a distance, the number of the largest: none of it is a part of a layer."""
    assert shows_otherwise(text) is shows


def test_what_bends_and_what_asks_for_a_sign() -> None:
    """Activations are made of exponentials, maxima and conditions; a threshold other than 0 is no sign."""
    assert [bends(text) for text in ("MAX(0,A1)", "exp(A1)", "IF(A1>0,1,0)", "SUM(A1:A3)", "MAXA(A1)")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert [asks_for_the_sign(text) for text in ("IF(A1>0,1,0)", "A1<=0", "A1>0.5", "A1=0")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [is_difference(text) for text in ("A1-B2", "ABS(A1-B2)", "A1-B2-C3", "A1+B2")] == [True, True, False, False]


def test_formulas_that_nobody_reads_are_grouped_by_what_they_do(tmp_path: Path) -> None:
    """What is filled shows results; one activation alone may be missed somewhere, and so may a mean of a part."""
    found = sheet(SHOWN, tmp_path)

    assert [names(group) for group in unread(found.part)] == ["K6 K7 K8", "L6", "M6 M7 M8", "K9"]
    assert names(only_shown(found.part)) == "K6 K7 K8 K9 M6 M7 M8"
    with_typed = sheet({**SHOWN, **{f"M{row}": f"=A{row}-E{row}" for row in (6, 7, 8)}}, tmp_path)
    assert "M6 M7 M8" not in [names(group) for group in shown_beside(with_typed.part)]
    left = without(found.part, [("S", 5, 10), ("S", 8, 10)])
    assert names(found.table.texts.keys() - left.table.texts.keys()) == "K6 K9"
    cut = sheet({**SHOWN, "K9": "=AVERAGE(E6:E7)"}, tmp_path)
    assert "K9" not in names(only_shown(cut.part)).split()


def test_networks_that_nothing_connects_are_pieces(tmp_path: Path) -> None:
    """Each with its own numbers; one number that both read makes them one, unless numbers do not count."""
    found = sheet({**TOYS["rnn"], **BESIDE}, tmp_path)
    joined = sheet({**TOYS["rnn"], **BESIDE, "M5": "=TANH(L5*$A$1+M4*$M$1+$N$1)"}, tmp_path)

    assert [names(own) for own in connected(found.part)] == ["B5 B6 B7 C7", "M5 M6 M7 N7"]
    assert [names(own.table.texts) for own in pieces(found.part)] == ["B5 B6 B7 C7", "M5 M6 M7 N7"]
    assert len(connected(joined.part)) == 1
    assert [*pieces(joined.part)] == []
    assert len(connected(joined.part, through_numbers=False)) == 2
    one = alone(found.part, [("S", row, 1) for row in (4, 5, 6)])
    assert names(one.table.addresses) == "A1 A5 A6 A7 B1 B4 B5 B6 B7 C1"


def test_the_cells_of_layers_and_what_is_left(tmp_path: Path) -> None:
    """Each formula is a layer's, or the loss's, or needs no verdict, as decisions do and derivatives."""
    found: Arrangement = sheet(LEARNING, tmp_path).arrangement
    first, last = found.layers
    left, spare = BesideLayers(found, found.own).rest()

    assert (names(first.own), names(first.inputs)) == ("C6 C7 C8 D6 D7 D8", "A6 A7 A8 B6 B7 B8")
    assert names(last.own) == "E6 E7 E8 H6 H7 H8 H9"
    assert (left, names(spare)) == ([], "I6 I7 I8 J6 J7 J8")
    assert names(found.measured) == "H6 H7 H8"
    assert [*found.mixed_up(), *found.objections(), *found.words_against(), *found.said_again()] == []
    assert [*found.read_for_nothing(found.own)] == []
    assert names(seeming_weights(found)) == "A1 A2 A3 B1 B2 B3 D1 D2 D3"


def test_the_mean_of_some_losses_is_no_display(tmp_path: Path) -> None:
    """One that leaves a sample out may be a mistake, and needs a verdict; that of all may stand there again."""
    for mean, is_open in (("=AVERAGE(H6:H7)", True), ("=AVERAGE(H6:H8)", False)):
        found = sheet({**LEARNING, "K9": mean}, tmp_path).arrangement
        left, _ = BesideLayers(found, found.own).rest()
        assert names(left) == ("K9" if is_open else "")


def test_a_formula_that_rounds_is_computed_in_each_setting(tmp_path: Path) -> None:
    """No term shows what is rounded; words that it compares stay words, whatever number a setting has for them."""
    found = sheet({"A1": 0.26, "D1": "x", "B1": '=IF(D1="x",ROUND(A1,1),7)'}, tmp_path)
    cell, numbers = ("S", 0, 1), np.array([0.26, 0.44])
    values = in_each_setting(cell, found.table, found.terms, found.part.precedents.of(cell), lambda _: numbers)

    assert values.tolist() == [0.3, 0.4]


def test_what_speaks_against_an_arrangement(tmp_path: Path) -> None:
    """Samples that changed places are mixed up; a formula that reads one number more reads it for nothing."""
    swapped = sheet(exchanged(LEARNING, "C6", "C7"), tmp_path).arrangement
    more = sheet({**LEARNING, "E7": "=1/(1+EXP(-(C7*$D$1+D7*$D$2+$D$3)))+0*$N$1", "N1": 0.5}, tmp_path).arrangement
    taken = {cell for layer in more.all_layers for cell in layer.own}

    assert swapped.mixed_up() or swapped.objections() or swapped.recognised.doubtful
    assert "S!E7 reads S!N1, which is no number of the layer" in [*more.read_for_nothing(taken)]


def test_what_belongs_to_a_first_step_alone(tmp_path: Path) -> None:
    """A GRU's product of gate and first state, and its result; a layer without memory has no first step."""
    gru, dense = (sheet(TOYS[name], tmp_path).arrangement for name in ("gru", "xor"))

    assert names(at_first(gru.layers[0], gru.forms)) == "H2 H3 H4 H5 H6 I4"
    assert at_first(dense.layers[0], dense.forms) == set()


def test_errors_and_their_means_measure_results(tmp_path: Path) -> None:
    """A squared error of each sample and their mean; what adds up an input measures nothing."""
    errors = {f"H{row}": f"=(E{row}-G{row})^2" for row in (6, 7, 8)} | {"H9": "=AVERAGE(H6:H8)", "K6": "=A6+B6"}
    found = sheet({**TOYS["xor"], **{f"G{row}": 0.5 for row in (6, 7, 8)}, **errors}, tmp_path)
    results = {cell: cell for cell in found.results[1].values()}
    given = {("S", row, column) for row in (5, 6, 7) for column in (0, 1)}
    layers = dict.fromkeys(results, 1)
    reads = {cell: found.part.precedents.of(cell) for cell in found.table.texts}
    measures = Measures(found.terms, found.table, reads, results, given, set(), layers)

    assert names(measures.cells([("S", row, 7) for row in (5, 6, 7, 8)])) == "H6 H7 H8 H9"
    assert measures.cells([("S", 5, 10)]) == set()


def test_vectors_of_typed_numbers_of_which_a_softmax_is_taken(tmp_path: Path) -> None:
    """Three numbers in a row, and their shares beside them, are a vector; those of a layer's formulas are taken."""
    shares = {f"{c}5": f"=EXP({c}1)/(EXP($A$1)+EXP($B$1)+EXP($C$1))" for c in "ABC"}
    found = sheet({"A1": 0.3, "B1": -0.2, "C1": 0.9, **shares}, tmp_path)

    (vector,) = typed_vectors(found.terms, set(), beside=False)
    assert [a1(cell) for _, cell in sorted(vector.items())] == ["A1", "B1", "C1"]
    assert [*typed_vectors(found.terms, {("S", 4, column) for column in range(3)}, beside=False)] == []


def test_values_that_chance_decides(tmp_path: Path) -> None:
    """A cell that draws, and all that follow from it; a word RAND in a text draws nothing."""
    found = sheet({"A1": "=RAND()", "A2": "=A1*2", "A3": '="RAND"', "A4": "=NOW()-A3", "A5": 4}, tmp_path)

    assert names(by_chance(found.table, found.part.precedents)) == "A1 A2 A4"
    said = [*depending_cells(found.table, [])]
    assert any("A4" in sentence for sentence in said)
    assert [*depending_cells(found.table, [*found.table.texts])] == []
    # Of a cell without a verdict, what reads it through another one without is told, and nothing twice.
    clock = sheet({"A1": "=NOW()", "A2": "=A1*2", "A3": "=A2+1", "A4": "=A3+NOW()", "A5": "=7"}, tmp_path)
    (told,) = depending_cells(clock.table, [("S", 0, 0), ("S", 1, 0)])
    assert "A3" in told
    assert "A4" in told
    assert "A5" not in told
    # Openpyxl stores no values, and nothing is said of a file that Excel calculates when it opens it.
    assert [*stored_values(found.table, found.values, (), [*found.table.texts])] == []


def test_a_result_has_its_cell_s_formula(tmp_path: Path) -> None:
    """What a report says of a cell: where it is, what stands there, what it holds."""
    found = sheet(TOYS["rnn"], tmp_path)
    result = result_at(found.table, ("S", 6, 2), Status.ROOT, "Wrong.", 0.5, quantity="dense.y[0]", desired=0.25)

    assert (result.sheet, result.cell, result.formula) == ("S", "C7", "=1/(1+EXP(-(B7*$A$2+$B$2)))")
    assert (result.kind, result.actual, result.desired, result.message) == (Kind.VALUE, 0.5, 0.25, "Wrong.")
    assert result_at(found.table, ("S", 0, 0), Status.AGREE, "", 0.7).formula is None


@pytest.mark.keras
def test_bindings_are_proposed_for_what_is_recognised(tmp_path: Path) -> None:
    """They name the cells of the weights, and say how much of the sheet they explain."""
    found = sheet(TOYS["rnn"], tmp_path)
    proposal = propose_bindings(found.table.content, engine("ironcalc"))

    assert (proposal.explained, proposal.formula_cells) == (4, 4)
    assert 'kernel = "A1"' in proposal.text
    assert str(proposal) == proposal.text
