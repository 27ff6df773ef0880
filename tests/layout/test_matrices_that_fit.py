"""For which networks there is a page of matrices."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.layout.draft import Draft
from xlcheck.layout.matrices import per_step as matrices
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential
from xlcheck.workbook.limits import MAX_ARGUMENTS


def draft_of(steps: int) -> Draft:
    """A recurrent unit over so many steps."""
    shapes = {"kernel": (1, 1), "recurrent_kernel": (1, 1), "bias": (1,)}
    options = {"units": 1, "activation": "tanh", "return_sequences": False}
    graph = forward_graph(sequential("m", (steps, 1), (LayerSpec("SimpleRNN", "rnn", options, shapes),)))
    given = {q.name: np.full(q.shape if q.is_weight else (1, *q.shape), 0.5) for q in graph if q.expr is None}
    draft = Draft(graph, Trace("numbers", evaluate(graph, given)), ["one"], Style.ROBUST)
    for row, q in enumerate(graph):
        draft.place(q.name, Range("S", row, 0))
    return draft


@pytest.mark.parametrize("lesson", [True, False])
def test_one_formula_can_choose_from_all_steps(lesson: bool) -> None:
    """There is a page up to as many steps as a function has arguments, one of which says which step it is."""
    assert matrices.fits(draft_of(MAX_ARGUMENTS - 1), lesson=lesson)
    assert not matrices.fits(draft_of(MAX_ARGUMENTS), lesson=lesson)


def test_of_any_model_no_more_is_shown_than_can_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many quantities, and not one more; a lesson shows what it likes."""
    draft = draft_of(1)  # of which no more is shown than it has quantities
    quantities = sum(not q.is_weight for q in draft.graph)

    for most, fits in ((quantities, True), (quantities - 1, False)):
        monkeypatch.setattr(matrices, "_MOST_NUMBERS", most)
        assert matrices.fits(draft, lesson=False) is fits
        assert matrices.fits(draft, lesson=True)
