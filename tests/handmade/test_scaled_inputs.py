"""Inputs that are scaled before a network: each by what describes it, and by nothing that describes another one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, save

from xlcheck.api import check
from xlcheck.handmade.beside.scaled_alike import scales_in_part
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

_ROWS = range(5, 11)
_DATA = ((50, 10), (32, 40), (61, 14), (44, 33), (57, 59), (21, 25))
_STANDARD = "({0}{r}-AVERAGE({0}$5:{0}$10))/STDEV({0}$5:{0}$10)"
_MIN_MAX = "({0}{r}-MIN({0}$5:{0}$10))/(MAX({0}$5:{0}$10)-MIN({0}$5:{0}$10))"
_BY_RANGE = {
    "mean and deviation": (_STANDARD, _STANDARD.replace("$10", "$9", 1)),
    "least and largest": (_MIN_MAX, _MIN_MAX.replace("({0}$5:{0}$10)", "(A$5:A$10)", 1)),
}
"""A scaling, and one that goes wrong in the second column."""


def _network(first: str, second: str, cells: Mapping[str, object]) -> dict[str, object]:
    """Data in A and B, scaled in D and E, two units in F and G and an output in H; weights in L to O."""
    found: dict[str, object] = {
        "L2": 0.59, "L3": -0.4, "L4": 0.1, "M2": 0.64, "M3": 0.8, "M4": -0.2, "O2": -0.3, "O3": 0.9, "O4": 0.05,
        **cells,
    }  # fmt: skip
    for row, (one, other) in zip(_ROWS, _DATA, strict=True):
        found |= {f"A{row}": one, f"B{row}": other}
        found |= {f"D{row}": "=" + first.format("A", r=row), f"E{row}": "=" + second.format("B", r=row)}
        for unit, weights in zip("FG", "LM", strict=True):
            found[f"{unit}{row}"] = f"=TANH(D{row}*${weights}$2+E{row}*${weights}$3+${weights}$4)"
        found[f"H{row}"] = f"=1/(1+EXP(-(F{row}*$O$2+G{row}*$O$3+$O$4)))"
    return found


@pytest.mark.parametrize("kind", _BY_RANGE)
def test_a_column_scaled_by_several_ranges_is_no_pass(kind: str, tmp_path: Path) -> None:
    """Rule: what scales a number describes the one range in which it stands; two ranges are no pass, nor a mistake."""
    right, wrong = _BY_RANGE[kind]

    assert answer(_network(right, right, {}), tmp_path) == (0, set())
    assert answer(_network(right, wrong, {}), tmp_path) == (3, set())
    report = check(tmp_path / "w.xlsx")
    assert any(" by what describes " in own and " and by what describes " in own for own in report.reservations)


def test_a_number_of_another_input_is_no_pass_where_the_own_one_is_unread(tmp_path: Path) -> None:
    """Rule: an input that is scaled by another one's deviation, while nothing reads its own, was scaled wrongly."""
    table = {"J2": 44.2, "J3": 30.2, "K2": 14.6, "K3": 17.5}
    own, other = "({0}{r}-$J$2)/$K$2", "({0}{r}-$J$3)/$K$3"

    assert answer(_network(own, other, table), tmp_path) == (0, set())
    assert answer(_network(own, other.replace("$K$3", "$K$2"), table), tmp_path) == (3, set())


_OTHERWISE = {
    "right": ("({0}{r}-$K$2)/SQRT($K$3)", 0),
    "by the variance": ("({0}{r}-$K$2)/$K$3", 3),
    "its logarithm": ("(LN({0}{r})-$K$2)/SQRT($K$3)", 0),
    "the mean added": ("({0}{r}+$K$2)/SQRT($K$3)", 3),
}


