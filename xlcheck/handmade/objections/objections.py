"""What speaks against a reading that all formulas agree with: numbers that nobody reads, and words beside cells."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.instances import LINEAR
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.equations.windows import uneven_windows
from xlcheck.handmade.forms.forms import COPY, Forms
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.networks.labels import KERNELS, Labels, gates_of_weights
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.objections.beginnings import broken, goes_past, input_before, state_for_input, unread_beginning
from xlcheck.handmade.objections.left_out import input_left_out
from xlcheck.handmade.objections.places import stands_apart
from xlcheck.handmade.objections.thresholds import of_two_signs, ones_in_doubt, ones_unread, thresholds_in_doubt
from xlcheck.handmade.objections.unread_numbers import copied_otherwise, unread_beside
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.digits import COMPUTED, digits_of
from xlcheck.handmade.reading.printed import printed_by
from xlcheck.layers.gates import VALUES

_SAME = 1e-14
"""How far numbers may be apart of which files hold fifteen digits."""
_ROUNDED = 1e-3
"""How far a scale that somebody typed may be from what it stands for."""
_MANY = 3
"""Gates beside whose weights a word stands that names none of them, as `input` does above the weights of an input."""
_PASTED = 12
"""Digits that nobody types: the number was computed and its value pasted."""


def objections(
    table: CellTable,
    values: CellValues,
    read: Collection[Address],
    layers: Sequence[tuple[Reading, tuple[Network, ...]]],
) -> list[str]:
    """What a reader of the worksheet would ask before believing that layers are right, words aside.

    Args:
        table: the cells.
        values: what they hold.
        read: the cells that formulas read.
        layers: what was read, with the cells.
    """
    weights = {
        cell for _, networks in layers for places in networks[0].weights.values() for cell in places if cell is not None
    }
    found = []
    readings = [reading for reading, _ in layers]
    found += unread_beside(table, read, weights | _perhaps_weights(readings))
    given = {cell for _, networks in layers for network in networks for *_, cell in network.cells()}
    found += copied_otherwise(table, weights, given | weights)
    for cell in itertools.islice(_after_results(table, values, read, readings), 1):
        found.append(f"{show(cell)} stands in line with results, and no formula computes it")
    found += [why for reading in readings if (why := doubt_of(table, read, reading)) is not None]
    found += [*(text for _, text in repeated(readings)), *itertools.islice(_read_twice(readings), 1)]
    found += itertools.islice(ones_unread(table, read, readings), 1)
    return [*found, *of_two_signs(table, readings), *ones_in_doubt(table, readings)]


def doubt_of(table: CellTable, read: Collection[Address], reading: Reading) -> str | None:
    """Why a layer may be another one, though all of its formulas agree; None if nothing says so.

    Args:
        table: the cells.
        read: the cells that formulas read.
        reading: the layer.
    """
    return (
        _not_bent(reading)
        or _without_bias(reading)
        or _out_of_row(reading)
        or broken(table, read, reading)
        or goes_past(table, read, reading)
        or unread_beginning(table, read, reading)
        or input_before(table, read, reading)
        or state_for_input(reading)
        or _same_inputs(reading)
        or input_left_out(table, read, reading)
        or uneven_windows(reading)
        or stands_apart(table, reading)
        or _scaled_otherwise(reading)
    )


def _not_bent(reading: Reading) -> str | None:
    """Why an activation may be missing: nobody means a state that is but a weighted sum."""
    if reading.kind == "Dense" or reading.activations["activation"] != LINEAR:
        return None
    first = cell_of(min(outputs(reading).values()))
    return f"{show(first)} and the other states are weighted sums without an activation"


def _scaled_otherwise(reading: Reading) -> str | None:
    """Why the scores of an attention may be wrong: they are divided by something else than √d, of d units."""
    units = len(reading.features)
    if reading.scale == 1 or math.isclose(reading.scale, units**-0.5, rel_tol=_ROUNDED):
        return None
    first = cell_of(min(outputs(reading).values()))
    return (
        f"{show(first)} is scaled by {reading.scale:.4g}, which is not 1/√{units} for an attention over {units} units"
    )


def scaled_scores(readings: Sequence[Reading], scaled: Iterable[tuple[float, Collection[Address]]]) -> Iterator[str]:
    """Why the scores of an attention may be wrong that are divided in cells of their own.

    Args:
        readings: the layers of some worksheets.
        scaled: what results are multiplied with, and their cells.
    """
    made = {atom for reading in readings for atom in outputs(reading).values()}
    for reading in readings:
        weights = {weight for own in reading.layer.weights.values() for weight in own.values()}
        cells = {cell_of(atom) for atom in outputs(reading).values()} if weights & made else set[Address]()
        for scale, read in scaled if reading.kind == "Dense" else ():
            if cells.issuperset(read) and (why := _scaled_otherwise(replace(reading, scale=scale))) is not None:
                yield why


def _without_bias(reading: Reading) -> str | None:
    """Why a bias may be missing: the sums of other steps or samples add one."""
    layer = reading.layer
    adds: dict[int, bool] = {}
    for (_, step), own in layer.at.items():
        adds[step] = adds.get(step, False) or any(x is None for instance in own for x, _ in instance.pairs)
    without = [x.atom for (_, step), own in layer.at.items() if not adds[step] for x in own]
    return f"{show(cell_of(min(without)))} adds no bias, though others do" if without and any(adds.values()) else None


def _out_of_row(reading: Reading) -> str | None:
    """Why a surplus unit may be a gate with other weights: at its steps, and nowhere else, a gate stands nowhere."""
    layer, used = reading.layer, {row for gate in reading.gates for row in gate}
    for row in reading.unused:
        steps = [step for step in layer.steps if (row, step) in layer.at]
        if any(all(((other, step) in layer.at) != (step in steps) for step in layer.steps) for other in used):
            first = cell_of(layer.at[row, steps[0]][0].atom)
            return f"{show(first)} has other weights than any unit has at the other steps"
    return None


def _same_inputs(reading: Reading) -> str | None:
    """Why a recurrent layer may be another one: its two steps read the same inputs, as a layer does that is skipped.

    Two copies are two words, be they the same.
    """
    for one, *others in reading.documents if reading.kind != "Dense" else ():
        slots = [reading.layer.slots[step] for step in (one, *others)]
        both = [[own[slot] for own in slots] for slot in reading.features if all(slot in own for own in slots)]
        if len(others) == 1 and both and all(first == second for first, second in both):
            copies = [{own for x in reading.layer.at_step(step) for own in x.copies} for step in (one, *others)]
            if not all(copies) or not copies[0].isdisjoint(copies[1]):
                return f"{show(cell_of(both[0][0]))} is read by both steps of what may be no recurrent layer"
    return None


def words_against(table: CellTable, forms: Forms, layers: Sequence[tuple[Reading, tuple[Network, ...]]]) -> list[str]:
    """What the words beside cells say against a reading: they name another gate, or another activation.

    Args:
        table: the cells.
        forms: what each cell computes.
        layers: what was read, with the cells.
    """
    found: list[str] = []
    plain = Labels.of(table)
    labels = plain.taught(gates_of_weights([networks[0] for _, networks in layers]))
    for reading, networks in layers:
        found += _said_otherwise(
            reading, networks[0], labels.of_results(gates_of_weights(networks[:1]), reading.kind, table.index)
        )
        found += _kernels_called_otherwise(networks[0], plain)
        said = [(cell, gate, labels.gate(cell, reading.kind)) for cell, gate in gates_of_weights(networks[:1])]
        named: dict[str | None, set[str]] = defaultdict(set)
        for _, gate, word in said:
            named[word].add(gate)
        for cell, gate, word in said:
            if word not in {None, gate} and len(named[word]) < _MANY:
                found.append(f"{show(cell)} is a weight of the gate {gate}, and the words beside it say {word}")
                break
    readings = [reading for reading, _ in layers]
    found += thresholds_in_doubt(table, readings)
    return [*found, *_called_states(readings, plain), *_other_activation(forms, readings, plain)]


def _called_states(readings: Sequence[Reading], labels: Labels) -> Iterator[str]:
    """Results of several samples that are called states, so that they may be steps that should read one another.

    Of what follows on the last states of samples the word says nothing: it may be that of the states in its row.
    """
    recurrent = [own for own in readings if own.kind != "Dense"]
    ends = {(number, document[-1]) for number, own in enumerate(recurrent) for document in own.documents}
    last = {a for n, own in enumerate(recurrent) for (step, _), a in outputs(own).items() if (n, step) in ends}
    for reading in (own for own in readings if own.kind == "Dense" and len(own.layer.steps) > 1):
        cells = sorted(cell_of(atom) for atom in outputs(reading).values())
        if cells and not reading.read <= last and all(map(labels.is_state, cells)):
            yield f"{show(cells[0])} is called a state, and reads none"


def _kernels_called_otherwise(network: Network, labels: Labels) -> Iterator[str]:
    """Why weights of inputs and of states may have changed roles: each are called by the name of the other ones."""
    first = {name.rpartition(".")[2]: cell for name, places in network.weights.items() if (cell := places[0])}
    said = [labels.kernel(first[name]) for name in KERNELS if name in first]
    if said == [*reversed(KERNELS)]:
        yield f"{show(first[KERNELS[0]])} is used as a weight of inputs, and the words beside it say that of states"


def _other_activation(forms: Forms, readings: Sequence[Reading], labels: Labels) -> Iterator[str]:
    """Results beside which another activation is named, or beside a copy of one."""
    shown: dict[Atom, list[Address]] = defaultdict(list)
    for atom in forms:
        if forms.of(atom).kind == COPY:
            shown[forms.source(atom)].append(cell_of(atom))
    for reading in readings:
        activation = str(reading.activations["activation"])
        cells = [cell for atom in outputs(reading).values() for cell in (cell_of(atom), *shown.get(atom, ()))]
        before = _activations_before(reading, readings)
        said = (labels.other_activation(cell, activation, before) for cell in sorted(cells))
        yield from itertools.islice((text for text in said if text is not None), 1)


def _activations_before(reading: Reading, readings: Sequence[Reading]) -> set[str]:
    """The activations by which one of several tables is called that compute the same units: those of what it reads."""
    is_twin = any(other is not reading and other.layer.weights == reading.layer.weights for other in readings)
    read = reading.read if is_twin else set[Atom]()
    return {str(o.activations["activation"]) for o in readings if not read.isdisjoint(outputs(o).values())}


def repeated(readings: Sequence[Reading]) -> Iterator[tuple[Address, str]]:
    """A cell that alone computes again what another one holds, and so in words; a table of them is there on purpose."""
    for reading in readings:
        twice = [sorted(x.atom for x in own) for own in reading.layer.at.values() if len(own) > 1]
        if len(twice) == 1:
            first, *others = twice[0]
            cell = cell_of(others[-1])
            yield cell, f"{show(cell)} computes again what {show(cell_of(first))} holds"


def _read_twice(readings: Sequence[Reading]) -> Iterator[str]:
    """Cells that hold the same result of a layer, in whose place two of them stand where another layer reads it."""
    same = {x.atom: own[0].atom for reading in readings for own in reading.layer.at.values() for x in own}
    made: dict[object, Atom] = {}  # a copy of one sample may have been filled where another unit should stand
    for instance in (own for reading in readings for own in reading.layer.instances if own.gate is None):
        same[instance.atom] = made.setdefault((instance.activation, instance.monomials), same[instance.atom])
    for reading in readings:
        for (_, step), own in reading.layer.at.items():
            first: dict[Atom, Atom] = {}
            for atom in sorted(reading.layer.slots[step].values()) if own else ():
                if (known := first.setdefault(same.get(atom, atom), atom)) != atom:
                    both = f"{show(cell_of(known))} and {show(cell_of(atom))}"
                    yield f"{both} compute the same, and {show(cell_of(own[0].atom))} reads both"


def _perhaps_weights(readings: Sequence[Reading]) -> set[Address]:
    """The inputs of sums of which nothing says which factors are the weights: units may be samples, and these units."""
    sums = (instance for reading in readings for instance in reading.layer.instances)
    return {cell_of(x) for instance in sums if not instance.is_anchored for x in instance.inputs}


def _after_results(
    table: CellTable, values: CellValues, read: Collection[Address], readings: Sequence[Reading]
) -> Iterator[Address]:
    """Typed numbers right behind or before results that nobody reads, as long as only computed numbers are.

    Between two results they are of any length, beside one as long as nobody types them, or just that result. Those that
    are read are just that result, and long.
    """
    results, numbers = {cell_of(atom) for own in readings for atom in outputs(own).values()}, table.typed_numbers
    for sheet, row, column in sorted(results):
        for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            cell, before = (sheet, row + down, column + right), (sheet, row - down, column - right)
            if cell not in numbers or cell in results or printed_by(table, cell, above=bool(right)):
                continue
            digits, is_read = digits_of(numbers[cell]), cell in read  # nobody reads it, if a formula stood there
            result = values.numbers[table.index[sheet, row, column]]
            same = math.isclose(numbers[cell], result, rel_tol=_SAME) and not float(numbers[cell]).is_integer()
            behind = (sheet, row + 2 * down, column + 2 * right)
            few = 0 if behind in results else COMPUTED if before in results else _PASTED
            if (same and (digits >= COMPUTED or not is_read)) or (digits >= few and not is_read):
                yield cell


def _said_otherwise(reading: Reading, network: Network, labels: Labels) -> Iterator[str]:
    """Gates whose cells are called by the name of another gate."""
    layer, *_ = network.spec.layers
    gate_of = {symbol: gate for gate, symbol in VALUES.get(reading.kind, {}).items()}
    found: dict[str, tuple[list[Address], set[str | None]]] = {}
    for symbol, values in reading.values.items() if gate_of else ():
        alone = [cell_of(atom) for atom in values.values() if not atom[3]]  # words name a cell, not a part of it
        if gate := gate_of.get(symbol):
            found[gate] = alone, {labels.gate(cell, reading.kind) for cell in alone} - {None}
    words, rows = (
        {frozenset(said) for _, said in found.values()},
        {frozenset(c[1] for c in own) for own, _ in found.values()},
    )
    if len(found) > 1 and len(words) == len(rows) == 1:
        return  # what is said of all of them is said of their rows, as `5 h` is beside each step
    for gate, (alone, said) in found.items():
        if len(said) != 1 or said == {gate}:  # several are those of other tables in its lines
            continue
        if not all(labels.names(cell, gate, reading.kind) for cell in alone):
            first = min(alone)
            yield (
                f"{show(first)} is used as the gate {gate} of {layer.name}, and the words beside it say {said.pop()}"
            )
