"""One layer that is trained over a batch, as people lay it out: every formula has a role, and one mistake is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import openpyxl
import pytest
from training_sheets import roots, trained

from fixtures.handmade.drawn.epochs import OPTIMISERS, SCHEDULES, EpochHabits, epochs_layout
from fixtures.handmade.workbook import to_bytes
from xlcheck.verdicts.report import Status

pytestmark = pytest.mark.keras

_PLAIN = EpochHabits(
    task="linear", samples=3, stream=False, optimiser="sgd", schedule="none", decay=False, clip=False, mean=True,
    error="cells", flipped=False, typed=False, loss=True, bias=True,
)  # fmt: skip


def is_whole(path: Path, habits: EpochHabits, seed: int = 1) -> bool:
    """Whether each formula of a sheet that an author makes is called right."""
    layout, _, _ = epochs_layout(Random(seed), "drawn", habits)
    path.write_bytes(to_bytes(layout))
    found = trained(path)
    return found is not None and found.results == () and found.checked == len(layout.formulas)


@pytest.mark.parametrize("task", ["linear", "logistic", "softmax"])
@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("error", ["cells", "inline"])
def test_a_batch_shares_its_weights(task: str, mean: bool, error: str, tmp_path: Path) -> None:
    """Rule: outputs that read the same weights are samples of one batch; its gradient is a mean or a sum over them."""
    assert is_whole(tmp_path / "w.xlsx", replace(_PLAIN, task=task, mean=mean, error=error))


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("typed", [False, True])
def test_an_optimiser_is_known_by_what_it_keeps(optimiser: str, typed: bool, tmp_path: Path) -> None:
    """Rule: what is kept of gradients, and the weight that moves by it, follow by numbers of hyperparameters alone."""
    assert is_whole(tmp_path / "w.xlsx", replace(_PLAIN, optimiser=optimiser, typed=typed), seed=4)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_a_rate_may_fall(schedule: str, optimiser: str, tmp_path: Path) -> None:
    """Rule: a learning rate may fall with the number of the step by a law that people use, in a cell of its own."""
    assert is_whole(tmp_path / "w.xlsx", replace(_PLAIN, schedule=schedule, optimiser=optimiser), seed=2)


@pytest.mark.parametrize(("decay", "clip"), [(True, False), (False, True), (True, True)])
@pytest.mark.parametrize("optimiser", ["sgd", "velocity"])
def test_weights_shrink_and_gradients_are_cut_off(decay: bool, clip: bool, optimiser: str, tmp_path: Path) -> None:
    """Rule: a part of the weight may be added to the gradient, kernels alone, and the gradient may have a bound."""
    assert is_whole(tmp_path / "w.xlsx", replace(_PLAIN, optimiser=optimiser, decay=decay, clip=clip), seed=3)


@pytest.mark.parametrize("error", ["cells", "inline"])
def test_a_perceptron_learns_by_its_rule(error: str, tmp_path: Path) -> None:
    """Rule: behind a threshold, what is wanted less what came out, times the input, moves the weights."""
    habits = replace(_PLAIN, task="perceptron", samples=1, stream=True, error=error, mean=False)
    assert is_whole(tmp_path / "w.xlsx", habits)


_WRONG = {
    "a square that is forgotten": ("adam", "w.nvkernel", lambda text: text.replace("^2", "")),
    "a sign": ("momentum", "w.nmkernel", lambda text: text.replace("-$", "+$")),
    "the gradient of another weight": ("rmsprop", "w.nvkernel", lambda text: text.replace("^2", "*2")),
}


@pytest.mark.parametrize("what", _WRONG)
def test_a_cell_that_keeps_another_number_is_blamed(what: str, tmp_path: Path) -> None:
    """Rule: one wrong cell among the slots of an optimiser is the root, and nothing else is."""
    optimiser, band, change = _WRONG[what]
    layout, _, _ = epochs_layout(Random(9), "drawn", replace(_PLAIN, optimiser=optimiser))
    steps = [
        (item.step or 0, cell) for cell, item in layout.formulas.items() if item.band == band and item.index == (0, 0)
    ]
    place = sorted(steps)[len(steps) // 2][1]
    path = tmp_path / "w.xlsx"
    path.write_bytes(to_bytes(layout))
    book = openpyxl.load_workbook(path)
    cell = book[place.sheet][place.a1]
    assert change(cell.value) != cell.value
    cell.value = change(cell.value)
    book.save(path)
    found = trained(path)

    assert found is not None
    assert roots(found) == [place.a1]


def test_a_square_that_all_rows_forget_is_no_pass(tmp_path: Path) -> None:
    """Rule: what every row keeps otherwise than any optimiser does gets no verdict."""
    layout, _, _ = epochs_layout(Random(9), "drawn", replace(_PLAIN, optimiser="adam"))
    path = tmp_path / "w.xlsx"
    path.write_bytes(to_bytes(layout))
    book = openpyxl.load_workbook(path)
    for place, item in layout.formulas.items():
        if item.band.startswith("w.nv"):
            cell = book[place.sheet][place.a1]
            cell.value = cell.value.replace("^2", "")
    book.save(path)
    found = trained(path)

    assert found is None or any(result.status is Status.NOT_EVALUATED for result in found.results)
    assert found is None or not any(result.status is Status.ROOT for result in found.results)


_STREAM = replace(_PLAIN, samples=1, stream=True, mean=False, loss=False)
_NO_PASS = {
    "a weight that is kept": lambda cells: {
        cells["w.kernel", (0, 0), t]: "={before}-AZ1*{gradient}" for t in (3, 4, 5)
    },
    "the target of the next step": lambda cells: {cells["l1.e", (0,), t]: "={output}-{next}" for t in (0, 1)},
    "a number where a line ends": lambda cells: {cells["w.dkernel", (0, 0), 5]: 0.25},
}


@pytest.mark.parametrize("what", _NO_PASS)
def test_what_many_rows_do_wrong_is_no_pass(what: str, tmp_path: Path) -> None:
    """Rule: a weight that is left as it is, another step's target and a number where a line ends are no pass."""
    layout, _, _ = epochs_layout(Random(9), "drawn", _STREAM)
    cells = {(item.band, item.index, item.step): place for place, item in layout.held.items()}
    assert max(step or 0 for _, _, step in cells) == 5
    path = tmp_path / "w.xlsx"
    path.write_bytes(to_bytes(layout))
    book = openpyxl.load_workbook(path)
    steps = {place: key[2] or 0 for key, place in cells.items()}
    for place, text in _NO_PASS[what](cells).items():
        t = steps[place]
        names = {
            "before": cells["w.kernel", (0, 0), max(t - 1, 0)].a1,
            "gradient": cells["w.dkernel", (0, 0), max(t - 1, 0)].a1,
            "output": cells["l1.o", (0,), t].a1, "next": cells["data.t", (0,), min(t + 1, 5)].a1,
        }  # fmt: skip
        book[place.sheet][place.a1] = text.format(**names) if isinstance(text, str) else text
    book.save(path)
    found = trained(path)

    assert found is None or found.without_cell or any(r.status is not Status.UNBOUND for r in found.results)


