"""What a workbook gives to the network, cell by cell."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import numpy as np
import pytest

from xlcheck.graph.quantities import Band, Graph, Quantity, Role
from xlcheck.graph.trace import Trace
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.edited_inputs import read_given
from xlcheck.verdicts.placement import Placement, Sighting
from xlcheck.workbook.content import WorkbookContent

SIZE = 1024


def test_each_edit_takes_no_look_at_all_cells() -> None:
    """Five hundred edited weights of a million are found in the time in which one is, or little more."""
    kernel = Quantity(Band("dense", "kernel", Role.WEIGHT), None, (SIZE, SIZE))
    built = np.arange(1.0, SIZE**2 + 1)
    trace = Trace("built", {kernel.name: built.reshape(SIZE, SIZE)})
    cells = np.arange(SIZE**2)
    constants = np.zeros(SIZE**2, dtype=bool)
    formulas = FormulaCells(WorkbookContent(Path("book.xlsx"), {}))

    def seconds(edits: int) -> float:
        numbers = np.array(built)
        numbers[:edits] += 0.5
        place = Placement(kernel.name, None, "Weights", cells, cells)
        sighting = Sighting(place, numbers[None], {}, constants, constants, constants)
        start = process_time()
        given = read_given(Graph((kernel,)), [sighting], trace, [0], formulas, ())
        assert len(given.edits) == edits
        assert np.array_equal(given.values[kernel.name].reshape(-1), numbers)
        return process_time() - start

    one = min(seconds(1) for _ in range(3))
    assert min(seconds(500) for _ in range(2)) < 8 * one


def test_a_look_up_that_finds_nothing_is_not_as_it_was_written() -> None:
    """It is the one to look at; one that gives a number is as it was, and its number is taken."""
    x = Quantity(Band("input", "x", Role.INPUT), 0, (3,))
    trace = Trace("built", {x.name: np.array([[1.0, 2.0, 3.0]])})
    cells = np.arange(3)
    every = np.ones(3, dtype=bool)
    place = Placement(x.name, None, "Data", cells, cells)
    sighting = Sighting(place, np.array([[np.nan, 2.0, 7.0]]), {}, every, every, every)
    formulas = FormulaCells(WorkbookContent(Path("book.xlsx"), {}))
    given = read_given(Graph((x,)), [sighting], trace, [0], formulas, ())

    assert given.sightings[0].as_written.tolist() == [False, True, True]
    assert given.values[x.name].tolist() == [[1.0, 2.0, 7.0]]
    assert [edit.quantity for edit in given.edits] == ["input.x[0][2]"]


@pytest.mark.parametrize("is_formula", [True, False])
def test_a_look_up_gives_its_number_to_one_sample_and_a_constant_to_all(is_formula: bool) -> None:
    """A constant that stands where the selected sample is shown is what every sample reads."""
    x = Quantity(Band("input", "x", Role.INPUT), 0, (2,))
    trace = Trace("built", {x.name: np.array([[1.0, 2.0], [3.0, 4.0]])})
    cells = np.arange(2)
    kind = np.full(2, is_formula)
    place = Placement(x.name, None, "Data", cells, cells)
    sighting = Sighting(place, np.array([[1.0, 7.0]]), {}, kind, kind, kind)
    formulas = FormulaCells(WorkbookContent(Path("book.xlsx"), {}))
    given = read_given(Graph((x,)), [sighting], trace, [0], formulas, ())

    assert given.values[x.name].tolist() == [[1.0, 7.0], [3.0, 4.0 if is_formula else 7.0]]
