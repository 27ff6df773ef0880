"""What small worksheets are read as, before anything is checked: sums, gates, layers, and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from equation_sheets import TOYS, atom, exchanged
from recognised_sheets import LEARNING, RESET_AFTER, a1, at, sheet

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.arrangements.arranging import find_loss
from xlcheck.handmade.arrangements.beside_layers import derivatives
from xlcheck.handmade.beside.decisions import decisions
from xlcheck.handmade.equations.behind import behind
from xlcheck.handmade.equations.chains import chained
from xlcheck.handmade.equations.colouring import side_by_side
from xlcheck.handmade.equations.dense import read_dense
from xlcheck.handmade.equations.gru import read_grus
from xlcheck.handmade.equations.gru_states import first_turned, has_updates, updates_of
from xlcheck.handmade.equations.instances import weighted_sums
from xlcheck.handmade.equations.lstm import read_lstm
from xlcheck.handmade.equations.networks import irregularity
from xlcheck.handmade.equations.plain import plain_layers
from xlcheck.handmade.equations.reading import documents_of, outputs
from xlcheck.handmade.equations.whole_steps import mixed_up_steps
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.polynomials import Atom


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("rnn", [("SimpleRNN", "tanh", "B5 B6 B7"), ("Dense", "sigmoid", "C7")]),
        ("one sample", [("Dense", "sigmoid", "G1 G2"), ("Dense", "sigmoid", "J1 J2")]),
        ("gru", [("GRU", "tanh", "H6 I6")]),
        ("xor", [("Dense", "sigmoid", "C6 D6 C7 D7 C8 D8"), ("Dense", "sigmoid", "E6 E7 E8")]),
        ("lstm", [("LSTM", "tanh", "C14 D14"), ("Dense", "sigmoid", "D16")]),
    ],
)
def test_layers_in_order_of_calculation(name: str, layers: list[tuple[str, str, str]], tmp_path: Path) -> None:
    """Each layer behind those that it reads, with its activation and where its results stand; nothing is doubted."""
    found = sheet(TOYS[name], tmp_path).recognised

    assert layers == [(r.kind, r.activations["activation"], " ".join(at(outputs(r)))) for r in found.readings]
    assert (found.doubtful, found.alone, found.has_activations) == ((), (), True)
    assert [irregularity(reading) for reading in found.readings] == [None] * len(layers)


def test_a_single_weighted_sum_is_no_layer(tmp_path: Path) -> None:
    """Nothing says what one sum alone should be, unless it reads the results of something that is known."""
    found = sheet({"A1": 0.5, "A2": 2.0, "A3": 0.1, "A4": "=TANH(A1*A2+A3)"}, tmp_path).recognised
    (alone,) = found.alone

    assert found.readings == ()
    assert at(outputs(alone)) == ["A4"]
    (result,) = alone.layer.slots[0].values()
    assert found.reading_too([[result]]).readings == (alone,)
    assert found.reading_too([[atom("B9")]]) is found


def test_weighted_sums_are_summands_of_two_factors_and_biases(tmp_path: Path) -> None:
    """A sum of which an activation is computed is none of its own; a product alone is none, nor are three factors."""
    cells = {**TOYS["one sample"], "L1": "=A1*D1", "L2": "=A1*D1*D2+A5"}
    found = weighted_sums(sheet(cells, tmp_path).forms)

    assert {a1(own): len(instance.monomials) for own, instance in found.items()} == {"G1": 3, "G2": 3, "J1": 3, "J2": 3}


def test_results_that_a_sum_reads_stand_side_by_side(tmp_path: Path) -> None:
    """Two results that one weighted sum reads are units of one step; its inputs and weights are none."""
    found = weighted_sums(sheet(TOYS["one sample"], tmp_path).forms)
    pairs = {frozenset((a1(x), a1(y))) for x, y in side_by_side({a: own.monomials for a, own in found.items()})}

    assert pairs == {frozenset(("G1", "G2"))}


def test_the_activation_of_a_sum_stands_as_those_of_others_do(tmp_path: Path) -> None:
    """Where F1 has its sigmoid in G1, that of F2 belongs into G2; if no activation is known, nobody can tell."""
    forms = sheet(TOYS["one sample"], tmp_path).forms
    others = [own for cell, own in weighted_sums(forms).items() if a1(cell) == "G1"]

    assert behind(atom("F2"), others, forms) == atom("G2")
    assert behind(atom("F2"), [], forms) is None


def known(found: Atom | None) -> Atom:
    """What is there."""
    assert found is not None
    return found


def test_the_state_of_a_gru_is_mixed_of_the_last_one_and_a_candidate(tmp_path: Path) -> None:
    """z·h + (1 − z)·h̃ is Keras's way, (1 − z)·h + z·h̃ the other one; z·h̃ alone is a first step of the latter."""
    right = sheet(TOYS["gru"], tmp_path).forms
    turned = {f"{c}6": f"=(1-{c}2)*{before}6+{c}2*{c}5" for before, c in ("GH", "HI")}
    other = sheet({**TOYS["gru"], **turned}, tmp_path).forms
    first = sheet({**TOYS["gru"], **turned, "H6": "=H2*H5"}, tmp_path).forms

    def mixed(forms: Forms) -> list[tuple[str, str, str, str, bool]]:
        return [(a1(u.atom), a1(u.gate), a1(u.candidate), a1(known(u.before)), u.turned) for u in updates_of(forms)]

    assert mixed(right) == [("H6", "H2", "H5", "G6", False), ("I6", "I2", "I5", "H6", False)]
    assert mixed(other)[1] == ("I6", "I2", "I5", "H6", True)
    assert [(a1(u.atom), u.before, u.turned) for u in first_turned(first)] == [("H6", None, True)]
    assert not [*first_turned(right)]
    assert has_updates(right)
    assert not has_updates(sheet(TOYS["lstm"], tmp_path).forms)


