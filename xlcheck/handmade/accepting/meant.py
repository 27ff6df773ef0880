"""Whether cells that seem wrong may be meant as they are: as another network beside, or as a step that is left out.

A reading that calls cells wrong has a rival in one that calls no cell wrong. Such a rival is good enough to blame
nobody, though it leaves formulas out that nobody reads.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from math import isclose

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.rounding import unrounded
from xlcheck.formulas.scanner import tokens
from xlcheck.formulas.shapes import moved, operands, skeleton
from xlcheck.handmade.accepting.pieces import alone, connected
from xlcheck.handmade.accepting.shown_beside import describes_a_line, shown_beside, unread, without
from xlcheck.handmade.beside.lookups import failing_for_others
from xlcheck.handmade.beside.showing import bends
from xlcheck.handmade.networks.labels import LONGEST_SYMBOL
from xlcheck.handmade.reading.cells import CellTable, beside, show
from xlcheck.handmade.reading.digits import COMPUTED, agrees, digits_of
from xlcheck.handmade.reading.lines import by_line
from xlcheck.handmade.reading.offsets import are_in_line, offset, offset_between
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.verdicts.cell_result import CellResult

_IsRight = Callable[[SheetGroup], bool]
_HABIT = 3
"""Cells with one formula that make a habit; in fewer the same slip may have been made again, or was filled once."""
_MISSING = frozenset({"bias-missing", "gate-missing"})
_NOTHING = 1e-12
_ROUNDED = 5e-3
"""How far a result that was pasted is from the right one: two digits behind the point are left of it."""
_SEVERAL = 2
"""Wrong cells of a network that may be meant otherwise."""
_TRIED = re.compile(r"#[-+*/]0|0[+*]#")
"""A reference and a typed number, as a skeleton."""
_ALTERED = re.compile(r"#[-+*/](?:0|#)|0[+*]#")
"""A reference that a number is added to, or that is multiplied by one, perhaps in a cell."""
_WEIGHTS = ("kernel", "recurrent_kernel", "bias")
_INPUT = "input"
_RESULT = ".y["
"""What a layer gives, in the name of an element."""
_NO_STATE, _AT_FIRST = "recurrent-term-missing", re.compile(r"\[0\]\[\d+\]$")
"""What is said of a sum without the state before it; and a quantity of a first step."""
_SLIP = 2
"""Words and signs of a formula that people get wrong at once: a function, a sign, a pair of parentheses."""
_STEPS = 100
"""Steps in a row that may be left out."""


def why_meant(
    part: SheetGroup, roots: Mapping[Address, CellResult], held: Mapping[Address, str], is_right: _IsRight | None
) -> str | None:
    """Why cells that seem wrong may be meant as they are; None if they cannot.

    Args:
        part: the worksheets.
        roots: the cells, each with what is said of it.
        held: what each cell with a verdict should hold, such as `lstm.h[3][0]`.
        is_right: whether some worksheets are a network in which no cell is wrong; None to look for none beside.
    """
    return next(_reasons(part, roots, held, is_right), None) if roots else None


def _reasons(
    part: SheetGroup, roots: Mapping[Address, CellResult], held: Mapping[Address, str], is_right: _IsRight | None
) -> Iterator[str]:
    yield from (
        f"{show(cell)} may try what another number gives" for cell in sorted(roots) if _is_tried(part, cell, held)
    )
    yield from failing_for_others(part, roots)
    yield from (f"{show(cell)} may be typed there on purpose" for cell in roots if _is_put_in(part, cell, roots[cell]))
    typed = [cell for cell in sorted(roots) if part.table.is_number(cell) and _is_among_copies(part, cell)]
    altered = (cell for cell, text in part.table.texts.items() if _ALTERED.fullmatch(skeleton(text)))
    for other in (cell for cell in altered if typed and cell not in roots and _is_among_copies(part, cell)):
        yield f"{show(typed[0])} may try another input, as {show(other)} does"
    at_first = [
        cell for cell, own in roots.items()
        if (own.diagnosis == _NO_STATE or (part.table.is_number(cell) and own.actual == 0))
        and _AT_FIRST.search(held.get(cell, "")) and own.actual == own.desired
    ]  # fmt: skip
    if len(at_first) == len(roots):
        yield f"{show(min(at_first))} may leave out what a first state of 0 adds, or a blank one"
    yield from _as_a_habit(part, roots, held)
    yield from _new_series(part, roots, held)
    left_out = [cell for cell in sorted(roots) if _leaves_a_step_out(part, cell)]
    if left_out:
        yield f"{show(left_out[0])} may repeat the state because its step has no input, as Keras's Masking does"
    for cell in sorted(roots):
        for copied in _copied_for_bent(part, cell):
            yield f"{show(cell)} may be wrong, or its copy {show(copied)}, where others have their activation"
    called = [
        cell
        for cell, own in roots.items()
        if own.desired_formula and _is_called_so(part, cell, own.desired_formula.removeprefix("="))
    ]
    if called:
        yield f"{show(called[0])} and the numbers that it reads are called the same"
    if is_right is None:
        return
    found = connected(part, through_numbers=False)
    own = set[Address]().union(*(group for group in found if not group.isdisjoint(roots)))
    stands_alone = len(own) < len(part.table.texts) and not _is_filled_into(part, own)
    if len(roots) >= _SEVERAL and stands_alone and is_right(alone(part, own)):
        yield f"the formulas from {show(min(own))} on are a network of their own, in which no cell is wrong"
    yield from _behind_the_end(part, roots, held, is_right)
    shown = shown_beside(part)
    groups = [own for own in shown if own.isdisjoint(roots)]
    together = [set[Address]().union(*groups)] if len(groups) > 1 else []
    for cells in (*groups, *together, *(own for own in shown if own <= roots.keys() and _is_beside(part, own))):
        if is_right(without(part, cells)):
            yield f"without {show(min(cells))}, which nothing reads, no cell is wrong"


def _behind_the_end(
    part: SheetGroup, roots: Mapping[Address, CellResult], held: Mapping[Address, str], is_right: _IsRight
) -> Iterator[str]:
    """Formulas that nobody reads behind a network that is right without them, and that are no slip of its activation.

    They may put its result on another scale, as `=EXP(B14)` does where it learned logarithms, or compute from it
    whatever people want to know. One that should be nothing that can be written there, and reads a number of its own,
    such as a bias, is meant to be a part of the network.
    """

    def is_slip(cell: Address) -> bool:
        if wanted := roots[cell].desired_formula:
            return _is_slip(part.table.texts[cell], wanted)
        typed = (own for own in part.precedents.of(cell) if own in part.table.index and not part.table.is_formula(own))
        return any(len(part.precedents.readers(own)) == 1 for own in typed)

    for cells in unread(part):
        ends = roots.keys() <= cells and all(_RESULT in held.get(cell, "") for cell in roots)
        if ends and not any(map(is_slip, roots)) and is_right(without(part, cells)):
            yield f"{show(min(roots))} may compute something else from the result; without it, no cell is wrong"


def _is_slip(text: str, wanted: str) -> bool:
    """Whether a formula is what it should be but for references, rounding, and few words or signs, but no numbers."""
    ours, theirs = (
        [("", "") if own.kind == "reference" else own for own in tokens(unrounded(each) or each) if own.kind != "space"]
        for each in (text, wanted.removeprefix("="))
    )
    changed = [
        token
        for way, *ends in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes() if way != "equal"
        for token in max(ours[ends[0] : ends[1]], theirs[ends[2] : ends[3]], key=len)
    ]  # fmt: skip
    return len(changed) <= _SLIP and not any(kind == "number" for kind, _ in changed)


def _is_among_copies(part: SheetGroup, cell: Address) -> bool:
    """Whether two or more of the cells beside one repeat others, as inputs do in a table that asks what if."""
    return sum(map(part.precedents.is_copy, beside(cell))) > 1


def _is_tried(part: SheetGroup, cell: Address, held: Mapping[Address, str]) -> bool:
    """Whether a formula adds a number to a weight or an input, or multiplies it, as people ask what if.

    The number is typed into it, or stands in a cell, of which it makes a weight or an input.
    """
    text, read = skeleton(part.table.texts.get(cell, "")), part.precedents.of(cell)
    layer, _, symbol = held.get(cell, "").partition(".")
    is_given = layer == _INPUT or symbol.startswith(_WEIGHTS)
    is_tried = bool(_TRIED.fullmatch(text)) or (is_given and bool(_TRIED.fullmatch(text.replace("#", "0", 1))))
    return is_tried and all(part.table.is_number(own) for own in read)


def _is_put_in(part: SheetGroup, cell: Address, said: CellResult) -> bool:
    """Whether a 0 stands in the place of a result, or a short number that is no rounded one, and only totals read it.

    A unit may be switched off to see what it does; and somebody may know better than the network, as where a credit is
    granted all the same.
    """
    readers, texts = part.precedents.readers(cell), part.table.texts
    if not (isinstance(said.actual, float) and isinstance(said.desired, float)) or part.table.is_formula(cell):
        return False
    if said.actual == 0.0 and not isclose(said.desired, 0.0, abs_tol=_NOTHING):
        return True
    digits = digits_of(said.actual)
    is_result = digits >= COMPUTED or agrees(said.desired, said.actual)
    return not is_result and all(describes_a_line(texts[reader]) for reader in readers)


def _as_a_habit(part: SheetGroup, roots: Mapping[Address, CellResult], held: Mapping[Address, str]) -> Iterator[str]:
    """What all steps, units and samples compute alike, and otherwise than Keras, perhaps as a layer that it has not.

    A weight that all of them read wrongly makes no other layer; nor does a bias or a gate that stands there and nobody
    reads, nor results that were pasted. Of numbers it is enough that all of a row or column are typed, as targets are.
    """
    for name, cells in _by_quantity(held).items():
        kinds = {skeleton(part.table.texts.get(cell, "")) for cell in cells}
        wrong = [roots[cell] for cell in cells if cell in roots]
        desired = {skeleton(own.desired_formula.removeprefix("=")) for own in wrong if own.desired_formula}
        is_habit = len(wrong) == len(cells) >= _HABIT and len(kinds) == 1 and not kinds & desired
        if is_habit and not _are_pasted(wrong) and not any(own.diagnosis in _MISSING for own in wrong):
            others = f"{show(min(cells))} and all others that should be {name}"
            yield f"{others} are computed alike, and otherwise than Keras computes them, which may be meant"
        for line in by_line(cells).values():
            typed = [roots[cell] for cell in line if cell in roots and not part.table.is_formula(cell)]
            if len(typed) == len(line) >= _HABIT and not _are_pasted(typed):
                yield f"{show(min(line))} and the others of its line may be typed there on purpose"


def _are_pasted(wrong: Sequence[CellResult]) -> bool:
    """Whether typed numbers are the results that formulas should give there, rounded, and not one number throughout."""
    if any(own.formula is not None for own in wrong) or len({own.actual for own in wrong}) == 1:
        return False
    numbers = [(own.actual, own.desired) for own in wrong]
    return all(
        isinstance(actual, float) and isinstance(desired, float) and isclose(actual, desired, abs_tol=_ROUNDED)
        for actual, desired in numbers
    )


def _new_series(part: SheetGroup, roots: Collection[Address], held: Mapping[Address, str]) -> Iterator[str]:
    """Where all that should read the step before reads none, as at the start of a series: another one may begin."""
    steps: dict[tuple[str, int], list[Address]] = defaultdict(list)
    for cell, element in held.items():
        name, _, indices = element.partition(".")
        if indices.count("[") > 1:
            steps[name, int(indices.split("[")[1].rstrip("]"))].append(cell)
    for (name, step), cells in steps.items():
        wrong = [cell for cell in cells if cell in roots]
        before = {cell for (other, number), own in steps.items() if other == name and number < step for cell in own}
        sources = _sources(part, cells, held)
        if not step or not wrong:
            continue
        others = held.keys() - {*cells}  # what reads a sum of its own step reads what that does
        cleared = [cell for cell in wrong if before.isdisjoint(_sources(part, [cell], others))]
        if cleared and _is_announced(part, cleared[0], step, held):
            yield f"the step of {show(min(cleared))} may begin a series, as what stands in line with it says"
        if not before.isdisjoint(sources):
            continue
        later = [own for (other, number), own in steps.items() if other == name and number not in {0, step}]
        first = _sources(part, steps.get((name, 0), ()), held) & sources
        again = first.difference(*(_sources(part, own, held) for own in later)) if later else ()
        if len(wrong) > 1 or again:
            yield f"the step of {show(min(wrong))} reads no state but the first one, as where a series begins"


def _is_announced(part: SheetGroup, cell: Address, step: int, held: Mapping[Address, str]) -> bool:
    """Whether words or numbers in line with the steps, which nobody reads, say that another series begins at one.

    Series are counted from 1 or named, in each row or in the first one only; or the steps are counted anew.
    """
    start, _, rest = held[cell].partition("[")
    element = re.compile(rf"{re.escape(start)}\[(\d+)\]{re.escape(rest.partition(']')[2])}")
    found = ((element.fullmatch(name), own) for own, name in held.items())
    line = [own for _, own in sorted((int(match[1]), own) for match, own in found if match)]
    axis = next((axis for axis in (1, 2) if len({own[axis] for own in line}) == len(line) > step > 1), 0)
    marks = {**part.table.words, **part.table.typed_numbers}
    for place in (own for own in marks if axis and own[0] == cell[0] and own[axis] == cell[axis]):
        if part.precedents.readers(place):
            continue
        own = [marks.get((place[0], s[1], place[2]) if axis == 1 else (place[0], place[1], s[2])) for s in line]
        first, here, before = own[0], own[step], own[:step]
        is_named = len({*before}) == 1 or before == [first, *(None for _ in before[1:])]
        is_new = (first, here) == (1, 2) or (isinstance(here, str) and first is not None and here not in before)
        counts_anew = here == first is not None and len({*before}) == step and not isinstance(here, str)
        if (is_named and is_new) or counts_anew:
            return True
    return False


def _sources(part: SheetGroup, cells: Collection[Address], held: Collection[Address]) -> set[Address]:
    """What some cells are computed from, down to those of other quantities."""
    return reached(cells, part.precedents.of, through=lambda own: own not in held)


def _by_quantity(held: Mapping[Address, str]) -> Mapping[str, list[Address]]:
    """Layer and quantity → its cells, of all steps, units and samples."""
    found: dict[str, list[Address]] = defaultdict(list)
    for cell, element in held.items():
        found[element.split("[", 1)[0]].append(cell)
    return found


def _copied_for_bent(part: SheetGroup, cell: Address) -> Iterator[Address]:
    """The copies of a formula that stand to it as activations do to formulas that do the same."""
    texts, precedents = part.table.texts, part.precedents
    copies = [*filter(precedents.is_copy, precedents.readers(cell))]
    own = skeleton(texts.get(cell, ""))
    alike = [o for o, text in texts.items() if o != cell and skeleton(text) == own] if copies else []
    for copied in copies:
        places = [(o, offset(o, offset_between(cell, copied))) for o in alike]
        if any(bends(texts.get(place, "")) and precedents.of(place) == [o] for o, place in places):
            yield copied


def _is_beside(part: SheetGroup, cells: Collection[Address]) -> bool:
    """Whether a network goes on from what some formulas read, and not through them."""
    readers = part.precedents.readers
    read = {own for cell in cells for own in part.precedents.of(cell)}
    return all(any(other not in cells and readers(other) for other in readers(own)) for own in read)


def _is_called_so(part: SheetGroup, cell: Address, desired: str) -> bool:
    """Whether a word in a formula's row stands in another one, of what it reads, and not of what it should read."""
    here, there = (
        set[Address]().union(*_operands(part.table, text, cell)) for text in (part.table.texts.get(cell, ""), desired)
    )
    read = ([x for x in here - there if x[:2] != cell[:2]], there - here)
    words = [{word for x in own for word in _words_in_row(part, x)} for own in read]
    own = _words_in_row(part, cell)
    return bool(own & words[0]) and not own & words[1]


