"""What people compute from a network's results: errors, losses, numbers scaled back. None of it is a layer.

A loss is known by its terms: differences of a result and a typed target, products of a target and a logarithm, and
sums, squares and roots of those. It is told apart from a slip by what it compares: each result with one target, each
target with one result, all in one order, and a sum adds up whole rows or columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from xlcheck.formulas.algebra import Address, Expression, Function, Leaf, Product, Sum, Term, subterms
from xlcheck.formulas.shapes import shape_of, skeleton
from xlcheck.handmade.beside.class_losses import class_loss
from xlcheck.handmade.beside.from_changes import from_changes
from xlcheck.handmade.beside.measure_terms import compared_in, is_fair, remainder
from xlcheck.handmade.beside.of_measures import Pairs, of_measures
from xlcheck.handmade.beside.one_sided import one_sided
from xlcheck.handmade.beside.scales import scaled_back
from xlcheck.handmade.beside.straight import is_given_targets, is_straight
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import by_line
from xlcheck.handmade.reading.offsets import are_in_line, offset, offset_between
from xlcheck.handmade.reading.reached import reached

LOSS = re.compile(
    r"\b(?:loss|cost|error)|entropy|verlust|fehler|kosten|\bperte|coût|pérdida|\bcosto|perda|custo|perdita|потер|ошиб|"
    r"損失|损失|손실|verlies|\bstrat[ay]\b|kayıp|mất mát|tổn thất|ztrát|veszteség|förlust|\btap\b|häviö|kerugian|απώλ",
    re.IGNORECASE,
)
_LOG_OR_SIZE = frozenset({"ABS", "SQRT"})
_NEARLY_NOTHING = 1e-5
"""What keeps a logarithm from one of 0 is less."""


class Measures:
    """The formulas that measure results, or show them on another scale.

    Args:
        terms: what each formula computes.
        table: the cells.
        reads: the formulas, each with the cells that it reads.
        results: the cells that hold what layers give, each with the cell that it may be a copy of.
        given: the cells that layers read and do not compute: inputs, states and weights.
        weights: those of them that are weights.
        layers: which layer's result stands in a cell.
    """

    def __init__(
        self,
        terms: CellTerms,
        table: CellTable,
        reads: Mapping[Address, Sequence[Address]],
        results: Mapping[Address, Address],
        given: Collection[Address],
        weights: Collection[Address],
        layers: Mapping[Address, int],
    ) -> None:
        self._terms, self._table, self._reads = terms, table, reads
        self._read = set(chain(*reads.values()))
        self._given, self._weights, self._layers = given, weights, layers
        self._results = dict(results)
        self._pairs: dict[Address, Pairs] = {}
        self._kin: Mapping[Address, Pairs] = {}
        self._made_targets: frozenset[Address] = frozenset()
        self._known: frozenset[Address | None] = frozenset()
        self._picked: set[tuple[Address, Address]] = set()
        self._cell: Address | None = None

    def cells(self, among: Collection[Address]) -> set[Address]:
        """The formulas among some that are nothing else.

        Args:
            among: formulas that no layer has.
        """
        scaled, beside = scaled_back(among, self._terms, self._results, self._given, self._weights)
        self._results |= {cell: self._results[result] for cell, result in scaled.items()}
        among_others = [cell for cell in among if cell not in scaled]
        told = dict(from_changes(among_others, self._terms, self._results, self._given))
        self._results |= {cell: self._results[change] for cell, change in told.items()}
        scaled |= told
        computed = self._computed_targets({*among} - scaled.keys() - beside)
        self._made_targets = frozenset(beside | computed)
        order = [cell for cell in self._terms.in_order() if cell in among and cell not in scaled.keys() | beside]
        for _ in range(2):  # what stands in line with summands is known the second time
            self._known = frozenset(target for own in self._pairs.values() for _, target in own)
            self._kin, self._pairs = self._pairs, {}
            for cell in order:
                self._cell = cell
                if found := self._of(self._terms[cell]) or self._of_class(cell):
                    self._pairs[cell] = found
        for cell in one_sided([*self._pairs], self._terms, self._results, self._layers):
            del self._pairs[cell]
        is_meant = is_straight(self._pairs.values(), self._layers, self._table, self._read)
        data = {*self._given} - {*self._weights, *self._results}
        is_meant = is_meant and not is_given_targets(self._pairs.values(), self._reads, data)
        return scaled.keys() | beside | (self._measured(among, computed) if is_meant else set())

    def _measured(self, among: Collection[Address], computed: Collection[Address]) -> set[Address]:
        """The measures, what is made of them alone, and the targets that formulas make for them."""
        own = {*self._pairs} - self._below_nothing()
        targets = {target for cell in own for _, target in self._pairs[cell] if target is not None}
        made = set().union(*(self._leading_to(cell) for cell in targets.intersection(computed)))
        rest = [cell for cell in among if cell not in own]
        return own | made | of_measures(rest, self._pairs, self._results, self._terms, self._table)

    def _computed_targets(self, among: Collection[Address]) -> set[Address]:
        """The formulas that may make targets, of typed numbers or words that are no weights, alike along their line."""
        texts, among = self._table.texts, {*among}
        reads_a_result = [own for own in among if not self._results.keys().isdisjoint(self._reads[own])]
        found = set[Address]()
        for cell in {read for own in reads_a_result for read in self._reads[own]} & among & texts.keys():
            leading = self._leading_to(cell) & among
            data = {own for other in leading for own in self._reads[other]} - leading
            if data and data.isdisjoint(self._reads) and data.isdisjoint(self._weights):
                found.add(cell)
        lines = [own for own in by_line(found).values() if len(own) > 1]
        alike = [own for own in lines if len({shape_of(texts[cell], *cell[1:]) for cell in own}) == 1]
        return found.difference(*lines).union(*alike)

    def _leading_to(self, cell: Address) -> set[Address]:
        """A formula and those from which it is computed."""
        return {cell, *reached([cell], self._reads.__getitem__, among=self._reads.__contains__)}

    def _below_nothing(self) -> set[Address]:
        """What is called a loss and is below 0, made of logarithms, if none behind it has the minus, or one in line."""
        negative = [cell for cell in self._pairs if self._terms.number(cell) < 0 and self._has_logarithm(cell)]
        called = {cell for cell in negative if any(map(LOSS.search, self._table.next_words(cell)))}
        others = [cell for cell in self._pairs if cell not in called]
        behind = reached(others, self._reads_of, among=lambda own: own in called)
        bare = {own: skeleton(self._table.texts.get(own, "")).replace("-", "") for own in self._pairs}
        above = [cell for cell in others if self._terms.number(cell) > 0]
        odd = (c for c in called for o in above if are_in_line(c, o) and bare[c] == bare[o])
        return (called - behind).union(odd)

    def _reads_of(self, cell: Address) -> Sequence[Address]:
        return self._terms.reads.get(cell, ())

    def _has_logarithm(self, cell: Address) -> bool:
        below = reached([cell], self._reads_of, among=lambda own: own in self._pairs)
        terms = (part for own in (cell, *below) for part in subterms(self._terms[own]))
        return any(isinstance(part, Function) and part.name == "LN" for part in terms)

    def _of(self, term: Expression) -> Pairs | None:
        match term:
            case Leaf():
                return self._pairs.get(term.cell)
            case Function(name="LN", arguments=(argument,)):
                return self._of_logarithm(argument)
            case Function() if term.name in _LOG_OR_SIZE:
                return self._of(term.arguments[0])
            case Function(name="MAX" | "MIN"):  # the largest error
                return self._of_sum([(own, 1.0) for own in compared_in(term) if isinstance(own, Term)])
            case Product() | Sum():
                return self._of_parts(term)
        return None

    def _of_parts(self, term: Product | Sum) -> Pairs | None:
        match term:
            case Product(factors=factors):
                return self._of_product(factors)
            case Sum(constant=0.0, parts=parts):
                return self._compared(*parts) or self._of_sum(parts)
            case Sum(parts=((Product(factors=((Leaf(), _), (Leaf(), _))) as share, sign),)) if sign == -term.constant:
                return self._of_product(share.factors) if abs(sign) == 1 else None  # an error as a share of a result
        return None

    def _compared(self, *parts: tuple[Term, float]) -> Pairs | None:
        """A difference of a result and a target, perhaps in other units, as euros and thousands of them."""
        if [type(part) for part, _ in parts] != [Leaf, Leaf] or parts[0][1] * parts[1][1] >= 0:
            return None
        one, other = (part.cell for part, _ in parts if isinstance(part, Leaf))
        for a, b in ((one, other), (other, one)):
            if a in self._results and (target := self._target(b)):
                return frozenset({(self._results[a], target)})
        return None

    def _target(self, cell: Address) -> Address | None:
        """The typed or made number that a cell holds, perhaps as a copy; None if it is none.

        What a series is made to forecast are its own numbers, which are inputs of other samples.
        """
        seen = set[Address]()
        while cell not in self._results and isinstance(term := self._terms.get(cell), Leaf) and cell not in seen:
            seen.add(cell)
            cell = term.cell
        is_data = (self._table.is_number(cell) or cell in self._given) and cell not in {*self._weights, *self._results}
        return cell if is_data or cell in self._made_targets else None

    def _of_product(self, factors: Sequence[tuple[Term, float]]) -> Pairs | None:
        """A power of a measure, a share of it, or a target times the logarithm of its result."""
        found: list[Pairs] = []
        others: list[Term] = []
        for factor, power in factors:
            own = self._of(factor)
            if own is None or power <= 0:
                others.append(factor)
                continue
            found.append(own)
        if len(found) == 1 and not others:
            return found[0]
        if self._is_relative(factors, found):
            return found[0]
        if [type(factor) for factor, _ in factors] == [Leaf, Leaf] and sorted(power for _, power in factors) == [-1, 1]:
            return self._compared(*factors)  # a ratio
        if len(factors) == 2 and len(others) == 1 and len(found) == 1:
            (target,) = others
            pair = next(iter(found[0]))
            meant = self._target(target.cell) if isinstance(target, Leaf) else None
            if meant is not None and pair[1] is None and len(found[0]) == 1:
                return frozenset({(pair[0], meant)})
            powers = [power for factor, power in factors if factor is target]
            return found[0] if self._is_count(target, powers[0], found[0]) else None
        return self._of_remainders(factors)

    def _is_relative(self, factors: Sequence[tuple[Term, float]], found: Sequence[Pairs]) -> bool:
        """Whether an error is divided by what the result is compared with, or by the result."""
        over = [factor for factor, power in factors if power == -1]
        if [len(own) for own in (*found, over)] != [1, 1] or len(factors) != 2 or not isinstance(over[0], Leaf):
            return False
        ((result, target),) = found[0]
        return self._results.get(over[0].cell) == result or self._target(over[0].cell) == target

    def _is_count(self, term: Term, power: float, pairs: Pairs) -> bool:
        """Whether a term is a number beside the network by which a sum is divided, as COUNT gives it."""
        beside = {*self._given, *self._results, *self._known}
        is_beside = isinstance(term, Leaf) and term.cell not in beside
        number = self._terms.number(term.cell) if isinstance(term, Leaf) and is_beside else 0.0
        return is_beside and (power > 0 or number == 0 or self._is_share(1 / number, pairs))

    def _is_share(self, share: float, pairs: Pairs) -> bool:
        """Whether a mean is that of all measures, where other results have nothing to compare with."""
        whole = len(pairs) == 1 or abs(share) >= 1 or abs(abs(share) * len(pairs) - 1) < _NEARLY_NOTHING
        return whole or not any(self._is_open(result, pairs) for result in self._results.values())

    def _of_logarithm(self, argument: Expression) -> Pairs | None:
        """Of a result, or of all results of a sample times their targets, of which one is 1 and the others are 0."""
        if isinstance(argument, Leaf) and argument.cell in self._results:
            return frozenset({(self._results[argument.cell], None)})
        if not isinstance(argument, Sum) or not 0 <= argument.constant < _NEARLY_NOTHING:
            return None
        found: dict[Address, Address] = {}
        for part, share in argument.parts:
            match part:
                case Product(factors=((Leaf() as one, 1.0), (Leaf() as other, 1.0))) if share == 1:
                    pair = (one.cell, other.cell) if one.cell in self._results else (other.cell, one.cell)
                    target = self._target(pair[1])
                    if pair[0] in self._results and target is not None:
                        found[pair[0]] = target
        is_whole = len(found) == len(argument.parts) > 1 and self._is_whole(found, self._results)
        return frozenset((self._results[own], target) for own, target in found.items()) if is_whole else None

    def _of_class(self, cell: Address) -> Pairs | None:
        """The logarithm of the share of a typed class, whichever of all of a sample's it is."""
        found = class_loss(cell, self._terms, self._results)
        target = found and self._target(found[2])
        if found is None or target is None or not self._is_whole(found[0], self._results):
            return None
        self._picked.add(pair := (self._results[found[1]], target))
        return frozenset({pair})

    def _of_remainders(self, factors: Sequence[tuple[Term, float]]) -> Pairs | None:
        """(1 − t)·ln(1 − o)."""
        if [power for _, power in factors] != [1.0, 1.0]:
            return None
        for (one, _), (other, _) in (factors, factors[::-1]):
            target = remainder(one)
            result = remainder(other.arguments[0]) if isinstance(other, Function) and other.name == "LN" else None
            if target and result in self._results and (meant := self._target(target)):
                return frozenset({(self._results[result], meant)})
        return None

    def _of_sum(self, parts: Sequence[tuple[Term, float]]) -> Pairs | None:
        """A sum of measures in equal shares; of those that stand in cells, and of results, whole rows or columns."""
        found = [self._of(part) for part, _ in parts]
        if not parts or any(own is None for own in found) or len({share for _, share in parts}) > 1:
            return None
        added = frozenset(part.cell for part, _ in parts if isinstance(part, Leaf))
        pairs = frozenset(pair for own in found for pair in own or ())
        if not all(is_fair(share, len(pairs)) and self._is_share(share, pairs) for _, share in parts):
            return None
        results = {result: source for result, source in self._results.items() if not self._is_open(source, pairs)}
        together = {added, *self._added_alike(len(added))}
        added = frozenset().union(*together)
        compared = {r for cell in added for r, _ in self._kin.get(cell, ())} | {r for r, _ in pairs}
        of_results = self._is_whole(compared, results) or self._picks_each(pairs)
        return pairs if len(parts) == 1 or (self._is_whole(added, self._kin) and of_results) else None

    def _added_alike(self, count: int) -> Iterator[frozenset[Address]]:
        """What formulas filled like this one add up, each as many others, as the mean of each of several windows."""
        text = self._table.texts.get(self._cell) if self._cell is not None else None
        if self._cell is None or text is None:
            return
        shape, line = (
            shape_of(text, *self._cell[1:]),
            [own for own in self._table.texts if are_in_line(own, self._cell)],
        )
        alike = [own for own in line if shape_of(self._table.texts[own], *own[1:]) == shape and own in self._terms]
        added = [frozenset(self._reads_of(own)) for own in alike]
        if all(len(own) == count for own in added) and len(frozenset().union(*added)) == count * len(added):
            yield from added

    def _picks_each(self, pairs: Pairs) -> bool:
        """Whether of each sample of a layer one result is taken, that of its class."""
        picked = [own for own, target in pairs if target is None or (own, target) in self._picked]
        layers = {self._layers.get(result) for result in picked}
        every = [own for own in self._results.values() if self._layers.get(own) in layers]
        return (
            len(picked) == len(pairs) > 1
            and len(layers) == 1
            and any(
                len({own[axis] for own in picked}) == len(picked)
                and {own[axis] for own in picked} == {o[axis] for o in every}
                for axis in (1, 2)
            )
        )

    def _is_open(self, result: Address, pairs: Pairs) -> bool:
        """Whether there is nothing yet to compare a result with: a forecast, where others have their targets."""
        away = {None if target is None else (target[0], *offset_between(own, target)) for own, target in pairs}
        (by, *more) = away
        return by is not None and not more and (by[0], *offset(result, by[1:])[1:]) not in self._table.index

    def _is_whole(self, added: Collection[Address], kin: Collection[Address]) -> bool:
        """Whether nothing of the same kind stands in line with what is added up and is left out."""

        def line(cell: Address, axis: int) -> object:
            layers = frozenset(self._layers[result] for result, _ in self._kin.get(cell, ()))
            return cell[0], cell[axis], skeleton(self._table.texts.get(cell, "")), self._layers.get(cell), layers

        for axis in (1, 2):
            lines = {own for own, count in Counter(line(cell, axis) for cell in added).items() if count > 1}
            if any(line(cell, axis) in lines for cell in kin if cell not in added):
                return False
        return True