def test_the_gates_of_an_lstm_are_told_by_what_its_states_do(tmp_path: Path) -> None:
    """What multiplies the last c is f, what multiplies the candidate is i, and what multiplies tanh(c) is o."""
    found = sheet(TOYS["lstm"], tmp_path)
    read = [read_lstm(layer, found.forms) for layer in found.layers]
    (lstm,) = (own for own in read if own is not None)

    assert {symbol: at(values)[0] for symbol, values in lstm.values.items()} == {
        "i": "C9", "f": "C8", "c_tilde": "C10", "o": "C11", "c": "C13", "tanh_c": "C14", "h": "C14",
    }  # fmt: skip
    assert {symbol: at(values) for symbol, values in lstm.given.items()} == {"h_init": ["B14"], "c_init": ["B13"]}
    other = sheet(exchanged(TOYS["lstm"], "A1", "A2") | {"D13": "=D9*C13+D8*D10", "C13": "=C9*B13+C8*C10"}, tmp_path)
    (lstm,) = (own for layer in other.layers if (own := read_lstm(layer, other.forms)) is not None)
    assert (at(lstm.values["i"]), at(lstm.values["f"])) == (["C8", "D8"], ["C9", "D9"])


@pytest.mark.parametrize(("cells", "reset_after"), [(TOYS["gru"], False), (RESET_AFTER, True)])
def test_the_gates_of_a_gru(cells: Mapping[str, object], reset_after: bool, tmp_path: Path) -> None:
    """z mixes the states, r multiplies the last one, before or behind the recurrent kernel, and hh is the candidate."""
    found = sheet(cells, tmp_path)
    ((gru, tables),) = read_grus(found.layers, found.forms)

    assert gru.activations["reset_after"] is reset_after
    assert {symbol: at(values) for symbol, values in gru.values.items() if symbol in {"z", "r", "hh", "h"}} == {
        "z": ["H2", "I2"], "r": ["H3", "I3"], "hh": ["H5", "I5"], "h": ["H6", "I6"],
    }  # fmt: skip
    assert {instance for table in tables for instance in table.by_atom} == {
        atom(f"{c}{row}") for c in "HI" for row in (2, 3, 5)
    }


def test_rows_with_several_activations_are_several_dense_layers(tmp_path: Path) -> None:
    """One for each activation, and nobody may be blamed for it: they may be the gates of something else."""
    found = sheet(TOYS["lstm"], tmp_path)
    read = [own for layer in found.layers for own in read_dense(layer, found.forms)]

    assert [(own.activations["activation"], own.units, own.is_certain) for own in read] == [
        ("sigmoid", 3, False), ("tanh", 1, False), ("sigmoid", 1, True),
    ]  # fmt: skip


