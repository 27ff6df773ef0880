"""Weights: each layer's arrays as Keras shows them, with names, shapes and gates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xlcheck.layout.draft import Draft, weight_array
from xlcheck.layout.lesson_sheets.common import heading, title
from xlcheck.model.model_spec import LayerSpec, ModelSpec

NAME = "Weights"
_GATES = {"LSTM": ("i", "f", "c", "o"), "GRU": ("z", "r", "hh")}
_ROWS = {"kernel": "input", "recurrent_kernel": "unit"}
_COLUMNS = 14


def weights_sheet(draft: Draft, spec: ModelSpec, book_names: Mapping[str, str], origin: str) -> None:
    """Fill the sheet and place every weight; each array gets its Keras name as a defined name.

    Args:
        draft: the workbook so far.
        spec: the model.
        book_names: the book's name of each weight, by quantity name.
        origin: a sentence on where the numbers come from.
    """
    sheet = draft.sheet(NAME, "weight")
    title(
        sheet,
        "Weights",
        f"{origin} They stand as Keras prints them: one row for each input of the layer, one column for each unit. "
        "Change one, and every other sheet follows.",
        _COLUMNS,
    )
    sheet.widths.update({0: 24, **dict.fromkeys(range(1, _COLUMNS), 13.5)})
    sheet.freeze = (3, 0)
    row = 4
    for prefix, layer in (found for outer in spec.layers for found in _with_weights(outer, outer.name)):
        heading(sheet, row, f"{prefix} · {layer.kind}", _COLUMNS)
        row += 1
        for weight in layer.weights:
            name = f"{prefix}.{weight}"
            row = _weight(draft, layer, name, weight, row, book_names.get(name, ""))


def _with_weights(layer: LayerSpec, name: str) -> Iterator[tuple[str, LayerSpec]]:
    """A layer, or the layers inside a wrapper, with the prefix of their quantities."""
    if layer.weights:
        yield name, layer
    for inner in layer.inner:
        yield from _with_weights(inner, f"{name}.{inner.name}")


def _weight(draft: Draft, layer: LayerSpec, name: str, weight: str, row: int, book_name: str) -> int:
    sheet = draft.sheets[NAME]
    values = weight_array(draft, name)
    rows, columns = len(values), values.shape[1]
    shape = " × ".join(str(n) for n in layer.weights[weight])
    caption = f"{weight}   {shape}" + (f"   in the book: {book_name}" if book_name else "")
    sheet.put(row, 0, caption, "name")
    for column, label in enumerate(column_labels(layer, weight, columns)):
        sheet.put(row + 1, 1 + column, label, "column_label")
    for i in range(rows):
        if rows > 1 or weight in _ROWS:
            label = f"code {i}" if weight == "embeddings" else f"{_ROWS.get(weight, 'row')} {i + 1}"
            sheet.put(row + 2 + i, 0, label, "label")
        for j in range(columns):
            sheet.put(row + 2 + i, 1 + j, float(values[i, j]), "weight")
    area = sheet.at(row + 2, 1, rows, columns)
    draft.place(name, area)
    draft.names[name] = area
    return row + 3 + rows


def column_labels(layer: LayerSpec, weight: str, columns: int) -> list[str]:
    """What each column of a weight array belongs to: the gate, and the unit if there are several."""
    gates = _GATES.get(layer.kind, ("",))
    units = columns // len(gates)
    if units * len(gates) != columns:
        return [str(j + 1) for j in range(columns)]
    return [
        " ".join(part for part in (gate, f"unit {unit + 1}" if units > 1 or gates == ("",) else "") if part)
        for gate in gates
        for unit in range(units)
    ]
