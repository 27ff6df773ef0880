"""Printing a whole quantity once must give the same texts as printing each of its elements."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from xlcheck.formulas.pattern import Pattern, formula_at
from xlcheck.formulas.printing import Style, formula
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.layout.draft import Draft, View
from xlcheck.layout.tables.quantity_formulas import column_formulas
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import InputSpec, LayerSpec, ModelSpec, sequential

RNN = {"units": 3, "activation": "tanh", "use_bias": True, "return_sequences": True, "go_backwards": False}
GATED = RNN | {"recurrent_activation": "sigmoid"}
LSTM = LayerSpec("LSTM", "lstm", GATED, {"kernel": (4, 12), "recurrent_kernel": (3, 12), "bias": (12,)})
GRU = LayerSpec(
    "GRU", "gru", GATED | {"reset_after": True}, {"kernel": (3, 9), "recurrent_kernel": (3, 9), "bias": (2, 9)}
)
DENSE = LayerSpec(
    "Dense", "dense", {"units": 20, "activation": "softmax", "use_bias": True}, {"kernel": (3, 20), "bias": (20,)}
)
EMBEDDING = LayerSpec("Embedding", "embedding", {"mask_zero": True}, {"embeddings": (9, 3)})
FLATTEN = LayerSpec("Flatten", "flatten", {})
MODELS = {
    "recurrent": sequential("a", (3, 4), (LSTM, GRU, DENSE)),
    "embedding": sequential("b", (3,), (EMBEDDING, GRU)),
    "one-hot": ModelSpec("c", (InputSpec("input", (3, 4), one_hot=True),), (LSTM,),
                         sequential("c", (3, 4), (LSTM,)).calls, ("lstm",)),
    "joined vectors": sequential("d", (3, 4), (FLATTEN,)),
}  # fmt: skip


def draft_of(graph: Graph, style: Style) -> Draft:
    """Every quantity on one of two worksheets, except one-hot vectors, which stand nowhere."""
    draft = Draft(graph, Trace("nobody", {}), ("only",), style)
    sheets = draft.sheet("Net"), draft.sheet("All weights")
    row = 0
    for q in graph:
        if q.is_weight:
            shape = q.shape if len(q.shape) == 2 else (1, *q.shape)
            draft.place(q.name, sheets[1].at(row, 1, *shape))
        elif q.name != f"input.x[{q.step}]" or q.expr is None:
            draft.place(q.name, sheets[0].at(row, 2 + (q.step or 0), q.shape[0]))
        row += int(np.prod(q.shape)) + 1
    return draft


@pytest.mark.parametrize(("name", "style"), list(product(MODELS, Style)))
def test_a_pattern_gives_each_element_its_own_formula(name: str, style: Style) -> None:
    """The gaps of a pattern are filled so that every formula is the one that the table prints."""
    draft = draft_of(forward_graph(MODELS[name]), style)
    patterns = 0
    for q in draft.graph:
        if q.expr is None or not draft.is_placed(q.name):
            continue
        found = column_formulas(draft, q, "Net")
        patterns += isinstance(found, Pattern)

        assert [formula_at(found, i) for i in range(q.shape[0])] == [
            formula(q.expr, i, View(draft, "Net", None), style) for i in range(q.shape[0])
        ], q.name
    assert patterns > 0 or name == "joined vectors"


def test_operations_that_ask_for_the_number_are_printed_one_by_one() -> None:
    """The pieces of a joined vector follow no pattern; nothing is guessed."""
    draft = draft_of(forward_graph(MODELS["joined vectors"]), Style.ROBUST)

    assert isinstance(column_formulas(draft, draft.graph["flatten.y"], "Net"), tuple)


A, B, C = (ex.Const(value) for value in (8.0, 2.0, 4.0))


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (ex.Add(A, ex.Mul(B, C)), "8+2*4"),
        (ex.Mul(ex.Add(A, B), C), "(8+2)*4"),
        (ex.Add(ex.Add(A, B), C), "8+2+4"),
        (ex.Sub(A, ex.Add(B, C)), "8-(2+4)"),
        (ex.Mul(A, ex.Mul(B, C)), "8*2*4"),
        (ex.Div(A, ex.Mul(B, C)), "8/(2*4)"),
        (ex.Neg(ex.Mul(A, B)), "-(8*2)"),
        (ex.Power(ex.Mul(A, B), C), "(8*2)^4"),
        (ex.Power(ex.Neg(A), B), "(-8)^2"),
        (ex.Power(ex.Const(0.5), B), "0.5^2"),
        (ex.Power(ex.Const(-0.5), B), "(-0.5)^2"),
        (ex.Exp(ex.Add(A, B)), "EXP(8+2)"),
    ],
)
def test_brackets_stand_where_they_are_needed_and_nowhere_else(expr: ex.Expr, text: str) -> None:
    """A minus, a quotient and a power bind their operands as a spreadsheet does; others need no brackets."""
    view = View(draft_of(forward_graph(MODELS["joined vectors"]), Style.TEACHING), "Net", None)

    assert formula(expr, 0, view, Style.TEACHING) == text
