"""Cells that agree, and hold a part that had no say in any number that was compared."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Set

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import (
    COMPARISONS,
    Address,
    Expression,
    Function,
    Leaf,
    Term,
    number_at,
    number_of,
    outline,
    subterms,
)
from xlcheck.formulas.look_ups import CHOOSING, PICKING, REFERRING, SEARCHING, calls
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.shapes import shape_of
from xlcheck.formulas.tree import Literal, Node, rebuilt, single_cell
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.accepting.bench import excerpt
from xlcheck.handmade.beside.idle_terms import NO_CHOICES, Choices, idle_part
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cell_terms import CellTerms, conditions_in, leaves
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.verdicts.elsewhere import said_of
from xlcheck.verdicts.unknown_parts import NOTHING

_ASKS = re.compile(r"[<>=]|(?<![\w.])(?:IFS?|SWITCH|AND|OR|NOT|XOR|IS[A-Z]+|COUNT[A-Z]*)\(", re.IGNORECASE)
_LOOKS_UP = calls(SEARCHING | PICKING | CHOOSING | REFERRING)
_PLAIN = re.compile(
    r"(?:TANH\(|EXP\(|1/\(1\+EXP\()?"
    r"(?:(?<![\w.])(?:SUM|SUMPRODUCT|MMULT|TRANSPOSE)\(|(?:'[^']*'|(?<![\w.])[^\W\d]\w*)!"
    r"|(?<![\w.])\$?[A-Z]{1,3}\$?\d{1,7}(?![\w.(])|\.(?!00)|[-+*(),:$\s\d])*+",
    re.IGNORECASE,
)
"""Sums of products, and one activation of them, at sight; a `$` alone, or before a column, is one and the same."""
_TRIES = 8
_OTHER_WORD = "another word"


def with_idle_parts(
    table: CellTable, values: CellValues, agreeing: Collection[Address], choices: Choices = NO_CHOICES
) -> Iterator[str]:
    """Why cells that agree may not do so for other numbers, in sentences.

    Args:
        table: the cells of the workbook.
        values: what they hold.
        agreeing: the formula cells that agree.
        choices: the cells that hold one of few numbers, and these, for all of which the others were compared.
    """
    asked = [cell for cell in sorted(agreeing) if not _PLAIN.fullmatch(table.texts[cell])]
    if not asked:
        return
    precedents = Precedents(table)
    read = {read for cell in asked for read in precedents.of(cell)}
    alone, numbers_of = excerpt(table, values, asked, read)
    part = alone.with_texts({cell: table.texts[cell] for cell in asked}), numbers_of  # as they are taken
    terms, blanks = CellTerms(*part, literal=True), {cell: _blanks_asked(cell, table, precedents) for cell in asked}
    filled = CellTerms(*part, given=set().union(*blanks.values()), literal=True) if any(blanks.values()) else terms
    switches = {cell for cell in asked if cell in terms for cell in _switches(terms[cell], table, precedents)}
    both_ways = {
        shape_of(table.texts[cell], *cell[1:]) for cell in asked if not blanks[cell]
    }  # as where steps are masked
    alike = Counter(shape_of(table.texts[cell], *cell[1:]) for cell in agreeing)  # a word may choose for all of them
    known_terms = {cell: terms[cell] for cell in asked if cell in terms}
    codes = _codes(known_terms, terms)
    everywhere = {chosen: several for own in codes.values() for chosen, several in own.items()}
    held = _held(known_terms, table, terms) if codes else {}
    known: dict[object, str | None] = {}
    found: list[tuple[str, str]] = []
    for cell in asked:
        if (term := terms.get(cell)) is None:
            continue
        if blanks[cell] and shape_of(table.texts[cell], *cell[1:]) not in both_ways:
            by_place = not filled.looked_at[cell].isdisjoint(blanks[cell])
            if by_place or chooses_by_blank(term, filled.get(cell), blanks[cell]):
                found.append((show(cell), f"a choice by an empty cell, {NOTHING}"))
                continue
        if alike[shape_of(table.texts[cell], *cell[1:])] == 1 and _chooses_by_word(cell, table, terms):
            found.append((show(cell), f"a choice by a word, {NOTHING}"))
            continue
        if any(own in agreeing or _is_multiplied(own, table, precedents) for own in terms.looked_at[cell]):
            found.append((show(cell), f"a choice by a number that it reads, {NOTHING}"))
            continue
        numbers = {} if any(_as_numbers(term)) else held.get(shape_of(table.texts[cell], *cell[1:]), {})
        met = {
            leaf: everywhere[leaf] for place, leaf in enumerate(leaves(term))
            if leaf in everywhere and numbers.get(place, set()).issuperset(everywhere[leaf])
        }  # fmt: skip
        few = {**choices, **codes.get(cell, {}), **met}
        places = {leaf: (place, leaf in switches, few.get(leaf)) for place, leaf in enumerate(leaves(term))}
        key = outline(term, places.__getitem__)
        if key not in known:
            known[key] = idle_part(term, switches, few)
        if (what := known[key]) is not None:
            found.append((show(cell), what))
    yield from said_of(found)


def _codes(asked: Mapping[Address, Term], terms: CellTerms) -> dict[Address, dict[Address, tuple[float, ...]]]:
    """Formulas in line that make 1s and 0s of a typed class and ask for another one each: what it may be, of each."""
    lines: dict[tuple[Address, object, object], list[tuple[Address, float, tuple[Address, ...]]]] = defaultdict(list)
    for cell, (own, other) in ((cell, pair) for cell, term in asked.items() for pair in _as_numbers(term)):
        typed = leaves(other) if isinstance(other, Leaf) else ()
        if isinstance(own, Leaf) and own.cell not in terms and not any(code in terms for code in typed):
            asks_for = terms.number(typed[0]) if typed else number_at(other, {})
            for axis in (1, 2):
                lines[own.cell, axis, cell[axis]].append((cell, asks_for, typed))
    found: dict[Address, dict[Address, tuple[float, ...]]] = defaultdict(dict)
    for (chosen, *_), line in lines.items():
        codes = (*sorted({code for _, code, _ in line}),)
        if 1 < len(line) == len(codes) == len({cell for cell, *_ in line}):
            for cell, _, typed in line:
                found[cell] |= dict.fromkeys((chosen, *typed), codes)
    return found


def _held(asked: Mapping[Address, Term], table: CellTable, terms: CellTerms) -> dict[str, dict[int, set[float]]]:
    """What the formulas of each shape read in each place of it: so these were compared for each of several classes."""
    found: dict[str, dict[int, set[float]]] = defaultdict(lambda: defaultdict(set))
    for cell, term in asked.items():
        for place, leaf in enumerate(leaves(term)):
            found[shape_of(table.texts[cell], *cell[1:])][place].add(terms.number(leaf))
    return found


def _as_numbers(term: Term) -> Iterator[tuple[Expression, Expression]]:
    """The two sides of each equality in a term that counts as 1 or 0, and chooses between nothing else."""
    functions = [own for own in subterms(term) if isinstance(own, Function)]
    chooses = [own for own in functions if own.name == "IF" and any(isinstance(x, Term) for x in own.arguments[1:])]
    conditions = {*subterms(*(own.arguments[0] for own in chooses if isinstance(own.arguments[0], Term)))}
    for own in functions:
        if own.name == "=" and own not in conditions:
            yield own.arguments[0], own.arguments[1]


def _blanks_asked(cell: Address, table: CellTable, precedents: Precedents) -> set[Address]:
    """The empty cells by which a formula may choose; one that looks something up may search empty ones, too."""
    text = table.texts[cell]
    looks_up = _LOOKS_UP.search(text) is not None
    if not (looks_up or _ASKS.search(text)):
        return set()
    areas = [table.clip(area) for area in precedents.ranges(cell) if area.size == 1 or not looks_up]
    return {(area.sheet, *place) for area in areas for place in area.cells()} - table.index.keys()


def _chooses_by_word(cell: Address, table: CellTable, terms: CellTerms) -> bool:
    """Whether a formula would compute something else with other words in the cells that it reads one by one.

    One that looks something up by a word computes with what it finds.
    """
    text = table.texts[cell]
    node = None if _LOOKS_UP.search(text) or not _ASKS.search(text) else parsed(text)

    def with_another(own: Node) -> Node:
        return Literal(_OTHER_WORD) if single_cell(own, cell[0]) in table.words else rebuilt(own, with_another)

    other = None if node is None else with_another(node)
    return other is not None and other != node and terms.term_of(cell, unparse(other)) is not terms.get(cell)


def _switches(term: Term, table: CellTable, precedents: Precedents) -> Iterator[Address]:
    """The typed numbers that a formula compares with a number, and that all formulas only compare."""
    for above in subterms(term):
        if isinstance(above, Function) and above.name in COMPARISONS:
            for cell in (part.cell for part in above.arguments if isinstance(part, Leaf)):
                stands = _beside(cell, "<>=")
                if table.is_number(cell) and all(stands.search(table.texts[own]) for own in precedents.readers(cell)):
                    yield cell


def _is_multiplied(cell: Address, table: CellTable, precedents: Precedents) -> bool:
    """Whether a typed number is a factor in some formula."""
    stands = _beside(cell, "*/")
    return table.is_number(cell) and any(stands.search(table.texts[own]) for own in precedents.readers(cell))


def _beside(cell: Address, operators: str) -> re.Pattern[str]:
    """A reference to a cell with one of some operators beside it."""
    reference = r"\$?" + re.sub(r"(?=\d)", r"\\$?", show(cell).rpartition("!")[2], count=1)
    return re.compile(rf"[{operators}]\s*{reference}(?![\d(])|(?<![\w$]){reference}\s*[{operators}]")


def chooses_by_blank(term: Term, with_numbers: Term | None, blanks: Set[Address]) -> bool:
    """Whether a formula chooses by blank cells what it gives, if something stood there.

    `IF(Z1=0,…,5)` with an empty Z1 is right, and another formula as soon as somebody types there. A choice that gives
    the same either way, as `IF(H11="",0,H11)` before the first step, is none.

    Args:
        term: what it computes where these cells are blank.
        with_numbers: what it computes where numbers stand there; None if nobody knows.
        blanks: these cells.
    """
    if with_numbers is None:
        return True
    now = _values(term, blanks)
    if not same(_values(with_numbers, blanks), now).all():
        return True
    by_blank = [own for own in conditions_in(with_numbers) if not blanks.isdisjoint(leaves(own))]
    return any(not same(_values(with_numbers, blanks, other_way=own), now).all() for own in by_blank)


def _values(term: Expression, blanks: Set[Address], other_way: Term | None = None) -> Array:
    """What a term gives where numbers are drawn for its cells, and 0 for blank ones.

    Args:
        term: the term.
        blanks: the blank cells.
        other_way: a condition that goes the other way.
    """

    def value(number: int) -> float:
        def given(own: Term) -> float | None:
            if own is other_way:
                return float(not number_of(own, leaf))
            return leaf(own)

        def leaf(own: Term) -> float | None:
            if not isinstance(own, Leaf):
                return None
            seed = (number, own.cell[1], own.cell[2])
            return 0.0 if own.cell in blanks else float(np.random.default_rng(seed).uniform(-1.0, 1.0))

        return number_of(term, given)

    return np.array([value(number) for number in range(_TRIES)])
