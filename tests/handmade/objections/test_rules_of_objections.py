"""Rules by themselves that keep a layer from a pass: where samples begin, what is unread, what is beside weights."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import dense, simple_rnn
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.objections.beginnings import broken, goes_past, unread_beginning
from xlcheck.handmade.objections.unread_numbers import copied_otherwise, is_called_a_rate, unread_beside
from xlcheck.handmade.objections.unread_results import left_out

pytestmark = pytest.mark.keras


def _two_samples() -> dict[str, object]:
    """Steps in the rows 12 to 19; the one in row 16 reads no state."""
    cells = simple_rnn(8)
    for h, weight in zip("HIJ", "BCD", strict=True):
        cells[f"{h}16"] = f"=TANH($E16*{weight}$2+$F16*{weight}$3+{weight}$9)"
    return cells


def test_steps_that_are_counted_say_where_a_sample_begins(tmp_path: Path) -> None:
    """A step without a state may be a further one, unless the numbers beside it begin anew; no state goes on then."""
    counted = {f"A{row}": number for row, number in enumerate((1, 2, 3, 4) * 2, 12)}

    def why(cells: dict[str, object]) -> tuple[str | None, str | None]:
        found = sheet(cells, tmp_path)
        (reading,) = found.recognised.readings
        read = found.arrangement.reads.read.keys()
        return broken(found.table, read, reading), goes_past(found.table, read, reading)

    said, further = why(_two_samples())
    assert said is not None
    assert "S!H16 reads no state" in said
    assert further is None
    assert why(_two_samples() | counted) == (None, None)
    said, further = why(simple_rnn(8) | counted)
    assert said is None
    assert further is not None
    assert "S!H16" in further


def test_a_first_state_that_stands_unread_where_it_should_is_named(tmp_path: Path) -> None:
    """One whose weight is multiplied with a number typed beside the inputs, and one that is read from another line.

    One step shows no recurrence: what is typed in the place of its state is one more input. With a cell state of the
    wrong column, the other one stands where that would; a number that counts stands there for other reasons.
    """
    step = {
        **{f"{column}{row}": 0.1 * row - 0.03 * k for k, column in enumerate("PQRS") for row in (2, 3, 4)},
        "A8": 0.5, "B8": 0.01, "C8": 1, "H6": 0, "I6": 0,
        **{f"{own}8": f"=1/(1+EXP(-(A8*{w}2+B8*{w}3+C8*{w}4)))" for own, w in zip("EFG", "PQS", strict=True)},
        "D8": "=TANH(A8*R2+B8*R3+C8*R4)", "H8": "=F8*H6+E8*D8", "I8": "=G8*TANH(H8)",
    }  # fmt: skip

    def said(more: dict[str, object]) -> str | None:
        found = sheet(step | more, tmp_path)
        (reading,) = found.recognised.readings
        return unread_beginning(found.table, found.arrangement.reads.read.keys(), reading)

    assert said({"B8": "=I6"}) is None
    assert said({}) == "S!I6 stands where a first state would, and no formula reads it"
    assert said({"B8": "=I6", "H8": "=F8*I6+E8*D8"}) == "S!H6 stands where a first state would, and no formula reads it"
    assert said({"I6": 1}) is None


def test_a_result_that_the_next_layer_passes_over_is_named(tmp_path: Path) -> None:
    """A layer that reads three of four samples, and one that reads a typed number in the place of a result."""
    cells = dense(4) | {"L2": 0.9, "L3": -0.4, "L4": 0.2, "N1": 0.35}
    behind = {f"M{row}": f"=TANH(I{row}*$L$2+J{row}*$L$3+$L$4)" for row in range(8, 12)}

    def said(more: dict[str, object]) -> list[str]:
        return [*left_out(sheet(cells | more, tmp_path).recognised.readings)]

    assert said(behind) == []
    assert said({cell: own for cell, own in behind.items() if cell != "M9"}) == [
        "S!I9 is read by no layer, though one reads others of its kind"
    ]
    assert "S!N1 is read where other steps read what a layer computes" in said(
        behind | {"M9": "=TANH(N1*$L$2+J9*$L$3+$L$4)"}
    )


def test_a_result_that_a_layer_reads_twice_is_named(tmp_path: Path) -> None:
    """Two cells bend one sum, and the layer behind reads both: one of them stands for the other unit."""
    right = {f"K{row}": f"=TANH(I{row}*$L$2+J{row}*$L$3+$L$4)" for row in (8, 9, 10)}
    cells = dense(3) | {"L2": 0.4, "L3": -0.9, "L4": 0.2} | right
    twice = {f"J{row}": str(cells[f"I{row}"]) for row in (8, 9, 10)}

    assert [own for own in sheet(cells, tmp_path).arrangement.objections() if "compute the same" in own] == []
    assert sheet(cells | twice, tmp_path).arrangement.objections()[-1:] == [
        "S!I8 and S!J8 compute the same, and S!K8 reads both"
    ]


def test_a_number_beside_weights_may_be_one_more(tmp_path: Path) -> None:
    """One that goes on their column is, unless the word before it says that it belongs to a training."""
    found = sheet(dense(3) | {"D2": 0.77, "A6": "learning rate", "B6": 0.1}, tmp_path)
    weights = {cell_at(name) for name in ("B2", "B3", "B4", "B5", "C2", "C3", "C4", "C5")}
    read = found.arrangement.reads.read.keys()

    assert unread_beside(found.table, read, weights) == ["S!D2 stands beside the weights and is read by no formula"]
    assert is_called_a_rate(found.table, cell_at("B6"))
    assert not is_called_a_rate(found.table, cell_at("D2"))
    assert unread_beside(found.table, {*read, cell_at("D2")}, weights) == []


@pytest.mark.parametrize(
    ("other", "is_said"), [({}, False), ({"D5": None}, True), ({"D1": None}, True), ({"D6": 0.2, "C6": 0.1}, True)]
)
def test_a_column_with_the_weights_of_another_network_is_no_part_of_this_one(
    other: dict[str, object], is_said: bool, tmp_path: Path
) -> None:
    """It has a heading of its own and a number beside each weight; a few would be weights that were forgotten."""
    heads = {"B1": "one", "C1": "two", "D1": "three"}
    cells = dense(3) | {"B6": 0.3, "C6": -0.3, **{f"D{row}": 0.1 * row for row in range(2, 6)}, "D6": 0.7}
    found = sheet(cells | heads | {"C6": -0.3} | other, tmp_path)
    weights = {cell_at(f"{column}{row}") for column in "BC" for row in range(2, 7)}
    if "D6" in other:
        weights.add(cell_at("C7"))
    read = found.arrangement.reads.read.keys() | weights

    assert bool(unread_beside(found.table, read, weights)) is is_said


def test_a_column_beside_a_small_part_of_all_weights_may_be_forgotten(tmp_path: Path) -> None:
    """Nobody forgets half of a network; a column beside fewer weights may be the second biases of some units."""
    cells = {f"{column}{row}": 0.1 * row + ord(column) / 70 for column in "BCDE" for row in range(2, 7)}
    found = sheet(dense(3) | {f"{x}1": x for x in "BCDE"} | cells, tmp_path)
    weights = {cell_at(f"{column}{row}") for column in "BCD" for row in range(2, 7)}
    read = found.arrangement.reads.read.keys() | weights

    assert unread_beside(found.table, read, weights) == ["S!E2 … stands beside the weights and is read by no formula"]


def test_the_word_before_a_row_of_weights_is_no_heading(tmp_path: Path) -> None:
    """`bias` before biases says nothing of the 1 below it, which counts inputs; above a column of its own it does."""
    weights = {cell_at(name) for name in ("B2", "B3", "B4", "B5", "C2", "C3", "C4", "C5")}
    for cells, said in (({"A2": "bias", "A3": 1, "A4": 2}, []), ({"E1": "bias", "E2": 1}, ["S!E2 stands beside the"])):
        found = sheet(dense(3) | cells, tmp_path)
        read = found.arrangement.reads.read.keys()
        assert [own[:22] for own in unread_beside(found.table, read, weights)] == said


@pytest.mark.parametrize(("number", "is_one"), [(0.371, False), (0.372, True), (0.4, True)])
def test_a_number_that_a_weight_holds_too_is_no_further_one(number: float, is_one: bool, tmp_path: Path) -> None:
    """Who pastes all weights and copies some of them to where they are read has these twice, to the last digit."""
    found = sheet(dense(3) | {"B2": 0.371, "C2": 0.4, "D2": number}, tmp_path)
    weights = {cell_at(name) for name in ("B2", "B3", "B4", "B5", "C2", "C3", "C4", "C5")}

    assert bool(unread_beside(found.table, found.arrangement.reads.read.keys(), weights)) is is_one


@pytest.mark.parametrize(("third", "said"), [(0.593, []), (0.953, ["S!B4 is 0.593, and S!N4 is 0.953 among copies"])])
def test_one_weight_that_was_copied_with_another_digit_is_in_doubt(
    third: float, said: list[str], tmp_path: Path
) -> None:
    """Of all weights but one a second table has the same, be it with more digits: one of the two is mistyped."""
    weights = {f"{c}{r}": round(0.111 * r + k, 3) for k, c in ((0.149, "B"), (-0.628, "C")) for r in (2, 3, 4, 5)}
    copies = {f"{chr(ord(place[0]) + 12)}{place[1]}": round(number + 0.0002, 4) for place, number in weights.items()}
    found = sheet(dense(3) | weights | copies | {"N4": third}, tmp_path)

    given = {cell_at(place) for place in weights}
    assert [own[:44] for own in copied_otherwise(found.table, given, given)] == [own[:44] for own in said]


@pytest.mark.parametrize(("pasted", "is_doubted"), [((0.371, 0.482, 0.593), False), ((0.482, 0.371, 0.593), True)])
def test_weights_that_were_copied_in_another_order_are_in_doubt(
    pasted: tuple[float, ...], is_doubted: bool, tmp_path: Path
) -> None:
    """Of two weights that were exchanged on the way from where they were pasted nobody can know."""
    copies = dict(zip(("B2", "B3", "B4"), (0.371, 0.482, 0.593), strict=True))
    found = sheet(dense(3) | copies | dict(zip(("D2", "E2", "F2"), pasted, strict=True)), tmp_path)
    weights = {cell_at(name) for name in ("B2", "B3", "B4", "B5", "C2", "C3", "C4", "C5")}

    assert bool(unread_beside(found.table, found.arrangement.reads.read.keys(), weights)) is is_doubted
