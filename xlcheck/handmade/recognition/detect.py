"""Find the networks that a workbook computes, without being told: the ones that explain most formula cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from xlcheck.formulas.algebra import Address, Leaf, Term, below, value_of_term
from xlcheck.graph.evaluate import evaluate
from xlcheck.handmade.networks.labels import Labels
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.networks.value_index import ValueIndex
from xlcheck.handmade.placing.probe import SETTINGS, Probe, random_numbers
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.meanings import Meanings
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sessions import Sessions
from xlcheck.handmade.recognition.amendments import Amendment
from xlcheck.handmade.recognition.assembly import Choice, choices_of, models_of
from xlcheck.handmade.recognition.columns import find_columns
from xlcheck.handmade.recognition.completion import variants
from xlcheck.handmade.recognition.forms import Forms, find_forms, reachable
from xlcheck.handmade.recognition.structure import FoundLayer, find_layers
from xlcheck.handmade.recognition.visible import Visible

Array = NDArray[np.float64]

MOST_NETWORKS = 2_000
"""Networks that are compared for one workbook; hundreds are usual where weights are missing in some formulas."""
PER_TERM, PER_NETWORK = 17, 280
"""What it costs to look through a term of the formulas, and to compare a network, as measured: in the time that it
takes to recalculate one cell."""
MOST_READINGS = 2
"""Choices of each variant that are compared by more than the number of formula cells that they explain."""


@dataclass(frozen=True)
class Detected:
    """A network that was found.

    Attributes:
        network: the network.
        explained: how many formula cells hold one of its quantities.
        rivals: other networks that explain as many.
    """

    network: Network
    explained: int
    rivals: tuple[Network, ...] = ()


@dataclass(frozen=True)
class Detection:
    """What was found in a workbook.

    Attributes:
        networks: each with the number of formula cells it explains.
        left_out: how many formula cells were not looked at, because there are too many.
        work: what it took to find these: in the time that it takes to recalculate one cell.
    """

    networks: list[Detected]
    left_out: int = 0
    work: int = 0

    @property
    def explained(self) -> int:
        """How many formula cells all networks explain."""
        return sum(detected.explained for detected in self.networks)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know about it."""
        if not self.left_out:
            return ()
        return (f"{self.left_out} formula cells were not looked at in search of a network; the workbook is too large",)


def detect(table: CellTable, values: CellValues, sessions: Sessions, precedents: Precedents) -> Detection:
    """The networks of a workbook.

    Args:
        table: the workbook's cells.
        values: what they hold.
        sessions: of the engine that recalculates the file with other numbers.
        precedents: who reads what.
    """
    readings = readings_of(table, values, sessions, precedents)
    best = max(readings, key=lambda reading: reading.explained, default=Detection([]))
    return replace(best, networks=[d for d in best.networks if d.explained > 0])


def readings_of(
    table: CellTable,
    values: CellValues,
    sessions: Sessions,
    precedents: Precedents,
    amended: Amendment | None = None,
) -> list[Detection]:
    """Ways to see the networks of a workbook, with the number of formula cells that each network explains.

    Args:
        table: the workbook's cells.
        values: what they hold.
        sessions: of the engine that recalculates the file with other numbers.
        precedents: who reads what.
        amended: other formulas than the file has; what they hold is known only by their meaning, not from an engine.
    """
    doubted: Collection[Address] = ()
    if amended is not None:
        table, doubted = amended.table, amended.doubted
        precedents = Precedents(table, precedents)
    meanings = Meanings(table, values)
    meanings.follow(table.addresses[i] for i in table.formulas)
    roots = [term for term in meanings.known.values() if isinstance(term, Term)]
    numbers = {address: float(values.numbers[i]) for address, i in table.index.items()}
    labels = Labels.of(table)
    unread = _unread_numbers(table, meanings, precedents, doubted)
    found: list[Detection] = []
    compared = work = 0

    def scores(networks: Sequence[Network]) -> list[int]:
        if amended is not None:
            return _explained_by_meaning(networks, table, values, meanings)
        return _explained(networks, table, values, sessions)

    forms = find_forms(meanings.algebra, meanings.known.values())
    for flipped in (False, True) if forms.undecided else (False,):
        if flipped:
            forms = find_forms(meanings.algebra, meanings.known.values(), flipped=True)
        visible = Visible(forms, roots)
        work += PER_TERM * len(visible.terms)
        layers = find_layers(find_columns(forms.forms, numbers), visible)
        unused = {cell for cell in numbers if table.is_fraction(cell)} - _used(forms)
        ranked = []
        for number, model in enumerate(models_of(layers, visible)):
            choices = []
            for variant in product(*(variants(layer, unread, unused, meanings.algebra, labels) for layer in model)):
                left = MOST_NETWORKS - compared
                choices.append(list(islice(_all_choices(variant, visible, labels, f"model{number + 1}"), left)))
                compared += len(choices[-1])
                if compared == MOST_NETWORKS:
                    break
            if any(choices):
                ranked.append(_ranked([own for own in choices if own], scores))
        for place in range(max(map(len, ranked), default=0)):
            found.append(Detection([own[min(place, len(own) - 1)] for own in ranked], meanings.left_out))
    work += PER_NETWORK * compared
    return [replace(own, work=work) for own in found or [Detection([], meanings.left_out)]]


