"""The maps of the layers' cells, as textbooks draw them, and what stands in their boxes.

A box is a quantity of the graph, or a product of some. A layer is drawn if it has all of them, a recurrent
one as a loop and unrolled over time, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.draft import Draft
from xlcheck.layout.tables import table as tables
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import say, texts


@dataclass(frozen=True)
class Part:
    """What a box shows.

    Attributes:
        symbols: the quantity's symbol, or those of which the first that the layer has is meant; several are multiplied.
        label: what stands above the number, or the name of a text that does; by default the quantity's own label.
        role: the tint; by default the quantity's own.
        unit: which of its elements, from 0; by default the one that a drop-down chooses.
    """

    symbols: tuple[str, ...]
    label: str = ""
    role: str = ""
    unit: int | None = None

    def said(self) -> str:
        """What stands above the number, or nothing."""
        return str(texts("sheets")["cells"].get(self.label, self.label))


BEFORE, COMPLEMENT = "-", "1-"
"""In front of a symbol: its value before the step; one minus the value."""


@dataclass(frozen=True)
class CellMap:
    """How a layer's cell is drawn.

    Attributes:
        map: see `drawing`; `x` is what the layer reads, `x2` the second of two inputs.
        parts: every other box by its word in the map.
        name: of the text that says what the picture shows; the one of what learners often believe, and why it is not
            so, has the same name with `_misconception`.
        steps: that are attended to, if it is attention.
    """

    map: str
    parts: Mapping[str, Part]
    name: str
    steps: int = 0

    def sentences(self) -> str:
        """What the picture shows, and what learners often believe."""
        own = [self.name, f"{self.name}_misconception"]
        if self.steps > ATTENDED:
            own.insert(1, "attended")
        said = {
            name: say(f"cells.{name}", shown=ATTENDED, steps=self.steps)
            for name in own
            if name in texts("sheets")["cells"]
        }
        return "\n\n".join(said.values())


_H_BEFORE = Part((f"{BEFORE}h",), role="state")

LSTM = CellMap(
    """
    c0   →    fc   →    c1   ─    ┬    ─   ─   →   c
    .    .    ↑    .    ↑    .    ↓    .   .   .   .
    .    .    │    ┌→   ic   ┐←   tc   →   h1  →   h
    .    .    │    │    .    │    .    .   ↑   .   .
    .    .    f    i    .    cand .    .   o   .   .
    .    .    ↑    ↑    .    ↑    .    .   ↑   .   .
    .    .    zf   zi   .    zc   .    .   zo  .   .
    .    .    ↑    ↑    .    ↑    .    .   ↑   .   .
    h0   ┬    ┴    ┴    ─    ┴    ─    ─   ┘   .   .
    x    ┘    .    .    .    .    .    .   .   .   .
    """,
    {
        "c0": Part((f"{BEFORE}c",), role="state"), "h0": _H_BEFORE,
        "fc": Part(("f", f"{BEFORE}c"), "keep"), "ic": Part(("i", "c_tilde"), "write"),
        "c1": Part(("c_new|c",), "+", "state"), "tc": Part(("tanh_c",)),
        "h1": Part(("o", "tanh_c"), "show", "state"), "c": Part(("c",)), "h": Part(("h",)),
        "f": Part(("f",)), "i": Part(("i",)), "cand": Part(("c_tilde",)), "o": Part(("o",)),
        "zf": Part(("z_f",)), "zi": Part(("z_i",)), "zc": Part(("z_c",)), "zo": Part(("z_o",)),
    },
    "lstm",
)  # fmt: skip

GRU = CellMap(
    """
    h0   →    zh   ─    ─    ─    →    h1   →    h
    .    .    ↑    .    .    .    .    ↑    .    .
    .    .    ├    →    not  ─    →    nc   .    .
    .    .    │    .    .    .    .    ↑    .    .
    .    .    z    .    r    →    rh   cand .    .
    .    .    ↑    .    ↑    .    │    ↑    .    .
    .    .    az   .    ar   .    └→   ac   .    .
    .    .    ↑    .    ↑    .    .    ↑    .    .
    h0   ┬    ┴    ─    ┴    ─    ─    ┘    .    .
    x    ┘    .    .    .    .    .    .    .    .
    """,
    {
        "h0": _H_BEFORE, "zh": Part(("z", f"{BEFORE}h"), "keep"), "not": Part((f"{COMPLEMENT}z",), "1 − zₜ", "gate"),
        "nc": Part((f"{COMPLEMENT}z", "hh"), "write"), "h1": Part(("h_new|h",), "+", "state"), "h": Part(("h",)),
        "z": Part(("z",)), "r": Part(("r",)), "rh": Part(("r_hr|r_h",), "reset"), "cand": Part(("hh",)),
        "az": Part(("a_z",)), "ar": Part(("a_r",)), "ac": Part(("a_hh",)),
    },
    "gru",
)  # fmt: skip

SIMPLE_RNN = CellMap(
    """
    h0   →    hr   ─    ┐    .    .    .    .
    .    .    .    .    ↓    .    .    .    .
    x    →    xk   →    z    →    h1   →    h
    """,
    {
        "h0": _H_BEFORE, "hr": Part(("hr",), "W · {before}"), "xk": Part(("xk",), "U · xₜ"), "z": Part(("z",), "+"),
        "h1": Part(("h_new|h",), "{act}", "state"), "h": Part(("h",)),
    },
    "simple_rnn",
)  # fmt: skip

DENSE = CellMap("x    →    z    →    y", {"z": Part(("z",), "sum_and_bias"), "y": Part(("y",))}, "dense")

EMBEDDING = CellMap("x    →    y", {"y": Part(("y",))}, "embedding")

DOT = CellMap("x    →    y    ←    x2", {"y": Part(("y",))}, "dot")

ATTENDED = 5
"""Steps whose scores and shares are drawn beside each other."""


def attention(steps: int, suffix: str = "") -> CellMap:
    """Attention: the score of each step becomes its share, and the values are added up by their shares.

    Args:
        steps: that are attended to; at most `ATTENDED` of them are drawn.
        suffix: of the symbols, in a layer that only makes shares and adds nothing up.
    """
    shown = range(1, min(steps, ATTENDED) + 1)
    parts = {f"s{k}": Part((f"shares{suffix}",), say("cells.share", number=k), "gate", k - 1) for k in shown}
    parts |= {f"e{k}": Part((f"scores{suffix}",), say("cells.score", number=k), "", k - 1) for k in shown}
    rows = [
        "  .  ".join(f"s{k}" for k in shown),
        "  .  ".join("↑" for _ in shown),
        "  .  ".join(f"e{k}" for k in shown),
    ]
    if not suffix:
        parts["y"] = Part(("y",))
        bus = ["┌", *("┬" for _ in shown[1:])] if len(shown) > 1 else ["┌"]
        rows = ["  ─  ".join(bus) + "  →  y", *(f"{row}  .  ." for row in rows)]
    return CellMap("\n".join(rows), parts, "attention", steps)


BY_SYMBOLS = (LSTM, GRU, SIMPLE_RNN)
BY_KIND: Mapping[str, CellMap] = {"Dense": DENSE, "Embedding": EMBEDDING, "Dot": DOT}


MOST_LAYERS = 12
"""More do not fit on one page."""
UNROLLED = 5
"""Steps that are drawn beside each other: of more the first one and the last ones."""


@dataclass(frozen=True)
class Drawn:
    """A layer that is drawn.

    Attributes:
        layer: its name in quantities.
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
        candidates = [*BY_SYMBOLS, *([BY_KIND[inner]] if inner in BY_KIND else [])]
        candidates += _attention(own)
        for cell in candidates:
            parts = _parts(cell, symbols)
            if own and parts is not None and 0 <= max(q.step or 0 for q in own) < tables.WRAP:
                read = _two_read(draft, own) if cell is DOT else (_read(own), ())
                found.append(Drawn(layer, inner or layer, cell, parts, *read))
                break
    return found if 0 < len(found) <= MOST_LAYERS else []


def _attention(own: Sequence[Quantity]) -> list[CellMap]:
    """The map of a layer that makes shares of scores, for as many steps as it attends to."""
    for q in own:
        if q.band.symbol in ("shares", "shares_1") and isinstance(q.expr, ex.Softmax):
            return [attention(q.shape[-1], q.band.symbol.removeprefix("shares"))]
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
    read = dict.fromkeys(name for q in own for name in q.reads)
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
