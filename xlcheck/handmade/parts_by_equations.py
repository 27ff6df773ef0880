"""What the equations of each part say, found once: a part is asked for as it is, and again for each other writing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.bench import Bench
from xlcheck.handmade.accepting.by_equations import Settled, layers_of, settled
from xlcheck.handmade.accepting.keras_answers import Recompute
from xlcheck.handmade.accepting.pieces import alone, connected
from xlcheck.handmade.accepting.shown_beside import only_shown, without
from xlcheck.handmade.accepting.summaries import Summaries
from xlcheck.handmade.arrangements.arrangement import Arrangement
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.first_terms import terms_of
from xlcheck.handmade.rewriting.rewritten import Rewritten
from xlcheck.verdicts.tolerance import Tolerance


@dataclass(frozen=True)
class ByEquations:
    """What the equations of a part say.

    Attributes:
        part: the part, whose id is its own while it is kept here.
        terms: what its formulas compute.
        layers: its layers.
        found: what became of these.
    """

    part: SheetGroup
    terms: CellTerms
    layers: Arrangement
    found: Settled


@dataclass(frozen=True)
class PartsByEquations:
    """Recognises and judges the layers of parts by their equations.

    Attributes:
        recompute: asks Keras.
        tolerance: what counts as agreement.
        perturb: how many times to change all weights and inputs and to compare again.
    """

    recompute: Recompute
    tolerance: Tolerance
    perturb: int
    _known: dict[int, ByEquations] = field(default_factory=dict)
    _rests: dict[tuple[int, frozenset[Address]], tuple[SheetGroup, SheetGroup]] = field(default_factory=dict)

    def of(self, part: SheetGroup, answers: Answers) -> ByEquations:
        """What the equations of a part say; that is forgotten if time was up, as there may be more another time.

        Args:
            part: the part.
            answers: what the workbook computes, of which the part has values of its own.

        Raises:
            OutOfTimeError: time was up before anything was found.
        """
        if id(part) in self._known:
            return self._known[id(part)]
        terms = terms_of(part)
        layers = layers_of(part, terms)
        found = settled(layers, part, self.bench(part, replace(answers, values=part.values), terms))
        if found.outcomes and not found.roots:
            summaries = Summaries(part, answers, layers, found.left)
            found = found.sparing(summaries.among_left())
            misnamed = (*summaries.misnamed(found.spare),)
            found = replace(found, doubts=(*found.doubts, *misnamed), is_misnamed=bool(misnamed))
        own = ByEquations(part, terms, layers, found)
        if effort.USED_UP not in found.doubts:
            self._known[id(part)] = own
        return own

    def of_rest(self, part: SheetGroup, left_out: Collection[Address], answers: Answers) -> Settled:
        """What the equations of a part say without some of its formulas."""
        key = id(part), frozenset(left_out)
        if key not in self._rests:
            self._rests[key] = part, without(part, left_out)
        return self.of(self._rests[key][1], answers).found

    def is_apart(self, part: SheetGroup, answers: Answers, found: Settled) -> bool:
        """Whether what has no verdict has nothing to do with networks that are right, as a table of fees has.

        Args:
            part: the part.
            answers: what the workbook computes.
            found: what became of its layers.
        """
        judged = {verdict.cell for outcome in found.outcomes for verdict in outcome.verdicts}
        groups = connected(part) if judged and found.left and not found.roots else []
        rest = [own for own in groups if not own.isdisjoint(judged)]
        is_apart = bool(rest) and all(own.isdisjoint(found.left) for own in rest)
        return is_apart and all(self.of(alone(part, own), answers).found.is_sure for own in rest)

    def bench(self, part: SheetGroup, answers: Answers, terms: CellTerms) -> Bench:
        """What judges the layers of a part."""
        return Bench(part, answers, self.recompute, self.tolerance, self.perturb, terms)

    def layers(self, part: SheetGroup, answers: Answers, left_out: Collection[Address] = frozenset()) -> Settled | None:
        """What the equations of a part say, be it without some formulas; None if time is up."""
        try:
            return self.of_rest(part, left_out, answers) if left_out else self.of(part, answers).found
        except effort.OutOfTimeError:
            return None

    def is_whole(self, part: SheetGroup, answers: Answers) -> bool:
        """Whether every formula of a part has a verdict by its equations, but for those that only show results."""
        if (layers := self.layers(part, answers)) is None or layers.is_whole:
            return layers is not None
        shown = only_shown(part)
        rest = self.layers(part, answers, shown) if shown.intersection(layers.left) else None
        return rest is not None and rest.is_whole

    def leaves_less(self, other: Rewritten, answers: Answers) -> bool:
        """Whether fewer formulas of the workbook are left by their equations if some are written otherwise."""
        as_it_is, rewritten = self.layers(other.original, answers), self.layers(other.part, other.answers)
        if as_it_is is None or rewritten is None:
            return False
        texts = other.original.table.texts
        return sum(cell in texts for cell in rewritten.left) < len(as_it_is.left)
