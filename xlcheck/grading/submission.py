"""One submission as it was saved: what stands in each cell that is looked at, before anything is calculated."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

import numpy as np

from xlcheck.arrays import Array
from xlcheck.engines.differences import Circumstances, differs_by_form, named_ranges
from xlcheck.errors import WorkbookError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.meaning import same_formula
from xlcheck.formulas.references import References
from xlcheck.grading.locate import Located, locate
from xlcheck.grading.prepared import Place, PreparedKey
from xlcheck.workbook.content import Cell, WorkbookContent
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.seen_sheets import SeenSheets


class State(IntEnum):
    """What stands in a cell in which a formula should stand."""

    EQUAL = 0
    """The formula of the key, perhaps in another spelling: right without a second thought."""
    OTHER = 1
    """Another formula, right or wrong."""
    TYPED = 2
    """A number, or a formula that reads no cell."""
    TEXT = 3
    """A text, TRUE, FALSE or an error that somebody typed."""
    MISSING = 4
    """Nothing."""
    NOT_FOUND = 5
    """Nobody knows where the cell has gone."""


@dataclass(frozen=True)
class Submission:
    """See the module.

    Attributes:
        content: what stands in it.
        places: where each cell of the key stands in it; None where that cannot be told.
        states: for the cells in which a formula should stand, by index, what stands there.
        id: what stands in the cell of the student's id.
        hints: the indices of the hints that were opened, among the key's.
        numbers: the given numbers as they stand in the file, in the order of the key's origins; NaN for anything else.
        notes: what a teacher should know.
        whole: whether every cell stands where it stood.
        plain: whether a formula means in it what it means in the workbook that was handed out.
        formulas: the formulas that are not the key's, by cell.
    """

    path: Path
    content: WorkbookContent
    places: list[Place | None]
    states: dict[int, State]
    id: str
    hints: tuple[int, ...]
    numbers: Array
    notes: tuple[str, ...]
    whole: bool
    plain: bool = False
    formulas: dict[int, str] = field(default_factory=dict)

    @property
    def must_be_calculated(self) -> bool:
        """Whether a formula differs from the key's, so that only its numbers tell whether it is right."""
        return State.OTHER in self.states.values()


def read_submission(
    path: Path, prepared: PreparedKey, *, trust_texts: bool = True, seen: SeenSheets | None = None
) -> Submission:
    """Read a submission, and find the cells of the exercise in it.

    With `trust_texts` a formula that is the key's is right; without, its numbers have to show it. Of worksheets that
    were `seen` in other submissions the same are not parsed again.

    Raises:
        WorkbookError: it is no workbook, or none of the exercise's worksheets is in it.
    """
    content = read_workbook(path, seen=seen)
    located = locate(content, prepared.anchors, prepared.sheets)
    if not located.sheets:
        raise WorkbookError(f"{path} has none of the worksheets of the exercise; ask for the file that was handed out")
    places = list(map(located.place, prepared.cells))
    plain = trust_texts and not located.moved and _names_stand(content, prepared) and not _calculates_otherwise(content)
    states, formulas = {}, {}
    references = References(content.names, content.sheets)
    for index, wanted in enumerate(prepared.formulas):
        if wanted is not None:
            cell = _cell(content, places[index])
            states[index] = _state(cell, places[index], wanted, prepared.cells[index][0], references, plain=plain)
            if cell is not None and cell.formula is not None and states[index] is not State.EQUAL:
                formulas[index] = cell.formula
    key = prepared.key
    id_cell = _cell(content, located.place((key.id_cell.sheet, key.id_cell.top, key.id_cell.left)))
    return Submission(
        path=path,
        content=content,
        places=places,
        states=states,
        id="" if id_cell is None else _as_text(id_cell.value),
        hints=tuple(_opened(content, located, prepared)),
        numbers=np.array([_number(_cell(content, places[index])) for index in prepared.origins]),
        notes=(*located.notes, *content.notes, *_settings(content)),
        whole=not located.moved and None not in places,
        plain=plain and None not in places,
        formulas=formulas,
    )


def _cell(content: WorkbookContent, place: Place | None) -> Cell | None:
    if place is None or place[0] not in content.sheets:
        return None
    return content.sheets[place[0]].cells.get(place[1:])


def _state(
    cell: Cell | None, place: Place | None, wanted: str, sheet: str, references: References, *, plain: bool
) -> State:
    if place is None:
        return State.NOT_FOUND
    if cell is None or (cell.formula is None and (cell.value is None or cell.value == "")):
        return State.MISSING
    if cell.formula is None:
        return State.TYPED if type(cell.value) in {int, float} else State.TEXT
    if plain and cell.array is None and same_formula(cell.formula, wanted, sheet):
        return State.EQUAL
    reads = references.of(cell.formula, place[0]) or not references.of(wanted, sheet)  # as 1/1, a gradient
    return State.OTHER if reads else State.TYPED


def _names_stand(content: WorkbookContent, prepared: PreparedKey) -> bool:
    """Whether every name of the exercise stands for what it did: then the same formula is the same function."""
    own = {name.casefold(): target for name, target in content.names.items()}
    return all(
        own.get(name.casefold(), target).replace("'", "") == target.replace("'", "")
        for name, target in prepared.anchors.names.items()
    )


def _calculates_otherwise(content: WorkbookContent) -> bool:
    settings = content.calculation
    return settings.as_displayed or bool(settings.like_lotus)


def _settings(content: WorkbookContent) -> Iterator[str]:
    if _calculates_otherwise(content):
        yield from content.calculation.differences((), circular=False, built=False)


def _opened(content: WorkbookContent, located: Located, prepared: PreparedKey) -> Iterator[int]:
    for number, hint in enumerate(prepared.key.hints):
        cell = _cell(content, located.place((hint.cell.sheet, hint.cell.top, hint.cell.left)))
        if cell is not None and cell.value not in (None, "", 0.0, False):
            yield number


def _number(cell: Cell | None) -> float:
    return float(cell.value) if cell is not None and type(cell.value) in {int, float} else math.nan  # type: ignore[arg-type]


def _as_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strip() if isinstance(value, str) else ""


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
        doubtful |= _readers(doubtful - own.keys(), formulas, own.keys(), References(content.names, content.sheets))
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
    return any(sheet == area.sheet and area.holds(row, column) for area in areas for sheet, row, column in places)


@lru_cache(maxsize=16_384)
def _otherwise(engine: str, formula: str, in_array: bool, names: frozenset[str]) -> str:
    """Students of one class write the same formulas."""
    return differs_by_form(engine, Circumstances(formula, in_array=in_array, ranges=names))
