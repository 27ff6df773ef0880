"""The mistakes that people make in a forward pass, each as a change of a right expression.

Every change knows its name and a sentence; `diagnose.py` finds the one that gives what a cell gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Quantity, Role
from xlcheck.layers.gates import GATES, at_gate, gate_of, kind_of
from xlcheck.verdicts.mistakes.rewriting import Rewrite, everywhere, of_unit, only, slices_moved

MAX_WIDTH = 64
_RESET_AFTER = "the reset gate acts on the product; without reset_after it acts on h(t−1) before the product"


class Mistakes:
    """The changes that make sense for one quantity."""

    def __init__(self, graph: Graph, quantity: Quantity) -> None:
        self._graph = graph
        self._quantity = quantity

    def _kind(self, layer: str) -> str:
        return kind_of(self._graph.symbols.get(layer, ()))

    def rewrites(self) -> tuple[Callable[[ex.Expr], Iterator[Rewrite]], ...]:
        """What makes mistakes in one place of an expression, likely ones first."""
        return (
            self._references, self._activations, self._terms, self._gates, self._weights, self._others, self._items,
            self._units,
        )  # fmt: skip

    def quantity(self, name: str) -> Quantity:
        """A quantity by its full name."""
        return self._graph[name]

    def _at_other_steps(self, name: str) -> Iterator[tuple[str, int]]:
        """The same quantity at other time steps, the nearest first, with the distance."""
        quantity = self._graph[name]
        if quantity.is_weight:
            return
        own = -1 if quantity.step is None else quantity.step
        steps = self._graph.steps.get(quantity.band.name.removesuffix("_init"), {})
        for step in sorted(steps, key=lambda s: (abs(s - own), s)):
            if step != own:
                yield steps[step], step - own

    def instead(self, name: str) -> Iterator[tuple[str, str, str]]:
        """Other quantities that are taken for this one: mistake, sentence, name."""
        quantity = self._graph[name]
        if quantity.is_weight:
            return
        kind, symbol = self._kind(quantity.band.layer), quantity.band.symbol
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
        for other, distance in self._at_other_steps(name):
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

    def _references(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Read another quantity."""
        if isinstance(expr, ex.Ref):
            for mistake, sentence, name in self.instead(expr.name):
                if name in self._graph:
                    yield mistake, sentence, ex.Ref(name)

    def _activations(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Leave an activation out, or take another one."""
        if not isinstance(expr, ex.Tanh | ex.Sigmoid):
            return
        x = expr.x
        own, other = ("tanh", "sigmoid") if isinstance(expr, ex.Tanh) else ("sigmoid", "tanh")
        yield "activation-missing", f"the activation is missing: apply {own} to the sum", x
        swapped = ex.Sigmoid(x) if isinstance(expr, ex.Tanh) else ex.Tanh(x)
        yield "sigmoid-tanh-exchanged", f"{other} is applied where {own} is needed", swapped
        if isinstance(expr, ex.Sigmoid) and self._quantity.band.role is not Role.LOSS:
            yield "wrong-sign", "the minus before z is missing: the sigmoid is 1/(1+EXP(-z))", ex.Sigmoid(-x)
            for slope, version in ((0.2, "Keras 2"), (1 / 6, "Keras 3")):
                line = ex.Minimum(ex.Maximum(slope * x + 0.5, ex.Const(0.0)), ex.Const(1.0))
                yield (
                    "hard-sigmoid",
                    f"the straight line of {version}'s hard_sigmoid stands where the curve 1/(1+EXP(-z)) is needed",
                    line,
                )

    def _terms(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Forget a term of a sum, or count it twice; take the wrong sign, or lose that of a logarithm."""
        if isinstance(expr, ex.Add):
            yield from self._exchanged_gates(expr)
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
                yield "wrong-sign", "a sign is the wrong way round", rest - term
        if isinstance(expr, ex.Neg) and any(isinstance(node, ex.Log) for node in ex.walk(expr)):
            yield "log-without-minus", "the minus sign before the logarithm is missing", expr.x

    def _exchanged_gates(self, expr: ex.Add) -> Iterator[Rewrite]:
        """Each of two gates in the place of the other one."""
        match expr:
            case ex.Add(ex.Mul(ex.Ref(one) as a, x), ex.Mul(ex.Ref(other) as b, y)):
                gates = [self._gate(name) for name in (one, other)]
                if None not in gates:
                    sentence = f"the {gates[0]} gate and the {gates[1]} gate are exchanged"
                    yield "gate-order", sentence, b * x + a * y

    def _gates(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Forget a gate: all of what it lets through in part is taken."""
        for gate, rest in ((expr.a, expr.b), (expr.b, expr.a)) if isinstance(expr, ex.Mul) else ():
            if isinstance(gate, ex.Ref) and self._graph[gate.name].band.role is Role.GATE:
                own = self._gate(gate.name)
                yield "gate-missing", f"the {own} gate is missing: multiply what it lets through with it", rest

    def _gate(self, name: str) -> str | None:
        band = self._graph[name].band
        return gate_of(self._kind(band.layer), band.symbol)

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

    def _weights(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Take all weights, or one of them, of another gate."""
        kind = self._kind(self._quantity.band.layer)
        gates = GATES.get(kind, ())
        for new in slices_moved(expr, len(gates)):
            yield (
                "gate-order",
                "the weights of another gate are used; the blocks of weights stand in another order",
                new,
            )

    def _units(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Read another element of a vector of which each element is read by the unit of its own number."""
        size = self._width(expr)
        for unit in range(size) if 1 < size <= MAX_WIDTH else ():
            sentence = f"the value of unit {unit + 1} is read; refer to that of this cell's own unit"
            yield "neighbour-unit", sentence, of_unit(expr, unit)

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

    def _items(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """Leave the first or the last term of a sum over a vector out, or read another value in one of its terms."""
        if not isinstance(expr, ex.Sum):
            return
        term = expr.x
        size = max((self._graph[name].shape[-1] for name in ex.refs(term)), default=1)
        if not 1 < size <= MAX_WIDTH:
            return
        for k, where in ((size - 1, "last"), (0, "first")):
            sentence = f"the range is one cell too short: the {where} term of the sum is missing"
            yield "range-too-short", sentence, expr - only(self._graph, term, k)
        for rewrites in (self._references, self._units):
            for name, sentence, changed in everywhere(term, rewrites):
                for k in range(size):
                    yield name, sentence, expr - only(self._graph, term, k) + only(self._graph, changed, k)

    def _others(self, expr: ex.Expr) -> Iterator[Rewrite]:
        """The special ways of a GRU, of a softmax, of a look-up, and of a loss that xlcheck writes in one piece."""
        yield from self._gru(expr)
        match expr:
            case ex.Gather(matrix, code):
                sentence = "the code is off by one: codes count from 0, and the rows of a range from 1"
                yield "code-off-by-one", sentence, ex.Gather(matrix, code + 1)
                yield "code-off-by-one", sentence, ex.Gather(matrix, code - 1)
            case ex.Sum(ex.Exp(ex.Ref(name))) if steps := [name for name, _ in self._at_other_steps(name)]:
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