@pytest.mark.parametrize("kind", _OTHERWISE)
def test_numbers_of_one_table_scale_inputs_in_one_way(kind: str, tmp_path: Path) -> None:
    """Rule: what scales one input by its mean and the root of its variance scales the one whose numbers stand beside
    these so, too; of what is made of that before nothing is said."""
    second, code = _OTHERWISE[kind]
    table = {"J2": 44.2, "J3": 204.5, "K2": 30.2, "K3": 301.4}

    assert answer(_network("({0}{r}-$J$2)/SQRT($J$3)", second, table), tmp_path) == (code, set())


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("=EXP(A1/C1)/(EXP(A1/C1)+EXP(B1))", True),
        ("=EXP(A1/C1)/SUM(EXP(A1:B1))", True),
        ("=EXP(A1/C1)/(EXP(A1/C1)+EXP(B1/C1))", False),
        ("=(EXP(A1)-EXP(-A1))/(EXP(A1)+EXP(-A1))", False),
        ("=A1/B1", False),
    ],
)
def test_exponentials_of_numbers_side_by_side_are_scaled_alike(text: str, is_so: bool, tmp_path: Path) -> None:
    """Rule: a share of a softmax takes all its exponentials over the same temperature, or over none."""
    table = CellTable(read_workbook(save({"A1": 0.3, "B1": 0.5, "C1": 2, "F1": text}, tmp_path / "w.xlsx")))

    assert scales_in_part(("S", 0, 5), table) is is_so


_DESCRIBED = {
    "right": ({}, 0),
    "a mean of all but one": ({"L7": "=AVERAGE(A6:A10)"}, 3),
    "another way": ({"L7": "=SUM(A5:A10)"}, 3),
    "a deviation of several columns": ({"M8": "=STDEV(A5:B10)"}, 3),
    "the mean of another input": ({"L7": "=AVERAGE(B5:B10)"}, 3),
    "both of some samples": ({f"{c}{r}": f"={f}({d}5:{d}9)" for r, f in ((7, "AVERAGE"), (8, "STDEV"))
                              for c, d in zip("LM", "AB", strict=True)}, 0),
    "one input by its ends": ({"L7": "=MIN(A5:A10)", "L8": "=MAX(A5:A10)"}, 0),
}  # fmt: skip


@pytest.mark.parametrize("kind", _DESCRIBED)
def test_numbers_that_scale_inputs_describe_them_alike(kind: str, tmp_path: Path) -> None:
    """Rule: means and deviations in cells of their own are of the same samples and of their own input, in the same ways
    as beside them; another choice for one input, or of some samples for all, is nobody's mistake."""
    other, code = _DESCRIBED[kind]
    table = {"L7": "=AVERAGE(A5:A10)", "M7": "=AVERAGE(B5:B10)", "L8": "=STDEV(A5:A10)", "M8": "=STDEV(B5:B10)"}

    found = _network("({0}{r}-L$7)/L$8", "({0}{r}-M$7)/M$8", table | other)
    assert answer(found, tmp_path) == (code, set())


_STATES = {"repeated": ("=D4", 0), "computed": ("=IF(D4<-0.777,D4,5)", 3)}


@pytest.mark.parametrize("kind", _STATES)
def test_what_is_computed_in_a_line_of_copies_is_no_pass(kind: str, tmp_path: Path) -> None:
    """Rule: where formulas repeat the state of the step before, one of them that makes another number of it may be
    wrong; it is not taken for a state as good as any other."""
    first, code = _STATES[kind]
    cells: dict[str, object] = {"A1": 0.7, "B1": -0.4, "C1": 0.15, "D4": 0, "C5": first}
    for row, x in enumerate((0.3, -0.8, 0.55, 0.2, -0.6), 5):
        cells |= {f"A{row}": x, f"D{row}": f"=TANH(A{row}*$A$1+C{row}*$B$1+$C$1)"}
        cells |= {f"C{row + 1}": f"=D{row}"} if row < 9 else {}

    assert answer(cells, tmp_path) == (code, set())


