"""The quick answer for workbooks in which every cell is right: all cells are compared at once.

It says the same as `compare`, which looks for reasons quantity by quantity where something is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.graph.quantities import Graph
from xlcheck.verdicts.judge import AGREE, close
from xlcheck.verdicts.placement import Sighting, distinct_rows, pieces
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.tolerance import Tolerance, magnitude


def full_agreement(
    graph: Graph,
    sightings: Iterable[Sighting],
    desired: Mapping[str, Array],
    tolerance: Tolerance,
    settings: Sequence[int],
) -> list[Verdicts] | None:
    """The verdicts if every cell agrees, in the order of `compare`; None if any does not.

    Args:
        graph: the quantities, in order of computation.
        sightings: what stands in the workbook.
        desired: the oracle's values: `(samples, n)`, weights as they are.
        tolerance: what counts as agreement.
        settings: for each position of the selector, the sample it shows.
    """
    order = {q.name: place for place, q in enumerate(graph)}
    ordered = sorted(sightings, key=lambda s: (order[s.placement.quantity], _instance(s)))
    if ordered and not (_are_formulas(ordered) and _are_as_written(graph, ordered)):
        return None
    weights = [s for s in ordered if graph[s.placement.quantity].is_weight]
    others = [s for s in ordered if not graph[s.placement.quantity].is_weight]
    verdicts = {id(v.sighting): v for v in _weights(weights, desired, tolerance)}
    if len(verdicts) == len(weights):
        verdicts |= {id(v.sighting): v for v in _quantities(others, desired, tolerance, settings)}
    return [verdicts[id(s)] for s in ordered] if len(verdicts) == len(ordered) else None


def _are_formulas(sightings: Sequence[Sighting]) -> bool:
    """Whether each cell that should hold a formula does."""
    must = np.concatenate([s.must_be_formula for s in sightings])
    return not (must & ~np.concatenate([s.is_formula for s in sightings])).any()


def _are_as_written(graph: Graph, sightings: Sequence[Sighting]) -> bool:
    """Whether each look-up of what is given still has its formula."""
    given = [s for s in sightings if graph[s.placement.quantity].expr is None]
    return not any((s.must_be_formula & ~s.as_written).any() for s in given)


def _instance(sighting: Sighting) -> int:
    return -1 if sighting.placement.sample is None else sighting.placement.sample


def _weights(sightings: Sequence[Sighting], desired: Mapping[str, Array], tolerance: Tolerance) -> Iterator[Verdicts]:
    """The verdicts on weights, until one does not agree."""
    for s in sightings:
        want = desired[s.placement.quantity]
        scale = magnitude(want)
        row, elements = want.reshape(1, -1), s.placement.elements
        if elements.size != row.size or (elements[1:] <= elements[:-1]).any():  # of most matrices no copy is needed
            row = row[:, elements]
        numbers = distinct_rows(s.numbers)
        limit = tolerance.of(s.placement.quantity).limit(scale)
        if not (np.array_equal(numbers, row) or close(numbers, row, limit).all()):
            return
        agrees = np.broadcast_to(np.int8(AGREE), s.numbers.shape)
        yield Verdicts(s, np.broadcast_to(row, s.numbers.shape), None, agrees, scale)


def _quantities(
    sightings: Sequence[Sighting], desired: Mapping[str, Array], tolerance: Tolerance, settings: Sequence[int]
) -> Iterator[Verdicts]:
    """The verdicts on all other quantities; none if any cell does not agree."""
    names = list(dict.fromkeys(s.placement.quantity for s in sightings))
    if len({len(desired[name]) for name in names}) != 1:  # of a training, some have a value for each epoch
        return
    table = np.concatenate([desired[name] for name in names], axis=1)  # (samples, all elements)
    widths = [desired[name].shape[1] for name in names]
    starts = np.cumsum(widths) - widths
    sizes_of = np.abs(np.where(np.isfinite(table), table, 0.0)).max(axis=0)
    scales = dict(zip(names, np.maximum.reduceat(sizes_of, starts).tolist(), strict=True))
    first = dict(zip(names, starts.tolist(), strict=True))

    cells = [s.placement.codes.size for s in sightings]
    columns = np.repeat([first[s.placement.quantity] for s in sightings], cells)
    columns += np.concatenate([s.placement.elements for s in sightings])
    instances = np.repeat([_instance(s) for s in sightings], cells)
    samples = np.where(instances < 0, np.array(settings)[:, None], instances)
    wanted = table[samples, columns]  # (settings, all cells)
    limit_of = {name: tolerance.of(name).limit(scale) for name, scale in scales.items()}
    limits = np.repeat([limit_of[s.placement.quantity] for s in sightings], cells)
    if close(np.concatenate([s.numbers for s in sightings], axis=1), wanted, limits).all():
        status = np.full(wanted.shape, AGREE, dtype=np.int8)
        for s, want, agrees in zip(sightings, pieces(wanted, cells), pieces(status, cells), strict=True):
            yield Verdicts(s, want, None, agrees, scales[s.placement.quantity])
