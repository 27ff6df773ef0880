"""One blank workbook → each student's own: only numbers and two texts change, so only they are written anew.

The workbook is laid out and written once. Its worksheets are cut at every number that differs from student to
student; a student's file is the pieces with other numbers between them, in a fraction of the time of laying it out.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from xlcheck.arrays import Array
from xlcheck.errors import WorkbookError
from xlcheck.exercises.front import ID_TEXT, NAME_TEXT
from xlcheck.files import replacing, zip_part
from xlcheck.formulas.addresses import Range
from xlcheck.layout.draft import Draft

_CELL = re.compile(r'<c r="([A-Z]{1,3}\d+)"([^>]*)>(<f>[^<]*</f>)?<v>([^<]*)</v></c>')
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_CACHE = re.compile(
    rb"<c:numCache>.*?</c:numCache>|(?<=</c:f>)<c:strCache>(?:(?!</c:strCache>).)*</c:strCache>(?=</c:strRef></c:cat>)",
    re.DOTALL,
)
_STRINGS = "xl/sharedStrings.xml"


@dataclass(frozen=True)
class Slot:
    """A number that differs: which one of which quantity."""

    name: str
    index: int


Piece = bytes | Slot


@dataclass(frozen=True)
class Stamp:
    """A written workbook, cut at every number that differs.

    Attributes:
        parts: name → bytes, or pieces and gaps in turn.
    """

    parts: Mapping[str, bytes | Sequence[Piece]]

    def workbook(self, values: Mapping[str, Array], student: str, name: str) -> bytes:
        """The file of one student; `values` are those that worksheets show while the blanks are empty."""
        flat = {key: value.reshape(-1).tolist() for key, value in values.items()}
        file = BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for part, content in self.parts.items():
                if part == _STRINGS and isinstance(content, bytes):
                    data = content.replace(ID_TEXT.encode(), escape(student).encode())
                    data = data.replace(NAME_TEXT.encode(), escape(name).encode())
                elif isinstance(content, bytes):
                    data = content
                else:
                    data = b"".join(
                        piece if isinstance(piece, bytes) else repr(flat[piece.name][piece.index]).encode()
                        for piece in content
                    )
                archive.writestr(zip_part(part), data)
        return file.getvalue()

    def write(self, path: Path, values: Mapping[str, Array], student: str, name: str) -> None:
        """Write the file of one student, whole or not at all.

        Raises:
            UsageError: it cannot be written there.
        """
        content = self.workbook(values, student, name)
        with replacing(path) as temporary:
            temporary.write_bytes(content)


def cut(path: Path, draft: Draft) -> Stamp:
    """Cut a written workbook at every number of a quantity, and leave out what else depends on numbers.

    Its worksheets are in the order of the draft's.

    Raises:
        WorkbookError: a number is not where it should be; this is a defect.
    """
    slots = _slots(draft)
    stale = draft.spoken | {helper.cell for helper in draft.helpers if not isinstance(helper.desired[0], str)}
    names = list(draft.sheets)
    parts: dict[str, bytes | Sequence[Piece]] = {}
    with zipfile.ZipFile(path) as archive:
        for part in archive.namelist():
            match = _SHEET.fullmatch(part)
            content = archive.read(part)
            if match is None:  # of a chart the numbers and words that it keeps for viewers that do not calculate
                parts[part] = _CACHE.sub(b"", content) if part.startswith("xl/charts/") else content
                continue
            sheet = names[int(match[1]) - 1]
            own = {cell.a1: slot for cell, slot in slots.items() if cell.sheet == sheet}
            left_out = {cell.a1 for cell in stale if cell.sheet == sheet}
            parts[part] = _pieces(content.decode(), own, left_out, part)
    return Stamp(parts)


def _slots(draft: Draft) -> dict[Range, Slot]:
    slots: dict[Range, Slot] = {}
    for binding in draft.bindings:
        for index, (row, column) in enumerate(binding.area.cells()):
            slots[Range(binding.area.sheet, row, column)] = Slot(binding.quantity, index)
    return slots


def _pieces(text: str, slots: Mapping[str, Slot], left_out: set[str], part: str) -> list[Piece]:
    """The bytes of a worksheet between its gaps."""
    pieces: list[Piece] = []
    done = 0
    found = 0
    for match in _CELL.finditer(text):
        cell, attributes, formula, _ = match.groups()
        if cell in left_out and formula:
            pieces.append(text[done : match.start()].encode() + f'<c r="{cell}"{attributes}>{formula}</c>'.encode())
            done = match.end()
            found += cell in slots  # a helper that is a quantity, too, such as a one-hot input
        elif cell in slots and "t=" not in attributes:
            pieces += [text[done : match.start(4)].encode(), slots[cell]]
            done = match.end(4)
            found += 1
    blanks = len(re.findall(r'<c r="[A-Z]{1,3}\d+"[^>]*/>', text))
    if found + blanks < len(slots):
        raise WorkbookError(f"{part}: {len(slots) - found - blanks} numbers are not where they were laid out")
    return [*pieces, text[done:].encode()]