@pytest.mark.parametrize(("state", "code"), [("=IF($H$1>99,0,0.3)", 0), ("=IF($A$1>99,0,0.3)", 3), ("=A7*0+0.3", 3)])
def test_a_state_that_the_network_s_own_numbers_make_is_no_pass(state: str, code: int, tmp_path: Path) -> None:
    """Rule: what is given before the first step does not depend on the weights of a network, its inputs or results."""
    cells: dict[str, object] = {"A1": 0.7, "B1": -0.4, "C1": 0.15, "D4": "=H3", "H1": 0.1, "H3": state}
    for row, x in enumerate((0.3, -0.8, 0.55, 0.2, -0.6), 5):
        cells |= {f"A{row}": x, f"D{row}": f"=TANH(A{row}*$A$1+D{row - 1}*$B$1+$C$1)"}

    assert answer(cells, tmp_path) == (code, set())


@pytest.mark.usefixtures("a_short_search")
def test_products_of_a_sample_s_own_numbers_are_inputs(tmp_path: Path) -> None:
    """Rule: squares and products of typed inputs prepare others; one that is filled otherwise is no pass."""
    small = {"L2": 0.0003, "L3": -0.0002, "M2": -0.0001, "M3": 0.0004}
    cells = _network("A{r}^2", "A{r}*B{r}", small)

    assert answer(cells, tmp_path) == (0, set())
    for wrong in ({"E7": "=A7*B6"}, {"D8": "=B8^2"}):
        assert answer(cells | wrong, tmp_path) == (3, set())


_SCALES: dict[str, object] = {
    "J2": 61, "J3": 60, "J4": "=AVERAGE(A5:A10)", "J5": "=AVERAGE(B5:B10)", "J6": "=STDEV(A5:A10)",
    "J7": "=STDEV(B5:B10)", "P2": 0.59, "P3": 0.64, "Q2": -0.4, "Q3": 0.8,
}  # fmt: skip
_ALONE = ("J2", "J3")
_DESCRIBING = ("J4", "J5", "J6", "J7")
_TRANSPOSED = ("P2", "P3", "Q2", "Q3")
_WITHIN = {
    "divided by a number": ("$A{r}/100*{w}$2+$B{r}/50*{w}$3", ()),
    "divided by a cell": ("$A{r}/$J$2*{w}$2+{w}$3*$B{r}/$J$3", _ALONE),
    "one of two": ("$A{r}/100*{w}$2+$B{r}*{w}$3", ()),
    "less a number": ("{w}$2*($A{r}-44)+{w}$3*($B{r}-30)", ()),
    "from -1 to 1": ("(2*$A{r}/61-1)*{w}$2+(2*$B{r}/60-1)*{w}$3", ()),
    "by its ends": (f"{_MIN_MAX.format('$A', r='{r}')}*{{w}}$2+{_MIN_MAX.format('$B', r='{r}')}*{{w}}$3", ()),
    "by its mean": ("($A{r}-$J$4)/$J$6*{w}$2+($B{r}-$J$5)/$J$7*{w}$3", _DESCRIBING),
    "a range": ("SUMPRODUCT($A{r}:$B{r}/100,$P${u}:$Q${u})", _TRANSPOSED),
    "by a logarithm": ("LN($A{r})*{w}$2+{w}$3*LN(1+$B{r})", ()),
    "a range of logarithms": ("SUMPRODUCT(LN(1+$A{r}:$B{r}),$P${u}:$Q${u})", _TRANSPOSED),
}
"""What a unit sums, in row r with the weights in column w, or in row u; and the other numbers that it needs."""


def _scaled_within(summed: str, needed: tuple[str, ...], **other: str) -> dict[str, object]:
    cells = {cell: _SCALES[cell] for cell in needed}
    found = {**_network("A{r}", "B{r}", {}), **cells}
    for row in _ROWS:
        for unit, weights, line in zip("FG", "LM", (2, 3), strict=True):
            text = other.get(f"{unit}{row}", other.get(unit, summed))
            found[f"{unit}{row}"] = f"=TANH({text.format(r=row, w=weights, u=line)}+{weights}$4)"
    if needed == _TRANSPOSED:
        found = {cell: own for cell, own in found.items() if cell not in {"L2", "L3", "M2", "M3"}}
    return {cell: own for cell, own in found.items() if cell[0] not in "DE"}


