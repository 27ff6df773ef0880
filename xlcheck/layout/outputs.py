"""Which of the model's outputs the first pages show, and what they call them."""

from __future__ import annotations

from xlcheck.graph.quantities import Graph, Quantity

SHOWN = 8


def shown_outputs(graph: Graph) -> list[tuple[str, Quantity]]:
    """The last steps of each output, as many of all as make eight and at least one, with the name of the output.

    It is that of the layer (`lstm`), or of the quantity (`lstm.c`) where several of one layer are outputs.
    """
    outputs: list[list[Quantity]] = []
    for q in map(graph.__getitem__, graph.outputs):
        if outputs and _goes_on(outputs[-1], q):
            outputs[-1].append(q)
        else:
            outputs.append([q])
    longest = max(map(len, outputs))
    fitting = (most for most in range(longest, 1, -1) if sum(min(most, len(steps)) for steps in outputs) <= SHOWN)
    most = next(fitting, 1)
    shown = [q for steps in outputs for q in steps[-most:]]
    symbols: dict[str, set[str]] = {}
    for q in shown:
        symbols.setdefault(q.band.layer, set()).add(q.band.symbol)
    return [(q.band.layer if len(symbols[q.band.layer]) == 1 else q.band.name, q) for q in shown]


def _goes_on(steps: list[Quantity], q: Quantity) -> bool:
    """Whether a quantity is the next step of a sequence, which may run backwards."""
    last = steps[-1]
    if last.band != q.band or last.step is None or q.step is None:
        return False
    before = steps[-2].step if len(steps) > 1 else None
    return abs(q.step - last.step) == 1 and (before is None or q.step - last.step == last.step - before)
