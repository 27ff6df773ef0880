"""What each engine is known to compute otherwise, and that nobody relies on it alone there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from thorough import EVERY_CASE, part_of

from xlcheck.engines import engine
from xlcheck.engines.differences import (
    DIFFERENCES,
    NEAR_ZERO,
    Circumstances,
    Difference,
    differences,
    differs_by_form,
    may_differ,
    named_ranges,
    reads_single_cells,
)
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.alike import kinds
from xlcheck.workbook.content import CellError, NotEvaluated, Value
from xlcheck.workbook.reader import read_workbook

CELLS = {"A1": 1e-20, "A2": 0.3125, "A3": 800.0, "B1": 1.0, "B2": 2.0}


def computed(name: str, formula: str, folder: Path) -> Value:
    """What an engine gives for a formula."""
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for cell, value in CELLS.items():
            sheet.write_number(cell, value)
        sheet.write_formula("C1", f"={formula}", None, 999.25)
    session = engine(name).open(path)
    session.recalculate()
    return session.read(Range("S", 0, 2))[0][0]


def same(a: Value, b: Value) -> bool:
    return a == pytest.approx(b, rel=1e-12) if isinstance(a, float) and isinstance(b, float) else a == b


@pytest.mark.parametrize("item", [item for item in DIFFERENCES if item.engine != "libreoffice"], ids=lambda i: i.what)
def test_an_engine_is_still_different(item: Difference, tmp_path: Path) -> None:
    """It gives what the table says, not Excel's value; the second engine gives that, or is in the table too."""
    assert same(computed(item.engine, item.example, tmp_path), item.gives)
    assert not same(item.gives, item.excel)
    if not any(differences("cellrune", Circumstances(item.example))):
        assert same(computed("cellrune", item.example, tmp_path), item.excel)


@pytest.mark.formulon
@pytest.mark.parametrize("item", DIFFERENCES, ids=lambda i: i.what)
def test_the_engine_that_follows_excel_gives_excel_s_value(item: Difference, tmp_path: Path) -> None:
    """So what the table says of Excel is more than our word."""
    assert same(computed("formulon", item.example, tmp_path), item.excel)


def test_the_documentation_has_the_table() -> None:
    """Each row, with its example and both values."""
    page = Path(__file__).parents[2] / ".github" / "docs" / "engines.md"
    table = page.read_text(encoding="utf-8").partition("<!-- differences")[2].partition("<!-- end")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]

    assert rows == [
        f"| `{d.engine}` | {d.what} | `={d.example}` | {shown(d.gives)} | {shown(d.excel)} |" for d in DIFFERENCES
    ]


def shown(value: Value) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(getattr(value, "code", value))


@pytest.mark.libreoffice
@pytest.mark.parametrize("item", [item for item in DIFFERENCES if item.engine == "libreoffice"], ids=lambda i: i.what)
def test_libreoffice_is_still_different(item: Difference, tmp_path: Path) -> None:
    """The same for LibreOffice."""
    assert same(computed("libreoffice", item.example, tmp_path), item.gives)
    assert same(computed("cellrune", item.example, tmp_path), item.excel)


@pytest.mark.parametrize("item", DIFFERENCES, ids=lambda item: item.what)
def test_each_is_seen_in_its_example(item: Difference) -> None:
    """The formula that shows it is one that may be concerned."""
    near_zero = any(0 < abs(number) < NEAR_ZERO for number in CELLS.values())
    found = Circumstances(item.example, item.gives, near_zero=near_zero)

    assert item in differences(item.engine, found)


@pytest.mark.parametrize(
    "formula", ["A2*B1+SUM(B1:B2)", "1/(1+EXP(-A2))", "IF(A2>0,A2,0)", "TANH(A2)", "B1*5%", "MMULT(B1:B2,B1:B2)"]
)
def test_what_networks_consist_of_is_not_in_doubt(formula: str) -> None:
    """Ordinary formulas with ordinary values need one engine."""
    assert not list(differences("ironcalc", Circumstances(formula, 0.5)))
    assert not list(differences("cellrune", Circumstances(formula, 0.5)))


PIECES = (
    "SUM(", "SUMPRODUCT(", "SUMX2MY2(", "LOG10(", "EXP(", "IF(", "ERF(", ")", ")", ")", "A1", "B7", "A1:A1", "B1:B2",
    "B2:B2", "S1!A1:S1!A2", "S1!A1:A2", "S1!A3:A3", "w_1", "w_2", "both", "#DIV/0!", '"B1:B2"', "%", "^2", "*", "A",
)  # fmt: skip


@pytest.mark.parametrize("name", ["ironcalc", "cellrune"])
def test_formulas_that_are_alike_are_asked_about_once(name: str) -> None:
    """That hides none: whichever comes first, each that is in doubt is of a kind that may be."""
    ranges = named_ranges({"both": "=S!$B$1:$B$2", "w_1": "S!$B$1:$B$2", "w_2": "S!$B$1", "A": "B1:B2"})
    rng = np.random.default_rng(2)
    drawn = ["".join(rng.choice(PIECES, rng.integers(1, 7))) for _ in range(20_000 if EVERY_CASE else 8_000)]
    pairs = [
        f"SUM({a}*2)" for a in ("A1:A1", "A1:A2", "w_2", "w_1", "S1!A1:S1!A2", "S1!A1:A2", "1:2", "A1", "A", "A:A")
    ]
    for formulas in (drawn, drawn[::-1], pairs, pairs[::-1], [*SINGLE_CELLS, *WHOLE]):
        numbers, first = kinds(formulas)
        doubted = {
            n for f, n in zip(formulas, numbers, strict=True) if differs_by_form(name, Circumstances(f, ranges=ranges))
        }

        assert doubted
        assert doubted <= {n for n, f in enumerate(first) if may_differ(name, f, ranges)}


