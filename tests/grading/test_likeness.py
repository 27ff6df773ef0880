"""What submissions have in common: rare things are evidence, common ones are not, and nobody is accused by chance."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import numpy as np

from xlcheck.grading.likeness import Likeness, LikenessFinder
from xlcheck.grading.records import Finding, Record

CELLS = 4
STUDENTS = ("ada", "bob", "eve")


def finder(*, varied: bool = False) -> LikenessFinder:
    """For a key of four blanks; with `varied` 10, 20, … are right for the first student, 11, 21, … for the second."""
    right = {name: 10.0 * np.arange(1, CELLS + 1) + number for number, name in enumerate(STUDENTS)}
    students = [SimpleNamespace(id=name) for name in STUDENTS]
    key = SimpleNamespace(varied=varied, students=students, values_of=right.__getitem__)
    cells = [("lstm", row, 0) for row in range(CELLS)]
    elements = [f"lstm.i[0][{k}]" for k in range(CELLS)]
    prepared: Any = SimpleNamespace(key=key, cells=cells, elements=elements, values_in_cells=lambda values: values)
    return LikenessFinder(prepared)


def add(to: LikenessFinder, name: str, student: str = "", status: str = "right", **record: Any) -> None:
    """A submission, which is a file of its own unless `sha256` says otherwise."""
    marks: Any = SimpleNamespace(file=name, sha256=name, student=student, cells=[SimpleNamespace(status=status)])
    to.add(marks, Record(**{"sha256": name, **record}))


def typed(index: int, number: float) -> Finding:
    """A number in place of a formula."""
    return Finding(index, "", "not_a_formula", actual=number)


def summary(found: list[Likeness]) -> list[tuple[tuple[str, ...], str, int]]:
    """Who, what, and how many pieces of evidence."""
    return [(like.files, like.kind, len(like.evidence)) for like in found]


def test_the_same_file_twice_is_told_once() -> None:
    """Byte by byte the same, whatever stands in it, and first of all; what it holds is not told once more."""
    one = finder()
    for name in ("a.xlsx", "b.xlsx"):
        add(one, name, sha256="same", formulas={0: "1+1+A1"})
    add(one, "c.xlsx")

    assert summary(one.found()) == [(("a.xlsx", "b.xlsx"), "same file", 1)]


def test_who_has_filled_in_nothing_has_copied_nothing() -> None:
    """Two workbooks as they were handed out are the same, and say nothing."""
    one = finder()
    for name in ("a.xlsx", "b.xlsx"):
        add(one, name, status="missing", sha256="blank")

    assert not one.found()


def test_names_in_no_encoding_stay_as_they_are() -> None:
    """Archives of another system hold such names; they lead to the same files as before."""
    one, names = finder(), tuple(os.fsdecode(name) for name in (b"m\xfcller.xlsx", b"m\xfeller.xlsx"))
    for name in names:
        add(one, name, "\ud800", sha256="same", formulas={0: 'A1&"\udcff"'})

    assert summary(one.found()) == [(names, "same file", 1)]


def test_an_unusual_formula_that_two_have_is_evidence() -> None:
    """However it is spelled; with other numbers in it, it is another one."""
    one = finder()
    add(one, "a.xlsx", formulas={0: "A1*2+$B$1"})
    add(one, "b.xlsx", formulas={0: " a1 * 2.0 + B1"})
    add(one, "c.xlsx", formulas={0: "A1*3+B1"})

    assert summary(one.found()) == [(("a.xlsx", "b.xlsx"), "same unusual formulas", 1)]
    assert one.found()[0].evidence[0].startswith("lstm.i[0][0]: ")


def test_what_many_have_in_common_is_no_evidence() -> None:
    """Of a class of eight, three may have copied; what four wrote is a mistake that many make."""
    for holders, evidence in ((3, 3), (4, 0)):
        one = finder()
        for number in range(8):
            add(one, f"{number}.xlsx", formulas={0: "A1-A2"} if number < holders else {})

        assert len(one.found()) == evidence  # each pair


def test_one_mistake_with_a_name_is_made_by_anybody() -> None:
    """Three of them in the same cells are evidence, one or two are not."""
    for count, evidence in ((1, 0), (2, 0), (3, 1)):
        one = finder()
        for name in ("a.xlsx", "b.xlsx"):
            mistakes = tuple(Finding(k, "", "wrong", formula=f"=A{k + 1}", mistake="a mistake") for k in range(count))
            add(one, name, findings=mistakes, formulas={k: f"A{k + 1}" for k in range(count)})

        assert len(one.found()) == evidence


def test_the_same_wrong_digits_are_evidence_and_whole_numbers_are_not() -> None:
    """Who types 0.3171 where somebody else does has it from there; anybody types 1."""
    one = finder()
    for name in ("a.xlsx", "b.xlsx"):
        add(one, name, findings=(typed(0, 0.3171), typed(1, 1.0)))

    assert summary(one.found()) == [(("a.xlsx", "b.xlsx"), "same typed numbers", 1)]


def test_numbers_that_are_right_for_another_student_are_evidence() -> None:
    """With the numbers of somebody else, as far as these are right for nobody else; one's own are one's own."""
    one = finder(varied=True)
    add(one, "ada.xlsx", "ada", findings=(typed(0, 10.0),))
    add(one, "bob.xlsx", "bob", findings=(typed(0, 10.0), typed(1, 20.0 * (1 + 1e-12)), typed(2, 31.0)))
    found = one.found()

    assert summary(found)[:1] == [(("bob.xlsx", "ada.xlsx"), "numbers of another student", 2)]
    assert {like.kind for like in found} == {"numbers of another student"}
    assert all("right for ada" in text for text in found[0].evidence)


def test_where_all_have_the_same_numbers_these_say_nothing() -> None:
    """Everybody's right answers are the same."""
    one = finder(varied=False)
    for name in ("ada", "bob"):
        add(one, f"{name}.xlsx", name, findings=(typed(0, 10.0),))

    assert one.found() == []
