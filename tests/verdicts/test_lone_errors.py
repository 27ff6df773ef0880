"""What is an error for one engine and a value for another is not judged."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from small_book import Checker, SmallBook

from xlcheck.engines import engine
from xlcheck.formulas.printing import Style
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.layout.plan import plan_model
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.report import CheckReport, Status
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook


def test_an_error_that_another_engine_does_not_share_is_no_root(check_small: Checker) -> None:
    """Excel computes the formula; the message says which engine to ask. What reads the cell is left open, too."""
    report = check_small({"Net!C3": "=C2*SUM(Weights:Weights!$B$2)"})
    (first, *_) = report.cells.with_status(Status.NOT_EVALUATED)

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert first.cell == "C3"
    assert "ironcalc gives #VALUE! here, and cellrune a value; ask --engine libreoffice" in first.message


@pytest.mark.parametrize("formula", ["C2*Weights!$B$2/0", "C2*#REF!", "C2*Nowhere!A1", "C2*Weights!$B$2:$B$3", "C3"])
def test_an_error_that_engines_share_is_a_root(check_small: Checker, formula: str) -> None:
    """So is a circle, of which the second engine need not know."""
    report = check_small({"Net!C3": f"={formula}"})

    assert report.exit_code == 1
    assert [(cell.sheet, cell.cell) for cell in report.roots] == [("Net", "C3")]


@pytest.mark.parametrize("name", ["ironcalc", "cellrune"])
@pytest.mark.parametrize(
    ("formula", "roots"),
    [("C2*SUM(Weights:Weights!$B$2)", 0), ("C2*MIN(Weights:Weights!$B$2)", 0), ("C2*Weights!$B$2/0", 1)],
)
def test_so_it_is_with_other_numbers(
    small_book: SmallBook, tmp_path: Path, formula: str, roots: int, name: str
) -> None:
    """Rule: an error that one engine gives alone, in a branch that the stored numbers do not take, blames no cell."""
    small_book.write(tmp_path / "w.xlsx", {"Net!C3": f"=IF(C2>2,{formula},C2*Weights!$B$2)"})
    report = check_content(read_workbook(tmp_path / "w.xlsx"), engine(name))

    assert report.counts.root == roots
    assert report.exit_code == (1 if roots else 3)  # the condition is none of the equation's


def _checked(path: Path, style: Style, size: float, old: str = "", new: str = "") -> CheckReport:
    """What CellRune says of a small network with an exponential and a softmax, built and perhaps edited."""
    rnn = {"units": 2, "activation": "exponential", "return_sequences": False}
    weights = {"kernel": (2, 2), "recurrent_kernel": (2, 2), "bias": (2,)}
    dense = {"units": 2, "activation": "softmax"}
    layers = (
        LayerSpec("SimpleRNN", "rnn", rnn, weights),
        LayerSpec("Dense", "dense", dense, {"kernel": (2, 2), "bias": (2,)}),
    )
    spec = sequential("m", (3, 2), layers)
    graph, rng = forward_graph(spec), np.random.default_rng(1)
    given = {q.name: rng.normal(size=q.shape if q.is_weight else (2, *q.shape)) for q in graph if q.expr is None}
    given |= {"rnn.h_init": np.zeros((2, 2)), "dense.kernel": size * given["dense.kernel"]}
    trace = Trace("numpy float64", evaluate(graph, given))
    write_workbook(plan_model(spec, trace, trace, ["a", "b"], style), path)
    if old:
        with ZipFile(path) as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()}
        assert any(f">{old}</f>" in text for text in parts.values())
        with ZipFile(path, "w") as archive:
            for name, text in parts.items():
                archive.writestr(name, text.replace(f">{old}</f>", f">{new}</f>"))
    return check_content(read_workbook(path), engine("cellrune"))


@pytest.mark.parametrize(("style", "size"), [(Style.COMPACT, 0.1), (Style.BOOK, 1.0), (Style.TEACHING, 1.0)])
def test_a_workbook_as_it_was_built_is_right_where_other_numbers_overflow(
    tmp_path: Path, style: Style, size: float
) -> None:
    """CellRune gives an error in each cell of an array of which one fails; the softmax of a book has no value there."""
    assert _checked(tmp_path / "w.xlsx", style, size).ok


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("MMULT(TRANSPOSE(Weights!$B$13:$C$14),E15:E16)", "MMULT(Weights!$B$13:$C$14,E15:E16)", {"F11", "F12"}),
        ("EXP(G13:G14)", "EXP(G13:G14)/(G13:G14&lt;0.9)", {"G15", "G16"}),
    ],
)
def test_a_mistake_beside_numbers_that_overflow_is_found(tmp_path: Path, old: str, new: str, wrong: set[str]) -> None:
    """The first state is 0, so that other weights give as much; and one cell fails of itself, others by it."""
    report = _checked(tmp_path / "w.xlsx", Style.COMPACT, 0.1, old, new)

    assert {cell.cell for cell in report.roots} == wrong
