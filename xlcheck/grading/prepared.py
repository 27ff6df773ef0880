"""A marking key made ready once for thousands of submissions: which cells are looked at, and with which numbers.

Every submission is recalculated with numbers that nobody has seen, so a typed number, however right, computes
nothing. They are the same for all submissions, which therefore can be one axis of the arrays that are judged.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import DataError
from xlcheck.exercises.draws import Variation, drawn
from xlcheck.exercises.key import Blank, MarkingKey, load_key
from xlcheck.formulas.addresses import Range, cell_name
from xlcheck.formulas.references import References
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Role
from xlcheck.grouping import grouped
from xlcheck.verdicts.placement import Placement, placements_of
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import position
from xlcheck.workbook.content import Cell
from xlcheck.workbook.reader import read_workbook

LEAST_ROUNDS, MOST_ROUNDS = 2, 5
"""How often a submission is recalculated with secret numbers: in one round a wrong formula may be right by chance."""

_DRAWS = 24
_STATES = 0.1, 0.6  # initial states are as large as states become

BLANK = "blank.xlsx"
"""The workbook that `xlcheck exercise` writes beside the key for whoever is on no roster."""

Place = tuple[str, int, int]
"""Worksheet, row and column of a cell, from 0."""


@dataclass(frozen=True)
class Anchors:
    """What tells where things stand on the worksheets of the exercise, even after somebody has moved them.

    Attributes:
        texts: for each worksheet its texts by (row, column).
        names: for each defined name what it refers to.
    """

    texts: Mapping[str, Mapping[tuple[int, int], str]]
    names: Mapping[str, str]


@dataclass(frozen=True)
class PreparedKey:
    """See the module.

    Attributes:
        anchors: of the workbook that it belongs to.
    """

    key: MarkingKey
    anchors: Anchors

    def __reduce__(self) -> tuple[type[PreparedKey], tuple[MarkingKey, Anchors]]:
        # It is sent with each chunk; what follows from it is worked out where it arrives, once.
        return PreparedKey, (replace(self.key), self.anchors)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of whatever the verdicts on cells depend on: not points, costs, texts and the roster.

        With other points, results that are there stay valid, and only marks are counted anew.
        """
        key = self.key
        judged = {
            "spec": key.spec.to_json(),
            "batch": None if key.batch is None else key.batch.to_json(),
            "given": {name: value.tolist() for name, value in sorted(key.given.items())},
            "blanks": [(str(b.cell), b.quantity, b.index, b.formula) for b in key.blanks],
            "bindings": [(b.quantity, str(b.area), b.sample, b.transposed) for b in key.bindings],
            "formulas": sorted((str(cell), text) for cell, text in key.formulas.items()),
            "hints": [str(hint.cell) for hint in key.hints],
            "id": str(key.id_cell),
            "tolerance": key.rules.tolerance,
            "typed": key.rules.typed > 0,
            "secret": key.secret,
            "variations": {name: vars(v) for name, v in sorted(key.variations.items())},
            "texts": {s: sorted((r, c, t) for (r, c), t in texts.items()) for s, texts in self.anchors.texts.items()},
        }
        return hashlib.sha256(json.dumps(judged, sort_keys=True).encode()).hexdigest()

    @cached_property
    def placements(self) -> list[Placement]:
        """Where each quantity stands in a submission in which nothing was moved."""
        return placements_of(self.key.bindings, self.key.graph)

    @cached_property
    def columns(self) -> list[tuple[Placement, slice]]:
        """Each placement, and its part of all cells."""
        ends = np.cumsum([placement.codes.size for placement in self.placements]).tolist()
        return [(p, slice(end - p.codes.size, end)) for p, end in zip(self.placements, ends, strict=True)]

    def quantity_of(self, index: int) -> str:
        """The quantity that a cell holds."""
        return self._quantities[index]

    def quantities_for(self, cells: Collection[int]) -> set[str]:
        """The quantities that some cells hold, and those they are computed from."""
        graph, names = self.key.graph, {self._quantities[index] for index in cells}
        return names.union(*(graph[name].reads for name in names))

    @cached_property
    def _quantities(self) -> list[str]:
        return [p.quantity for p in self.placements for _ in range(p.codes.size)]

    @cached_property
    def cells(self) -> list[Place]:
        """All cells that are looked at, in the order of the placements; everything else counts them from 0."""
        return [(p.sheet, *position(code)) for p in self.placements for code in p.codes.tolist()]

    @cached_property
    def sheets(self) -> list[str]:
        """The worksheets that are looked at."""
        others = [self.key.id_cell.sheet, *(hint.cell.sheet for hint in self.key.hints)]
        return list(dict.fromkeys([place[0] for place in self.cells] + others))

    @cached_property
    def formulas(self) -> list[str | None]:
        """What each of them should hold: a formula, or None for a number that is given."""
        return [
            self._blanks[place].formula if place in self._blanks else self._given_formulas.get(place)
            for place in self.cells
        ]

    @cached_property
    def blanks(self) -> dict[int, int]:
        """For the cells that students fill: which of the key's blanks it is."""
        numbers = {_place(blank.cell): number for number, blank in enumerate(self.key.blanks)}
        return {index: numbers.pop(place) for index, place in enumerate(self.cells) if place in numbers}

    @cached_property
    def elements(self) -> list[str]:
        """The name of what each cell holds: `lstm.f[1][0]`."""
        graph = self.key.graph
        return [graph[p.quantity].element_at(number) for p in self.placements for number in p.elements.tolist()]

    @cached_property
    def origins(self) -> dict[int, tuple[str, int]]:
        """The cells that hold given numbers, each with its quantity and element: where secret numbers are put."""
        graph, found, index = self.key.graph, {}, 0
        for p in self.placements:
            for element in p.elements.tolist():
                if graph[p.quantity].expr is None and self.formulas[index] is None:
                    found[index] = (p.quantity, element)
                index += 1
        return found

    @cached_property
    def rounds(self) -> list[dict[str, Array]]:
        """Every quantity for each set of secret numbers.

        Of some sets those are taken in which, together, most cells are once positive and once negative or 0: a missing
        ReLU, or a weight beside a 0, shows itself only in one of the two.
        """
        sets = [self._drawn(number) for number in range(_DRAWS)]
        signs = [np.sign(self.values_in_cells(values)) for values in sets]
        seen = np.zeros((3, len(self.cells)), dtype=bool)
        chosen: list[dict[str, Array]] = []
        left = list(range(_DRAWS))
        while len(chosen) < MOST_ROUNDS and left:
            own = {n: np.array([signs[n] == sign for sign in (-1, 0, 1)]) for n in left}
            best = max(left, key=lambda n: int((own[n] & ~seen).sum()))
            if len(chosen) >= LEAST_ROUNDS and not (own[best] & ~seen).any():
                break
            seen |= own[best]
            chosen.append(sets[best])
            left.remove(best)
        return chosen

    def _drawn(self, number: int) -> dict[str, Array]:
        """One set: as a student's, but no initial state is 0, and of one-hot inputs the 1 goes through all places."""
        key = self.key
        placed = {name for name, _ in self.origins.values()}
        states = [q.name for q in key.graph if q.expr is None and q.band.role is Role.STATE]
        varied = dict(key.variations) | dict.fromkeys(states, Variation("real", *_STATES))
        varied = {name: variation for name, variation in varied.items() if name in placed}
        values = drawn(key.given, varied, key.secret, f"\nnobody\ngrading {number}")
        one_hot = [name for name, variation in varied.items() if variation.kind == "one_hot"]
        for turn, name in enumerate(one_hot):
            size = values[name].shape[-1]
            values[name] = np.broadcast_to(np.eye(size)[(number + turn) % size], values[name].shape)
        return evaluate(key.graph, values)

    @cached_property
    def truth(self) -> Array:
        """What should stand in each cell in each round, `(rounds, cells)`."""
        return np.array([self.values_in_cells(values) for values in self.rounds])

    def values_in_cells(self, values: Mapping[str, Array]) -> Array:
        """The numbers of quantities in the order of the cells, `(cells,)`."""
        return np.concatenate([values[p.quantity].reshape(-1)[p.elements] for p in self.placements])

    @cached_property
    def is_batch(self) -> bool:
        """Whether a quantity reads all samples: then submissions cannot stand in the place of samples."""
        return any(q.reads_batch for q in self.key.graph)

    @cached_property
    def tolerance(self) -> Tolerance:
        """What counts as right."""
        return Tolerance(self.key.rules.tolerance, self.key.rules.tolerance)

    def followers(self, index: int) -> frozenset[int]:
        """The cells that are computed from a cell, directly or not, in the solution."""
        if index not in self._followers:
            reached: set[int] = set()
            stack = [index]
            while stack:
                fresh = self._read_by.get(stack.pop(), frozenset()) - reached
                reached |= fresh
                stack.extend(fresh)
            self._followers[index] = frozenset(reached - {index})
        return self._followers[index]

    @cached_property
    def _followers(self) -> dict[int, frozenset[int]]:
        return {}

    @cached_property
    def _read_by(self) -> dict[int, frozenset[int]]:
        """For each cell those whose formulas name it in the solution."""
        at = grouped((place, index) for index, place in enumerate(self.cells))
        references, found = References(self.anchors.names), defaultdict[int, set[int]](set)
        for index, formula in enumerate(self.formulas):
            for area in references.of(formula, self.cells[index][0]) if formula is not None else ():
                for row, column in area.cells():
                    for source in at.get((area.sheet, row, column), ()):
                        found[source].add(index)
        return {source: frozenset(readers) for source, readers in found.items()}

    @cached_property
    def _blanks(self) -> dict[Place, Blank]:
        return {_place(blank.cell): blank for blank in self.key.blanks}

    @cached_property
    def _given_formulas(self) -> dict[Place, str]:
        return {_place(cell): text for cell, text in self.key.formulas.items()}


