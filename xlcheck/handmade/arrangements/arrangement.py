"""Which cells belong to which layer: the layers of some worksheets, the formulas between them, and what is left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, pairwise, product, starmap

from xlcheck.formulas.algebra import Address, Leaf
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.arrangements.layer_cells import LayerCells, at_first
from xlcheck.handmade.beside.decisions import decisions
from xlcheck.handmade.beside.lookups import looked_up_apart, looked_up_twice
from xlcheck.handmade.beside.measures import Measures
from xlcheck.handmade.beside.showing import shows_otherwise
from xlcheck.handmade.equations.plain import PlainCells
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.equations.recognise import Recognised
from xlcheck.handmade.equations.whole_steps import mixed_up_steps, mixing_shares
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.functions import formulas_behind
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.networks.formula_text import looks_up
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.objections.attention_scores import masked_otherwise, scaled_in_some_heads, shares_of_nobody
from xlcheck.handmade.objections.between import against_them_together
from xlcheck.handmade.objections.left_out import reads_empty
from xlcheck.handmade.objections.mixed_values import mixed_out_of_place, mixes
from xlcheck.handmade.objections.objections import objections, repeated, scaled_scores, words_against
from xlcheck.handmade.objections.orders import (
    crossed,
    exchanged,
    exchanged_in_words,
    gap_in_a_line,
    other_order,
    out_of_line,
    turned_units,
    weights_apart,
)
from xlcheck.handmade.objections.skipped_over import skips_too_much
from xlcheck.handmade.objections.turned_kernels import turned_kernel, turns_within
from xlcheck.handmade.objections.typed_over import TypedOver, typed_again, typed_over
from xlcheck.handmade.objections.unread_numbers import unread_beside, weights_of_nothing
from xlcheck.handmade.reading.cells import CellValues, show
from xlcheck.handmade.reading.offsets import distance
from xlcheck.handmade.reading.printed import is_printed
from xlcheck.handmade.reading.reads import Reads

_BESIDE = 2
"""Cells from a layer to a copy in line with it that may stand for one of its own: a blank one may lie between."""
_NEAR = 4
"""Cells between a layer and a formula in line with it that may stand for one of its own."""


@dataclass(frozen=True)
class Arrangement:
    """The layers of some worksheets.

    Attributes:
        recognised: what was found there.
        layers: each after those whose results it reads.
        reads: who reads what.
        values: what the cells hold.
        plain: the layers behind these that have no sums of weights.
    """

    recognised: Recognised
    layers: tuple[LayerCells, ...]
    reads: Reads
    values: CellValues
    plain: tuple[PlainCells, ...] = ()

    @property
    def all_layers(self) -> tuple[LayerCells | PlainCells, ...]:
        """Those with sums of weights and those without."""
        return (*self.layers, *self.plain)

    @cached_property
    def own(self) -> frozenset[Address]:
        """The cells in which the layers are computed."""
        return frozenset(cell for layer in self.all_layers for cell in layer.own)

    @cached_property
    def given(self) -> frozenset[Address]:
        """The cells of what the layers are given."""
        return frozenset(cell for layer in self.all_layers for cell in layer.given)

    @cached_property
    def readings(self) -> list[Reading]:
        """What the weighted sums of the layers are read as."""
        return [layer.reading for layer in self.layers]

    @property
    def alone(self) -> list[tuple[Atom, str]]:
        """The single weighted sums that may be anything, of no other layer: cell, and why."""
        first = (min(reading.layer.by_atom) for reading in self.recognised.alone)
        return [(atom, "it is one weighted sum only") for atom in first if cell_of(atom) not in self.own]

    @property
    def forms(self) -> Forms:
        """What each cell computes."""
        return self.recognised.forms

    def mixed_up(self) -> list[str]:
        """Why units, steps or samples may stand in each other's place, though all formulas agree."""
        table, weights = self.reads.table, [(r, networks[0].weights) for r, networks in self._readings]
        found = chain(
            starmap(other_order, weights), (crossed(table, *own) for own in weights), [turned_kernel(table, weights)]
        )
        inputs = Counter(frozenset(layer.inputs) for layer in self.layers)
        places = [exchanged(table, own.reading, is_one_of_two=inputs[frozenset(own.inputs)] > 1) for own in self.layers]
        lines = ((out_of_line(table, r, self._is_looked_up), gap_in_a_line(table, r)) for r, _ in weights)
        places += chain.from_iterable(lines)
        turned = {turned_units(*own): own[0] for own in weights}
        if {True, False} <= turned.keys():
            first = show(cell_of(min(outputs(turned[True]).values())))
            places.append(f"{first} and the units beside it stand the other way round than their weights")
        places += [exchanged_in_words(table, own.own - self.reads.edited.keys()) for own in self.layers]
        return [why for why in (*found, *places) if why is not None]

    def turns_within_a_layer(self) -> bool:
        """Whether a layer reads a square block of weights the other way than one that is not square."""
        return any(turns_within(self.reads.table, r, networks[0].weights) for r, networks in self._readings)

    def _is_looked_up(self, cell: Address) -> bool:
        """Whether a formula finds the number of a cell in a list, and passes it on as it is."""
        terms = ((own, self.reads.terms.get(own)) for own in self.reads.readers.get(cell, ()))
        found = (own for own, term in terms if isinstance(term, Leaf) and term.cell == cell)
        return any(looks_up(self.reads.table.texts.get(own, "")) for own in found)

    def objections(self) -> list[str]:
        """What a reader would ask before believing that all of it is right, words aside."""
        table, readings = self.reads.table, self.readings
        alone = objections(table, self.values, self.reads.read.keys(), self._readings)
        said = islice(self.reads.said_of_words((sorted(layer.own) for layer in self.layers), self.values), 1)
        empty = filter(None, (reads_empty(self.reads.of, table, reading) for reading in readings))
        last = [(own, own.networks[0].spec.layers[-1]) for own in self.plain]
        bare = [n for n, (_, spec) in enumerate(last) if spec.kind == "LayerNormalization" and not spec.weights]
        steps = islice(mixed_up_steps(readings, [own.results for own in self.plain], bare), 1)
        softmaxes = [own for own, spec in last if spec.kind == "Softmax"]
        made = {cell for own in softmaxes for cell in own.results.values()}
        weighing = [own for own in readings if not mixes(own, made)]
        together = against_them_together(readings, self.forms, table, weighing)
        mixed = islice(mixed_out_of_place(readings, self.plain), 1)
        shares = islice(mixing_shares(readings, [vector for own in softmaxes for vector in own.vectors]), 1)
        shared = {cell for own in softmaxes for cell in own.given}
        idle = shares_of_nobody(readings, [(own.given, own.results.values()) for own in softmaxes], self.reads.read)
        of_heads = (masked_otherwise(readings, shared), scaled_in_some_heads(readings, shared), idle)
        heads = chain.from_iterable(islice(own, 1) for own in of_heads)
        scaled = [(spec.options["scale"], own.given) for own, spec in last if spec.kind == "Rescaling"]
        first = [(own, own.networks[0].spec.layers[0]) for own in self.plain]
        scaled += [(spec.options["x2"][0], own.given - own.networks[0].constants) for own, spec in first
                   if spec.kind == "ops.multiply"]  # fmt: skip
        scores = islice(scaled_scores(readings, scaled), 1)
        pooled = [{*own.results.values()} for own, spec in last if "Pooling" in spec.kind]
        networks = [own.networks[0] for own in self.plain]
        skipped = islice(skips_too_much(networks, self.reads.terms.reads), 1)
        weights = [{cell for places in own.weights.values() for cell in places if cell} for own in networks]
        unread = (why for own in weights if own for why in unread_beside(table, self.reads.read.keys(), own))
        lines = islice((why for own in networks for why in weights_apart(own.weights)), 1)
        missing = islice(weights_of_nothing(table, self.reads.read.keys(), pooled), 1)
        typed = (text for own in self.layers for text in typed_again(own.inputs, self.reads.terms, table))
        typed_first = islice(chain((own.said for own in self.typed_over), typed), 1)
        apart = chain(
            looked_up_apart(readings, self.reads.of_single_cells, self.reads.edited),
            looked_up_twice(readings, self.reads.of, self.reads.edited),
        )
        further = (said, empty, typed_first, together, steps, shares, mixed, heads, scores, skipped, lines, missing)
        return [*alone, *chain(*further, islice(unread, 1), islice(apart, 1))]

    @cached_property
    def typed_over(self) -> list[TypedOver]:
        """The typed numbers in the place of activations; not what a program printed, if an edit gives another sum."""
        table, edited = self.reads.table, self.reads.edited
        found = (own for own in typed_over(self.reads.terms, table) if own.cell not in self.reads.terms)
        return [own for own in found if own.of not in edited or not is_printed(table, own.cell)]

    @cached_property
    def decisions(self) -> set[Address]:
        """The formulas that say on which side of a threshold each result of a layer is."""
        results = [{place: cell_of(atom) for place, atom in outputs(own.reading).items()} for own in self.layers]
        results += [dict(layer.results) for layer in self.plain]
        return decisions(results, self.reads.terms, self.own)

    def words_against(self) -> list[str]:
        """What the words beside the cells say against it."""
        return words_against(self.reads.table, self.forms, self._readings)

    def read_for_nothing(self, cells: Collection[Address]) -> Iterator[str]:
        """Why formulas may be wrong that give what they should: they read a typed number that no layer has.

        At a first step the weights of a state are none, if that state is blank or 0.
        """
        known = self.own | self.given
        first = {cell for layer in self.layers for cell in at_first(layer, self.forms)}
        first |= {cell for cell in cells if isinstance(self.reads.terms.get(cell), Leaf)}  # looked up in a table
        switches = self.switches(cells)
        for cell in (cell for cell in cells if cell not in first):
            for read in self.reads.of(cell):
                if read not in known and self.reads.is_typed(read) and read not in switches:
                    yield f"{show(cell)} reads {show(read)}, which is no number of the layer"

    def switches(self, cells: Collection[Address]) -> set[Address]:
        """The numbers by which all of some formulas that look alike choose what they compute, and compute nothing else.

        Args:
            cells: the formulas.
        """
        kinds = {cell: skeleton(self.reads.table.texts.get(cell, "")) for cell in cells}
        alike, terms = Counter(kinds.values()), self.reads.terms
        asking = Counter(
            (kinds[cell], read)
            for cell in cells for read in self.reads.of(cell)
            if read not in terms.reads.get(cell, ()) or read in self.forms.switches
        )  # fmt: skip
        found = {read for (kind, read), count in asking.items() if count == alike[kind] > _BESIDE}
        # Each line of formulas has a number of its own, counted on, by which it is looked up what it reads.
        own = Counter[Address]()
        own.update({read: count for (_, read), count in asking.items() if self._is_beside(read)})
        asked = {kind for kind, read in asking if read in own}
        if sum(own.values()) == sum(alike[kind] for kind in asked) and self._counts_on(sorted(own)):
            found |= own.keys()
        found |= {
            cell for layer in self.layers for cell in self._words_of(layer, cells) | self._places_of(layer, cells)
        }
        return {cell for cell in found if self.reads.is_typed(cell)}

    def _words_of(self, layer: LayerCells, cells: Collection[Address]) -> set[Address]:
        """The numbers by which some formulas of each step of a layer look up what it reads, as those of its words."""
        words: dict[int, set[frozenset[Address]]] = defaultdict(set)
        for atom, (_, step) in layer.reading.layer.by_atom.items():
            if cell_of(atom) not in cells:
                continue  # what is wrong says nothing
            words[step].add(frozenset(self._asked_by(atom, cells)))
        single = [cell for (own, *more) in words.values() for cell in own if len(own) == 1 and not more]
        return set(single) if len({*single}) == len(words) > 1 else set()

    def _places_of(self, layer: LayerCells, cells: Collection[Address]) -> set[Address]:
        """The numbers by which the sums of a unit find what they read, if they count on evenly, as windows do."""
        units: dict[int, list[dict[Address, None]]] = defaultdict(list)
        for atom, (row, _) in sorted(layer.reading.layer.by_atom.items(), key=lambda own: cell_of(own[0])):
            if cell_of(atom) in cells:  # what is wrong says nothing
                units[row].append(dict.fromkeys(self._asked_by(atom, cells)))
        number, found = self.reads.terms.number, [tuple(own) for windows in units.values() for own in windows]
        grids = [[tuple(map(number, own)) for own in windows] for windows in units.values()]
        return {cell for own in found for cell in own} if all(map(_is_grid, grids)) else set()

    def _asked_by(self, atom: Atom, cells: Collection[Address]) -> Iterator[Address]:
        """The typed numbers of no layer by which the formulas of a weighted sum, among some, choose what they read."""
        for cell in sorted({cell_of(atom), *map(cell_of, self.forms.inlined.get(atom, ()))}.intersection(cells)):
            known = self.reads.terms.reads.get(cell, ())
            named = self.reads.of_single_cells(cell)
            yield from (read for read in named if self._is_beside(read) and read not in known)

    def _is_beside(self, cell: Address) -> bool:
        """Whether a typed number is none of the layers."""
        return self.reads.is_typed(cell) and cell not in self.given

    def _counts_on(self, cells: Sequence[Address]) -> bool:
        """Whether typed numbers stand one beside the other, each one more than the one before."""
        number = self.reads.terms.number
        return len(cells) > _BESIDE and all(
            distance(one, other) == 1 and number(other) == number(one) + 1 for one, other in pairwise(cells)
        )

    def said_again(self) -> dict[Address, str]:
        """The cells that compute again what another one holds and that nobody reads, and so in words."""
        found = repeated(self.readings)
        return {cell: why for cell, why in found if not self.reads.read.get(cell)}

    @property
    def _readings(self) -> list[tuple[Reading, tuple[Network, ...]]]:
        return [(layer.reading, layer.networks) for layer in self.layers]

    @cached_property
    def measured(self) -> set[Address]:
        """The formulas that only measure results, also those that are Keras's losses."""
        losses = {cell for layer in self.layers if layer.loss is not None for cell in layer.loss.at.values()}
        return losses | self.measures(self.own)

    def measures(self, taken: Collection[Address]) -> set[Address]:
        """Formulas that only measure results: errors and losses, or numbers scaled back."""
        made = [{cell_of(atom) for atom in outputs(layer.reading).values()} for layer in self.layers]
        layers = {
            cell: n for n, own in enumerate([*made, *(own.results.values() for own in self.plain)]) for cell in own
        }
        results = {cell_of(a): s for a in self.forms if (s := cell_of(self.forms.source(a))) in layers}
        results |= {cell: cell for cell in layers}
        with_loss = [(layer.own, layer.loss) for layer in self.layers if layer.loss is not None]
        targets = {target for _, loss in with_loss for own in loss.targets.values() for target in own}
        weights = self.given - targets - {cell for layer in self.layers for cell in layer.inputs}
        reads = {cell: self.reads.of(cell) for cell in self.reads.formulas}
        measures = Measures(self.reads.terms, self.reads.table, reads, results, self.given, weights, layers)
        to_losses = set().union(*(own for own, _ in with_loss)) & {*formulas_behind(results, self.reads.terms, ())}
        return measures.cells([c for c in self.reads.formulas if c not in taken or c in to_losses]) - {*taken}

    def is_computed_with(self, cell: Address) -> bool:
        """Whether a formula reads a cell that does more than to show it."""
        return not all(map(self._only_shows, self.reads.readers.get(cell, ())))

    def _only_shows(self, cell: Address) -> bool:
        """Whether a formula that nobody reads repeats another cell, shows it otherwise, or marks it."""
        marks = self.values[self.reads.table.index[cell]]
        shows = shows_otherwise(self.reads.table.texts.get(cell, ""))
        return not self.reads.readers.get(cell) and bool(
            isinstance(marks, str | bool) or shows or self.reads.is_copy(cell)
        )


