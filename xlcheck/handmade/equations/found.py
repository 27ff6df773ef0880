"""A layer without weighted sums, as a template found it, and the numbers by which functions are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.forms.functions import Results
from xlcheck.handmade.networks.network import Places
from xlcheck.model.model_spec import LayerSpec

TRIALS = 4
"""Numbers with which functions are compared, for each that they read."""


@dataclass(frozen=True)
class Found:
    """Each result's vector of inputs as a sample, in one order.

    Attributes:
        layer: what computes them.
        inputs: for each input of the layer the cells of each sample.
        outputs: the cells of each sample.
        results: the same as results of a layer.
        weights: the cells of its weights.
        steps: whether a sample is a sequence of single numbers.
        constants: the cells of numbers that Keras has as options.
        scaled_by: what the inputs are multiplied with before the layer, as for a softmax with a temperature.
        bent: Keras's name of the activation behind the layer whose results these are; empty if there is none.
    """

    layer: LayerSpec
    inputs: Sequence[Sequence[Places]]
    outputs: Sequence[Places]
    results: Results
    weights: Mapping[str, Places]
    steps: bool = False
    constants: frozenset[Address] = frozenset()
    scaled_by: float = 1.0
    bent: str = ""


def random(rows: int, columns: int) -> Array:
    """Numbers to try functions with, `(rows, columns)`; always the same."""
    return np.random.default_rng(11).uniform(-2.0, 2.0, (rows, columns))


def same(one: Array, other: Array) -> bool:
    """Whether two functions give the same for them."""
    return bool(np.allclose(one, other, rtol=1e-9, atol=1e-9))


def vectors_of(of: Results) -> dict[int, list[Address]]:
    """Step → its results, one for each unit; empty where a step lacks one, or there is one unit only.

    Args:
        of: the results.
    """
    steps, units = {step for step, _ in of}, {unit for _, unit in of}
    if len(of) != len(steps) * len(units) or len(units) == 1:
        return {}
    return {step: [of[step, unit] for unit in sorted(units)] for step in sorted(steps)}