def test_a_decayed_gradient_that_no_update_reads_is_no_pass(tmp_path: Path) -> None:
    """Rule: an update that passes over what other cells make of its gradient gets no verdict."""
    layout, _, _ = epochs_layout(Random(3), "drawn", replace(_PLAIN, decay=True))
    places = {(item.band, item.index, item.step): place.a1 for place, item in layout.held.items()}
    path = tmp_path / "w.xlsx"
    path.write_bytes(to_bytes(layout))
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for (band, index, step), place in places.items():
        if band == "w.kernel" and step:
            decayed, plain = (places[name, index, step - 1] for name in ("w.lkernel", "w.dkernel"))
            sheet[place] = sheet[place].value.replace(decayed, plain)
    book.save(path)
    found = trained(path)

    assert found is not None
    assert {result.status for result in found.results} == {Status.NOT_EVALUATED}


def test_what_is_kept_of_a_weight_goes_on_from_the_step_before(tmp_path: Path) -> None:
    """Rule: an average that goes on from what was kept two steps before is blamed or open, for all weights."""
    layout, _, _ = epochs_layout(Random(9), "drawn", replace(_PLAIN, optimiser="adam"))
    places = {(item.band, item.index, item.step): place.a1 for place, item in layout.held.items()}
    last = max(step or 0 for _, _, step in places)
    path = tmp_path / "w.xlsx"
    path.write_bytes(to_bytes(layout))
    book = openpyxl.load_workbook(path)
    sheet = book.active
    wrong = set()
    for (band, index, step), place in places.items():
        if band.startswith("w.nm") and step == last:
            before, earlier = places[band, index, last - 1], places[band, index, last - 2]
            sheet[place] = sheet[place].value.replace(before, earlier)
            wrong.add(place)
    book.save(path)
    found = trained(path)

    assert found is not None
    assert {result.cell for result in found.results} == wrong
    assert {result.status for result in found.results} <= {Status.ROOT, Status.NOT_EVALUATED}


_SLIPS = {
    "a movement the other way in the last row": ("momentum", "w.nmbias", ("-$", "+$"), 5),
    "a bias that keeps another share": ("velocity", "w.nmbias", ("$A$2*", "$B$2*"), None),
    "squares that begin anew": ("adagrad", "w.nvbias", ("+", "*0+"), 4),
}


@pytest.mark.parametrize("what", _SLIPS)
def test_what_is_kept_otherwise_than_elsewhere_is_no_pass(what: str, tmp_path: Path) -> None:
    """Rule: movements go one way, weights keep one share, and only a first step may go on from nothing."""
    optimiser, band, (old, new), only = _SLIPS[what]
    layout, _, _ = epochs_layout(Random(9), "drawn", replace(_PLAIN, optimiser=optimiser))
    path = tmp_path / "w.xlsx"
    path.write_bytes(to_bytes(layout))
    book = openpyxl.load_workbook(path)
    changed = set()
    for place, item in layout.formulas.items():
        if item.band == band and only in (None, item.step):
            cell = book[place.sheet][place.a1]
            assert old in cell.value
            cell.value = cell.value.replace(old, new, 1)
            changed.add(place.a1)
    book.save(path)
    found = trained(path)

    assert changed
    assert found is not None
    assert {*roots(found)} <= changed
    assert found.without_cell or any(result.status is not Status.UNBOUND for result in found.results)
