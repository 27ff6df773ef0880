"""The rows of helpers that a bindings file may name: `exp(dense.z)`, `1-gru.z`, `gru.hr_hh + bias`.

They are no quantities, but steps on the way to one that people put into cells of their own; a report calls them by
the same names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph
from xlcheck.handmade.networks.parts import worded_parts


@dataclass(frozen=True)
class Helper:
    """A helper at every time step.

    Attributes:
        steps: its name at each step, `gru.hr_hh[0] + bias`; one name if it has no steps.
        size: how many numbers it has at each of them.
    """

    steps: tuple[str, ...]
    size: int


def helpers(graph: Graph) -> Mapping[str, Helper]:
    """All helpers of a graph that have a name, by this name without time steps."""
    steps: dict[str, dict[str, None]] = {}
    sizes: dict[str, int] = {}
    for band, name, size in _named(graph):
        steps.setdefault(band, {})[name] = None
        sizes[band] = size
    return {band: Helper(tuple(names), sizes[band]) for band, names in steps.items()}


def helper_called(key: str, graph: Graph) -> Helper | None:
    """The helper that somebody calls so, with spaces or without; None if there is none."""
    known = {_without_spaces(name): helper for name, helper in helpers(graph).items()}
    return known.get(_without_spaces(key))


def _named(graph: Graph) -> Iterator[tuple[str, str, int]]:
    """Name without and with the time step, and size, of each helper at each step."""
    for quantity in graph:
        for part, expr, owner in worded_parts(quantity, graph):
            size = 1 if isinstance(expr, ex.Sum) else int(owner.shape[-1])
            yield part.format(owner.band.name), part.format(owner.name), size


def _without_spaces(text: str) -> str:
    return "".join(text.split())
