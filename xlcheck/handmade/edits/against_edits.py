"""What speaks against an edit, though it makes all of a part a textbook network: what nobody would have meant."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address, Leaf, Sum, Term
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.arrangements.arrangement import Arrangement, Candidate, seeming_weights
from xlcheck.handmade.edits.idle_under_edits import (
    idle_under,
    keeps_a_blank,
    leaves_idle,
    reads_for_nothing,
    takes_an_input_away,
)
from xlcheck.handmade.edits.lines_under_edits import (
    breaks_a_window,
    follows_the_few,
    leaves_its_line,
    reads_once,
    takes_a_loop_away,
    takes_an_addition_away,
)
from xlcheck.handmade.equations.reading import outputs
from xlcheck.handmade.forms.polynomials import Atom, atom_of, cell_of
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.reading.cell_terms import NOTHING, CellTerms, leaves
from xlcheck.handmade.reading.cells import beside
from xlcheck.handmade.reading.digits import COMPUTED, digits_of
from xlcheck.handmade.reading.offsets import are_in_line, offset, offset_between
from xlcheck.handmade.reading.reached import reached

_PAIR = 2
"""A number that formulas read no more under an edit, and the one that they read instead."""


def oddities(candidate: Candidate, base: Arrangement) -> tuple[int, ...]:
    """What speaks against an edit, in order.

    Words beside cells; what it leaves unread, edited cells beside the network, and formulas whose weights no longer
    stand in one line; with a minus, those whose weights stand in one line only after it; and how many layers there are.
    """
    own = {cell for layer in base.layers for cell in layer.own}
    are_idle = all(base.reads.is_idle(cell) and cell not in own for cell in candidate.edit)  # a first step may be
    idle = int(bool(own) and are_idle)
    instances = [instance for found in (base, candidate.arrangement) for instance in found.recognised.instances]
    inputs = {cell_of(x) for instance in instances for x in instance.inputs}

    terms, table = base.reads.terms, base.reads.table

    def weights_of(term: Term) -> set[Address]:
        return {cell for cell in leaves(term) if cell not in inputs and table.is_number(cell)}

    def in_line(term: Term) -> bool:
        weights = weights_of(term)
        others = (terms[cell] for cell in terms if cell not in candidate.edit)
        is_line = any(len({cell[side] for cell in weights}) <= 1 for side in (1, 2))
        return is_line or any(weights == weights_of(other) for other in others)  # one is laid out like another one

    moved = Counter((in_line(terms[cell]), in_line(term)) for cell, term in candidate.edit.items() if cell in terms)
    idle += len(idle_under(candidate, base)) + moved[True, False]
    return len(candidate.arrangement.words_against()), idle, -moved[False, True], len(candidate.arrangement.layers)


def in_other_copies(edit: Edit, terms: CellTerms) -> Iterator[tuple[Address, Address, Edit]]:
    """An edited copy, another one in line with it of the same cell, and the edit with that one in its place.

    Where two copies show one cell and another cell is shown by none, either may be wrong.

    Args:
        edit: what cells would compute.
        terms: what they compute as they are.
    """
    for cell in (own for own in edit if isinstance(terms.get(own), Leaf)):
        for other in (o for o in terms if terms[o] is terms[cell] and o not in edit and are_in_line(cell, o)):
            yield cell, other, {o: new for o, new in (*edit.items(), (other, edit[cell])) if o != cell}


def in_other_readers(edit: Edit, terms: CellTerms) -> Iterator[tuple[Address, Address, Edit]]:
    """An edited formula, one that goes on reading what it read, and the edit of all such ones in its place.

    Where two units read one typed number and nobody reads another, either may be meant to read that one: in a square of
    weights of two units, one takes its row and the other one its column.

    Args:
        edit: what cells would compute.
        terms: what they compute as they are.
    """
    changed = [({*leaves(terms[cell])}, {*leaves(new)}) for cell, new in edit.items() if cell in terms]
    moves = {(*(old - new), *(new - old)) for old, new in changed}
    move = moves.pop() if len(moves) == 1 and len(changed) == len(edit) else ()
    if len(move) != _PAIR or not terms.keys().isdisjoint(move) or terms.readers.get(move[1]):
        return
    lost, taken = move
    others = [cell for cell in terms.readers.get(lost, ()) if cell not in edit]
    old, new = terms.algebra.leaf(lost), terms.algebra.leaf(taken)
    meant = {cell: terms.algebra.replaced(terms[cell], lambda own: new if own is old else None) for cell in others}
    instead = {cell: term for cell, term in meant.items() if isinstance(term, Term)}
    if instead:
        yield min(edit), min(instead), instead


def is_strange(candidate: Candidate, base: Arrangement) -> bool:
    """Whether nobody would have meant what an edit makes of some worksheets.

    Args:
        candidate: the edit.
        base: the layers without it.
    """
    return any(rule(candidate, base) for rule in _RULES)


def _adds_a_strange_bias(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit adds a second bias, or one in line with the formula, where no weight is, as a first state is."""
    weights, instances = seeming_weights(base), candidate.arrangement.recognised.instances
    found = [(cell_of(own.atom), [cell_of(weight) for x, weight in own.pairs if x is None]) for own in instances]
    with_two = {cell for cell, own in found if len(own) > 1}
    if with_two and with_two <= candidate.edit.keys():
        return True
    biases = set(itertools.chain.from_iterable(own for _, own in found))
    for cell in candidate.edit.keys() & base.reads.terms.keys():
        before = {*leaves(base.reads.terms[cell])}
        for added in ({*leaves(candidate.edit[cell])} - before) & biases:
            lines = [side for side in (1, 2) if added[0] == cell[0] and added[side] == cell[side]]
            in_line = any(own[side] == cell[side] for own in before & weights for side in lines)
            if lines and not in_line and weights.isdisjoint(beside(added)):
                return True
    return False


