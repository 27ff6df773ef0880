"""Which cell is wrong in itself, and what it should hold, in small worksheets with one mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from bound_sheets import STATES, SUMS, bound

from xlcheck.handmade.alignment.similarity import Similarity
from xlcheck.handmade.alignment.unrecognised import unrecognised

H, Z = "simple_rnn.h", "simple_rnn.z"
_ALL_SUMS = {f"C{5 + step}": f"{Z}[{step}][0]" for step in range(4)}
_ALL_STATES = {f"B{5 + step}": f"{H}[{step}][0]" for step in range(4)}


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"C6": "=A6*$A$1+C5*$A$2+$A$3"}, {"C6": f"{Z}[1][0]"}),
        ({"B6": "=TANH(C5)"}, {"B6": f"{H}[1][0]"}),
        ({"B8": "=TANH(C7)"}, {"B8": f"{H}[3][0]"}),
        ({"C8": 0.3}, {"C8": f"{Z}[3][0]"}),
        ({"C7": "=A7*$A$1+B6*$A$2"}, {"C7": f"{Z}[2][0]"}),
        ({"B7": "=1/(1+EXP(-C7))"}, {"B7": f"{H}[2][0]"}),
        ({f"C{row}": f"=A{row}*$A$1+B{row - 1}*$A$2" for row in range(5, 9)}, _ALL_SUMS),
        ({f"B{row}": f"=C{row}" for row in range(5, 9)}, _ALL_STATES),
    ],
)  # fmt: skip
def test_the_cell_that_is_wrong_in_itself_is_found(
    wrong: dict[str, object], found: dict[str, str], tmp_path: Path
) -> None:
    """Rule: the wrong cells are those that compute something else from right numbers; all others hold what they do."""
    sheet = bound(tmp_path, SUMS | wrong)

    assert sheet.wrong == found
    assert sheet.names == _ALL_STATES | _ALL_SUMS


def test_notes_beside_a_network_belong_to_nothing(tmp_path: Path) -> None:
    """Rule: what explains no other cell, and stands in no place of the network, is scratch, and nothing is missing."""
    sheet = bound(tmp_path, SUMS | {"E10": "=100*B8", "E11": "=E10+1", "F3": "=SUM(A5:A8)"})
    left = unrecognised(sheet.table, sheet.networks, sheet.aligned, sheet.precedents, ())

    assert sheet.wrong == {}
    assert not {*sheet.names} & {"E10", "E11", "F3"}
    assert (left.missing, left.cells) == ((), {})


def test_a_result_without_a_cell_is_missing(tmp_path: Path) -> None:
    """Rule: a result that stands nowhere is named, and so is each formula that may be meant for it."""
    sheet = bound(tmp_path, SUMS | {"B8": None, "C8": None, "D9": "=A8+A7"})
    left = unrecognised(sheet.table, sheet.networks, sheet.aligned, sheet.precedents, ())

    (missing,) = left.missing
    assert missing.startswith(f"{H}[3][0] (hₜ of ")
    assert {cell[1:] for cell in left.cells} == {(8, 3)}
    assert left.notes[0].startswith(f"a result of the network stands in no cell: {missing}; write its formula")


def test_an_element_is_like_a_cell_that_reads_what_it_needs(tmp_path: Path) -> None:
    """Rule: the similarity is the share of what is read or needed that is both, seen through what stands in no cell."""
    sheet = bound(tmp_path, STATES)
    elements = sheet.aligned.elements
    reads = [elements[elements.number(elements.by_name[0, name], 0, 0)]
             for name in ("simple_rnn.x[1]", "simple_rnn.kernel", "simple_rnn.h[0]", "simple_rnn.recurrent_kernel")
             if (0, name) in elements.by_name]  # fmt: skip
    number = elements.number(elements.by_name[0, "simple_rnn.h[1]"], 0, 0)
    like = Similarity(elements, frozenset(elements[n].source.band for n in sheet.aligned.held.values()))
    needs = like.needs(number)

    assert {name for name, _ in needs} >= {element.source.quantity.name for element in reads}
    assert like.to(number, reads) == pytest.approx(len(reads) / len(needs))
    assert like.to(number, ()) == 0
