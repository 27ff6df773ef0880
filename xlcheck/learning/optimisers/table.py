"""The graph of one epoch with all that a table of epochs needs: one quantity a number, one row an epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.graph.gradients import backward
from xlcheck.graph.nudges import delta_quantity
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.graph.scalars import Index, indices, scalar_graph, scalar_name
from xlcheck.learning.forward import forward_graph
from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.learning.optimisers.step import BEFORE, NEW, add_step
from xlcheck.model.model_spec import ModelSpec

LIMIT = 1000.0
"""No weight becomes larger in a table of epochs: a training that gets so far has diverged."""

SAMPLES, EPOCHS = "training.samples", "training.epochs"
"""How many of each there are, among what is given to a training that is run again."""


@dataclass(frozen=True)
class EpochGraph:
    """One epoch of a training.

    Attributes:
        whole: the quantities as vectors and matrices, for the whole batch.
        scalars: the same, one quantity a number.
        before: what an epoch is given by the one before: `lstm.kernel[0][0]` → `lstm.new_kernel[0][0]`.
        samples: how many samples the batch has.
    """

    whole: Graph
    scalars: Graph
    before: Mapping[str, str]
    samples: int

    @property
    def loss(self) -> str:
        """The mean loss, by its name among the scalars."""
        return next(q.name for q in self.scalars if q.name.endswith("loss.mean"))

    def numbers(self) -> Iterator[tuple[Quantity, Index, int | None]]:
        """Every number that there is: its quantity, its index, and its sample, None if all share it."""
        for q in self.whole:
            for sample in self._owners(q):
                for index in indices(q):
                    if scalar_name(q, index, sample) in self.scalars:
                        yield q, index, sample

    def apart(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """Values of the whole quantities `(epochs, …)` → values of the scalars `(epochs, 1)`, where there are any."""
        found = {}
        for q in self.whole:
            if q.name not in values:
                continue
            for sample in self._owners(q):
                rows = values[q.name] if sample is None else values[q.name][:, sample]
                flat = rows.reshape(len(rows), -1)
                for place, index in enumerate(indices(q)):
                    name = scalar_name(q, index, sample)
                    if name in self.scalars:
                        found[name] = flat[:, [place]]
        return found

    def together(self, numbers: Mapping[str, Array]) -> dict[str, Array]:
        """What an epoch is given, as vectors and matrices, from its single numbers `(1, 1)`."""
        whole = {}
        for q in self.whole:
            if q.expr is None:
                rows = [[numbers[scalar_name(q, i, k)][0, 0] for i in indices(q)] for k in self._owners(q)]
                whole[q.name] = np.array(rows).reshape(q.shape if q.is_weight else (self.samples, *q.shape))
        return whole

    def _owners(self, q: Quantity) -> Sequence[int | None]:
        """Each sample, of which a quantity holds numbers; None alone for what all share."""
        return [None] if q.is_weight else range(self.samples)


def epoch_graph(spec: ModelSpec, samples: int) -> EpochGraph:
    """The graph of one epoch of a model, with every optimiser to choose from."""
    step = add_step(backward(forward_graph(spec), samples), list(OPTIMISERS.values()), LIMIT)
    whole = Graph((*step.quantities, delta_quantity()), step.outputs)
    scalars = _pruned(scalar_graph(whole, samples))
    before = {
        scalar_name(whole[given], index): scalar_name(whole[after], index)
        for after, given in carried(whole).items()
        for index in indices(whole[given])
    }
    return EpochGraph(whole, scalars, before, samples)


def carried(graph: Graph) -> dict[str, str]:
    """What a step computes → where the next step is given it: new weights, and slots."""
    found = {}
    for q in graph:
        layer, symbol = q.band.layer, q.band.symbol
        if q.expr is None and symbol.endswith(BEFORE):
            found[q.name.removesuffix(BEFORE)] = q.name
        elif symbol.startswith(NEW) and q.is_weight:
            found[q.name] = f"{layer}.{symbol.removeprefix(NEW)}"
    return found


def _pruned(graph: Graph) -> Graph:
    """Without what nobody needs: the mean loss once, no gradients of states before the first step."""
    kept = [
        q for q in graph
        if not (q.name.endswith("loss.mean") and not q.name.startswith("sample1."))
        and not q.band.symbol.startswith(("d_h_init", "d_c_init"))
    ]  # fmt: skip
    return Graph(tuple(kept))
