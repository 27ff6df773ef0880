"""The lessons on training: 500 epochs number by number, what a learner changes, mistakes in the backward pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import epoch_differences
import pytest
from epoch_differences import OPTIMISER, manifest, place
from short_trainings import short_training
from thorough import EVERY_CASE, part_of

from xlcheck import api
from xlcheck.chapter.lessons.training import TRAINING_LESSONS
from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.workbook.constants import write_with_constants
from xlcheck.workbook.content import CellError
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[3] / "workbooks"
SHORT = 30  # epochs
STATUS, VERDICT = Range("Training", 4, 4), Range("Training", 5, 4)
STATE, DIFFERENCE = 2, 4
OBSOLETE = "An input was changed: Keras's columns no longer apply"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], api.Built]:
    """Each lesson's workbook, built once."""
    done: dict[str, api.Built] = {}

    def build(name: str) -> api.Built:
        if name not in done:
            done[name] = api.build(name, tmp_path_factory.mktemp("training") / f"{name}.xlsx")
        return done[name]

    return build


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Each lesson's workbook with its first epochs only, in which a mistake is found as in the whole one."""
    done: dict[str, Path] = {}

    def build(name: str) -> Path:
        if name not in done:
            done[name] = short_training(name, SHORT, tmp_path_factory.mktemp("short") / f"{name}.xlsx")
        return done[name]

    return build


@pytest.fixture
def session(built: Callable[[str], api.Built]) -> Any:
    """The SimpleRNN's workbook in an engine."""
    return engine("ironcalc", guarded=False).open(built("simple-rnn-training").path)


@pytest.mark.parametrize("name", part_of(list(TRAINING_LESSONS), 1))
def test_every_cell_of_all_epochs_agrees(name: str, built: Callable[[str], api.Built]) -> None:
    """Every formula cell of 500 epochs is checked and agrees with Keras within 1e-13, weights and loss included."""
    report = built(name).report

    assert report.ok
    assert report.counts.agree == report.counts.formula_cells > 29_000
    assert report.max_abs_error <= 1e-13
    assert not report.cells


@pytest.mark.parametrize("name", part_of(list(TRAINING_LESSONS), 1))
def test_bytes_are_those_in_the_repository(name: str, built: Callable[[str], api.Built]) -> None:
    """The stored training gives the stored workbook, byte for byte, whatever folder it is in."""
    assert built(name).path.read_bytes() == (WORKBOOKS / f"{name}.xlsx").read_bytes()


@pytest.mark.exhaustive
def test_a_second_engine_agrees(built: Callable[[str], api.Built]) -> None:
    """cellrune computes the same 500 epochs: of the LSTM where it matters, else of the SimpleRNN."""
    report = api.check(built("lstm-training" if EVERY_CASE else "simple-rnn-training").path, engine="cellrune")

    assert report.ok
    assert report.max_abs_error <= 1e-13


def test_the_sheet_itself_says_that_it_agrees(session: Any) -> None:
    """The verdict beside the inputs is live, and says how far the loss has come."""
    session.recalculate()

    assert session.read(VERDICT) == [["500 of 500 epochs agree with Keras in loss and weights"]]
    assert session.read(STATUS) == [["500 epochs: the mean loss has come to 0.505441"]]


@pytest.mark.parametrize(
    ("optimiser", "rate"),
    part_of([("SGD", 1e12), ("Adam", 1000.0), ("RMSprop", 1e4), ("Adam", 1e6), ("SGD", 1e5)], 1),
)
def test_divergence_is_named_and_makes_no_errors(
    session: Any, built: Callable[[str], api.Built], optimiser: str, rate: float
) -> None:
    """A learning rate that is far too large ends in "diverged at epoch n", and in no error in any cell."""
    require_named_divergence(session, built("simple-rnn-training").path, optimiser, rate)


