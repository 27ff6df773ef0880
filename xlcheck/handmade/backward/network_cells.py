"""The cells of a dense network, of which the first layer may be recurrent: its steps are the samples of a dense one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from xlcheck.formulas.algebra import Address

FAR = 100_000
"""How many columns from its first formula stands what has no cell of its own: outputs to the right, data to the left.

No worksheet is so wide.
"""


def is_unwritten(cell: Address) -> bool:
    """Whether a cell stands beside the sheet."""
    return cell[2] >= FAR or is_datum(cell)


def is_datum(cell: Address) -> bool:
    """Whether a cell stands beside the sheet, and holds an input or a target that a formula makes for itself."""
    return cell[2] < -FAR // 2


@dataclass(frozen=True)
class LayerCells:
    """The weights of a Dense layer, or of a SimpleRNN.

    Attributes:
        activation: Keras's name.
        kernel: inputs × units.
        bias: one cell a unit, the same one for several if they share it; None without.
        sign: 1, or −1 where thresholds take the place of biases.
        states: how many of the last rows of the kernel are for its own outputs at the step before.
    """

    activation: str
    kernel: tuple[tuple[Address, ...], ...]
    bias: tuple[Address, ...] | None
    sign: float = 1.0
    states: int = 0

    @property
    def input_names(self) -> Iterator[str]:
        """The number of each input, from 1; those that are states of the step before have numbers of their own."""
        features = len(self.kernel) - self.states
        yield from (f"{i + 1}" if i < features else f"h{i - features + 1}" for i in range(len(self.kernel)))

    @property
    def thresholds(self) -> frozenset[Address]:
        """The cells that are taken from the sum; none where biases are added."""
        return frozenset(self.bias or ()) if self.sign < 0 else frozenset()

    @property
    def biases(self) -> dict[Address, tuple[int, ...]]:
        """Each bias, and the units that have it, from 0."""
        own = self.bias or ()
        return {cell: tuple(u for u, other in enumerate(own) if other == cell) for cell in own}

    def reading(self, instead: Mapping[Address, Address]) -> LayerCells:
        """The same with other cells in the place of some weights."""
        kernel = tuple(tuple(instead.get(cell, cell) for cell in row) for row in self.kernel)
        return replace(self, kernel=kernel, bias=self.bias and tuple(instead.get(cell, cell) for cell in self.bias))


@dataclass(frozen=True)
class SampleCells:
    """The cells of one sample, or of one step of a recurrent layer.

    Attributes:
        inputs: what the first layer reads.
        totals: of each layer, the cells of the sums; None where a sum has no cell.
        outputs: of each layer, what its units hand on; of the recurrent layer alone, if its step has no output.
        targets: what the last layer's outputs are compared with; none at a step without an output.
        ones: cells that hold a 1, times which the biases are taken.
        states: of a recurrent layer, the outputs of the step before, or the first states; none if not written.
    """

    inputs: tuple[Address, ...]
    totals: tuple[tuple[Address | None, ...], ...]
    outputs: tuple[tuple[Address, ...], ...]
    targets: tuple[Address, ...]
    ones: tuple[Address, ...]
    states: tuple[Address, ...] = ()


@dataclass(frozen=True)
class DenseNetwork:
    """A dense network at one training step: the samples that are computed with the same weights.

    Attributes:
        layers: its layers.
        samples: the cells of each.
        is_held_out: whether nothing is learnt from these samples, as from those of a validation.
    """

    layers: tuple[LayerCells, ...]
    samples: tuple[SampleCells, ...]
    is_held_out: bool = False

    @cached_property
    def weight_cells(self) -> dict[tuple[int, int, int], Address]:
        """Layer, input (−1 for the bias) and unit → the cell of the weight."""
        found: dict[tuple[int, int, int], Address] = {}
        for number, layer in enumerate(self.layers):
            for i, row in (*enumerate(layer.kernel), (-1, layer.bias or ())):
                found |= {(number, i, u): cell for u, cell in enumerate(row)}
        return found

    @cached_property
    def weights(self) -> frozenset[Address]:
        """The cells of all kernels and biases."""
        return frozenset(self.weight_cells.values())

    @cached_property
    def biases(self) -> frozenset[Address]:
        """The cells of all biases."""
        return frozenset(cell for layer in self.layers for cell in layer.bias or ())

    def reading(self, instead: Mapping[Address, Address]) -> DenseNetwork:
        """The same with other cells in the place of some weights."""
        return replace(self, layers=tuple(layer.reading(instead) for layer in self.layers))

    @cached_property
    def before(self) -> tuple[int | None, ...]:
        """Of each sample the number of the one that is the step before it; nothing if no layer is recurrent."""
        if not self.layers[0].states:
            return ()
        numbers = {sample.outputs[0]: number for number, sample in enumerate(self.samples)}
        return tuple(numbers.get(sample.states) for sample in self.samples)

    @property
    def places(self) -> list[Address]:
        """A cell of each sample, the same of all."""
        layer = 0 if self.layers[0].states else -1
        return [sample.outputs[layer][0] for sample in self.samples]

    @property
    def with_targets(self) -> int:
        """How many samples have a target."""
        return sum(bool(sample.targets) for sample in self.samples)

    @property
    def first_states(self) -> frozenset[Address]:
        """The cells from which recurrent layers start."""
        pairs = zip(self.samples, self.before, strict=False)
        return frozenset(cell for sample, earlier in pairs if earlier is None for cell in sample.states)
