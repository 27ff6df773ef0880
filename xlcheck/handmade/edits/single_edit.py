"""Small networks have no witnesses: which one edit makes all of a workbook a textbook network?

If one does, in a cell or filled along some, and no other edit of other cells, these cells are wrong. Two edits that
do as well say only that one of them is needed, and blame neither.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from xlcheck.formulas.algebra import Address, Function, Leaf, Sum, Term, subterms
from xlcheck.formulas.rounding import rounds
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.acceptance import reason_to_abstain
from xlcheck.handmade.accepting.bench import Bench
from xlcheck.handmade.accepting.outcome import Outcome
from xlcheck.handmade.arrangements.arrangement import Arrangement, Candidate, seeming_weights
from xlcheck.handmade.arrangements.beside_layers import BesideLayers
from xlcheck.handmade.arrangements.layer_cells import may_be_no_network
from xlcheck.handmade.arrangements.textbook import is_textbook
from xlcheck.handmade.edits.against_edits import in_other_copies
from xlcheck.handmade.edits.candidates import Edits
from xlcheck.handmade.edits.elsewhere import as_elsewhere
from xlcheck.handmade.edits.idle_under_edits import reads_for_nothing
from xlcheck.handmade.edits.judged_edit import OneEdit, judged, shown
from xlcheck.handmade.edits.tried_edits import TriedEdits, share_weights, wrong_beside
from xlcheck.handmade.edits.typed_results import TypedResults
from xlcheck.handmade.edits.under_edits import UnderEdits
from xlcheck.handmade.equations.gru_states import updates_of
from xlcheck.handmade.equations.reading import outputs
from xlcheck.handmade.forms.polynomials import atom_of, cell_of
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.objections.between import bent_evenly, may_be_a_branch
from xlcheck.handmade.objections.orders import exchanged_formulas
from xlcheck.handmade.objections.thresholds import is_no_bias_in_words
from xlcheck.handmade.objections.unread_numbers import is_called_a_rate
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import beside, show
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.verdicts.messages import either

NONE = "its formulas are not a whole network of Keras, nor would they be with one of them changed"
"""Why there is no verdict where no edit was found; other reasons speak of edits that were."""
_OTHERS_UNTRIED = (
    "may be wrong: with another formula there all of it would be a network of Keras; but not every other change was "
    f"tried, as {effort.USED_UP}"
)
_SEVERAL, _RARE, _FOR_TRIES, _IF_TOLD = 2, 10, 0.9, 0.5
"""Cells filled from one, and formulas for each that may be wrong, where no other edit is looked for; the share of time
in which edits are tried, before the one that was found is judged, and of that if the cells tell of one."""


def one_edit(part: SheetGroup, terms: CellTerms, base: Arrangement, bench: Bench) -> OneEdit:
    """What became of a part that one edit makes a textbook network; or why there is no verdict.

    Args:
        part: the worksheets.
        terms: what each formula computes.
        base: their layers as they are.
        bench: judges the layers.
    """
    for edit in ({}, *_unrounded(terms, base)):
        candidate = Candidate(edit, base)
        if is_textbook(base, edit) and not wrong_beside(candidate, bench) and not reads_for_nothing(candidate, base):
            against = [] if edit else base.words_against()
            return OneEdit(why=against[0]) if against else judged(candidate, base, bench)
    even = bent_evenly(base.readings, base.reads.table)
    filled = _filled_wrongly(part, base, bench) if is_textbook(base) else OneEdit(why=even) if even else None
    if filled is not None:
        return filled
    sheets = UnderEdits(part, terms, base)
    tried, edits = _to_try(part, terms, sheets, bench)
    with effort.limited_to(effort.left() * _FOR_TRIES):
        were_told = tried.through(edits.told())
        with effort.limited_to(effort.left() * (_IF_TOLD if tried.likely() else 1)):
            were_all = were_told and tried.through(edits)
    if not (likely := tried.likely()) and were_all:
        return OneEdit(why=NONE)
    alike = as_elsewhere(likely, terms)
    best = list(dict.fromkeys(frozenset(own.edit) for own in alike))
    if not were_all and (len(best) != 1 or share_weights((own.edit for own in likely), base)):
        raise effort.OutOfTimeError
    if len(best) > 1:
        one, other, *_ = sorted(sorted(cells) for cells in best)
        return OneEdit(why=either(shown(one), shown(other)))
    ways = [own for own in likely if own.edit.keys() == best[0]]
    own = min(ways, key=lambda own: (_idle(own, part), not _keeps_functions(own, terms), own not in alike))
    why = next(itertools.chain(_shown_twice(own, terms, sheets), _meant_as_they_are(own, base, terms)), "")
    is_told = any(edits.is_told(way.edit) for way in ways)
    found = OneEdit(why=why) if why else judged(own, base, bench, has_kin=edits.has_kin(own.edit))
    if not (were_all or found.outcomes):
        raise effort.OutOfTimeError
    is_sure = were_all or (were_told and is_told)
    return found if is_sure else OneEdit(why=f"{shown(sorted(own.edit))} {_OTHERS_UNTRIED}")


def edit_as_typed(
    part: SheetGroup, terms: CellTerms, base: Arrangement, bench: Bench, typed: TypedResults
) -> tuple[Outcome, ...]:
    """A verdict for each layer, if one edit makes a part a textbook network that gives what somebody typed beside it.

    Args:
        part: the worksheets.
        terms: what each formula computes.
        base: their layers as they are.
        bench: judges the layers.
        typed: what its results should be.
    """
    tried, edits = _to_try(part, terms, UnderEdits(part, terms, base), bench)
    were_tried = tried.through(filter(typed.hold_under, edits.told()))
    were_tried = were_tried and (bool(tried.likely()) or tried.through(filter(typed.hold_under, edits)))
    return _as_tried(tried, part, base, bench) if were_tried else ()


def edit_as_told(
    part: SheetGroup, terms: CellTerms, base: Arrangement, bench: Bench, edit: Edit
) -> tuple[Outcome, ...]:
    """A verdict for each layer, if an edit of which it is known that all is right with it makes a part a network.

    Args:
        part: the worksheets.
        terms: what each formula computes.
        base: their layers as they are.
        bench: judges the layers.
        edit: cell → what it should compute.
    """
    tried, _ = _to_try(part, terms, UnderEdits(part, terms, base), bench)
    return _as_tried(tried, part, base, bench) if tried.through([edit]) else ()


def _as_tried(tried: TriedEdits, part: SheetGroup, base: Arrangement, bench: Bench) -> tuple[Outcome, ...]:
    """A verdict for each layer, if there is no doubt which cells are meant."""
    likely = tried.likely()
    if len({frozenset(own.edit) for own in likely}) != 1:
        return ()
    own = min(likely, key=lambda own: (_idle(own, part), not _keeps_functions(own, base.reads.terms)))
    return judged(own, base, bench, has_kin=True, is_said=True).outcomes


def _to_try(part: SheetGroup, terms: CellTerms, sheets: UnderEdits, bench: Bench) -> tuple[TriedEdits, Edits]:
    """The edits of a part, those of what nobody understands first, and what they are tried with."""
    base = sheets.base
    left, sums = {*BesideLayers(base, base.own).rest()[0]}, _sums(base)

    def order(cell: Address) -> tuple[bool, ...]:
        return cell not in left, cell in sums  # what nobody understands is wrong before what is not whole

    edits = Edits(terms, part.table, _unread(part, terms, base), seeming_weights(base), sheets.may_help, order)
    return TriedEdits(sheets, bench, part.marks | _switches(terms, base)), edits


def _sums(base: Arrangement) -> set[Address]:
    """The cells of weighted sums, whether they belong to a layer or not."""
    atoms = (own.atom for own in base.recognised.instances)
    return {cell_of(own) for atom in atoms for own in (atom, *base.forms.inlined.get(atom, ()))}


def _shown_twice(candidate: Candidate, terms: CellTerms, sheets: UnderEdits) -> Iterator[str]:
    """Which two copies in line show one cell, of which either would do as the one that is missing."""
    for cell, other, edit in in_other_copies(candidate.edit, terms):
        arrangement = sheets.arrangement(edit)
        if arrangement is not None and is_textbook(arrangement, edit.keys()):
            yield either(show(cell), show(other))


def _switches(terms: CellTerms, base: Arrangement) -> set[Address]:
    """The typed numbers by which formulas choose what they compute: they read them, and compute nothing with them."""
    computed_with = {cell for read in terms.reads.values() for cell in read}
    return {cell for cell in base.reads.readers if base.reads.table.is_number(cell)} - computed_with


def _idle(candidate: Candidate, part: SheetGroup) -> int:
    """How many formulas nobody reads after an edit."""
    return sum(not candidate.arrangement.reads.read.get(cell) for cell in part.table.texts)


def _keeps_functions(candidate: Candidate, terms: CellTerms) -> bool:
    """Whether formulas have the functions after an edit that they had before, as where a sign was wrong."""

    def functions(term: Term) -> set[str]:
        return {own.name for own in subterms(term) if isinstance(own, Function)}

    return all(cell in terms and functions(terms[cell]) == functions(term) for cell, term in candidate.edit.items())


def _meant_as_they_are(candidate: Candidate, base: Arrangement, terms: CellTerms) -> Iterator[str]:
    """Why cells that an edit changes may be right: a branch, a sum to be looked at, a GRU as others define it.

    Of two steps in which two formulas stand the other way round, either may be right.
    """
    for pairs in exchanged_formulas(base.reads.table, terms.keys()) if len(candidate.edit) == _SEVERAL else ():
        if any(candidate.edit.keys() == {*own} for own in pairs):
            yield either(*map(shown, pairs))
    yield from _called_no_bias(candidate, base)
    for layer in candidate.arrangement.layers:
        why = may_be_no_network(layer, candidate.arrangement.all_layers)
        yield from () if why is None or layer.own.isdisjoint(candidate.edit) else (why,)
    for cell in candidate.edit:
        if isinstance(terms.get(cell), Sum):
            branch = may_be_a_branch(candidate.arrangement.readings, cell)
            yield from () if branch is None else (branch,)
    yield from (why for cell, why in base.said_again().items() if cell in candidate.edit)
    yield from _beginning_earlier(candidate, terms)
    for layer in candidate.arrangement.layers:
        reading, typed = layer.reading, not any(map(base.reads.is_formula, layer.inputs))
        if reading.kind == "Dense" and reading.units == 1 and len(reading.layer.steps) == _SEVERAL and typed:
            yield from (
                f"{show(cell)} may be one of two steps of a sample" for cell in layer.own & candidate.edit.keys()
            )
    states = list(updates_of(base.forms))
    turned = {cell_of(update.atom) for update in states} if all(update.turned for update in states) else set()
    yield from (f"{show(cell)} is a state as others define a GRU" for cell in candidate.edit if cell in turned)


def _beginning_earlier(candidate: Candidate, terms: CellTerms) -> Iterator[str]:
    """The copies of a state with which another network begins, if an edit makes them copies of a later one of it."""
    readings = candidate.arrangement.readings
    begins = {atom for reading in readings for states in reading.given.values() for atom in states.values()}
    made = [{cell_of(atom) for atom in outputs(reading).values()} for reading in readings]
    for cell, new in candidate.edit.items():
        old = terms.get(cell)
        if not isinstance(old, Leaf) or not isinstance(new, Leaf) or begins.isdisjoint(map(atom_of, (cell, new.cell))):
            continue
        if any({old.cell, new.cell} <= own for own in made):
            yield f"{show(cell)} may be meant to begin with another state"


def _called_no_bias(candidate: Candidate, base: Arrangement) -> Iterator[str]:
    """Numbers that nobody reads and that an edit makes all biases of a layer, which may do without: no word says so."""
    table, weights = base.reads.table, seeming_weights(candidate.arrangement)
    for reading in candidate.arrangement.readings:
        own = {cell_of(bias) for rows in reading.gates for row in rows for bias in reading.layer.biases[row]}
        for cell in sorted(own) if own.isdisjoint(base.reads.readers) else ():
            if table.is_number(cell) and is_no_bias_in_words(table, cell, weights - own):
                yield f"no word calls {show(cell)} a bias, and a layer may do without"


def _unrounded(terms: CellTerms, base: Arrangement) -> Iterator[Edit]:
    """The formulas of layers that round, all together without that: their terms do not show it.

    Not where one was filled from what only shows a result: who reads it may have missed that.
    """
    table = base.reads.table
    rounded = [cell for cell in terms if rounds(table.texts.get(cell, ""))]
    found = {cell: terms[cell] for cell in rounded if cell in base.own}
    shown = [cell for cell in rounded if cell not in base.own and not base.reads.readers.get(cell)]
    yield from (found,) if found and not any(table.fills(one, cell) for one in shown for cell in found) else ()


def _filled_wrongly(part: SheetGroup, base: Arrangement, bench: Bench) -> OneEdit | None:
    """What became of a textbook network in which cells that were filled from one are wrong in a way that has a name.

    Two edits would have to be found to make it another one: one of these cells, and what makes the rest fit. Where they
    read copies of other results, these may be wrong instead.
    """
    wrong = bench.wrong_in(base, {})
    read = {other for cell in wrong for other in base.reads.of(cell) if base.reads.is_copy(other)}
    if any(base.reads.is_formula(source) for cell in read for source in base.reads.of(cell)):
        return None
    together = set.intersection(*({*base.reads.of(cell)} for cell in wrong)) if wrong else set[Address]()
    numbers = filter(base.reads.is_typed, together)
    if any(other in together and base.reads.is_formula(other) for cell in numbers for other in beside(cell)):
        return None  # it may be typed over what is computed beside it
    kinds = {(cell[0], skeleton(part.table.texts.get(cell, ""))) for cell in wrong}
    if len(wrong) < _SEVERAL or len(kinds) != 1 or _RARE * len(wrong) > len(part.table.texts) or base.words_against():
        return None
    found = judged(Candidate({}, base), base, bench)
    roots = {verdict.cell for outcome in found.outcomes for verdict in outcome.roots}
    doubted = any(reason_to_abstain(outcome) is not None for outcome in found.outcomes)
    return found if roots == wrong and not doubted else None


def _unread(part: SheetGroup, terms: CellTerms, base: Arrangement) -> set[Address]:
    """Formulas that no formula reads but such as only show them, and numbers, but for those that were pasted.

    A formula that reads blank cells alone computes nothing that another one may want.
    """
    computed = {terms.number(cell) for cell in terms}
    typed = part.table.typed_numbers.items()
    numbers = (cell for cell, number in typed if number not in computed or float(number).is_integer())
    numbering = part.table.numbering(base.reads.read.keys())
    numbers = (cell for cell in numbers if cell not in numbering and not is_called_a_rate(part.table, cell))
    holds = terms.holds_number
    formulas = (cell for cell in terms if not (own := base.reads.of(cell)) or any(map(holds, own)))
    return {cell for cell in (*numbers, *formulas) if not base.is_computed_with(cell)}
