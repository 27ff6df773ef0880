"""Quantities: the named values of a forward pass, in the order in which they are computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from functools import cached_property

from xlcheck.frozen import dataclass
from xlcheck.graph.expressions import Expr, Ref, reads_batch, refs
from xlcheck.graph.shapes import shape_of
from xlcheck.grouping import grouped


class Role(StrEnum):
    """What a quantity is to a reader; the colour legend has one tint for each."""

    INPUT = "input"
    WEIGHT = "weight"
    INTERMEDIATE = "intermediate"
    GATE = "gate"
    STATE = "state"
    OUTPUT = "output"
    TARGET = "target"
    LOSS = "loss"
    GRADIENT = "gradient"


@dataclass(frozen=True)
class Band:
    """One symbol of one layer: what the rows of a worksheet say about it, at every time step.

    Attributes:
        layer: the layer's name in Keras (`lstm`), or `input`, `target`, `loss`.
        symbol: the symbol in quantity names (`i`, `c_tilde`, `kernel`).
        role: what it is to a reader.
        label: the symbol as a reader sees it (`iₜ`).
        equation: how it is computed, in mathematical notation; empty for given values.
        meaning: one plain sentence.
        group: the heading under which it stands on the worksheet (`input gate`), or empty.
        columns: of an image, whose steps are its rows, how many pixels stand in each row; 0 for anything else.
    """

    layer: str
    symbol: str
    role: Role
    label: str = ""
    equation: str = ""
    meaning: str = ""
    group: str = ""
    columns: int = 0

    @property
    def name(self) -> str:
        """`layer.symbol`."""
        return f"{self.layer}.{self.symbol}"

    def at(self, step: int) -> str:
        """What a reader calls a step: `t = 2`, or of an image `row 2`."""
        return f"row {step + 1}" if self.columns else f"t = {step + 1}"


@dataclass(frozen=True)
class Quantity:
    """A vector (one sample's value at one time step) or a weight array.

    Attributes:
        band: the symbol it belongs to.
        step: the time step from 0, or None if it has none.
        shape: `(n,)`; weights may have `(m, n)`.
        expr: how it is computed; None for inputs, targets, initial states and weights.
        shared: whether the value is the same for every sample; weights and their gradients are.
    """

    band: Band
    step: int | None
    shape: tuple[int, ...]
    expr: Expr | None = None
    shared: bool = False

    @cached_property
    def name(self) -> str:
        """`layer.symbol[t]`, or `layer.symbol` without a step."""
        return self.band.name if self.step is None else f"{self.band.name}[{self.step}]"

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The quantities that its expression reads, each once."""
        return () if self.expr is None else refs(self.expr)

    @cached_property
    def reads_batch(self) -> bool:
        """Whether its expression reads the values of all samples."""
        return self.expr is not None and reads_batch(self.expr)

    @property
    def is_weight(self) -> bool:
        """Whether the value is the same for every sample."""
        return self.shared or self.band.role is Role.WEIGHT

    def element(self, index: int | tuple[int, ...]) -> str:
        """The name of one element: `lstm.i[1][0]`, `lstm.kernel[0][2]`."""
        indices = index if isinstance(index, tuple) else (index,)
        return self.name + "".join(f"[{i}]" for i in indices)

    def element_at(self, number: int) -> str:
        """The name of one element, by its number in C order."""
        indices: tuple[int, ...] = ()
        for size in reversed(self.shape):
            number, index = divmod(number, size)
            indices = (index, *indices)
        return self.element(indices)


@dataclass(frozen=True)
class Graph:
    """An ordered list of quantities; each reads only quantities that stand before it.

    Attributes:
        quantities: in order of computation.
        outputs: names of the model's output quantities, time steps in order.
        tensors: of what flows between the layers of a model, the shape without the batch axis, by the tensors' names.
    """

    quantities: tuple[Quantity, ...]
    outputs: tuple[str, ...] = ()
    tensors: Mapping[str, tuple[int, ...]] = field(default_factory=dict, compare=False)
    _by_name: dict[str, Quantity] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {q.name: q for q in self.quantities}
        if len(by_name) != len(self.quantities):
            raise ValueError("two quantities of one graph have the same name")
        object.__setattr__(self, "_by_name", by_name)

    def __getitem__(self, name: str) -> Quantity:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Quantity]:
        return iter(self.quantities)

    def bands(self, layer: str | None = None) -> dict[Band, tuple[Quantity, ...]]:
        """Quantities grouped by band, in order of first appearance; of one layer or of all."""
        return {band: members for band, members in self._bands.items() if layer is None or band.layer == layer}

    def members(self, band: str) -> list[Quantity]:
        """The quantities of a band, by its name, in order of computation."""
        return [q for own, members in self._bands.items() if own.name == band for q in members]

    @cached_property
    def _bands(self) -> dict[Band, tuple[Quantity, ...]]:
        return {band: tuple(members) for band, members in grouped((q.band, q) for q in self.quantities).items()}

    @cached_property
    def symbols(self) -> dict[str, frozenset[str]]:
        """The symbols of each layer."""
        return {layer: frozenset(own) for layer, own in grouped((b.layer, b.symbol) for b in self._bands).items()}

    @cached_property
    def steps(self) -> dict[str, dict[int, str]]:
        """For the name of each band, the quantity at each time step; at step -1 its initial state."""
        found: dict[str, dict[int, str]] = {}
        for q in self.quantities:
            if not q.is_weight and (q.step is not None or q.band.symbol.endswith("_init")):
                step = -1 if q.step is None else q.step
                found.setdefault(q.band.name.removesuffix("_init"), {})[step] = q.name
        return found


