"""A layer and its cells: those in which it is computed, and those of what it is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xlcheck.formulas.algebra import Address
from xlcheck.graph.quantities import Role
from xlcheck.handmade.equations.instances import LINEAR, followed
from xlcheck.handmade.equations.plain import PlainCells
from xlcheck.handmade.equations.reading import LossCells, Reading
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import show


@dataclass(frozen=True)
class LayerCells:
    """A layer and its cells.

    Attributes:
        name: as Keras would call it.
        reading: what its weighted sums are read as.
        networks: the same as networks, one for each length of its documents.
        own: the cells in which it is computed.
        given: the cells of what it is given.
        loss: the loss behind it, if there is one.
    """

    name: str
    reading: Reading
    networks: tuple[Network, ...]
    own: frozenset[Address]
    given: frozenset[Address]
    loss: LossCells | None = None

    @property
    def inputs(self) -> set[Address]:
        """The cells of what it is given that are no weights and no states."""
        given = (item for network in self.networks for item in network.cells())
        return {cell for quantity, *_, cell in given if quantity.band.role is Role.INPUT}


def may_be_no_network(layer: LayerCells, others: Iterable[LayerCells | PlainCells]) -> str | None:
    """Why a layer may be no part of any network: price lists and budgets are weighted sums, too.

    Args:
        layer: one with sums of weights.
        others: the layers of its worksheets.
    """
    joined = (
        not own.given.isdisjoint(layer.own) or not layer.given.isdisjoint(own.own) for own in others if own is not layer
    )
    if layer.reading.kind != "Dense" or layer.reading.activations["activation"] != LINEAR or any(joined):
        return None
    first = show(min(layer.own))
    return f"the sums from {first} on have no activation and nothing to do with another layer: they may be no network"


def at_first(layer: LayerCells, forms: Forms) -> set[Address]:
    """The cells of a recurrent layer that belong to no further step than the first one of each sample.

    Where a first step lacks an input, it may be the weights that are blank, and not the state.
    """
    reading = layer.reading
    if reading.kind == "Dense":
        return set()
    inputs, slots = {*reading.features}, reading.layer.slots
    first = {document[0] for document in reading.documents if inputs <= slots[document[0]].keys()}
    own = [(step, atom) for values in reading.values.values() for (step, _), atom in values.items()]
    own += [(step, instance.atom) for (_, step), found in reading.layer.at.items() for instance in found]
    later = {atom for step, atom in own if step not in first}
    return {*layer.own} - {cell_of(atom) for atom in later | followed(later, forms)}