def prepare(path: Path) -> PreparedKey:
    """Read a marking key, and beside it a workbook that was handed out, whose words show where things stand.

    Raises:
        DataError: the key cannot be used, or stands alone.
        WorkbookError: that workbook cannot be read.
    """
    key = load_key(path)
    if not key.blanks:
        raise DataError(f"{path} has no blanks, so there is nothing to grade; write it anew with `xlcheck exercise`")
    content = read_workbook(handed_out(path))
    texts = {
        sheet.name: {place: str(cell.value) for place, cell in sheet.cells.items() if _is_label(cell)}
        for sheet in content.sheets.values()
        if sheet.state == "visible"
    }
    return PreparedKey(key, Anchors(texts, content.names))


def handed_out(path: Path) -> Path:
    """A workbook as students get it, beside a key.

    Raises:
        DataError: there is none.
    """
    folder, key = path.parent, load_key(path)
    files = [folder / BLANK, *(folder / student.file for student in key.students)]
    for file in files:
        if file.is_file():
            return file
    raise DataError(f"there is no {files[0]}; keep the key beside the workbooks that `xlcheck exercise` wrote with it")


def _is_label(cell: Cell) -> bool:
    return cell.formula is None and isinstance(cell.value, str) and bool(cell.value.strip())


def _place(cell: Range) -> Place:
    return cell.sheet, cell.top, cell.left


def shown_place(place: Place) -> str:
    """`lstm!F12`."""
    return f"{place[0]}!{cell_name(place[1], place[2])}"
