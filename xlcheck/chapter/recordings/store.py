"""Fixtures: what they hold, and as JSON, exact to the last bit, one quantity a line so that a diff can be read.

A float64 is written as the shortest decimal number that reads back as the same float64; a float32
as the shortest that reads back as the same float32.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from xlcheck.arguments import checked
from xlcheck.arrays import Array
from xlcheck.chapter.recordings.options import FOLDER, MORE, OPTIONS
from xlcheck.documents import parse_json
from xlcheck.errors import DataError, UsageError
from xlcheck.files import reading, write_text
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.graph.trace import Trace
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import ModelSpec


@dataclass(frozen=True)
class Fixture:
    """One model with one set of weights on one data set.

    Attributes:
        name: the lesson's name, with `-book` for the book's weights; `options/…` in the matrix of options.
        lesson: the lesson's name, or `options`.
        weights: `trained`, `book`, `small`, or `drawn` at random.
        spec: the model.
        samples: a short text for each sample.
        trace: Keras float64: weights, inputs, initial states, targets and every quantity.
        trace_float32: the same quantities from the float32 model as trained.
        history: mean loss before each epoch's update, as Keras's `fit` reports it; empty if not trained here.
        further: what only the lesson's own pages show, from Keras, by name; see `xlcheck.chapter.training.further`.
        provenance: seed, epochs, versions of Keras and TensorFlow, SHA-256 of the weights.
    """

    name: str
    lesson: str
    weights: str
    spec: ModelSpec
    samples: tuple[str, ...]
    trace: Trace
    trace_float32: Trace
    history: tuple[float, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    further: Mapping[str, Array] = field(default_factory=dict)


FORMAT = "xlcheck-fixture-1"
"""What a fixture calls itself; `fixtures/schema.json` describes it."""
_PACKAGED = Path(__file__).parent / "data"
_CHECKOUT = Path(__file__).parents[3] / "fixtures"
_GROUPS = ("weights", "inputs", "initial_states", "targets", "quantities")
_EPOCHS_A_LINE = 10


@checked
def load_fixture(name: str) -> Fixture:
    """Read one of the project's own fixtures, such as `lstm`, `lstm-book` or `options/lstm-no-bias`.

    Raises:
        UsageError: there is no fixture of this name.
        DataError: the file is damaged.
    """
    path = fixtures_folder() / f"{name}.json"
    if name not in available_fixtures():
        lessons = [known for known in available_fixtures() if known not in OPTIONS]
        raise UsageError(f"there is no fixture {name!r}; there are {', '.join(lessons)}, and {MORE}")
    return read_fixture(path)


def available_fixtures() -> tuple[str, ...]:
    """Names of the project's own fixtures, in alphabetical order: lessons, then the matrix of options."""
    folder = fixtures_folder()
    lessons = sorted(path.stem for path in folder.glob("*.json") if path.stem != "schema")
    return (*lessons, *sorted(f"{FOLDER}/{path.stem}" for path in (folder / FOLDER).glob("*.json")))


def fixtures_folder() -> Path:
    """Where the project's own fixtures and their JSON Schema are: inside the installed package, or in the checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def is_fixture(path: Path) -> bool:
    """Whether a file says in its first lines that it is a fixture."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        return FORMAT.encode() in file.read(200)


def read_fixture(path: Path) -> Fixture:
    """Read a fixture file.

    Raises:
        DataError: it is not a fixture, or not all of one.
    """
    try:
        with reading(path, DataError):
            data = parse_json(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise DataError(f"{path}: the format is {data['format']!r}; this version reads {FORMAT!r}")
        return _from_json(data)
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path}: this is not a fixture, or it is damaged; write it again with xlcheck fixtures"
        ) from error


def write_fixture(fixture: Fixture, path: Path) -> None:
    """Write a fixture file; an existing one is replaced as a whole or not at all.

    Raises:
        DataError: a value is not a finite number.
        UsageError: the file cannot be written there.
    """
    write_text(path, to_json(fixture))


