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

from xlcheck.engines import engine
from xlcheck.errors import NothingCheckedError, WorkbookError, XlcheckError
from xlcheck.formulas.addresses import parse_range
from xlcheck.graph.trace import Trace
from xlcheck.model.model_spec import InputSpec, LayerSpec
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.generated.expectation import expectation_of, own_sheets
from xlcheck.workbook.bindings import Binding, FilledHelper, Helper
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent
from xlcheck.workbook.manifest import FORMAT, OLDER, SHEET, Manifest, sealed
from xlcheck.workbook.reader import read_workbook


@pytest.fixture(scope="module")
def right(small_book: SmallBook, tmp_path_factory: pytest.TempPathFactory) -> WorkbookContent:
    """The right workbook as it was read."""
    path: Path = tmp_path_factory.mktemp("expectation") / "small.xlsx"
    small_book.write(path)
    return read_workbook(path)


def with_manifest(content: WorkbookContent, chunks: list[str]) -> WorkbookContent:
    """The same workbook with another manifest; what else it says of how it was written stays."""
    others = {place: cell for place, cell in content.sheets[SHEET].cells.items() if place[1]}
    hidden = SheetContent(SHEET, "veryHidden", {(row, 0): Cell(chunk) for row, chunk in enumerate(chunks)} | others)
    return replace(content, sheets={**content.sheets, SHEET: hidden})


def test_a_whole_manifest_is_believed(right: WorkbookContent, small_book: SmallBook) -> None:
    """Manifest and graph come back as they were written."""
    manifest, graph = expectation_of(right)

    assert manifest.bindings == small_book.manifest().bindings
    assert [q.name for q in graph] == [q.name for q in small_book.graph]


def test_a_workbook_of_an_older_xlcheck_is_checked(right: WorkbookContent, small_book: SmallBook) -> None:
    """It does not say how its words were written: a note, and with `strict` no pass; its cells agree as they did."""
    _, *text = small_book.manifest().to_chunks()
    hidden = {(row, 0): Cell(chunk) for row, chunk in enumerate(sealed("".join(text), OLDER[0]))}
    older = replace(right, sheets={**right.sheets, SHEET: SheetContent(SHEET, "veryHidden", hidden)})

    report = check_content(older, engine("ironcalc"))
    assert report.ok
    assert any("an older xlcheck made it" in note for note in report.notes)
    assert not replace(report, strict=True).ok


def test_a_workbook_does_not_become_older_by_its_seal(right: WorkbookContent, small_book: SmallBook) -> None:
    """Another format in the seal alone makes the text another one than was sealed."""
    seal, *text = small_book.manifest().to_chunks()
    older = seal.replace(f'"format": {FORMAT}', f'"format": {OLDER[0]}')
    with pytest.raises(WorkbookError, match="its text was changed"):
        expectation_of(with_manifest(right, [older, *text]))


Change = Callable[[Manifest], Manifest]


def _without(name: str) -> Change:
    return lambda m: replace(m, trace=Trace("t", {k: v for k, v in m.trace.values.items() if k != name}))


def _with_layer(kind: str, options: dict[str, Any]) -> Change:
    return lambda m: replace(m, spec=replace(m.spec, layers=(LayerSpec(kind, "layer", options),)))


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
        *((_with_layer(kind, options), "a model with 1000000000000 of anything has more than")
          for kind, options in (("RepeatVector", {"n": 10**12}), ("Conv1DTranspose", {"strides": [10**12]}),
                                ("ZeroPadding1D", {"padding": [0, 10**12]}))),
    ],
)  # fmt: skip
def test_a_manifest_that_contradicts_itself_is_refused(
    right: WorkbookContent, small_book: SmallBook, change: Change, sentence: str
) -> None:
    """One sentence says what does not fit, and what to do, although the seal is that of the text."""
    with pytest.raises(WorkbookError, match=sentence) as error:
        expectation_of(with_manifest(right, change(small_book.manifest()).to_chunks()))

    assert str(error.value).endswith("build the workbook again")


def test_a_helper_without_a_formula_is_refused(right: WorkbookContent, small_book: SmallBook) -> None:
    """What is no text is named as such, and not taken for a formula."""
    data = json.loads("".join(small_book.manifest().to_chunks()[1:]))
    data["helpers"].append(["Check!A1", None, [1.0]])
    with pytest.raises(WorkbookError, match="None is no formula with a value"):
        expectation_of(with_manifest(right, sealed(json.dumps(data))))


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
    rng = random.Random(seed)
    data = json.loads("".join(small_book.manifest().to_chunks()[1:]))
    *way, last = rng.choice([p for p in _places(data) if p])
    node = data
    for key in way:
        node = node[key]
    node[last] = rng.choice([None, True, -1, 0, 1.5, 10**9, "", "x", "Net!A1", "NaN", [], {}, [1], {"a": 1}, "é" * 99])
    try:
        report = check_content(with_manifest(right, sealed(json.dumps(data))), engine("ironcalc"))
    except XlcheckError:
        return
    else:
        assert report.counts.formula_cells >= len(small_book.formulas)
        if report.ok:
            assert report.counts.checked == report.counts.formula_cells