@pytest.mark.parametrize("kind", _WITHIN)
def test_an_input_may_be_scaled_where_it_is_read(kind: str, tmp_path: Path) -> None:
    """Rule: an input that is scaled within the sums is as good as one that is scaled in a cell; a unit that takes the
    weight of the other one is then wrong."""
    summed, needed = _WITHIN[kind]
    own, other = ("$Q${u}", "$Q$2") if needed == _TRANSPOSED else ("{w}$3", "L$3")

    assert answer(_scaled_within(summed, needed), tmp_path) == (0, set())
    assert answer(_scaled_within(summed, needed, G7=summed.replace(own, other)), tmp_path) == (1, {"G7"})


@pytest.mark.parametrize(("turned", "code"), [(False, 0), (True, 3)])
def test_inputs_stand_where_they_are_typed_not_where_they_are_scaled(turned: bool, code: int, tmp_path: Path) -> None:
    """Rule: of three inputs the one between may be as it is, and weights in another order are doubted as before."""
    cells = _network("A{r}", "B{r}", {"L5": 1.3, "M5": -0.7})
    weights = (3, 2, 5) if turned else (2, 3, 5)
    for row in _ROWS:
        del cells[f"D{row}"], cells[f"E{row}"]
        cells[f"C{row}"] = 100 - 7 * row
        for unit, w in zip("FG", "LM", strict=True):
            one, two, three = (f"{w}${at}" for at in weights)
            cells[f"{unit}{row}"] = f"=TANH($A{row}/50*{one}+$B{row}*{two}+$C{row}/20*{three}+{w}$4)"
        cells[f"B{row}"] = _DATA[row - 5][1] / 100
    assert answer(cells, tmp_path)[0] == code


@pytest.mark.parametrize(("unit", "code"), [("F7", 1), ("F5", 3), ("G", 3)])
def test_an_input_that_is_scaled_in_two_ways_is_no_pass(unit: str, code: int, tmp_path: Path) -> None:
    """Rule: what units and samples scale otherwise than others is no pass, and nobody is blamed but for one formula
    that all others of its line have otherwise, on both sides."""
    summed, needed = _WITHIN["divided by a number"]
    cells = _scaled_within(summed, needed, **{unit: summed.replace("/50", "/5")})

    assert answer(cells, tmp_path) == (code, {unit} if code == 1 else set())


def test_an_input_that_is_scaled_by_what_describes_another_one_is_no_pass(tmp_path: Path) -> None:
    """Rule: it does not matter where an input is scaled: what is said of cells is true of parts of formulas."""
    summed, needed = _WITHIN["by its ends"]
    wrong = summed.replace("MIN($B$5:$B$10)", "MIN($A$5:$A$10)", 1)

    assert answer(_scaled_within(wrong, needed), tmp_path, 10) == (3, set())


def test_inputs_that_are_scaled_in_some_samples_only_are_no_pass(tmp_path: Path) -> None:
    """Rule: numbers of one column are scaled alike, or nobody knows which are right."""
    summed, needed = _WITHIN["divided by a cell"]
    late = {f"{unit}{row}": summed.replace("$J$3", "$J$2") for unit in "FG" for row in (9, 10)}

    assert answer(_scaled_within(summed, needed, **late), tmp_path) == (3, set())


def test_what_a_share_leaves_is_no_scaled_input(tmp_path: Path) -> None:
    """Rule: the 1 − t of a cross-entropy beside scaled inputs is that of a loss, and no input that was scaled."""
    summed, needed = _WITHIN["divided by a number"]
    cells = _scaled_within(summed, needed) | {f"I{row}": row % 2 for row in _ROWS}
    loss = "=-SUMPRODUCT(I5:I10*LN(H5:H10)+(1-I5:I10)*LN(1-H5:H10))/6"

    assert answer(cells | {"I12": loss}, tmp_path) == (0, set())
    assert answer(cells | {"I12": loss.replace("(1-I5:I10)", "(1-I6:I11)")}, tmp_path)[0] == 3


