"""Keras is asked once for each question, and what it takes is no time of the search."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from xlcheck.arrays import Array
from xlcheck.graph.trace import Trace
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.keras_answers import asked_once
from xlcheck.model.model_spec import LayerSpec, ModelSpec


def _model(units: int) -> ModelSpec:
    layer = LayerSpec("Dense", "dense", {"units": units}, {"kernel": (1, units)})
    return ModelSpec("model", (), (layer,), (), ())


def test_the_same_question_is_asked_once() -> None:
    """Rule: another model, other numbers or numbers of another shape are other questions."""
    asked: list[tuple[ModelSpec, Mapping[str, Array]]] = []

    def recompute(spec: ModelSpec, given: Mapping[str, Array]) -> Trace:
        asked.append((spec, given))
        return Trace("keras float64", {"y": np.array([[float(len(asked))]])})

    ask, x = asked_once(recompute), np.arange(6.0)
    first = ask(_model(1), {"x": x.reshape(2, 3), "w": x})

    assert ask(_model(1), {"w": x.copy(), "x": x.reshape(2, 3)}) is first
    for spec, given in (
        (_model(2), {"x": x.reshape(2, 3), "w": x}),
        (_model(1), {"x": x.reshape(3, 2), "w": x}),
        (_model(1), {"x": x.reshape(2, 3), "w": x + 1}),
        (_model(1), {"x": x.reshape(2, 3), "v": x}),
    ):
        assert ask(spec, given) is not first
    assert len(asked) == 5


def test_what_keras_takes_is_not_counted() -> None:
    """Rule: the search has as much time with a Keras in this process as with one in another."""

    def recompute(spec: ModelSpec, given: Mapping[str, Array]) -> Trace:
        begin = time.process_time()
        while time.process_time() - begin < 0.2:
            pass
        return Trace("keras float64", {})

    with effort.limited_to(0.1):
        asked_once(recompute)(_model(1), {})
        assert effort.left() > 0
        effort.require_time()
