"""The formulas of a submission that an engine computes otherwise than Excel: of what they give nothing is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from functools import lru_cache

from xlcheck.engines.differences import Circumstances, differs_by_form, named_ranges
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.references import References
from xlcheck.grading.prepared import Place
from xlcheck.grading.submission import Submission


def computed_otherwise(submission: Submission, engine: str, *, closed: bool) -> frozenset[int]:
    """Those of the key's cells that hold such a formula, or read one in a cell that is not the key's.

    Args:
        submission: as it was read.
        engine: the name of whoever calculates.
        closed: whether the key's cells read nothing but each other.
    """
    content = submission.content
    names = named_ranges(content.names)
    formulas: dict[Place, str] = {}
    for index in submission.formulas if closed else ():
        place = submission.places[index]
        if place is not None:
            formulas[place] = submission.formulas[index]
    if not closed:
        formulas = {(s, row, column): cell.formula or "" for s, row, column, cell in content.formula_cells()}
    doubtful = {
        place
        for place, text in formulas.items()
        if _otherwise(engine, text, content.sheets[place[0]].cells[place[1:]].array is not None, names)
    }
    own = {place: index for index, place in enumerate(submission.places) if place is not None}
    if doubtful - own.keys():
        doubtful |= _readers(doubtful - own.keys(), formulas, own.keys(), References(content.names))
    return frozenset(own[place] for place in doubtful if place in own)


def _readers(
    doubtful: Set[Place], formulas: Mapping[Place, str], own: Set[Place], references: References
) -> Set[Place]:
    """The cells that read doubtful ones, directly or through cells that are not the key's."""
    reads = {place: references.of(text, place[0]) for place, text in formulas.items()}
    found: set[Place] = set()
    through = doubtful
    while through:
        fresh = {place for place, areas in reads.items() if place not in found and _touch(areas, through)}
        found |= fresh
        through = fresh - own
    return found


def _touch(areas: Iterable[Range], places: Iterable[Place]) -> bool:
    return any(
        sheet == area.sheet and 0 <= row - area.top < area.rows and 0 <= column - area.left < area.columns
        for area in areas
        for sheet, row, column in places
    )


@lru_cache(maxsize=16_384)
def _otherwise(engine: str, formula: str, in_array: bool, names: frozenset[str]) -> str:
    """Students of one class write the same formulas."""
    return differs_by_form(engine, Circumstances(formula, in_array=in_array, ranges=names))
