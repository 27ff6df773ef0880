"""Parts of building by themselves: lessons that do not go with their options, what is asked of a hand-made check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlcheck.building import handmade
from xlcheck.building.lesson import write_lesson
from xlcheck.building.tracing import trace_model
from xlcheck.chapter.lessons.catalogue import ALL_LESSONS, is_trained
from xlcheck.engines import engine
from xlcheck.errors import UsageError
from xlcheck.formulas.printing import Style
from xlcheck.model.keras_import import import_keras
from xlcheck.workbook.content import WorkbookContent


@pytest.mark.parametrize(
    ("name", "weights", "seed", "message"),
    [
        ("gru", "book", None, "the book prints no weights for the lesson 'gru'"),
        ("lstm", "book", 3, "the weights of --weights are not trained"),
        ("lstm-training", "small", None, "starts from random weights; leave --weights out"),
        ("vanishing-gradients", "trained", 3, "nothing is trained in the lesson 'vanishing-gradients'"),
    ],
)
def test_options_that_do_not_go_with_a_lesson(
    name: str, weights: str, seed: int | None, message: str, tmp_path: Path
) -> None:
    """They are refused by name, and nothing is written."""
    with pytest.raises(UsageError, match=message):
        write_lesson(ALL_LESSONS[name], tmp_path / "x.xlsx", weights, seed, Style.TEACHING)
    assert not list(tmp_path.iterdir())


def test_all_lessons_but_one_can_be_trained_anew() -> None:
    """Vanishing gradients are shown with weights that nobody trains."""
    assert [name for name in ALL_LESSONS if not is_trained(name)] == ["vanishing-gradients"]


def checked(tmp_path: Path, **options: Any) -> Any:
    """The check of a workbook by hand, with some options."""
    usual: dict[str, Any] = dict.fromkeys(("model", "inputs", "bindings", "effort", "atol", "rtol"))
    content = WorkbookContent(tmp_path / "mine.xlsx", {})
    return handmade.check_handmade(content, engine("ironcalc"), perturb=0, tolerances={}, **usual | options)


def test_inputs_go_with_the_model_that_reads_them(tmp_path: Path) -> None:
    """Inputs alone do not say what a workbook made by hand computes."""
    with pytest.raises(UsageError, match="pass --model"):
        checked(tmp_path, inputs="x.npy")


def test_bindings_beside_a_workbook_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A .toml file of the workbook's name counts unless another is named; neither is overwritten afterwards."""
    kept: list[Path] = []
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(handmade, "keras_if_installed", lambda: None)
    monkeypatch.setattr(handmade, "protect", kept.append)
    monkeypatch.setattr(handmade, "check_content", lambda content, engine, **options: given.append(options))
    checked(tmp_path)
    (tmp_path / "mine.toml").touch()
    checked(tmp_path)
    checked(tmp_path, bindings=tmp_path / "other.toml")

    assert [options["bindings"] for options in given] == [None, tmp_path / "mine.toml", tmp_path / "other.toml"]
    assert kept == [tmp_path / "mine.toml", tmp_path / "other.toml"]


@pytest.mark.keras
def test_a_trace_has_the_loss_only_with_targets() -> None:
    """Every quantity of the forward pass; the last one is what the model predicts."""
    keras: Any = import_keras()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="d")])
    model.compile(loss="mean_squared_error")
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    trace, graph = trace_model(model, x)
    with_loss, _ = trace_model(model, x, [[0.0], [1.0]])

    np.testing.assert_allclose(trace["d.y"], np.asarray(model(x)), rtol=1e-6)
    assert "loss.loss" not in graph
    np.testing.assert_allclose(with_loss["loss.loss"], (trace["d.y"] - [[0.0], [1.0]]) ** 2, rtol=1e-12)
