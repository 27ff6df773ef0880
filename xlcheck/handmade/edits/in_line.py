"""Cells that break their lines, as the others of these have it: does that make more of worksheets into layers?

A cell of which two others in its row or column say what it should be, and which is like none of them, is known to be
wrong as soon as what they say makes layers fit that do not fit otherwise.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter

from xlcheck.formulas.algebra import Address, Leaf, Term
from xlcheck.formulas.rounding import rounded_whole
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.bench import Bench
from xlcheck.handmade.accepting.by_equations import Settled, settled
from xlcheck.handmade.accepting.shown_beside import only_shown
from xlcheck.handmade.arrangements.arrangement import Arrangement, Candidate, seeming_weights
from xlcheck.handmade.arrangements.arranging import arrangement_of
from xlcheck.handmade.arrangements.computed_weights import with_computed_weights
from xlcheck.handmade.arrangements.textbook import is_textbook
from xlcheck.handmade.edits.against_edits import in_other_copies, in_other_readers, is_strange
from xlcheck.handmade.edits.judged_edit import foreign
from xlcheck.handmade.edits.under_edits import goes_round
from xlcheck.handmade.equations.recognise import Tables, recognise_layers
from xlcheck.handmade.families.odd_ones import Odd, OddOnes
from xlcheck.handmade.families.patterns import as_in_pattern
from xlcheck.handmade.forms.polynomials import atom_of, cell_of
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.networks.formula_text import looks_up
from xlcheck.handmade.objections.unread_numbers import unread_near
from xlcheck.handmade.reading.block_copies import Repeated, unlike_blocks
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import beside, show
from xlcheck.handmade.reading.reads import Reads
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.verdicts.messages import either
from xlcheck.verdicts.report import Status

_MOST = 30
"""Formulas that are tried; where more cells break their lines, these are none in which formulas were filled."""
_FEW = 400
"""Formulas of worksheets in which whole lines are looked at, too."""
_ALONE = 4
"""Of these, each alone may be what is wrong, though the layers are the same with it."""
_ATTESTED = 3
"""Where formulas belong to no layer, two that stand around another one may be in line with it by chance."""
_NOTHING: Mapping[Address, Odd] = {}
_PAIR, _PAIRED = 2, 8
"""Of these any two are tried together, as formulas may be exchanged."""


def breaks_a_pattern(part: SheetGroup, layers: Settled) -> bool:
    """Whether a formula, or a block of a worksheet, differs from what all others of its kind repeat.

    Args:
        part: the worksheets.
        layers: what the equations say of them.
    """
    return any(as_in_pattern(part.table)) or any(_unlike_blocks(part, layers))


def settled_in_line(
    part: SheetGroup, terms: CellTerms, base: Arrangement, bench: Callable[[], Bench], layers: Settled
) -> Settled:
    """What the equations of some worksheets say if cells that break their lines are as the others of these have it.

    That counts if just these cells are wrong then, and any that were so before; if they would be right if they computed
    what these others say; and if nothing speaks against that.

    Args:
        part: the worksheets.
        terms: what each formula computes.
        base: their layers as they are.
        bench: makes what judges the layers.
        layers: what the equations say of the cells as they are; the same is returned where nothing counts.
    """
    if not layers.may_be_more:
        return layers
    judge, shown = bench(), only_shown(part)

    def fitting(cells: Mapping[Address, Odd]) -> tuple[Mapping[Address, Odd], Arrangement, Settled] | None:
        while cells and (found := _under(part, terms, base, _meant(cells))) is not None:
            candidate = Candidate(_meant(cells), found)
            lined = settled(found, part, bench(), candidate.edit).sparing(shown)
            still = set().union(*(judge.wrong_under(layer, candidate.edit) for layer in found.all_layers))
            right = lined.roots - still  # as they would be
            if cells.keys() <= right:
                more = layers.roots < lined.roots and {*lined.doubts} <= {*layers.doubts}
                more = more and not _may_be_otherwise(cells, found, base, lined.left)
                more = more and all(_is_attested(cell, lined) for cell in cells if cell in part.table.texts)
                # What words say of the layers they say of the right cells, too.
                said = lined.but_for(found.words_against()) if all(odd.is_between for odd in cells.values()) else lined
                known = not any(any(foreign(cell, found, base)) for cell in lined.right_today & cells.keys())
                known = known and not is_strange(candidate, base) and lined.roots <= cells.keys() | layers.roots
                return (cells, found, lined) if known and (lined.is_whole or said.is_whole or more) else None
            cells = {cell: own for cell, own in cells.items() if cell in right}
        return None

    in_line = _as_in_line(part, terms, base, judge.wrong_in, is_sure=layers.is_sure)
    in_copies = ((own, _NOTHING) for own in (_odd(part.as_in_copies, terms),))
    in_blocks = _as_in_blocks(part, terms, layers)
    for odd, instead in itertools.chain(in_copies, in_blocks, ((own, _NOTHING) for own in in_line)):
        if (fit := fitting(odd)) is None:
            continue
        cells, found, lined = fit
        if instead and fitting(instead) is not None:
            return replace(layers, doubts=(either(show(min(cells)), show(min(instead))), *layers.doubts))
        for one, other, edit in (*in_other_copies(_meant(cells), terms), *in_other_readers(_meant(cells), terms)):
            if _is_as_good(edit, found, part, terms, base):
                return replace(layers, doubts=(either(show(one), show(other)), *layers.doubts))
        return lined
    return layers


def _is_attested(cell: Address, lined: Settled) -> bool:
    """Whether enough other cells hold right what a cell should hold, at another step, for another unit or sample."""
    for outcome in lined.outcomes:
        names = {verdict.cell: verdict.element.source.quantity.name for verdict in outcome.verdicts}
        right = (v.cell for v in outcome.verdicts if v.status is Status.AGREE)
        if cell in names:
            return sum(names[own] == names[cell] for own in right) >= _ATTESTED
    return False


def _is_as_good(edit: Edit, found: Arrangement, part: SheetGroup, terms: CellTerms, base: Arrangement) -> bool:
    """Whether no more speaks against another edit than against the layers with the one that was found."""
    trial = _under(part, terms, base, edit)
    return trial is not None and _against(trial) <= _against(found) and not trial.turns_within_a_layer()


def _as_in_line(
    part: SheetGroup, terms: CellTerms, base: Arrangement, wrong: Callable[[Arrangement, Edit], Collection[Address]],
    *, is_sure: bool,
) -> Iterator[Mapping[Address, Odd]]:  # fmt: skip
    """The cells that break their lines, as the others of these have them.

    First those with which more formulas belong to layers, and fit there, all together with the others that are wrong
    then; after these each alone.

    Args:
        part: the worksheets.
        terms: what each formula computes.
        base: their layers as they are.
        wrong: the cells that are wrong in layers, if some cells should compute something else.
        is_sure: whether all is right as it is, so that only what breaks a pattern on all sides may be wrong.
    """
    plain = {cell: whole[0] for cell, own in part.table.texts.items() if (whole := rounded_whole(own)) is not None}
    looked_at = OddOnes(terms, part.table.with_texts(plain), seeming_weights(base))
    odd = looked_at.out_of_pattern(as_in_pattern(part.table))
    odd = [one for one in odd if one.is_between] if is_sure else [*looked_at.odd(), *odd]
    odd = [one for one in odd if one.cell not in part.marks][:_MOST]
    found: dict[Address, Odd] = {}
    best, least = base, _against(base)
    as_it_is = sum(least)
    unread = [*unread_near(part.table, base.reads.read, {*seeming_weights(base)})]

    def tried(own: Iterable[Odd]) -> tuple[Arrangement, tuple[int, int]]:
        effort.require_time()
        trial = _under(part, terms, base, _meant({**found, **{one.cell: one for one in own}}))
        return (best, least) if trial is None else (trial, _against(trial))

    def makes_textbook(own: Iterable[Odd]) -> bool:
        effort.require_time()
        meant = _meant({one.cell: one for one in own})
        trial = None if part.marks & meant.keys() else _under(part, terms, base, meant)
        return trial is not None and is_textbook(trial, meant) and sum(_against(trial)) < as_it_is

    try:
        with effort.limited_to(effort.left() / 2):
            is_small = len(part.table.texts) <= _FEW
            tries = _tries(looked_at, odd, is_small=is_small)
            rows = _surest(looked_at.of_two_rows(unread), lambda own: tried(own)[1])
            for own in itertools.chain(rows, tries):
                more = {one.cell: one for one in own}
                if not any(least) or len(more) < len(own) or more.items() <= found.items() or part.marks & more.keys():
                    continue
                if not all(one.is_between for one in (*own, *found.values())) and found:
                    continue  # of what ends a line, another edit may make as much, and of less
                trial, left = tried(own)
                if left[0] <= least[0] and sum(left) < sum(least):
                    least_sure = min(one.sureness for one in own)
                    rivals = [x for x in odd[:_PAIRED] if x.cell not in more and x.sureness >= least_sure]
                    others = itertools.combinations(rivals, 2)
                    if len(own) == _PAIR and any(tried(pair)[1] == left for pair in others):
                        continue  # of two steps, in which formulas were exchanged, nobody knows which one is right
                    found, best, least = {**found, **more}, trial, left
                    if is_textbook(trial, _meant(found)):
                        break
            else:
                twins = itertools.islice(looked_at.twin_lines() if is_small and any(least) else (), _MOST)
                for own in _only_one(own for own in twins if makes_textbook(own)):
                    found = {one.cell: one for one in own}
                    best = tried(())[0]
    except effort.OutOfTimeError:
        pass
    rounded = [Odd(cell, terms[cell], 0, is_between=True) for cell in sorted(plain) if cell in terms]
    more_wrong = wrong(best, _meant(found)) if found or rounded else ()
    yield {**{one.cell: one for one in (*rounded, *reversed(odd)) if one.cell in more_wrong}, **found}
    yield found
    wrong_today = wrong(base, {}) if len(odd) > _ALONE else ()
    likely = sorted(odd, key=lambda one: one.cell not in wrong_today)
    yield from ({one.cell: one} for one in likely[:_ALONE] if not _is_copied_as_beside(one.cell, part, terms))


def _is_copied_as_beside(cell: Address, part: SheetGroup, terms: CellTerms) -> bool:
    """Whether a formula looks something up as one right beside it does that was filled from it, whatever both find.

    Two words may be the same, so that what is looked up for them seems to follow another rule.
    """
    texts = part.table.texts
    fetches = isinstance(terms.get(cell), Leaf) and looks_up(texts[cell])
    return fetches and any(part.table.fills(other, cell) for other in beside(cell) if other in texts)


def _unlike_blocks(part: SheetGroup, layers: Settled) -> Iterator[Repeated]:
    """What breaks the blocks of worksheets; where all is right as it is, only what must be a slip or has no verdict."""
    judged = {verdict.cell for outcome in layers.outcomes for verdict in outcome.verdicts}
    for own in unlike_blocks(part.table):
        if own.is_sure or not layers.is_sure or not judged.issuperset(own.cells):
            yield own


def _as_in_blocks(
    part: SheetGroup, terms: CellTerms, layers: Settled
) -> Iterator[tuple[Mapping[Address, Odd], Mapping[Address, Odd]]]:
    """The cells that break what blocks of their worksheet repeat, and the ones that may be wrong instead."""
    tried: list[Repeated] = []
    for own in _unlike_blocks(part, layers):
        if own not in tried and len(tried) < _ALONE:
            tried.append(own)
            cells, others = _odd(own.cells, terms), _odd(own.others, terms)
            if (cells.keys(), others.keys()) == (own.cells.keys(), own.others.keys()):  # else one of them is not asked
                yield cells, others


def _odd(meant: Mapping[Address, str], terms: CellTerms) -> dict[Address, Odd]:
    """Cells that should compute something else, as all copies of their worksheet or block do."""
    said = {cell: terms.term_of(cell, text) for cell, text in meant.items()}
    others = {cell: term for cell, term in said.items() if term is not None and term != terms.get(cell)}
    return {cell: Odd(cell, term, len(said), is_between=True) for cell, term in others.items()}


def _meant(cells: Mapping[Address, Odd]) -> Edit:
    """What cells should compute.

    Args:
        cells: as the others of their lines have them.
    """
    return {cell: odd.meant for cell, odd in cells.items()}


def _tries(looked_at: OddOnes, odd: Sequence[Odd], *, is_small: bool) -> Iterator[Sequence[Odd]]:
    """Cells that break their lines, and whole lines that do, the surest first; what is in order shows what is not."""
    alone = [(one,) for one in odd]
    yield from alone
    lines = [*itertools.islice(looked_at.odd_lines(), _MOST)] if is_small else []
    pairs = itertools.combinations((one for one in odd[:_PAIRED] if one.is_between), 2)
    yield from (*lines, *pairs, *alone, *lines)


def _surest(
    lines: Iterable[Sequence[Odd]], against: Callable[[Sequence[Odd]], tuple[int, int]]
) -> Iterator[Sequence[Odd]]:
    """The one of some lines against which least speaks if it is mended; none of two that are as good."""
    ranked = sorted(((against(own), own) for own in lines), key=itemgetter(0))
    if len(ranked) == 1 or (ranked and ranked[0][0] < ranked[1][0]):
        yield ranked[0][1]


def _only_one(lines: Iterable[tuple[Odd, ...]]) -> Iterator[tuple[Odd, ...]]:
    """The only one of some lines, whatever may be meant there; none of several, but for one that others contain."""
    found = {frozenset(one.cell for one in own): own for own in reversed([*lines])}
    least = [own for cells, own in found.items() if not any(other < cells for other in found)]
    yield from least if len(least) == 1 else ()


def _under(part: SheetGroup, terms: CellTerms, base: Arrangement, edit: Mapping[Address, Term]) -> Arrangement | None:
    """The layers of worksheets if some cells computed something else; None if one would read itself.

    Args:
        part: the worksheets.
        terms: what each formula computes.
        base: their layers as they are.
        edit: cell → what it would compute.
    """
    edited = terms.edited(edit)
    if goes_round(edited, edit, part.precedents):
        return None
    recognised = recognise_layers(base.forms.edited(edited, edit))
    reads = Reads(part.table, part.precedents, edited, edit)
    return with_computed_weights(arrangement_of(recognised, part.values, reads))


def _may_be_otherwise(
    cells: Mapping[Address, Odd], found: Arrangement, base: Arrangement, left: Collection[Address]
) -> bool:
    """Whether cells may be right after all while some formulas belong to no layer.

    A line may end at a cell that others of it stand on one side of. Where formulas multiply results, what looks like a
    layer may be the gates of another one, of which the candidates have their own activation. And some may belong to
    layers as they are.

    Args:
        cells: as the others of their lines have them.
        found: the layers with that.
        base: those without it.
        left: the formulas that belong to none.
    """
    if not {*found.reads.formulas} - found.own <= {*base.reads.formulas} - base.own | cells.keys():
        return True
    forms, reads = found.forms, found.reads
    known = {own for cell in left for other in found.own.intersection(reads.of(cell))
             for own in forms.of(atom_of(other)).polynomial}  # fmt: skip
    products = (own for cell in left for own in forms.of(atom_of(cell)).polynomial if len(own) > 1 and own not in known)
    gated = any(all(found.reads.is_formula(cell_of(atom)) for atom in own) for own in products)
    return gated or not all(odd.is_between for odd in cells.values())


def _against(found: Arrangement) -> tuple[int, int]:
    """What speaks against layers: formulas without one, weighted sums that do not fit or are missing; objections.

    Sums count also where too few fit to make a layer, so that one mistake less is seen beside others.
    """
    tables = Tables.of({instance.atom: instance for instance in found.recognised.instances}).layers
    misfits = sum(1 + len(own.misfits) + len(own.rows) * len(own.steps) - len(own.at) for own in tables)
    return len({*found.reads.formulas} - found.own) + misfits, len(found.objections()) + len(found.mixed_up())
