"""The graph of one batch: forward pass, loss, every gradient, and if wanted one step of an optimiser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from xlcheck.errors import ModelError
from xlcheck.graph import expressions as ex
from xlcheck.graph.gradients import PREFIX, backward
from xlcheck.graph.notation import label_of, notation
from xlcheck.graph.quantities import Band, Graph, Quantity, Role
from xlcheck.grouping import grouped
from xlcheck.layers.gates import gates_of
from xlcheck.learning.forward import forward_graph
from xlcheck.learning.optimisers import STEPS
from xlcheck.learning.optimisers.step import add_step
from xlcheck.model.model_spec import ModelSpec

_READERS = 4
_SIGN = "∂L/∂"


@dataclass(frozen=True)
class Batch:
    """What is shown of one batch besides the forward pass.

    Attributes:
        samples: how many samples it has.
        step: the key in `STEPS` of the optimiser that makes a step; empty if none does.
        frozen: the weights that no step moves.
    """

    samples: int
    step: str = ""
    frozen: tuple[str, ...] = ()

    def to_json(self) -> list[Any]:
        """Plain lists."""
        return [self.samples, self.step, list(self.frozen)]

    @staticmethod
    def from_json(data: list[Any]) -> Batch:
        """Rebuild from `to_json`'s output."""
        samples, step, frozen = data
        return Batch(int(samples), str(step), tuple(frozen))


def batch_graph(spec: ModelSpec, batch: Batch) -> Graph:
    """Every quantity of a batch; each gradient says through what it reaches the loss.

    Raises:
        ModelError: the model has no loss.
        NotSupportedError: a layer, an operation on the way back or the loss has no rule.
    """
    if spec.loss is None:
        raise ModelError(f"the model {spec.name!r} has no loss; compile it with one, or name one with --loss")
    forward = forward_graph(spec)
    graph = explained(backward(forward, batch.samples), forward)
    return add_step(graph, [STEPS[batch.step]], frozen=batch.frozen) if batch.step else graph


def explained(graph: Graph, forward: Graph) -> Graph:
    """The graph of a forward pass and its gradients, with an equation and a sentence at each gradient."""
    readers = grouped((name, q) for q in forward for name in q.reads)
    bands: dict[Band, Band] = {}
    for band, members in graph.bands().items():
        if band.role is Role.GRADIENT:
            own = band.name.replace(f".{PREFIX}", ".", 1)
            sources = [q for q in forward if q.band.name == own]
            bands[band] = replace(
                band, equation=_equation(members, graph), meaning=_meaning(sources, readers, shared=members[0].shared)
            )
    return Graph(tuple(replace(q, band=bands.get(q.band, q.band)) for q in graph), graph.outputs)


def _equation(members: tuple[Quantity, ...], graph: Graph) -> str:
    """How a step computes it, in general and, where it is another way, for the last step."""
    in_time = sorted(members, key=lambda q: q.step or 0)
    first, last = in_time[0], in_time[-1]
    if first.shared:
        return f"Σ over steps and samples of {_of_weight(first.expr, graph, first.band.layer)}"
    texts = [_general(q.expr, q.step, graph, q.band.layer) for q in (first, last)]
    if texts[0] == texts[1]:
        return texts[0]
    return f"{texts[0]}   (for t = {(last.step or 0) + 1}: {texts[1]})"


def _of_weight(expr: ex.Expr | None, graph: Graph, layer: str) -> str:
    """Sums over steps and samples by what is summed; the blocks of a kernel beside each other."""
    match expr:
        case ex.Concat(items):
            return " | ".join(_of_weight(item, graph, layer) for item in items)
        case ex.Stack(items):
            return " ; ".join(dict.fromkeys(_of_weight(item, graph, layer) for item in items))
        case ex.OuterSum(xs, ds):
            terms = [(f"({x})" if " + " in x or " − " in x else x) + f" · {d}" for x, d in _pairs(xs, ds, graph, layer)]
        case ex.BatchSum(x):
            items = x.items if isinstance(x, ex.Total) else (x,)
            terms = [_general(item, _step(item, graph), graph, layer) for item in items]
        case _:
            return "" if expr is None else notation(expr, graph, gates_of(graph.symbols))
    return ", ".join(dict.fromkeys(terms))


def _pairs(xs: tuple[ex.Expr, ...], ds: tuple[ex.Expr, ...], graph: Graph, layer: str) -> Iterator[tuple[str, str]]:
    for x, d in zip(xs, ds, strict=True):
        step = _step(d, graph)
        yield _general(x, step, graph, layer), _general(d, step, graph, layer)


def _step(expr: ex.Expr, graph: Graph) -> int | None:
    """The time step of what an expression reads first."""
    return next((graph[name].step for name in ex.refs(expr) if graph[name].step is not None), None)


def _general(expr: ex.Expr | None, step: int | None, graph: Graph, layer: str) -> str:
    """The expression with t in place of the number of the step; what belongs to another layer is named with it."""
    if expr is None:
        return ""
    signs = {} if step is None else {step: "ₜ", step + 1: "ₜ₊₁", step - 1: "ₜ₋₁"}

    def seen(q: Quantity) -> Quantity:
        label = label_of(q)
        if q.step in signs:
            label = q.band.label.replace("ₜ₋₁", "ₜ").replace("ₜ", signs[q.step])
        if q.band.symbol.endswith("_init") and step is not None:
            label = q.band.label.replace("₀", "ₜ₋₁")
        if layer and q.band.layer != layer:
            own = label.removeprefix(_SIGN)
            label = f"{label.removesuffix(own)}{q.band.layer}.{own}"
        return replace(q, step=None, band=replace(q.band, label=label))

    return notation(expr, {name: seen(graph[name]) for name in ex.refs(expr)}, gates_of(graph.symbols))


def _meaning(sources: list[Quantity], readers: dict[str, list[Quantity]], *, shared: bool) -> str:
    """The chain rule in words: through what a quantity reaches the loss."""
    what = sources[0].band.label or sources[0].band.symbol
    through = list(dict.fromkeys(_seen_from(reader, q) for q in sources for reader in readers.get(q.name, ())))
    known = ", ".join(through[:_READERS]) + (" and others" if len(through) > _READERS else "")
    sentence = f"How the mean loss changes with {what}" + (", over all steps and samples" if shared else "")
    return f"{sentence}: it acts through {known}." if known else f"{sentence}."


def _seen_from(reader: Quantity, q: Quantity) -> str:
    """The reader's label, with its step as seen from the quantity's."""
    if reader.step is None or q.step is None:
        return reader.band.label if reader.step is not None else label_of(reader)
    steps = {0: "ₜ", 1: "ₜ₊₁", -1: "ₜ₋₁"}
    return reader.band.label.replace("ₜ₋₁", "ₜ").replace("ₜ", steps.get(reader.step - q.step, "ₛ"))
