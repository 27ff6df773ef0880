"""Whether one mistake in the forward part explains what seem to be several mistakes in the backward part."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.backward.network_cells import DenseNetwork
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.steps import Move, goals
from xlcheck.handmade.backward.truth import Truth, truths

MOST_PAIRS = 300


def explained_by_exchange(reading: Reading, number: int, move: Move) -> bool:
    """Whether all updates of a step are right for the network in which two weights of a layer are exchanged.

    Then either the forward part reads them the wrong way round, or the backward part does; nobody knows which.

    Args:
        reading: the sheet as training steps.
        number: of the step.
        move: how its weights usually move.
    """
    sheet, step = reading.sheet, reading.steps[number]
    variants = list(islice(_exchanged(step.truth.network), MOST_PAIRS))
    behind = set(sheet.cone(step.moves)) - reading.forward.keys()
    order = [cell for cell in sheet.order if cell in behind]
    for truth in truths(variants, sheet.cells, step.truth.loss, reading.ask):
        after = sheet.recomputed(dict(_signals(truth)), [*order, *step.moves])
        wanted = goals(sheet, step, move, truth.weight_gradients())
        if all(same(after[update], goal) for update, goal in wanted.items()):
            return True
    return False


def _exchanged(network: DenseNetwork) -> Iterator[DenseNetwork]:
    """The network with two weights of one layer in each other's place, for each pair."""
    for layer in network.layers:
        for one, other in combinations([cell for row in layer.kernel for cell in row], 2):
            yield network.reading({one: other, other: one})


def _signals(truth: Truth) -> Iterator[tuple[Address, Array]]:
    """What the cells of the forward part would hold."""
    for s, sample in enumerate(truth.network.samples):
        for totals, outputs, layer in zip(sample.totals, sample.outputs, truth.layers, strict=False):
            for u, (total, output) in enumerate(zip(totals, outputs, strict=True)):
                if total is not None:
                    yield total, layer.z[:, s, u]
                yield output, layer.y[:, s, u]
