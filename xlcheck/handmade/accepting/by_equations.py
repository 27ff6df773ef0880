"""Check the layers that formulas show by their equations, each by itself and on what stands in its own inputs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xlcheck.errors import UsageError
from xlcheck.formulas.algebra import Address, Term
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.acceptance import rounds_throughout
from xlcheck.handmade.accepting.bench import Bench
from xlcheck.handmade.accepting.outcome import CORRECT, Outcome, told_by
from xlcheck.handmade.accepting.witnesses import reason_to_doubt
from xlcheck.handmade.arrangements.arrangement import Arrangement
from xlcheck.handmade.arrangements.arranging import arranged
from xlcheck.handmade.arrangements.beside_layers import BesideLayers
from xlcheck.handmade.arrangements.computed_weights import with_computed_weights
from xlcheck.handmade.arrangements.layer_cells import LayerCells, may_be_no_network
from xlcheck.handmade.equations.chains import chained
from xlcheck.handmade.equations.gru_states import mixed_otherwise
from xlcheck.handmade.equations.instances import LINEAR
from xlcheck.handmade.families.patterns import out_of_place
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.objections.left_out import begins_late, reads_less
from xlcheck.handmade.objections.objections import doubt_of
from xlcheck.handmade.reading.cell_terms import CellTerms, conditions_in, leaves
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reads import Reads
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.verdicts.messages import first_of
from xlcheck.verdicts.report import Status

_IN_ORDER = frozenset({Status.AGREE, Status.CARRIED})
"""What cells are that compute what they should from what they read."""


@dataclass(frozen=True)
class Settled:
    """What the equations of some worksheets say.

    Attributes:
        outcomes: a verdict for each layer that was accepted.
        left: formula cells that have none and should have one.
        spare: formula cells that need none: copies, typed numbers, texts, units that nothing reads.
        doubts: why there is no verdict on what was nearly recognised.
        may_be_more: whether activations of weighted sums were seen, so that there is a network.
        is_misnamed: whether a doubt is about what a number beside the layers is called.
    """

    outcomes: tuple[Outcome, ...] = ()
    left: tuple[Address, ...] = ()
    spare: tuple[Address, ...] = ()
    doubts: tuple[str, ...] = ()
    may_be_more: bool = True
    is_misnamed: bool = False

    @property
    def roots(self) -> set[Address]:
        """The cells that are called wrong."""
        return {verdict.cell for outcome in self.outcomes for verdict in outcome.roots}

    @property
    def right_today(self) -> set[Address]:
        """Those of them that hold the right number all the same."""
        return {verdict.cell for outcome in self.outcomes for verdict in outcome.roots if verdict.only_here}

    @property
    def is_whole(self) -> bool:
        """Whether every formula that should have a verdict has one, and nothing is missing or speaks otherwise."""
        missing = any(outcome.left.missing for outcome in self.outcomes)
        return bool(self.outcomes) and not (self.left or self.doubts or missing)

    @property
    def is_sure(self) -> bool:
        """Whether that is so, and every formula is right."""
        return self.is_whole and not self.roots

    def sparing(self, cells: Collection[Address]) -> Settled:
        """The same without a need for a verdict on some formulas.

        Args:
            cells: the formulas.
        """
        spared = tuple(cell for cell in self.left if cell in cells)
        left = tuple(cell for cell in self.left if cell not in cells)
        return replace(self, left=left, spare=(*self.spare, *spared)) if spared else self

    def but_for(self, doubts: Collection[str]) -> Settled:
        """The same without some doubts."""
        return replace(self, doubts=tuple(own for own in self.doubts if own not in doubts))

    def joined_by(self, outcomes: Iterable[Outcome]) -> Settled:
        """The same with what became of other cells, or of the same ones under an edit.

        Args:
            outcomes: one for each of their layers.
        """
        new = tuple(outcomes)
        judged = {verdict.cell for outcome in new for verdict in outcome.verdicts}
        kept = tuple(o for o in self.outcomes if judged.isdisjoint(verdict.cell for verdict in o.verdicts))
        again = {verdict.cell for o in self.outcomes if o not in kept for verdict in o.verdicts}
        left = tuple(cell for cell in (*self.left, *sorted(again)) if cell not in judged)
        return replace(self, outcomes=(*kept, *new), left=left) if new else self

    def contradicts(self, others: Sequence[Outcome]) -> bool:
        """Whether another reading calls cells right that are wrong in this one.

        Args:
            others: what became of the cells in the other reading.
        """
        return not self.roots <= {verdict.cell for other in others for verdict in other.roots}


def layers_of(part: SheetGroup, terms: CellTerms) -> Arrangement:
    """The layers of some worksheets.

    Args:
        part: the worksheets.
        terms: what each formula computes from the cells that it reads.
    """
    return with_computed_weights(arranged(terms, part.values, Reads(part.table, part.precedents, terms)))


def settled(found: Arrangement, part: SheetGroup, bench: Bench, edit: Mapping[Address, Term] | None = None) -> Settled:
    """Judge the layers of some worksheets.

    Args:
        found: the layers, perhaps under an edit.
        part: the worksheets.
        bench: judges the layers.
        edit: cells that are wrong if they do not compute this.
    """
    meant = edit or {}
    outcomes: list[Outcome] = []
    taken: set[Address] = set()
    unjudged = ((cell_of(atom), why) for atom, why in (*found.recognised.doubtful, *found.alone))
    doubts = [f"the weighted sums from {show(cell)} on were not judged: {why}"
              for cell, why in unjudged if cell not in found.measured]  # fmt: skip
    for layer in found.layers:
        try:
            effort.require_time()
            outcome, unsure = bench.judged(layer, found.forms, meant)
        except UsageError as error:
            doubts.append(str(error).removesuffix(f"; {CORRECT}"))
            continue
        except effort.OutOfTimeError:
            doubts.append(effort.USED_UP)
            break
        opaque = {v.cell for v in outcome.verdicts if v.status is Status.AGREE and v.cell in outcome.aligned.opaque}
        if opaque:
            doubts.append(f"{show(min(opaque))} gives what it should, but it was not recognised how")
            outcome = outcome.without(opaque, doubts[-1])
        strange = dict(may_stay_right(outcome, found))
        doubts += strange.values()
        outcome = outcome.without(strange, next(iter(strange.values()), ""))
        doubt = reason_to_doubt(layer.reading, outcome, found.forms, unsure, meant)
        rounding = rounds_throughout([verdict.cell for verdict in outcome.roots], outcome)
        why = rounding or (None if doubt is None else doubt.why)
        if doubt is not None and doubt.cells and rounding is None:
            outcome = outcome.without(doubt.cells, doubt.why)
            doubts.append(doubt.why)
            why = None if outcome.roots else doubt.why
        why = why or _why_another(found, part, layer, outcome)
        if why is None:
            notes = _choosing(sorted(found.switches(layer.own & part.table.texts.keys())))
            outcome = replace(outcome, notes=(*outcome.notes, *notes))
            outcomes.append(bench.kept(outcome).but_for(told_by(outcomes)))
            taken |= layer.own
        else:
            doubts.append(why)
    for outcome, own in _plain_layers(found, bench, meant, doubts):
        outcomes.append(outcome)
        taken |= own
    left, spare = BesideLayers(found, taken).rest()
    doubts = [*mixed_otherwise(found.forms, found.recognised.readings), *doubts]
    doubts += found.mixed_up() + found.objections() + found.words_against()
    bent = any(layer.reading.activations["activation"] != LINEAR for layer in found.layers)
    bent = bent or len(found.layers) > len(found.recognised.readings)  # as an attention, whose weights are computed
    bent = bent or any(_bends_a_network(found, atom) for atom in list(found.forms))
    may_be_more = found.recognised.has_activations or bent or bool(found.typed_over or found.decisions)
    return Settled(tuple(outcomes), tuple(left), tuple(spare), tuple(doubts), may_be_more)


def _choosing(cells: Sequence[Address]) -> Iterator[str]:
    """What a reader should know of cells that choose what is computed."""
    shown = first_of([show(cell) for cell in cells])
    if len(cells) == 1:
        yield f"{shown} chooses what is computed; only what it chooses today was checked"
    elif cells:
        yield f"{shown} choose what is computed; only what they choose today was checked"


def _why_another(found: Arrangement, part: SheetGroup, layer: LayerCells, outcome: Outcome) -> str | None:
    """Why a layer may be another one, though it is judged; None if nothing says so."""
    taken = {verdict.cell for verdict in outcome.roots if part.table.is_formula(verdict.cell)} - layer.own
    if why := doubt_of(part.table, found.reads.read.keys(), layer.reading):
        return why
    if taken:
        return f"{show(min(taken))} stands where a result would, and belongs to another layer"
    if outcome.roots and (why := may_be_no_network(layer, found.all_layers)):
        return why
    less = reads_less(found.reads.multiplies_blank, layer.reading)
    late = begins_late(found.reads.of, part.table, found.reads.read.keys(), layer.reading)
    agree = agreeing(outcome)
    return less or late or _the_same_today(layer, agree) or next(found.read_for_nothing(agree), None)


def _the_same_today(layer: LayerCells, agree: Collection[Address]) -> str | None:
    """Why what agrees may be wrong: it reads something else than others of its step, which is equal where words are."""
    table = layer.reading.layer
    for place, own in table.misfits:
        read = {cell_of(x) for product in own.monomials - table.wanted(*place) for x in product if x not in own.weights}
        if read and cell_of(own.atom) in agree:
            cells = f"{show(cell_of(own.atom))} reads {show(min(read))}"
            return f"{cells}, others of its step do not, and that is the same only as long as equal words stand there"
    return None


def _bends_a_network(found: Arrangement, atom: Atom) -> bool:
    """Whether something is an activation of a sum of products, or, beside layers, of what other formulas compute."""
    form = found.forms.of(atom)
    parts = form.polynomial if form.is_activation else ()
    computed = found.layers and any(not found.forms.is_given(part) for own in parts for part in own)
    return bool(computed) or any(len(own) > 1 for own in parts)


def _plain_layers(
    found: Arrangement, bench: Bench, meant: Mapping[Address, Term], doubts: list[str]
) -> Iterator[tuple[Outcome, frozenset[Address]]]:
    """The layers without sums of weights in which all is right, or wrong where it is known what is meant."""
    for plain in found.plain:
        try:
            outcome = bench.judged_plain(plain, meant)
        except UsageError as error:
            doubts.append(str(error).removesuffix(f"; {CORRECT}"))
            continue
        wrong = {verdict.cell for verdict in outcome.roots}
        if all(verdict.status in _IN_ORDER for verdict in outcome.verdicts) or (wrong and wrong <= meant.keys()):
            yield outcome, plain.own


def agreeing(outcome: Outcome) -> list[Address]:
    """The cells that hold what they should."""
    return [verdict.cell for verdict in outcome.verdicts if verdict.status is Status.AGREE]


def networks_of(
    table: CellTable, values: CellValues, precedents: Precedents
) -> tuple[list[Network], Collection[Address], Sequence[str]]:
    """The networks of a workbook, each of layers one behind the other, the formula cells that compute them, and doubts.

    Layers that may be of another kind are left out; the doubts are why the others may be put together otherwise.
    """
    terms = CellTerms(table, values)
    found = arranged(terms, values, Reads(table, precedents, terms))
    layers = [layer for layer in found.layers if layer.reading.is_certain]
    cells = {cell for layer in layers for cell in layer.own} & table.texts.keys()
    named, losses = [(layer.reading, layer.name) for layer in layers], [layer.loss for layer in layers]
    networks = chained(named, losses, table.typed_numbers)
    doubts = [*found.mixed_up(), *found.objections(), *found.words_against(), *out_of_place(table, values, cells)]
    return networks, cells, doubts


def may_stay_right(outcome: Outcome, found: Arrangement) -> Iterator[tuple[Address, str]]:
    """The cells that are right for the numbers shown and read a number that is none of the network's, and why.

    `IF(A13=2,TANH(…),5)` is right as long as the number of the step stands in A13, and nobody knows what that is for. A
    term that is 0 today is known: it adds what stands in the wrong place.

    Args:
        outcome: what became of the cells of a layer.
        found: all layers, perhaps under an edit.
    """
    right = (verdict.cell for verdict in outcome.verdicts if verdict.status is Status.AGREE)
    known = found.own | found.given
    known |= {read for cell in right for read in outcome.precedents.of(cell)}  # as a number that all choose by
    table = found.reads.table
    for cell in sorted(verdict.cell for verdict in outcome.roots if verdict.only_here):
        asked = _asked(cell, found)
        for read in outcome.precedents.of(cell):
            if read not in known and (read in asked or (table.is_number(read) and found.reads.terms.number(read))):
                yield cell, f"{show(cell)} reads {show(read)}, which is no number of the layer"
                break


def _asked(cell: Address, found: Arrangement) -> set[Address]:
    """The cells by whose numbers the formula of the file chooses what it gives."""
    text, terms = found.reads.table.texts.get(cell), found.reads.terms
    term = None if text is None else terms.term_of(cell, text)
    return set() if term is None else {read for own in conditions_in(term) for read in leaves(own)}