@dataclass(frozen=True, eq=False)
class Candidate:
    """An edit, and the arrangement of the part under it.

    Attributes:
        edit: cell → what it would compute.
        arrangement: the layers that the part has then.
    """

    edit: Edit
    arrangement: Arrangement


def seeming_weights(base: Arrangement) -> set[Address]:
    """Cells that seem to be weights, whatever the layers are."""
    votes = Counter[Address]()
    sure = set[Address]()
    for instance in base.recognised.instances:
        votes.update(map(cell_of, instance.weights))
        votes.subtract(map(cell_of, instance.inputs))
        sure |= {cell_of(w) for x, w in instance.pairs if x is not None and base.reads.is_formula(cell_of(x))}
    others = {
        cell_of(x)
        for instance in base.recognised.instances
        for x, w in instance.pairs
        if x is not None and cell_of(w) in sure
    }
    return {cell for cell, count in votes.items() if count > 0 and cell not in others} | sure


def _is_grid(places: Sequence[tuple[float, ...]]) -> bool:
    """Whether places are all those of some rows and columns that are evenly apart, one after the other."""
    if len(places) <= _BESIDE or len({*map(len, places)}) > 1 or not places[0]:
        return False
    along = [sorted({*own}) for own in zip(*places, strict=True)]
    even = all(len({b - a for a, b in pairwise(own)}) <= 1 for own in along)
    return even and [*places] == [*product(*along)]
