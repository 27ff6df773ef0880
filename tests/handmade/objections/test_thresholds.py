"""Units that subtract a threshold: Keras's bias with the other sign."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, save, verdict

from xlcheck import bind
from xlcheck.api import check
from xlcheck.handmade.objections.thresholds import is_no_bias_in_words
from xlcheck.handmade.reading.cells import CellTable, address_of
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    ("word", "is_none"),
    [
        ("bias", False), ("Bias h1", False), ("b", False), ("b₁ =", False), ("b_h", False), ("by", False),
        ("b (hidden)", False), ("Schwellwert", False), ("смещение", False), ("偏置", False),
        ("target", True), ("bin", True), ("box", True),
        ("multiply by", True), ("batch", True), ("n", True), ("stride", True),
    ],
)  # fmt: skip
def test_what_people_call_a_bias(word: str, is_none: bool, tmp_path: Path) -> None:
    """Rule: a number is a bias by words such as these and their symbols alone, not by other words that hold a b."""
    table = CellTable(read_workbook(save({"A1": word, "B1": 0.3, "C1": 0.4}, tmp_path / "w.xlsx")))
    number = address_of("S", "B1")
    assert is_no_bias_in_words(table, number, ()) is is_none
    assert is_no_bias_in_words(table, address_of("S", "C1"), ()) is is_none  # across the number


def test_where_no_weight_has_a_word_no_bias_needs_one(tmp_path: Path) -> None:
    """Rule: a number without a word is no bias only if other weights have one."""
    table = CellTable(read_workbook(save({"B2": 0.3, "B4": 0.4, "A6": "w", "B6": 0.1}, tmp_path / "w.xlsx")))
    bias, bare, named = (address_of("S", name) for name in ("B2", "B4", "B6"))
    assert not is_no_bias_in_words(table, bias, [bare])
    assert is_no_bias_in_words(table, bias, [bare, named])


def _deep(wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """Two layers of two units and one output, down a column; each sum subtracts the number below its weights."""
    cells: dict[str, object] = {"B1": 0.35, "B2": 0.9}
    tops, weights = {"B1 B2": (4, 10), "B8 B14": (16, 22), "B20 B26": (28,)}, iter((0.1, 0.8, 0.4, 0.6, 0.3, 0.9))
    for read, rows in tops.items():
        one, two = read.split()
        for top in rows:
            cells |= {f"B{top}": next(weights, 1.2) + top / 50, f"B{top + 1}": -0.4 + top / 40, f"B{top + 2}": top / 90}
            cells[f"A{top + 2}"] = "Schwelle"
            cells[f"B{top + 3}"] = f"={one}*B{top}+{two}*B{top + 1}-B{top + 2}"
            cells[f"B{top + 4}"] = f"=1/(1+EXP(-B{top + 3}))"
    return cells | dict(wrong or {})


@pytest.mark.parametrize(
    ("wrong", "roots"),
    [
        pytest.param({}, set(), id="right"),
        pytest.param({"B19": "=B2*B16+B14*B17-B18"}, {"B19"}, id="an input in the place of a result"),
        pytest.param({"B31": "=B20*B28+B25*B29-B30"}, {"B31"}, id="the sum of a unit for its activation"),
    ],
)
def test_thresholds_are_biases_with_the_other_sign(
    wrong: Mapping[str, object], roots: set[str], tmp_path: Path
) -> None:
    """Rule: a sum may subtract its bias; what is wrong then is found as in any other layer."""
    assert answer(_deep(wrong), tmp_path) == (int(bool(roots)), roots)


def test_what_no_word_calls_a_threshold_is_not_passed(tmp_path: Path) -> None:
    """Rule: without such a word it may be a bias with a wrong sign; where another layer adds its biases, it is one."""
    nameless = {cell: what for cell, what in _deep().items() if what != "Schwelle"}
    adding = {cell: what.replace("-B", "+B") if isinstance(what, str) and "EXP" not in what else what
              for cell, what in nameless.items()}  # fmt: skip

    assert answer(nameless, tmp_path) == (3, set())
    assert answer(adding, tmp_path) == (0, set())
    assert answer(adding | {"B31": "=B20*B28+B26*B29-B30"}, tmp_path) == (1, {"B31"})


def test_units_of_a_layer_have_one_sign(tmp_path: Path) -> None:
    """Rule: the one that adds what a word calls a threshold is wrong, where all others subtract theirs."""
    assert answer(_deep({"B13": "=B1*B10+B2*B11+B12"}), tmp_path) == (1, {"B13"})


@pytest.mark.parametrize("sheet", ["thresholds", "1 - z"])
def test_bindings_say_which_numbers_are_the_negative_ones(sheet: str, tmp_path: Path) -> None:
    """Rule: under the bindings that are proposed for it a right worksheet is right, whatever signs its author took."""
    cells = _deep()
    if sheet == "1 - z":
        cells = dict(
            zip(("A1", "A2", "A3", "B1", "B2", "B3", "C1", "C2", "C3"), (7, 3, -2, 4, 1, 5, -6, 2, 3), strict=True)
        )
        cells = {cell: number / 10 for cell, number in cells.items()} | {"F5": 0.0}
        for row in range(6, 10):
            cells |= {f"A{row}": row / 7 - 1, f"C{row}": f"=1/(1+EXP(-($A$1*A{row}+$A$2*F{row - 1}+$A$3)))"}
            cells[f"D{row}"] = f"=1/(1+EXP(-($B$1*A{row}+$B$2*F{row - 1}+$B$3)))"
            cells[f"E{row}"] = f"=TANH($C$1*A{row}+$C$2*(D{row}*F{row - 1})+$C$3)"
            cells[f"F{row}"] = f"=(1-C{row})*F{row - 1}+C{row}*E{row}"
    path = save(cells, tmp_path / "w.xlsx")
    assert check(path).ok

    path.with_suffix(".toml").write_text(bind(path).text, encoding="utf-8")

    assert "negative = " in path.with_suffix(".toml").read_text(encoding="utf-8")
    assert check(path, bindings=path.with_suffix(".toml")).ok


def _with_ones(word: str, last: float) -> dict[str, object]:
    """Two units over five samples of two inputs and a 1, which the last one may not have; a word stands above it."""
    cells: dict[str, object] = {
        f"{c}{row}": round(0.9 * row - 1.3 * n, 2) for n, c in enumerate("FG") for row in (1, 2, 3)
    }
    cells |= {"C5": word}
    for row, (x, y) in enumerate(((0.4, -0.3), (0.9, 0.2), (-0.5, 0.7), (0.1, 1.1), (0.6, -0.8)), start=6):
        cells |= {f"A{row}": x, f"B{row}": y, f"C{row}": 1 if row < 10 else last}
        cells |= {
            f"{h}{row}": f"=TANH(A{row}*{c}$1+B{row}*{c}$2+C{row}*{c}$3)" for h, c in zip("JK", "FG", strict=True)
        }
    return cells


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(("word", "number", "code"), [("one", 1, 0), ("one", 0, 3), ("bias", 0, 3), ("rain", 0, 0)])
def test_the_ones_that_biases_are_multiplied_with_are_ones(word: str, number: float, code: int, tmp_path: Path) -> None:
    """Rule: a word calls the third input of each sample a 1, or says nothing of it; then it may be any number."""
    assert answer(_with_ones(word, number), tmp_path) == (code, set())


@pytest.mark.usefixtures("a_short_search")
def test_where_all_formulas_agree_none_is_said_to_belong_to_no_layer(tmp_path: Path) -> None:
    """Rule: what is open is the number, not a formula."""
    said = verdict(_with_ones("one", 0), tmp_path).said
    assert "is no 1" in said
    assert "none of the layers" not in said


@pytest.mark.parametrize(("word", "code"), [("1", 3), ("bias", 0), ("class", 0)])
def test_a_one_below_results_is_read_by_a_layer(word: str, code: int, tmp_path: Path) -> None:
    """Rule: results over a 1 that nobody reads were to be read by another layer, if a word calls it a 1."""
    cells: dict[str, object] = {"G1": 0.4, "H1": -0.7, "G2": 1.1, "H2": 0.3, "G3": 0.2, "H3": -0.1, "A9": word}
    for c, x in zip("BCDE", (0.3, -0.8, 1.4, 0.6), strict=True):
        cells |= {f"{c}1": x, f"{c}2": x * x - 0.2, f"{c}3": 1, f"{c}9": 1}
        cells |= {f"{c}{7 + n}": f"=TANH(${w}$1*{c}$1+${w}$2*{c}$2+${w}$3*{c}$3)" for n, w in enumerate("GH")}
    assert answer(cells, tmp_path)[0] == code
