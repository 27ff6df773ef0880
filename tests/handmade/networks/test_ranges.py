"""From the places of a bindings file to cells: every way to write one tensor, a sentence for what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlcheck.errors import UsageError
from xlcheck.handmade.networks.ranges import Reader, places
from xlcheck.handmade.reading.cells import show
from xlcheck.workbook.content import SheetContent, WorkbookContent

NAMES = {"Weights": "=S!$B$2:$D$3", "no_range": "=1+1", "elsewhere": "Gone!$A$1"}


@pytest.fixture
def reader(tmp_path) -> Reader:
    """A workbook with two worksheets and three names; what the cells hold does not matter."""
    sheets = {name: SheetContent(name, "visible", {}) for name in ("S", "My sheet")}
    return Reader(WorkbookContent(tmp_path / "book.xlsx", sheets, NAMES), "S")


def a1(cells: Any) -> Any:
    """The cells as they are called, in their shape."""
    return np.vectorize(lambda cell: "-" if cell is None else show(cell).removeprefix("S!"))(cells).tolist()


PLACES: list[tuple[Any, tuple[int, ...], Any]] = [
    ("B2:D3", (2, 3), [["B2", "C2", "D2"], ["B3", "C3", "D3"]]),
    ("B2:C4", (2, 3), [["B2", "B3", "B4"], ["C2", "C3", "C4"]]),
    ("$B$2:$D$3", (6,), ["B2", "C2", "D2", "B3", "C3", "D3"]),
    ("weights", (2, 3), [["B2", "C2", "D2"], ["B3", "C3", "D3"]]),
    ("'My sheet'!A1", (1, 1), [["'My sheet'!A1"]]),
    ("B2:B4", (1, 3), [["B2", "B3", "B4"]]),
    ("B2:D2", (3, 1), [["B2"], ["C2"], ["D2"]]),
    ({"range": "B2:C3", "transposed": True}, (2, 2), [["B2", "B3"], ["C2", "C3"]]),
    ({"range": "B2:C3", "transposed": False}, (2, 2), [["B2", "C2"], ["B3", "C3"]]),
    ({"cells": ["B2", "", "S!A1"]}, (3,), ["B2", "-", "A1"]),
    (["B2:B3", "D2:D3"], (2, 2), [["B2", "D2"], ["B3", "D3"]]),
    (["B2:D2", "B4:D4"], (2, 3), [["B2", "C2", "D2"], ["B4", "C4", "D4"]]),
    (["A1:C1", "A2:C2"], (3, 2), [["A1", "A2"], ["B1", "B2"], ["C1", "C2"]]),
    (["B2", "D2:E2"], (3,), ["B2", "D2", "E2"]),
    ({"range": ["A1:A2", "C1:D2"], "transposed": False}, (2, 3), [["A1", "C1", "D1"], ["A2", "C2", "D2"]]),
]


@pytest.mark.parametrize(("place", "shape", "cells"), PLACES, ids=[str(place) for place, _, _ in PLACES])
def test_where_a_tensor_stands(place: Any, shape: tuple[int, ...], cells: Any, reader: Reader) -> None:
    """Its elements in the order of Keras, whichever way the sheet has them."""
    assert a1(reader.tensor(place, shape, "kernel")) == cells


@pytest.mark.parametrize(
    ("place", "shape", "message"),
    [
        ("B2:D3", (2, 2), r"kernel: B2:D3 has 6 cells, but 2 × 2 numbers are needed"),
        ("A1:A6", (2, 3), r"kernel: A1:A6 is 6 × 1, but 2 × 3 or 3 × 2 is needed"),
        ("no_range", (1,), "is not a cell or a range"),
        ("elsewhere", (1,), "the workbook has no worksheet 'Gone'; it has 'S', 'My sheet'"),
        ("A1:XFD1048576", (2,), "A1:XFD1048576 has 17,179,869,184 cells, more than"),
        (["A1:A2", "B1:B3"], (2, 2), "the ranges have 5 cells, but 2 × 2 numbers are needed"),
        (["A1:A3", "B1"], (2, 2), "each of the ranges must hold a multiple of 2 cells"),
        ({"cells": ["A1"]}, (2,), "`cells` must list 2 cells"),
        ({"cells": [1, 2]}, (2,), "`cells` must list 2 cells"),
        ({"cells": ["A1:B2", "A1"]}, (2,), "A1:B2 has 4 cells, but each of `cells` must be a single one"),
        ([], (1,), "write a range such as"),
        (7, (1,), "write a range such as"),
        ({"transposed": True}, (1,), "write a range such as"),
    ],
)
def test_what_does_not_fit(place: Any, shape: tuple[int, ...], message: str, reader: Reader) -> None:
    """One sentence that says what there is and what is needed."""
    with pytest.raises(UsageError, match=message):
        reader.tensor(place, shape, "kernel")


def test_steps(reader: Reader) -> None:
    """A vector at each step: a table, or one range for each step; the square one is read as told."""
    across = [["B2", "B3"], ["C2", "C3"]]

    assert a1(reader.steps("B2:C3", 2, 2, "x", across=True)) == across
    assert a1(reader.steps("B2:C3", 2, 2, "x", across=False)) == [["B2", "C2"], ["B3", "C3"]]
    assert a1(reader.steps("B2:D3", 3, 2, "x", across=None)) == [["B2", "B3"], ["C2", "C3"], ["D2", "D3"]]
    assert a1(reader.steps(["B2:B3", "D2:D3"], 2, 2, "x", across=None)) == [["B2", "B3"], ["D2", "D3"]]
    with pytest.raises(UsageError, match="x, step 2: D2 has 1 cells, but 2 numbers are needed"):
        reader.steps(["B2:B3", "D2"], 2, 2, "x", across=None)


def test_places_are_in_keras_order(reader: Reader) -> None:
    """Row by row, with None for what has no cell."""
    cells = reader.tensor({"cells": ["B2", "", "C2", "C3"]}, (2, 2), "kernel")

    assert places(cells) == (("S", 1, 1), None, ("S", 1, 2), ("S", 2, 2))
