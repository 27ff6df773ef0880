"""The maps of the layers' cells, as textbooks draw them, and what stands in their boxes.

A box is a quantity of the graph, or a product of some. A layer is drawn if it has all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
