"""The synthetic workbooks of the benchmarks: half constants, half formulas with values, formats and fills."""

from __future__ import annotations

import numpy as np

from xlcheck.excel.addresses import Range, column_name
from xlcheck.excel.pattern import Pattern, row_number
from xlcheck.excel.plan import FormulaBlock, NumberBlock, PlannedSheet, WorkbookPlan
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.layers.forward import forward_graph
from xlcheck.models.plan import plan_model
from xlcheck.spec.model_spec import LayerSpec, sequential

COLUMNS = 50


def numbers(cells: int) -> np.ndarray:
    """The constants of a workbook with this many cells, `(rows, COLUMNS / 2)`."""
    return np.random.default_rng(0).normal(size=(cells // COLUMNS, COLUMNS // 2))


def results(constants: np.ndarray) -> np.ndarray:
    """The values of the formulas `TANH(A2)+A2`."""
    return np.tanh(constants) + constants


def half_formulas(cells: int) -> WorkbookPlan:
    """Columns of constants, and as many of formulas that read them."""
    constants = numbers(cells)
    values = results(constants)
    rows, half = constants.shape
    blocks: list[NumberBlock | FormulaBlock] = [NumberBlock(Range("S", 1, 0, rows, half), constants, "weight")]
    for j in range(half):
        name = column_name(j)
        pattern = Pattern((f"TANH({name}", row_number(1), f")+{name}", row_number(1)))
        blocks.append(FormulaBlock(Range("S", 1, half + j, rows), pattern, values[:, j], "state"))
    return WorkbookPlan((PlannedSheet("S", (), blocks=tuple(blocks)),))


def checkable(cells: int) -> WorkbookPlan:
    """A model's workbook of about this many cells, which can be checked: activations of a long sequence."""
    size = round((cells / 16) ** 0.5)  # each of the size² inputs makes 16 cells
    layers = tuple(LayerSpec("Activation", name, {"activation": name}) for name in ("tanh", "sigmoid"))
    spec = sequential("synthetic", (size, size), layers)
    rng = np.random.default_rng(0)
    values = evaluate(forward_graph(spec), {f"input.x[{t}]": rng.normal(size=(1, size)) for t in range(size)})
    trace = Trace("numpy float64", values)
    return plan_model(spec, trace, trace, ["sample 1"])
