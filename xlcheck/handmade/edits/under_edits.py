"""What worksheets become if some cells compute something else: only what that reaches is looked at again.

Most edits can be left out without a look. An edit changes nothing in the weighted sums that do not depend on its
cells; if these contradict one another, no term in the edited cells can make a textbook network of all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain

from xlcheck.formulas.algebra import Address, Leaf, Term
from xlcheck.handmade import effort
from xlcheck.handmade.arrangements.arrangement import Arrangement
from xlcheck.handmade.arrangements.arranging import arrangement_of
from xlcheck.handmade.arrangements.computed_weights import with_computed_weights
from xlcheck.handmade.arrangements.textbook import may_be_textbook
from xlcheck.handmade.edits.attested import Attested
from xlcheck.handmade.equations.colouring import coloured
from xlcheck.handmade.equations.gru_states import has_updates
from xlcheck.handmade.equations.instances import LINEAR, weighted_sums
from xlcheck.handmade.equations.layers import Layer
from xlcheck.handmade.equations.recognise import Tables, recognise_layers
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.polynomials import Atom, atom_of, cell_of
from xlcheck.handmade.objections.unread_numbers import unread_near
from xlcheck.handmade.reading.cell_terms import NOTHING, CellTerms, leaves
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.reads import Reads
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.workbook.content import CellError

_NO_NUMBER = CellError("#VALUE!")
_STEPS = 3
"""Steps of a layer at which its weights are certain."""
_GATES = 4
"""Rows of an LSTM for each of its candidates."""


class UnderEdits:
    """Some worksheets under one edit after the other.

    Args:
        part: the worksheets.
        terms: what each formula computes.
        base: the worksheets as they are.

    Attributes:
        base: the worksheets as they are.
    """

    def __init__(self, part: SheetGroup, terms: CellTerms, base: Arrangement) -> None:
        self._part, self._terms, self._forms, self.base = part, terms, base.forms, base
        self._weights, self._attested = frozenset(_certain_weights(base)), Attested(part.table, base)
        self._tables: dict[object, Tables | None] = {}
        self._sums = {x.atom: x for x in weighted_sums(self._forms).values() if x.activation != LINEAR}
        self._cells = {atom: self._cells_of(atom) for atom in self._forms if self._forms.of(atom).is_activation}
        self._factors: dict[Address, set[Address]] = {}
        self._known_missing: dict[frozenset[Atom], float] = {}
        self._may_help: dict[frozenset[Address], bool] = {}
        self._unread: dict[frozenset[Address], set[Address]] = {}

    def may_help(self, cells: Iterable[Address]) -> bool:
        """Whether an edit of some cells may make a textbook network, by what does not depend on them."""
        key = frozenset(cells)
        if not self._broken <= key or not self._weights.isdisjoint(key) or self._attested.are_set_apart(key):
            return False
        if key not in self._may_help:
            effort.require_time()
            touched = [self._touched_by(cell) for cell in key]
            left = frozenset(self._sums.keys() - set().union(*touched))
            # A cell fills one place, or those of the sums that it is part of.
            most = sum(max(1, len(own)) for own in touched)
            self._may_help[key] = self._missing_beside(left) <= most
            weights = {cell_of(own) for x in self.base.recognised.instances if x.atom in left for own in x.weights}
            self._unread[key] = {*unread_near(self._part.table, self.base.reads.read, weights)}
        return self._may_help[key]

    def _touched_by(self, cell: Address) -> set[Atom]:
        """The activations that may be others if a cell computes something else."""
        reached = self._depending_on(cell)
        return {atom for atom, own in self._cells.items() if not own.isdisjoint(reached)}

    def _leaves_unread(self, edit: Mapping[Address, Term]) -> bool:
        """Whether a number beside weights of sums that do not depend on an edit is read by nobody after it, too."""
        if not self.may_help(edit):
            return True
        return not self._unread[frozenset(edit)] <= {*edit, *chain.from_iterable(map(leaves, edit.values()))}

    @cached_property
    def _broken(self) -> set[Address]:
        """The formulas that give #VALUE! of numbers, words and blank cells, or pass a word on to one that does.

        No edit of other cells helps them.
        """
        part, table, precedents = self._part, self._part.table, self._part.precedents
        value = {cell: part.values[table.index[cell]] for cell in table.texts}

        def is_broken(cell: Address) -> bool:
            own, read = value[cell], [value[other] for other in precedents.of(cell) if other in value]
            if isinstance(own, str):
                return not read and any(value[reader] == _NO_NUMBER for reader in precedents.readers(cell))
            return own == _NO_NUMBER and bool(precedents.readers(cell)) and all(isinstance(o, float) for o in read)

        return set(filter(is_broken, table.texts))

    def arrangement(self, edit: Mapping[Address, Term]) -> Arrangement | None:
        """The layers under an edit; None if these are no textbook network.

        Args:
            edit: cell → what it would compute.
        """
        if self._leaves_unread(edit):
            return None
        terms = self._terms.edited(edit)
        if goes_round(terms, edit, self._part.precedents):
            return None
        forms = self._forms.edited(terms, edit)
        tables = self._tables_of(forms, edit)
        if tables is None:
            return None
        recognised = recognise_layers(forms, tables)
        if not may_be_textbook(recognised, edit):
            return None
        reads = Reads(self._part.table, self._part.precedents, terms, edit)
        return with_computed_weights(arrangement_of(recognised, self._part.values, reads))

    def with_blanks(self, edit: Mapping[Address, Term]) -> Mapping[Address, Term]:
        """An edit with the copies of blank cells that were filled like its own copies, if these become more than that.

        Args:
            edit: cell → what it would compute.
        """
        more = dict[Address, Term]()
        for cell, term in edit.items():
            is_copy_no_more = isinstance(self._terms.get(cell), Leaf) and not isinstance(term, Leaf)
            for other in self._copies if is_copy_no_more else ():
                if self._part.table.fills(cell, other):
                    more[other] = NOTHING
        return {**edit, **more}

    @cached_property
    def _copies(self) -> list[Address]:
        """The formulas that are copies of blank cells."""
        texts = self._part.table.texts
        return [cell for cell in texts if cell not in self._terms and self._part.precedents.is_copy(cell)]

    def _tables_of(self, forms: Forms, edited: Iterable[Address]) -> Tables | None:
        """The tables of weighted sums; None if they are not whole."""
        sums = weighted_sums(forms)
        turned = {atom for cell in edited if self._forms.is_given(atom := atom_of(cell))}
        key = (*(x.sums_up for x in sums.values()), frozenset(turned))
        if key not in self._tables:
            left = frozenset(
                atom for atom, x in self._sums.items()
                if atom in sums and sums[atom].sums_up == x.sums_up and turned.isdisjoint(chain(*x.monomials))
            )  # fmt: skip
            more = sum(x.activation != LINEAR for x in sums.values()) - len(left)
            self._tables[key] = None if self._missing_beside(left) > more else Tables.of(coloured(sums, forms))
        tables = self._tables[key]
        is_whole = tables and all(_may_be_whole(layer) or self._may_be_gru(layer, forms) for layer in tables.layers)
        return tables if is_whole else None

    def _may_be_gru(self, layer: Layer, forms: Forms) -> bool:
        """Whether a table may fall apart into the gates of a GRU and its candidates."""
        return len(set(layer.activations.values())) > 1 and has_updates(forms)

    def _depending_on(self, cell: Address) -> set[Address]:
        """A cell, and those whose forms may be others if it computes something else.

        What a cell computes matters to those that add it to others, and not to those that multiply it.
        """
        uses = self._forms.uses
        start = {cell, *(uses.asking(cell) if self._forms.is_given(atom_of(cell)) else ())}
        return start | reached(
            start, lambda own: (user for user in uses.users.get(own, ()) if own not in self._factors_in(user))
        )

    def _factors_in(self, cell: Address) -> set[Address]:
        """The cells that are factors in what a cell computes, or in parts of it."""
        if cell not in self._factors:
            forms = map(self._forms.of, self._forms.atoms_in(cell))
            monomials = [monomial for form in forms for monomial in form.polynomial if len(monomial) > 1]
            self._factors[cell] = {cell_of(atom) for monomial in monomials for atom in monomial}
        return self._factors[cell]

    def _cells_of(self, atom: Atom) -> set[Address]:
        """The cells that say what an activation is of."""
        found = {atom, *self._forms.inlined.get(atom, ())}
        found.update(*self._forms.of(atom).polynomial)
        if atom in self._sums:
            found.update(*self._sums[atom].monomials)
        return {cell_of(other) for other in found}

    def _missing_beside(self, left: frozenset[Atom]) -> float:
        """How many more weighted sums some of them need to be those of a textbook network; infinity if none helps."""
        if left not in self._known_missing:
            own = {atom: replace(self._sums[atom]) for atom in left}
            layers = Tables.of(coloured(own, self._forms)).layers
            self._known_missing[left] = sum(_missing(layer, self._forms) for layer in layers)
        return self._known_missing[left]


def _certain_weights(base: Arrangement) -> Iterator[Address]:
    """The typed numbers that whole layers multiply their inputs with at three steps or samples, or more.

    They are no states, inputs or gates that somebody typed a number over: these are read at one step or two.
    """
    for reading in base.readings:
        layer = reading.layer
        if reading.is_certain and layer.is_whole and len(layer.steps) >= _STEPS:
            weights = (cell_of(weight) for row in layer.rows for weight in layer.weights[row].values())
            yield from filter(base.reads.is_typed, weights)


def _may_be_whole(layer: Layer) -> bool:
    """Whether a table is whole, perhaps but for a gate of the first steps."""
    return layer.is_whole or (layer.is_whole_but_for_gaps and layer.may_begin_without)


def _missing(layer: Layer, forms: Forms) -> float:
    """How many places of a table are empty; infinity if weighted sums contradict one another, or cannot be right."""
    if not all(x.is_anchored for x in layer.instances):
        return 0
    if layer.reads_twice(forms):
        return math.inf
    if _may_be_whole(layer):
        return 0
    kinds = layer.activations
    if len(set(kinds.values())) > 1 and len(kinds) != _GATES * list(kinds.values()).count("tanh"):
        # Gates and candidates of a GRU may have been put together.
        parts = [layer.restricted(row for row in kinds if kinds[row] == kind) for kind in sorted(set(kinds.values()))]
        return sum(_missing(part, forms) for part in parts)
    return math.inf if layer.misfits else len(layer.rows) * len(layer.steps) - len(layer.at)


def goes_round(terms: CellTerms, edit: Mapping[Address, Term], precedents: Precedents) -> bool:
    """Whether an edited cell would read itself, through others, also through those that hold an error.

    Args:
        terms: what each formula computes, also the edited ones.
        edit: the edited cells.
        precedents: who reads what as it is.
    """
    return any(cell in reached([cell], lambda c: terms.reads[c] if c in terms else precedents.of(c)) for cell in edit)
