"""Whether a check that says "agrees" may say so, by others than the engine and the readers that it used.

A spoiled workbook is computed by another engine, and so is the one that it was made of, with the spoiled one's numbers
put into it: every formula cell must hold the same, for the numbers that stand there, and for a workbook that xlcheck
made for others, too. A spoiled model is loaded and asked by Keras itself, an array is read by NumPy.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from tokenize import TokenError
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np

from xlcheck.engines import engine
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import tokens
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.workbook.content import Value
from xlcheck.workbook.reader import read_workbook

SECOND_ENGINE = "cellrune"
_CLOSE = 1e-9
_SINGLE = 1e-6
_WORTH_MOVING = 1e-6
_MOST_NUMBERS = 5
Cells = dict[Address, Value]
_Held = TypeVar("_Held")


def workbook_differs(spoiled: Path, source: Path, *, others: bool, unchecked: Callable[[], set[str]] = set) -> str:
    """What a spoiled workbook's formulas give that those of its source do not; empty if nothing.

    Args:
        spoiled: the workbook that is said to agree.
        source: what it was made of.
        others: whether the formulas must also be the same functions of the numbers that were typed.
        unchecked: the cells, as `Sheet1!B2`, of which nothing is said; asked for only where some cell differs.
    """
    limit = _CLOSE if others else _SINGLE  # in which a workbook made by hand may be
    if spoiled.read_bytes() == source.read_bytes():
        return ""
    one, two = CellTable(read_workbook(spoiled)), CellTable(read_workbook(source))
    # A worksheet with another name is still the same; cells go by the names in the source.
    names, before = list(one.content.sheets), list(two.content.sheets)
    new_names = dict(zip(before, names, strict=True)) if len(names) == len(before) else {}
    old_names = {new: old for old, new in new_names.items()}
    texts, every = _on_sheets(one.texts, old_names), _on_sheets(one.typed_numbers, old_names)
    typed = {address: value for address, value in every.items() if address not in two.texts}
    changed = {address: value for address, value in typed.items() if two.typed_numbers.get(address) != value}
    moved = {
        address: value * Random(show(address)).uniform(0.9, 1.1)
        for address, value in typed.items()
        if not value.is_integer() and abs(value) > _WORTH_MOVING
    }
    far = {address: Random(show(address)).uniform(-500, 500) for address in moved}
    new = {number for address, text in texts.items() if text != two.texts.get(address) for number in _numbers(text)}
    at = [dict.fromkeys(moved, number) for number in sorted(new)[:_MOST_NUMBERS]]
    for numbers in ({}, moved, far, *at) if others else ({},):
        given = _on_sheets(_computed(one, spoiled, _on_sheets(numbers, new_names)), old_names)
        wanted = _computed(two, source, {**changed, **numbers})
        wrong = [cell for cell in two.texts if not _same(given.get(cell), wanted[cell], limit)]
        if wrong:
            unsaid = unchecked()
            forgiven = {cell for cell in two.texts if show(_on_sheet(cell, new_names)) in unsaid}
            # What a formula gives that nobody checks is a number like any other that was typed, also if it is gone.
            now = {cell: given.get(cell) if cell in texts else every.get(cell, 0.0) for cell in two.texts}
            instead = {cell: v for cell, v in now.items() if cell in forgiven and isinstance(v, float)}
            wanted = _computed(two, source, {**changed, **numbers, **instead}) if instead else wanted
            wrong = [cell for cell in wrong if cell not in forgiven]
            wrong = [cell for cell in wrong if not _same(given.get(cell), wanted[cell], limit)]
        if wrong:
            return ("for other numbers " if numbers else "") + ", ".join(map(show, wrong[:9]))
    return ""


def _on_sheet(cell: Address, names: Mapping[str, str]) -> Address:
    return (names.get(cell[0], cell[0]), *cell[1:])


def _on_sheets(cells: Mapping[Address, _Held], names: Mapping[str, str]) -> dict[Address, _Held]:
    """The same cells on worksheets of other names."""
    return {_on_sheet(cell, names): what for cell, what in cells.items()}


def _numbers(formula: str) -> list[float]:
    """The numbers in a formula, at which it may turn into another one."""
    return [float(text) for kind, text in tokens(formula.removeprefix("=")) if kind == "number"]


def _computed(table: CellTable, path: Path, numbers: dict[Address, float]) -> Cells:
    session = engine(SECOND_ENGINE).open(path)
    for (sheet, row, column), number in numbers.items():
        session.set(sheet, row, column, number)
    values = table.recalculate(session)
    return {address: values[position] for address, position in table.index.items()}


def _same(given: Value, wanted: Value, limit: float) -> bool:
    if isinstance(given, float) and isinstance(wanted, float):
        both_nan = math.isnan(given) and math.isnan(wanted)
        return both_nan or abs(given - wanted) <= limit * max(1.0, abs(wanted))
    return given == wanted or {given, wanted} <= {None, ""}


def model_differs(spoiled: Path, source: Path) -> str:
    """Whether Keras itself predicts something else with a spoiled model; empty if not."""
    import keras

    one, two = (keras.models.load_model(path, compile=False) for path in (spoiled, source))
    inputs = [np.random.default_rng(1).integers(0, 2, (3, *tensor.shape[1:])) for tensor in two.inputs]
    inputs = [array.astype(tensor.dtype) for array, tensor in zip(inputs, two.inputs, strict=True)]
    asked = inputs if len(inputs) > 1 else inputs[0]
    given, wanted = (np.concatenate([np.ravel(part) for part in _flat(model(asked))]) for model in (one, two))
    return "" if given.shape == wanted.shape and np.allclose(given, wanted, atol=1e-6) else "Keras predicts otherwise"


def _flat(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def array_differs(path: Path, wanted: np.ndarray) -> str:
    """Whether NumPy, or Python's reader of tables, sees other numbers in a file; empty if not."""
    found = [np.asarray(array, dtype=float) for array in _read(path)]
    if any(array.size == wanted.size and np.allclose(array.ravel(), wanted.ravel()) for array in found):
        return ""
    return f"it holds {found!r:.90}"


