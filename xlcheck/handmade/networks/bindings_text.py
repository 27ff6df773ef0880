"""A network as the text of a bindings file, with comments where it is not sure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.networks.bound_layers import SECOND_BIAS
from xlcheck.handmade.networks.helpers import helpers
from xlcheck.handmade.networks.layer_specs import DEFAULTS
from xlcheck.handmade.networks.network import Network, Places
from xlcheck.handmade.networks.ranges import Cells
from xlcheck.layers.gates import GATES
from xlcheck.model.model_spec import LayerSpec


def bindings_text(networks: Sequence[Network], comments: Sequence[Sequence[str]], title: str) -> str:
    """The text of a bindings file.

    Args:
        networks: the models, in the order of the file.
        comments: what to say before each of them.
        title: the first line.
    """
    lines = [f"# {title}"]
    for network, said in zip(networks, comments, strict=True):
        lines.append("")
        lines += [f"# {' '.join(line.split())}" for line in said]  # a word of the sheet must not end the comment
        lines += _model(network)
    return "\n".join(lines) + "\n"


def _model(network: Network) -> Iterator[str]:
    sheet = _commonest_sheet(network)
    yield "[[model]]"
    yield f"sheet = {json.dumps(sheet, ensure_ascii=False)}"
    if network.spec.loss:
        yield f"loss = {json.dumps(network.spec.loss)}"
    for layer in network.spec.layers:
        yield ""
        yield from _layer(network, layer, sheet)
    for number, sample in enumerate(network.samples):
        yield ""
        yield "[[model.document]]"
        bound = network.bound[number] if network.bound else {}
        yield from _document(network, {**sample, **bound}, sheet)


def _commonest_sheet(network: Network) -> str:
    counts: dict[str, int] = {}
    for _, _, _, cell in network.cells():
        counts[cell[0]] = counts.get(cell[0], 0) + 1
    return max(counts, key=lambda name: counts[name])


def _layer(network: Network, layer: LayerSpec, sheet: str) -> Iterator[str]:
    yield "[[model.layer]]"
    yield f"type = {json.dumps(layer.kind)}"
    yield f"name = {json.dumps(layer.name)}"
    yield f"units = {layer.options['units']}"
    for option, default in DEFAULTS[layer.kind].items():
        if layer.options[option] != default and option != "use_bias":
            yield f"{option} = {json.dumps(layer.options[option])}"
    turned = {weight for weight in layer.weights if f"{layer.name}.{weight}" in network.turned}
    if turned:
        yield f"negative = {json.dumps('bias' if turned == {'bias'} else 'z')}"
    weights = {name: (network.weights[f"{layer.name}.{name}"], shape) for name, shape in layer.weights.items()}
    if network.ones and layer is network.spec.layers[0]:
        places, (inputs, columns) = weights["kernel"]
        weights["kernel"] = places[:-columns], (inputs - 1, columns)
        weights[SECOND_BIAS] = network.second_bias, (columns,)
    for name, (places, shape) in weights.items():
        yield from _weight(name, places, shape, layer, sheet)


def _weight(name: str, places: Places, shape: tuple[int, ...], layer: LayerSpec, sheet: str) -> Iterator[str]:
    cells = _array(places, shape)
    matrix = cells.reshape(1, -1) if cells.ndim == 1 else cells
    whole = _block(matrix, sheet)
    gates = GATES.get(layer.kind, ("y",))
    if whole is not None:
        yield f"{name} = {whole}"
        return
    if len(gates) > 1:
        units = layer.options["units"]
        blocks = {g: _block(matrix[:, i * units : (i + 1) * units], sheet) for i, g in enumerate(gates)}
        if None not in blocks.values():
            yield f"{name} = {{ {', '.join(f'{gate} = {block}' for gate, block in blocks.items())} }}"
            return
    yield f"{name} = {_list(cells, sheet)}"


def _document(network: Network, sample: Mapping[str, Places], sheet: str) -> Iterator[str]:
    bands: dict[str, list[str]] = {}
    helper_of = {name: band for band, helper in helpers(network.graph).items() for name in helper.steps}
    for name in sample:
        if name in network.graph:
            bands.setdefault(network.graph[name].band.name, []).append(name)
        elif name in helper_of:
            bands.setdefault(helper_of[name], []).append(name)
    for band, names in bands.items():
        key = {"input.x": "x", "target.y": "y"}.get(band, band)
        key = key if key.isidentifier() else json.dumps(key)
        rows = [_array(sample[name], (len(sample[name]),)) for name in names]
        rows = [row[: len(row) - network.ones] for row in rows] if key == "x" else rows
        whole = _block(np.stack(rows), sheet) if len({len(row) for row in rows}) == 1 else None
        if whole is not None and (len(rows) != len(rows[0]) or len(rows) == 1):
            yield f"{key} = {whole}"
            continue
        parts = [_block(row.reshape(1, -1), sheet) for row in rows]
        if len(rows) == 1:
            yield f"{key} = {parts[0] or _list(rows[0], sheet)}"
        else:
            yield f"{key} = [{', '.join(p or _list(r, sheet) for p, r in zip(parts, rows, strict=True))}]"


def _array(places: Places, shape: Sequence[int]) -> Cells:
    cells = np.empty(len(places), dtype=object)
    for i, place in enumerate(places):
        cells[i] = place
    return cells.reshape(tuple(shape))


def _block(cells: Cells, sheet: str) -> str | None:
    """The range that holds a matrix as it is or with rows and columns exchanged, as TOML; None if there is none."""
    for transposed, matrix in ((False, cells), (True, cells.T)):
        area = _range(matrix)
        if area is None:
            continue
        text = _text(area, sheet)
        square = cells.shape[0] == cells.shape[1] > 1
        return f"{{ range = {text}, transposed = {str(transposed).lower()} }}" if square else text
    return None


def _range(matrix: Cells) -> Range | None:
    first = matrix[0, 0]
    if first is None:
        return None
    sheet, top, left = first
    for (row, column), cell in np.ndenumerate(matrix):
        if cell != (sheet, top + row, left + column):
            return None
    return Range(sheet, top, left, *matrix.shape)


def _list(cells: Cells, sheet: str) -> str:
    texts = [json.dumps("") if cell is None else _text(Range(*_cell(cell)), sheet) for cell in cells.reshape(-1)]
    return f"{{ cells = [{', '.join(texts)}] }}"


def _cell(cell: Any) -> Address:
    return cell  # type: ignore[no-any-return]


def _text(area: Range, sheet: str) -> str:
    text = area.a1 if area.sheet == sheet else str(area)
    if parse_range(text, sheet) != area:
        raise ValueError(f"{text!r} does not say where {area} is")
    return json.dumps(text, ensure_ascii=False)
