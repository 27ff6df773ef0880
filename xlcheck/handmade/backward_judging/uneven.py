"""Whether the weights of a training move alike: as far, by one rule, each step from where the one before it ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import operands
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.slots import PENALTIES
from xlcheck.handmade.backward.steps import Move, Run
from xlcheck.handmade.backward_judging.family import place_of
from xlcheck.handmade.reading.cell_terms import source
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import lines_of


def uneven(reading: Reading, accepted: Collection[int]) -> int:
    """How many updates of a step go another distance than others of it or another way, or keep another share.

    Kernels and biases may have a rate each, or layers, in the same cells at every step of several; none of these is a
    rate of another training beside it. And one kind may shrink.
    """
    of_runs: dict[Run, list[list[_Moved]]] = defaultdict(list)
    for step in (reading.steps[number] for number in accepted):
        layers = {cell: layer for (layer, *_), cell in step.truth.network.weight_cells.items()}
        known = ((update, move) for update, move in step.moves.items() if move is not None)
        if own := [(move, layers.get(reading.sheet.updates[update], 0)) for update, move in known]:
            of_runs[step.run].append(own)
    count, rates = 0, {run: {move.rate.cell for own in steps for move, _ in own} for run, steps in of_runs.items()}
    for run, steps in of_runs.items():
        of_others = set().union(*(cells for other, cells in rates.items() if other != run))
        kinds = _KINDS if rates[run].isdisjoint(of_others) else ()
        kind = next((kind for kind in kinds if _have_a_rate_each(steps, kind)), _of_all)
        for own in steps:
            moves = [move for move, _ in own]
            first = {kind(one): one[0].rate.size for one in reversed(own)}
            count += sum(not np.allclose(one[0].rate.size, first[kind(one)]) for one in own)
            count += len({m.shares for m in moves}) - 1 + len({tuple(_without_shrinking(m.rule)) for m in moves}) - 1
    return count


_Moved = tuple[Move, int]
"""How a weight moves, and its layer."""
_Kind = Callable[[_Moved], object]


def _of_all(_: _Moved) -> object:
    """All weights have one rate."""
    return None


def _by_bias(own: _Moved) -> object:
    """Kernels have a rate, and biases have one."""
    return own[0].is_bias


def _by_layer(own: _Moved) -> object:
    """Each layer has a rate."""
    return own[1]


_KINDS: Sequence[_Kind] = (_by_bias, _by_layer)


def _have_a_rate_each(steps: Sequence[Sequence[_Moved]], kind: _Kind) -> bool:
    """Whether weights of a kind have their rate in one cell at all steps, as is meant; one alone may be wrong."""
    rates = {(kind(own), own[0].rate.cell) for moves in steps for own in moves}
    several = kind is _by_bias or all(min(Counter(map(kind, moves)).values()) > 1 for moves in steps)
    return several and len(steps) > 1 and max(Counter(own for own, _ in rates).values()) == 1


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


def take_one_twice(table: CellTable, rates: Iterable[Address], read: Collection[Address]) -> bool:
    """Whether a rate is made of one typed number twice, and another one in line with that is read by no formula.

    Args:
        table: the cells.
        rates: the cells that hold the rates.
        read: the cells that formulas read.
    """
    unread = {line for cell in table.typed_numbers if cell not in read for line in lines_of(cell)}
    for cell in (own for own in rates if own in table.texts):
        areas = Counter(ref.area(cell[0]) for ref in operands(table.texts[cell]))
        twice = [(area.sheet, area.top, area.left) for area, count in areas.items() if count > 1 and area.size == 1]
        if any(table.is_number(own) and not unread.isdisjoint(lines_of(own)) for own in twice):
            return True
    return False
