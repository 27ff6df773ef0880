"""Other explanations of the same workbook: nobody is blamed whom one that is as good leaves in peace.

Repairs are found one after the other, each the best for the first cell that is unknown. So a right cell may be taken
for a wrong one that stands where another one was meant. Whoever is called wrong is spared for once, and everything is
explained again: if that takes no more mistakes, it was no proof.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of, skeleton
from xlcheck.handmade.alignment.assignment import Assignment
from xlcheck.handmade.alignment.regularity import Regularity
from xlcheck.handmade.alignment.right_values import RightValues
from xlcheck.handmade.alignment.similarity import Similarity
from xlcheck.handmade.alignment.unrecognised import missing_results
from xlcheck.handmade.networks.elements import Band, Element, Key
from xlcheck.handmade.networks.network import Network, given_cells
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.offsets import are_in_line, distance, offset, offset_between
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.verdicts.messages import either

_MOST_MISTAKES = 6
"""Mistakes up to which others are looked for; a workbook with more of them is hardly the network that it should be."""
_MOST_ASKED = 200
"""Wrong cells of which it is asked whether one that they read is meant."""
_MOST_WORK = 100_000
"""Formula cells that are evaluated in search of other explanations: some ten seconds."""
_NEAR = 2
"""Cells from one result to the next: a blank one may lie between."""
_STRAY = "stands where nothing says what it should hold"
_Again = Callable[[Collection[Address]], tuple[Assignment, RightValues]]


@dataclass(frozen=True)
class Explained:
    """The explanation of a workbook, and what of it is not certain.

    Attributes:
        aligned: what every cell should hold.
        right: what the formulas compute then.
        contested: wrong cells of which it is not certain, and why.
    """

    aligned: Assignment
    right: RightValues
    contested: Mapping[Address, str]


def explained(networks: Sequence[Network], precedents: Precedents, again: _Again) -> Explained:
    """Explain a workbook, and compare that with explanations in which others are wrong.

    Args:
        networks: the models that it computes.
        precedents: who reads what.
        again: explains it, with some cells spared; and what its formulas compute then.
    """
    rivals = _Rivals(networks, precedents, again)
    return rivals.explained()


class _Rivals:
    def __init__(self, networks: Sequence[Network], precedents: Precedents, again: _Again) -> None:
        self._networks, self._precedents, self._again = networks, precedents, again
        self._table = precedents.table
        self._shapes = {cell: shape_of(text, cell[1], cell[2]) for cell, text in self._table.texts.items()}
        self._given = given_cells(networks)
        reads = {cell: precedents.of(cell) for cell in self._table.texts}
        self._of_blanks = {cell for cell, own in reads.items() if own and self._table.index.keys().isdisjoint(own)}
        self._bound = {c for n in networks for named in n.bound for places in named.values() for c in places}

    def explained(self) -> Explained:
        """See the function."""
        best, right = self._again(())
        spared = frozenset[Address]()
        while own := frozenset(self._right_as_they_are(best)) - spared:
            spared |= own
            best, right = self._again(spared)
        contested = dict(self._left_in_peace(best, right, spared))
        contested |= {own: f"{show(own)} {_STRAY}" for own in (*self._stray(best), *self._with_weights_of_others(best))}
        contested = {cell: why for cell, why in contested.items() if cell not in self._bound}
        others = dict(self._read_for_others(best, right))
        others |= dict(self._reading_unknown(best)) | dict(self._filled_beside(best))
        return Explained(best, right, contested | {c: either(show(c), show(other)) for c, other in others.items()})

    def _left_in_peace(
        self, best: Assignment, right: RightValues, spared: frozenset[Address]
    ) -> Iterator[tuple[Address, str]]:
        """The wrong cells that another explanation, which is as good, calls right; and why they are not blamed."""
        work, rank = right.work, self._rank(best, right)
        for cells in reversed(self._mistakes(best)):
            if work + right.work > _MOST_WORK:
                return
            if not self._bound.isdisjoint(cells) or not cells <= self._shapes.keys():
                continue
            if not any(self._precedents.readers(c) or not self._gives_more(c, best) for c in cells):
                continue  # spared, what nobody reads would be right as something else
            other, values = self._again(spared | cells)
            work += values.work
            if self._rank(other, values) <= rank:
                rival = min(other.wrong.keys() - best.wrong.keys(), default=None)
                shown = "another cell" if rival is None else show(rival)
                yield from ((own, either(show(own), shown)) for own in best.wrong.keys() - other.wrong.keys())

    def _filled_beside(self, aligned: Assignment) -> Iterator[tuple[Address, Address]]:
        """Wrong cells that are filled as right ones are, and one that is not, or that they read: it may be wrong."""
        filled = self._filled(aligned)
        others = sorted(aligned.wrong.keys() - filled)
        for cells in self._by_skeleton(filled):
            odd = next(filter(None, (self._oddly_filled(own, aligned) for own in cells)), None)
            other = others[0] if odd is None and others else odd
            yield from ((own, other) for own in cells if other is not None)

    def _gives_more(self, cell: Address, aligned: Assignment) -> bool | None:
        """Whether what a wrong cell gives of the networks is held by no other cell; None if it gives none."""
        values = aligned.wrong[cell]
        equal = () if np.isnan(values).any() else aligned.elements.equal_to(values[:, None])[0]
        return {*aligned.held.values()}.isdisjoint(equal) if equal else None

    def _mistakes(self, aligned: Assignment) -> list[frozenset[Address]]:
        """The wrong cells, those together that were filled from one another; none if there are too many."""
        found = self._by_skeleton(aligned.wrong)
        return found if len(found) <= _MOST_MISTAKES else []

    def _by_skeleton(self, cells: Iterable[Address]) -> list[frozenset[Address]]:
        """Cells together whose formulas do the same with other cells."""
        found: dict[object, set[Address]] = defaultdict(set)
        for cell in cells:
            text = self._table.texts.get(cell)
            found[cell if text is None else skeleton(text)].add(cell)
        return [frozenset(own) for own in found.values()]

    def _rank(self, aligned: Assignment, right: RightValues) -> tuple[int, ...]:
        """How much that is read or a result is not explained, how many mistakes there are, and how many wrong cells.

        Before these count those whose formulas are what right cells of their quantity have, those that would be right
        if what they read were, those that stand where nothing asks for them, and cells that would compute what another
        one computes as well; last, those whose formulas are what any right cells have.
        """
        known = aligned.held.keys() | self._given.keys()
        unknown = sum(cell not in known and bool(self._precedents.readers(cell)) for cell in self._table.texts)
        unknown += len({n for cell in aligned.held for n in self._typed_in(cell) if n not in known})
        missing = sum(1 for _ in missing_results(self._networks, aligned))
        wrong = len(aligned.wrong)
        shapes = {cell: self._shapes[cell] for cell in aligned.held if cell in self._shapes}
        strange = len(self._filled(aligned)) + len(self._read_for_others(aligned, right)) + len({*self._stray(aligned)})
        mistakes = len(self._mistakes(aligned)) or wrong
        return (
            unknown + missing,
            mistakes,
            strange + self._repeated(aligned),
            wrong,
            len(_as_right_ones(shapes, aligned)),
        )

    def _filled(self, aligned: Assignment) -> set[Address]:
        """The wrong cells with the formula, in relative references, of right cells of their quantity."""
        shapes = {c: (self._shapes[c], band) for c, band in aligned.bands.items() if c in self._shapes}
        return _as_right_ones(shapes, aligned)

    def _typed_in(self, cell: Address) -> Iterator[Address]:
        """The cells with typed numbers that a formula reads one by one."""
        for area in self._precedents.ranges(cell):
            if area.size == 1 and self._table.is_number((area.sheet, area.top, area.left)):
                yield area.sheet, area.top, area.left

    def _repeated(self, aligned: Assignment) -> int:
        """How many right cells compute what another one computes, and do not only repeat it."""
        own = Counter(n for cell, n in aligned.held.items() if cell in self._shapes and cell not in aligned.wrong
                      and not self._precedents.is_copy(cell))  # fmt: skip
        return own.total() - len(own)

    def _right_as_they_are(self, aligned: Assignment) -> Iterator[Address]:
        """Wrong cells that compute what stands nowhere else, as formulas like them do for other units or samples.

        Where several compute the same, it is the one that is filled as most right cells are.
        """
        elements, holders = aligned.elements, set(aligned.held.values())
        bands = defaultdict[str, set[Band]](set)
        for cell, band in aligned.bands.items():
            if cell not in aligned.wrong and cell in self._table.texts:
                bands[skeleton(self._table.texts[cell])].add(band)
        shapes = Counter(self._shapes.get(cell) for cell in aligned.held if cell not in aligned.wrong)
        found = defaultdict[int, list[Address]](list)
        for cell, values in aligned.wrong.items():
            text = self._table.texts.get(cell)
            alike = bands.get(skeleton(text), ()) if text is not None and cell not in self._bound else ()
            equal = elements.equal_to(values[:, None])[0] if alike and not np.isnan(values).any() else ()
            if own := [n for n in equal if elements.key(n).band in alike and n not in holders]:
                found[own[0]].append(cell)
        for cells in found.values():
            most = max(shapes[self._shapes[cell]] for cell in cells)
            yield from (cell for cell in cells if shapes[self._shapes[cell]] == most)

    def _read_for_others(self, aligned: Assignment, right: RightValues) -> Mapping[Address, Address]:
        """Wrong cells that would be right if one that they read held what stands nowhere → that one.

        It is read by no other right cell, so either may be wrong; then what it holds stands nowhere for certain.
        """
        elements = aligned.elements
        equal = elements.equal_to(elements.values)
        whole = [n for n in range(len(elements)) if elements.is_computed[n] and not elements.is_part[n]]
        asked = [cell for cell in aligned.wrong if not right.is_unknown(cell)]
        # Who gives the right value now does no more than round.
        asked = [c for c in asked if not same(right.local(c), elements[aligned.held[c]].values).all()][:_MOST_ASKED]
        found: dict[Address, Address] = {}
        while asked:
            holders = {number for cell, number in aligned.held.items() if cell not in found.values()}
            nowhere = np.array([n for n in whole if holders.isdisjoint(equal[n])], dtype=int)
            more = {
                cell: one for cell in asked if cell not in found and len(nowhere)
                if (one := self._read_for_one_of(cell, elements.values[:, nowhere], aligned, right)) is not None
            }  # fmt: skip
            if not more:
                break
            found |= more
        return found

    def _read_for_one_of(self, cell: Address, values: Array, aligned: Assignment, right: RightValues) -> Address | None:
        """What a wrong cell reads that might hold one of some values `(settings, many)`, which would make it right."""
        wanted = aligned.elements[aligned.held[cell]].values[:, None]
        for read in self._precedents.of(cell):
            is_given = read in self._given or read in self._bound or read not in self._table.texts
            if is_given or read in aligned.wrong or self._is_needed(read, cell, aligned):
                continue
            if same(right.at_once(cell, {read: values}), wanted).all(axis=0).any():
                return None if self._is_filled_rightly(read, aligned) else read
        return None

    def _oddly_filled(self, cell: Address, aligned: Assignment) -> Address | None:
        """What a wrong cell reads that is filled otherwise than what right cells with its formula read there."""
        own = self._shapes.get(cell), aligned.bands[cell]
        right = [
            c for c, band in aligned.bands.items() if c not in aligned.wrong and (self._shapes.get(c), band) == own
        ]
        for read in self._precedents.of(cell):
            if read in self._shapes and read not in aligned.wrong and read[0] == cell[0]:
                by = offset_between(cell, read)
                beside = {self._shapes.get(offset(other, by)) for other in right}
                if len(beside) == 1 and self._shapes[read] not in beside:
                    return read
        return None

    def _reading_unknown(self, aligned: Assignment) -> Iterator[tuple[Address, Address]]:
        """Wrong cells that read a formula of which it is not known what it should hold, and that formula.

        A typed number is such a one, too, if what the cell should read is computed nowhere.
        """
        known = (aligned.held.keys() | self._given.keys()) - self._of_blanks
        elements = (aligned.elements[number] for number in aligned.held.values())
        held = {(e.source.network, e.source.quantity.name, e.index) for e in elements if not e.source.part}
        for cell in aligned.wrong:
            element = aligned.element(cell)
            unknown = [own for own in self._precedents.of(cell) if own in self._table.texts and own not in known]
            if not unknown and element is not None and self._lacks_operand(element, held):
                unknown = [own for own in self._typed_in(cell) if own not in known]
            if unknown:
                yield cell, unknown[0]

    def _lacks_operand(self, element: Element, held: Collection[tuple[int, str, int]]) -> bool:
        """Whether something computed, from which an element is computed, stands in no cell."""
        network = element.source.network
        graph = self._networks[network].graph
        operands = element.source.operands(element.index)
        return any(graph[name].expr is not None and (network, name, i) not in held for name, i in operands)

    def _is_filled_rightly(self, cell: Address, aligned: Assignment) -> bool:
        """Whether a cell has the formula of another right one of its quantity, and holds what as far away others hold.

        One column to the right is the next step, say, and not the next unit of it as well.
        """
        keys, wrong = aligned.keys, aligned.wrong
        if cell not in keys or aligned.elements.is_part[aligned.held[cell]]:
            return False
        for other, key in keys.items():
            is_alike = self._shapes.get(other) == self._shapes.get(cell) and key.band == keys[cell].band
            if is_alike and other != cell and other not in wrong and other[0] == cell[0]:
                by = offset_between(other, cell)
                pairs = ((own, keys.get(offset(one, by))) for one, own in keys.items() if one not in wrong)
                steps = Counter(_step(a, b) for a, b in pairs if b is not None and a.band == b.band != key.band)
                if not steps or steps.most_common(1)[0][0] == _step(key, keys[cell]):
                    return True
        return False

    def _is_needed(self, cell: Address, by: Address, aligned: Assignment) -> bool:
        """Whether another right cell reads what a cell holds."""
        readers = (own for own in self._precedents.readers(cell) if own != by)
        return any(own in aligned.held and own not in aligned.wrong for own in readers)

    def _stray(self, aligned: Assignment) -> Iterator[Address]:
        """Wrong cells that nobody reads for what they should hold, and that stand where nothing asks for it."""
        elements, keys = aligned.elements, aligned.keys
        right = {cell: key for cell, key in keys.items() if cell not in aligned.wrong}
        places = Regularity(right, elements.weights)
        similarity = Similarity(elements, frozenset(aligned.bands.values()))
        for cell in (aligned.wrong.keys() & self._shapes.keys()) - self._bound:
            if any(self._needs(own, cell, aligned, similarity) for own in self._precedents.readers(cell)):
                continue
            key, votes = keys[cell], places.expected(cell)
            beside = [own for own, held in right.items() if held.band == key.band]
            asks = votes[key] if votes else any(are_in_line(cell, own) for own in beside)
            is_read, is_given = bool(self._precedents.readers(cell)), not elements.is_computed[aligned.held[cell]]
            repeats = not is_read and self._gives_more(cell, aligned) is False and not _is_near(cell, beside)
            if (is_given and not is_read) or (beside and (not asks or repeats)):
                yield cell

    def _with_weights_of_others(self, aligned: Assignment) -> Iterator[Address]:
        """Wrong cells that read weights, but none of the layer of which they should compute something."""
        for cell in aligned.wrong:
            read = (self._given[own] for own in self._precedents.of(cell) if own in self._given)
            layers = {quantity.band.layer for quantity in read if quantity.is_weight}
            element = aligned.element(cell)
            if layers and element is not None and element.source.quantity.band.layer not in layers:
                yield cell

    def _needs(self, reader: Address, cell: Address, aligned: Assignment, similarity: Similarity) -> bool:
        """Whether a right cell needs what another one should hold."""
        element = aligned.element(cell)
        if element is None or reader not in aligned.held or reader in aligned.wrong:
            return False
        return (element.source.quantity.name, element.index) in similarity.needs(aligned.held[reader])


def _is_near(cell: Address, others: Sequence[Address]) -> bool:
    """Whether a cell is as near to one of some others, in line with it, as these are to one another."""
    line = sorted(own for own in others if are_in_line(cell, own))
    most = max(_NEAR, min((distance(*pair) for pair in pairwise(line)), default=0))
    return any(distance(cell, own) <= most for own in line)


def _step(one: Key, other: Key) -> tuple[int, int, int]:
    """How far one element is from another one of its band."""
    return other.step - one.step, other.sample - one.sample, other.index - one.index


def _as_right_ones(formulas: Mapping[Address, object], aligned: Assignment) -> set[Address]:
    """The wrong cells with a formula that a right one has."""
    right = {formula for cell, formula in formulas.items() if cell not in aligned.wrong}
    return {cell for cell in aligned.wrong if formulas.get(cell) in right}
