"""Asking Keras whether the fixtures still hold."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from thorough import part_of

from xlcheck.chapter.recordings import regenerate
from xlcheck.chapter.recordings.names import FIXTURES, VANISHING
from xlcheck.chapter.recordings.regenerate import FLOAT64, VerificationReport, compare, verify_fixtures, write_fixtures
from xlcheck.chapter.recordings.store import fixtures_folder, load_fixture, read_fixture, write_fixture
from xlcheck.chapter.recordings.training import load_training, read_training, write_training
from xlcheck.chapter.training.epochs import training_fixture
from xlcheck.errors import DataError, ModelError, UsageError
from xlcheck.graph.trace import Trace
from xlcheck.oracle import record

pytestmark = [
    pytest.mark.keras,
    # Keras's own conversion of its variables, with NumPy 2.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
]


def copy(name: str, folder: Path, **changes: float) -> None:
    """Copy a fixture, adding to the first element of the named quantities of its float64 trace."""
    shutil.copy(fixtures_folder() / f"{name}.keras", folder)
    fixture = load_fixture(name)
    values = {key: value.copy() for key, value in fixture.trace.values.items()}
    for quantity, difference in changes.items():
        values[quantity].flat[0] += difference
    write_fixture(replace(fixture, trace=Trace("keras float64", values)), folder / f"{name}.json")


@pytest.mark.exhaustive
def test_stored_fixtures_hold() -> None:
    """Keras, here and now, gives the stored numbers within the tolerances, trained anew as well.

    Two or three of them stand for all, which `xlcheck fixtures --verify` asks for in every build.
    """
    names = part_of(("simple-rnn", "lstm-book", "word-order"), 2)
    report = verify_fixtures(names, fixtures_folder())

    assert set(names) < set(FIXTURES)
    assert report.ok, report.text()
    assert [item.name for item in report.fixtures] == list(names)


def test_moved_quantity_is_named(tmp_path: Path) -> None:
    """A value that is 1e-12 off is named with its distance in ULPs, and no other value is."""
    copy("lstm-book", tmp_path, **{"lstm.f[1]": 1e-12})
    report = verify_fixtures(["lstm-book"], tmp_path)
    (moved,) = [item for item in report.fixtures[0].moved if not item.ok]

    assert not report.ok
    assert (moved.source, moved.quantity) == ("float64", "lstm.f[1]")
    assert moved.max_abs_error == pytest.approx(1e-12, rel=1e-3)
    assert moved.ulps == pytest.approx(1e-12 / np.spacing(load_fixture("lstm-book").trace["lstm.f[1]"].max()), rel=1e-3)
    assert "lstm-book: no longer holds" in report.text()
    assert f"float64 lstm.f[1] moved by 1e-12 ({moved.ulps:.1f} ULP)" in report.text()


def test_changed_weight_is_seen(tmp_path: Path) -> None:
    """A weight that was changed in the file changes what Keras computes, and the stored values no longer hold."""
    copy("simple-rnn-book", tmp_path, **{"simple_rnn.kernel": 1e-9})
    report = verify_fixtures(["simple-rnn-book"], tmp_path)

    assert "simple_rnn.xk[0]" in [item.quantity for item in report.fixtures[0].moved if not item.ok]


@pytest.mark.parametrize(("quantity", "moved", "ok"), [
    ("dense.kernel", 0.03, True), ("dense.kernel", 0.2, False), ("history", 4e-3, True), ("history", 0.05, False),
])  # fmt: skip
def test_wandering_weights(quantity: str, moved: float, ok: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rounding leads weights astray, they may differ by more than losses may, but not by anything."""
    fixture = load_fixture("next-word")
    trained = {**fixture.trace_float32.values, "history": np.array(fixture.history)}
    trained[quantity] = trained[quantity] + moved
    monkeypatch.setattr(regenerate, "_train", lambda *_: trained)
    # What does not depend on them is as it is stored.
    stored = {"float64": fixture.trace, "float32": fixture.trace_float32}
    monkeypatch.setattr(record, "retrace", lambda *_, dtype="float64": stored[dtype])
    monkeypatch.setattr(regenerate, "_further", lambda _: fixture.further)
    report = verify_fixtures(["next-word"], fixtures_folder())

    assert report.ok == ok
    assert [item.quantity for item in report.fixtures[0].moved if item.source == "trained"] == [quantity]