def _read(path: Path) -> Iterator[Any]:
    """The arrays of a file, or its one table; an archive may hold others beside, damaged ones too."""
    if path.suffix == ".csv":
        text = path.read_bytes()
        encoding = "utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        rows = list(csv.reader(text.decode(encoding).splitlines()))
        yield [[float(cell) for cell in row] for row in rows if row and _is_number(row[0])]
    elif path.suffix == ".npy":
        yield np.load(path)
    else:
        with np.load(path) as archive:
            for name in archive.files:
                with suppress(ValueError, TokenError, BadZipFile, MemoryError):
                    array = archive[name]  # bytes, where it is none
                    if isinstance(array, np.ndarray) and array.dtype.kind in "biuf":
                        yield array


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def trace_differs(path: Path, source: Path) -> str:
    """Whether a trace's file holds other numbers than its source, read without xlcheck; empty if not."""
    found, wanted = _trace(path), _trace(source)
    if found.keys() != wanted.keys():
        return "it holds other quantities"
    return ", ".join(
        name
        for name, numbers in wanted.items()
        if numbers.shape != found[name].shape or not np.allclose(found[name], numbers, rtol=0, atol=1e-9)
    )


def _trace(path: Path) -> dict[str, np.ndarray]:
    if path.suffix == ".npz":
        with np.load(path) as archive:
            return {name: np.ravel(archive[name]) for name in archive.files if archive[name].dtype.kind in "fiu"}
    if path.suffix == ".json":
        values = json.loads(path.read_bytes())["quantities"]
        return {name: np.ravel(np.asarray(value, dtype=float)) for name, value in values.items()}
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))[1:]
    numbers: dict[str, dict[str, float]] = {}
    for name, index, value in filter(None, rows):
        numbers.setdefault(name, {})[index] = float(value)
    return {name: np.array([own[index] for index in sorted(own)]) for name, own in numbers.items()}
