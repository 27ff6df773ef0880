"""Runs: steps that stand evenly one behind another, as the samples of a table do, with others farther away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from xlcheck.handmade.equations.layers import Layer, voted
from xlcheck.handmade.equations.votes import Place

_SEVERAL = 2
"""Steps of a run: of one alone nobody knows whether it lacks a sum or is meant without it."""


def runs_apart(layers: Iterable[Layer]) -> list[Layer]:
    """The layers, those apart of which some runs lack the same sums at all their steps: they are narrower layers.

    So one table shows a gate alone, and a second one computes the same gate and another one.

    Args:
        layers: the tables of weighted sums.
    """
    found = [own for layer in layers for own in _apart(layer)]
    return sorted(found, key=lambda layer: min(instance.atom for instance in layer.instances))


def most_beside_have(layer: Layer, place: Place) -> bool:
    """Whether most steps of the run in which a step stands have the sum of a row; where there are no lines, they have.

    Of a run that lacks it nobody knows whether it should have it.

    Args:
        layer: the layer.
        place: the row, and the step.
    """
    row, step = place
    run = next((run for run in _runs(layer) if step in run), [])
    return not run or 2 * sum(layer.fits((row, other)) for other in run) > len(run)


def _apart(layer: Layer) -> list[Layer]:
    runs = _runs(layer) if layer.gaps else []
    if len(runs) < _SEVERAL or any(len(run) < _SEVERAL for run in runs):
        return [layer]
    steps: dict[frozenset[int], set[int]] = defaultdict(set)
    for run in runs:
        had = {frozenset(row for row in layer.rows if (row, step) in layer.at) for step in run}
        if len(had) > 1:  # a step lacks what others of its run have: that is a gap
            return [layer]
        steps[had.pop()] |= {*run}
    return [voted({place: own for place, own in layer.at.items() if place[1] in of}) for of in steps.values()]


def _runs(layer: Layer) -> list[list[int]]:
    """The steps that are as far from one another as most are, or nearer, up to where the next one is farther away."""
    at = layer.line[1] if layer.line is not None else {}
    steps = sorted(at, key=at.__getitem__)
    ways = Counter(at[after] - at[before] for before, after in pairwise(steps))
    usual = min((way for way, often in ways.items() if often == max(ways.values())), default=0)
    runs = [steps[:1]]
    for before, after in pairwise(steps):
        if at[after] - at[before] > usual:
            runs.append([])
        runs[-1].append(after)
    return runs
