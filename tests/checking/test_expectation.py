"""What a workbook says of itself is believed only if it fits together."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_book import SmallBook

from xlcheck.checking.expectation import expectation_of
from xlcheck.checking.generated import check_content
from xlcheck.engines import engine
from xlcheck.errors import WorkbookError, XlcheckError
from xlcheck.excel.addresses import parse_range
from xlcheck.excel.bindings import Binding, FilledHelper, Helper
from xlcheck.excel.content import Cell, SheetContent, WorkbookContent
from xlcheck.excel.manifest import SHEET, Manifest
from xlcheck.excel.reader import read_workbook
from xlcheck.graph.trace import Trace
from xlcheck.spec.model_spec import InputSpec


@pytest.fixture(scope="module")
def right(small_book: SmallBook, tmp_path_factory: pytest.TempPathFactory) -> WorkbookContent:
    """The right workbook as it was read."""
    path: Path = tmp_path_factory.mktemp("expectation") / "small.xlsx"
    small_book.write(path)
    return read_workbook(path)


def with_manifest(content: WorkbookContent, chunks: list[str]) -> WorkbookContent:
    """The same workbook with another manifest."""
    hidden = SheetContent(SHEET, "veryHidden", {(row, 0): Cell(chunk) for row, chunk in enumerate(chunks)})
    return replace(content, sheets={**content.sheets, SHEET: hidden})


def test_a_whole_manifest_is_believed(right: WorkbookContent, small_book: SmallBook) -> None:
    """Manifest and graph come back as they were written."""
    manifest, graph = expectation_of(right)

    assert manifest.bindings == small_book.manifest().bindings
    assert [q.name for q in graph] == [q.name for q in small_book.graph]


Change = Callable[[Manifest], Manifest]


def _without(name: str) -> Change:
    return lambda m: replace(m, trace=Trace("t", {k: v for k, v in m.trace.values.items() if k != name}))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda m: replace(m, samples=()), "it has no samples"),
        (_without("rnn.h[1]"), r"it has no values of the shape \(2, 2\) for rnn.h\[1\]"),
        (_without("rnn.kernel"), r"it has no values of the shape \(1, 2\) for rnn.kernel"),
        (lambda m: replace(m, samples=("one", "two", "three")),
         r"it has no values of the shape \(3, 1\) for input.x\[0\]"),
        (lambda m: replace(m, bindings=(Binding("rnn.g[0]", parse_range("Net!A1")),)), r"KeyError: 'rnn.g\[0\]'"),
        (lambda m: replace(m, bindings=(Binding("rnn.h[0]", parse_range("Net!A1:A3")),)),
         r"Net!A1:A3 has 3 cells, but rnn.h\[0\] has 2 elements"),
        (lambda m: replace(m, bindings=(Binding("rnn.h[0]", parse_range("Net!A1:A2"), 2),)),
         r"Net!A1:A2 shows rnn.h\[0\] of a sample that does not exist"),
        (lambda m: replace(m, helpers=(Helper(parse_range("Check!A1"), "1+1", (1.0, 2.0, 3.0)),)),
         "nothing says what Check!A1 should give"),
        (lambda m: replace(m, filled=(FilledHelper(parse_range("Check!A1:B9"), "1+1", (2.0,)),)),
         "nothing says what Check!A1:B9 should give"),
        (lambda m: replace(m, filled=(FilledHelper(parse_range("Check!A1:A1048576"), "1+1", (2.0,)),) * 5),
         "it speaks of more cells than a workbook may have"),
        (lambda m: replace(m, atol=1e-4), "it allows differences of more than 1e-06"),
        (lambda m: replace(m, rtol=float("nan")), "it allows differences of more than 1e-06"),
        (lambda m: replace(m, selector=parse_range("Data!B1:B2")), "its samples are selected by more than one cell"),
        (lambda m: replace(m, spec=replace(m.spec, calls=())), "contradicts itself"),
        (lambda m: replace(m, spec=replace(m.spec, inputs=(InputSpec("input", (10**12, 1)),))),
         "a model with 1000000000000 of anything has more than"),
        (lambda m: replace(m, helpers=(Helper(parse_range("Check!A1"), None, (1.0,)),)),
         "None is no formula with a value"),
    ],
)  # fmt: skip
def test_a_manifest_that_contradicts_itself_is_refused(
    right: WorkbookContent, small_book: SmallBook, change: Change, sentence: str
) -> None:
    """One sentence says what does not fit, and what to do."""
    with pytest.raises(WorkbookError, match=sentence) as error:
        expectation_of(with_manifest(right, change(small_book.manifest()).to_chunks()))

    assert str(error.value).endswith("build the workbook again")


def test_a_worksheet_that_only_the_selector_needs_is_missed_too(right: WorkbookContent, small_book: SmallBook) -> None:
    """Without it no sample can be selected."""
    manifest = replace(small_book.manifest(), selector=parse_range("Gone!A1"))

    with pytest.raises(WorkbookError, match="worksheet 'Gone' was deleted or renamed"):
        expectation_of(with_manifest(right, manifest.to_chunks()))


def _places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from _places(value, (*path, key))


@pytest.mark.parametrize("seed", range(120))
def test_any_mutated_manifest_ends_in_a_sentence_or_a_report(
    right: WorkbookContent, small_book: SmallBook, seed: int
) -> None:
    """Whatever one value is replaced by: no traceback of another kind, and no pass with fewer cells."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    data = json.loads("".join(small_book.manifest().to_chunks()))
    *way, last = rng.choice([p for p in _places(data) if p])
    node = data
    for key in way:
        node = node[key]
    node[last] = rng.choice([None, True, -1, 0, 1.5, 10**9, "", "x", "Net!A1", "NaN", [], {}, [1], {"a": 1}, "é" * 99])
    text = json.dumps(data)
    try:
        report = check_content(with_manifest(right, [text]), engine("ironcalc"))
    except XlcheckError:
        return
    else:
        assert report.counts.formula_cells >= len(small_book.formulas)
        if report.ok:
            assert report.counts.checked + report.counts.unbound == report.counts.formula_cells


def test_values_in_the_manifest_are_exact(small_book: SmallBook) -> None:
    """Every bit of every number survives the way through the worksheet."""
    back = Manifest.from_chunks(small_book.manifest().to_chunks())

    for name, values in small_book.trace.values.items():
        np.testing.assert_array_equal(back.trace[name], values)
