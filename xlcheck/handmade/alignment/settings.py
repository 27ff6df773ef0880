"""Settings of random numbers in the cells of weights, inputs and first states of networks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Quantity, Role
from xlcheck.handmade.networks.network import Network

_REACHES = (1.0,) * 6 + (3.0,) * 10
"""How large the random numbers of each setting are. Two relus of different sums are both 0 in one of four, so two are
not enough; and of the usual ones no sum may lie beyond a limit, as that of `MIN(1,…)`: one of ten large ones does."""
SETTINGS = len(_REACHES)
_FIRST_SEED = 500


def random_numbers(
    networks: Sequence[Network],
    seed: int,
    targets: Collection[Address] = (),
    *,
    codes: bool = False,
    reach: float = 1.0,
) -> dict[Address, float]:
    """A random number for each cell that holds a weight, an input, an initial state, or one of some targets.

    They are of the size that keeps activations away from saturation, and positive under a square root. A code, which
    says which row of a table is taken, becomes that of another row, or stays.

    Args:
        networks: whose cells.
        seed: of the numbers.
        targets: the targets that are changed as well.
        codes: whether codes are.
        reach: how many times as large they are.
    """
    sizes: dict[Address, float] = {}
    depth_of: dict[Address, int] = {}
    positive: set[Address] = set()
    for network in networks:
        depths, variances = _depths(network.graph), _under_roots(network.graph)
        for quantity, _, _, cell in network.cells():
            if quantity.name in depths:
                depth_of[cell] = depths[quantity.name]
            elif (quantity.band.role is not Role.TARGET or cell in targets) and cell not in sizes:
                sizes[cell] = _size(quantity)
                positive |= {cell} if quantity.name in variances else set()
    random = np.random.default_rng(seed)
    numbers = random.uniform(0.2, 1.0, len(sizes)) * random.choice((-1, 1), len(sizes)) * list(sizes.values()) * reach
    drawn = {cell: float((place + seed) * _STRIDE % depth) for place, (cell, depth) in enumerate(depth_of.items())}
    found = {cell: abs(x) if cell in positive else x for cell, x in zip(sizes, numbers.tolist(), strict=True)}
    return found | (drawn if codes else {})


def all_settings(networks: Sequence[Network], targets: Collection[Address]) -> list[dict[Address, float]]:
    """The numbers of each setting; see `random_numbers`."""
    return [random_numbers(networks, seed, targets, reach=reach) for seed, reach in enumerate(_REACHES)]


class UnknownNumbers(dict[Address, Array]):
    """The numbers of cells of which nothing is known, drawn when asked for: what reads them must not seem right."""

    def __init__(self, settings: int) -> None:
        super().__init__()
        self._settings = settings

    def __missing__(self, cell: Address) -> Array:
        self[cell] = found = np.random.default_rng([_FIRST_SEED, len(self)]).uniform(1.1, 1.9, self._settings)
        return found


_STRIDE = 7919
"""A prime number, so that neighbours have different codes."""


def _terms(graph: Graph) -> Iterator[ex.Expr]:
    """All terms of which the equations of a model are made."""
    return (own for quantity in graph if quantity.expr is not None for own in ex.walk(quantity.expr))


def _under_roots(graph: Graph) -> set[str]:
    """The quantities of which a square root is taken, as of a variance."""
    return {name for own in _terms(graph) if isinstance(own, ex.Sqrt) for name in ex.refs(own.x)}


def _depths(graph: Graph) -> dict[str, int]:
    """The quantities that are codes: name → how many rows they choose from."""
    found: dict[str, int] = {}
    for expr in _terms(graph):
        if isinstance(expr, ex.Gather):
            found |= dict.fromkeys(ex.refs(expr.index), graph[expr.matrix.name].shape[0])
        elif isinstance(expr, ex.OneHot):
            found |= dict.fromkeys(ex.refs(expr.index), expr.depth)
    return found


def _size(quantity: Quantity) -> float:
    if len(quantity.shape) == 2 and quantity.shape[0] > 2:
        return 1.6 / float(np.sqrt(quantity.shape[0]))
    return 1.0 if quantity.is_weight or quantity.band.role is Role.INPUT else 0.5
