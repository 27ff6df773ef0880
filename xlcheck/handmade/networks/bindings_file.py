"""The bindings file: TOML that says which model a workbook computes, and which range holds what.

    [[model]]
    sheet = "LSTM"                                   # worksheet of ranges that name none
    loss = "binary_crossentropy"                     # if the workbook computes a loss

    [[model.layer]]
    type = "LSTM"                                    # type, units and options as in Keras
    units = 2
    gates = ["f", "c", "i", "o"]                     # order in which the ranges stack the gates
    "kernel + recurrent_kernel + bias" = "B4:F11"    # packed side by side; or one key for each weight

    [[model.document]]
    x = "H4:J5"                                      # time down or across
    h_init = "G6:G7"
    "lstm.h" = "H20:J21"                             # any other quantities, if you like
    "exp(lstm.z_i)" = "H30:J31"                      # and helpers, by the names that reports give them

A weight may be a range, a list of ranges side by side, a table of one range for each gate (and `transposed`), or
`{ range = "B4:C5", transposed = true }`, which a square block needs because its shape does not tell. Numbers in
`x_values` say what the inputs should be. A layer's `negative = "bias"` says that its units subtract their biases, as
thresholds, and `negative = "z"` that the z of a GRU is 1 − z of Keras, as in h = (1 − z)·h + z·h̃. A model's
`ignore = ["B41:K41"]` names cells that are to get no verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

import numpy as np

from xlcheck.documents import read_toml
from xlcheck.errors import ModelError, NotSupportedError, UsageError
from xlcheck.formulas.algebra import Address
from xlcheck.graph.quantities import Graph
from xlcheck.handmade.networks.bound_layers import SECOND_BIAS, Table, bound_layers, input_shape
from xlcheck.handmade.networks.helpers import helper_called, helpers
from xlcheck.handmade.networks.layer_specs import require_known
from xlcheck.handmade.networks.network import Network, Places, graph_of
from xlcheck.handmade.networks.ranges import Cells, Reader, places
from xlcheck.model.model_spec import sequential
from xlcheck.workbook.content import WorkbookContent

T = TypeVar("T")
_MODEL_KEYS = {"name", "sheet", "loss", "timesteps", "time", "ignore", "layer", "document"}
_TEXTS = ("type", "name", "sheet", "loss", "time")


def read_bindings(path: Path, content: WorkbookContent) -> tuple[Network, ...]:
    """The models that a bindings file describes.

    Raises:
        UsageError: the file cannot be read, is no TOML, or says something that does not fit the workbook.
    """
    return _read(path, content, networks_of)


def ignored_cells(path: Path, content: WorkbookContent) -> frozenset[Address]:
    """The cells that a bindings file wants to get no verdict.

    Raises:
        UsageError: as `read_bindings`.
    """
    return _read(path, content, _ignored)


def _read(path: Path, content: WorkbookContent, what: Callable[[Table, WorkbookContent], T]) -> T:
    data = read_toml(path, UsageError)
    try:
        return what(data, content)
    except (UsageError, NotSupportedError, ModelError) as error:
        raise UsageError(f"{path}: {error}") from None


def networks_of(data: Table, content: WorkbookContent) -> tuple[Network, ...]:
    """The models that the parsed content of a bindings file describes.

    Raises:
        UsageError: it does not fit together, or not to the workbook.
    """
    models = data.get("model")
    if not _is_tables(models) or set(data) != {"model"}:
        hint = "" if data else "; fill one in, or move the file away"
        raise UsageError(f"bindings consist of one or more tables [[model]], and nothing else{hint}")
    return tuple(_network(model, number, content) for number, model in enumerate(models))


def _ignored(data: Table, content: WorkbookContent) -> frozenset[Address]:
    found: set[Address] = set()
    models = data.get("model")
    for model in models if _is_tables(models) else ():
        texts = model.get("ignore", [])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise UsageError('ignore lists ranges in quotes, such as ignore = ["B41:K41"]')
        reader = Reader(content, _sheet(model, content))
        found |= {cell for text in texts for cell in reader.area(text).reshape(-1)}
    return frozenset(found)


def _sheet(model: Table, content: WorkbookContent) -> str:
    """The worksheet of ranges that name none."""
    return str(model.get("sheet") or next((name for name, s in content.sheets.items() if s.cells), ""))


def _network(model: Table, number: int, content: WorkbookContent) -> Network:
    _only(model, _MODEL_KEYS, f"[[model]] {number + 1}")
    layers, documents = model.get("layer"), model.get("document")
    if not _is_tables(layers) or not _is_tables(documents):
        raise UsageError(f"[[model]] {number + 1} needs at least one [[model.layer]] and one [[model.document]]")
    for table in (model, *layers):
        _require_texts(table, f"[[model]] {number + 1}")
    for table in layers:
        require_known(str(table.get("type")), str(table.get("name", table.get("type"))))
    reader = Reader(content, _sheet(model, content))
    *steps, features = input_shape(model, layers, documents[0], reader)
    ones = int(SECOND_BIAS in layers[0])
    shape = (*steps, features + ones)
    specs, weights, turned = bound_layers(layers, shape, reader)
    spec = sequential(str(model.get("name", f"model{number + 1}")), shape, specs, model.get("loss"))
    graph = graph_of(spec)
    samples, bound = [], []
    for document in documents:
        given, quantities = _document(document, graph, model.get("time"), reader, ones)
        samples.append(given)
        bound.append(quantities)
    wanted = tuple(_wanted(document, graph, ones) for document in documents)
    return Network(spec, weights, tuple(samples), tuple(bound), wanted, turned=turned, ones=ones)


def _document(
    document: Table, graph: Graph, time: Any, reader: Reader, ones: int
) -> tuple[dict[str, Places], dict[str, Places]]:
    """The cells of a document's given quantities, the last inputs without any, and of its computed ones."""
    across = {"across": True, "down": False, None: None}.get(time, "?")
    if across == "?":
        raise UsageError("time must be 'across' or 'down'")
    given: dict[str, Places] = {}
    bound: dict[str, Places] = {}
    for key, place in document.items():
        if key in {"name", "x_values"}:
            continue
        own = ones if key in {"x", "input.x"} else 0
        for name, cells in _quantity(key, place, graph, across, reader, own).items():  # type: ignore[arg-type]
            is_given = name in graph and graph[name].expr is None
            (given if is_given else bound)[name] = (*places(cells), *(None,) * own)
    return given, bound


