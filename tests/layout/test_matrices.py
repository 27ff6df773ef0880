"""The page of matrices: every product stands there with sizes that fit, and follows the sheets of the layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from drawn_plans import drawn
from lesson_plans import WORKBOOKS as NAMES, known_plan
from thorough import EVERY_CASE

from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.formulas.printing import Style
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.layout.chosen_step import ChosenStep
from xlcheck.layout.draft import Draft
from xlcheck.layout.matrices.per_step import NAME
from xlcheck.layout.plan import plan_model
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.views import View
from xlcheck.workbook.writer import write_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
_SELECTOR = (3, 2)


@dataclass(frozen=True)
class Shown:
    """A row or a matrix on the page: where its numbers begin, its size, and how many rows and columns are shown."""

    row: int
    column: int
    size: tuple[int, int]
    part: tuple[int, int]


def products_on(workbook: str) -> list[list[Shown]]:
    """What stands side by side on the page of a lesson."""
    return products_in(WORKBOOKS / f"{workbook}.xlsx")


@cache
def products_in(path: Path) -> list[list[Shown]]:
    """What stands side by side under sizes, read from these alone."""
    cells = read_workbook(path).sheets[NAME].cells
    found: dict[int, list[Shown]] = {}
    for (row, column), cell in sorted(cells.items()):
        text, _, cut = str(cell.value).partition(", the first ")
        if not (size := _numbers(text)):
            continue
        part = _numbers(cut) or (1, int(cut)) if cut else size
        found.setdefault(row, []).append(Shown(row + 1, column, size, part))
    return list(found.values())


def _numbers(text: str) -> tuple[int, int] | None:
    rows, times, columns = text.partition(" × ")
    return (int(rows), int(columns)) if times and rows.isdecimal() and columns.isdecimal() else None


@pytest.mark.parametrize(
    ("workbook", "products"),
    [
        ("rnn-dimensions", 3),  # the drop-down shows one step
        ("encoder-decoder", 8 + 8 + 1),  # a product for each gate's part of a kernel
        ("lstm", 2 * 2 + 1),  # all gates side by side, at both steps
        ("gru", 2 * 2 + 1),
        ("embedding", 2 * 3 + 1),  # a one-hot row times the table, too
        ("bidirectional", 2 * 4 + 1),
        ("next-word", 1 + 1),  # the word's row of the kernel is fetched, not multiplied
    ],
)
def test_sizes_fit(workbook: str, products: int) -> None:
    """Above each product stand three sizes: rows and columns on the left, on the right, and what is left over."""
    found = products_on(workbook)

    assert len(found) == products
    for shown in found:
        left, right, *bias, result = [part.size for part in shown]
        assert left[1] == right[0]
        assert result == (left[0], right[1])
        assert bias in ([], [result])


def read(session: object, shown: Shown) -> np.ndarray:
    """The numbers of a part."""
    area = Range(NAME, shown.row, shown.column, *shown.part)
    return np.array(session.read(area), dtype=float)


MODELS = [name for name in NAMES if not name.endswith("-training") and name != "vanishing-gradients"]


def test_each_lesson_on_a_model_has_the_page() -> None:
    """The others show training as a table, and gradients of single numbers: nothing there is multiplied as a matrix."""

    def has_page(name: str) -> bool:
        with ZipFile(WORKBOOKS / f"{name}.xlsx") as file:
            return f'name="{NAME}"' in file.read("xl/workbook.xml").decode()

    assert [name for name in NAMES if has_page(name)] == MODELS
    assert len(MODELS) == 17


@pytest.mark.parametrize("workbook", MODELS)
def test_what_stands_side_by_side_is_a_product(workbook: str) -> None:
    """At each step that can be chosen, NumPy multiplies and adds the numbers on the page to its results."""
    multiply(WORKBOOKS / f"{workbook}.xlsx")


def multiply(path: Path) -> None:
    """Ask NumPy for every product that is shown as a whole."""
    session = engine("ironcalc").open(path)
    chosen = read_workbook(path).sheets[NAME].cells.get(_SELECTOR)
    steps = int(chosen.value) if chosen is not None and isinstance(chosen.value, float) else 1
    whole = [shown for shown in products_in(path) if all(part.size == part.part for part in shown)]
    results = []
    for step in range(1, steps + 1):
        if steps > 1:
            session.set(NAME, *_SELECTOR, float(step))
        session.recalculate()
        for x, matrix, *bias, result in whole:
            desired = read(session, x) @ read(session, matrix) + sum(read(session, part) for part in bias)
            results.append(read(session, result))
            np.testing.assert_allclose(results[-1], desired, rtol=0, atol=1e-12 * max(1.0, abs(desired).max()))

    assert any(result.any() for result in results) or not whole


def written(seed: int, folder: Path, scale: float = 1.0) -> Path | None:
    """The workbook of a model drawn at random; None if it has no such page."""
    spec, trace, samples = drawn(seed)
    graph = forward_graph(spec)
    given = {q.name: trace[q.name] * (scale if q.is_weight else 1) for q in graph if q.expr is None}
    trace = Trace("numpy float64", evaluate(graph, given))
    plan = plan_model(spec, trace, trace, samples)
    if NAME not in {sheet.name for sheet in plan.sheets}:
        return None
    path = folder / f"{seed}.xlsx"
    write_workbook(plan, path)
    return path


def test_a_model_of_any_shape_has_the_page(tmp_path: Path) -> None:
    """If its products are small: random layers, sizes, steps and samples, multiplied by NumPy as the lessons' are."""
    pages = [path for seed in range(12 if EVERY_CASE else 5) if (path := written(seed, tmp_path)) is not None]

    assert len(pages) > 1
    for path in pages:
        multiply(path)