def to_json(fixture: Fixture) -> str:
    """The text of a fixture's file; the same fixture gives the same text."""
    entries = [
        ("$schema", _line("../" * fixture.name.count("/") + "schema.json")),
        ("format", _line(FORMAT)),
        ("name", _line(fixture.name)),
        ("lesson", _line(fixture.lesson)),
        ("weights", _line(fixture.weights)),
        ("provenance", _members(((key, _line(value)) for key, value in fixture.provenance.items()), 2)),
        ("model", _model(fixture.spec)),
        ("samples", _line(list(fixture.samples))),
        ("outputs", _line(list(forward_graph(fixture.spec).outputs))),
        ("float64", _trace(fixture.spec, fixture.trace, float)),
        ("float32", _trace(fixture.spec, fixture.trace_float32, _shortest_float32)),
        ("history", _history(fixture.history)),
    ]
    if fixture.further:
        further = ((name, _line(_nested(values, float))) for name, values in fixture.further.items())
        entries.append(("further", _members(further, 2)))
    return _members(entries, 1) + "\n"


def _trace(spec: ModelSpec, trace: Trace, number: Callable[[Any], float]) -> str:
    groups: dict[str, list[tuple[str, str]]] = {group: [] for group in _GROUPS}
    for q in forward_graph(spec):
        values = trace[q.name]
        if not np.isfinite(values).all():
            raise DataError(f"{q.name} is not finite in {trace.source}; a fixture holds finite numbers only")
        groups[_group(q)].append((q.name, _line(_nested(values, number))))
    return _members(((group, _members(lines, 3)) for group, lines in groups.items()), 2)


def _group(q: Quantity) -> str:
    """The part of the file that a quantity stands in; a port is given all but the last."""
    if q.expr is not None:
        return "quantities"
    return {Role.WEIGHT: "weights", Role.INPUT: "inputs", Role.TARGET: "targets"}.get(q.band.role, "initial_states")


def _from_json(data: Mapping[str, Any]) -> Fixture:
    fixture = Fixture(
        name=data["name"],
        lesson=data["lesson"],
        weights=data["weights"],
        spec=ModelSpec.from_json(data["model"]),
        samples=tuple(data["samples"]),
        trace=Trace("keras float64", _values(data["float64"], np.float64)),
        trace_float32=Trace("keras float32", _values(data["float32"], np.float32)),
        history=tuple(data["history"]),
        provenance=data["provenance"],
        further={name: np.array(values, dtype=np.float64) for name, values in data.get("further", {}).items()},
    )
    graph = forward_graph(fixture.spec)
    for trace in (fixture.trace, fixture.trace_float32):
        shapes = {q.name: q.shape if q.is_weight else (len(fixture.samples), *q.shape) for q in graph}
        if shapes != {name: values.shape for name, values in trace.values.items()}:
            raise ValueError("the values are not those of the model's quantities")
    return fixture


def _values(groups: Mapping[str, Mapping[str, Any]], dtype: type[np.floating[Any]]) -> dict[str, Array]:
    return {
        name: np.array(values, dtype=dtype).astype(np.float64)
        for group in _GROUPS
        for name, values in groups[group].items()
    }


def _shortest_float32(value: Any) -> float:
    return float(str(np.float32(value)))


def _nested(values: Array, number: Callable[[Any], float]) -> Any:
    if values.ndim == 0:
        return number(values)
    return [_nested(item, number) for item in values]


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _model(spec: ModelSpec) -> str:
    """The model with one layer, call or input a line."""
    return _members(
        ((key, _items(value) if isinstance(value, tuple) else _line(value)) for key, value in spec.to_json().items()), 2
    )


def _items(items: tuple[Any, ...]) -> str:
    return "[\n" + ",\n".join(f"      {_line(item)}" for item in items) + "\n    ]"


def _members(members: Iterable[tuple[str, str]], depth: int) -> str:
    lines = [f"{'  ' * depth}{_line(key)}: {text}" for key, text in members]
    return "{}" if not lines else "{\n" + ",\n".join(lines) + "\n" + "  " * (depth - 1) + "}"


def _history(history: tuple[float, ...]) -> str:
    starts = range(0, len(history), _EPOCHS_A_LINE)
    lines = [", ".join(_line(loss) for loss in history[start : start + _EPOCHS_A_LINE]) for start in starts]
    return "[]" if not lines else "[\n    " + ",\n    ".join(lines) + "\n  ]"
