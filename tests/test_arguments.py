"""What the library's functions are handed over: one sentence for whatever they do not take."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xlcheck
from xlcheck.arguments import checked
from xlcheck.choices import EngineName
from xlcheck.errors import ModelError, UsageError, XlcheckError
from xlcheck.model.keras_file import loaded_model
from xlcheck.pytest_plugin.trace_check import TraceCheck
from xlcheck.pytest_plugin.workbook_check import WorkbookCheck

LSTM = Path(__file__).parents[1] / "workbooks" / "lstm.xlsx"
ODD: dict[str, Any] = {
    "five": 5, "minus one": -1, "a fraction": 2.5, "NaN": float("nan"), "too large": 10**5000, "True": True,
    "text": "x", "bytes": b"x", "list": [], "list of text": ["x"], "no dictionary": object(), "tuple": (1, 2),
    "dictionary": {"x": 1}, "function": len, "array": np.zeros(3), "empty array": np.zeros((0, 2)),
    "array of text": np.array(["a"]), "None": None,
}  # fmt: skip
# What an argument is → the arguments, and which of these values are welcome there; None is where it is the default.
KINDS: dict[str, tuple[set[str], set[str]]] = {
    "a path": ({"path", "output", "folder", "key", "results", "bindings", "sign", "verify_key", "vocabulary", "roster",
                "secret"}, {"text"}),
    "a text": ({"text", "weights", "style", "engine", "padding", "loss", "step", "student", "cluster", "feedback",
                "name"}, {"text"}),
    "a whole number from 0": ({"seed", "perturb", "unknown", "level", "sample", "jobs", "keras"},
                              {"five", "too large"}),
    "a number": ({"effort", "atol", "rtol", "budget", "learning_rate"}, {"five", "minus one", "a fraction", "NaN"}),
    "True or False": ({"as_built", "strict", "full_products", "from_logits", "resume", "copies", "subset", "equal_nan",
                       "allow_edits"}, {"True"}),
    "a dictionary": ({"tolerances", "initial_states"}, {"dictionary"}),
    "a function": ({"progress"}, {"function"}),
    "an executor": ({"executor"}, set()),
    "a path or an ExercisePlan": ({"plan"}, {"text"}),
}  # fmt: skip
# What takes arrays, models, or says itself what belongs there.
ITS_OWN = {"lesson", "model", "inputs", "targets", "actual", "desired", "values", "self", "options"}
CALLS: dict[str, Any] = {
    **{name: getattr(xlcheck, name) for name in ("bind", "build", "build_model", "check", "compare", "exercise",
                                                 "grade", "load_fixture", "trace")},
    "xlcheck_trace": TraceCheck.__call__,
    "xlcheck_workbook": WorkbookCheck.__call__,
}  # fmt: skip


def parameters(function: str) -> dict[str, inspect.Parameter]:
    """What a function takes, by name."""
    return dict(inspect.signature(CALLS[function]).parameters)


def cases() -> Iterator[tuple[str, str]]:
    """Each argument of each function."""
    for function in CALLS:
        yield from ((function, argument) for argument in parameters(function) if argument not in ITS_OWN)


@pytest.mark.parametrize(("function", "argument"), [*cases()])
def test_an_argument_of_another_kind_is_refused_in_one_sentence(function: str, argument: str) -> None:
    """Whatever is handed over where something else belongs: its name, what it is, what was given, in one line."""
    known = parameters(function)
    words, (_, welcome) = next((words, kind) for words, kind in KINDS.items() if argument in kind[0])
    required = [name for name, known in known.items() if known.default is known.empty and name != "options"]
    refused = set(ODD) - welcome - ({"None"} if known[argument].default is None else set())

    for value in refused:
        with pytest.raises(UsageError) as refusal:
            CALLS[function](**dict.fromkeys(required, "x") | {argument: ODD[value]})
        sentence = str(refusal.value)
        assert sentence.startswith(f"{argument} is {words}, not "), value
        assert "\n" not in sentence, value
        assert len(sentence) < 140, value


@pytest.mark.parametrize("value", [*ODD.values()], ids=[*ODD])
def test_what_is_no_model_is_refused_in_one_sentence(value: Any) -> None:
    """A model is a keras.Model or a file; whatever else is handed over ends in a sentence of one line."""
    with pytest.raises(ModelError) as refusal:
        loaded_model(value)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 200


def test_annotations_are_the_rule() -> None:
    """A function says by its annotations alone what it takes; what is annotated as anything is its own matter."""

    @checked
    def function(path: str | Path, count: int = 0, *, engine: EngineName = "ironcalc", model: Any = None) -> Any:
        return path, count, engine, model

    assert function("x", np.int64(3), model=object) == ("x", 3, "ironcalc", object)
    assert function.__name__ == "function"
    cases: list[tuple[dict[str, Any], str]] = [
        ({"count": -1}, "count is a whole number from 0, not -1"),
        ({"engine": 5}, "engine is a text"),
        ({"count": True}, "count is a whole number from 0, not True"),
    ]
    for given, words in cases:
        with pytest.raises(UsageError, match=words):
            function("x", **given)


def test_arguments_are_asked_wherever_they_stand() -> None:
    """By place or by name; numbers of NumPy and paths of any class count as what they are."""
    with pytest.raises(UsageError, match=r"^path is a path, not 5$"):
        xlcheck.check(5)  # type: ignore[arg-type]
    report = xlcheck.check(LSTM, perturb=np.int64(0), atol=np.float32(1e-9), strict=np.True_)  # type: ignore[arg-type]
    assert report.ok
    with pytest.raises(UsageError, match="a tolerance is one number"):
        xlcheck.check(LSTM, atol=-1.0)
    with pytest.raises(UsageError, match=r"effort is a positive number of seconds, not 0\.0"):
        xlcheck.check(LSTM, effort=0.0)


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "\udcff", "x/" * 3000], ids=["long", "null", "bytes", "deep"])
def test_a_name_that_no_file_can_have_is_refused_in_one_sentence(name: str) -> None:
    """A workbook, a key, bindings, a model, arrays: none can be there, and that is said."""
    asked: list[dict[str, Any]] = [{"verify_key": name}, {"bindings": name}, {"model": name}, {"inputs": name}]
    for options in [{"path": name}, *asked]:
        with pytest.raises(XlcheckError) as refusal:
            xlcheck.check(**{"path": LSTM} | options)
        assert "\n" not in str(refusal.value)