def _computes_an_input(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit computes a short typed number that is read as other typed ones are, by formulas filled alike.

    Where some of those read a formula there, it may be a state; but what is read before what a network makes of itself
    was given to it, as far as it is typed.
    """
    reads, table = base.reads, base.reads.table
    numbers, texts = table.typed_numbers, table.texts
    for cell in candidate.edit.keys() & numbers.keys():
        for reader in reads.readers.get(cell, ()) if digits_of(numbers[cell]) < COMPUTED else ():
            read = set[Address]()
            for other in texts if reader in texts else ():
                place = offset(cell, offset_between(reader, other))
                if place != cell and place in reads.of(other) and table.fills(reader, other):
                    read.add(place)
            before = {place for place in read if place < cell}
            is_given = read.isdisjoint(texts) or (before and before <= numbers.keys())
            if (read & numbers.keys()) - candidate.edit.keys() and is_given:
                return True
    return False


def _computes_a_parameter(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit computes a typed number that formulas of several rows and columns read alike, as `$B$3`.

    So the forget bias of TensorFlow's `BasicLSTMCell` is meant, though one gate does not add it.
    """
    reads, table = base.reads, base.reads.table
    for cell in candidate.edit.keys() & table.typed_numbers.keys():
        fixed = re.compile(rf"{re.escape(cell_name(*cell[1:], fixed_row=True, fixed_column=True))}(?!\d)")
        alike = defaultdict[str, list[Address]](list)
        for reader in reads.readers.get(cell, ()):
            if fixed.search(table.texts.get(reader, "")):
                alike[skeleton(table.texts[reader])].append(reader)
        for readers in alike.values():
            spread = [len({own[side] for own in readers}) > 1 for side in (1, 2)]
            if all(spread) or (any(spread) and digits_of(table.typed_numbers[cell]) < COMPUTED):
                return True
    return False


def _copies_a_number(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit makes a typed weight or input a copy of another typed number, though none of its layer is one."""
    typed, terms = base.reads.table.typed_numbers, base.reads.terms
    copies = {
        cell: term.cell for cell, term in candidate.edit.items()
        if cell in typed and isinstance(term, Leaf) and term.cell in typed
    }  # fmt: skip
    for layer in base.layers if copies else ():
        weights = {cell for places in layer.networks[0].weights.values() for cell in places if cell is not None}
        if not weights.isdisjoint(copies) and not any(map(base.reads.is_formula, weights)):
            return True
    copied = {term.cell for term in terms.values() if isinstance(term, Leaf)} if copies else set[Address]()
    inputs = (layer.inputs for layer in candidate.arrangement.layers)
    return any(not own.isdisjoint(copies.values()) and own.isdisjoint(copied) for own in inputs)


def _takes_a_loss_for_a_layer(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit makes a layer of what measures results, which is no slip of a weighted sum: a square, a size."""

    def is_difference(term: Term) -> bool:
        return isinstance(term, Sum) and all(isinstance(part, Leaf) for part, _ in term.parts)

    terms = base.reads.terms
    bent = [c for c in candidate.edit.keys() & base.measured if c in terms and not is_difference(terms[c])]
    return bool(bent) and not candidate.arrangement.measured.issuperset(bent)


def _fills_a_gap(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit has a range go on to a cell to which the range of the only other of its kind could go as well."""
    texts, terms = base.reads.table.texts, base.reads.terms
    for cell in candidate.edit.keys() & texts.keys() & terms.keys():
        before, after = {*terms.reads[cell]}, {*leaves(candidate.edit[cell])}
        kin = [own for own in texts if own != cell and own in terms and skeleton(texts[own]) == skeleton(texts[cell])]
        other = {*terms.reads[kin[0]]} if len(kin) == 1 else set[Address]()
        for added, by in itertools.product(after - before - other, ((0, 1), (1, 0), (0, -1), (-1, 0))):
            if offset(added, by) in before - other and offset(added, by, -1) in other - before:
                return True
    return False


def _makes_a_mean(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit makes the mean of all losses of what is no sum of them, as a limit that lies above that mean."""
    means = {own.loss.mean for own in candidate.arrangement.layers if own.loss is not None}
    terms = base.reads.terms
    bent = [cell for cell in candidate.edit.keys() & means if cell in terms]
    return any(
        not isinstance(own := terms[cell], Sum) or not all(isinstance(x, Leaf) for x, _ in own.parts) for cell in bent
    )


def _takes_an_activation_away(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit makes an activation of what another cell computes a sum in which that cell is not read."""
    terms = base.reads.terms
    for cell in candidate.edit.keys() & terms.keys():
        read = terms.reads[cell]
        bends = base.forms.of(atom_of(cell)).is_activation and len(read) == 1 and base.reads.is_formula(read[0])
        if bends and isinstance(candidate.edit[cell], Sum) and read[0] not in leaves(candidate.edit[cell]):
            return True
    return False


def _computes_what_is_fetched(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit computes something where a typed number is fetched, as the formula right beside fetches one, too.

    So the first input of a network that is fed its own answers is no answer itself.
    """
    terms = base.reads.terms
    fetches = {cell for cell in candidate.edit if isinstance(own := terms.get(cell), Leaf) and own.cell not in terms}
    fetches -= {cell for cell in fetches if isinstance(candidate.edit[cell], Leaf)}
    return any(isinstance(terms.get(other), Leaf) for cell in fetches for other in beside(cell))


def _computes_again(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edited cell would compute the very same as another one, which is no copy and reads something."""
    terms, edit = base.reads.terms, candidate.edit
    others = {term for cell, term in terms.items() if cell not in edit and not isinstance(term, Leaf)}
    return not (others - {NOTHING}).isdisjoint(edit.values())


def _reads_past(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit adds one sample or step of a layer to what another one makes of its others, as their maximum."""
    terms, reads = base.reads.terms, base.reads
    for cell in candidate.edit.keys() & terms.keys():
        read = {*leaves(candidate.edit[cell])}
        for reading in (own.reading for own in candidate.arrangement.layers if own.reading.kind == "Dense"):
            made = {cell_of(atom) for atom in outputs(reading).values()}
            behind = reached(read - made, reads.of) & made
            if made.intersection(read - {*terms.reads[cell]}) and behind and len(reading.layer.steps) > 1:
                return True
    return False


def _stands_still(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit makes two steps of a sample read the very same inputs, which nobody means who has made a mistake.

    Nor does anybody who has made one mean that samples of two lengths share inputs.
    """
    return not {*_read_twice(candidate.arrangement)} <= {*_read_twice(base)}


def _read_twice(found: Arrangement) -> Iterator[frozenset[Atom]]:
    """The inputs that two steps of a sample read, as of a word that is said twice, and those of samples of two lengths.

    Args:
        found: all layers.
    """
    for reading in (own for own in found.readings if own.kind != "Dense" and own.features):
        slots, features = reading.layer.slots, reading.features
        read = {step: [slots[step].get(slot) for slot in features] for own in reading.documents for step in own}
        for document in reading.documents:
            inputs = [tuple(read[step]) for step in document]
            yield from (frozenset(atom for atom in own if atom) for own in inputs if inputs.count(own) > 1)
        for one, other in itertools.permutations(reading.documents, 2):
            both = [frozenset(atom for step in own for atom in read[step] if atom) for own in (one, other)]
            if len(one) < len(other) and not both[0].isdisjoint(both[1]):
                yield both[0] & both[1]


_RULES: Sequence[Callable[[Candidate, Arrangement], bool]] = (
    leaves_idle, takes_an_input_away, reads_for_nothing, keeps_a_blank, _stands_still, _adds_a_strange_bias,
    _computes_an_input, _computes_a_parameter, _copies_a_number, _takes_a_loss_for_a_layer, _makes_a_mean,
    _fills_a_gap, _computes_again, reads_once, leaves_its_line, takes_a_loop_away, _takes_an_activation_away,
    _computes_what_is_fetched, _reads_past, follows_the_few, takes_an_addition_away, breaks_a_window,
)  # fmt: skip
"""What nobody means: each says whether an edit does it."""
