"""What a workbook gives to the network, cell by cell."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import numpy as np

from xlcheck.graph.quantities import Band, Graph, Quantity, Role
from xlcheck.graph.trace import Trace
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.given import read_given
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
