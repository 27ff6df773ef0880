"""No blank holds an answer: unzipped, no part of it has a number that is one to as many digits as it is written with.

Four digits at least: of numbers with fewer some agree with any answer. A number of sixteen digits that agrees with an
answer in four of them is another number.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hand_in import exercise_of, hand_in, solution

from xlcheck.chapter.recordings.options import OPTIONS
from xlcheck.exercises.exercise import Exercise
from xlcheck.exercises.plan import BlankRule, ExercisePlan

_NUMBER = re.compile(r"-?\d*\.?\d+(?:[eE][+-]?\d+)?")
_DIGITS = 4
_ROUNDED = 1e-9  # what is nearer is the same number, computed in another order


def numbers_in(path: Path) -> dict[float, float]:
    """Every number with at least four digits in any part of a workbook, and half a unit of its last digit."""
    found: dict[float, float] = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8")
            for word in _NUMBER.findall(text):
                digits, _, power = word.lower().partition("e")
                if "." in word and len(re.sub(r"[-.]", "", digits).lstrip("0")) >= _DIGITS:
                    decimals = len(digits.partition(".")[2]) - int(power or 0)
                    found[float(word)] = max(0.5 * 10.0**-decimals, found.get(float(word), 0.0))
    return found


def leaks(path: Path, exercise: Exercise, student: str | None = None) -> list[str]:
    """The answers that stand in a workbook, apart from those that are numbers which everybody is given."""
    key = exercise.key
    values = key.values_of(student)
    given = {abs(float(x)) for value in key.numbers_of(student).values() for x in value.reshape(-1)}
    found = {abs(x): half for x, half in numbers_in(path).items() if abs(x) not in given}
    numbers, halves = np.array(list(found)), np.array(list(found.values()))
    answers = [float(values[b.quantity].reshape(-1)[b.index]) for b in key.blanks]
    return [
        f"{blank.element}: {answer}"
        for blank, answer in zip(key.blanks, answers, strict=True)
        if abs(answer) > _ROUNDED and abs(answer) not in given and answer != round(answer)
        and (np.abs(numbers - abs(answer)) <= np.maximum(halves, _ROUNDED * abs(answer))).any()
    ]  # fmt: skip


ORDINARY = [("lstm", 3), ("gru", 2), ("rnn-dimensions", 1)]
OTHERS = [
    (name, level)
    for name in ("lstm", "gru", "embedding", "bidirectional", "rnn-dimensions", "encoder-decoder", *OPTIONS)
    for level in (1, 2, 3)
    if (name, level) not in ORDINARY
]


@pytest.mark.parametrize(
    ("fixture", "level"), [*ORDINARY, *(pytest.param(*case, marks=pytest.mark.exhaustive) for case in OTHERS)]
)
def test_no_blank_holds_an_answer(fixture: str, level: int, tmp_path: Path) -> None:
    """Neither the workbook that all get nor one with numbers of its own; for trained and for random models."""
    exercise = exercise_of(fixture, tmp_path, ExercisePlan(level=level), ["ann", "bob", "cy"])

    assert leaks(exercise.blank, exercise) == []
    for student, path in zip(exercise.key.students, exercise.workbooks, strict=True):
        assert leaks(path, exercise, student.id) == []


def test_the_search_finds_an_answer_that_is_there(tmp_path: Path) -> None:
    """The search is one: in the workbook of somebody who has typed the answers it finds each."""
    exercise = exercise_of("lstm", tmp_path, ExercisePlan(level=1))
    values = exercise.key.values_of()
    typed = {b.cell: round(float(values[b.quantity].reshape(-1)[b.index]), 6) for b in exercise.key.blanks}
    given = {round(abs(float(x)), 6) for value in exercise.key.given.values() for x in value.reshape(-1)}
    wanted = sum(abs(value) not in given for value in typed.values())
    short = {cell: round(value, 4) for cell, value in typed.items() if abs(value) >= 0.1 and abs(value) not in given}

    assert len(leaks(hand_in(exercise.blank, typed, tmp_path / "typed.xlsx"), exercise)) == wanted
    assert len(leaks(hand_in(exercise.blank, short, tmp_path / "short.xlsx"), exercise)) >= len(short) > 1


def test_a_blank_has_no_manifest_and_no_solution(tmp_path: Path) -> None:
    """No hidden sheet says what should be computed, and no formula of the solution stands beside its own blank."""
    exercise = exercise_of("lstm", tmp_path, ExercisePlan(level=3), ["ann"])
    for path in (exercise.blank, *exercise.workbooks):
        with zipfile.ZipFile(path) as archive:
            text = "".join(archive.read(name).decode() for name in archive.namelist())

        assert "sha256" not in text
        assert "veryHidden" not in text
        assert not re.search(r'"spec"|"trace"|Keras as trained|secret', text)
        told = (f"<f>{b.formula}</f>" in text or f">={b.formula}<" in text for b in exercise.key.blanks)
        assert not any(told)


def test_the_formula_of_a_neighbour_is_not_shown(tmp_path: Path) -> None:
    """Where one step is blank, the same symbol at other steps keeps its value and hides its formula."""
    exercise = exercise_of("lstm", tmp_path, ExercisePlan(blanks=(BlankRule("lstm.c[1]"),)))
    with zipfile.ZipFile(exercise.blank) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
        styles = archive.read("xl/styles.xml").decode()
    sheet = next(text for text in sheets if "<f>F16*E28+F11*F21</f>" in text)
    style = re.search(r'<c r="F28" s="(\d+)"><f>', sheet)
    formats = re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", styles.partition("<cellXfs")[2].partition("</cellXfs>")[0])

    assert style is not None
    assert 'hidden="1"' in formats[int(style[1])]
    assert "<sheetProtection" in sheet
    assert ">=F16*E28+F11*F21<" not in "".join(sheets)
    assert solution(exercise.key.blanks) == {exercise.key.blanks[0].cell: "=G16*F28+G11*G21"}
