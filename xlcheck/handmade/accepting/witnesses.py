"""Who speaks against a cell: a cell is wrong only if others of its row and of its step say what it should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from xlcheck.formulas.algebra import Address
from xlcheck.graph.quantities import Role
from xlcheck.handmade.accepting.outcome import Outcome
from xlcheck.handmade.equations.instances import LINEAR, Instance
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.equations.runs import most_beside_have
from xlcheck.handmade.equations.votes import Place
from xlcheck.handmade.forms.forms import COPY, GIVEN, OPAQUE, Forms
from xlcheck.handmade.forms.polynomials import Atom, atom_of, cell_of
from xlcheck.handmade.networks.elements import Band, Element, Key
from xlcheck.handmade.networks.formula_text import looks_up
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.offsets import offset
from xlcheck.handmade.reading.reached import reached
from xlcheck.layers.gates import VALUES
from xlcheck.verdicts.report import Status

WITNESSES = 2
"""Others that must agree on what a cell should be, in its row and in its step: one against one is no majority."""
_ROW, _COLUMN = 1, 2
"""Where a cell's address says in which line it stands."""
_PAIR = 2
"""Units of which one is the only witness of the other's step."""
SHARE = 4
"""At most one cell in so many of a layer may be wrong; with more, the layer may be another one."""


@dataclass(frozen=True)
class Doubt:
    """Why cells that disagree with a layer are not wrong for certain.

    Attributes:
        why: in words.
        cells: the cells of which it is not certain what they should hold, if it is of others; otherwise nothing is.
    """

    why: str
    cells: frozenset[Address] = frozenset()


def reason_to_doubt(
    reading: Reading, outcome: Outcome, forms: Forms, unsure: Collection[Address] = (), sure: Collection[Address] = ()
) -> Doubt | None:
    """Why the cells that disagree with a layer are not wrong for certain; None if they are, or if none disagrees.

    Args:
        reading: the layer.
        outcome: what became of its cells.
        forms: what each cell computes.
        unsure: cells that are wrong, or read a helper that is.
        sure: cells of which those in line with them say what they should be.
    """
    cells = [*outcome.called_wrong]
    if not cells:
        return None
    nearly = f"a layer {reading.kind}({reading.units}) was nearly recognised from {show(min(cells))} on, but "
    if not (reading.is_certain or {*cells} <= {*sure}):
        return Doubt(f"{nearly}its rows may belong to a layer of another kind")
    open_cells = [c for c in cells if c not in sure]
    if SHARE * len(open_cells) > len(outcome.verdicts):
        return Doubt(_said_of_many(cells, len(outcome.verdicts), reading, nearly))
    certain = _certain(reading, outcome, forms)
    doubtful = [c for c in open_cells if c not in certain or c in unsure or stands_among_others(c, outcome)]
    doubtful += [c for c in open_cells if c not in doubtful and _reads_a_number(c, outcome, forms)]
    twins = _computed_again({*_read_by(open_cells, outcome)} - {*cells}, forms)
    doubtful += [c for c in open_cells if c not in doubtful and not twins.isdisjoint(outcome.precedents.of(c))]
    doubtful += [c for c in open_cells if c not in doubtful and _goes_on_from_another(c, reading, outcome)]
    read = {*cells, *_read_by(cells, outcome)}
    displaced = {cell for cell in read if _stands_for_another(cell, outcome.aligned.keys)}
    odd = {*cells} | displaced
    doubtful += [
        c for c in open_cells if c not in doubtful and (c in displaced or _only_follows(c, odd, outcome, forms))
    ]
    if not doubtful:
        return None
    why = f"{nearly}too few other cells say what {show(doubtful[0])} should hold"
    known = {*cells} & {*sure}
    return Doubt(why, _open(doubtful, outcome) - known if len(doubtful) < len(cells) else frozenset())


def _said_of_many(wrong: Collection[Address], in_all: int, reading: Reading, nearly: str) -> str:
    """That many cells would be wrong; what would be wrong in most of its cells is not nearly a layer."""
    if 2 * len(wrong) <= in_all:
        return f"{nearly}{len(wrong)} of its {in_all} cells would be wrong"
    how_many = f"all {in_all}" if len(wrong) == in_all else f"{len(wrong)} of {in_all}"
    nearest = f"as {reading.kind}({reading.units}), the nearest layer, {how_many} cells would be wrong"
    return f"what stands from {show(min(wrong))} on was not recognised: {nearest}"


