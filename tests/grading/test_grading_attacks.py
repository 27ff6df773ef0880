"""What students try: nothing that computes no answer earns a point, and nothing that is right loses one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from classroom import Classroom
from thorough import EVERY_CASE

from xlcheck.grading.marks import Marker, StudentMarks
from xlcheck.grading.prepared import PreparedKey, prepare
from xlcheck.grading.work import Task, grade_chunk, sha256_of

Cheat = Callable[[str, str, float], str]
"""(a cell that the right formula reads, the right formula, the right number) → what is typed."""

CHEATS: dict[str, Cheat] = {
    "a number behind 0 times a cell": lambda cell, _, x: f"={x!r}+0*{cell}",
    "a number to the power of 1": lambda cell, _, x: f"={x!r}*{cell}^0",
    "a choice whose condition always holds": lambda cell, f, x: f"=IF({cell}={cell},{x!r},{f})",
    "right for the numbers at hand only": lambda cell, f, x: f"=IF(ABS(({f})-{x!r})<1E-6,{f},0)",
    "rounded to what is shown": lambda cell, f, x: f"=ROUND({f},3)",
    "a look-up in a table of its own": lambda cell, _, x: f"=CHOOSE(1+0*ABS({cell}),{x!r})",
    "a number that swallows an error": lambda cell, _, x: f"=IFERROR({x!r}/ISNUMBER({cell}),0)",
    "the mark beside it": lambda cell, _, x: f'=IF(COUNTIF(F1:Z40,"✓")>=0,{x!r},0)+0*{cell}',
    "a number in the scratch sheet": lambda cell, _, x: "=Scratch!A40",
    "another workbook": lambda cell, _, x: "='[key.xlsx]lstm'!F10",
    "itself": lambda cell, f, x: f"=({f})+0*F40+0*SUM(A1:Z60)",
    "chance": lambda cell, f, x: f"=({f})*(1+RAND()/100)",
    "a place put together": lambda cell, _, x: f'=0*{cell}+INDIRECT("Scratch!A"&40)',
    "a text that looks like a number": lambda cell, _, x: f'=0*{cell}&"{x!r}"',
    "a single cell of each range": lambda cell, f, x: f"=({f})+0*SUM(F10:F12*1)",
    "a bomb": lambda cell, f, x: f"=({f})*IF(TODAY()>40000,1.01,1)",
}
HONEST: dict[str, Cheat] = {
    "brackets and signs": lambda cell, f, x: f"=-(-(({f})))",
    "another order": lambda cell, f, x: f"=0+({f})*1",
    "a choice": lambda cell, f, x: f"=IF({cell}>0,{f},({f})+0)",
    "through the scratch sheet": lambda cell, f, x: "=Scratch!A41",
    "a percent": lambda cell, f, x: f"=({f})*100%",
    "twice the half": lambda cell, f, x: f"=SUM(({f})/2,({f})/2)",
    "rounded to what no one sees": lambda cell, f, x: f"=ROUND({f},14)",
    "an array of one": lambda cell, f, x: f"=SUMPRODUCT(({f})*1)",
}


def test_what_computes_no_answer_earns_nothing(lstm: Classroom, tmp_path: Path) -> None:
    """One to three cheats in random cells: exactly these cells lose their points, or a person is asked to look."""
    rng = np.random.default_rng(11)
    planted, files = _planted(lstm, CHEATS, rng, tmp_path, 150 if EVERY_CASE else 20)
    for kinds, marks in zip(planted, _marks(files, prepare(lstm.key_file)), strict=True):
        lost = {cell.element for cell in marks.cells if cell.status not in ("right", "carried")}
        assert lost == set(kinds), (marks.file, kinds)
        assert marks.earned == marks.points - len(kinds)


def test_what_is_right_in_any_way_loses_nothing(lstm: Classroom, tmp_path: Path) -> None:
    """One to three right formulas that look otherwise, in random cells: all points."""
    rng = np.random.default_rng(12)
    planted, files = _planted(lstm, HONEST, rng, tmp_path, 100 if EVERY_CASE else 12)
    for kinds, marks in zip(planted, _marks(files, prepare(lstm.key_file)), strict=True):
        assert marks.earned == marks.points, (kinds, marks.first)


def test_what_was_typed_as_a_text_is_told_apart(lstm: Classroom, tmp_path: Path) -> None:
    """A formula behind an apostrophe, a number with a comma, and words: each has its sentence, and earns nothing."""
    first, second, third = lstm.elements[:3]
    path = lstm.hand_in("s006", tmp_path / "s006.xlsx", {first: " =F6*2", second: "0,53", third: "soon"})
    (marks,) = _marks([path], prepare(lstm.key_file))
    words = {cell.element: cell.message for cell in marks.cells if cell.status == "text"}
    assert "as a text" in words[first]
    assert "point" in words[second]
    assert "no number" in words[third]
    assert marks.earned == marks.points - 3


def test_a_sheet_of_the_same_name_is_no_exercise(lstm: Classroom, tmp_path: Path) -> None:
    """Whoever renames the exercise's sheet and gives its name to another one has that one graded, and it is empty."""
    path = lstm.hand_in("s005", tmp_path / "s005.xlsx", {})
    shadow = tmp_path / "shadow.xlsx"
    with ZipFile(path) as archive, ZipFile(shadow, "w", ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "xl/workbook.xml":
                content = content.replace(b'name="lstm"', b'name="old"').replace(b'name="Scratch"', b'name="lstm"')
            copy.writestr(name, content)
    (marks,) = _marks([shadow], prepare(lstm.key_file))
    on_it = [cell for cell in marks.cells if cell.quantity.startswith("lstm.")]
    assert on_it
    assert all(cell.earned == 0 for cell in on_it)


def test_the_numbers_of_somebody_else_earn_nothing(lstm: Classroom, tmp_path: Path) -> None:
    """All numbers typed, as a neighbour has them."""
    typed = {
        blank.element: repr(float(lstm.key.values_of("s002")[blank.quantity].reshape(-1)[blank.index]))
        for blank in lstm.key.blanks
    }
    path = lstm.hand_in("s001", tmp_path / "s001.xlsx", typed)
    (marks,) = _marks([path], prepare(lstm.key_file))
    assert marks.earned == 0


def test_the_copy_of_a_neighbour_is_told(lstm: Classroom, tmp_path: Path) -> None:
    """With the own id in the neighbour's workbook the points are counted, and the note says whose numbers they are."""
    path = lstm.hand_in("s002", tmp_path / "s002.xlsx", {})
    copied = _edited(path, tmp_path / "s001.xlsx", lambda text: text.replace(">s002<", ">s001<"))
    (marks,) = _marks([copied], prepare(lstm.key_file))
    assert marks.student == "s001"
    assert any("given to s002" in note for note in marks.notes)


def test_weights_of_zero_make_nothing_right(lstm: Classroom, tmp_path: Path) -> None:
    """Given numbers that were changed are said; what is wrong with the right ones is wrong."""
    element = "lstm.z_f[0][0]"
    wrong = lstm.hand_in("s003", tmp_path / "wrong.xlsx", {element: "=0*F13"})

    def zero(text: str) -> str:
        return re.sub(r'(<c r="[B-E]1[0-9]"(?: s="\d+")?)><v>[^<]*</v>', r"\1><v>0</v>", text)

    path = _edited(wrong, tmp_path / "s003.xlsx", zero, "Weights")
    (marks,) = _marks([path], prepare(lstm.key_file))
    lost = {cell.element for cell in marks.cells if cell.status not in ("right", "carried")}
    assert lost == {element}
    assert any("changed" in note or "not those" in note for note in marks.notes)


def test_marks_that_were_edited_change_none(lstm: Classroom, tmp_path: Path) -> None:
    """A ✓ that was typed over a mark, and a sheet without protection, earn nothing."""
    path = lstm.hand_in("s004", tmp_path / "s004.xlsx", {"lstm.i[0][0]": "=0.5+0*F10"})

    def ticked(text: str) -> str:
        text = re.sub(r"<sheetProtection[^>]*/>", "", text)
        return re.sub(r"<f>IF\(ISBLANK[^<]*</f>(<v>[^<]*</v>)?", r"<f>&quot;✓&quot;</f><v>✓</v>", text)

    (marks,) = _marks([_edited(path, tmp_path / "edited.xlsx", ticked)], prepare(lstm.key_file))
    assert {c.element for c in marks.cells if c.status not in ("right", "carried")} == {"lstm.i[0][0]"}


def test_what_the_engine_computes_otherwise_than_excel_is_left_to_a_person(lstm: Classroom, tmp_path: Path) -> None:
    """A right formula of such a form is not accused, a wrong one earns nothing, directly or through another cell."""
    reading = [blank for blank in lstm.key.blanks if re.search(r"[A-Z]\$?\d", blank.formula)][:4]
    forms = ("=({}+0)%*100", "=({})+0*SUM(F10:F12*1)", "=({})+0*Scratch!A42", "={})")
    typed = {blank.element: form.format(blank.formula) for blank, form in zip(reading, forms, strict=True)}
    row = (
        '<row r="41"><c r="A41"><f>SUM(B1:B3*1)</f></c></row><row r="42"><c r="A42"><f>2*A41</f></c></row></sheetData>'
    )
    path = lstm.hand_in("s002", tmp_path / "s002.xlsx", typed)
    edited = _edited(path, tmp_path / "edited.xlsx", partial(_with_row, row=row), "Scratch")
    (marks,) = _marks([edited], prepare(lstm.key_file))

    found = {c.element: c.status for c in marks.cells if c.status not in ("right", "carried")}
    assert found == dict.fromkeys(typed, "unknown")


def _planted(
    room: Classroom, ways: dict[str, Cheat], rng: np.random.Generator, folder: Path, count: int
) -> tuple[list[dict[str, str]], list[Path]]:
    """Files with one to three entries in random cells that read something, and which."""
    reading = [blank for blank in room.key.blanks if re.search(r"[A-Z]\$?\d", blank.formula)]
    planted, files = [], []
    for number in range(count):
        student = f"s{number % 12 + 1:03}"
        values = room.key.values_of(student)
        kinds: dict[str, str] = {}
        typed: dict[str, str | None] = {}
        scratch = ""
        for blank in rng.choice(np.array(reading, dtype=object), int(rng.integers(1, 4)), replace=False):
            kind = list(ways)[(number + len(kinds)) % len(ways)]
            cell = re.search(r"(?<![A-Za-z!$])[A-Z]+\d+", blank.formula)
            x = float(values[blank.quantity].reshape(-1)[blank.index])
            if kind == "through the scratch sheet":
                if scratch:
                    continue
                own = re.sub(r"(?<![A-Za-z!$:])(\$?[A-Z]+\$?\d+)", rf"{blank.cell.sheet}!\1", blank.formula)
                scratch = f'<c r="A41"><f>{own}</f></c>'
            kinds[blank.element] = kind
            typed[blank.element] = ways[kind](cell[0] if cell else "F8", blank.formula, x)
        path = room.hand_in(student, folder / f"{number}-{student}.xlsx", typed)
        if scratch:
            row = f'<row r="41">{scratch}</row></sheetData>'
            target = folder / f"{number}-scratch-{student}.xlsx"
            path = _edited(path, target, partial(_with_row, row=row), "Scratch")
        planted.append(kinds)
        files.append(path)
    return planted, files


def _with_row(text: str, row: str) -> str:
    return text.replace("</sheetData>", row)


def _edited(source: Path, target: Path, change: Callable[[str], str], sheet: str | None = None) -> Path:
    """A copy with the worksheets changed: one of them, or all."""
    with ZipFile(source) as archive, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
        for name in archive.namelist():
            content = archive.read(name)
            number = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            own = number is not None and (sheet is None or names[int(number[1]) - 1] == sheet)
            if own or name == "xl/sharedStrings.xml":
                content = change(content.decode()).encode()
            copy.writestr(name, content)
    return target


def _marks(files: list[Path], prepared: PreparedKey) -> list[StudentMarks]:
    tasks = [Task(sha256_of(path), str(path)) for path in files]
    marker = Marker(prepared)
    return [marker.mark(path.name, record) for path, record in zip(files, grade_chunk(prepared, tasks), strict=True)]
