"""What cells hold that are computed from hyperparameters alone: a rate that falls, the rest of a share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import permutations, product

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address, Function, Leaf, Product, Sum, Term, outline, subterms
from xlcheck.handmade.backward.coefficients import HALF, SETTINGS, coefficient, is_set
from xlcheck.handmade.backward.evaluation import alike, evaluate, same
from xlcheck.handmade.backward.network_cells import is_unwritten
from xlcheck.handmade.backward.quantities import Quantity, Role
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.networks.formula_text import numbers_in_text
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import MANY, by_line, lines_of

RATE = "learning rate"
_SETTING = re.compile(
    r"moment|\bpęd\b|impuls|импульс|момент|动量|動量|モーメン|慣性|모멘|"
    r"\b(?:[βγληαρε]|beta|gamma|lambda|alpha|eta|rho|eps)[\d₀₁₂]?\b|epsilon|"
    r"decay|abkling|zerfall|décroiss|decaim|decadim|затухан|衰减|減衰|감쇠|"
    r"regulari|reguläri|regolari|régulari|регуляр|正则|正則|정규화|\bl[12]\b|ridge|penalt|"
    r"learning rate|lernrate|taux d|tasa de apr|taxa de apr|tasso di appr|leersnelheid|скорость обуч|学习率|学習率|"
    r"학습률|współczynnik ucz|öğrenme|tanulási|inlärning|læringsrate|oppimis",
    re.IGNORECASE,
)
"""What people call the numbers that say how a network learns."""


def settings_held(sheet: Sheet, steps: Mapping[Address, int]) -> Iterator[tuple[Address, tuple[int, Role]]]:
    """The cells computed from hyperparameters that are of a known form, and the step that reads them.

    Args:
        sheet: the sheet.
        steps: cell that holds something of a step → its number.
    """
    readers: dict[Address, int] = {}
    for cell, number in steps.items():
        for setting in sheet.settings_of(cell):
            readers[setting] = min(number, readers.get(setting, number))
    last, read = max(steps.values(), default=0), {*readers}  # what nothing learns with only counts the steps, say
    unread = sheet.settings.intersection(sheet.terms) - read
    readers |= {cell: last for cell in unread if not read.isdisjoint(sheet.settings_of(cell))}
    for cell, number in readers.items():
        if cell in sheet.terms and not is_unwritten(cell) and not _is_counted(sheet, cell):
            values = _values(sheet, cell)
            if values is not None:
                yield cell, (number, Role(values))


def _is_counted(sheet: Sheet, cell: Address) -> bool:
    """Whether a number is made of what nobody knows, as of right answers that are counted."""
    return any(sheet.terms.is_opaque(own) for own in sheet.settings_of(cell) if own[0])


def idle_settings(table: CellTable, read: Collection[Address]) -> tuple[Sequence[Address], str]:
    """The numbers that are called settings of a training and that no formula has, and what is to be said of them.

    One of 0 changes nothing, and one that is typed into a formula once more is not left out.

    Args:
        table: the cells.
        read: those that formulas read.
    """
    known = {0.0}.union(*map(numbers_in_text, table.texts.values()))
    idle = [own for own, number in sorted(table.typed_numbers.items()) if own not in read and number not in known]
    called = [own for own in idle if _SETTING.search(table.next_word(own, above=False, over_blanks=False))]
    return called, "is called a setting of the training, and no formula reads it"


def fall_by_several_laws(sheet: Sheet, rates: Iterable[Address]) -> bool:
    """Whether computed rates in one line follow several laws, as where one counts steps from 0 and others from 1.

    Or those in one place of several worksheets, as where a rate that is halved from epoch to epoch is once copied. A
    law is another one, too, if it does without a number that all others of the line are made of.

    Args:
        sheet: the sheet.
        rates: the cells that hold them.
    """

    def law(cell: Address) -> object:
        settings, held = _later(sheet, cell)
        found = coefficient(held, settings, falls=True)
        return found.form if found is not None and found.how else None

    made = [cell for cell in rates if cell in sheet.terms]
    lines = by_line(made).values()
    by_lines = any(len({*map(law, line)}) > 1 or _one_leaves_out(sheet, line) for line in lines)
    return by_lines or any(len(kinds) > 1 for kinds in _from_sheet_to_sheet(sheet, made).values())


def stand_idle(sheet: Sheet, rates: Iterable[Address]) -> bool:
    """Whether of the computed rates in a line several are read by nothing that learns, and others are.

    The last one may be spare; where all steps go by the first one, the others were made for nothing.

    Args:
        sheet: the sheet.
        rates: the cells that hold them.
    """
    used = {cell for reader, reads in sheet.terms.reads.items() if reader not in sheet.settings for cell in reads}
    lines = by_line([cell for cell in rates if cell in sheet.terms]).values()
    return any(0 < len(used.intersection(line)) < len({*line}) - 1 for line in lines)


def _one_leaves_out(sheet: Sheet, line: Collection[Address]) -> bool:
    """Whether one of the rates of a line, three or more, is not made of a typed number of which all others are.

    That number is not the count of some steps: such stand with these, and the other rate has one of its own.
    """
    given = [{own for own in sheet.settings_of(cell) if own[0] and own not in sheet.terms} for cell in line]
    counts = Counter(number for cells in given for number in cells)
    missing = [own for own, count in counts.items() if count == len(given) - 1] if len(given) >= MANY else []
    of_steps = {own for own, cells in by_line(line).items() if len(cells) < len(line)}
    return any(of_steps.isdisjoint(lines_of(own)) for own in missing)


def _from_sheet_to_sheet(sheet: Sheet, rates: Iterable[Address]) -> Mapping[tuple[int, int], set[object]]:
    """Place of a rate → what is done to it from one worksheet to the next, as where there is one for each epoch."""
    kinds, places = defaultdict[tuple[int, int], set[object]](set), {rate[1:] for rate in rates}
    for cell in (own for own in sheet.settings & sheet.terms.keys() if own[1:] in places):
        if any(read[0] != cell[0] and read[1:] == cell[1:] for read in sheet.terms.reads[cell]):
            kinds[cell[1:]].add(outline(sheet.terms[cell], lambda _: ""))
    return kinds


def _values(sheet: Sheet, cell: Address) -> Quantity | None:
    """What a cell should hold; None if nobody knows."""
    if isinstance(sheet.terms[cell], Leaf):
        return Quantity("setting", sheet.cells[cell])
    match sheet.terms[cell]:
        case Sum(constant=1.0, parts=((Leaf() as before, 1.0),)) if before.cell in sheet.settings:
            return Quantity("number of the step", sheet.cells[cell])
    settings, held = _later(sheet, cell)
    for name, several in _known(settings):
        for number in np.flatnonzero(alike(several, held))[:1]:
            return Quantity(name, several[number])
    found = coefficient(held, settings, falls=True)
    if found is not None and found.how:
        return Quantity(RATE, found.size)
    if _is_choice(sheet.terms[cell], settings):
        return Quantity(RATE, held)
    corrected = (Quantity(RATE, own) for own in _corrected(settings, sheet.terms[cell]) if same(own, held))
    return _next(sheet, cell, settings, held) or next(corrected, None)


def _corrected(settings: Mapping[Address, Array], term: Term) -> Iterator[Array]:
    """A rate that makes up for averages that begin with 0: α √(1 − β₂ᵗ)/(1 − β₁ᵗ) (Kingma and Ba 2015, section 2).

    Args:
        settings: of which it is made.
        term: what makes it, in which t may be typed.
    """
    sizes = [own for own in settings.values() if is_set(own) and (own > 0).all()]
    shares = [own for own in sizes if (own < 1).all()]
    counts = [own for own in sizes if (own >= 1).all() and float(own[-1]).is_integer()]
    powers = {power for own in subterms(term) if isinstance(own, Product) for _, power in own.factors if power > 1}
    counts += [np.full(SETTINGS + 1, power) for power in sorted(powers) if power.is_integer()]
    for rate, (first, second), count in product(sizes, permutations(shares, 2), counts):
        yield rate * np.sqrt(1 - second**count) / (1 - first**count)


def _next(sheet: Sheet, cell: Address, settings: Mapping[Address, Array], held: Array) -> Quantity | None:
    """A part of the rate of the step before, or one more than its number."""
    for before in sheet.terms.reads[cell]:
        own = settings[before]
        with np.errstate(all="ignore"):
            share = coefficient(held / own, {c: v for c, v in settings.items() if c != before})
        if share is not None and not share.how and (share.size > 0).all() and (share.size <= 1).all():
            return Quantity(RATE, own * share.size)
        if same(held, own + 1):
            return Quantity("number of the step", own + 1)
    return None


def _later(sheet: Sheet, cell: Address) -> tuple[dict[Address, Array], Array]:
    """The settings of a cell and what it holds at a later step, where rates that stay for some steps have fallen."""
    settings = sheet.settings_of(cell)
    given = {c: v for c, v in settings.items() if c[0] and c not in sheet.terms}
    for number, (c, v) in enumerate(given.items(), 1):
        if v[-1] >= 1:
            given[c] = v + np.append(np.repeat((3.0 * number, 7.0 * number), HALF), 0.0)
    order = [c for c in sheet.order if c == cell or (c in settings and c in sheet.terms)]
    values = evaluate(order, sheet.terms, {**sheet.cells, **given})
    return {c: values[c] if c[0] else v for c, v in settings.items()}, values[cell]


def _is_choice(term: Term, settings: Mapping[Address, Array]) -> bool:
    """Whether a cell has one of two rates, as a condition says."""
    if not isinstance(term, Function) or term.name != "IF":
        return False
    ways = term.arguments[1:]
    return all(not isinstance(way, Term) or (isinstance(way, Leaf) and way.cell in settings) for way in ways)


def _known(settings: Mapping[Address, Array]) -> Iterator[tuple[str, Array]]:
    """What people compute for themselves: the rest of a share, powers, what these lack, `(quantities, settings)`."""
    shares, counts = [own for own in settings.values() if is_set(own)], np.array([*settings.values()])
    for share in shares:
        yield "rest of the share", 1 - share[None]
        with np.errstate(all="ignore"):
            powers = share**counts
        yield "power of the share", powers
        yield "what is missing from the shares", 1 - powers
