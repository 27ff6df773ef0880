"""Helpers in the manifest: written in runs, and read as they were."""

from __future__ import annotations

import random

import pytest

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.shared import SharedFormula
from xlcheck.workbook.bindings import Helper, helpers_from_json, helpers_to_json
from xlcheck.workbook.manifest import FORMAT, sealed

TEXTS = ("B2*$C$3", 'SUM(B2:B$9)&"A1"', "'other sheet'!D4+1", "1+1", "INDEX(B:B,5)+C7", "$A2&Z26")


def _helper(chance: random.Random, row: int, column: int) -> Helper:
    text = chance.choice(TEXTS)
    if chance.random() < 0.8:  # filled from the cell F12, as a spreadsheet does it
        text = SharedFormula(text, 11, 5).at(row, column)
        if chance.random() < 0.1:  # and spelled as nobody would who moved it
            text = text.lower()
    return Helper(
        Range(chance.choice(("one", "two words")), row, column),
        text,
        tuple(chance.choice((0.1, "text", 3.0)) for _ in range(chance.choice((1, 1, 3)))),
        chance.choice((0.0, 0.0, 4e-14)),
    )


@pytest.mark.parametrize("seed", range(40))
def test_every_helper_is_read_as_it_was(seed: int) -> None:
    """Whatever stands beside what, no formula, value or tolerance is changed, and none is lost."""
    chance = random.Random(seed)
    cells = {(chance.randrange(1, 14), chance.randrange(1, 9)) for _ in range(chance.choice((3, 30, 90)))}
    helpers = [_helper(chance, *cell) for cell in sorted(cells)]
    again = helpers_from_json(helpers_to_json(helpers))
    assert sorted(map(repr, again)) == sorted(map(repr, helpers))


def test_a_filled_block_is_one_text() -> None:
    """A formula that was filled into a block is written once, however large the block is."""
    long = "SUM(" + ",".join(["B2"] * 50) + ")"
    shared = SharedFormula(long, 0, 5)
    block = [Helper(Range("s", r, c), shared.at(r, c), (1.0,)) for r in range(20) for c in range(5, 15)]
    items = helpers_to_json(block)
    assert len(items) == 20
    assert sum(isinstance(item[1], str) for item in items) == 1


@pytest.mark.parametrize(
    "item",
    [["s!A1:XFD1048576", "B2", [[1.0]]], ["s!A1:A2", "B2", [[1.0]]], ["s!A1", 7, [1.0]], ["s!A1", "B2"]],
    ids=["huge", "too few", "nowhere", "nothing"],
)
def test_an_item_that_says_nothing_is_refused(item: list[object]) -> None:
    """A damaged item is an error of its own, soon and without a large list."""
    with pytest.raises((ValueError, TypeError, IndexError)):
        helpers_from_json([item])


def test_items_of_format_4_are_read() -> None:
    """The manifests of before have an item for each helper; they are read as they are."""
    assert FORMAT == 5
    assert sealed("{}", 4)[0].startswith('{"format": 4')
    old = [["s!A1", "B1", [1.0]], ["s!A2", "B2", ["x", "y"], 1e-15]]
    assert helpers_from_json(old) == (
        Helper(Range("s", 0, 0), "B1", (1.0,)),
        Helper(Range("s", 1, 0), "B2", ("x", "y"), 1e-15),
    )
