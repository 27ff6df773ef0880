"""Numbers of layers that nobody has named: `lstm` of one process is `lstm_3` in another.

Keras counts such layers through a whole process, so their numbers say in which order models were made, not which layer
it is: the same model built again, or tested after another one, has others. Their order stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from xlcheck.graph.trace import Trace
from xlcheck.grouping import grouped
from xlcheck.model.layer_options import OPERATIONS, OPTIONS

_LAYER = re.compile(r"(?P<layer>(?P<stem>.*?)(?:_(?P<number>\d{1,9}))?)(?P<call>[#:]\d+)?", re.DOTALL)
_SAID = 3
_MODELS = ("Sequential", "Functional", "InputLayer")


def numbering(own: Iterable[str], other: Iterable[str]) -> dict[str, str]:
    """What each layer of one model is called in another one, whose layers have the same names but for their numbers.

    Args:
        own: the layers with what they lie in (`sequential_1.dense_2`), as often as one likes.
        other: the other model's.

    Returns:
        `{"sequential_1": "sequential", "dense_2": "dense"}`; nothing where the names are equal, or differ in more.
    """
    mine, its = _by_stem(own), _by_stem(other)
    if mine == its or {stem: len(names) for stem, names in mine.items()} != {s: len(names) for s, names in its.items()}:
        return {}
    return {name: there for stem in mine for name, there in zip(mine[stem], its[stem], strict=True)}


def called(name: str, numbers: Mapping[str, str]) -> str:
    """The other model's name of a layer, of one of its calls (`dense_2#2`), or of what these give (`dense_2:1`)."""
    found = map(_LAYER.fullmatch, name.split("."))
    return ".".join(numbers.get(m["layer"], m["layer"]) + (m["call"] or "") for m in found if m is not None)


def quantity_called(name: str, numbers: Mapping[str, str]) -> str:
    """The same for the name of a quantity: `dense_2.y[0]`."""
    layer, point, symbol = name.rpartition(".")
    return called(layer, numbers) + point + symbol


def traces_numbering(own: Trace, other: Trace) -> dict[str, str]:
    """`numbering` for the names in two traces, one of which is Keras's: nobody else counts layers.

    A table does not say whose it is; there only layers that have names of Keras's own making are counted.
    """
    sources = [trace.source for trace in (own, other)]
    numbers = numbering(*([name.rpartition(".")[0] for name in trace] for trace in (own, other)))
    if any(source.startswith("keras ") for source in sources):
        return numbers
    is_table = all(source.endswith(".csv") for source in sources)
    counted = {_squeezed(stem) for stem in _by_stem(name for name, there in numbers.items() if name != there)}
    known = map(_squeezed, (*_MODELS, *OPTIONS, *OPERATIONS))
    return numbers if is_table and counted.issubset(known) else {}


def _squeezed(kind: str) -> str:
    """A kind of layer as the name and as the class that Keras makes of it: `simplernn`."""
    return kind.removeprefix("ops.").replace("_", "").lower()


def trace_called(trace: Trace, numbers: Mapping[str, str]) -> Trace:
    """The trace with the names of the other one, and a source that says so."""
    if not numbers:
        return trace
    said = [f"{own} as {other}" for own, other in numbers.items() if own != other]
    source = f"{trace.source} ({', '.join(said[:_SAID])}{' …' if len(said) > _SAID else ''})"
    return Trace(source, {quantity_called(name, numbers): values for name, values in trace.values.items()})


def _by_stem(layers: Iterable[str]) -> dict[str, list[str]]:
    """The names without numbers, and for each the names with them, in the order of the numbers."""
    parts = {part for layer in layers for part in layer.split(".")}
    found = {m["layer"]: (m["stem"], int(m["number"] or 0)) for m in map(_LAYER.fullmatch, parts) if m is not None}
    return grouped((found[name][0], name) for name in sorted(found, key=lambda name: (found[name][1], name)))