def test_of_many_layers_without_steps_no_step_is_chosen(tmp_path: Path) -> None:
    """However long the page is, a drop-down would have nothing to choose from."""
    options = {"units": 1, "activation": "tanh", "use_bias": False}
    layers = tuple(LayerSpec("Dense", f"d{k}", options, {"kernel": (1, 1)}) for k in range(20))
    spec = sequential("m", (1,), layers)
    given = {"input.x": np.ones((1, 1)), **{f"d{k}.kernel": np.ones((1, 1)) for k in range(20)}}
    trace = Trace("numpy float64", evaluate(forward_graph(spec), given))
    (page,) = [sheet for sheet in plan_model(spec, trace, trace, ["a"]).sheets if sheet.name == NAME]

    assert not page.drop_downs


@pytest.mark.parametrize("steps", [60, 61, 254, 255])
def test_of_many_steps_one_is_chosen(steps: int, tmp_path: Path) -> None:
    """Excel has no room for a long list in a drop-down itself; of more than a formula can choose from none is."""
    options = {"units": 1, "activation": "tanh", "use_bias": False, "return_sequences": False}
    layer = LayerSpec("SimpleRNN", "rnn", options, {"kernel": (1, 1), "recurrent_kernel": (1, 1)})
    spec = sequential("m", (steps, 1), (layer,))
    graph = forward_graph(spec)
    given = {q.name: np.full(q.shape if q.is_weight else (1, *q.shape), 0.5) for q in graph if q.expr is None}
    trace = Trace("numpy float64", evaluate(graph, given))
    plan = plan_model(spec, trace, trace, ["a"])
    write_workbook(plan, tmp_path / "m.xlsx")
    chosen = [sheet.drop_downs[0].choices for sheet in plan.sheets if sheet.name == NAME]

    sizes = [choices.size if isinstance(choices, Range) else len(choices) for choices in chosen]
    assert sizes == ([steps] if steps < 255 else [])