def _quantity(key: str, place: Any, graph: Graph, across: bool | None, reader: Reader, less: int) -> dict[str, Cells]:
    """The cells of one quantity or helper, or of one symbol at all its time steps, without its last elements."""
    short = {"x": "input.x", "y": "target.y"}.get(key, key)
    names = [q.name for q in graph if q.name == short or q.band.name == short]
    if not names:
        names = [q.name for q in graph if q.band.symbol == short and q.expr is None]
    helper = None if names else helper_called(key, graph)
    if not names and helper is None:
        known = ", ".join(dict.fromkeys(q.band.name for q in graph))
        raise UsageError(
            f"{key!r} is no quantity of this model; its quantities are {known}; helpers are called "
            f"{', '.join(helpers(graph))}"
        )
    if helper is not None:
        names, size = list(helper.steps), helper.size
    else:
        size = int(np.prod(graph[names[0]].shape)) - less
    if len(names) == 1:
        return {names[0]: reader.tensor(place, (size,), key)}
    cells = reader.steps(place, len(names), size, key, across=across)
    return {name: cells[step] for step, name in enumerate(names)}


def _wanted(document: Table, graph: Graph, ones: int) -> dict[str, Any]:
    """What the inputs of a document should be, where somebody has said so."""
    if "x_values" in document and "x" not in document:
        raise UsageError("x_values say what a sample is, and x must say where it stands")
    if "x_values" not in document:
        return {}
    names = [q.name for q in graph if q.band.name == "input.x"]
    try:
        values = np.asarray(document["x_values"], dtype=np.float64).reshape(len(names), -1)
    except (ValueError, TypeError, OverflowError):
        raise UsageError("x_values must be numbers, one row for each time step") from None
    features = int(np.prod(graph[names[0]].shape)) - ones
    if values.shape[1] != features:
        raise UsageError(f"x_values must be {len(names)} × {features} numbers")
    return {name: np.append(values[step], np.ones(ones)) for step, name in enumerate(names)}


def _only(table: Table, allowed: set[str], what: str) -> None:
    unknown = set(table) - allowed
    if unknown:
        raise UsageError(f"{what}: {min(unknown)!r} is not known here; known are {', '.join(sorted(allowed))}")


def _require_texts(table: Table, what: str) -> None:
    for key in _TEXTS:
        if not isinstance(table.get(key, ""), str):
            raise UsageError(f"{what}: {key} is a text in quotes, not {table[key]!r}")


def _is_tables(value: Any) -> TypeGuard[list[Table]]:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)