@pytest.mark.parametrize("name", part_of(["cellrune", pytest.param("libreoffice", marks=pytest.mark.libreoffice)], 1))
@pytest.mark.parametrize("lesson", part_of(["simple-rnn-training", "rnn-dimensions-training"], 1))
def test_divergence_in_other_programs(lesson: str, name: str, short: Callable[[str], Path]) -> None:
    """The other engines name the divergence in the same way, and show no errors either."""
    path = short(lesson)
    require_named_divergence(engine(name, guarded=False).open(path), path, "SGD", 1e12)


def require_named_divergence(session: Any, path: Path, optimiser: str, rate: float) -> None:
    """Set a learning rate and require that every sheet says that it was too large, with no error in any cell."""
    cell = place(path, "optimiser.learning_rate")
    session.set(*OPTIMISER, optimiser)
    session.set(cell.sheet, cell.top, cell.left, rate)
    session.recalculate()
    table = manifest(path).epochs
    assert table is not None
    epochs = [table.area, Range(table.area.sheet, table.area.top, DIFFERENCE, table.area.rows)]
    elsewhere = [h.cell for h in manifest(path).helpers] + [b.area for b in manifest(path).bindings]
    read = [value for area in (*epochs, *elsewhere) for row in session.read(area) for value in row]
    ((status,),) = session.read(STATUS)
    diverged = re.fullmatch(r"The training has diverged at epoch (\d+): the learning rate is too large", str(status))

    assert diverged is not None
    assert not [value for value in read if isinstance(value, CellError)]
    assert session.read(Range("Start", 3, 0)) == session.read(VERDICT) == [[OBSOLETE]]
    states = [value for (value,) in session.read(Range(table.area.sheet, table.area.top, STATE, table.area.rows))]
    assert states.index("diverged") == int(diverged[1]) - 1


@pytest.mark.parametrize(
    "name", part_of(["ironcalc", "cellrune", pytest.param("libreoffice", marks=pytest.mark.libreoffice)], 1)
)
def test_keras_no_longer_applies_after_a_change(name: str, short: Callable[[str], Path]) -> None:
    """Whatever the learner changes, Keras's differences give way to a dash; put back, they come back."""
    path = short("simple-rnn-training")
    table = manifest(path).epochs
    assert table is not None
    rate, kernel, delta = (place(path, q) for q in ("optimiser.learning_rate", "dense.kernel", "nudge.delta"))
    beginning = manifest(path).trace["dense.kernel"].item()
    changes: list[tuple[Any, float | str, float | str, bool]] = [
        ((rate.sheet, rate.top, rate.left), 0.002, 0.001, False),
        (OPTIMISER, "SGD", "Adam", False),
        ((kernel.sheet, kernel.top, kernel.left), 1.5, beginning, False),
        ((delta.sheet, delta.top, delta.left), 1e-4, 1e-5, True),  # nudging is no part of the training
    ]
    session = engine(name, guarded=False).open(path)
    agreement = f"{SHORT} of {SHORT} epochs agree with Keras in loss and weights"
    for where, changed, original, applies in changes:
        for value in (changed, original):
            session.set(*where, value)
            session.recalculate()
            shown = session.read(Range(table.area.sheet, table.area.top, DIFFERENCE, table.area.rows))
            valid = applies or value == original

            assert session.read(VERDICT) == [[agreement if valid else OBSOLETE]], where
            assert {type(v) for (v,) in shown} == {float if valid else str}, where


@pytest.mark.keras
@pytest.mark.exhaustive
@pytest.mark.parametrize("optimiser", epoch_differences.RATES)
@pytest.mark.parametrize("lesson", epoch_differences.LESSONS)
def test_500_epochs_of_each_optimiser(lesson: str, optimiser: str, built: Callable[[str], api.Built]) -> None:
    """Both engines end 500 epochs within 1e-12 of Keras's weights, and every loss is within 1e-13."""
    path, rate = built(lesson).path, epoch_differences.RATES[optimiser]
    truth = epoch_differences.keras(path, optimiser, rate)
    for name in ("ironcalc", "cellrune"):
        found = epoch_differences.differences(epoch_differences.in_the_sheet(path, optimiser, rate, name), truth)

        assert found.loss <= 1e-13, (name, found)
        assert found.weight <= 1e-12, (name, found)