def test_steps_are_chains_from_the_one_before_each() -> None:
    """A step that nothing is before begins a document; two that follow one step, or a circle, are no documents."""
    assert documents_of([0, 1, 2, 3], {1: 0, 3: 1}) == [[0, 1, 3], [2]]
    assert documents_of([0, 1, 2], {1: 0, 2: 0}) is None
    assert documents_of([0, 1, 2], {1: 2, 2: 1}) is None


def test_layers_that_read_one_another_are_one_network(tmp_path: Path) -> None:
    """Kernels as features times units, a sample for each row of inputs, and every result at its place."""
    found = sheet(TOYS["xor"], tmp_path)
    layers = [(reading, f"dense_{number}") for number, reading in enumerate(found.recognised.readings)]
    (network,) = chained(layers, [None, None], found.table.typed_numbers)

    def names(cells: Mapping[str, Iterable[Address]]) -> dict[str, list[str]]:
        return {name: [a1(cell) for cell in own] for name, own in cells.items()}

    assert names(network.weights) == {
        "dense_0.kernel": ["A1", "B1", "A2", "B2"], "dense_0.bias": ["A3", "B3"],
        "dense_1.kernel": ["D1", "D2"], "dense_1.bias": ["D3"],
    }  # fmt: skip
    assert [names(sample) for sample in network.samples] == [{"input.x": [f"A{r}", f"B{r}"]} for r in (6, 7, 8)]
    assert names(network.bound[2]) == {"dense_0.y": ["C8", "D8"], "dense_1.y": ["E8"]}
    # What reads one unit twice and the other never is no next layer.
    twice = {f"E{row}": f"=1/(1+EXP(-(C{row}*$D$1+C{row}*$D$2+$D$3)))" for row in (6, 7, 8)}
    halved = sheet({**TOYS["xor"], **twice}, tmp_path)
    layers = [(reading, f"dense_{number}") for number, reading in enumerate(halved.recognised.readings)]
    assert len(chained(layers, [None] * len(layers), halved.table.typed_numbers)) == len(layers)


def test_a_loss_is_known_by_what_it_gives(tmp_path: Path) -> None:
    """Of the last layer, with the target of each sample; one that lacks a sign is meant as the others, not so two."""
    found = sheet(LEARNING, tmp_path)
    first, last = (find_loss(reading, found.terms, found.taken) for reading in found.recognised.readings)

    assert first is None
    assert last is not None
    assert (last.name, a1(last.mean or ("", 0, 0))) == ("binary_crossentropy", "H9")
    assert {step: a1(cell) for step, cell in last.at.items()} == {0: "H6", 1: "H7", 2: "H8"}
    assert {step: [a1(cell) for cell in cells] for step, cells in last.targets.items()} == {
        0: ["G6"], 1: ["G7"], 2: ["G8"],
    }  # fmt: skip
    wrong = {f"H{row}": f"=G{row}*LN(E{row})+(1-G{row})*LN(1-E{row})" for row in (6, 7, 8)}
    for edited, is_loss in (({"H6": wrong["H6"]}, True), ({"H6": wrong["H6"], "H7": wrong["H7"]}, False)):
        other = sheet({**LEARNING, **edited}, tmp_path)
        loss = find_loss(other.recognised.readings[1], other.terms, other.taken)
        assert (loss is not None) is is_loss


def test_decisions_are_steps_at_one_threshold(tmp_path: Path) -> None:
    """Each result is decided in one way; one that asks otherwise makes all of them unknown."""
    found = sheet(LEARNING, tmp_path)
    other = sheet({**LEARNING, "I7": "=IF(E7>0.6,1,0)"}, tmp_path)

    assert {a1(cell) for cell in decisions(found.results, found.terms, found.taken)} == {"I6", "I7", "I8"}
    assert decisions(other.results, other.terms, other.taken) == set()


