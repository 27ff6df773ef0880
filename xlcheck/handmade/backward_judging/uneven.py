"""Whether the weights of a training move alike: as far, by one rule, each step from where the one before it ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.slots import PENALTIES
from xlcheck.handmade.backward.steps import Move, Run
from xlcheck.handmade.backward_judging.family import place_of
from xlcheck.handmade.reading.cell_terms import source


def uneven(reading: Reading, accepted: Collection[int]) -> int:
    """How many updates of a step go another distance than others of it or another way, or keep another share.

    Kernels and biases may have a rate each, in the same two cells at every step of several; and one kind may shrink.
    """
    of_runs: dict[Run, list[list[Move]]] = defaultdict(list)
    for step in (reading.steps[number] for number in accepted):
        if own := [move for move in step.moves.values() if move is not None]:
            of_runs[step.run].append(own)
    count = 0
    for moves in of_runs.values():
        kinds = {(move.is_bias, move.rate.cell) for own in moves for move in own}
        meant = len(moves) > 1 and max(Counter(is_bias for is_bias, _ in kinds).values()) == 1
        for own in moves:
            first = {move.is_bias and meant: move for move in reversed(own)}
            count += sum(not np.allclose(m.rate.size, first[m.is_bias and meant].rate.size) for m in own)
            count += len({m.shares for m in own}) - 1 + len({tuple(_without_shrinking(m.rule)) for m in own}) - 1
    return count


def thresholds(reading: Reading, accepted: Collection[int]) -> int:
    """How many layers take from a sum what others of their line add to it, or what never learns that it is taken."""
    layers = [enumerate(reading.steps[number].truth.network.layers) for number in accepted]
    signs = {(at, layer.sign) for own in layers for at, layer in own}
    never = bool(reading.thresholds) and reading.thresholds.isdisjoint(reading.learnt)
    return len(signs) - len({at for at, _ in signs}) + never


def _without_shrinking(rule: Sequence[str | float]) -> Iterator[str | float]:
    """The rule of a move without the part of the weight itself, and how large that is."""
    parts = iter(rule)
    for part in parts:
        if part in {*PENALTIES, "weight decay"}:
            list(islice(parts, 2))
        else:
            yield part


def goes_on_twice(reading: Reading, accepted: Collection[int]) -> bool:
    """Whether two cells of a line of steps hold a weight after the same step, so that one of them skips some steps.

    Trainings that begin with the same weights stand beside one another, or copy these first.
    """
    terms, (down, across) = reading.sheet.terms, reading.stride or (0, 1)
    held = {cell for number in accepted for cell in reading.steps[number].truth.network.weights}
    ways: Counter[tuple[Address, tuple[str, int]]] = Counter()
    for new, weight in reading.sheet.updates.items():
        places = (read for read in terms.reads[new] if source(read, terms) == weight)
        ways[next(places, weight), place_of(new, (across, down))] += new in held
    return max(ways.values(), default=0) > 1
