"""Which cells belong to which layer: the layers of some worksheets, the formulas between them, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from xlcheck.formulas.algebra import Address, Leaf
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.equations.between import against_them_together
from xlcheck.handmade.equations.decisions import decisions
from xlcheck.handmade.equations.derivatives import derivatives
from xlcheck.handmade.equations.forms import COPY, GIVEN, OPAQUE, SUM, Forms
from xlcheck.handmade.equations.functions import formulas_behind
from xlcheck.handmade.equations.left_out import reads_empty
from xlcheck.handmade.equations.measures import Measures
from xlcheck.handmade.equations.objections import objections, repeated, words_against
from xlcheck.handmade.equations.orders import (
    crossed,
    exchanged,
    exchanged_in_words,
    gap_in_a_line,
    other_order,
    out_of_line,
    turned_units,
)
from xlcheck.handmade.equations.plain import PlainCells
from xlcheck.handmade.equations.polynomials import Atom, atom_of, cell_of
from xlcheck.handmade.equations.reading import Reading, outputs, scaled_inputs, unused_cells
from xlcheck.handmade.equations.recognise import Recognised
from xlcheck.handmade.equations.typed_over import TypedOver, typed_over
from xlcheck.handmade.equations.whole_steps import mixed_up_steps, mixing_shares
from xlcheck.handmade.evaluations import evaluations, goes_on
from xlcheck.handmade.layer_cells import LayerCells, at_first
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellValues, show
from xlcheck.handmade.reading.lines import Lines
from xlcheck.handmade.reading.numbers_as_text import is_number_as_text
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reads import Reads
from xlcheck.handmade.showing import asks_for_the_sign, bends, is_difference, shows_otherwise
from xlcheck.verdicts.elsewhere import CHANCE, depends_on

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
        """The single weighted sums that may be anything: cell, and why."""
        return [(min(reading.layer.by_atom), "it is one weighted sum only") for reading in self.recognised.alone]

    @property
    def forms(self) -> Forms:
        """What each cell computes."""
        return self.recognised.forms

    def mixed_up(self) -> list[str]:
        """Why units, steps or samples may stand in each other's place, though all formulas agree."""
        found = (why(r, networks[0].weights) for r, networks in self._readings for why in (other_order, crossed))
        inputs = Counter(frozenset(layer.inputs) for layer in self.layers)
        places = [
            exchanged(self.reads.table, own.reading, is_one_of_two=inputs[frozenset(own.inputs)] > 1)
            for own in self.layers
        ]
        places += [why(self.reads.table, r) for r, _ in self._readings for why in (out_of_line, gap_in_a_line)]
        turned = {turned_units(r, networks[0].weights): r for r, networks in self._readings}
        if {True, False} <= turned.keys():
            first = show(cell_of(min(outputs(turned[True]).values())))
            places.append(f"{first} and the units beside it stand the other way round than their weights")
        places += [exchanged_in_words(self.reads.table, own.own - self.reads.edited.keys()) for own in self.layers]
        return [why for why in (*found, *places) if why is not None]

    def objections(self) -> list[str]:
        """What a reader would ask before believing that all of it is right, words aside."""
        table, readings = self.reads.table, self.readings
        alone = objections(table, self.values, self.reads.read.keys(), self._readings)
        together = against_them_together(readings, self.forms, table)
        said = islice(self.reads.said_of_words((sorted(layer.own) for layer in self.layers), self.values), 1)
        empty = filter(None, (reads_empty(self.reads.of, table, reading) for reading in readings))
        steps = islice(mixed_up_steps(readings, [layer.results for layer in self.plain]), 1)
        softmaxes = [own.results for own in self.plain if own.networks[0].spec.layers[-1].kind == "Softmax"]
        shares = islice(mixing_shares(readings, softmaxes), 1)
        return [*alone, *said, *empty, *(own.said for own in self.typed_over[:1]), *together, *steps, *shares]

    @cached_property
    def typed_over(self) -> list[TypedOver]:
        """The typed numbers in the place of activations."""
        return [own for own in typed_over(self.reads.terms, self.reads.table) if own.cell not in self.reads.terms]

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
        return {cell for cell in found if self.reads.is_typed(cell)}

    def said_again(self) -> dict[Address, str]:
        """The cells that compute again what another one holds and that nobody reads, and so in words."""
        found = repeated(self.readings)
        return {cell: why for cell, why in found if not self.reads.read.get(cell)}

    @property
    def _readings(self) -> list[tuple[Reading, tuple[Network, ...]]]:
        return [(layer.reading, layer.networks) for layer in self.layers]

    def rest(self, taken: Collection[Address]) -> tuple[list[Address], list[Address]]:
        """The formulas that no layer has: those that should have a verdict, and those that need none."""
        left, readings = list[Address](), self.readings
        products = scaled_inputs(readings, self.forms)
        scaled = {cell for cell in products if not (self._is_followed(cell) or self.reads.multiplies_blank(cell))}
        spare = unused_cells(readings, self.forms) | scaled
        known = {*taken, *scaled, *self.given}
        table = self.reads.table
        made, again = self._preparation(taken), self._again(taken)
        for cell in self.reads.formulas:
            if cell not in taken and cell not in spare:
                kind = self.forms.of(atom_of(cell)).kind
                value = self.values[table.index[cell]]
                says = isinstance(value, str | bool)
                shows = kind == COPY and not self.reads.multiplies_blank(cell)
                is_spare = shows or (kind == GIVEN and not says and not self._may_be_missed(cell, taken))
                is_spare = is_spare or (self._waits(cell) and not self._bends_nothing(cell))
                # Nobody writes ="h" where h would do; a result may be turned into a text.
                says = says and not is_number_as_text(value) and not self._asks_for_a_number(cell)
                is_spare = is_spare or (says and bool(self.reads.of(cell)))
                is_spare = is_spare or cell in made or cell in again or self._is_shown_only(cell, known)
                is_spare = is_spare or (cell in self.decisions and not self._is_read(cell))
                is_result = kind == COPY and self._may_be_a_result(cell, taken)
                (spare.add if is_spare and not is_result else left.append)(cell)
        regular, odd = evaluations(self.reads, taken, self.decisions)
        telling = [cell for cell in spare if isinstance(self.values[table.index[cell]], str) and self.reads.of(cell)]
        lines = Lines(telling, table)
        odd |= {cell for cell in telling if lines.differs(cell) or lines.is_alone(cell)}
        regular |= derivatives(readings, self.reads.terms, taken) if left else set()
        regular |= self._measures(taken) if left else set()
        if any(cell in regular for cell in left):
            given = {cell for layer in self.layers for cell in layer.inputs}
            regular -= reached(given, self.reads.of, through=lambda own: own not in taken) | given  # they go on
        spare = (spare | regular if left else spare) - {*taken} - odd
        left += [cell for cell in odd if cell not in left]
        return [cell for cell in left if cell not in spare], [cell for cell in self.reads.formulas if cell in spare]

    def _preparation(self, taken: Collection[Address]) -> set[Address]:
        """Formulas that only make what the layers are given: they look something up, count, or scale an input."""
        given = {cell for layer in self.layers for cell in layer.given}
        inputs = {cell for layer in self.layers for cell in layer.inputs}
        found, behind = set[Address](), {*taken, *reached(taken, lambda own: self.reads.readers.get(own, ()))}
        for cell in given:
            kind = self.forms.of(atom_of(cell)).kind
            is_input = cell in inputs and cell not in behind and kind not in {GIVEN, COPY}
            if kind == OPAQUE or is_input:
                own = self.reads.leading_to(cell)
                found |= own if kind == OPAQUE or not self._weighs(own) else set()
        return found

    def _weighs(self, cells: Collection[Address]) -> bool:
        """Whether some cells multiply others, or apply an activation, as layers do."""
        forms = (self.forms.of(atom_of(cell)) for cell in cells)
        return any(form.is_activation or any(len(own) > 1 for own in form.polynomial) for form in forms)

    def _again(self, taken: Collection[Address]) -> set[Address]:
        """Formulas that nobody reads and that compute again what a layer's cells do; a single one may be a mistake."""
        known = {self.reads.terms.get(cell) for cell in taken} - {None}
        found = [cell for cell in self.reads.formulas if cell not in taken and not self.reads.read.get(cell)]
        found = [cell for cell in found if self.reads.terms.get(cell) in known]
        filled = Counter(skeleton(self.reads.table.texts.get(cell, "")) for cell in found)
        return {cell for cell in found if filled[skeleton(self.reads.table.texts.get(cell, ""))] > 1}

    @cached_property
    def measured(self) -> set[Address]:
        """The formulas that only measure results, also those that are Keras's losses."""
        losses = {cell for layer in self.layers if layer.loss is not None for cell in layer.loss.at.values()}
        return losses | self._measures(self.own)

    def _measures(self, taken: Collection[Address]) -> set[Address]:
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

    def _may_be_missed(self, cell: Address, taken: Collection[Address]) -> bool:
        """Whether a formula that gives a date, say, stands among a layer's cells; above all of them it is a heading."""
        reason = depends_on(self.reads.table.texts.get(cell, ""), {})
        on_sheet = [other for other in taken if other[0] == cell[0]]
        if reason in {None, CHANCE} or all(cell[1] < other[1] for other in on_sheet):
            return False
        return any(0 in (away := (abs(cell[1] - o[1]), abs(cell[2] - o[2]))) and max(away) <= _NEAR for o in on_sheet)

    def _may_be_a_result(self, cell: Address, taken: Collection[Address]) -> bool:
        """Whether a copy that nobody reads stands in line with a layer's cells beside them, and shows no result."""
        source = self.forms.source(atom_of(cell))
        values = [layer.reading.values.get(symbol, {}) for layer in self.layers for symbol in ("y", "h", "c")]
        results = {atom for own in values for atom in own.values()}
        if source in results or cell_of(source) not in taken or self.reads.read.get(cell):
            return False
        near = [away for away in range(-_BESIDE, _BESIDE + 1) if away]
        places = [(cell[0], cell[1] + k, cell[2]) for k in near] + [(cell[0], cell[1], cell[2] + k) for k in near]
        return any(place in taken for place in places)

    def _is_shown_only(self, cell: Address, known: Collection[Address]) -> bool:
        """Whether a formula that nobody reads shows results otherwise: as per cent, rounded, their mean or distance.

        The distance may be that to a number in a cell that only such formulas read, as in an answer key.
        """
        text, read = self.reads.table.texts.get(cell, ""), self.reads.of(cell)
        others = [other for other in read if other not in known]
        losses = (own.loss.at.values() for own in self.layers if own.loss is not None)
        some = any(1 < len({*own} & {*read}) < len(own) for own in losses)  # a mean is that of all
        is_number = isinstance(self.values[self.reads.table.index[cell]], float)
        if self._is_read(cell) or some or (is_number and self._stops_early(read)):
            return False
        if not others:
            windows = (area for area in self.reads.areas(cell) if area.size > 1)
            return shows_otherwise(text) and not any(goes_on(area, self.reads, known) for area in windows)
        is_key = [*map(self.reads.table.is_number, others)] == [True] and is_difference(text)
        return is_key and not self._is_followed(others[0])

    def _stops_early(self, read: Collection[Address]) -> bool:
        """Whether a formula reads a state before the last one, which nobody reads, as if it were the end."""
        for layer in self.layers:
            steps = {cell_of(atom): at[0] for at, atom in layer.reading.values.get("h", {}).items()}
            last = max(steps.values(), default=0)
            ends = [cell for cell, step in steps.items() if step == last]
            if any(steps.get(cell, last) < last for cell in read) and not any(map(self.reads.readers.get, ends)):
                return True
        return False

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

    def _is_read(self, cell: Address) -> bool:
        """Whether a formula computes a number from a cell; a mark, such as DONE, is none."""
        index, values = self.reads.table.index, self.values
        return any(isinstance(values[index[reader]], float) for reader in self.reads.readers.get(cell, ()))

    def _is_followed(self, cell: Address) -> bool:
        """Whether a formula computes a number from a cell, and others compute one from that."""
        return any(self._is_read(reader) for reader in self.reads.readers.get(cell, ()))

    def _waits(self, cell: Address) -> bool:
        """Whether a formula reads nothing but marks or empty cells, or multiplies with these, as all that look like it.

        Such cells wait for an answer; where formulas that look the same read numbers, one that reads none is a slip.
        """
        form, index = self.forms.of(atom_of(cell)), self.reads.table.index
        read = self.reads.of(cell)
        marks = bool(read) and all(isinstance(self.values[index[x]], str | bool) for x in read if x in index)
        is_nothing = form.kind == SUM and not form.polynomial
        return (marks or is_nothing) and cut(self.reads.table.texts.get(cell, "")).between not in self._counting

    @cached_property
    def _counting(self) -> set[Sequence[str]]:
        """What formulas look like that read numbers, but for what they read."""
        holds, texts = self.reads.terms.holds_number, self.reads.table.texts
        return {cut(text).between for cell, text in texts.items() if any(map(holds, self.reads.of(cell)))}

    def _asks_for_a_number(self, cell: Address) -> bool:
        """Whether a formula asks on which side of 0 a number is, and reads only words."""
        return asks_for_the_sign(self.reads.table.texts.get(cell, "")) and self._bends_nothing(cell)

    def _bends_nothing(self, cell: Address) -> bool:
        """Whether a formula is an activation of no number, beside the one perhaps that it should read."""
        holds = self.reads.terms.holds_number
        return bends(self.reads.table.texts.get(cell, "")) and not any(map(holds, self.reads.of(cell)))