def _words_in_row(part: SheetGroup, cell: Address) -> set[str]:
    words = part.table.words.items()
    return {word.strip().casefold() for place, word in words if place[:2] == cell[:2] and len(word) > LONGEST_SYMBOL}


def _is_filled_into(part: SheetGroup, cells: Collection[Address]) -> bool:
    """Whether formulas are some samples of a table: others in line with them were filled from the same one."""
    others = [own for own in part.table.texts if own not in cells]
    return any(are_in_line(own, cell) and part.table.fills(own, cell) for own in others for cell in cells)


def _leaves_a_step_out(part: SheetGroup, cell: Address) -> bool:
    """Whether a formula repeats the result of the step before, where its own step has zeros or blanks for inputs."""
    table, source, before = part.table, cell, part.precedents.of(cell)
    for _ in range(_STEPS):
        if not part.precedents.is_copy(source):
            break
        (source,) = part.precedents.of(source)
    text = table.texts.get(source)
    filled = None if text is None else moved(text, *offset_between(source, cell))
    if source == cell or source[0] != cell[0] or filled is None or text is None:
        return False
    there, here = _operands(table, filled, cell), _operands(table, text, cell)
    inputs = {x for own, other in zip(there, here, strict=True) for x in own - other if not table.is_formula(x)}
    is_state = bends(text) or any(skeleton(table.texts.get(x, "")) == skeleton(text) for own in here for x in own)
    is_state = is_state and any(own.issuperset(before) for own in there)  # no weighted sum of its own step
    return is_state and bool(inputs) and all(not table.is_number(x) or not table.typed_numbers.get(x) for x in inputs)


def _operands(table: CellTable, text: str, cell: Address) -> list[set[Address]]:
    areas = (table.clip(ref.area(cell[0])) for ref in operands(text))
    return [{(area.sheet, *place) for place in area.cells()} for area in areas]
