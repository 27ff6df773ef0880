"""Weights: every array as Keras shows it; a layer with many weights has a worksheet of its own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xlcheck.layout.draft import Draft, SheetDraft
from xlcheck.layout.lesson_sheets.common import heading, title
from xlcheck.layout.lesson_sheets.weights import NAME, column_labels
from xlcheck.model.model_spec import LayerSpec, ModelSpec
from xlcheck.workbook.naming import is_defined_name

_LARGE = 2000
LABELLED_COLUMNS = 256
_ROWS = {"kernel": "input", "recurrent_kernel": "unit", "embeddings": "code"}
_WIDE = 10


def weights_sheets(draft: Draft, spec: ModelSpec) -> None:
    """Fill the sheets, place every weight, and give each array its Keras name as a defined name."""
    shared: SheetDraft | None = None
    rows: dict[str, int] = {}
    for name, layer in with_weights(spec.layers):
        size = sum(int(np.prod(shape)) for shape in layer.weights.values())
        if size > _LARGE:
            sheet = _sheet(draft, f"{name} weights", f"Weights of {name}", layer)
        else:
            shared = shared or _sheet(draft, NAME, NAME, None)
            sheet = shared
        row = rows.get(sheet.name, 4)
        heading(sheet, row, f"{name} · {layer.kind}", _WIDE)
        row += 1
        for weight in layer.weights:
            row = _weight(draft, sheet, name, layer, weight, row)
        rows[sheet.name] = row


def parameters(layer: LayerSpec) -> int:
    """Number of weights, those of wrapped layers included."""
    return sum(int(np.prod(s)) for s in layer.weights.values()) + sum(parameters(inner) for inner in layer.inner)


def with_weights(layers: tuple[LayerSpec, ...], prefix: str = "") -> Iterator[tuple[str, LayerSpec]]:
    """Every layer that has weights itself, with the prefix of their quantities."""
    for layer in layers:
        if layer.weights:
            yield prefix + layer.name, layer
        yield from with_weights(layer.inner, f"{prefix}{layer.name}.")


def _sheet(draft: Draft, name: str, heading_text: str, layer: LayerSpec | None) -> SheetDraft:
    sheet = draft.sheet(draft.free_name(name), "weight")
    what = "The numbers that training has learned" + (f" in this layer: {parameters(layer):,}" if layer else "")
    title(sheet, heading_text, f"{what}. They stand as Keras prints them: one row for each input of the layer, one "
          "column for each unit. Change one, and every other sheet follows.", _WIDE)  # fmt: skip
    sheet.widths.update({0: 24, **dict.fromkeys(range(1, 65), 13.5)})
    sheet.freeze = (3, 1)
    return sheet


def _weight(draft: Draft, sheet: SheetDraft, prefix: str, layer: LayerSpec, weight: str, row: int) -> int:
    name = f"{prefix}.{weight}"
    array = draft.trace[name]
    values = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
    rows, columns = values.shape
    shape = " × ".join(f"{n:,}" for n in array.shape)
    sheet.put(row, 0, f"{weight}   {shape}", "symbol")
    if columns <= LABELLED_COLUMNS:
        sheet.put_row(row + 1, 1, list(column_labels(layer, weight, columns)), "column_label")
    else:
        sheet.numbers(row + 1, 1, np.arange(1.0, columns + 1)[None, :], "column_label")
    if rows > 1 or weight in _ROWS:
        sheet.put(row + 1, 0, _ROWS.get(weight, "row"), "label")
        first = 0.0 if weight == "embeddings" else 1.0
        sheet.numbers(row + 2, 0, np.arange(first, first + rows)[:, None], "label")
    area = sheet.numbers(row + 2, 1, values, "weight")
    draft.place(name, area)
    if is_defined_name(name, draft.names):
        draft.names[name] = area
    return row + 3 + rows