def test_an_array_formula_takes_its_ranges_whole() -> None:
    """Only outside of one IronCalc takes a single cell."""
    formula = "EXP(B1:B2)"

    assert list(differences("ironcalc", Circumstances(formula, 2.7)))
    assert not list(differences("ironcalc", Circumstances(formula, 2.7, in_array=True)))


SINGLE_CELLS = [
    "SUM(B1:B2*A1:A2)", "SUM((B1:B2)*2)", "MEDIAN(B1:B2*2)", "INDEX(B1:B2*A1:A2,2)", "AND(B1:B2>0)", "SUM(B1:B2*2,1)",
    "TANH(SUM(B1:B2*A1:A2))", "SUM(IF(B1:B2>0,1,0))", "SUM(both*2)", "LET(x,B1:B2*2,SUM(x))", "SUM(B:B*2)",
]  # fmt: skip
WHOLE = [
    "SUMPRODUCT(B1:B2*A1:A2)", "SUMPRODUCT((B1:B2<>A1:A2)*1)", "EXP(B1-MAX(B1:B2))/SUMPRODUCT(EXP(B1:B2))",
    "SUM(B1:B2)*2", "SUM(B1:B2,A1:A2)", "SUMXMY2(B1:B2,A1:A2)", "IF(B1=1,SQRT(SUMXMY2(B1:B2,A1:A2)),0)",
    "B1*one+SUM(both)", "MMULT(TRANSPOSE(B1:B2),A1:A2)",
    "SUM(B1:INDEX(B1:B2,2))",
]  # fmt: skip


@pytest.mark.parametrize("engine_name", ["ironcalc", "cellrune"])
@pytest.mark.parametrize("formula", [*SINGLE_CELLS, *WHOLE])
def test_operators_between_ranges_read_single_cells(formula: str, engine_name: str) -> None:
    """In every function but those that calculate with arrays anyway, and also where a range has a name."""
    ranges = named_ranges({"both": "=S!$B$1:$B$2", "one": "S!$B$1", "half": "0.5"})

    assert ranges == {"both"}
    assert reads_single_cells(engine_name, formula, ranges) == (formula in SINGLE_CELLS)
    assert not reads_single_cells("libreoffice", formula, ranges)


@pytest.mark.parametrize("formula", [formula for formula in SINGLE_CELLS if "both" not in formula])
def test_these_engines_do_read_them_whole(formula: str, tmp_path: Path) -> None:
    """So that nothing is left open that an engine computes as Excel does."""
    for name in ("ironcalc", "cellrune"):
        assert not isinstance(computed(name, formula, tmp_path), CellError)


def test_values_are_those_of_the_protocol() -> None:
    """What stands in the table is what engines hand over; nothing in it is an answer that an engine refuses."""
    for item in DIFFERENCES:
        assert isinstance(item.gives, float | str | CellError)
        assert not isinstance(item.excel, NotEvaluated)


@pytest.mark.parametrize("name", ["ironcalc", "cellrune"])
def test_a_distance_between_two_ranges_is_computed_as_in_excel(name: str) -> None:
    """SUMXMY2 takes arrays everywhere: what an engine gives for it is believed."""
    for formula in ("SQRT(SUMXMY2(B1:B2,A2:A3))", "SUMXMY2(-B1:B2,A2:A3)"):
        assert differs_by_form(name, Circumstances(formula)) == ""


SCALAR = (
    "ABS", "ATAN", "COSH", "DEGREES", "EXP", "FACT", "GAMMALN", "INT", "LN", "LOG10", "NORMSDIST", "RADIANS", "SIGN",
    "SIN", "SQRT", "TANH", "TRUNC", "VALUE",
)  # fmt: skip
OF_TWO = [f"{name}(B1:B2,2)" for name in ("LOG", "MOD", "POWER", "ROUND", "ROUNDUP", "IF", "IFERROR")]


@pytest.mark.parametrize("call", [*(f"{name}(B1:B2)" for name in SCALAR), "EXP(-B1:B2)", *OF_TWO, "POWER(2,B1:B2)"])
def test_what_takes_single_values_is_in_doubt_over_a_range(call: str, tmp_path: Path) -> None:
    """Whatever the function: either both engines give the same for each cell, or the table says which does not."""
    formula = f"SUMPRODUCT({call})"
    values = [computed(name, formula, tmp_path) for name in ("ironcalc", "cellrune")]

    assert same(*values) or differs_by_form("ironcalc", Circumstances(formula))


@pytest.mark.parametrize(
    "lesson", part_of(["lstm", "architectures", "embedding", "next-word", "simple-rnn-training"], 2)
)
def test_nothing_that_xlcheck_writes_is_in_doubt(lesson: str) -> None:
    """Not one formula of a generated workbook is of a form that an engine computes otherwise."""
    content = read_workbook(Path(__file__).parents[2] / "workbooks" / f"{lesson}.xlsx")
    ranges = named_ranges(content.names)
    formulas = {cell.formula for _, _, _, cell in content.formula_cells() if cell.array is None}

    for name in ("ironcalc", "cellrune"):
        assert not [f for f in formulas if f is not None and differs_by_form(name, Circumstances(f, ranges=ranges))]