@pytest.mark.parametrize(("moved", "ok"), [(0.9e-3, True), (1.1e-3, False)])
def test_trained_anew_a_weight_may_move_by_a_thousandth(
    moved: float, ok: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the largest weight of its kind, or of 1: other orders of summation were seen to move weights by 1.2e-4."""
    fixture = load_fixture("simple-rnn")
    trained = {**fixture.trace_float32.values, "history": np.array(fixture.history)}
    bias = trained["dense.bias"] = trained["dense.bias"].copy()
    bias[0] += moved * max(1.0, np.abs(bias).max())
    monkeypatch.setattr(regenerate, "_train", lambda *_: trained)
    stored = {"float64": fixture.trace, "float32": fixture.trace_float32}
    monkeypatch.setattr(record, "retrace", lambda *_, dtype="float64": stored[dtype])

    assert verify_fixtures(["simple-rnn"], fixtures_folder()).ok == ok


def test_other_saved_model_is_seen(tmp_path: Path) -> None:
    """The `.keras` file must hold the stored weights exactly."""
    copy("lstm-book", tmp_path)
    shutil.copy(fixtures_folder() / "lstm.keras", tmp_path / "lstm-book.keras")
    report = verify_fixtures(["lstm-book"], tmp_path)

    assert {item.source for item in report.fixtures[0].moved if not item.ok} == {"saved"}


def test_written_fixtures_are_the_stored_ones(tmp_path: Path) -> None:
    """What Keras cannot change with the processor is written as it is stored, into a folder that is made for it."""
    folder = tmp_path / "new" / "fixtures"
    written = write_fixtures(["rnn-dimensions-book"], folder)

    assert {path.name for path in written} == {"schema.json", "rnn-dimensions-book.json", "rnn-dimensions-book.keras"}
    assert read_fixture(folder / "rnn-dimensions-book.json").spec == load_fixture("rnn-dimensions-book").spec
    assert verify_fixtures(["rnn-dimensions-book"], folder).ok


def test_unknown_name(tmp_path: Path) -> None:
    """A fixture that does not exist is refused by name, before anything is trained or written."""
    for function in (verify_fixtures, write_fixtures):
        with pytest.raises(UsageError, match=r"no fixture 'gpt'; there are simple-rnn, .* such as options/lstm"):
            function(["gpt"], tmp_path)

    assert not list(tmp_path.iterdir())


def test_missing_files(tmp_path: Path) -> None:
    """A folder without the fixture or without its model is an error that names the file."""
    with pytest.raises(DataError, match=r"lstm-book\.json cannot be read"):
        verify_fixtures(["lstm-book"], tmp_path)
    shutil.copy(fixtures_folder() / "lstm-book.json", tmp_path)
    with pytest.raises(ModelError, match=r"lstm-book\.keras: there is no such file"):
        verify_fixtures(["lstm-book"], tmp_path)


def test_nothing_verified_is_no_pass() -> None:
    """A verification of no fixture at all is not a success."""
    assert not VerificationReport(()).ok


def test_nan_never_agrees() -> None:
    """A NaN where a number was stored is outside every tolerance."""
    (moved,) = compare("float64", {"a": np.array([[1.0]])}, {"a": np.array([[np.nan]])}, FLOAT64)

    assert not moved.ok


def test_lost_quantity_is_an_error() -> None:
    """A stored quantity that Keras no longer has is named."""
    with pytest.raises(DataError, match="b is stored"):
        compare("float64", {"b": np.array([[1.0]])}, {}, FLOAT64)


@pytest.mark.exhaustive  # `xlcheck fixtures --verify` asks for all in every build
@pytest.mark.parametrize("name", [VANISHING, "simple-rnn-training"])
def test_trainings_are_written_as_they_are_stored(name: str, tmp_path: Path) -> None:
    """What is written anew is what is stored, within the tolerances."""
    write_fixtures([name], tmp_path)
    stored, written = load_training(name), read_training(tmp_path / f"{name}.npz")

    assert written.spec == stored.spec
    assert list(written.training.values) == list(stored.training.values)
    assert all(
        item.ok for item in compare("epochs", stored.training.values, written.training.values, regenerate.EPOCHS)
    )  # fmt: skip


@pytest.mark.exhaustive
def test_a_changed_epoch_is_named(tmp_path: Path) -> None:
    """A short training holds; a number that was changed in one of its epochs is named, and nothing else."""
    name = "simple-rnn-training"
    path = tmp_path / f"{name}.npz"
    stored = training_fixture(name, epochs=20)
    write_training(stored, path)
    verified = verify_fixtures([name], tmp_path).fixtures[0]

    assert verified.ok
    assert verified.compared == len(stored.training.values) + len(stored.nudged) + len(stored.single)

    changed = dict(stored.training.values)
    quantity = next(key for key in reversed(changed) if changed[key].any())
    changed[quantity] = changed[quantity] * (1 + 1e-6)
    write_training(replace(stored, training=replace(stored.training, values=changed)), path)
    verified = verify_fixtures([name], tmp_path).fixtures[0]

    assert not verified.ok
    assert [item.quantity for item in verified.moved if not item.ok] == [quantity]
