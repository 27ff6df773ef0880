"""Powers are those of the C library, on every processor."""

from __future__ import annotations

import math

import numpy as np

from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Band, Graph, GraphBuilder, Role

BASES = (0.9, 0.999, 2.0, 0.0, -8.0, -8.0, 0.0, 1e200)
EXPONENTS = (26.0, 499.0, 0.5, 3.0, 3.0, 0.5, -1.0, 2.0)


def _graph() -> Graph:
    build = GraphBuilder()
    base, exponent = (build.given(Band("n", symbol, Role.INPUT), (len(BASES),)) for symbol in ("a", "b"))
    return build.build((build.let(Band("n", "y", Role.OUTPUT), ex.Power(base, exponent)),))


def test_powers_are_those_of_the_c_library() -> None:
    """Rule: to the last bit, whatever the processor; where there is none, as NumPy says it."""
    found = evaluate(_graph(), {"n.a": np.array([BASES]), "n.b": np.array([EXPONENTS])})["n.y"][0]

    assert found[:5].tolist() == [math.pow(a, b) for a, b in zip(BASES[:5], EXPONENTS[:5], strict=True)]
    assert math.isnan(found[5])
    assert found[6:].tolist() == [math.inf, math.inf]