@pytest.mark.parametrize("name", part_of(list(TRAINING_LESSONS), 1))
def test_nudging_finds_the_gradients(name: str, built: Callable[[str], api.Built]) -> None:
    """Beside every gradient stands what nudging the weight gives; they agree to about ten digits, and follow δ."""
    path = built(name).path
    session = engine("ironcalc", guarded=False).open(path)
    delta = place(path, "nudge.delta")
    gradients = [b.area for b in manifest(path).bindings if ".d_" in b.quantity and ".new_" in by_weight(b.quantity)]
    differences = {}
    for size in (1e-5, 1e-2):
        session.set(delta.sheet, delta.top, delta.left, size)
        session.recalculate()
        rows = [session.read(Range(area.sheet, area.top, area.left, 1, 3))[0] for area in gradients]
        differences[size] = max(abs(gradient - nudged) for gradient, nudged, _ in rows)
        assert [difference for *_, difference in rows] == [gradient - nudged for gradient, nudged, _ in rows]

    assert len(gradients) == {"simple-rnn-training": 5, "lstm-training": 14, "rnn-dimensions-training": 33}[name]
    assert differences[1e-5] < 1e-9
    assert 1e-7 < differences[1e-2] < 1e-3  # about δ² of it


def by_weight(gradient: str) -> str:
    """The name of the new weight that goes with a gradient, for those of weights; else nothing."""
    return gradient.replace(".d_", ".new_") if not gradient.startswith("sample") else ""


@pytest.mark.keras
def test_nudged_runs_are_checked_against_keras_anew(short: Callable[[str], Path], tmp_path: Path) -> None:
    """After a learner has changed δ and a weight, the nudged runs are those of Keras with both."""
    source = short("simple-rnn-training")
    kernel, delta = place(source, "dense.kernel"), place(source, "nudge.delta")
    path = tmp_path / "changed.xlsx"
    changes = {kernel.sheet: {(kernel.top, kernel.left): 1.5}, delta.sheet: {(delta.top, delta.left): 1e-3}}
    write_with_constants(source, path, changes)
    report = api.check(path)

    assert {edit.quantity for edit in report.edits} == {"dense.kernel[0]", "nudge.delta[0]"}
    assert report.counts.root == report.counts.carried == 0
    assert report.max_abs_error <= 1e-12


def test_a_mistake_in_a_nudged_run_is_its_root(short: Callable[[str], Path], tmp_path: Path) -> None:
    """The nudged runs are judged like everything else, and the report says which run it is."""
    source = short("simple-rnn-training")
    table = manifest(source).nudges
    assert table is not None
    cell = Range(table.area.sheet, table.area.top + 3, table.columns["sample2.simple_rnn.z[1]"]).a1
    path = tmp_path / "planted.xlsx"
    planted(source, path, table.area.sheet, cell, lambda formula: formula.replace("+", "-", 1))
    report = api.check(path)

    assert [(root.sheet, root.cell) for root in report.roots] == [("Nudge", cell)]
    assert report.roots[0].message.startswith("Run 4: ")


@pytest.mark.keras
def test_a_changed_learning_rate_is_checked_against_keras_anew(short: Callable[[str], Path], tmp_path: Path) -> None:
    """After a learner has changed the learning rate, the check trains again in Keras, and still all cells agree."""
    source = short("simple-rnn-training")
    cell = place(source, "optimiser.learning_rate")
    path = tmp_path / "changed.xlsx"
    write_with_constants(source, path, {cell.sheet: {(cell.top, cell.left): 0.003}})
    report = api.check(path)

    assert [edit.quantity for edit in report.edits] == ["optimiser.learning_rate[0]"]
    assert report.counts.root == report.counts.carried == 0
    assert report.max_abs_error <= 1e-12


