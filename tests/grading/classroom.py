"""A class that hands in: workbooks with blanks, filled by students who make mistakes on purpose.

Files are filled by editing their XML, so that neither xlcheck's reader nor its writer has a part in it, and what marks
are right follows from the mistakes alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

from xlcheck.cli import run
from xlcheck.exercises.key import load_key
from xlcheck.grading.grading import Grading
from xlcheck.grading.marks import StudentMarks

Fault = Callable[[str, float], str | None]
"""(the right formula, the right number for the student) → what the student types; None for nothing."""

WRONG: Mapping[str, Fault] = {
    "scaled": lambda formula, _: f"=1.25*({formula})+0.01",
    "negated": lambda formula, _: f"=0.01-({formula})",
    "shifted": lambda formula, _: f"={formula}+0.001",
    "zero": lambda formula, _: f"=0*({formula})-0.003",
    "error": lambda formula, _: f"=({formula})/0",
    "right for its own numbers": lambda formula, number: f"=({formula})*0+{number!r}",
}
OTHERS: Mapping[str, Fault] = {
    "typed": lambda _, number: f"{number!r}",
    "typed wrong": lambda _, number: f"{number + 0.5!r}",
    "a formula that reads nothing": lambda _, number: f"={number!r}+0",
    "text": lambda *_: "I do not know",
    "empty": lambda *_: None,
}
FAULTS = {**WRONG, **OTHERS}
STATUS = dict.fromkeys(WRONG, "wrong") | {
    "typed": "not_a_formula",
    "typed wrong": "not_a_formula",
    "a formula that reads nothing": "not_a_formula",
    "text": "text",
    "empty": "missing",
}


@dataclass(frozen=True)
class Classroom:
    """An exercise in a folder."""

    folder: Path

    @property
    def key_file(self) -> Path:
        return self.folder / "key.json"

    @cached_property
    def key(self) -> Any:
        return load_key(self.key_file)

    @cached_property
    def elements(self) -> list[str]:
        return [blank.element for blank in self.key.blanks]

    @cached_property
    def points(self) -> dict[str, float]:
        return {blank.element: blank.points for blank in self.key.blanks}

    def hand_in(self, student: str | None, target: Path, mistakes: Mapping[str, str | None]) -> Path:
        """A student's workbook, filled with the right formulas but for what is typed instead, by element."""
        source = self.folder / ("blank.xlsx" if student is None else f"blanks/{student}.xlsx")
        typed: dict[str, dict[str, str | None]] = {}
        for blank in self.key.blanks:
            text = mistakes.get(blank.element, f"={blank.formula}")
            typed.setdefault(blank.cell.sheet, {})[blank.cell.a1] = text
        fill(source, target, typed)
        return target

    def faulty(self, student: str | None, kinds: Mapping[str, str]) -> dict[str, str | None]:
        """What a student types who makes mistakes of these kinds, by element."""
        values = self.key.values_of(student)
        blanks = {blank.element: blank for blank in self.key.blanks}
        return {
            element: FAULTS[kind](
                blanks[element].formula, float(values[blanks[element].quantity].reshape(-1)[blanks[element].index])
            )
            for element, kind in kinds.items()
        }

    def expected(self, kinds: Mapping[str, str]) -> float:
        """The marks: all points but those of the cells in which a mistake was made."""
        return sum(points for element, points in self.points.items() if element not in kinds)

    def draw(self, rng: np.random.Generator, most: int = 3) -> dict[str, str]:
        """Up to so many mistakes in random cells, by element."""
        # Of a formula that reads nothing, as 1/1, another one that gives its number is right.
        reading = [blank.element for blank in self.key.blanks if re.search(r"[A-Z]\$?\d", blank.formula)]
        chosen = rng.choice(reading, min(int(rng.integers(1, most + 1)), len(reading)), replace=False).tolist()
        return {element: str(rng.choice(list(FAULTS))) for element in chosen}


def make_classroom(folder: Path, lesson: str, students: int, level: int = 3) -> Classroom:
    """Let `xlcheck exercise` write an exercise for so many students, s001 and so on."""
    arguments = ["exercise", lesson, "--level", str(level), "-o", str(folder), "-q", "--keras", "0"]
    if students:
        folder.mkdir(parents=True, exist_ok=True)
        roster = folder / "roster.csv"
        names = "".join(f"s{number:03},Student {number}\n" for number in range(1, students + 1))
        roster.write_text(f"id,name\n{names}", encoding="utf-8")
        arguments += ["--roster", str(roster)]
    assert run(arguments) == 0
    return Classroom(folder)


def fill(source: Path, target: Path, typed: Mapping[str, Mapping[str, str | None]]) -> None:
    """Type into cells of a workbook: formulas with `=`, numbers, texts; by worksheet and cell."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(source) as archive, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as copy:
        parts = _parts(archive)
        for name in archive.namelist():
            content = archive.read(name)
            if (sheet := parts.get(name)) in typed:
                text = content.decode()
                for cell, entry in typed[str(sheet)].items():
                    text, count = re.subn(
                        rf'<c r="{cell}"( s="\d+")?(?: t="\w+")?(?:/>|>.*?</c>)',
                        lambda match, cell=cell, entry=entry: _cell(cell, match[1] or "", entry),
                        text,
                        count=1,
                    )
                    assert count == 1, (sheet, cell)
                content = text.encode()
            copy.writestr(name, content)


def _cell(cell: str, style: str, entry: str | None) -> str:
    if entry is None:
        return f'<c r="{cell}"{style}/>'
    if entry.startswith("="):
        return f'<c r="{cell}"{style}><f>{escape(entry[1:], quote=False)}</f></c>'
    try:
        float(entry)
    except ValueError:
        return f'<c r="{cell}"{style} t="inlineStr"><is><t>{escape(entry)}</t></is></c>'
    return f'<c r="{cell}"{style}><v>{entry}</v></c>'


def _parts(archive: ZipFile) -> dict[str, str]:
    """The name of the worksheet in each part."""
    links = archive.read("xl/_rels/workbook.xml.rels").decode()
    targets = {
        re.search(r'Id="([^"]+)"', tag)[1]: re.search(r'Target="([^"]+)"', tag)[1]  # type: ignore[index]
        for tag in re.findall(r"<Relationship [^>]*>", links)
    }
    sheets = re.findall(r'<sheet name="([^"]+)"[^>]*r:id="([^"]+)"', archive.read("xl/workbook.xml").decode())
    return {f"xl/{targets[identity].removeprefix('/xl/')}": name for name, identity in sheets}


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


MISTAKE = {"lstm.i[0][0]": "scaled"}


def hand_in(room: Classroom, folder: Path, student: str, name: str = "") -> Path:
    """A workbook with one mistake."""
    return room.hand_in(student, folder / (name or f"{student}.xlsx"), room.faulty(student, MISTAKE))


def only(grading: Grading) -> StudentMarks:
    """The marks of the only submission."""
    (marks,) = grading.marks
    return marks


def wrong(marks: StudentMarks) -> list[str]:
    """The elements that cost points."""
    return [cell.element for cell in marks.cells if cell.status not in ("right", "carried")]
