"""✓ on a workbook that somebody made by hand does not depend on the day, the program or the language either."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from thorough import spread
from workbook_parts import edited

from xlcheck import api
from xlcheck.errors import NothingCheckedError

pytestmark = pytest.mark.keras

BOOK = Path(__file__).parents[2] / "fixtures" / "handmade" / "time_down.xlsx"


def with_formula(tmp_path: Path, formula: str, beside: str = "") -> Path:
    """The workbook with another formula for tanh of the cell state, `L12`, and one in a cell of its own, `A900`."""

    def edit(sheet: bytes) -> bytes:
        changed = re.sub(rb'(<c r="L12"[^>]*>\s*<f>)[^<]*', rb"\g<1>" + formula.encode(), sheet)
        cell = f'<row r="900"><c r="A900"><f>{beside}</f></c></row></sheetData>'.encode()
        return changed.replace(b"</sheetData>", cell) if beside else changed

    return edited(BOOK, tmp_path / "book.xlsx", "xl/worksheets/sheet1.xml", edit)


CASES = [
    ('TANH(K12)*"1.0"', "", "what LSTM!L12 gives depends on the reader's language"),
    ("TANH(K12)*$A$900", "IF(TODAY()&gt;99999,2,1)", "what LSTM!L12 gives depends on the time"),
    ("TANH(K12)*$A$900", 'IF(INFO("release")="16.0",2,1)', "depends on the program and the file"),
    ("TANH(K12)+0*TODAY()", "", "what LSTM!L12 gives depends on the time"),
]
"""The formula of `L12`, that of `A900`, and what is said of them."""


@pytest.mark.parametrize(("formula", "beside", "said"), CASES)
def test_what_may_be_another_number_elsewhere_is_no_pass(formula: str, beside: str, said: str, tmp_path: Path) -> None:
    """By itself or through a cell of its own, whatever it gives here and now."""
    report = api.check(with_formula(tmp_path, formula, beside), bindings=BOOK.with_suffix(".toml"))

    assert (report.counts.root, report.counts.agree) == (0, report.counts.checked)
    assert any(said in text for text in report.reservations), report.reservations
    assert report.exit_code == 3


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(("formula", "beside"), spread([*(case[:2] for case in CASES), ("IMREAL(TANH(K12))", "")], 2))
def test_nor_is_it_a_mistake_where_nobody_says_what_is_computed(formula: str, beside: str, tmp_path: Path) -> None:
    """What gives the right number, nobody knows how, is neither wrong nor right: the check is not complete."""
    path = with_formula(tmp_path, formula, beside)
    if "*$A$900" in formula:
        with pytest.raises(NothingCheckedError, match="LSTM!L12"):
            api.check(path)
    else:
        report = api.check(path)
        assert (report.counts.root, report.counts.agree, report.exit_code) == (0, report.counts.checked, 3)


@pytest.mark.parametrize("beside", ["TODAY()", 'TEXT(M12,"0.0")', "RAND()"])
def test_what_the_network_does_not_read_is_nobody_s_matter(beside: str, tmp_path: Path) -> None:
    """A date, a word or a number that is drawn in a cell of its own."""
    report = api.check(with_formula(tmp_path, "TANH(1*K12)", beside))

    assert (report.exit_code, report.reservations) == (0, ())
