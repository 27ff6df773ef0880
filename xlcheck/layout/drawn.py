"""Which layers can be drawn, and the maps of a layer as a loop and unrolled over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout import cells
from xlcheck.layout import table as tables
from xlcheck.layout.cells import BEFORE, COMPLEMENT, CellMap
from xlcheck.layout.draft import Draft
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import say

MOST_LAYERS = 12
"""More do not fit on one page."""
UNROLLED = 5
"""Steps that are drawn beside each other: of more the first one and the last ones."""


@dataclass(frozen=True)
class Drawn:
    """A layer that is drawn.

    Attributes:
        layer: its name in quantities.
        kind: the Keras class.
        cell: its map.
        parts: the map's boxes, with the symbols that this layer has.
        x: what it reads at each step; one, if it has no time steps.
        second: the same of the second of two inputs.
    """

    layer: str
    kind: str
    cell: CellMap
    parts: Mapping[str, tuple[str, ...]]
    x: Sequence[str]
    second: Sequence[str] = ()


def drawn_layers(draft: Draft, spec: ModelSpec) -> list[Drawn]:
    """The layers for which there is a map, in order; none if they are too many for one page."""
    kinds = {call.name: spec.layer(call.layer).kind for call in spec.calls}
    found = []
    for layer in dict.fromkeys(q.band.layer for q in draft.graph if q.expr is not None and not q.is_weight):
        symbols = draft.graph.symbols[layer]
        own = [q for q in draft.graph if q.band.layer == layer and not q.is_weight and q.expr is not None]
        if any(q.band.columns for q in own):  # the rows of an image are no steps of a loop
            continue
        inner = kinds.get(layer) or next((m.kind for s in spec.layers for m in s.inner if layer.endswith(m.name)), "")
        candidates = [*cells.BY_SYMBOLS, *([cells.BY_KIND[inner]] if inner in cells.BY_KIND else [])]
        candidates += _attention(own)
        for cell in candidates:
            parts = _parts(cell, symbols)
            if own and parts is not None and 0 <= max(q.step or 0 for q in own) < tables.WRAP:
                read = _two_read(draft, own) if cell is cells.DOT else (_read(own), ())
                found.append(Drawn(layer, inner or layer, cell, parts, *read))
                break
    return found if 0 < len(found) <= MOST_LAYERS else []


def _attention(own: Sequence[Quantity]) -> list[CellMap]:
    """The map of a layer that makes shares of scores, for as many steps as it attends to."""
    for q in own:
        if q.band.symbol in ("shares", "shares_1") and isinstance(q.expr, ex.Softmax):
            return [cells.attention(q.shape[-1], q.band.symbol.removeprefix("shares"))]
    return []


def _parts(cell: CellMap, symbols: frozenset[str]) -> dict[str, tuple[str, ...]] | None:
    """The symbols of each box, or None if the layer lacks one."""
    parts = {}
    for word, part in cell.parts.items():
        own = []
        for choice in part.symbols:
            sign = next((s for s in (COMPLEMENT, BEFORE) if choice.startswith(s)), "")
            symbol = next((s for s in choice.removeprefix(sign).split("|") if s in symbols), None)
            if symbol is None:
                return None
            own.append(sign + symbol)
        parts[word] = tuple(own)
    return parts


def _read(own: Sequence[Quantity]) -> list[str]:
    """What a layer multiplies, or looks up, at each step."""
    found: dict[int, str] = {}
    for q in own:
        if q.expr is not None and (name := next(operands(q.expr), None)) is not None:
            found.setdefault(q.step or 0, name)
    return [found[step] for step in sorted(found)]


def _two_read(draft: Draft, own: Sequence[Quantity]) -> tuple[list[str], list[str]]:
    """What a layer of two inputs reads of each, in order of time."""
    read = dict.fromkeys(name for q in own if q.expr is not None for name in ex.refs(q.expr))
    bands = list(dict.fromkeys(draft.graph[name].band for name in read))
    first, *others = ([name for name in read if draft.graph[name].band == band] for band in bands)
    return first, others[0] if others else first


def operands(expr: ex.Expr) -> Iterator[str]:
    """The vectors that an expression multiplies by a matrix, and those with the codes by which it takes a row of one.

    A code may be one of several numbers that were computed together.
    """
    for node in ex.walk(expr):
        match node:
            case ex.Dot(x=ex.Ref(name)) | ex.Gather(index=ex.Ref(name) | ex.Slice(of=ex.Ref(name))):
                yield name


def unrolled_maps(count: int, backwards: bool, answered: set[int], most: int = UNROLLED) -> tuple[str, str, list[int]]:
    """The loop, the unrolled layer, and the steps that are shown of it (from 0), at most so many."""
    loop = ["y .", "↑:V .", "h .", "↑:U .", "x ."] if answered else ["h .", "↑:U .", "x ."]
    shown = list(range(count)) if count <= most else [0, *range(count - most + 1, count)]
    rows: list[list[str]] = [[] for _ in range(5)]

    def column(*tokens: str) -> None:
        for row, token in zip(rows, tokens, strict=True):
            row.append(token)

    start = (".", ".", "h0", ".", ".")
    if not backwards:
        column(*start)
        column(".", ".", "→:W", ".", ".")
    for place, t in enumerate(shown):
        answer = (f"y{t + 1}", "↑:V") if t in answered else (".", ".")
        column(*answer, f"h{t + 1}", "↑:U", f"x{t + 1}")
        if place + 1 < len(shown):
            column(".", ".", "←:W" if backwards else "→:W", ".", ".")
    if backwards:
        column(".", ".", "←:W", ".", ".")
        column(*start)
    kept = rows if answered else rows[2:]
    return "\n".join(loop), "\n".join(" ".join(row) for row in kept), shown


def caption(draft: Draft, members: Sequence[Sequence[Quantity]]) -> str:
    """What can be chosen on the page, and what its colours mean, as far as there is anything."""
    steps, units = any(len(own) > 1 for own in members), any(own[0].shape[-1] > 1 for own in members)
    roles = {q.band.role for q in draft.graph}
    said = ["one_step" if steps else "live"]
    said += [f"choose{'_step' * steps}{'_unit' * units}"] if steps or units else []
    said += ["_and_".join(role.value for role in (Role.GATE, Role.STATE) if role in roles)]
    return " ".join(say(f"drawn.{name}") for name in said if name)


def page(draft: Draft) -> str:
    """What the page shows, in a sentence."""
    if any(q.band.role is Role.STATE for q in draft.graph):
        return say("pages.picture_of_states")
    return say("pages.picture")