def in_time(quantities: Iterable[Quantity]) -> list[Quantity]:
    """Quantities in order of time, in whatever order they are computed."""
    return sorted(quantities, key=lambda q: q.step or 0)


class GraphBuilder:
    """Collects quantities while the layers write down their equations."""

    def __init__(self) -> None:
        self._quantities: dict[str, Quantity] = {}

    def given(self, band: Band, shape: tuple[int, ...], step: int | None = None, *, shared: bool = False) -> Ref:
        """Add a value that is not computed: an input, a target, a weight, an initial state."""
        return self._add(Quantity(band, step, shape, shared=shared))

    def let(self, band: Band, expr: Expr, step: int | None = None, *, shared: bool = False) -> Ref:
        """Add a computed quantity; its shape follows from the expression."""
        return self._add(Quantity(band, step, self.shape_of(expr), expr, shared))

    def add(self, quantities: Iterable[Quantity]) -> None:
        """Take over quantities of another graph, in their order."""
        for quantity in quantities:
            self._add(quantity)

    def shape_of(self, expr: Expr) -> tuple[int, ...]:
        """The shape of an expression over quantities that were added before."""
        return shape_of(expr, lambda name: self._quantities[name].shape)

    def shape(self, ref: Ref) -> tuple[int, ...]:
        """The shape of a quantity that was added before."""
        return self._quantities[ref.name].shape

    def __getitem__(self, name: str) -> Quantity:
        """A quantity that was added before."""
        return self._quantities[name]

    def expr(self, ref: Ref) -> Expr | None:
        """The expression of a quantity that was added before."""
        return self._quantities[ref.name].expr

    def build(self, outputs: tuple[Ref, ...] = (), tensors: Mapping[str, tuple[int, ...]] | None = None) -> Graph:
        """The finished, immutable graph."""
        return Graph(tuple(self._quantities.values()), tuple(ref.name for ref in outputs), tensors or {})

    def _add(self, quantity: Quantity) -> Ref:
        if quantity.name in self._quantities:
            raise ValueError(f"{quantity.name} is defined twice")
        self._quantities[quantity.name] = quantity
        return Ref(quantity.name)
