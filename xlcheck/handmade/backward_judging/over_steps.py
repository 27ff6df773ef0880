"""What people add up over several steps of a training: losses and errors of all of them, of an epoch, of a window."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import COMPARISONS, Address, Algebra, Function, Term, number_at, subterms
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.backward.quantities import Quantity
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward_judging.family import place_of
from xlcheck.handmade.reading.cell_terms import leaves
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import offset, offset_between

_SAMPLE = re.compile(r"\(\d+\)")
_NUMBER = re.compile(r"\d+")
_ERROR, _SIZE = "error[1]", "sum of |error|"
_SIZES = "the sizes of "
OVER_STEPS = " over the steps"
"""How what is added up over several steps is called."""
_SEVERAL = 3
"""Formulas that say what is usual."""


def over_steps(cell: Address, reading: Reading, right: Mapping[Address, str], table: CellTable) -> Quantity | None:
    """The sum or the mean that a formula takes of what several steps hold; None if it is none, or of some only.

    Args:
        cell: the formula.
        reading: the sheet as training steps.
        right: the cells that are right, and what they hold.
        table: the cells.
    """
    sheet = reading.sheet
    parts = _parts(cell, reading, right)
    parts = [own for own in parts if own in right or own not in reading.data]  # beside outputs are their targets
    # An error that is above 0 is its own size, which is what comes first for its value.
    names = {_SAMPLE.sub("", right.get(part, "")) for part in parts}
    names -= {_SIZE} if names == {_SIZE, _ERROR} else set()
    if len(parts) < 2 or len(names) > 1 or "" in names:
        return None
    if not (is_whole_line(cell, parts, reading, right) or _is_window(cell, parts, reading, right, table)):
        return None
    if _is_unlike_others(cell, reading, table):
        return None
    (name,) = names
    values = np.array([sheet.cells[part] for part in parts])
    if (targets := _targets(cell, parts, reading)) is not None:
        name, values = "error", values - targets
    numbers = [own for own in sheet.settings_of(cell).values() if own[-1] == len(parts)]
    # Of mistakes, which are −1, 0 and 1, squares are sizes.
    has_sizes = any(isinstance(own, Function) and own.name == "ABS" for own in subterms(sheet.terms[cell]))
    for how, own in sorted(_shapes(values), key=lambda shape: (shape[0] == _SIZES) != has_sizes):
        total = own.sum(axis=0)
        for what, found in (("sum", total), *(("mean", total / count) for count in (len(parts), *numbers))):
            with np.errstate(all="ignore"):
                for put, wanted in ((what, found), (f"root of the {what}", np.sqrt(found))):
                    if same(wanted, sheet.cells[cell]):
                        return Quantity(f"{put} of {how}{name}{OVER_STEPS}", wanted)
    return None


def steps_of(cell: Address, reading: Reading, right: Mapping[Address, str]) -> tuple[int, ...]:
    """The numbers of the steps over which a formula adds something up, in order; empty if not all are known.

    Args:
        cell: the formula.
        reading: the sheet as training steps.
        right: the cells that are right, and what they hold.
    """
    parts = [own for own in _parts(cell, reading, right) if own in right or own not in reading.data]
    known = [reading.roles[own][0] for own in parts if own in reading.roles]
    return (*sorted(known),) if len(known) == len(parts) else ()


def _shapes(values: Array) -> Iterator[tuple[str, Array]]:
    """Numbers, and what people make of each before they add them up."""
    yield from (("", values), ("the squares of ", values**2), ("half the squares of ", values**2 / 2))
    yield _SIZES, np.abs(values)


def _targets(cell: Address, outputs: Collection[Address], reading: Reading) -> Array | None:
    """The target of each of some outputs, if a formula reads these and nothing else, as `SUMXMY2` does."""
    samples = (sample for step in reading.steps for sample in step.truth.network.samples)
    pairs = {o: t for own in samples for o, t in zip(own.outputs[-1], own.targets, strict=False)}
    if not pairs.keys() >= {*outputs}:
        return None
    targets, known = [pairs[output] for output in outputs], reading.sheet.cells
    is_all = {*reading.sheet.terms.reads[cell]} == {*outputs, *targets} and known.keys() >= {*targets}
    return np.array([known[target] for target in targets]) if is_all else None


def _parts(cell: Address, reading: Reading, right: Mapping[Address, str]) -> list[Address]:
    """The right cells that a formula reads, also behind cells of which only the root is taken; each once."""
    terms, found, left = reading.sheet.terms, dict[Address, None](), [cell]
    for own in left:
        for read in _added_up(own, reading):
            if read not in right and read in terms and isinstance(terms[own], Function):
                left += [read] if read not in left else []
            else:
                found[read] = None
    return [*found]


def _added_up(cell: Address, reading: Reading) -> tuple[Address, ...]:
    """The cells that a formula puts together, without numbers of rounds that it asks for and what these leave out.

    As `=SUMPRODUCT((A5:A28=2)*ABS(J5:J28))` does, it takes the cells beside which a typed number says so.
    """
    terms = reading.sheet.terms

    def today(own: Term) -> float | None:
        asked = leaves(own) if isinstance(own, Function) and own.name in COMPARISONS else ()
        is_typed = all(terms.holds_number(read) and read not in terms and read not in reading.data for read in asked)
        return number_at(own, {read: terms.number(read) for read in asked}) if asked and is_typed else None

    left = Algebra().replaced(terms[cell], today)
    return leaves(left) if isinstance(left, Term) else ()


def _is_unlike_others(cell: Address, reading: Reading, table: CellTable) -> bool:
    """Whether several formulas ask for the rounds of the same cells, each for another one, and do otherwise than this.

    So does one that asks for the round of another.
    """
    if len(_added_up(cell, reading)) == len(leaves(reading.sheet.terms[cell])):
        return False
    own, text = cut(table.texts[cell]), table.texts[cell]
    others = (told for other, told in table.texts.items() if other != cell and other[0] == cell[0])
    kin = [told for told in others if cut(told).refs == own.refs]
    shapes = Counter(map(skeleton, kin))
    return text in kin or any(count >= _SEVERAL and shape != skeleton(text) for shape, count in shapes.items())


def is_whole_line(cell: Address, parts: list[Address], reading: Reading, right: Mapping[Address, str]) -> bool:
    """Whether cells are all that hold the same of a step, in one line of steps, or in one epoch, or up to a formula.

    Args:
        cell: the formula that reads them.
        parts: the cells.
        reading: the sheet as training steps.
        right: the cells that are right, and what they hold.
    """
    if (stride := reading.stride) is None:
        return False
    if _are_an_epoch(parts, reading):
        return True
    for end, sign in ((min(parts), -1), (max(parts), 1)):
        beyond = offset(end, stride, sign)
        goes_on = _SAMPLE.sub("", right.get(beyond, "")) == _SAMPLE.sub("", right[end])
        if goes_on and (sign < 0 or place_of(end, stride) != place_of(cell, stride)):
            return place_of(max(parts), stride) == place_of(cell, stride) and _moves_on(cell, parts, reading, right)
    away = (offset_between(parts[0], part) for part in parts)
    return all(down * stride[1] == across * stride[0] for down, across in away)


def _moves_on(cell: Address, parts: Collection[Address], reading: Reading, right: Mapping[Address, str]) -> bool:
    """Whether the formula before it in its line is right and puts as many together, each of the step before."""
    stride, terms = reading.stride or (0, 0), reading.sheet.terms
    before = offset(cell, stride, -1)
    own = _parts(before, reading, right) if before in right and before in terms else ()
    return {*own} == {offset(part, stride, -1) for part in parts}


def _are_an_epoch(parts: list[Address], reading: Reading) -> bool:
    """Whether the steps of some cells are one of several rounds in which the same samples come, in whatever order.

    The last round may be broken off.
    """
    count, steps = len(parts), reading.steps
    numbers = sorted(reading.roles[part][0] for part in parts if part in reading.roles)
    if not numbers or numbers != [*range(numbers[0], numbers[0] + count)] or numbers[0] % count:
        return False
    data = [(own.truth.data[-1].tolist(), np.nan_to_num(own.truth.targets[-1]).tolist()) for own in steps]
    *rounds, last = (sorted(data[first : first + count]) for first in range(0, len(data), count))
    is_begun = all(last.count(sample) <= rounds[0].count(sample) for sample in last) if rounds else False
    return is_begun and all(own == rounds[0] for own in rounds)


def _is_window(
    cell: Address, parts: list[Address], reading: Reading, right: Mapping[Address, str], table: CellTable
) -> bool:
    """Whether cells are as many of the first or of the last steps as a word beside says, or as a twin reads there."""
    found = _at_ends(parts, reading, right)
    if not found:
        return False
    said = {int(number) for words in table.next_words(cell) for number in _NUMBER.findall(words)}
    kin = (own for own, text in table.texts.items() if skeleton(text) == skeleton(table.texts[cell]) and own != cell)
    others = [_parts(own, reading, right) for own in kin if own in reading.sheet.terms]
    twins = (own for own in others if len(own) == len(parts) and own[0] in right and not {*own} & {*parts})
    return len(parts) in said or any(_at_ends(own, reading, right) - found for own in twins)


def _at_ends(parts: list[Address], reading: Reading, right: Mapping[Address, str]) -> set[int]:
    """At which ends of a line of steps, -1 or 1, some of its cells stand that follow on one another."""
    stride, own = reading.stride, sorted(parts)
    if stride is None or any(offset(one, stride) != other for one, other in pairwise(own)):
        return set()
    beyond = {-1: offset(own[0], stride, -1), 1: offset(own[-1], stride)}
    name = _SAMPLE.sub("", right.get(own[0], ""))
    return {end for end, other in beyond.items() if _SAMPLE.sub("", right.get(other, "")) != name}
