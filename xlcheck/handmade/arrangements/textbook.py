"""Whether worksheets are a textbook network: every formula has its place in a layer, every place its formula."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.arrangements.arrangement import Arrangement
from xlcheck.handmade.arrangements.beside_layers import BesideLayers
from xlcheck.handmade.arrangements.layer_cells import LayerCells
from xlcheck.handmade.equations.instances import LINEAR
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.equations.recognise import Recognised
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.networks.formula_text import looks_up

_NOT_AT_FIRST = frozenset({"f", "r", "tanh_c"})
"""What a first step may do without, where there is no state before it, or a formula may hold inside of another one."""


def may_be_textbook(found: Recognised, edited: Collection[Address] = ()) -> bool:
    """Whether the layers of some worksheets are whole, wherever their cells stand.

    Args:
        found: the layers.
        edited: cells that are said to be wrong.
    """
    twice = any(reading.layer.reads_twice(found.forms) for reading in found.readings)
    whole = (_is_whole(reading, edited) for reading in found.readings)
    return bool(found.readings) and not found.doubtful and not twice and all(whole)


def is_textbook(found: Arrangement, edited: Collection[Address] = ()) -> bool:
    """Whether every formula has its place in a layer, every place its formula, and nothing speaks against it.

    Args:
        found: the layers.
        edited: cells that must have a place there.
    """
    if not may_be_textbook(found.recognised, edited) or found.alone:
        return False
    # Of two factors that are both computed either may be called the weight, as the keys or the queries of an attention.
    known = {id(reading) for reading in found.recognised.readings}
    readings = [
        own.reading if id(own.reading) in known else replace(own.reading, is_certain=True) for own in found.layers
    ]
    are_whole = all(_is_whole(own, edited) for own in readings)
    if not (are_whole and all(is_straight(layer, found) for layer in found.layers)):
        return False
    left, _ = BesideLayers(found, found.own).rest()
    return found.own.issuperset(edited) and not (left or found.objections() or found.mixed_up())


def _is_whole(reading: Reading, edited: Collection[Address]) -> bool:
    """Whether a layer is certain, or may stay uncertain as none of its cells is called wrong, and has all its cells."""
    layer, first = reading.layer, {document[0] for document in reading.documents}
    is_certain = reading.is_certain or (edited and _is_one_in_either_way(reading, edited))
    if not is_certain or any(layer.activations[row] != LINEAR for row in reading.unused):
        return False  # a gate that nothing reads may be missing somewhere; a sum that nothing reads was left over
    spared = reading.gates[1] if reading.kind in {"LSTM", "GRU"} else ()  # what forgets, or resets, a state
    if not layer.is_whole_but_for_gaps or not layer.gaps <= {*itertools.product(spared, first)}:
        return False
    slots = {slot for own in layer.slots.values() for slot in own}
    if any(
        slots - layer.slots[step].keys() - (reading.states.keys() if step in first else set()) for step in layer.steps
    ):
        return False
    return all(
        (step, unit) in values or symbol == "tanh_c" or (symbol in _NOT_AT_FIRST and step in first)
        for symbol, values in reading.values.items() for step in layer.steps for unit in range(reading.units)
    )  # fmt: skip


def _is_one_in_either_way(reading: Reading, edited: Collection[Address]) -> bool:
    """Whether either of two factors may be called the weight in a layer, and no cell of it is said to be wrong."""
    layer = reading.layer
    is_open = len({*layer.activations.values()}) == 1 and not all(own.is_anchored for own in layer.instances)
    return is_open and {cell_of(own.atom) for own in layer.instances}.isdisjoint(edited)


def is_straight(layer: LayerCells, found: Arrangement) -> bool:
    """Whether units, gates, steps and inputs of a layer stand in one order wherever they stand on the worksheet.

    Args:
        layer: the layer.
        found: all layers.
    """
    reading, network = layer.reading, layer.networks[0]
    spec, *_ = network.spec.layers
    tables = [
        _order(network.weights[f"{spec.name}.{name}"][: len(reading.gates) * reading.units]) for name in spec.weights
    ]
    units = [
        _order(network.weights[f"{spec.name}.{name}"][gate * reading.units : (gate + 1) * reading.units])
        for name in spec.weights for gate in range(len(reading.gates))
    ]  # fmt: skip
    for values in reading.values.values():
        units += [_order([values.get((step, unit)) for unit in range(reading.units)]) for step in reading.layer.steps]
    return all(len({*orders} - {None}) <= 1 for orders in (tables, units)) and len(_directions(reading, found)) <= 1


def _order(places: Sequence[tuple[str, int, int] | Atom | None]) -> tuple[int, ...] | None:
    """The order in which cells stand on the worksheet; None where not all of them are known."""
    known = [place for place in places if place is not None]
    return tuple(sorted(range(len(known)), key=known.__getitem__)) if len(known) == len(places) else None


def _directions(reading: Reading, arrangement: Arrangement) -> set[bool]:
    """Whether inputs and results come later on the worksheet from step to step, or from sample to sample.

    An input stands where the formulas name it, perhaps as a copy: one that is padded stands in order, its words do not,
    nor does what formulas look up.
    """
    texts, forms = arrangement.reads.table.texts, arrangement.forms
    looking = {
        step for (_, step), own in reading.layer.at.items()
        if any(looks_up(texts.get(cell_of(instance.atom), "")) for instance in own)
    }  # fmt: skip
    first = {
        step: min(atom for (at, _), atom in outputs(reading).items() if at == step) for step in reading.layer.steps
    }
    runs = reading.documents if reading.kind != "Dense" else [sorted(first, key=first.__getitem__)]
    found = set()
    for run in runs:
        for one, other in itertools.pairwise(run):
            slots = (_named(reading, one, forms), _named(reading, other, forms))
            features = () if {one, other} & looking else reading.features
            pairs = [(first[one], first[other]), *((slots[0].get(s), slots[1].get(s)) for s in features)]
            found |= {a < b for a, b in pairs if a is not None and b is not None and a != b}
    return found


def _named(reading: Reading, step: int, forms: Forms) -> dict[int, Atom]:
    """The input in each slot at a step, or the copy of it by which all formulas name it."""
    names: dict[Atom, set[Atom]] = defaultdict(set)
    stack = [instance.atom for (_, at), own in reading.layer.at.items() if at == step for instance in own]
    while stack:
        atom = stack.pop()
        stack += forms.inlined.get(atom, ())
        for source, cells in forms.named.get(atom, {}).items():
            names[source] |= cells
    found = {}
    for slot, source in reading.layer.slots[step].items():
        copies = names.get(source, set())
        found[slot] = next(iter(copies)) if len(copies) == 1 else source
    return found
