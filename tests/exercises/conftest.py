"""A small marking key, for tests of what is said of an exercise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xlcheck import load_fixture
from xlcheck.exercises.draws import Variation
from xlcheck.exercises.key import Blank, Hint, MarkingKey, Rules, Student
from xlcheck.formulas.addresses import Range
from xlcheck.learning.forward import forward_graph
from xlcheck.workbook.bindings import Binding


@pytest.fixture
def key() -> MarkingKey:
    """A key of the LSTM with one blank and two students."""
    fixture = load_fixture("lstm")
    spec = replace(fixture.spec, loss=None)
    given = {
        q.name: fixture.trace[q.name] if q.is_weight else fixture.trace[q.name][:1]
        for q in forward_graph(spec)
        if q.expr is None
    }
    cell = Range("lstm", 11, 5)
    return MarkingKey(
        name="lstm", title="An LSTM", spec=spec, batch=None, given=given, sample="very good",
        blanks=(Blank(cell, "lstm.i[0]", 0, "lstm.i[0][0]", 2.0, "1/(1+EXP(-F11))", Range("lstm", 11, 7)),),
        hints=(Hint(Range("Hints", 5, 1), "lstm.i", 1, 0.1),),
        bindings=(Binding("lstm.i[0]", cell), Binding("input.x[0]", Range("Inputs", 9, 2), 0)),
        formulas={Range("lstm", 10, 5): "F9+F10"}, rules=Rules(typed=0.5), id_cell=Range("Start", 4, 2),
        solution="solution.xlsx", students=(Student("a", "Ada", 0, "blanks/a.xlsx"), Student("b", attempt=3)),
        variations={"lstm.kernel": Variation("real", 0.1, 0.5), "input.x[0]": Variation("whole", 1, 3)},
        varied=True, secret="0123",
    )  # fmt: skip