def spoiled(chunks: list[str], how: str) -> list[str]:
    """A sealed text that something happened to."""
    seal, *text = chunks
    match how:
        case "cut off":
            return [seal, *text[:-1], text[-1][:-1]]
        case "nothing but the seal":
            return [seal]
        case "a letter changed":
            return [seal, text[0].replace("Net!", "All!", 1), *text[1:]]
        case "no seal":
            return text
        case "an older format":
            return [seal.replace(f'"format": {FORMAT}', '"format": 1'), *text]
        case _:
            raise AssertionError(how)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("cut off", r"damaged \(\d+ of \d+ characters are there\)"),
        ("nothing but the seal", r"damaged \(0 of \d+ characters are there\)"),
        ("a letter changed", r"damaged \(its text was changed after the workbook was built\)"),
        ("no seal", "damaged"),
        ("an older format", r"damaged \(format 1 instead of 5\)"),
    ],
)
def test_a_text_that_is_not_the_sealed_one_is_refused(
    right: WorkbookContent, small_book: SmallBook, how: str, sentence: str
) -> None:
    """Whatever was changed, no other cell is looked at before the hidden worksheet is whole."""
    with pytest.raises(WorkbookError, match=sentence) as error:
        expectation_of(with_manifest(right, spoiled(small_book.manifest().to_chunks(), how)))

    assert error.value.exit_code == 3
    assert str(error.value).endswith("build the workbook again")


def less_by_one(manifest: Manifest) -> Iterator[tuple[Binding | Helper, Manifest]]:
    """Each binding and each helper, with a manifest that lacks it."""
    for place, binding in enumerate(manifest.bindings):
        yield binding, replace(manifest, bindings=(*manifest.bindings[:place], *manifest.bindings[place + 1 :]))
    for place, helper in enumerate(manifest.helpers):
        yield helper, replace(manifest, helpers=(*manifest.helpers[:place], *manifest.helpers[place + 1 :]))


def test_whatever_is_left_out_of_a_manifest_breaks_the_seal(right: WorkbookContent, small_book: SmallBook) -> None:
    """Each binding and each helper in turn."""
    seal = small_book.manifest().to_chunks()[0]

    for _, less in less_by_one(small_book.manifest()):
        with pytest.raises(WorkbookError, match=r"\d+ of \d+ characters are there"):
            expectation_of(with_manifest(right, [seal, *less.to_chunks()[1:]]))


def test_whatever_is_left_out_of_a_manifest_that_was_sealed_anew_is_missed(
    right: WorkbookContent, small_book: SmallBook
) -> None:
    """Without a binding or a helper, each in turn, no workbook passes of which a formula was not checked.

    What is given to the network may be known once where it was known twice, as a constant and as its look-up.
    """
    outcomes = []
    for item, less in less_by_one(small_book.manifest()):
        try:
            report = check_content(with_manifest(right, less.to_chunks()), engine("ironcalc"))
        except WorkbookError as error:
            outcomes.append((item, "refused" if "it does not say where" in str(error) else str(error)))
            continue
        whole = report.counts.checked == report.counts.formula_cells == len(small_book.formulas)
        # A number that nobody knows any more is one that was not written as such, or does not follow other numbers.
        assert report.ok == (whole and not report.reservations and not report.roots)
        assert report.exit_code == (0 if report.ok else 1 if report.roots else 3)
        outcomes.append((item, "passed" if report.ok else "missed"))
    passed = [item for item, outcome in outcomes if outcome == "passed"]

    assert {outcome for _, outcome in outcomes} == {"refused", "missed", "passed"}
    assert all(
        small_book.graph[item.quantity].expr is None
        if isinstance(item, Binding)
        else item.cell in {binding.area for binding in small_book.bindings}
        for item in passed
    )


def test_a_manifest_without_bindings_is_refused(right: WorkbookContent, small_book: SmallBook) -> None:
    """Helpers alone prove nothing of the network."""
    with pytest.raises(WorkbookError, match=r"contradicts itself \(it does not say where rnn.kernel stands\)"):
        expectation_of(with_manifest(right, replace(small_book.manifest(), bindings=()).to_chunks()))


def test_without_a_selector_not_all_samples_can_be_seen(right: WorkbookContent, small_book: SmallBook) -> None:
    """A workbook that shows the first of two samples would pass on that one alone."""
    with pytest.raises(WorkbookError, match="it has 2 samples and no cell that selects one"):
        expectation_of(with_manifest(right, replace(small_book.manifest(), selector=None).to_chunks()))


def test_the_worksheet_of_a_layer_is_never_somebody_s_own(right: WorkbookContent, small_book: SmallBook) -> None:
    """Where nothing is said of a worksheet named after a layer, its formulas are missed."""
    layer = SheetContent("rnn", "visible", {(0, 0): Cell(2.0, "1+1")})
    with_layer = replace(right, sheets={**right.sheets, "rnn": layer})

    assert "rnn" in own_sheets(small_book.manifest())
    assert "Scratch" not in own_sheets(small_book.manifest())
    assert expectation_of(with_layer)[0].bindings == small_book.manifest().bindings


def test_values_in_the_manifest_are_exact(small_book: SmallBook) -> None:
    """Every bit of every number survives the way through the worksheet."""
    back = Manifest.from_chunks(small_book.manifest().to_chunks())

    for name, values in small_book.trace.values.items():
        np.testing.assert_array_equal(back.trace[name], values)


def test_a_renamed_worksheet_is_called_by_both_names() -> None:
    """Formulas follow it, so all may be right: nothing was checked, and nothing is wrong with the file."""
    content = read_workbook(Path(__file__).parents[2] / "workbooks" / "lstm.xlsx")
    renamed = {("My LSTM" if name == "lstm" else name): sheet for name, sheet in content.sheets.items()}

    with pytest.raises(
        NothingCheckedError, match="'lstm' is called 'My LSTM' now, and was not checked; call it 'lstm' again, or"
    ):
        expectation_of(replace(content, sheets=renamed))
    del renamed["My LSTM"]
    with pytest.raises(WorkbookError, match="worksheet 'lstm' was deleted or renamed"):
        expectation_of(replace(content, sheets=renamed))
