"""Weights: every array as Keras shows it; a layer with many weights has a worksheet of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import WorkbookError
from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS
from xlcheck.graph import expressions as ex
from xlcheck.layers.gates import VALUES
from xlcheck.layout.common import heading, title
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.widening import brief_width
from xlcheck.model.model_spec import LayerSpec, ModelSpec
from xlcheck.texts import say
from xlcheck.workbook.naming import is_defined_name
from xlcheck.workbook.styles import BRIEF

NAME = "Weights"
_LARGE = 2000
LABELLED_COLUMNS = 256
_WORDS = 5000
_ROWS = {
    "kernel": "words.input", "pointwise_kernel": "words.input", "recurrent_kernel": "words.unit",
    "embeddings": "words.code",
}  # fmt: skip
_WINDOWS = {3: "weights.step_channel", 4: "weights.row_column_channel"}
"""What each row of the weights of a window is, by how many axes Keras prints."""
_WIDE = 10
_ALL_DIGITS, _USUAL = 12, 13.5
"""Columns whose numbers have eight decimals, and their width in letters; more are narrow, with four decimals."""
_LETTER = 0.9  # of a label over a narrow column, to a unit of width
_PART = 10  # rows of a long array after which a page may end


def weights_sheets(draft: Draft, spec: ModelSpec, book_names: Mapping[str, str], origin: str) -> None:
    """Fill the sheets, place every weight, and give each array its Keras name as a defined name."""
    every = dict(with_weights(spec.layers))
    large = {name for name, layer in every.items() if sum(map(math.prod, layer.weights.values())) > _LARGE}
    shared: SheetDraft | None = None
    rows: dict[str, int] = {}
    for name, layer in every.items():
        if name in large:
            said = say("weights.of_layer", origin=origin, number=parameters(layer))
            sheet = _sheet(draft, f"{name} weights", say("weights.title_of_layer", name=name), said, {name: layer})
        else:
            shared = shared or _sheet(draft, NAME, NAME, origin, {own: every[own] for own in every.keys() - large})
            sheet = shared
        row = rows.get(sheet.name, 4)
        sheet.starts.append(row)
        heading(sheet, row, f"{name} · {layer.kind}", _WIDE)
        row += 1
        for weight in layer.weights:
            row = _weight(draft, sheet, layer, f"{name}.{weight}", row, book_names)
        rows[sheet.name] = row


def parameters(layer: LayerSpec) -> int:
    """Number of weights, those of wrapped layers included."""
    return sum(int(np.prod(s)) for s in layer.weights.values()) + sum(parameters(inner) for inner in layer.inner)


def require_room_for_weights(spec: ModelSpec) -> None:
    """Refuse weights that stand as Keras prints them on no worksheet, before anything is computed.

    Raises:
        WorkbookError: there is no room; the message has the sizes.
    """
    for prefix, layer in with_weights(spec.layers):
        for weight, shape in layer.weights.items():
            rows, columns = math.prod(shape[:-1]), shape[-1] if shape else 1
            if columns >= MAX_COLUMNS or rows + _WIDE > MAX_ROWS:
                raise WorkbookError(
                    f"{prefix}.{weight} has {rows:,} × {columns:,} numbers; a worksheet has {MAX_ROWS:,} rows and "
                    f"{MAX_COLUMNS:,} columns. Take fewer units"
                )


def with_weights(layers: tuple[LayerSpec, ...], prefix: str = "") -> Iterator[tuple[str, LayerSpec]]:
    """Every layer that has weights itself, with the prefix of their quantities."""
    for layer in layers:
        if layer.weights:
            yield prefix + layer.name, layer
        yield from with_weights(layer.inner, f"{prefix}{layer.name}.")


def _sheet(draft: Draft, name: str, heading_text: str, what: str, layers: Mapping[str, LayerSpec]) -> SheetDraft:
    """An empty one, with columns as wide as the widest array of its layers lets them be."""
    names = [f"{name}.{weight}" for name, layer in layers.items() for weight in layer.weights]
    wide = [name for name in names if draft.trace[name].ndim and draft.trace[name].shape[-1] > _ALL_DIGITS]
    sheet = draft.sheet(draft.free_name(name), "weight")
    width = _USUAL
    if wide:
        labels = [len(label) for name in wide for label in labels_over(draft, layers[name.rpartition(".")[0]], name)]
        width = max(brief_width((f"weight{BRIEF}", draft.trace[name]) for name in names), _LETTER * max(labels))
    text = say("weights.intro", what=what)
    columns = 1 + max((draft.trace[name].shape[-1] for name in wide), default=_WIDE - 1)
    title(
        sheet, heading_text, text + (say("weights.decimals") if wide else ""), min(columns, int(_WIDE * _USUAL / width))
    )
    sheet.widths.update({0: 24, **dict.fromkeys(range(1, 65), width)})
    sheet.freeze = (3, 1)
    return sheet


def matrix_starts(sheet: SheetDraft, row: int, rows: int) -> list[int]:
    """Where a page may begin in a matrix and its caption: with it, unless a heading does, and in a long one."""
    return [*([row] if row - 1 not in sheet.starts else []), *range(row + _PART, row + rows, _PART)]


def _weight(
    draft: Draft, sheet: SheetDraft, layer: LayerSpec, name: str, row: int, book_names: Mapping[str, str]
) -> int:
    weight = name.rpartition(".")[2]
    array = draft.trace[name]
    values = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
    rows, columns = values.shape
    own = _shape(layer, array)
    shape = " × ".join(f"{n:,}" for n in own)
    in_book = say("weights.in_book", name=book_names[name], weight=weight) if name in book_names else ""
    sheet.put(row, 0, f"{weight}   {shape}{in_book}", "name")
    sheet.heights[row] = 18
    if columns <= LABELLED_COLUMNS:
        sheet.put_row(row + 1, 1, list(labels_over(draft, layer, name)), "column_label")
    else:
        sheet.numbers(row + 1, 1, np.arange(1.0, columns + 1)[None, :], "column_label")
    if rows > 1 or weight in _ROWS:
        first = 0 if weight == "embeddings" else 1
        words = [f"{word}  {first + k}" for k, word in enumerate(row_words(draft, name, rows))]
        words = words or (_places(own[:-1]) if len(own) > 2 and rows <= _WORDS else [])
        axes = _WINDOWS.get(len(own)) if "kernel_size" in layer.options else None
        sheet.put(row + 1, 0, say(axes or _ROWS.get(weight, "words.row")), "label")
        for k, word in enumerate(words):
            sheet.put(row + 2 + k, 0, word, "label")
        if not words:
            sheet.numbers(row + 2, 0, np.arange(float(first), first + rows)[:, None], "label")
    area = sheet.numbers(row + 2, 1, values, "weight" if sheet.widths[1] == _USUAL else f"weight{BRIEF}")
    sheet.starts += matrix_starts(sheet, row, rows)
    draft.place(name, area)
    if is_defined_name(name, draft.names):
        draft.names[name] = area
    return row + 3 + rows


def _shape(layer: LayerSpec, array: Array) -> tuple[int, ...]:
    """As Keras prints it: of a window over images the rows and the columns, which are one axis elsewhere."""
    window = layer.options.get("kernel_size", ())
    folded = array.ndim > 2 and len(window) > 1 and math.prod(window) == array.shape[0]
    return (*window, *array.shape[1:]) if folded else array.shape


def _places(shape: tuple[int, ...]) -> list[str]:
    """`2, 1, 3`: where the numbers of an array stand, counted from 1."""
    return [", ".join(str(i + 1) for i in index) for index in np.ndindex(shape)]


def labels_over(draft: Draft, layer: LayerSpec, name: str) -> Sequence[str]:
    """What stands over the columns of a weight array: words, gates and units."""
    columns = draft.trace[name].shape[-1]
    named = draft.unit_names.get(f"{name.rpartition('.')[0]}.y", ())
    return named if len(named) == columns else column_labels(layer, columns)


def row_words(draft: Draft, weight: str, rows: int) -> Sequence[str]:
    """The words that the rows of a weight array belong to: of codes that are looked up, or of one-hot inputs."""
    names = draft.unit_names.get(weight, ())
    if not names and draft.unit_names and rows <= _WORDS and weight.endswith(".kernel"):
        read = next((x for q in draft.graph if q.expr is not None for x in factors(q.expr, weight)), None)
        names = () if read is None else draft.unit_names.get(draft.graph[read].band.name, ())
    return names if len(names) == rows <= _WORDS else ()


def factors(expr: ex.Expr, weight: str) -> Iterator[str]:
    """The vectors that an expression multiplies by a weight array, or by a part of it."""
    match expr:
        case ex.Dot(x=ex.Ref(name=x), matrix=ex.Ref(name=name) | ex.Slice(of=ex.Ref(name=name))) if name == weight:
            yield x
    for operand in ex.operands(expr):
        yield from factors(operand, weight)


def column_labels(layer: LayerSpec, columns: int) -> list[str]:
    """What each column of a weight array belongs to: the gate, and the unit if there are several."""
    gates = tuple(VALUES.get(layer.kind.removesuffix("Cell"), ("",)))
    units = columns // len(gates)
    of_steps = layer.kind == "BatchNormalization" and layer.options["axis"] != -1
    if units * len(gates) != columns or of_steps:
        return [str(j + 1) for j in range(columns)]
    return [
        " ".join(
            part for part in (gate, say("common.unit", unit=unit + 1) if units > 1 or gates == ("",) else "") if part
        )
        for gate in gates
        for unit in range(units)
    ]
