"""A sample of workbooks on which readers may disagree; `python tests/fuzz/readers.py` asks LibreOffice, too."""

from __future__ import annotations

import os
from pathlib import Path

from readers import cells, difference, lesson_of, seen, variants
from thorough import EVERY_CASE

VARIANTS = int(os.environ.get("XLCHECK_FUZZ_READERS", "12" if EVERY_CASE else "6"))


def test_what_agrees_is_what_openpyxl_reads(tmp_path: Path) -> None:
    """No variant ends with a traceback; one that agrees holds the lesson's formulas and numbers for openpyxl, too."""
    endings = []
    for number, what, detail, path, _ in variants(VARIANTS, 3, tmp_path):
        endings.append(what)

        assert what != "traceback", detail
        assert path is None or not seen(path, cells(lesson_of(number, 3)), set())

    assert {"one sentence", "agrees"} <= set(endings)


def test_a_difference_is_seen() -> None:
    """The judge of agreements is not blind: a number, a formula and a missing cell are differences, words are not."""
    wanted = {("S", "A1"): 0.5, ("S", "A2"): "=A1*2", ("S", "A3"): "word"}

    assert difference(wanted, wanted, set()) == ""
    assert difference({**wanted, ("S", "A3"): "other"}, wanted, set()) == ""
    assert difference({**wanted, ("S", "A3"): None}, wanted, set()) == ""
    assert difference({**wanted, ("S", "A3"): 0.5}, wanted, set()) == "S!A3 is 0.5 instead of 'word'"
    assert difference({**wanted, ("S", "A2"): None}, wanted, set()) == "S!A2 is None instead of '=A1*2'"
    assert difference({**wanted, ("S", "A2"): "= a1 * 2"}, wanted, set()) == ""
    assert difference({**wanted, ("S", "A1"): 0.5001}, wanted, set()) == "S!A1 is 0.5001 instead of 0.5"
    assert difference({**wanted, ("S", "A2"): "=A1*3"}, wanted, set()) == "S!A2 is '=A1*3' instead of '=A1*2'"
    assert difference({("S", "A2"): "=A1*2"}, wanted, set()) == "S!A1 is None instead of 0.5"
    assert difference({**wanted, ("S", "A1"): 0.6}, wanted, {("S", "A1")}) == ""
