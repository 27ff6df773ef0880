"""Gradients that people estimate by finite differences: what the loss grows by if one weight is a little larger.

An estimate is checked for what it is, a difference of two losses over the length of the step between them; that it is
near the gradient follows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.quantities import Library, Quantity
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.steps import Step
from xlcheck.handmade.backward.truth import Truth, truths
from xlcheck.learning.dense_gradients import DenseGradients

_LONGEST = 0.5
_MOST = 3_000
"""Networks with another weight."""
_ROUNDING = 2e-15
"""How far sums of squares may be off, as a share of them."""


def estimates(
    sheet: Sheet, steps: Sequence[Step], unknown: Mapping[int, Collection[Address]], ask: DenseGradients
) -> dict[int, Library]:
    """The quantities of estimated gradients, by the number of the step.

    Args:
        sheet: the sheet.
        steps: its steps.
        unknown: number of a step → cells near it of which nobody knows what they hold.
        ask: asks Keras.
    """
    trials = []
    for number, cells in unknown.items():
        lengths = {at: values for cell in cells for at, values in sheet.settings_of(cell).items()}
        short = {values.tobytes(): values for values in lengths.values() if 0 < abs(values[-1]) < _LONGEST}
        for weight in steps[number].gradients:
            trials += [(number, weight, sign * values) for values in short.values() for sign in (1, -1)]
    if not trials or len(trials) > _MOST:
        return {}
    places: dict[Address, Array] = {}
    networks = []
    for count, (number, weight, length) in enumerate(trials):
        place = ("", -1, count)
        places[place] = sheet.cells[weight] + length
        networks.append(steps[number].truth.network.reading({weight: place}))
    found: dict[int, list[Quantity]] = {number: [] for number in unknown}
    moved = truths(networks, {**sheet.cells, **places}, steps[0].truth.loss, ask)
    for (number, weight, length), truth in zip(trials, moved, strict=True):
        found[number] += _quantities(steps[number], weight, length, truth)
    counts = steps[0].truth.network.with_targets, len(steps[0].truth.network.samples[-1].targets)
    return {number: Library(own, counts) for number, own in found.items()}


def _quantities(step: Step, weight: Address, length: Array, moved: Truth) -> Iterator[Quantity]:
    """What people compute with one weight a little larger or smaller."""
    sign, before = "+" if length[-1] > 0 else "−", step.truth
    samples = range(len(before.network.samples))
    gradient = step.gradient_names[weight]
    at = f"at {gradient.removeprefix('∂E/∂')} {sign} h"
    groups = [("", list(samples))] + [(f"({s + 1})", [s]) for s in samples if len(samples) > 1]
    for mark, own in groups:
        one, other = before.losses[:, own].sum(axis=1), moved.losses[:, own].sum(axis=1)
        yield Quantity(f"E{mark} {at}", other)
        with np.errstate(all="ignore"):
            slope = (other - one) / length
            off = _ROUNDING * (np.abs(one) + np.abs(other)) / np.abs(length)
        yield Quantity(f"estimate{mark} of {gradient} {at}", slope, off)
        if not mark:
            error = slope - step.gradients[weight]
            yield Quantity(f"error of the estimate of {gradient} {at}", error, off)
            yield Quantity(f"size of the error of the estimate of {gradient} {at}", np.abs(error), off)
    for s in samples:
        for u in range(moved.layers[-1].y.shape[2]):
            output, target = moved.layers[-1].y[:, s, u], moved.targets[:, s, u]
            yield Quantity(f"o({s + 1})[{u + 1}] {at}", output)
            yield Quantity(f"error({s + 1})[{u + 1}] {at}", output - target)
            yield Quantity(f"squared error({s + 1})[{u + 1}] {at}", (output - target) ** 2)