@pytest.mark.parametrize(
    ("mark", "otherwise"),
    [
        ("IF((E{0}>0.5)=(G{0}=1),1,0)", "IF((E{0}<0.5)=(G{0}=1),1,0)"),
        ("IF(ROUND(E{0},0)=G{0},1,0)", "IF(ROUND(E{0},0)<>G{0},1,0)"),
        ("IF(ABS(E{0}-G{0})<0.5,1,0)", "IF(ABS(E{0}-G6)<0.5,1,0)"),
        ("IF(ABS(E{0}-G{0})<0.5,1,0)", "IF(ABS(E{0}-G{0})<0.4,1,0)"),
        ("IF(OR(AND(E{0}>0.5,G{0}=1),AND(E{0}<=0.5,G{0}=0)),1,0)", "IF(OR(AND(E{0}>0.5,G{0}=1),E{0}<=0.4),1,0)"),
        ("IF(NOT((E{0}>=$A$1)=(G{0}=1)),0,1)", "IF(NOT((E{0}>=$B$1)=(G{0}=1)),0,1)"),
        ("ROUND(E{0},0)", "ROUND(E{0},1)"),
        ("ROUND(E{0},0)", "ROUND(D{0},0)"),
    ],
)
def test_whether_a_result_is_right_is_a_step_at_one_threshold_too(mark: str, otherwise: str, tmp_path: Path) -> None:
    """Rule: it is 1 on the side of the target, which stands in one place beside, or 0 throughout; not so for all but
    one. Rounding a share to a whole number decides."""
    marks = {f"I{row}": "=" + mark.format(row) for row in (6, 7, 8)}
    found = sheet({**LEARNING, **marks}, tmp_path)
    other = sheet({**LEARNING, **marks, "I7": "=" + otherwise.format(7)}, tmp_path)

    assert {a1(cell) for cell in decisions(found.results, found.terms, found.taken)} == {"I6", "I7", "I8"}
    assert decisions(other.results, other.terms, other.taken) == set()


def test_derivatives_stand_beside_each_result(tmp_path: Path) -> None:
    """y·(1 − y) beside every result of a sigmoid; if one is something else, none of them is right for certain."""
    found = sheet(LEARNING, tmp_path)
    other = sheet({**LEARNING, "J7": "=E7*(1+E7)"}, tmp_path)

    assert {a1(cell) for cell in derivatives(found.recognised.readings, found.terms, found.taken)} == {"J6", "J7", "J8"}
    assert derivatives(other.recognised.readings, other.terms, other.taken) == set()


def test_a_softmax_behind_a_layer_is_one_of_its_own(tmp_path: Path) -> None:
    """It reads all results of a sample once and is named as Keras would; shares that add up otherwise are no layer."""
    cells = {**TOYS["one sample"], "L1": "=EXP(J1)/(EXP(J1)+EXP(J2))", "L2": "=EXP(J2)/(EXP(J1)+EXP(J2))"}
    found, other = sheet(cells, tmp_path), sheet({**cells, "L2": "=EXP(J2)/(EXP(J1)+EXP(I2))"}, tmp_path)
    (softmax,) = plain_layers(found.results, found.terms, found.taken)

    assert (softmax.name, {a1(cell) for cell in softmax.own}) == ("softmax", {"L1", "L2"})
    assert {a1(cell) for cell in softmax.given} == {"J1", "J2"}
    assert {place: a1(cell) for place, cell in softmax.results.items()} == {(0, 0): "L1", (0, 1): "L2"}
    assert plain_layers(other.results, other.terms, other.taken) == []


def test_a_unit_of_another_sample_is_told(tmp_path: Path) -> None:
    """Where a layer reads all units of a sample, none of them may be that of another one."""
    right = sheet(TOYS["xor"], tmp_path).recognised.readings
    wrong = {**TOYS["xor"], "E7": "=1/(1+EXP(-(C7*$D$1+D6*$D$2+$D$3)))"}
    (said,) = mixed_up_steps(sheet(wrong, tmp_path).recognised.readings, [])

    assert [*mixed_up_steps(right, [])] == []
    assert said == "S!C7 is read where results of another unit, step or sample are read elsewhere"


@pytest.mark.parametrize(
    ("gate", "wrong"), [("D8", {"D8": 0.4, "D13": "=D9*D10"}), ("D11", {"D11": 0.4, "D14": "=TANH(D13)"})]
)
def test_a_gate_that_nobody_reads_is_what_stands_in_its_place(
    gate: str, wrong: Mapping[str, object], tmp_path: Path
) -> None:
    """Rule: a number in the place of a gate is that gate, also where the state leaves it out."""
    (first, *_) = sheet({**TOYS["lstm"], **wrong}, tmp_path).recognised.readings

    assert first.kind == "LSTM"
    assert gate in {place for own in first.values.values() for place in at(own)}