def _reads_a_number(cell: Address, outcome: Outcome, forms: Forms) -> bool:
    """Whether a formula reads a number that the layer is not given: that may stand in the place of a formula.

    One by which a formula only looks something up is none, nor is one that stands inside of the formula.
    """
    given = {own for network in outcome.networks for *_, own in network.cells()}.union(outcome.table.inside)
    read = {atom_of(other) for other in outcome.precedents.of(cell) if other not in given}
    if looks_up(outcome.table.texts.get(cell, "")):
        form = forms.of(atom_of(cell))
        read &= {atom for part in (form.polynomial, form.below) for monomial in part for atom in monomial}
    return any(forms.is_given(atom) and forms.holds_something(atom) for atom in read)


def _computed_again(cells: Collection[Address], forms: Forms) -> set[Address]:
    """Those of some formulas that compute what others do, and so may be wrong themselves, and not who reads them.

    Args:
        cells: the formulas.
        forms: what each cell computes.
    """

    def computed(atom: Atom) -> object:
        form = forms.of(atom)
        return form.kind, frozenset(form.polynomial.items()), frozenset(form.below.items())

    whole = [own for own in forms if not own[3] and forms.of(own).kind not in {GIVEN, COPY, OPAQUE}] if cells else []
    how_often = Counter(map(computed, whole))
    return {cell_of(atom) for atom in whole if how_often[computed(atom)] > 1}.intersection(cells)


def _read_by(cells: Iterable[Address], outcome: Outcome) -> set[Address]:
    """The formula cells that some cells read."""
    return {other for cell in cells for other in outcome.precedents.of(cell) if outcome.table.is_formula(other)}