def planted(source: Path, target: Path, sheet: str, cell: str, change: Callable[[str], str]) -> None:
    """A copy of a workbook with one formula changed in the file itself."""
    part = f"xl/worksheets/sheet{list(read_workbook(source).sheets).index(sheet) + 1}.xml"
    with ZipFile(source) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                text = content.decode()
                found = re.search(rf'(<c r="{cell}"[^>]*><f>)([^<]*)(</f>)', text)
                assert found is not None, cell
                assert change(found[2]) != found[2], found[2]
                text = text[: found.start(2)] + change(found[2]) + text[found.end(2) :]
                content = text.encode()
            new.writestr(name, content)


def of_epoch(path: Path, quantity: str, epoch: int) -> tuple[str, str]:
    """The sheet and address of a number in an epoch, counted from 1."""
    table = manifest(path).epochs
    assert table is not None
    return table.area.sheet, Range(table.area.sheet, table.area.top + epoch - 1, table.columns[quantity]).a1


FAULTS: dict[str, tuple[str, str, Callable[[str], str], str]] = {
    "a chain factor is missing": (
        "simple-rnn-training", "sample1.simple_rnn.d_z[0]", lambda f: f[: f.index("*(1")], "missing-chain-factor",
    ),
    "a sign is wrong": (
        "lstm-training", "sample1.dense.d_z", lambda f: f.replace("-", "+"), "wrong-sign",
    ),
    "a step is forgotten": (
        "simple-rnn-training", "simple_rnn.d_kernel", lambda f: f.rpartition("+")[0], "forgotten-term",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_planted_mistakes_are_roots_at_their_cells(name: str, short: Callable[[str], Path], tmp_path: Path) -> None:
    """A mistake in one epoch's backward pass is the only root, under its name; later epochs follow from it."""
    lesson, quantity, change, diagnosis = FAULTS[name]
    source = short(lesson)
    sheet, cell = of_epoch(source, quantity, 10)
    path = tmp_path / "planted.xlsx"
    planted(source, path, sheet, cell, change)
    report = api.check(path)

    assert [(root.cell, root.diagnosis) for root in report.roots] == [(cell, diagnosis)]
    assert report.roots[0].message.startswith("Epoch 10: ")
    assert report.counts.carried > 500


def test_epsilon_inside_the_root(short: Callable[[str], Path], tmp_path: Path) -> None:
    """Adam's ε inside the root instead of outside is a root under its own name."""

    source = short("simple-rnn-training")
    sheet, cell = of_epoch(source, "dense.new_kernel", 20)
    path = tmp_path / "planted.xlsx"
    outside = re.compile(r"\(SQRT\(([A-Z]+\d+)\)\+(Training!\$B\$\d+)\)")
    planted(source, path, sheet, cell, lambda formula: outside.sub(r"SQRT(\1+\2)", formula))
    report = api.check(path)

    assert [(root.cell, root.diagnosis) for root in report.roots] == [(cell, "epsilon-misplaced")]


def test_a_transposed_kernel(short: Callable[[str], Path], tmp_path: Path) -> None:
    """A recurrent kernel used without transposing it on the way back is a root under its own name."""
    source = short("rnn-dimensions-training")
    sheet, cell = of_epoch(source, "sample1.simple_rnn.d_h[1][0]", 15)
    table = manifest(source).epochs
    assert table is not None
    path = tmp_path / "planted.xlsx"

    def transposed(text: str) -> str:
        for k in (1, 2):
            right, wrong = (
                Range(sheet, parse_range(cell).top - 1, table.columns[f"simple_rnn.new_recurrent_kernel[{i}][{j}]"]).a1
                for i, j in ((0, k), (k, 0))
            )
            text = text.replace(right, wrong)
        return text

    planted(source, path, sheet, cell, transposed)
    report = api.check(path)

    assert [(root.cell, root.diagnosis) for root in report.roots] == [(cell, "transposed-kernel")]


@pytest.mark.thorough
@pytest.mark.libreoffice
@pytest.mark.parametrize("name", TRAINING_LESSONS)
def test_every_cell_agrees_in_libreoffice(name: str, built: Callable[[str], api.Built]) -> None:
    """LibreOffice computes the same 500 epochs and nudged runs within 1e-13."""
    report = api.check(built(name).path, engine="libreoffice")

    assert report.ok
    assert report.max_abs_error <= 1e-13
