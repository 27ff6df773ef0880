"""States before the first step of a network that somebody computes: what speaks against them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.accepting.outcome import Outcome
from xlcheck.handmade.accepting.summary import part_of
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.verdicts.parts import Part


def doubtful_first_states(outcomes: Sequence[Outcome], part: SheetGroup) -> Iterator[str]:
    """Why first states may be wrong although all that follows from them is right, in a sentence each.

    Args:
        outcomes: what became of the networks.
        part: the worksheets that they stand on.
    """
    judged = {verdict.cell for outcome in outcomes for verdict in outcome.verdicts}
    for outcome in outcomes:
        yield from _made_of_its_own(outcome, part, judged)
    yield from _begin_early(outcomes)


def _first_states(network: Network) -> set[Address]:
    """The cells that a network reads before its first step."""
    return {cell for quantity, _, _, cell in network.cells() if quantity.name.endswith("_init")}


def _made_of_its_own(outcome: Outcome, part: SheetGroup, judged: Collection[Address]) -> Iterator[str]:
    """The formulas that make a first state of what the network itself is given or computes.

    One that belongs to another network, as an encoder's, is judged there; one that repeats a cell is no other number.
    """
    states = set[Address]().union(*map(_first_states, outcome.networks))
    given = {cell for network in outcome.networks for _, _, _, cell in network.cells()}
    known = {verdict.cell for verdict in outcome.verdicts} | (given - states)
    for cell in sorted(states & part.table.texts.keys()):
        behind = reached([cell], part.precedents.of)
        if cell not in judged and not part.precedents.is_copy(cell) and not known.isdisjoint(behind):
            yield f"{show(cell)} makes a state before the first step of what its network itself reads or computes"


def _begin_early(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The states of another network with which one begins, as a decoder with those of an encoder, and no last ones."""
    for outcome in outcomes:
        steps = {
            (verdict.cell, verdict.element.source.network): verdict.element
            for verdict in outcome.verdicts if verdict.element.source.quantity.step is not None
        }  # fmt: skip
        latest: dict[tuple[object, ...], int] = {}
        for (_, network), element in steps.items():
            series = network, element.source.quantity.band, element.sample
            latest[series] = max(latest.get(series, 0), element.source.quantity.step or 0)
        others = [network for other in outcomes if other is not outcome for network in other.networks]
        begun = set[Address]().union(*map(_first_states, others))
        for (cell, network), element in sorted(steps.items(), key=lambda item: item[0]):
            last = latest[network, element.source.quantity.band, element.sample]
            if cell in begun and (element.source.quantity.step or 0) < last:
                yield f"{show(cell)} is the state with which another network begins, and not the last one of its own"
                return


def parts_of(outcomes: Sequence[Outcome], part: SheetGroup) -> list[Part]:
    """What became of networks, and what may be wrong before their first steps.

    Args:
        outcomes: what became of the networks.
        part: the worksheets on which they stand.
    """
    return [*map(part_of, outcomes), *with_gaps(doubtful_first_states(outcomes, part))]


def with_gaps(why: Iterable[str]) -> list[Part]:
    """A part of nothing but reasons why others may be wrong, if there are any.

    Args:
        why: the reasons.
    """
    gaps = tuple(why)
    return [Part((), without_cell=len(gaps), gaps=gaps, notes=gaps)] if gaps else []
