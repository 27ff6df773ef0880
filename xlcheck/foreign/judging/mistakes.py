"""The mistakes that people make in a forward pass, each as a change of a right expression.

Every change knows its name and a sentence; `diagnose.py` finds the one that gives what a cell gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from xlcheck.foreign.networks.gates import GATES, at_gate, gate_of
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Graph, Quantity, Role

Array = NDArray[np.float64]
Values = Mapping[str, Array]
Rewrite = tuple[str, str, ex.Expr]
"""Name of a mistake, what was done in words, and the expression that comes of it."""

MAX_WIDTH = 64
_OTHER = "~other"


@dataclass(frozen=True)
class Mutant:
    """One possible mistake.

    Attributes:
        name: as in the list of named diagnoses.
        sentence: what was done, and what to do instead, in words.
        value: what the element would be, for each sample, from the values of all quantities.
        reads: the quantities that only the mistake reads.
    """

    name: str
    sentence: str
    value: Callable[[Values], Array]
    reads: frozenset[str] = frozenset()


def mutants(graph: Graph, quantity: Quantity, expr: ex.Expr, index: int, kinds: Mapping[str, str]) -> Iterator[Mutant]:
    """Every mistake that can be made in one element of an expression, likely ones first.

    Args:
        graph: the quantities.
        quantity: the quantity that is computed.
        expr: how; its own expression, or one in which some operands are written out.
        index: which element.
        kinds: Keras's class of each layer by name.
    """
    world = _World(graph, quantity, kinds)
    read = frozenset(ex.refs(expr))
    for rewrites in (
        world.references, world.activations, world.terms, world.weights, world.others, world.items, world.units,
    ):  # fmt: skip
        for name, sentence, changed in _everywhere(expr, rewrites):
            yield Mutant(name, sentence, _element(changed, index), frozenset(ex.refs(changed)) - read)
    yield from _products(world, expr, index)


def written_out(graph: Graph, expr: ex.Expr, depth: int) -> ex.Expr:
    """An expression with its intermediate operands replaced by what they are computed from, so many times.

    A softmax is always written as worksheets compute it.
    """
    for _ in range(depth):
        expr = _replaced(expr, lambda e: _definition(graph, e))
    return _replaced(expr, lambda e: ex.Exp(e.x) / ex.Sum(ex.Exp(e.x)) if isinstance(e, ex.Softmax) else None)


def _definition(graph: Graph, expr: ex.Expr) -> ex.Expr | None:
    if isinstance(expr, ex.Ref):
        quantity = graph[expr.name]
        if quantity.expr is not None and quantity.band.role is not Role.STATE:
            return quantity.expr
    return None


def _replaced(expr: ex.Expr, change: Callable[[ex.Expr], ex.Expr | None]) -> ex.Expr:
    changed = change(expr)
    if changed is not None:
        return changed
    if isinstance(expr, ex.Dot):
        return expr  # a state inside a product is read from cells, not written out
    return _with_operands(expr, [_replaced(operand, change) for operand in ex.operands(expr)])


def _with_operands(expr: ex.Expr, operands: list[ex.Expr]) -> ex.Expr:
    if not operands:
        return expr
    if isinstance(expr, ex.Nary):
        return replace(expr, items=tuple(operands))
    names = [n for n in expr.__dataclass_fields__ if isinstance(getattr(expr, n), ex.Expr)]
    return replace(expr, **dict(zip(names, operands, strict=True)))


def _everywhere(expr: ex.Expr, rewrites: Callable[[ex.Expr], Iterator[Rewrite]]) -> Iterator[Rewrite]:
    """Each change of one place of an expression."""
    yield from rewrites(expr)
    operands = list(ex.operands(expr))
    for place, operand in enumerate(operands):
        if isinstance(expr, ex.Dot) and place == 1:
            continue
        for name, sentence, changed in _everywhere(operand, rewrites):
            if not isinstance(expr, ex.Slice) or isinstance(changed, ex.Ref):
                yield name, sentence, _with_operands(expr, [*operands[:place], changed, *operands[place + 1 :]])


def _element(expr: ex.Expr, index: int) -> Callable[[Values], Array]:
    def value(values: Values) -> Array:
        array = value_of(expr, values)
        return array[..., min(index, array.shape[-1] - 1)].reshape(-1)

    return value


class _World:
    """The changes that make sense for one quantity."""

    def __init__(self, graph: Graph, quantity: Quantity, kinds: Mapping[str, str]) -> None:
        self._graph = graph
        self._quantity = quantity
        self._kinds = kinds
        self._steps: dict[str, dict[int, str]] = {}
        for q in graph:
            if not q.is_weight and (q.step is not None or q.band.symbol.endswith("_init")):
                step = -1 if q.step is None else q.step
                self._steps.setdefault(q.band.name.removesuffix("_init"), {})[step] = q.name

    def quantity(self, name: str) -> Quantity:
        """A quantity by its full name."""
        return self._graph[name]

    def same_at_other_steps(self, name: str) -> Iterator[tuple[str, int]]:
        """The same quantity at other time steps, the nearest first, with the distance."""
        quantity = self._graph[name]
        if quantity.is_weight:
            return
        own = -1 if quantity.step is None else quantity.step
        steps = self._steps.get(quantity.band.name.removesuffix("_init"), {})
        for step in sorted(steps, key=lambda s: (abs(s - own), s)):
            if step != own:
                yield steps[step], step - own

    def instead(self, name: str) -> Iterator[tuple[str, str, str]]:
        """Other quantities that are taken for this one: mistake, sentence, name."""
        quantity = self._graph[name]
        if quantity.is_weight:
            return
        kind, symbol = self._kinds.get(quantity.band.layer, ""), quantity.band.symbol
        step = "" if quantity.step is None else f"[{quantity.step}]"
        layer = quantity.band.layer
        if symbol == "h" and isinstance(quantity.expr, ex.Unary) and isinstance(quantity.expr.x, ex.Ref):
            yield (
                "pre-activation-fed-back",
                "the sum before the activation is read where the hidden state after it is needed; refer to h, not to z",
                quantity.expr.x.name,
            )
        if kind == "LSTM" and symbol in {"h", "h_init"}:
            yield (
                "cell-state-for-hidden-state",
                "the cell state c is read where the hidden state h is needed; refer to h",
                f"{layer}.{symbol.replace('h', 'c', 1)}{step}",
            )
        if kind == "LSTM" and symbol in {"c", "c_init"}:
            yield (
                "hidden-state-for-cell-state",
                "the hidden state h is read where the cell state c is needed; refer to c",
                f"{layer}.{symbol.replace('c', 'h', 1)}{step}",
            )
        for other, distance in self.same_at_other_steps(name):
            when = "an earlier" if distance < 0 else "a later"
            yield (
                "wrong-time-step",
                f"{symbol.removesuffix('_init')} of {when} time step is read; refer to the right column or row",
                other,
            )
        gate = gate_of(kind, symbol)
        for other in GATES[kind] if gate is not None else ():
            if other != gate:
                yield (
                    "gate-order",
                    f"the {other} gate is read where the {gate} gate is needed; put the gates in the right order",
                    f"{layer}.{at_gate(kind, symbol, other)}{step}",
                )

    def references(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Read another quantity."""
        if isinstance(expr, ex.Ref):
            for mistake, sentence, name in self.instead(expr.name):
                if name in self._graph:
                    yield mistake, sentence, ex.Ref(name)

    def activations(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Leave an activation out, or take another one."""
        if not isinstance(expr, ex.Tanh | ex.Sigmoid):
            return
        x = expr.x
        own, other = ("tanh", "sigmoid") if isinstance(expr, ex.Tanh) else ("sigmoid", "tanh")
        yield "activation-missing", f"the activation is missing: apply {own} to the sum", x
        swapped = ex.Sigmoid(x) if isinstance(expr, ex.Tanh) else ex.Tanh(x)
        yield "sigmoid-tanh-exchanged", f"{other} is applied where {own} is needed", swapped
        if isinstance(expr, ex.Sigmoid):
            for slope, version in ((0.2, "Keras 2"), (1 / 6, "Keras 3")):
                line = ex.Minimum(ex.Maximum(slope * x + 0.5, ex.Const(0.0)), ex.Const(1.0))
                yield (
                    "hard-sigmoid",
                    f"the straight line of {version}'s hard_sigmoid stands where the curve 1/(1+EXP(-z)) is needed",
                    line,
                )

    def terms(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Forget a term of a sum, or count it twice; lose the sign of a logarithm."""
        if isinstance(expr, ex.Add):
            for term, rest in ((expr.b, expr.a), (expr.a, expr.b)):
                if self._is_bias(term):
                    yield "bias-missing", "the bias is missing: add it to the sum", rest
                    yield "bias-counted-twice", "the bias is added twice: take one away", expr + term
                elif self._is_recurrent(term):
                    yield (
                        "recurrent-term-missing",
                        "what comes from the step before is missing: add h(t−1) times the recurrent kernel",
                        rest,
                    )
        if isinstance(expr, ex.Neg) and _has_logarithm(expr):
            yield "log-without-minus", "the minus sign before the logarithm is missing", expr.x

    def _is_bias(self, expr: ex.Expr) -> bool:
        name = expr.of.name if isinstance(expr, ex.Slice) else expr.name if isinstance(expr, ex.Ref) else None
        return name is not None and self._graph[name].band.symbol == "bias"

    def _is_recurrent(self, expr: ex.Expr) -> bool:
        if isinstance(expr, ex.Ref):
            symbol = self._graph[expr.name].band.symbol
            return symbol.startswith(("hr", "r_hr"))
        if isinstance(expr, ex.Dot):
            name = expr.matrix.of.name if isinstance(expr.matrix, ex.Slice) else expr.matrix.name
            return name.endswith("recurrent_kernel")
        return isinstance(expr, ex.Mul) and self._is_recurrent(expr.b)

    def weights(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Take all weights, or one of them, of another gate."""
        kind = self._kinds.get(self._quantity.band.layer, "")
        gates = GATES.get(kind, ())
        for new in _slices_moved(expr, len(gates)):
            yield (
                "gate-order",
                "the weights of another gate are used; the blocks of weights stand in another order",
                new,
            )

    def units(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Read another element of a vector of which each element is read by the unit of its own number."""
        size = self._width(expr)
        for unit in range(size) if 1 < size <= MAX_WIDTH else ():
            sentence = f"the value of unit {unit + 1} is read; refer to that of this cell's own unit"
            yield "neighbour-unit", sentence, _of_unit(expr, unit)

    def _width(self, expr: ex.Expr) -> int:
        """How many units a vector has that is read, or computed unit by unit from what is read; 0 for none."""
        if isinstance(expr, ex.Ref):
            return int(self._graph[expr.name].shape[-1])
        if isinstance(expr, ex.Slice):
            return expr.stop - expr.start
        if not isinstance(expr, ex.Add | ex.Sub | ex.Mul):
            return 0
        widths = [self._width(operand) for operand in ex.operands(expr)]
        return widths[0] if len(set(widths)) == 1 else 0

    def items(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Leave the first or the last term of a sum over a vector out, or read another value in one of its terms."""
        if not isinstance(expr, ex.Sum):
            return
        term = expr.x
        size = max((self._graph[name].shape[-1] for name in ex.refs(term)), default=1)
        if not 1 < size <= MAX_WIDTH:
            return
        for k, where in ((size - 1, "last"), (0, "first")):
            sentence = f"the range is one cell too short: the {where} term of the sum is missing"
            yield "range-too-short", sentence, expr - _only(term, k)
        for rewrites in (self.references, self.units):
            for name, sentence, changed in _everywhere(term, rewrites):
                for k in range(size):
                    yield name, sentence, expr - _only(term, k) + _only(changed, k)

    def others(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """The special ways of a GRU and of a softmax."""
        yield from self._gru(expr)
        match expr:
            case ex.Sum(ex.Exp(ex.Ref(name))) if steps := [name for name, _ in self.same_at_other_steps(name)]:
                total: ex.Expr = expr.x
                for name in steps:
                    total = total + ex.Exp(ex.Ref(name))
                yield (
                    "softmax-wrong-direction",
                    "the exponentials are added up over the time steps; add those of all units of one step",
                    total,
                )

    def _gru(self, expr: ex.Expr) -> Iterator[Rewrite]:
        match expr:
            case ex.Add(ex.Mul(z, h), ex.Mul(ex.Sub(ex.Const(1.0), other), hh)) if z == other:
                sentence = "z and 1−z are exchanged: h(t) is z·h(t−1) + (1−z)·candidate"
                yield "z-exchanged-with-1-z", sentence, (1 - z) * h + z * hh
                yield "z-exchanged-with-1-z", sentence, z * h + z * hh
                yield "z-exchanged-with-1-z", sentence, (1 - z) * h + (1 - z) * hh
            case ex.Mul(r, ex.Add(ex.Dot(h, kernel), bias)) | ex.Mul(r, ex.Add(ex.Ref() as h, bias) as kernel):
                yield from self._reset_before(r, h, kernel, bias)
            case ex.Dot(ex.Mul(r, h), kernel):
                yield "gru-reset-after-wrong", _RESET_AFTER, r * ex.Dot(h, kernel)
            case ex.Ref(name) if self._graph[name].band.symbol == "r_hr":
                definition = self._graph[name].expr
                if definition is not None:
                    yield from self._gru(definition)
            case ex.Ref(name) if self._graph[name].band.symbol == "hr_hh":
                definition = self._graph[name].expr
                if isinstance(definition, ex.Dot) and isinstance(definition.x, ex.Ref):
                    product = self._graph[definition.x.name].expr
                    if isinstance(product, ex.Mul):
                        yield "gru-reset-after-wrong", _RESET_AFTER, product.a * ex.Dot(product.b, definition.matrix)

    def _reset_before(self, r: ex.Expr, h: ex.Expr, kernel: object, bias: ex.Expr) -> Iterator[Rewrite]:
        if isinstance(h, ex.Ref) and self._graph[h.name].band.symbol.startswith("hr"):
            definition = self._graph[h.name].expr
            if not isinstance(definition, ex.Dot):
                return
            h, kernel = definition.x, definition.matrix
        if isinstance(kernel, ex.Ref | ex.Slice):
            sentence = "the reset gate acts on h(t−1) before the product; with reset_after it acts on the product"
            yield "gru-reset-after-wrong", sentence, ex.Dot(r * h, kernel) + bias
            yield "gru-reset-after-wrong", sentence, r * ex.Dot(h, kernel) + bias


_RESET_AFTER = "the reset gate acts on the product; without reset_after it acts on h(t−1) before the product"


def _has_logarithm(expr: ex.Expr) -> bool:
    return isinstance(expr, ex.Log) or any(_has_logarithm(operand) for operand in ex.operands(expr))


def _of_unit(expr: ex.Expr, unit: int) -> ex.Expr:
    """What an expression gives for one unit, where each is computed from what has its own number."""
    if isinstance(expr, ex.Ref):
        return ex.Slice(expr, unit, unit + 1)
    if isinstance(expr, ex.Slice):
        return replace(expr, start=expr.start + unit, stop=expr.start + unit + 1)
    return _with_operands(expr, [_of_unit(operand, unit) for operand in ex.operands(expr)])


def _only(expr: ex.Expr, index: int) -> ex.Expr:
    """One element of an expression that is computed element by element."""
    if isinstance(expr, ex.Ref):
        return ex.Slice(expr, index, index + 1)
    if isinstance(expr, ex.Slice):
        return expr
    return _with_operands(expr, [_only(operand, index) for operand in ex.operands(expr)])


def _slices_moved(expr: ex.Expr, gates: int) -> Iterator[ex.Expr]:
    """An expression with all slices of one gate, a single one, or those of all gates taken from other gates."""
    slices = list(dict.fromkeys(_slices(expr)))
    widths = {s.stop - s.start for s in slices}
    if len(widths) != 1:
        return
    (width,) = widths
    for start in dict.fromkeys(s.start for s in slices):
        same = [s for s in slices if s.start == start]
        for other in range(0, gates * width, width):
            if other != start:
                for group in [same, *([s] for s in same)] if len(same) > 1 else [same]:
                    yield _with_slices(expr, {s: replace(s, start=other, stop=other + width) for s in group})
    for order in permutations(range(gates)) if len({s.start for s in slices}) > 1 else ():
        starts = {s: order[s.start // width] * width for s in slices}
        yield _with_slices(expr, {s: replace(s, start=n, stop=n + width) for s, n in starts.items()})


def _slices(expr: ex.Expr) -> Iterator[ex.Slice]:
    if isinstance(expr, ex.Slice):
        yield expr
        return
    if isinstance(expr, ex.Dot) and isinstance(expr.matrix, ex.Slice):
        yield expr.matrix
        yield from _slices(expr.x)
        return
    for operand in ex.operands(expr):
        yield from _slices(operand)


def _with_slices(expr: ex.Expr, new: Mapping[ex.Slice, ex.Slice]) -> ex.Expr:
    if isinstance(expr, ex.Slice):
        return new.get(expr, expr)
    return _with_operands(expr, [_with_slices(operand, new) for operand in ex.operands(expr)])


# Single products of a weighted sum.


@dataclass(frozen=True)
class _Change:
    """A change of one weighted sum: what is added to it, `(samples,)`, from the values of all quantities."""

    name: str
    sentence: str
    added: Callable[[Values], Array]


def _products(world: _World, expr: ex.Expr, index: int) -> Iterator[Mutant]:
    for number, dot in enumerate(_dots(world, expr)):
        key = f"{_OTHER}{number}"
        changed = _replaced_once(expr, dot[0], ex.Ref(key))
        for change in _changes(world, dot[1], index):
            yield Mutant(change.name, change.sentence, _with_added(changed, key, dot[1], change, index))


def _dots(world: _World, expr: ex.Expr) -> Iterator[tuple[ex.Expr, ex.Dot]]:
    """The weighted sums in an expression, also those behind the name of a projection."""
    if isinstance(expr, ex.Dot):
        yield expr, expr
        return
    if isinstance(expr, ex.Ref):
        definition = world.quantity(expr.name).expr
        if isinstance(definition, ex.Dot):
            yield expr, definition
        return
    for operand in ex.operands(expr):
        yield from _dots(world, operand)


def _replaced_once(expr: ex.Expr, old: ex.Expr, new: ex.Expr) -> ex.Expr:
    if expr is old:
        return new
    if isinstance(expr, ex.Dot):
        return expr
    return _with_operands(expr, [_replaced_once(operand, old, new) for operand in ex.operands(expr)])


def _with_added(expr: ex.Expr, key: str, dot: ex.Dot, change: _Change, index: int) -> Callable[[Values], Array]:
    def value(values: Values) -> Array:
        sums = value_of(dot, values).copy()
        column = min(index, sums.shape[-1] - 1)
        sums[..., column] += change.added(values)
        result = value_of(expr, {**values, key: sums})
        return result[..., min(index, result.shape[-1] - 1)].reshape(-1)

    return value


def _changes(world: _World, dot: ex.Dot, index: int) -> Iterator[_Change]:
    matrix = dot.matrix
    name = matrix.of.name if isinstance(matrix, ex.Slice) else matrix.name
    rows = world.quantity(name).shape[-2]
    columns = (matrix.stop - matrix.start) if isinstance(matrix, ex.Slice) else world.quantity(name).shape[-1]
    index = min(index, columns - 1)
    if rows > MAX_WIDTH or columns > MAX_WIDTH:
        return

    def x(values: Values) -> Array:
        return value_of(dot.x, values)

    def w(values: Values) -> Array:
        return value_of(matrix, values)

    unit = "the weights of a neighbouring unit are used; take those of this unit"
    for other in sorted(set(range(columns)) - {index}, key=lambda c: abs(c - index)):
        yield _Change("neighbour-unit", unit, lambda v, o=other: (x(v) * (w(v)[:, o] - w(v)[:, index])).sum(axis=-1))
        for k in range(rows) if rows > 1 else ():
            yield _Change("neighbour-unit", unit, lambda v, o=other, k=k: x(v)[..., k] * (w(v)[k, o] - w(v)[k, index]))
    for k in range(rows):
        for other in range(rows):
            if other != k:
                yield _Change(
                    "neighbour-unit",
                    "the value of a neighbouring unit is read; refer to this one's",
                    lambda v, k=k, o=other: (x(v)[..., o] - x(v)[..., k]) * w(v)[k, index],
                )
    if rows == columns > 1:
        yield _Change(
            "kernel-transposed",
            "a row of the kernel is read where its column is needed; the kernel stands the other way round",
            lambda v: (x(v) * (w(v)[index, :] - w(v)[:, index])).sum(axis=-1),
        )
    for k, where in ((rows - 1, "last"), (0, "first")) if rows > 1 else ():
        yield _Change(
            "range-too-short",
            f"the range is one cell too short: the {where} product is missing",
            lambda v, k=k: -x(v)[..., k] * w(v)[k, index],
        )
    if isinstance(dot.x, ex.Ref):
        for mistake, sentence, other_name in world.instead(dot.x.name):
            for k in range(rows):
                yield _Change(
                    mistake, sentence,
                    lambda v, k=k, n=other_name: (v[n][..., k] - x(v)[..., k]) * w(v)[k, index],
                )  # fmt: skip
