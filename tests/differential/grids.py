"""Every quantity of a graph on one bare worksheet, recalculated by a formula engine.

Time runs to the right, units run down, weights stand as Keras shows them; nothing else is there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from xlcheck.engines import engine
from xlcheck.formulas.printing import Style
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.layout.draft import Draft
from xlcheck.workbook.plan import Formula, WorkbookPlan
from xlcheck.workbook.writer import write_workbook

POISON = 999.25  # as a cached value, so that an engine that does not calculate is seen


def recalculated(graph: Graph, trace: Trace, path: Path, style: Style, engine_name: str = "ironcalc") -> Trace:
    """The values of all computed quantities for the first sample, from the saved file."""
    draft = Draft(graph, trace, ["only"], style)
    sheet = draft.sheet("All")
    row = 0
    for members in graph.bands().values():
        for q in members:
            # Of several matrices one stands below the other.
            rows, columns = (trace[q.name].size // q.shape[-1], q.shape[-1]) if q.is_weight else (q.shape[0], 1)
            draft.place(q.name, sheet.at(row, q.step or 0, rows, columns))
        row += draft.placed(members[0].name).rows + 1
    for q in graph:
        for i, (cell_row, cell_column) in enumerate(draft.placed(q.name).cells()):
            value = draft.value(q.name, i)
            given = q.expr is None
            content = value if given else Formula(draft.live(q, i, sheet.name).text, POISON)
            sheet.put(cell_row, cell_column, content, "weight" if given else "state")
    write_workbook(WorkbookPlan((sheet.finish(),)), path)

    # Formulon takes seconds to start: one process of it for all tests.
    session = engine(engine_name, guarded=engine_name == "formulon").open(path)
    session.recalculate()
    values = {}
    for q in graph:
        if q.expr is not None:
            read = [cell for line in session.read(draft.placed(q.name)) for cell in line]
            assert all(isinstance(cell, float) for cell in read), (q.name, read)
            values[q.name] = np.array(read, dtype=np.float64)
    return Trace(engine_name, values)