def _all_choices(model: Sequence[FoundLayer], visible: Visible, labels: Labels, name: str) -> Iterator[Choice]:
    """The networks of a chain of layers, and of the chain without one that is no layer but a typed number's trace."""
    yield from choices_of(model, visible, labels, name)
    if any(layer.is_recurrent for layer in model):
        for left_out in model:
            if not left_out.is_recurrent:
                rest = [layer for layer in model if layer is not left_out]
                yield from choices_of(rest, visible, labels, name)


def _unread_numbers(
    table: CellTable, meanings: Meanings, precedents: Precedents, doubted: Collection[Address]
) -> set[Address]:
    """Constant numbers that enter no formula, not even one that picks a cell of a range that they belong to."""
    numbers = {address for address, _ in table.typed_numbers()}
    stack: list[Term] = []
    for position in table.formulas:
        formula = table.addresses[position]
        meaning = meanings.known.get(formula)
        if isinstance(meaning, Term) and not (isinstance(meaning, Leaf) and meaning.cell == formula):
            stack.append(meaning)
        elif formula not in doubted and numbers:
            numbers.difference_update(precedents.of(formula))
    seen = {term for cell in doubted if isinstance(term := meanings.known.get(cell), Term)}
    while stack:
        term = stack.pop()
        if term not in seen:
            seen.add(term)
            stack.extend(below(term))
    return numbers - {term.cell for term in seen if isinstance(term, Leaf)}


def _used(forms: Forms) -> set[Address]:
    """The constants that belong to weighted sums."""
    terms = (t for form in forms.forms for t in (*form.weights, *form.weights.values(), *form.biases))
    return {term.cell for term in terms if isinstance(term, Leaf)}


def _explained(networks: Sequence[Network], table: CellTable, values: CellValues, sessions: Sessions) -> list[int]:
    """How many formula cells each network explains, by what an engine computes for random numbers."""
    probe = Probe(table, sessions, networks, values.numbers)
    settings = [probe.graph_values(number) for number in range(len(networks))]
    return _matching(networks, settings, probe.values[:, table.formulas])


def _explained_by_meaning(
    networks: Sequence[Network], table: CellTable, values: CellValues, meanings: Meanings
) -> list[int]:
    """How many formula cells each network explains, by what the terms of the cells give for random numbers."""
    known = [meanings.known.get(table.addresses[i]) for i in table.formulas]
    terms = reachable(term for term in known if isinstance(term, Term))
    rows = []
    settings: list[list[dict[str, Array]]] = [[] for _ in networks]
    for seed in range(SETTINGS):
        numbers = {cell: float(values.numbers[i]) for cell, i in table.index.items()} | random_numbers(networks, seed)
        of_term: dict[Term, float] = {}
        for term in terms:
            of_term[term] = numbers[term.cell] if isinstance(term, Leaf) else value_of_term(term, of_term)
        rows.append([of_term[term] if isinstance(term, Term) else np.nan for term in known])
        for own, network in zip(settings, networks, strict=True):
            own.append(evaluate(network.graph, network.values(numbers)))
    return _matching(networks, settings, np.array(rows))


def _matching(
    networks: Sequence[Network], settings: Sequence[list[dict[str, Array]]], fingerprints: Array
) -> list[int]:
    scores = []
    for network, own in zip(networks, settings, strict=True):
        quantities = [np.stack([values[q.name].ravel() for values in own]) for q in network.graph]
        scores.append(sum(bool(found) for found in ValueIndex(quantities).equal_to(fingerprints)))
    return scores


def _activations(network: Network) -> list[object]:
    return [layer.options["activation"] for layer in network.spec.layers]


def _ranked(
    variants: Sequence[Sequence[Choice]], scores_of: Callable[[Sequence[Network]], list[int]]
) -> list[Detected]:
    """Those choices of each variant of a model that explain most, and one with other activations, best first.

    Where the words beside the weights name the gates, they decide.
    """
    if any(choice.said for choices in variants for choice in choices):
        variants = [[choice for choice in choices if not choice.contradicted] for choices in variants]
    networks = [choice.network for choices in variants for choice in choices]
    scores = scores_of(networks)
    kept: list[int] = []
    start = 0
    for choices in variants:
        own = sorted(range(start, start + len(choices)), key=lambda n: (-scores[n], n))
        kept += own[:MOST_READINGS]
        most = max(len(networks[n].spec.layers) for n in own)
        kinds = [_activations(networks[n]) for n in kept]
        others = (n for n in own if len(networks[n].spec.layers) == most and _activations(networks[n]) not in kinds)
        kept += islice(others, 1)
        start += len(choices)
    return [
        Detected(
            networks[n], scores[n],
            tuple(other for m, other in enumerate(networks) if m != n and scores[m] == scores[n]),
        )
        for n in sorted(kept, key=lambda n: (-scores[n], n))
    ]  # fmt: skip
