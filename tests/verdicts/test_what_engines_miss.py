"""What one engine alone would get wrong or miss: overflows, errors of its own, texts that others read otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from small_book import SELECTOR, SmallBook

from xlcheck.engines import engine
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.edited_inputs import formulas_for_numbers, said_of_formulas, that_read_the_network
from xlcheck.verdicts.generated.observe import Observation, observe
from xlcheck.verdicts.generated.second_opinion import _codes, _may_take_more, who_knows_overflows, without_lone_errors
from xlcheck.verdicts.read_otherwise import read_otherwise
from xlcheck.verdicts.readers_view import lost_digits
from xlcheck.workbook.cell_codes import code_at
from xlcheck.workbook.content import CellError, NotEvaluated
from xlcheck.workbook.reader import read_workbook


def seen_in(
    book: SmallBook, path: Path, changes: dict[str, str | float] | None = None
) -> tuple[FormulaCells, Observation]:
    """The small workbook with some cells changed, and what IronCalc makes of it."""
    book.write(path, changes)
    content = read_workbook(path)
    formulas = FormulaCells(content)
    return formulas, observe(content, book.manifest(), book.graph, formulas, engine("ironcalc").open(path), "ironcalc")


def formulas_of(cells: dict[str, object], path: Path) -> FormulaCells:
    """A workbook of some formulas."""
    book = openpyxl.Workbook()
    book.active.title = "S"
    for cell, text in cells.items():
        book.active[cell] = text
    book.save(path)
    return FormulaCells(read_workbook(path))


def test_an_error_that_another_engine_does_not_know_is_no_answer(small_book: SmallBook, tmp_path: Path) -> None:
    """IronCalc finds no WEIGHTS where a sheet is called Weights; an error that both engines know stays one."""
    path = tmp_path / "w.xlsx"
    formulas, seen = seen_in(small_book, path, {"Net!C3": "=C2*WEIGHTS!$B$2", "Net!D3": "=C2*Weights!$C$2/0"})
    given = path, "ironcalc", seen, small_book.graph, small_book.trace, formulas, SELECTOR

    def others(found: Observation) -> dict[int, set[type]]:
        return {
            int(s.placement.codes[cell]): {type(value)}
            for s in found.sightings if s.placement.sheet == "Net" for (_, cell), value in s.others.items()
        }  # fmt: skip

    before, after = others(seen), others(without_lone_errors(*given))
    lone, shared = code_at(2, 2), code_at(2, 3)
    assert (before[lone], after[lone]) == ({CellError}, {NotEvaluated})
    assert (before[shared], after[shared]) == ({CellError}, {CellError})
    assert without_lone_errors(path, "formulon", *given[2:]) is seen
    assert without_lone_errors(*given, believed=[CellError("#REF!")]) is seen


@pytest.mark.parametrize(
    ("formula", "may"),
    [
        ("=INDEX(A1:C3,2)", True), ("=SUM(A3:A1)", True), ("=SUM(C1:A1)", True), ("=SUMPRODUCT(A1:A3,B1:B2)", True),
        ("=SUMPRODUCT(A1:A3,B1:B3)", False), ("=SUM(A1:A3)*B1", False), (None, False),
    ],
)  # fmt: skip
def test_formulas_for_which_cellrune_may_take_more_than_a_cell(formula: str | None, may: bool) -> None:
    """A row out of a table, a range from its last corner, ranges of several sizes: its value is nobody's evidence."""
    assert _may_take_more(formula) is may


def test_another_engine_is_asked_only_where_numbers_are_large(small_book: SmallBook, tmp_path: Path) -> None:
    """Beyond 354 an exponential may not fit into a cell; CellRune knows that, and is asked if IronCalc computed."""
    path = tmp_path / "w.xlsx"
    formulas, seen = seen_in(small_book, path)
    assert who_knows_overflows(read_workbook(path), "ironcalc", seen, small_book.graph, formulas, SELECTOR) is None
    large = {"Weights!B9": -5000.0, "Net!C12": "=1/(1+EXP(-C11))"}
    formulas, seen = seen_in(small_book, path, large)
    content = read_workbook(path)

    assert who_knows_overflows(content, "cellrune", seen, small_book.graph, formulas, SELECTOR) is None
    other = who_knows_overflows(content, "ironcalc", seen, small_book.graph, formulas, SELECTOR)
    assert other is not None
    assert other[0].name.startswith("cellrune")


