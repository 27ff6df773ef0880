"""Slips that were filled over whole blocks: each formula fits some layer, and a reader sees that none is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, save

from xlcheck import check

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]

_NUMBERS = (0.31, -0.42, 0.53, 0.27, -0.64, 0.18, 0.45, -0.22, 0.36, 0.71, -0.15, 0.58, -0.33, 0.09, 0.62, -0.48)


def _table(top: int, columns: str, rows: int, start: int = 0) -> dict[str, object]:
    """Typed numbers in a block."""
    places = [f"{column}{row}" for row in range(top, top + rows) for column in columns]
    return {place: _NUMBERS[(start + k) % len(_NUMBERS)] for k, place in enumerate(places)}


def _autoencoder(last: str) -> dict[str, object]:
    """Three numbers of four samples, two units, and three results, of which the last one is bent as asked for."""
    cells = _table(12, "ABC", 4) | _table(1, "AB", 4, 3) | _table(6, "ABC", 3, 5)
    for row in range(12, 16):
        for unit, own in (("E", "A"), ("F", "B")):
            total = f"$A{row}*{own}$1+$B{row}*{own}$2+$C{row}*{own}$3+{own}$4"
            cells[f"{unit}{row}"] = f"=1/(1+EXP(-({total})))"
        for unit, own in (("H", "A"), ("I", "B"), ("J", "C")):
            total = f"$E{row}*{own}$6+$F{row}*{own}$7+{own}$8"
            cells[f"{unit}{row}"] = (last if unit == "J" else "=1/(1+EXP(-({0})))").format(total)
        cells[f"L{row}"] = f"=SUMXMY2(A{row}:C{row},H{row}:J{row})"
    return cells


def test_a_vector_of_results_has_one_activation(tmp_path: Path) -> None:
    """Rule: what one formula compares with targets as a whole is one layer; the unit that is not bent is wrong."""
    assert answer(_autoencoder("=1/(1+EXP(-({0})))"), tmp_path) == (0, set())
    assert answer(_autoencoder("={0}"), tmp_path) == (1, {f"J{row}" for row in range(12, 16)})


def _attention(keys: str) -> dict[str, object]:
    """Three words of three features, their queries in E, keys in I and values in M; scores, shares and results."""
    cells = _table(1, "ABC", 3) | _table(5, "ABC", 3, 2) | _table(9, "ABC", 3, 7) | _table(13, "ABC", 3, 11)
    for row in (1, 2, 3):
        for columns, top in (("EFG", 5), ("IJK", 9), ("MNO", 13)):
            for column, own in zip(columns, "ABC", strict=True):
                terms = (f"${word}{row}*{own}${top + k}" for k, word in enumerate("ABC"))
                cells[f"{column}{row}"] = f"={'+'.join(terms)}"
        for k, column in enumerate("EFG", 1):
            products = (f"{q}{row}*{keys.format(column='IJK'[n], own='IJK'[k - 1], row=k, number=n + 1)}"
                        for n, q in enumerate("EFG"))  # fmt: skip
            cells[f"{column}{row + 5}"] = f"=({'+'.join(products)})/SQRT(3)"
            cells[f"{column}{row + 10}"] = (
                f"=EXP({column}{row + 5})/SUM(EXP($E{row + 5}),EXP($F{row + 5}),EXP($G{row + 5}))"
            )
        for column in "MNO":
            shares = (f"{share}{row + 10}*{column}${k}" for k, share in enumerate("EFG", 1))
            cells[f"{column}{row + 10}"] = f"={'+'.join(shares)}"
    return cells


@pytest.mark.parametrize(("keys", "code"), [("{column}${row}", 0), ("{own}${number}", 3)])
def test_keys_are_not_read_along_words(keys: str, code: int, tmp_path: Path) -> None:
    """Rule: the features of a query are multiplied by those of a key, and not by one feature of all words."""
    assert answer(_attention(keys), tmp_path) == (code, set())


def _pooled(step: int) -> dict[str, object]:
    """A picture of six rows and columns, a filter of two, and the largest of two by two results."""
    cells = _table(1, "ABCDEF", 6) | _table(8, "AB", 2, 4) | {"A11": 0.05}
    for row in range(5):
        for column in range(5):
            own, right = (chr(ord("A") + column + k) for k in (0, 1))
            at = f"{chr(ord('H') + column)}{row + 1}"
            cells[at] = f"=MAX(0,SUMPRODUCT({own}{row + 1}:{right}{row + 2},$A$8:$B$9)+$A$11)"
    for row in range(2):
        for column in range(2):
            first, last = (chr(ord("H") + column * step + k) for k in (0, 1))
            cells[f"{chr(ord('N') + column)}{row + 1}"] = f"=MAX({first}{row * step + 1}:{last}{row * step + 2})"
    weights = dict(zip(("A13", "A14", "A15", "A16", "A17"), (0.4, -0.3, 0.8, 0.2, 0.1), strict=True))
    return cells | weights | {"Q1": "=1/(1+EXP(-(N1*A13+O1*A14+N2*A15+O2*A16+A17)))"}


@pytest.mark.parametrize(("step", "code"), [(2, 0), (1, 3)])
def test_windows_that_overlap_leave_nothing_at_the_end(step: int, code: int, tmp_path: Path) -> None:
    """Rule: where one more window would fit, they were filled by one cell in the place of two."""
    assert answer(_pooled(step), tmp_path) == (code, set())


def _meaning(count: int) -> dict[str, object]:
    """The mean of three words' vectors, looked up, and a dense layer for four sentences."""
    cells = {f"A{row}": f"w{row}" for row in range(1, 7)} | _table(1, "BC", 6) | _table(20, "BC", 3, 6)
    for row in range(10, 14):
        words = {f"{column}{row}": f"w{(row * 2 + 5 * k) % 6 + 1}" for k, column in enumerate("EFG")}
        cells |= words
        for place, column in ((2, "H"), (3, "I")):
            found = (f"VLOOKUP(${word}{row},$A$1:$C$6,{place},FALSE)" for word in "EFG")
            cells[f"{column}{row}"] = f"=({'+'.join(found)})/{count}"
        for unit, own in (("J", "B"), ("K", "C")):
            cells[f"{unit}{row}"] = f"=TANH($H{row}*{own}$20+$I{row}*{own}$21+{own}$22)"
    return cells