@pytest.mark.parametrize("codes", [2, 5, 8])
@pytest.mark.parametrize("size", [1, 5, 9])
def test_of_codes_as_much_is_shown_as_of_their_vectors(codes: int, size: int, tmp_path: Path) -> None:
    """A row of a 1 among zeros is cut like any other, where there is no room for all of a table of vectors."""
    words = LayerSpec("Embedding", "words", {"mask_zero": False}, {"embeddings": (codes, size)})
    options = {"units": 1, "activation": "tanh", "use_bias": False, "return_sequences": False}
    unit = LayerSpec("SimpleRNN", "rnn", options, {"kernel": (size, 1), "recurrent_kernel": (1, 1)})
    graph = forward_graph(spec := sequential("m", (2,), (words, unit)))
    given = {q.name: np.ones(q.shape if q.is_weight else (1, *q.shape)) for q in graph if q.expr is None}
    trace = Trace("numpy float64", evaluate(graph, given))
    path = tmp_path / "m.xlsx"
    write_workbook(plan_model(spec, trace, trace, ["a"]), path)

    (row, table, result), *_ = products_in(path)
    assert (row.size, table.size) == ((1, codes), (codes, size))
    assert (row.part[1], result.part[1]) == table.part
    assert (table.part == table.size) is (codes + 2 * size + 2 <= 20)


def test_a_model_at_real_size_has_not() -> None:
    """A page of parts of matrices says nothing."""
    layer = LayerSpec("Dense", "dense", {"units": 64, "activation": "tanh", "use_bias": False}, {"kernel": (32, 64)})
    spec = sequential("m", (32,), (layer,))
    given = {"input.x": np.ones((1, 32)), "dense.kernel": np.ones((32, 64))}
    trace = Trace("numpy float64", evaluate(forward_graph(spec), given))

    assert NAME not in {sheet.name for sheet in plan_model(spec, trace, trace, ["a"]).sheets}


def test_no_exponential_is_too_large_for_a_cell(tmp_path: Path) -> None:
    """Where the sums before a softmax are thousands, the page shows the shares alone, and no cell of it is an error."""
    seeds = [seed for seed in range(40) if drawn(seed)[0].layers[-1].options["activation"] == "softmax"]
    path = next(path for seed in seeds if (path := written(seed, tmp_path, 3000.0)) is not None)
    session = engine("ironcalc").open(path)
    session.recalculate()
    cells = read_workbook(path).sheets[NAME].cells

    assert [place for place in cells if str(session.read(Range(NAME, *place))[0][0]).startswith("#")] == []


@pytest.mark.parametrize(("workbook", "rows"), [("rnn-dimensions", 1), ("architectures", 3), ("encoder-decoder", 1)])
def test_the_softmax_of_the_chosen_step_follows(workbook: str, rows: int) -> None:
    """The exponentials, their sum, and what each is of it, whichever step is chosen."""
    session = engine("ironcalc").open(WORKBOOKS / f"{workbook}.xlsx")
    cells = read_workbook(WORKBOOKS / f"{workbook}.xlsx").sheets[NAME].cells
    found = [row for (row, column), cell in cells.items() if column == 0 and str(cell.value).startswith("exp(z")]
    shown = set()
    for step in (1.0, 2.0, 3.0):
        session.set(NAME, *_SELECTOR, step)
        session.recalculate()
        for row in found:
            size = sum((row, column) in cells for column in range(2, 20))
            exps, sums, shares = (np.array(session.read(Range(NAME, row + k, 2, 1, size))[0]) for k in range(3))
            np.testing.assert_allclose(sums[0], sum(exps), rtol=1e-12)
            np.testing.assert_allclose(shares.astype(float), exps.astype(float) / sums[0], atol=1e-12)
            shown.add((row, tuple(exps)))

    assert len(found) == rows
    assert len(shown) >= 3