def test_brackets_that_are_missing_in_one_column_are_no_pass(tmp_path: Path) -> None:
    """Rule: what reads the mean and the deviation of an input as others do scales it as they do, in all rows."""
    summed, needed = _WITHIN["by its mean"]
    wrong = summed.replace("($B{r}-$J$5)/$J$7", "($B{r}-$J$5/$J$7)")

    assert answer(_scaled_within(summed, needed), tmp_path) == (0, set())
    assert answer(_scaled_within(wrong, needed), tmp_path, 10) == (3, set())


@pytest.mark.parametrize(("other", "code"), [({}, 0), ({"F7": "=TANH(SUMPRODUCT($A7:$C7,$A$3:$C$3)/4+$E$3)"}, 1)])
def test_a_sum_of_products_may_be_divided(other: dict[str, object], code: int, tmp_path: Path) -> None:
    """Rule: where a sum is divided before its bias is added, its inputs are scaled; all in one way."""
    cells: dict[str, object] = {"E1": 0.2, "E2": -0.1, "E3": 0.4}
    for row in (1, 2, 3):
        cells |= {f"{c}{row}": round(0.4 * row - 0.3 * k * k + 0.2, 2) for k, c in enumerate("ABC")}
    for row in range(5, 10):
        cells |= {f"{c}{row}": round(0.7 * row % 3 + 0.9 * k, 2) for k, c in enumerate("ABC")}
        for unit, at in zip("DEF", (1, 2, 3), strict=True):
            cells[f"{unit}{row}"] = f"=TANH(SUMPRODUCT($A{row}:$C{row},$A${at}:$C${at})/5+$E${at})"
    found, roots = answer(cells | other, tmp_path, 5)
    assert (min(found, 1), roots - other.keys()) == (code, set())


def test_an_input_may_be_scaled_beside_the_state_of_the_step_before(tmp_path: Path) -> None:
    """Rule: in a row of [h, x] the state is repeated and the input scaled, in each step; both belong there."""
    cells: dict[str, object] = {
        f"{c}{r}": round(0.3 * r - 0.4 * k + 0.1, 2) for k, c in enumerate("GH") for r in range(1, 5)
    }
    for row, x in enumerate((3.1, 3.4, 4.0, 2.7, 3.5), 6):
        cells |= {f"A{row}": x, f"D{row}": f"=A{row}-3.5"}
        cells |= {f"{c}{row}": f"={h}{row - 1}" if row > 6 else 0 for c, h in zip("BC", "EF", strict=True)}
        for unit, w in zip("EF", "GH", strict=True):
            products = "+".join(f"${x}{row}*{w}${k}" for k, x in enumerate("BCD", 1))
            cells[f"{unit}{row}"] = f"=TANH({products}+{w}$4)"
        cells[f"J{row}"] = f"=3.5+1.8*E{row}-0.9*F{row}+0.1"  # with both numbers for its bias
    assert answer(cells, tmp_path) == (0, set())


def test_what_an_autoencoder_should_give_is_what_it_is_given(tmp_path: Path) -> None:
    """Rule: the scaled inputs are its targets; the code between is none that somebody gives it."""
    cells = _network("A{r}/50", "B{r}/40", {"O5": 0.7, "O6": 0.2})
    for row in _ROWS:
        cells |= {f"G{row}": f"=F{row}*$O$2+$O$5", f"H{row}": f"=F{row}*$O$3+$O$6"}
        cells[f"I{row}"] = f"=SUMXMY2(D{row}:E{row},G{row}:H{row})/2"
    cells = {cell: own for cell, own in cells.items() if cell not in {"M2", "M3", "M4", "O4"}}
    assert answer(cells, tmp_path) == (0, set())
