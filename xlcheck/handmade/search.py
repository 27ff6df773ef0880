"""Finds the networks of a workbook of which nobody says what it computes, and judges them: part by part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from xlcheck.budget import doing
from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.acceptance import looks_like_a_network
from xlcheck.handmade.accepting.by_equations import Settled
from xlcheck.handmade.accepting.first_states import parts_of, with_gaps
from xlcheck.handmade.accepting.meant import why_meant
from xlcheck.handmade.accepting.outcome import Outcome
from xlcheck.handmade.accepting.shown_beside import answer_key, shown_in_turn, unread, without
from xlcheck.handmade.accepting.summary import Abstention, worksheets
from xlcheck.handmade.accepting.unknown_kin import unknown_kin
from xlcheck.handmade.backward_judging.descent import with_descent
from xlcheck.handmade.backward_judging.outcome import may_be_trained
from xlcheck.handmade.backward_judging.steps_of_descent import goes_down, settles, with_steps
from xlcheck.handmade.backward_judging.trainings import Trainings
from xlcheck.handmade.beside.typed_beside import beside_results
from xlcheck.handmade.edits.in_line import breaks_a_pattern, settled_in_line
from xlcheck.handmade.edits.single_edit import NONE
from xlcheck.handmade.edits.typed_results import TypedResults
from xlcheck.handmade.families.unlike_kin import told_surely, unlike_kin, unlike_one_beside
from xlcheck.handmade.parts_by_edits import PartsByEdits
from xlcheck.handmade.parts_by_equations import PartsByEquations
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.results import blamed, results_of, roots_of
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import Rewritten
from xlcheck.handmade.rewriting.with_added_numbers import with_added_numbers
from xlcheck.handmade.rewriting.with_beginnings import with_beginnings
from xlcheck.handmade.rewriting.with_forecasts import with_forecasts
from xlcheck.handmade.rewriting.with_inner_units import with_inner_units
from xlcheck.handmade.rewriting.with_kin import is_all_right, with_kin
from xlcheck.handmade.rewriting.with_masked_scores import with_masked_scores
from xlcheck.handmade.rewriting.with_numbered_words import with_numbered_words
from xlcheck.handmade.rewriting.with_one_hot import with_one_hot
from xlcheck.handmade.rewriting.with_rated_pairs import with_rated_pairs
from xlcheck.handmade.rewriting.with_repeated_inputs import with_repeated_inputs
from xlcheck.handmade.rewriting.with_scaled_inputs import with_scaled_inputs
from xlcheck.handmade.rewriting.with_skipped_steps import with_skipped_steps
from xlcheck.handmade.rewriting.with_typed_weights import with_typed_weights
from xlcheck.handmade.rewriting.without_rounding import without_rounding
from xlcheck.verdicts.messages import UNDECIDED
from xlcheck.verdicts.parts import Part

_MOST_DOUBTS = 3
_SMALL = 250
"""Formulas up to which one edit is looked for in a part, as what has no witnesses is small."""
_FOR_RIVALS = 0.1
"""The share of the time that is left to look for readings in which what seems wrong is meant."""
_IF_TOLD = _IF_DENSE = 0.6
"""The share in which formulas are tried as all others of their line have them, or layers as dense ones."""
_UNREAD = "nothing reads these formulas, and it was not recognised what they compute"
_OTHERWISE = "two readings are equally likely, and each calls other cells wrong"
_HOW = "say what it computes in a bindings file (`xlcheck bind` writes a draft) and pass it with --bind"
_Found = tuple[list[Part], list[Abstention]]


@dataclass(frozen=True)
class Search:
    """Finds and judges the networks of one part after the other.

    Attributes:
        answers: what the workbook computes.
        equations: what recognises and judges layers by their equations.
        seconds: processor time for all parts together.
        trainings: reads parts as trainings; None if nobody can be asked for gradients.
        tries_edits: whether edits are looked for that make a part a network.
    """

    answers: Answers
    equations: PartsByEquations
    seconds: float
    trainings: Trainings | None
    tries_edits: bool = True

    def through(self, parts: Sequence[SheetGroup]) -> _Found:
        """What became of the parts that got a verdict, and the others."""
        outcomes: list[Part] = []
        abstentions: list[Abstention] = []
        with effort.limited_to(self.seconds):
            for number, part in enumerate(parts):
                doing(f"looking for a network on {worksheets(part.sheets)} ({number + 1} of {len(parts)})")
                sheets = part.sheets if len(parts) > 1 else ()
                with effort.limited_to(effort.left() / (len(parts) - number)):
                    answers = replace(self.answers, values=part.values)
                    try:
                        found, left_out = self._with_kin(part, answers, sheets) or self._settle(part, answers, sheets)
                    except effort.OutOfTimeError:
                        why, cells = f"{effort.USED_UP}; {_HOW}", (*part.table.texts,)
                        found, left_out = [], [Abstention(part.table, part.values, cells, why, sheets=sheets)]
                outcomes += found
                outcomes += with_gaps(beside_results(part)) if found else []
                abstentions += left_out
        return outcomes, abstentions

    def _settle(self, part: SheetGroup, answers: Answers, sheets: Sequence[str]) -> _Found:
        """What became of a part, and its cells without a verdict.

        Its layers are recognised one by one, by their equations. Where these leave something, perhaps because the
        network is too small to have witnesses, the part is read as the training of a network, or with one edit in it.
        """
        if key := answer_key(part):
            rest = without(part, key)
            found, left_out = self._settle(rest, replace(answers, values=rest.values), sheets)
            return found, [*left_out, Abstention(part.table, part.values, sorted(key), "", matters=False)]
        for plainly in (without_rounding, with_numbered_words, with_forecasts, with_masked_scores):
            if (plain := plainly(part, answers)) is not None:
                found, left_out = self._settle(plain.part, plain.answers, sheets)
                if plain.may_be_told(found):
                    return plain.put_back(found, left_out)
        if self.trainings is not None and self.trainings.learns_as_it_is(part):
            return self._as_training(part, answers, sheets)
        for otherwise in (self._with_descent, self._written_otherwise):
            if (apart := otherwise(part, answers, sheets)) is not None:
                return apart
        return self._with_typed_weights(part, answers, sheets)

    def _as_training(self, part: SheetGroup, answers: Answers, sheets: Sequence[str]) -> _Found:
        """What became of a part that learns as dense layers do; or other layers, if that leaves nothing open."""
        with effort.limited_to(effort.left() * (_IF_DENSE if goes_down(part) else 1)):
            known = self._settled(part, answers, sheets)
        learnt = self.trainings.known(part) if self.trainings is not None and not known[0] else None
        known = known if learnt is None else ([learnt], [])  # there was no time to look for more
        if is_all_right(*known):
            return known
        other = self._with_descent(part, answers, sheets)
        return other if other is not None and settles(other, *known) else known

    def _with_descent(self, part: SheetGroup, answers: Answers, sheets: Sequence[str]) -> _Found | None:
        """What became of a part that is a network and a step of descent through its layers."""
        sure = replace(plain := replace(self, trainings=None), tries_edits=False)

        def settle(rest: SheetGroup) -> _Found:
            return plain._settle(rest, replace(answers, values=rest.values), sheets)

        if self.trainings is None:
            return None
        return with_descent(part, settle) or with_steps(part, answers, lambda own, its: sure._settle(own, its, sheets))

    def _with_kin(self, part: SheetGroup, answers: Answers, sheets: Sequence[str]) -> _Found | None:
        """What became of a part in which formulas are wrong as all others of a line say, or they themselves."""
        said, typed = told_surely(part.table), TypedResults(part, part.terms)
        if not (said or typed) or may_be_trained(part.terms):
            return None
        settle = partial(replace(self, trainings=None, tries_edits=False)._settle, sheets=sheets)
        with effort.limited_to(effort.left() * _IF_TOLD), suppress(effort.OutOfTimeError):
            told = chain(said, typed.told(chain(unlike_kin(part.table, ()), unlike_one_beside(part.table))))
            found = with_kin(part, answers, [*told], settle, is_open=bool(typed))
            return found and self._named(part, answers, found)
        return None

    def _named(self, part: SheetGroup, answers: Answers, found: _Found) -> _Found:
        """The same, and which mistakes they are, where an edit of the layers says so."""
        meant = {cell: (own.desired_formula or "")[1:] for cell, own in roots_of(found[0]).items()}
        named = PartsByEdits(self.equations).as_told(part, answers, meant) if meant and all(meant.values()) else ()
        told = (parts_of(named, part), [*_beside(part, named)]) if named else found
        return told if roots_of(told[0]).keys() == meant.keys() and not any(own.gaps for own in told[0]) else found

    def _with_typed_weights(self, part: SheetGroup, answers: Answers, sheets: Sequence[str]) -> _Found:
        """What became of a part in which weights may be typed into formulas."""
        moved = with_typed_weights(part, answers)
        having = None if moved is None else self.equations.layers(moved.part, moved.answers)
        if moved is None or having is None or not having.may_be_more or self._learns(part):
            return self._settled(part, answers, sheets)
        as_it_is = self.equations.layers(part, answers)
        if as_it_is is not None and len(having.left) >= len(as_it_is.left):  # as where a mistake hides all layers
            found, left_out = self._settled(part, answers, sheets)
            if found:
                return found, left_out
        # What is learnt is never typed into a formula, and a number in two formulas would count as two.
        found, left_out = replace(self, trainings=None)._settled(moved.part, moved.answers, sheets)
        return moved.put_back(found, left_out)

    def _written_otherwise(self, part: SheetGroup, answers: Answers, sheets: Sequence[str]) -> _Found | None:
        """What became of a part of which more is recognised if its formulas are written in another way."""
        for otherwise in (
            with_rated_pairs, with_added_numbers, with_skipped_steps, with_beginnings, with_one_hot, with_scaled_inputs,
        ):  # fmt: skip
            if (other := otherwise(part, answers)) and (found := self._if_more(other, answers, sheets)) is not None:
                return found
        if (apart := self._with_inner_units(part, answers, sheets)) is not None:
            return apart
        typed = with_typed_weights(part, answers)
        is_whole = self.equations.is_whole(part, answers) or (
            typed and self.equations.is_whole(typed.part, typed.answers)
        )
        again = None if is_whole else with_repeated_inputs(part, answers)
        return None if again is None else self._if_more(again, answers, sheets)

    def _if_more(self, other: Rewritten, answers: Answers, sheets: Sequence[str]) -> _Found | None:
        """What became of a part whose formulas are written otherwise, unless as much is known of it as it is."""
        as_it_is = self.equations.layers(other.original, answers)
        if as_it_is is None or (as_it_is.is_whole and other.changed.isdisjoint(as_it_is.spare)):
            return None
        with effort.limited_to(effort.left() / 2):
            found, left_out = self._settle(other.part, other.answers, sheets)
        left = sum(len(own.cells) for own in left_out if own.matters)
        judged = sum(own.checked for own in found)
        is_more = (left, -judged) < (len(as_it_is.left), -sum(len(own.verdicts) for own in as_it_is.outcomes))
        is_more = is_more and judged > 0 and other.may_be_told(found) and not self._learns(other.original)
        if is_more and not blamed(found) and any(effort.USED_UP in own.reason for own in left_out):
            as_it_was = self._with_typed_weights(other.original, answers, sheets)  # there may be time enough for this
            return as_it_was if blamed(as_it_was[0]) else other.put_back(found, left_out)
        return other.put_back(found, left_out) if is_more else None

    def _with_inner_units(self, part: SheetGroup, answers: Answers, sheets: Sequence[str]) -> _Found | None:
        """What became of a part that is a network if the units within its formulas have cells of their own."""
        apart = with_inner_units(part, answers)
        if apart is None or self.equations.is_whole(part, answers) or self._learns(part):
            return None
        if not self.equations.is_whole(apart.part, apart.answers):
            typed = with_typed_weights(apart.part, apart.answers)
            # Of a single formula with its weights in it nobody knows which were meant.
            is_known = typed is not None and (apart.moved.are_filled or len(typed.moved.numbers) <= apart.moved.hosts)
            if typed is None or not is_known or not self.equations.is_whole(typed.part, typed.answers):
                return self._if_more(apart, answers, sheets) if self.equations.leaves_less(apart, answers) else None
        found, left_out = replace(self, trainings=None)._settle(apart.part, apart.answers, sheets)
        return apart.put_back(found, left_out)

    def _settled(self, part: SheetGroup, answers: Answers, sheets: Sequence[str]) -> _Found:
        """What became of a part, and its cells without a verdict; nobody is blamed for what may be meant."""
        is_small = len(part.table.formulas) <= _SMALL  # what is large has witnesses
        with effort.limited_to(effort.left() * (1 - _FOR_RIVALS if is_small else 1)):
            known = None if self.trainings is None else self.trainings.settled(part)
            found, left = (
                ([known], list[Abstention]())
                if known is not None
                else (self._not_as_typed(part, answers) or self._judged(part, answers, sheets))
            )
        roots = roots_of(found)
        try:
            is_open = any(own.matters for own in left) and not any(UNDECIDED in own.reason for own in left)
            if not roots and is_open and is_small:
                return self._right_in_part(part, answers, sheets, _UNREAD) or (found, left)
            is_right = (lambda piece: self.equations.of(piece, answers).found.is_sure) if is_small else None
            held = {cell: element for each in found for cell, element in each.held.items()}
            why = unknown_kin(part, roots, left) or why_meant(part, roots, held, is_right)
            if why is not None and is_small and (rest := self._right_in_part(part, answers, sheets, why)) is not None:
                return rest
        except effort.OutOfTimeError:
            if not roots:
                return found, left
            why = f"{show(min(roots))} may be meant otherwise; {effort.USED_UP}"
        if why is None:
            return found, left
        doubted = [each for each in found if blamed([each])]
        without_verdict = {cell for own in left for cell in own.cells}
        judged = {*results_of(doubted)}.union(*(each.held for each in doubted))
        cells = {cell for cell in judged if part.table.is_formula(cell)}
        left += [Abstention(part.table, part.values, sorted(cells - without_verdict), f"{why}; {_HOW}", sheets=sheets)]
        return [each for each in found if each not in doubted], left

    def _right_in_part(self, part: SheetGroup, answers: Answers, sheets: Sequence[str], why: str) -> _Found | None:
        """What became of a part that is a network in which all is right but for formulas that nobody reads."""
        groups = unread(part)[::-1]  # people show results behind them
        layers = self.equations.of(part, answers).found if len(groups) > 1 else Settled()
        unknown = [own for own in groups if not own.isdisjoint(layers.left)]
        several = [set[Address]().union(*own) for own in (unknown, groups) if len(own) > 1]
        for shown in (*groups, *several) if len(groups) > 1 and not layers.is_misnamed else ():
            rest = self.equations.of_rest(part, shown, answers)
            if rest.is_sure:
                left = Abstention(part.table, part.values, sorted(shown), f"{why}; {_HOW}", sheets=sheets)
                return parts_of(rest.outcomes, part), [left, *_spare(part, rest)]
        return None

    def _not_as_typed(self, part: SheetGroup, answers: Answers) -> _Found | None:
        """What became of a small part whose results are not what somebody typed beside them, but for one edit."""
        if len(part.table.formulas) > _SMALL or not self.tries_edits:
            return None
        wrong = PartsByEdits(self.equations).as_typed(part, answers)
        return (parts_of(wrong, part), [*_beside(part, wrong)]) if wrong else None

    def _judged(self, part: SheetGroup, answers: Answers, sheets: Sequence[str]) -> _Found:
        layers, is_small = Settled(), len(part.table.formulas) <= _SMALL
        whole: Sequence[Outcome] | str = "no network was recognised"
        try:
            own = self.equations.of(part, answers)
            terms, base, layers = own.terms, own.layers, own.found
            at_once = self._right_at_once(part, answers, layers)
            is_settled = layers.is_whole and bool(layers.roots)  # of what is large
            if at_once is not None and (is_settled or not breaks_a_pattern(part, layers)):
                return at_once
            trained = None if at_once is not None or self.trainings is None else self.trainings.of(part)
            if trained is not None:
                return [trained], []
            lined = settled_in_line(part, terms, base, lambda: self.equations.bench(part, answers, terms), layers)
            if lined is not layers and lined.is_whole:
                at_once = parts_of(lined.outcomes, part), [*_spare(part, lined)]
            if at_once is not None:
                return at_once
            layers = lined
            if layers.may_be_more and is_small and self.tries_edits:
                whole = PartsByEdits(self.equations).whole(own, answers, layers)
            if (whole == NONE or not is_small) and layers.may_be_more and self.tries_edits:
                layers = layers.joined_by(PartsByEdits(self.equations).piece_by_piece(part, answers, layers))
        except effort.OutOfTimeError:
            whole = effort.USED_UP
        if not isinstance(whole, str):
            if not layers.contradicts(whole):
                return parts_of(whole, part), [*_beside(part, whole)]
            layers, whole = Settled() if layers.roots else layers, _OTHERWISE
        if layers.outcomes and (whole in {NONE, effort.USED_UP} or not layers.may_be_more):
            late = effort.USED_UP if whole == effort.USED_UP else ""
            none = "these formulas belong to none of the layers that were recognised" if layers.left else ""
            whole = "; ".join(filter(None, (none, late)))
        because = "; ".join(dict.fromkeys(filter(None, (*layers.doubts[:_MOST_DOUBTS], whole))))
        cells = layers.left if layers.outcomes else (*part.table.texts,)
        matters = bool(layers.outcomes) or looks_like_a_network(part.table) or may_be_trained(part.terms)
        left = Abstention(part.table, part.values, cells, f"{because}; {_HOW}", matters, sheets=sheets)
        if not layers.outcomes:
            return [], [left]
        found = parts_of(layers.outcomes, part)
        return found, [left, *_spare(part, layers)] if cells or layers.doubts else [*_spare(part, layers)]

    def _right_at_once(self, part: SheetGroup, answers: Answers, layers: Settled) -> _Found | None:
        """What became of a part in which all is right but for what is only shown; or of a large one that is whole."""
        if layers.is_sure or (layers.is_whole and len(part.table.formulas) > _SMALL):
            return parts_of(layers.outcomes, part), [*_spare(part, layers)]
        spare = frozenset(() if layers.doubts else layers.spare)
        for shown in () if layers.is_misnamed else shown_in_turn(part, spare):
            if (rest := self.equations.of_rest(part, shown, answers)).is_sure:
                beside = Abstention(part.table, part.values, sorted(shown), "", matters=False)
                return parts_of(rest.outcomes, part), [beside, *_spare(part, rest)]
        return None

    def _learns(self, part: SheetGroup) -> bool:
        return self.trainings is not None and self.trainings.learns(part)


def _beside(part: SheetGroup, outcomes: Sequence[Outcome]) -> Iterator[Abstention]:
    """The formula cells of a part that stand beside all of its layers."""
    known = set().union(*(outcome.table.texts for outcome in outcomes))
    if others := [cell for cell in part.table.texts if cell not in known]:
        yield Abstention(part.table, part.values, others, "", matters=False)


def _spare(part: SheetGroup, layers: Settled) -> Iterator[Abstention]:
    """The formula cells of a part that need no verdict."""
    if layers.spare:
        yield Abstention(part.table, part.values, layers.spare, "", matters=False)