def test_codes_of_words_are_no_large_numbers() -> None:
    """They say which row is taken, or are compared with 0; what is multiplied, too, is a number like any other."""
    build = GraphBuilder()
    word, both = (build.given(Band("x", name, Role.INPUT), (1,)) for name in ("word", "both"))
    table = build.given(Band("e", "embeddings", Role.WEIGHT), (1000, 2))
    build.let(Band("e", "y", Role.OUTPUT), ex.Gather(table, word))
    build.let(Band("e", "mask", Role.OUTPUT), ex.NotEqual(word, ex.Const(0.0)))
    build.let(Band("e", "hot", Role.OUTPUT), ex.OneHot(both, 3))
    build.let(Band("e", "twice", Role.OUTPUT), both * 2.0)

    assert _codes(build.build()) == {"x.word"}


def test_answers_that_lose_half_of_their_digits_are_told(small_book: SmallBook) -> None:
    """As the model was trained, in single precision; one that differs in the last digits only is as it should be."""
    manifest, graph = small_book.manifest(), small_book.graph
    answers = small_book.trace["dense.y"]
    lost = replace(manifest, prediction=answers * np.array([[1.0], [1 + 1e-2]]))
    (sentence,) = lost_digits(lost, graph)

    assert "dense.y[0] of sample 2, where it loses half of the digits or more" in sentence
    assert f"double precision, {float(answers[1, 0]):.6g}" in sentence
    assert [*lost_digits(replace(manifest, prediction=answers * (1 + 1e-8)), graph)] == []
    assert [*lost_digits(replace(manifest, prediction=np.zeros((2, 7))), graph)] == []


def test_what_stands_where_a_number_was_written(small_book: SmallBook, tmp_path: Path) -> None:
    """It is as good as a number unless it follows from what the network reads or computes, perhaps through others."""
    own = {"Weights!B2": "=1/2", "Weights!B12": "=Mine!A1", "Mine!A1": "=Mine!A2*2", "Mine!A2": "=Net!C12"}
    formulas, seen = seen_in(small_book, tmp_path / "w.xlsx", own)
    cells = formulas_for_numbers(seen.sightings)

    assert said_of_formulas(cells) == ("a formula stands where a number was written: Weights!B2, Weights!B12",)
    assert said_of_formulas({}) == ()
    (found,) = that_read_the_network(formulas, cells, seen.own_sheets)
    assert found[0] == "Weights"
    assert formulas.text(*found) == "=Mine!A1"


@pytest.mark.parametrize("text", ['="XLOOKUP(A1,B1:B3,C1:C3) finds it"', '="LAMBDA("'])
def test_a_formula_of_one_word_may_name_a_newer_function(text: str, tmp_path: Path) -> None:
    """A text that tells of a function calls none."""
    said = [*read_otherwise(formulas_of({"C1": text}, tmp_path / "w.xlsx"))]

    assert not any("_xlfn" in sentence for sentence in said)


def test_formulas_that_other_programs_read_otherwise(tmp_path: Path) -> None:
    """A newer function without its prefix, a typographic minus, a bracket too many, TRANSPOSE outside of an array."""
    odd: dict[str, object] = {
        "C1": "=STDEV.S(A1:A3)", "C2": "=A1−A2", "C3": "=SUM(A1:A2))", "C4": "=SUM(TRANSPOSE(A1:A3))",
        "C5": "=_xlfn.STDEV.S(A1:A3)", "C6": '="−"&A1', "C7": "=SUM(A1:A2)", "C8": "=SUM(TRANSPOSE(A1))",
        "D1": ArrayFormula("D1:F1", "=TRANSPOSE(A1:A3)"),
    }  # fmt: skip
    said = [*read_otherwise(formulas_of(odd, tmp_path / "w.xlsx"))]

    assert len(said) == 4
    for cell, words, sentence in zip(
        ("C1", "C2", "C3", "C4"), ("_xlfn.STDEV.S", "U+2212", "correct it", "Ctrl+Shift+Enter"), said, strict=True
    ):
        assert f"S!{cell}" in sentence
        assert words in sentence
