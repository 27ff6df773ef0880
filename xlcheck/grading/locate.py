"""Where the cells of an exercise stand in a submission whose author has inserted rows and columns, or renamed sheets.

Words do not change when rows are inserted above them. So each worksheet of the exercise is found by its name, else by
the words on it, and each row and column by the words that stand there, or by defined names where there are none. A
row without either lies between those around it: where they have moved equally far, so has it; where something was
inserted between them, nobody knows, and its cells count as not found.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from xlcheck.formulas.addresses import range_or_none
from xlcheck.grading.prepared import Anchors, Place
from xlcheck.workbook.content import SheetContent, WorkbookContent

_SHARE = 0.5
"""Of the words of a worksheet, at least so many must stand on one of another name."""
_NAME_WEIGHT = 0.1
"""Words are there to be seen; not every program that inserts rows moves the defined names along."""

Position = tuple[int, int]
Texts = Mapping[Position, str]
Votes = tuple[defaultdict[Position, float], defaultdict[Position, float]]


@dataclass(frozen=True)
class Lines:
    """Where the rows, or the columns, of a worksheet have gone: certain ones, and what follows for those between."""

    known: Mapping[int, int]

    def place(self, line: int) -> int | None:
        """Where one has gone; None if that cannot be told."""
        if line in self.known:
            return self.known[line]
        before = max((known for known in self.known if known < line), default=None)
        after = min((known for known in self.known if known > line), default=None)
        shifts = {self.known[known] - known for known in (before, after) if known is not None}
        return line + shifts.pop() if len(shifts) == 1 else None if shifts else line


@dataclass(frozen=True)
class Located:
    """Where things stand in one submission.

    Attributes:
        sheets: for each worksheet of the exercise its name in the submission, and where its rows and columns are.
        notes: what was moved, in words.
        moved: whether anything was.
    """

    sheets: Mapping[str, tuple[str, Lines, Lines]]
    notes: tuple[str, ...] = ()
    moved: bool = False
    _places: dict[Place, Place | None] = field(default_factory=dict, repr=False)

    def place(self, place: Place) -> Place | None:
        """Where a cell of the exercise stands; None if that cannot be told."""
        if not self.moved:
            return place if place[0] in self.sheets else None
        if place not in self._places:
            self._places[place] = self._found(place)
        return self._places[place]

    def _found(self, place: Place) -> Place | None:
        sheet = self.sheets.get(place[0])
        if sheet is None:
            return None
        name, rows, columns = sheet
        row, column = rows.place(place[1]), columns.place(place[2])
        return None if row is None or column is None else (name, row, column)


_UNMOVED = Lines({})


def locate(content: WorkbookContent, anchors: Anchors, needed: Iterable[str]) -> Located:
    """Find the worksheets of an exercise, and their rows and columns."""
    sheets: dict[str, tuple[str, Lines, Lines]] = {}
    notes: list[str] = []
    names = {name.casefold(): name for name in content.sheets}
    free = [sheet for sheet in content.sheets.values() if sheet.name not in anchors.texts]
    for own in needed:
        texts = anchors.texts.get(own, {})
        name = names.get(own.casefold()) or _renamed(texts, free)
        if name is None:
            notes.append(f"worksheet {own} is not there")
            continue
        if name != own:
            notes.append(f"worksheet {own} is called {name}")
        cells = content.sheets[name].cells
        if all((cell := cells.get(place)) is not None and cell.value == text for place, text in texts.items()):
            sheets[own] = name, _UNMOVED, _UNMOVED
            continue
        rows, columns = _lines(own, texts, content.sheets[name], anchors.names, content.names)
        sheets[own] = name, rows, columns
        what = [word for word, lines in (("rows", rows), ("columns", columns)) if _has_moved(lines)]
        if what:
            notes.append(f"{' and '.join(what)} were inserted or deleted on {name}")
    moved = any(name != own or _has_moved(rows) or _has_moved(columns) for own, (name, rows, columns) in sheets.items())
    return Located(sheets, tuple(notes), moved)


def _has_moved(lines: Lines) -> bool:
    return any(line != place for line, place in lines.known.items())


def _renamed(texts: Texts, free: Iterable[SheetContent]) -> str | None:
    """The worksheet of another name on which the same words stand."""
    words = set(texts.values())
    if not words:
        return None
    shares = {
        sheet.name: len(words & {cell.value for cell in sheet.cells.values() if isinstance(cell.value, str)})
        for sheet in free
    }
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] >= _SHARE * len(words) else None


def _lines(
    own: str, texts: Texts, sheet: SheetContent, names: Mapping[str, str], found_names: Mapping[str, str]
) -> tuple[Lines, Lines]:
    """Where rows and columns have gone: first by words that stand once, then by those that stand once in a line."""
    found = {
        place: cell.value
        for place, cell in sheet.cells.items()
        if cell.formula is None and isinstance(cell.value, str) and cell.value.strip()
    }
    votes: Votes = (defaultdict(float), defaultdict(float))
    weighted = [(pair, 1.0) for pair in _pairs(texts.items(), found.items())]
    weighted += [(pair, _NAME_WEIGHT) for pair in _named(own, sheet.name, names, found_names)]
    for (one, other), weight in weighted:
        for axis in (0, 1):
            votes[axis][one[axis], other[axis]] += weight
    lines = _elected(votes[0]), _elected(votes[1])
    for axis in (0, 1):
        for line, place in lines[axis].items():
            mine = [(where, text) for where, text in texts.items() if where[axis] == line]
            theirs = [(where, text) for where, text in found.items() if where[axis] == place]
            for one, other in _pairs(mine, theirs):
                votes[1 - axis][one[1 - axis], other[1 - axis]] += 1.0
    return Lines(_elected(votes[0])), Lines(_elected(votes[1]))


def _pairs(
    mine: Iterable[tuple[Position, str]], theirs: Iterable[tuple[Position, str]]
) -> Iterator[tuple[Position, Position]]:
    """The places of each text that stands once on both sides."""
    here, there = _once(mine), _once(theirs)
    return ((place, there[text]) for text, place in here.items() if text in there)


def _once(cells: Iterable[tuple[Position, str]]) -> dict[str, Position]:
    cells = list(cells)
    counts = Counter(text for _, text in cells)
    return {text: place for place, text in cells if counts[text] == 1}


def _named(own: str, sheet: str, names: Mapping[str, str], found: Mapping[str, str]) -> list[tuple[Position, Position]]:
    """The corners of the ranges that have a defined name in both."""
    pairs = []
    for name, target in names.items():
        one, other = range_or_none(target), range_or_none(found.get(name, ""))
        if one is not None and other is not None and (one.sheet, other.sheet) == (own, sheet):
            pairs.append(((one.top, one.left), (other.top, other.left)))
    return pairs


def _elected(votes: Mapping[Position, float]) -> dict[int, int]:
    """For each line the place with most votes; what contradicts the order of the others is left out."""
    best: dict[int, tuple[float, int]] = {}
    for (line, place), count in votes.items():
        if count > best.get(line, (0.0, 0))[0]:
            best[line] = count, place
    chosen: list[tuple[int, int, float]] = []
    for line in sorted(best):
        count, place = best[line]
        while chosen and chosen[-1][1] >= place and chosen[-1][2] < count:
            chosen.pop()
        if not chosen or chosen[-1][1] < place:
            chosen.append((line, place, count))
    return {line: place for line, place, _ in chosen}