@pytest.mark.parametrize(("count", "code"), [(3, 0), (2, 3)])
def test_a_mean_is_one_of_all_that_is_added_up(count: int, code: int, tmp_path: Path) -> None:
    """Rule: several words that are looked up alike are divided by their number."""
    assert answer(_meaning(count), tmp_path) == (code, set())


def _scaled(second: str) -> dict[str, object]:
    """Two inputs of six samples, each less its mean and by its deviation, and two units."""
    cells = _table(1, "AB", 6) | {"A8": 0.1, "A9": 0.4, "B8": 0.2, "B9": 0.5} | _table(11, "AB", 3, 8)
    for row in range(1, 7):
        cells |= {f"D{row}": f"=(A{row}-A$8)/A$9", f"E{row}": second.format(f"B{row}")}
        for unit, own in (("G", "A"), ("H", "B")):
            cells[f"{unit}{row}"] = f"=TANH($D{row}*{own}$11+$E{row}*{own}$12+{own}$13)"
    return cells


@pytest.mark.parametrize(("second", "code"), [("=({0}-B$8)/B$9", 0), ("=({0}-B$9)/B$9", 3), ("=({0}-B$8)/B$8", 3)])
def test_inputs_side_by_side_are_scaled_by_numbers_side_by_side(second: str, code: int, tmp_path: Path) -> None:
    """Rule: who scales the next input in the same way reads the next number in each place."""
    assert answer(_scaled(second), tmp_path) == (code, set())


def test_of_two_units_that_share_a_weight_either_may_be_wrong(tmp_path: Path) -> None:
    """Rule: one reads the row of a square, the other one its column, and nothing says which way it stands."""
    cells: dict[str, object] = {
        "C5": 0.5,
        "C6": -0.3,
        "F6": 0.1,
        "G6": 0.4,
        "F7": -0.2,
        "G7": 0.3,
        "J5": 0.05,
        "J6": -0.1,
    }
    cells |= {"M5": 0.8, "M6": -0.6, "M7": 0.2, "H10": 0, "I10": 0}
    for row, x in enumerate((0.1, 0.4, 0.35, 0.8, -0.2, 0.6), 11):
        cells |= {f"C{row}": x, f"H{row}": f"=TANH(F{row})", f"I{row}": f"=TANH(G{row})"}
        cells[f"F{row}"] = f"=C{row}*$C$5+H{row - 1}*$F$6+I{row - 1}*$F$7+$J$5"
        cells[f"G{row}"] = f"=C{row}*$C$6+H{row - 1}*$G$6+I{row - 1}*$G$7+$J$6"
        cells[f"J{row}"] = f"=H{row}*$M$5+I{row}*$M$6+$M$7"
    assert answer(cells, tmp_path) == (0, set())
    shared = {f"G{row}": str(cells[f"G{row}"]).replace("$G$6", "$F$7") for row in range(11, 17)}
    report = check(save(cells | shared, tmp_path / "w.xlsx"))
    assert report.exit_code == 3
    assert "either S!F11 or S!G11 may be wrong" in str(report)