def _stands_for_another(cell: Address, keys: Mapping[Address, Key]) -> bool:
    """Whether a cell stands in the place of another one, between two of its quantity, or where these go on."""
    asked = {*keys.values()}
    for down, right in ((0, 1), (1, 0)):
        line = {by: keys.get(offset(cell, (down, right), by)) for by in (-2, -1, 1, 2)}
        for first, second in ((-1, 1), (-2, -1), (2, 1)):
            one, other = line[first], line[second]
            if one is None or other is None or one.band != other.band:
                continue
            apart = (other.step - one.step, other.sample - one.sample, other.index - one.index)
            if first == -second:
                half = (apart[0] // 2, apart[1] // 2, apart[2] // 2)
                meant = one.moved(half) if any(half) and all(n % 2 == 0 for n in apart) else None
            else:
                meant = other.moved(apart) if any(apart) else None
                meant = meant if meant in asked else None  # a line may end there
            if meant is not None and meant != keys.get(cell):
                return True
    return False


def _goes_on_from_another(cell: Address, reading: Reading, outcome: Outcome) -> bool:
    """Whether a formula filled like a right one goes on from a state of another step than the sums of its step read.

    Then these may be wrong, all of them by one slip.
    """
    layer, table, aligned = reading.layer, outcome.table, outcome.aligned
    step_of = {cell_of(a): step for own in "hc" for (step, _), a in reading.values.get(own, {}).items()}
    own = step_of.get(cell)
    if own is None or not table.is_formula(cell):
        return False
    by_sums = {step_of.get(cell_of(atom)) for slot, atom in layer.slots[own].items() if slot in reading.states}
    here = {step_of[read] for read in outcome.precedents.of(cell) if read in step_of} - {own}
    if cell not in aligned.bands or not here or not here.isdisjoint(by_sums):
        return False
    _, *quantity = aligned.bands[cell]  # in samples of any length
    kin = [o for o, (_, *its) in aligned.bands.items() if its == quantity and o not in aligned.wrong]
    return any(table.is_formula(other) and table.fills(cell, other) for other in kin)


def _only_follows(cell: Address, odd: Set[Address], outcome: Outcome, forms: Forms) -> bool:
    """Whether a formula is filled like right ones of its kind, and reads a cell that is odd: the mistake lies there.

    So it does where the formula gives the right number today and reads a formula that is none of the layer's, or one
    of which the layer is given the number where these read what it computes.

    Args:
        cell: it is wrong.
        odd: formulas that are wrong, or stand in another one's place.
        outcome: what became of all.
        forms: what each cell computes.
    """
    table, aligned, own, reads = outcome.table, outcome.aligned, outcome.aligned.element(cell), outcome.precedents.of
    is_right_today = any(verdict.cell == cell and verdict.only_here for verdict in outcome.roots)
    given = {other: quantity.band.role for network in outcome.networks for quantity, *_, other in network.cells()}
    strangers = {o for o in reads(cell) if o not in given and o not in aligned.held}
    strays = any(forms.holds_something(a) and not forms.is_given(a) for a in map(atom_of, strangers))
    is_odd = not odd.isdisjoint(reads(cell)) or (is_right_today and strays)
    is_given_some = is_right_today and any(given.get(other) is Role.INPUT for other in reads(cell))
    if own is None or not (is_odd or is_given_some):
        return False
    return table.is_formula(cell) and any(
        table.fills(cell, other) and (is_odd or aligned.held.keys() >= {*reads(other)})
        for other, band in aligned.bands.items()
        if other not in aligned.wrong and table.is_formula(other) and band == own.source.band
    )


def _open(doubtful: Collection[Address], outcome: Outcome) -> frozenset[Address]:
    """The cells on which there is no verdict if some are doubtful: these, the others of their rows, what follows."""
    aligned = outcome.aligned
    keys = aligned.keys
    rows = {(keys[cell].band, keys[cell].index) for cell in doubtful if cell in keys}
    found = {*doubtful, *(cell for cell, key in keys.items() if (key.band, key.index) in rows)}
    carried = {verdict.cell for verdict in outcome.verdicts if verdict.status is Status.CARRIED}
    return frozenset(found | (reached(doubtful, outcome.precedents.readers) & carried))


def stands_among_others(cell: Address, outcome: Outcome) -> bool:
    """Whether a cell is one of others in its row or column, though it was taken for another quantity.

    It is filled like right ones, and none in that line holds what it should; or it holds what one of these would and
    no other cell does, as the sum whose activation stands nowhere. The line across speaks for the quantity of a cell if
    that stands on both sides of it.
    """
    table, aligned = outcome.table, outcome.aligned
    own = aligned.element(cell)
    if own is None or not table.is_formula(cell):
        return False
    bands = {other: band for other, band in aligned.bands.items() if other not in aligned.wrong}
    formulas = [other for other in bands if other != cell and table.is_formula(other)]
    equal = aligned.elements.equal_to(aligned.wrong[cell][:, None])[0] if cell in aligned.wrong else ()
    holds = {aligned.elements[number].source.band for number in {*equal} - {*aligned.held.values()}}
    for side in (_ROW, _COLUMN):
        line = [other for other in formulas if (other[0], other[side]) == (cell[0], cell[side])]
        like = Counter(bands[o] for o in line if table.fills(cell, o))
        is_alone = all(bands[other] != own.source.band for other in line)
        is_alone &= not _stands_between(cell, side, own, bands)
        if any(count >= WITNESSES and (is_alone or band in holds) for band, count in like.items()):
            return True
    return False


def _stands_between(cell: Address, side: int, own: Element, bands: Mapping[Address, Band]) -> bool:
    """Whether both neighbours of a cell across a line hold the cell's own quantity."""
    across = (1, 0) if side == _ROW else (0, 1)
    return all(bands.get(offset(cell, across, times)) == own.source.band for times in (-1, 1))


def _certain(reading: Reading, outcome: Outcome, forms: Forms) -> set[Address]:
    """The cells that may be called wrong."""
    layer = reading.layer
    found: set[Address] = set()
    for place, instance in layer.misfits:
        # A sum that nobody reads may be right, and the cell that should be its activation reads another one.
        unread = instance.activation == LINEAR and not outcome.precedents.readers(cell_of(instance.atom))
        if not unread and (_has_witnesses(reading, place) or _only_lacks(instance, reading, place)):
            found |= _cells(instance.atom, forms)
        elif unread and instance.monomials == layer.wanted(*place) and _has_witnesses(reading, place):
            found |= {cell_of(atom) for atom in _bound_at(reading, *place)}
    for row in layer.rows:
        for step in layer.steps:
            place = row, step
            if not layer.at.get(place) and _has_witnesses(reading, place) and most_beside_have(layer, place):
                found |= {cell for atom in _bound_at(reading, row, step) for cell in _cells(atom, forms)}
    right = Counter[str]()
    symbols: dict[Address, str] = {}
    for symbol, values in reading.values.items():
        for atom in values.values():
            symbols[cell_of(atom)] = symbol
    wrong = outcome.called_wrong
    for cell, symbol in symbols.items():
        right[symbol] += cell not in wrong
    in_rows = {cell_of(instance.atom) for instance in layer.instances}
    for cell, symbol in symbols.items():
        if cell not in in_rows and right[symbol] > WITNESSES:
            own = _place_of(reading, cell)
            is_gate = reading.kind in VALUES
            if own is None or (most_beside_have(layer, own) and (not is_gate or _has_witnesses(reading, own))):
                found |= {cell, *_between(cell, outcome, set(symbols) - {cell})}
    return found


def _place_of(reading: Reading, cell: Address) -> Place | None:
    """The place among the weighted sums of a cell that stands for one without being one."""
    made = [reading.values[symbol] for symbol in VALUES.get(reading.kind, {}).values()] or [outputs(reading)]
    for rows, values in zip(reading.gates, made, strict=False):
        for (step, unit), atom in values.items():
            if cell_of(atom) == cell:
                return rows[unit], step
    return None


def _has_witnesses(reading: Reading, place: Place) -> bool:
    """Whether enough other weighted sums of a row, and of a step, fit."""
    row, step = place
    layer = reading.layer
    in_row = sum(layer.fits((row, other)) for other in layer.steps if other != step)
    in_step = sum(layer.fits((other, step)) for other in layer.rows if other != row)
    return in_row >= WITNESSES and (in_step >= WITNESSES or (len(layer.rows) == 1 and in_row > WITNESSES))


def _only_lacks(instance: Instance, reading: Reading, place: Place) -> bool:
    """Whether a sum lacks one summand only, which its unit has at all other steps, and the only other unit has here.

    What it does read says which step it is, so that one witness there is enough. No state is missing at a first step.
    """
    row, step = place
    layer = reading.layer
    wanted = layer.wanted(row, step)
    lacking = [*(wanted - instance.monomials)]
    if len(lacking) != 1 or not instance.monomials < wanted or instance.activation != layer.activations[row]:
        return False
    begins = reading.kind != "Dense" and any(step == document[0] for document in reading.documents)
    is_bias = len(lacking[0]) == 1
    others = [own for own in layer.at if (own[0] == row) != (own[1] == step)]
    is_asked = len(layer.rows) == _PAIR and len(layer.steps) > WITNESSES + 1
    return is_asked and (is_bias or not begins) and all(map(layer.fits, others))


def _cells(atom: Atom, forms: Forms) -> set[Address]:
    """A cell, the sums that its formula was put together from, and the copies that it reads."""
    found = {cell_of(atom)}
    stack = [atom]
    while stack:
        item = stack.pop()
        for inner, named in forms.inlined.get(item, {}).items():
            for other in (inner, named):
                if cell_of(other) not in found:
                    found.add(cell_of(other))
                    stack.append(other)
        for copies in forms.named.get(item, {}).values():
            found |= {cell_of(copy) for copy in copies}
    return found


def _bound_at(reading: Reading, row: int, step: int) -> Iterator[Atom]:
    symbols: list[tuple[str, ...]] = [(symbol,) for symbol in VALUES.get(reading.kind, {}).values()] or [("h", "y")]
    for rows, own in zip(reading.gates, symbols, strict=False):
        if row in rows:
            for symbol in own:
                atom = reading.values.get(symbol, {}).get((step, list(rows).index(row)))
                if atom is not None:
                    yield atom


def _between(cell: Address, outcome: Outcome, stops: set[Address]) -> set[Address]:
    """The helper cells that one cell is computed from, down to other quantities."""
    return reached([cell], outcome.read, among=lambda own: own not in stops and outcome.table.is_formula(own))
