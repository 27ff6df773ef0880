"""A sample of the spoiled files; `python tests/fuzz/fuzz.py --count 10000` tries thousands."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from attempts import KINDS, NEED_KERAS, attempt
from second_opinion import array_differs, workbook_differs
from sources import LESSONS
from thorough import EVERY_CASE
from workbook_parts import edited

ATTEMPTS = int(os.environ.get("XLCHECK_FUZZ_FILES", "0"))
FEW = {"lesson": 20, "npy": 10, "npz": 10, "csv": 10, "trace": 10} if EVERY_CASE else {"lesson": 4}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.keras if kind in NEED_KERAS else ()) for kind in KINDS]
)
def test_a_spoiled_file_ends_well(kind: str, tmp_path: Path) -> None:
    """No spoiled file ends with a traceback, takes long, or agrees although a formula gives another value."""
    found = [
        attempt(number, 1, tmp_path, (kind,)) for number in range(ATTEMPTS or FEW.get(kind, 3 if EVERY_CASE else 2))
    ]

    assert [ending for ending in found if ending.is_bad] == []
    assert len(found) > 1


def test_the_second_opinion_sees_what_is_wrong(tmp_path: Path) -> None:
    """Another value, and a formula that is wrong for other numbers alone; another way to write the same is right."""
    lstm = LESSONS[0].with_name("lstm.xlsx")

    def with_(change: str, *unchecked: str) -> str:
        path = tmp_path / "other.xlsx"
        page = "xl/worksheets/sheet6.xml"
        path.unlink(missing_ok=True)
        edited(lstm, path, page, lambda content: re.sub(rb"<f>(TANH\([^<]*)</f>", change.encode(), content, count=1))
        return workbook_differs(path, lstm, others=True, unchecked=lambda: set(unchecked))

    assert "Start!A4" in with_(r"<f>\1+1E-6</f>")
    assert with_(r"<f>\1+(ABS(Weights!$C$8+0.3931814134120941)&gt;1E-9)</f>").startswith("for other numbers ")
    assert with_(r"<f>1*\1</f>") == ""
    wrong = with_(r"<f>\1+1E-6</f>").split(", ")
    assert with_(r"<f>\1+1E-6</f>", *wrong[1:]).split(", ")[0] == wrong[0]


def test_a_worksheet_with_another_name_is_the_same(tmp_path: Path) -> None:
    """Its formulas are compared with those of the one in its place, and are wrong where they are."""
    found = []
    for title, factor in (("RNN", 2), ("-1", 2), ("-1", 3)):
        book = openpyxl.Workbook()
        book.active.title = title
        book.active["A1"], book.active["A2"] = 0.3, f"={factor}*A1+Weights!A1"
        book.create_sheet("Weights")["A1"] = 0.7
        found.append(tmp_path / f"{title} {factor}.xlsx")
        book.save(found[-1])

    assert workbook_differs(found[1], found[0], others=True) == ""
    assert workbook_differs(found[2], found[0], others=True) == "RNN!A2"


def test_numpy_and_keras_are_asked(tmp_path: Path) -> None:
    """Another number in an array, in a table and in a trace is seen without xlcheck."""
    right = np.arange(6.0).reshape(3, 2)
    np.save(tmp_path / "a.npy", right + 1e-3)
    np.savetxt(tmp_path / "a.csv", right, delimiter=",", header="1,2", comments="")

    assert array_differs(tmp_path / "a.npy", right)
    assert array_differs(tmp_path / "a.csv", right)
    assert array_differs(tmp_path / "a.csv", np.vstack([[1.0, 2.0], right])) == ""
