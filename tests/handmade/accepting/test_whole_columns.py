"""What sums up a column of results is found under several draws of the samples, and its name is held against it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from recognised_sheets import cell_at, sheet

from xlcheck.engines import engine
from xlcheck.handmade.accepting.summaries import Summaries
from xlcheck.handmade.beside.statistics import is_called
from xlcheck.handmade.reading.engine_choice import answers_of

_SAMPLES = ((0.5, 0.2, 0.4), (-0.3, 0.9, 0.7), (0.8, -0.6, 0.1), (0.1, 0.35, 0.62), (-0.7, -0.15, 0.93))


def _summaries(beside: Mapping[str, object], folder: Path, *left: str) -> Summaries:
    """Two inputs in A and B, the result of one unit in C, its target in D, from row 5 on; formulas nobody knows yet."""
    cells: dict[str, object] = {"A1": 0.62, "A2": -0.95, "A3": 0.47}
    for row, (one, other, target) in enumerate(_SAMPLES, start=5):
        cells |= {f"A{row}": one, f"B{row}": other, f"D{row}": target}
        cells[f"C{row}"] = f"=TANH(A{row}*$A$1+B{row}*$A$2+$A$3)"
    own = sheet(cells | beside, folder)
    return Summaries(own.part, answers_of(own.table, engine("ironcalc")), own.arrangement, {*map(cell_at, left)})


@pytest.mark.parametrize(
    ("formula", "is_one"),
    [
        ("=SQRT(SUMXMY2(C5:C9,D5:D9)/5)", True), ("=SQRT(SUMXMY2(C5:C9,D5:D9)/6)", False),
        ("=CORREL(C5:C9,D5:D9)^2", True), ("=CORREL(C5:C8,D5:D8)^2", False), ("=SUMPRODUCT(C5:C9,D5:D9)", False),
    ],
)  # fmt: skip
def test_a_statistic_takes_all_samples(formula: str, is_one: bool, tmp_path: Path) -> None:
    """Rule: a formula is one if it is so for other samples, too; one that leaves a sample out is none."""
    cell = cell_at("F2")
    assert _summaries({"F2": formula}, tmp_path, "F2").among_left() == ({cell} if is_one else set())


@pytest.mark.parametrize(("reader", "leads"), [(None, True), ("=F1*3", False)])
def test_what_leads_to_a_statistic_alone_is_known(reader: str | None, leads: bool, tmp_path: Path) -> None:
    """Rule: a part of a statistic needs no verdict, unless something else of which nothing is known reads it."""
    beside = {"F1": "=SUMXMY2(C5:C9,D5:D9)+2", "F2": "=SQRT((F1-2)/5)"} | ({"G1": reader} if reader else {})
    own = _summaries(beside, tmp_path, "F1", "F2", *(["G1"] if reader else []))
    assert own.among_left() == {cell_at("F2"), *([cell_at("F1")] if leads else [])}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("RMSE", []), ("weather", []),
        ("MAE", ["S!F2 is called 'MAE' and is the root of the mean squared error"]),
    ],
)  # fmt: skip
def test_a_statistic_under_another_name(word: str, said: list[str], tmp_path: Path) -> None:
    """Rule: a word that names another statistic is told; one that names none is not."""
    own = _summaries({"E2": word, "F2": "=SQRT(SUMXMY2(C5:C9,D5:D9)/5)"}, tmp_path)
    assert [*own.misnamed([cell_at("F2")])] == said


@pytest.mark.parametrize(
    ("back", "is_one"),
    [
        ("=C{0}*($K$16-$J$16)+$J$16", True),
        ("=C{0}*($K$16-$J$16)+$J$15", False),
        ("=C{0}*($K$15-$J$16)+$J$16", False),
        ("=C{0}*($K$15-$J$15)+$K$16", False),
        ("=C{0}*($K$15-$J$15)+$J$15", True),  # one number's own, whichever it is
        ("=C{0}*($K$16-$J$16)+$M$12", True),  # no number stands where the rows and columns of both meet
    ],
)
def test_results_are_put_back_by_one_row_of_a_table_of_scales(back: str, is_one: bool, tmp_path: Path) -> None:
    """Rule: an error of what was put back by the range of one number and the least of another one is no statistic."""
    scales = {"J14": "least", "K14": "largest", "I15": "x", "J15": 1.5, "K15": 9, "I16": "y", "J16": -2, "K16": 4.5}
    cells = {f"E{row}": back.format(row) for row in range(5, 10)} | {"F2": "=SQRT(SUMXMY2(E5:E9,D5:D9)/5)", "M12": 0.3}
    cell = cell_at("F2")
    assert _summaries(scales | cells, tmp_path, "F2").among_left() == ({cell} if is_one else set())


def test_a_column_whose_source_is_left_out_is_known_by_nobody(tmp_path: Path) -> None:
    """Rule: squares of errors that stand nowhere are no numbers of their own, whose mean would be called otherwise."""
    cells = {f"F{row}": f"=E{row}^2" for row in range(5, 10)} | {"G1": "MSE", "G2": "=AVERAGE(F5:F9)"}
    errors = {f"E{row}": f"=C{row}-D{row}" for row in range(5, 10)}
    assert [*_summaries(cells | errors, tmp_path).misnamed([cell_at("G2")])] == []
    assert [*_summaries(cells, tmp_path).misnamed([cell_at("G2")])] == []


@pytest.mark.parametrize(
    ("text", "is_known", "is_one"),
    [
        ("=C{r}*($J$2-$J$1)/2+$J$1", True, True),
        ("=C{r}*($J$2-$J$1)/2+$J$1", False, False),
        ("=C{r}*$J$2", False, True),
        ("=IF(C{r}*$J$2>$J$1,1,0)", False, True),
    ],
    ids=["put back as inputs were scaled", "put on a scale of which nobody knows", "one factor", "a decision"],
)
def test_results_on_a_scale_that_nobody_knows_are_summed_up_for_nothing(
    text: str, is_known: bool, is_one: bool, tmp_path: Path
) -> None:
    """Rule: the error of results that are put back otherwise than inputs were scaled says nothing of them."""
    rows = range(5, 10)
    beside: dict[str, object] = {"J1": 0.4, "J2": 2.5} | {f"G{r}": text.format(r=r) for r in rows}
    beside |= {f"D{r}": 1 if r % 2 else 0 for r in rows} if "IF" in text else {}
    beside |= {"H2": "=SUMXMY2(G5:G9,D5:D9)/5" if "IF" not in text else "=SUMPRODUCT(--(G5:G9=D5:D9))/5"}
    left = ["H2", *([] if is_known else [f"G{r}" for r in rows])]
    assert (cell_at("H2") in _summaries(beside, tmp_path, *left).among_left()) is is_one


@pytest.mark.parametrize(
    ("formula", "is_one"),
    [
        ("=SUM(D5:D9)/SUM(C5:C9)", True), ("=SUM(D5:D9)/SUM(C5:C8)", False),
        ("=SUM(C5:C9)-SUM(D5:D9)", True), ("=SUM(C5:C9)-2*SUM(D5:D9)", False),
        ('=SUMPRODUCT((C5:C9-(E5:E9="yes"))^2)/5', True), ('=SUMPRODUCT((C5:C9-(E5:E9="no"))^2)/5', False),
        ('=SUMPRODUCT((C5:C9-(E5:E9="yes"))^2)/7', False),
    ],
)  # fmt: skip
def test_totals_and_words_are_compared_as_wholes(formula: str, is_one: bool, tmp_path: Path) -> None:
    """Rule: one total over the other, squares from 1 for the word of high results."""
    words = {f"E{row}": word for row, word in zip(range(5, 10), ("yes", "no", "yes", "yes", "no"), strict=True)}
    cell = cell_at("F2")
    assert _summaries(words | {"F2": formula}, tmp_path, "F2").among_left() == ({cell} if is_one else set())


@pytest.mark.parametrize(
    ("formula", "of_results", "is_one"),
    [
        ("=SUMPRODUCT(ABS(D6:D9-D5:D8))/4", "=SUMPRODUCT(ABS(C5:C9-D5:D9))/5", True),
        ("=SQRT(SUMXMY2(D6:D9,D5:D8)/4)", "=SQRT(SUMXMY2(C5:C9,D5:D9)/5)", True),
        ("=SUMPRODUCT(ABS(D6:D9-D5:D8))/5", "=SUMPRODUCT(ABS(C5:C9-D5:D9))/5", False),
        ("=SUMPRODUCT(ABS(A6:A9-A5:A8))/4", "=SUMPRODUCT(ABS(C5:C9-D5:D9))/5", False),
        ("=SUMPRODUCT(ABS(C6:C9-C5:C8))/4", "=SUMPRODUCT(ABS(C5:C9-D5:D9))/5", False),
        ("=SUMPRODUCT(ABS(D6:D9-D5:D8))/4", "=SQRT(SUMXMY2(C5:C9,D5:D9)/5)", False),
        ("=SUMPRODUCT(ABS(D6:D9-D5:D8))/4", "", False),
    ],
    ids=["mean", "root", "another number of samples", "of inputs", "of results", "beside another error", "beside none"],
)
@pytest.mark.parametrize("left", [("F2", "G2"), ("F2",)], ids=["both unknown", "the other one known"])
def test_errors_of_no_change_stand_beside_those_of_results(
    formula: str, of_results: str, is_one: bool, left: tuple[str, ...], tmp_path: Path
) -> None:
    """Rule: what "nothing changes" errs by is compared with the same error of the network, or it is mistaken for it."""
    beside = {"F2": formula} | ({"G2": of_results} if of_results else {})
    found = _summaries(beside, tmp_path, *(own for own in left if own in beside)).among_left()
    assert (cell_at("F2") in found) is is_one


@pytest.mark.parametrize(
    ("words", "name", "may_be"),
    [
        ("mean error", "difference of the totals", False), ("bias", "difference of the totals", True),
        ("mean loss", "cross-entropy, as a sum", False), ("total mean loss", "cross-entropy, as a sum", True),
        ("Mean absolute error", "sum of absolute errors", False), ("mean error", "mean absolute error", True),
    ],
)  # fmt: skip
def test_what_is_added_up_is_no_mean(words: str, name: str, may_be: bool) -> None:
    """Rule: no total of all samples is called a mean, nor what is made of totals."""
    assert is_called(name, words) is may_be


@pytest.mark.parametrize(
    ("formula", "is_one"),
    [
        ("=SUMPRODUCT((C5:C9>=D5:D9)*C5:C9+(D5:D9>C5:C9)*D5:D9)/5", True),
        ("=SUMPRODUCT((C5:C9>=D5:D9)*C5:C9+(D5:D9>C5:C9)*C5:C9)/5", True),  # the mean of C
        ("=SUMPRODUCT((C5:C9>=D5:D9)*C5:C9+(D5:D9>C5:C9)*D5:D9)/4", False),
        ('=COUNTIFS(E5:E9,"u",F5:F9,"u")/COUNTIF(E5:E9,"u")', True),
        ('=COUNTIFS(E5:E9,"u",F5:F9,"u")/COUNTIF(E5:E8,"u")', False),
    ],
    ids=["largest", "mean of one", "another number of samples", "recall", "a sample less"],
)
def test_what_is_made_of_all_units_sums_them_up(formula: str, is_one: bool, tmp_path: Path) -> None:
    """Rule: the largest result of each sample, and the class that has it, are made of results alone."""
    cells: dict[str, object] = {"C1": 0.62, "C2": -0.95, "C3": 0.47, "D1": -0.3, "D2": 0.8, "D3": 0.1}
    for row, (one, other, _) in enumerate(_SAMPLES, start=5):
        cells |= {f"A{row}": one, f"B{row}": other, f"E{row}": "u" if row in {5, 6, 9} else "v"}
        cells |= {f"{c}{row}": f"=TANH($A{row}*{c}$1+$B{row}*{c}$2+{c}$3)" for c in "CD"}
        cells[f"F{row}"] = f'=IF(C{row}>D{row},"u","v")'
    own = sheet(cells | {"H2": formula}, tmp_path)
    found = Summaries(own.part, answers_of(own.table, engine("ironcalc")), own.arrangement, {cell_at("H2")})
    assert found.among_left() == ({cell_at("H2")} if is_one else set())
