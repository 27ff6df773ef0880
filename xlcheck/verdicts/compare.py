"""The comparison itself: where is a value wrong, and where did it become wrong?

Two questions for each cell. *Global*: does it equal the oracle's value? *Local*: is it what its
quantity's expression gives for the values that stand in the sheet for the quantities it reads?
A cell that is wrong in both ways is a root; one that is only globally wrong is carried.

Everything works on whole ranges at once. Quantities are visited in order of computation, for
each instance of the network in the workbook.

Where every cell is right, all are compared at once, which says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.verdicts.judge import AGREE, CARRIED, ROOT, close
from xlcheck.verdicts.operands import Instance, Operands
from xlcheck.verdicts.placement import Reads, Sighting, distinct_rows, magnitude, pieces
from xlcheck.verdicts.ranges import Verdicts, judge_range
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import within


def full_agreement(
    graph: Graph,
    sightings: Iterable[Sighting],
    desired: Mapping[str, Array],
    tolerance: Tolerance,
    settings: Sequence[int],
) -> list[Verdicts] | None:
    """The verdicts if every cell agrees, in the order of `compare`, which says what is given; None if any does not."""
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


def compare(
    graph: Graph,
    sightings: Iterable[Sighting],
    desired: Mapping[str, Array],
    tolerance: Tolerance,
    settings: Sequence[int],
    reads: Reads | None = None,
    only: str | None = None,
) -> list[Verdicts]:
    """Judge every cell of every sighting.

    Args:
        graph: the quantities, in order of computation.
        sightings: what stands in the workbook; quantities may be missing, or stand in it more than once.
        desired: the oracle's values: `(samples, n)`, weights as they are.
        tolerance: what counts as agreement.
        settings: for each position of the selector, the sample it shows.
        reads: which ranges a cell's formula reads; needed to recognise that one showing of a
            quantity is copied from another.
        only: the one quantity that is judged; of the others only the values count. All by default.

    Returns:
        Verdicts in the order of the graph; all showings of one quantity next to each other.
    """
    sightings = list(sightings)
    agreed = None if only is not None else full_agreement(graph, sightings, desired, tolerance, settings)
    if agreed is not None:
        return agreed
    operands = Operands(graph, sightings, desired, settings)
    verdicts: list[Verdicts] = []
    for q in graph:
        is_judged = only in (None, q.name)
        if q.is_weight:
            found = _weight(q, operands, desired[q.name], tolerance)
            verdicts += [verdict for verdict in found if is_judged]
            continue
        for instance in operands.instances:
            verdicts += _quantity(q, instance, operands, desired[q.name], tolerance, is_judged=is_judged)
    if reads is not None:
        for verdict in verdicts:
            forgive_copies(verdict, operands, reads, is_given=graph[verdict.placement.quantity].expr is None)
    return verdicts


def _weight(q: Quantity, operands: Operands, want: Array, tolerance: Tolerance) -> Iterator[Verdicts]:
    if q.expr is None:
        operands.take_weight(q)
        for sighting in operands.all_sightings(q.name):
            yield judge_range(sighting, want.reshape(1, -1), (), magnitude(want), tolerance.of(q.name), is_given=True)
        return
    sightings = operands.all_sightings(q.name)
    local, *others = operands.shared_locals(q, q.expr)
    follow = partial(operands.shared_local, q)
    for sighting in sightings:
        yield judge_range(
            sighting, want.reshape(1, -1), [local, *others], magnitude(want), tolerance.of(q.name), follow
        )
    operands.take_shared(q, local)


def _quantity(
    q: Quantity, instance: Instance, operands: Operands, truth: Array, tolerance: Tolerance, *, is_judged: bool
) -> list[Verdicts]:
    sightings = operands.sightings(q.name, instance) if is_judged else []
    needed = operands.needs(q.name, instance)
    if not sightings and not needed:
        return []
    want, scale, own = truth[operands.samples(instance)], magnitude(truth), tolerance.of(q.name)
    verdicts = [judge_range(sighting, want, (), scale, own, is_given=q.expr is None) for sighting in sightings]
    local = None
    # Where everything agrees and is shown, nobody asks what it follows from.
    if q.expr is not None and (any(v.status.any() for v in verdicts) or not operands.covers(q, instance)):
        locals_ = operands.locals_(q, q.expr, instance, tolerance)
        follow = partial(operands.follow, q, instance)
        verdicts = [judge_range(sighting, want, locals_, scale, own, follow) for sighting in sightings]
        local = locals_[0]
    if needed:
        operands.take(q, instance, local)
    return verdicts


def forgive_copies(verdicts: Verdicts, operands: Operands, reads: Reads, *, is_given: bool) -> None:
    """Call a root carried if its formula reads another showing of its quantity and gives that one's value.

    Args:
        verdicts: those on one sighting; they are changed in place.
        operands: where the quantity stands.
        reads: which ranges a cell's formula reads.
        is_given: whether the quantity is given; a look-up that is not as written is no copy.
    """
    place, sighting = verdicts.placement, verdicts.sighting
    others = [s for s in operands.all_sightings(place.quantity) if s is not sighting]
    if not others:
        return
    copies = (
        sighting.is_formula & (sighting.as_written | ~sighting.must_be_formula) if is_given else sighting.is_formula
    )
    for cell in np.flatnonzero((verdicts.worst() == ROOT) & copies).tolist():
        areas = reads(place.sheet, int(place.codes[cell]))
        for other in others:
            _forgive(verdicts, cell, other, areas, operands)


def _forgive(verdicts: Verdicts, cell: int, other: Sighting, areas: Sequence[Range], operands: Operands) -> None:
    place = other.placement
    read = np.zeros(place.codes.shape, dtype=bool)
    for area in areas:
        if area.sheet == place.sheet:
            read |= within(place.codes, area)
    same_sample = True
    if place.sample is not None:
        same_sample = operands.samples(verdicts.placement.sample) == place.sample
    for source in np.flatnonzero(read & (place.elements == verdicts.placement.elements[cell])):
        equal = other.numbers[:, source] == verdicts.sighting.numbers[:, cell]
        verdicts.status[same_sample & equal & (verdicts.status[:, cell] == ROOT), cell] = CARRIED