def test_it_follows_the_layers() -> None:
    """A changed weight changes the product on the page."""
    session = engine("ironcalc").open(WORKBOOKS / "rnn-dimensions.xlsx")
    session.recalculate()
    page = parse_range(f"{NAME}!D8:Q25")
    before = session.read(page)
    session.set("Weights", 7, 1, 0.5)
    session.recalculate()

    assert session.read(page) != before


@pytest.mark.parametrize("workbook", ["next-word", "architectures"])
def test_of_large_matrices_a_part_is_shown(workbook: str) -> None:
    """As much on the left as meets the rows on the right, and the size says how much; dots say that more follows."""
    cells = read_workbook(WORKBOOKS / f"{workbook}.xlsx").sheets[NAME].cells
    cut = [shown for shown in products_on(workbook) if any(part.size != part.part for part in shown)]

    assert cut
    for x, matrix, *_, result in cut:
        assert x.part[1] == matrix.part[0]
        assert matrix.part[1] == result.part[1]
        if x.size != x.part:
            assert str(cells[x.row, x.column + x.part[1]].value) == "… ·"
            assert str(cells[matrix.row + matrix.part[0], matrix.column].value).startswith("… and ")


@pytest.mark.parametrize(("workbook", "printed"), [("lstm", True), ("encoder-decoder", True), ("embedding", False)])
def test_a_hand_out_keeps_its_length(workbook: str, *, printed: bool) -> None:
    """The page is printed, unless a toy lesson would have more than ten pages and one with the answers."""
    sheets = [sheet for sheet in known_plan(workbook).sheets if sheet.printed and not sheet.hidden]

    assert (NAME in {sheet.name for sheet in sheets}) is printed
    assert len(sheets) <= 11 or not all(sheet.one_page for sheet in sheets)


@pytest.mark.parametrize("workbook", MODELS)
def test_it_is_one_page_of_paper(workbook: str) -> None:
    """As is said on the page about sheets: in all lessons but three, of which one page could not be read."""
    page = next(sheet for sheet in known_plan(workbook).sheets if sheet.name == NAME)

    assert page.one_page is not (workbook in {"film-reviews", "encoder-decoder", "architectures"})


def steps_of(draft: Draft) -> Iterator[tuple[ChosenStep, list[Range]]]:
    """A drop-down for three steps, over cells side by side, and over some that are not."""
    for number, columns in enumerate(([2, 3, 4], [4, 2, 7])):
        sheet = draft.sheet(f"page{number}")
        yield ChosenStep(draft, sheet, (0, 0), 3), [Range("layer", 5, column) for column in columns]


def test_the_number_of_the_chosen_step_is_found_wherever_it_stands() -> None:
    """Cells side by side are one range; of others each is named."""
    dense = LayerSpec("Dense", "dense", {"units": 1, "activation": "linear", "use_bias": False}, {"kernel": (1, 1)})
    draft = Draft(forward_graph(sequential("m", (1,), (dense,))), Trace("nobody", {}), ("a",), Style.TEACHING)

    assert [chosen.reference(places) for chosen, places in steps_of(draft)] == [
        "INDEX(layer!$C$6:$E$6,1,$B$1)",
        "CHOOSE($B$1,layer!E6,layer!C6,layer!H6)",
    ]


def test_a_view_of_numbers_survives_the_manifest() -> None:
    """Numbers stay numbers, texts texts, and the tolerance is kept; another step gives other numbers."""
    cell, step = Range("page", 1, 1), Range("page", 0, 0)
    numbers = View(cell, "EXP(A2)", step, None, items=((1.0, 2.5), (3.0, 4.0)), atol=1e-12)
    texts = View(cell, "A2", step, None, items=(("1", "b"),))

    assert [View.from_json(view.to_json()) for view in (numbers, texts)] == [numbers, texts]
    helpers = [numbers.helper(Trace("nobody", {}), {step: chosen}) for chosen in (1, 2)]
    assert [(helper.desired, helper.atol) for helper in helpers] == [((1.0, 2.5), 1e-12), ((3.0, 4.0), 1e-12)]
