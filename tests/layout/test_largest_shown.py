"""Which cells may show a large number once another sample, step or unit is chosen."""

from __future__ import annotations

import numpy as np

from xlcheck.formulas.addresses import parse_range
from xlcheck.formulas.printing import Style
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.layout.draft import Draft
from xlcheck.layout.largest import largest_shown
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential
from xlcheck.workbook.views import Factor, View

OPTIONS = {"units": 1, "activation": "linear", "return_sequences": True}
LAYER = LayerSpec("SimpleRNN", "rnn", OPTIONS, {"kernel": (1, 1), "recurrent_kernel": (1, 1)})


def draft_of(*samples: tuple[float, float]) -> Draft:
    """A layer that hands on what it reads, at two steps of each sample."""
    spec = sequential("s", (2, 1), (LAYER,))
    graph = forward_graph(spec)
    given = {q.name: np.zeros((len(samples), *q.shape)[q.is_weight :]) for q in graph if q.expr is None}
    given |= {
        "rnn.kernel": np.array([[5000.0]]),
        **{f"input.x[{t}]": np.array([[s[t]] for s in samples]) for t in (0, 1)},
    }
    return Draft(graph, Trace("made up", evaluate(graph, given)), [str(s) for s in samples], Style.TEACHING)


def test_a_quantity_counts_with_every_sample() -> None:
    """Both ends of what stands in a cell; not what stands for one fixed sample, nor weights."""
    draft = draft_of((0.5, 0.0), (-0.25, 0.1))
    draft.place("rnn.h[0]", parse_range("S!B2"))
    draft.place("rnn.h[1]", parse_range("S!C2"))
    draft.place("rnn.h[0]", parse_range("S!D2"), 0)
    draft.place("rnn.kernel", parse_range("S!E2"))

    assert largest_shown(draft) == {"S": {(1, 1): (-1250.0, 2500.0)}}


def test_other_formulas_count_with_what_they_should_give() -> None:
    """Of texts, and of small numbers, nothing is said."""
    draft = draft_of((0.5, 0.0))
    draft.note_helper(parse_range("S!B2"), "1", [1.0, -2000.0, 3.0])
    draft.note_helper(parse_range("S!B3"), "1", ["a", 1e6])
    draft.note_helper(parse_range("S!B4"), "1", [1.0, 999.0])
    draft.note_helper(parse_range("S!B5"), "1", ["a", "b"])

    assert largest_shown(draft) == {"S": {(1, 1): (-2000.0, 3.0), (2, 1): (1e6, 1e6)}}


def test_a_view_counts_with_every_step_and_unit() -> None:
    """Products are bounded by their factors, and the state before by all states; items count as they are."""
    draft = draft_of((0.5, 0.0))
    step = parse_range("S!A1")
    for cell, factors, items in (
        ("S!B2", (Factor("rnn.h"),), ()),
        ("S!B3", (Factor("rnn.h", -1), Factor("input.x")), ()),
        ("S!B4", (Factor("input.x"),), ()),
        ("S!B5", (Factor("input.x", complement=True), Factor("rnn.h[0]")), ()),
        ("S!B6", (), ((1.0,), (-4000.0,))),
        ("S!B7", (), (("a",), ("b",))),
    ):
        draft.views.append(View(parse_range(cell), "1", step, None, factors, items))

    bounds = {place: largest for place, (_, largest) in largest_shown(draft)["S"].items()}
    assert bounds == {(1, 1): 2500.0, (2, 1): 1250.0, (4, 1): 2500.0, (5, 1): 4000.0}


def test_a_view_of_the_state_before_counts_with_the_initial_one() -> None:
    """Which no other view shows."""
    draft = draft_of((0.0, 0.0))
    draft.trace = Trace("started", {**draft.trace.values, "rnn.h_init": np.array([[-3000.0]])})
    draft.views.append(View(parse_range("S!B2"), "1", parse_range("S!A1"), None, (Factor("rnn.h", -1),)))

    assert largest_shown(draft) == {"S": {(1, 1): (-3000.0, 3000.0)}}


def test_of_small_numbers_nothing_is_looked_at() -> None:
    """As in almost every workbook."""
    draft = draft_of((0.1, 0.0))
    draft.trace = Trace("small", {name: values * 1e-3 for name, values in draft.trace.values.items()})
    draft.place("not there", parse_range("S!B2"))

    assert largest_shown(draft) == {}
