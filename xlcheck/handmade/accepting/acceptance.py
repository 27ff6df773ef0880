"""Whether a reading of a part is certain enough to call cells wrong: accept it, or abstain and say why.

A right cell that is called wrong is the worst that can happen. So blame needs a reading that explains the whole part,
with few mistakes for the cells that are right, and for each of them a place among cells of its kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import operands, shape_of, skeleton
from xlcheck.handmade.accepting.outcome import Outcome
from xlcheck.handmade.accepting.witnesses import stands_among_others
from xlcheck.handmade.networks.elements import Band
from xlcheck.handmade.networks.formula_text import LIKE_A_NETWORK
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.digits import agrees, digits_of
from xlcheck.handmade.reading.offsets import are_in_line, in_line
from xlcheck.handmade.reading.reached import reached

_ROUNDS = re.compile(r"(?:ROUND|ROUNDUP|ROUNDDOWN|TRUNC)\(", re.IGNORECASE)
_DIGITS = 4
"""Digits behind the point from which on it is no chance that a typed number is what a formula computes."""
_CONVENTIONS = {
    kind: {"activation-missing": "may be meant without an activation"} for kind in ("Dense", "SimpleRNN")
}  # fmt: skip
"""By kind of layer and diagnosis what is no mistake where it is done throughout: it is another network."""


def looks_like_a_network(table: CellTable) -> bool:
    """Whether formulas of a part may belong to a network, so that a check without them is not complete."""
    return any(LIKE_A_NETWORK.search(text) for text in table.texts.values())


def reason_to_abstain(outcome: Outcome, *, missed: bool = False, alike: bool = False) -> str | None:
    """Why the cells that disagree are no mistakes for certain; None if they are, or if none disagrees.

    Args:
        outcome: what became of the part.
        missed: whether they leave out what stands there for them, so that they cannot be meant as they are.
        alike: whether what they should compute is what others compute, as other gates do of the same step.
    """
    roots = [*outcome.called_wrong]
    if not roots:
        return None
    reason = next(_reasons(outcome, roots, missed=missed, alike=alike), None)
    return None if reason is None else f"a network was nearly recognised, but {reason}"


def _reasons(outcome: Outcome, roots: Sequence[Address], *, missed: bool, alike: bool) -> Iterator[str]:
    certain = missed or alike
    unexplained = len(outcome.left.cells) + len(outcome.left.missing)
    if unexplained:
        yield f"{unexplained} of {len(outcome.table.formulas)} formula cells have no place in it"
    mistakes = {_mistake(cell, outcome.table) for cell in roots}
    if len(mistakes) > 1 and not certain and not _typed_along(roots, outcome.table):
        yield f"it would have {len(roots)} wrong cells, and too few others say what they should hold"
    yield from () if missed else _outvoted(roots, outcome)
    yield from _meant(outcome)
    if reason := rounds_throughout(roots, outcome):
        yield reason
    unnamed = any(result.diagnosis is None for result in outcome.called_wrong.values())
    if len(roots) > 1 and unnamed and not certain:
        cells = f"{show(roots[0])} and {len(roots) - 1} others"
        yield f"{cells} would all differ from Keras in a way that is no known mistake, so they may be meant"
    elsewhere = [_computed_elsewhere(cell, outcome) for cell in roots]
    for cell, other in zip(roots, elsewhere, strict=True):
        if other and (all(elsewhere) or not _typed_along(roots, outcome.table)):
            yield f"what {show(cell)} should hold is computed in {show(other)}, which may be meant where it is read"
    for cell in roots:
        if not certain and _may_be_swapped(cell, outcome):
            yield f"the weights of two units may be exchanged in {show(cell)} or in the other one's cells"
        if stands_among_others(cell, outcome):
            yield f"{show(cell)} is filled like the cells in line with it, which hold something else"
        if not (outcome.table.is_formula(cell) or outcome.table.is_number(cell)):
            yield f"{show(cell)} holds no number, and a formula that reads it may mean another cell"
        is_typed = outcome.table.is_number(cell) or not outcome.precedents.of(cell)  # perhaps as `=0.5`
        if is_typed and not (missed or _in_line(cell, outcome) or _is_divisor(cell, outcome)):
            yield f"the number in {show(cell)} would have to be a formula, and nothing beside it says so"


def _meant(outcome: Outcome) -> Iterator[str]:
    """Quantities of which most cells differ from Keras as other definitions do, which is no mistake for certain."""
    kinds = {layer.name: layer.kind for network in outcome.networks for layer in network.spec.layers}
    wrong: dict[tuple[Band, str], list[Address]] = {}
    right: Counter[Band] = Counter()
    differing = {cell: result.diagnosis for cell, result in outcome.called_wrong.items()}
    for cell, band in outcome.aligned.bands.items():
        if (name := differing.get(cell)) in _CONVENTIONS.get(kinds.get(_layer(band), ""), {}):
            wrong.setdefault((band, str(name)), []).append(cell)
        elif cell not in differing:
            right[band] += 1
    for (band, name), cells in wrong.items():
        if len(cells) > right[band]:
            yield f"{show(min(cells))} and the cells of its kind {_CONVENTIONS[kinds[_layer(band)]][name]}"


def _layer(band: Band) -> str:
    return band[1].partition(".")[0]


def rounds_throughout(roots: Sequence[Address], outcome: Outcome) -> str | None:
    """Why cells are not wrong that only round, as most formulas of their part do; None if not all of them do."""
    texts = outcome.table.texts
    rounded = [cell for cell in texts if _ROUNDS.match(texts[cell])]
    if roots and 2 * len(rounded) > len(texts) and set(roots) <= set(rounded):
        return f"{show(roots[0])} rounds what it computes, as most formulas do, so that may be meant"
    return None


def _outvoted(roots: Sequence[Address], outcome: Outcome) -> Iterator[str]:
    """Right cells that may be the wrong ones, as most others of their step are wrong, and most of their unit."""
    keys = outcome.aligned.keys
    steps: dict[object, list[bool]] = {}
    units: dict[object, list[bool]] = {}
    for cell, key in keys.items():
        steps.setdefault((key.band, key.step, key.sample), []).append(cell not in roots)
        units.setdefault((key.band, key.index), []).append(cell not in roots)
    for cell in keys.keys() - set(roots):
        key = keys[cell]
        step, unit = steps[key.band, key.step, key.sample], units[key.band, key.index]
        if 2 * sum(step) < len(step) and (len(unit) == 1 or 2 * sum(unit) < len(unit)):
            yield f"it may be {show(cell)} that is wrong, and not most of the cells beside it"


def _computed_elsewhere(cell: Address, outcome: Outcome) -> Address | None:
    """A cell that does not follow from another one and gives just what should stand there.

    Then a formula that reads the first, perhaps a number or a formula above a column, may have missed its cell; not
    if that belongs to the network, as it reads a cell of it, and all that read it were filled together with others.
    """
    aligned, number = outcome.aligned, outcome.aligned.held.get(cell)
    readers = outcome.precedents.readers(cell)
    filled = all(_is_filled(reader, outcome.table) for reader in readers)
    if outcome.precedents.is_copy(cell) and readers and (filled or not _breaks_its_line(readers, outcome)):
        return None  # a copy is put where it is read
    if filled and any(before in aligned.held for before in outcome.precedents.of(cell)):
        return None
    same = [other for other, its in aligned.held.items() if its == number and other not in aligned.wrong]
    if _is_pasted(cell, same, outcome) or (len(own := outcome.precedents.of(cell)) == 1 and own[0] in same):
        return None  # a copy, though it was pasted or is rounded
    rivals = {other for other in same if outcome.table.is_formula(other)}
    return min(rivals - {cell, *reached([cell], outcome.precedents.readers)}, default=None) if rivals else None


def _breaks_its_line(cells: Iterable[Address], outcome: Outcome) -> bool:
    """Whether one of some formulas reads another cell than right ones of its kind, which do the same, do beside it."""
    aligned, texts = outcome.aligned, outcome.table.texts
    bands = {cell: band for cell, band in aligned.bands.items() if cell in texts}
    for cell in cells:
        others = [o for o, band in bands.items() if o != cell and o not in aligned.wrong and band == bands.get(cell)]
        alike = [other for other in others if skeleton(texts[other]) == skeleton(texts[cell])]
        if alike and not any(outcome.table.fills(cell, o) for o in alike):
            return True
    return False


def _is_pasted(cell: Address, others: Collection[Address], outcome: Outcome) -> bool:
    """Whether a typed number is what one of some formulas computes, by more digits than agree by chance."""
    actual = {verdict.cell: verdict.actual for verdict in outcome.verdicts}
    number = actual.get(cell)
    if not isinstance(number, float) or outcome.table.is_formula(cell) or digits_of(number) < _DIGITS:
        return False
    return any(isinstance(v := actual.get(o), float) and agrees(v, number) for o in others)


def _is_filled(cell: Address, table: CellTable) -> bool:
    """Whether the formula of a cell reads single cells, and one beside it was filled from it."""
    if any(ref.kind != "cell" for ref in operands(table.texts[cell])):
        return False
    beside = (other for line in in_line(cell, 1) for other in line if table.is_formula(other))
    return any(table.fills(cell, other) for other in beside)


def _may_be_swapped(cell: Address, outcome: Outcome) -> bool:
    """Whether a unit is another one at every step: then it is a matter of naming which of the two is wrong."""
    aligned, found = outcome.aligned, outcome.called_wrong.get(cell)
    if cell not in aligned.held or found is None or found.diagnosis != "neighbour-unit":
        return False

    def unit(cell: Address) -> tuple[Band, int]:
        return aligned.bands[cell], aligned.keys[cell].index

    kin = [other for other in aligned.held if unit(other) == unit(cell)]
    return len(kin) > 1 and all(other in aligned.wrong for other in kin)


def _mistake(cell: Address, table: CellTable) -> object:
    """The same for cells that were filled from one formula: one edit of one who fills right."""
    text = table.texts.get(cell)
    return cell if text is None else (cell[0], skeleton(text))


def _typed_along(cells: Sequence[Address], table: CellTable) -> bool:
    """Whether cells are numbers in one row or column: values pasted over formulas that were filled along."""
    lines = [{cell[side] for cell in cells} for side in (1, 2)]
    return all(map(table.is_number, cells)) and min(map(len, lines)) == 1


def _in_line(cell: Address, outcome: Outcome) -> bool:
    """Whether a typed number stands among formulas of its kind.

    In its row or column stands one for the same quantity, at another step or of another unit; or, next to one of the
    cells that only make the inputs, two that were filled from one.
    """
    bands, table = outcome.aligned.bands, outcome.table
    if cell not in bands:
        lines = [[other for other in line if table.is_formula(other)] for line in in_line(cell, 2)]
        return any(len(line) > len({shape_of(table.texts[c], c[1], c[2]) for c in line}) for line in lines)
    return any(
        band == bands[cell] and table.is_formula(other) and are_in_line(cell, other) for other, band in bands.items()
    )


def _is_divisor(cell: Address, outcome: Outcome) -> bool:
    """Whether several formulas divide by a number, as those of a softmax do by a sum."""
    readers = outcome.precedents.readers(cell)
    return len(readers) > 1 and all("/" in outcome.table.texts[reader] for reader in readers)
