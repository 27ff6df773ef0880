"""Networks of which one reads what another one computes: each is judged by itself, those that are read first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.bench import excerpt
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.outcome import Outcome, Recompute, judged
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance


def read_one_another(table: CellTable, networks: Sequence[Network]) -> bool:
    """Whether a network is given what another one may compute: formulas, and not typed numbers."""
    return len(networks) > 1 and any(table.is_formula(cell) for network in networks for cell in _given(network))


def judged_in_turn(
    table: CellTable,
    answers: Answers,
    precedents: Precedents,
    networks: Sequence[Network],
    recompute: Recompute,
    tolerance: Tolerance,
    perturb: int,
) -> tuple[list[Outcome], list[Address]]:
    """What became of each network, and the formula cells that belong to none.

    Args:
        table: the workbook's cells.
        answers: what they hold, and the engine to ask again.
        precedents: who reads what.
        networks: what is computed there.
        recompute: asks Keras.
        tolerance: what counts as agreement.
        perturb: how many times to change all weights and inputs and to compare again.
    """
    given = [frozenset(_given(network)) for network in networks]
    bound = [frozenset(_bound(network)) for network in networks]
    own = _each_once([_computed(table, precedents, n, given, bound) for n in range(len(networks))], bound, precedents)
    outcomes: list[Outcome] = []
    known: dict[Address, float] = {}
    for number in _order(given, own):
        read = {cell for formula in own[number] for cell in precedents.of(formula)}  # a typed 1, a mistaken reference
        part, values = excerpt(table, answers.values, own[number], given[number] | read)
        outcome = judged(
            part, replace(answers, values=values), Precedents(part), (networks[number],), recompute, tolerance,
            perturb=perturb, known={cell: known[cell] for cell in given[number] & known.keys()},
        )  # fmt: skip
        outcomes.append(outcome)
        known |= {v.cell: v.desired for v in outcome.verdicts if v.status in {Status.ROOT, Status.CARRIED}}
    claimed = frozenset().union(*own)
    return outcomes, [cell for cell in table.texts if cell not in claimed]


def _given(network: Network) -> Iterable[Address]:
    return (cell for *_, cell in network.cells())


def _bound(network: Network) -> Iterable[Address]:
    return (cell for named in network.bound for places in named.values() for cell in places if cell is not None)


def _computed(
    table: CellTable,
    precedents: Precedents,
    number: int,
    given: Sequence[frozenset[Address]],
    bound: Sequence[frozenset[Address]],
) -> set[Address]:
    """The formulas that follow from what a network is given, up to those that another one is given or claims."""
    others = frozenset().union(*(cells for other, cells in enumerate(bound) if other != number))
    ends = frozenset().union(*(cells for other, cells in enumerate(given) if other != number))
    own = bound[number] - given[number]
    found = own | reached(
        given[number] | (own - ends),
        precedents.readers,
        among=lambda cell: cell not in given[number] and cell not in others,
        through=lambda cell: cell not in ends,
    )
    return {cell for cell in found if cell in table.index}


def _each_once(
    own: Sequence[set[Address]], bound: Sequence[frozenset[Address]], precedents: Precedents
) -> list[set[Address]]:
    """The same, but what several networks follow with belongs to those whose named results are computed from it."""
    leading: list[set[Address]] = []
    for cells, results in zip(own, bound, strict=True):
        named = cells & results
        leading.append(named | reached(named, precedents.of, among=cells.__contains__))
    wanted = set().union(*leading)
    return [
        {cell for cell in cells if cell in led or cell not in wanted} for cells, led in zip(own, leading, strict=True)
    ]


def _order(given: Sequence[frozenset[Address]], own: Sequence[set[Address]]) -> list[int]:
    """The networks, each after those whose results it is given; as they were named, where they go round in a circle."""
    order: list[int] = []
    while len(order) < len(own):
        rest = [number for number in range(len(own)) if number not in order]
        ready = [n for n in rest if not any(given[n] & own[other] for other in rest if other != n)]
        order.append((ready or rest)[0])
    return order
