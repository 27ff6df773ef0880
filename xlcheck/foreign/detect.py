"""Find the networks that a workbook computes, without being told: the ones that explain most formula cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from xlcheck.foreign.algebra import Address, Term
from xlcheck.foreign.assembly import Choice, choices_of, models_of
from xlcheck.foreign.cells import CellTable, CellValues
from xlcheck.foreign.columns import find_columns
from xlcheck.foreign.completion import variants
from xlcheck.foreign.elements import Elements, quantity_sources
from xlcheck.foreign.forms import find_forms
from xlcheck.foreign.labels import Labels
from xlcheck.foreign.meanings import Meanings
from xlcheck.foreign.network import Network
from xlcheck.foreign.precedents import Precedents
from xlcheck.foreign.probe import Probe
from xlcheck.foreign.sessions import Sessions
from xlcheck.foreign.structure import FoundLayer, find_layers
from xlcheck.foreign.visible import Visible


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
    """

    networks: list[Detected]
    left_out: int = 0

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
    meanings = Meanings(table, values)
    meanings.follow(table.addresses[i] for i in table.formulas)
    roots = [term for term in meanings.known.values() if isinstance(term, Term)]
    numbers = {address: float(values.numbers[i]) for address, i in table.index.items()}
    labels = Labels.of(table)
    unread = _unread_numbers(table, precedents)
    found: list[Detected] = []
    forms = find_forms(meanings.algebra, meanings.known.values())
    for flipped in (False, True) if forms.undecided else (False,):
        if flipped:
            forms = find_forms(meanings.algebra, meanings.known.values(), flipped=True)
        visible = Visible(forms, roots)
        layers = find_layers(find_columns(forms.forms, numbers), visible)
        readings = []
        for number, model in enumerate(models_of(layers, visible)):
            choices = [
                choice
                for variant in product(*(variants(layer, unread, meanings.algebra) for layer in model))
                for choice in _all_choices(variant, visible, labels, f"model{number + 1}")
            ]
            if choices:
                readings.append(_best(choices, table, values, sessions))
        if sum(d.explained for d in readings) > sum(d.explained for d in found):
            found = readings
    return Detection([d for d in found if d.explained > 0], meanings.left_out)


def _all_choices(model: Sequence[FoundLayer], visible: Visible, labels: Labels, name: str) -> list[Choice]:
    """The networks of a chain of layers, and of the chain without one that is no layer but a typed number's trace."""
    found = list(choices_of(model, visible, labels, name))
    if any(layer.is_recurrent for layer in model):
        for left_out in model:
            if not left_out.is_recurrent:
                rest = [layer for layer in model if layer is not left_out]
                found += choices_of(rest, visible, labels, name)
    return found


def _unread_numbers(table: CellTable, precedents: Precedents) -> set[Address]:
    """Constant numbers that no formula reads."""
    numbers = {
        address for address in table.addresses
        if (cell := table.cell(address)) is not None and cell.formula is None and isinstance(cell.value, float)
    }  # fmt: skip
    for position in table.formulas:
        if not numbers:
            break
        numbers.difference_update(precedents.of(table.addresses[position]))
    return numbers


def _best(choices: Sequence[Choice], table: CellTable, values: CellValues, sessions: Sessions) -> Detected:
    """The choice that explains most; where the words beside the weights name the gates, they decide."""
    if any(choice.said for choice in choices):
        choices = [choice for choice in choices if not choice.contradicted]
    networks = [choice.network for choice in choices]
    probe = Probe(table, sessions, networks, values.numbers)
    scores = []
    for number, network in enumerate(networks):
        elements = Elements(quantity_sources(number, network, probe.graph_values(number)))
        matched = elements.equal_to(probe.values[:, table.formulas])
        scores.append(sum(bool(numbers) for numbers in matched))
    best = max(range(len(networks)), key=lambda n: (scores[n], -n))
    rivals = tuple(networks[n] for n in range(len(networks)) if n != best and scores[n] == scores[best])
    return Detected(networks[best], scores[best], rivals)
