"""The maps of the layers' cells, as textbooks draw them, and what stands in their boxes.

A box is a quantity of the graph, or a product of some. A layer is drawn if it has all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """What a box shows.

    Attributes:
        symbols: the quantity's symbol, or those of which the first that the layer has is meant; several are multiplied.
        label: what stands above the number; by default the quantity's own label.
        role: the tint; by default the quantity's own.
        unit: which of its elements, from 0; by default the one that a drop-down chooses.
    """

    symbols: tuple[str, ...]
    label: str = ""
    role: str = ""
    unit: int | None = None


BEFORE, COMPLEMENT = "-", "1-"
"""In front of a symbol: its value before the step; one minus the value."""


@dataclass(frozen=True)
class CellMap:
    """How a layer's cell is drawn.

    Attributes:
        map: see `drawing`; `x` is what the layer reads, `x2` the second of two inputs.
        parts: every other box by its word in the map.
        sentence: what the picture shows.
        misconception: what learners often believe, and why it is not so.
    """

    map: str
    parts: Mapping[str, Part]
    sentence: str
    misconception: str = ""


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
        "fc": Part(("f", f"{BEFORE}c"), "× keep"), "ic": Part(("i", "c_tilde"), "× write"),
        "c1": Part(("c_new|c",), "+", "state"), "tc": Part(("tanh_c",)),
        "h1": Part(("o", "tanh_c"), "× show", "state"), "c": Part(("c",)), "h": Part(("h",)),
        "f": Part(("f",)), "i": Part(("i",)), "cand": Part(("c_tilde",)), "o": Part(("o",)),
        "zf": Part(("z_f",)), "zi": Part(("z_i",)), "zc": Part(("z_c",)), "zo": Part(("z_o",)),
    },
    "The memory runs along the top: part of the old one is kept (×), something new is written (+). Below it the "
    "gates: each looks at what is read now and at the output of the step before.",
    "The cell state c is not the output: only h, the part that the output gate lets through, leaves the cell.",
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
        "h0": _H_BEFORE, "zh": Part(("z", f"{BEFORE}h"), "× keep"), "not": Part((f"{COMPLEMENT}z",), "1 − zₜ", "gate"),
        "nc": Part((f"{COMPLEMENT}z", "hh"), "× write"), "h1": Part(("h_new|h",), "+", "state"), "h": Part(("h",)),
        "z": Part(("z",)), "r": Part(("r",)), "rh": Part(("r_hr|r_h",), "× reset"), "cand": Part(("hh",)),
        "az": Part(("a_z",)), "ar": Part(("a_r",)), "ac": Part(("a_hh",)),
    },
    "One gate sets both shares: zₜ of the old state is kept, and 1 − zₜ of the candidate is written. The reset gate "
    "says how much of the old state the candidate may see.",
    "In Keras a large zₜ keeps the old state. Some books swap the shares; their z is this 1 − z.",
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
    "What is read now and what is remembered are each weighted; their sum, with the bias, goes through the activation.",
    "There is one set of weights: every time step uses the same numbers again.",
)  # fmt: skip

DENSE = CellMap(
    "x    →    z    →    y",
    {"z": Part(("z",), "Σ + bias"), "y": Part(("y",))},
    "A weighted sum of all that comes in, plus the bias, goes through the activation.",
)

EMBEDDING = CellMap(
    "x    →    y",
    {"y": Part(("y",))},
    "The code picks a row of the table; nothing is calculated.",
    "A code is only a name: 3 is not more than 2.",
)

DOT = CellMap(
    "x    →    y    ←    x2",
    {"y": Part(("y",))},
    "The numbers of two vectors are multiplied, each with the one in the same place, and added up: the sum says how "
    "much the vectors point the same way.",
    "A large product does not yet mean that two vectors are alike: it also grows with their lengths.",
)

ATTENDED = 5
"""Steps whose scores and shares are drawn beside each other."""


def attention(steps: int, suffix: str = "") -> CellMap:
    """Attention: the score of each step becomes its share, and the values are added up by their shares.

    Args:
        steps: that are attended to; at most `ATTENDED` of them are drawn.
        suffix: of the symbols, in a layer that only makes shares and adds nothing up.
    """
    shown = range(1, min(steps, ATTENDED) + 1)
    parts = {f"s{k}": Part((f"shares{suffix}",), f"share {k}", "gate", k - 1) for k in shown}
    parts |= {f"e{k}": Part((f"scores{suffix}",), f"score {k}", "", k - 1) for k in shown}
    rows = [
        "  .  ".join(f"s{k}" for k in shown),
        "  .  ".join("↑" for _ in shown),
        "  .  ".join(f"e{k}" for k in shown),
    ]
    if not suffix:
        parts["y"] = Part(("y",))
        bus = ["┌", *("┬" for _ in shown[1:])] if len(shown) > 1 else ["┌"]
        rows = ["  ─  ".join(bus) + "  →  y", *(f"{row}  .  ." for row in rows)]
    left_out = f" Only the first {ATTENDED} of {steps} steps are drawn." if steps > ATTENDED else ""
    return CellMap(
        "\n".join(rows),
        parts,
        "Each step has a score: how well it fits what is looked for. The softmax turns scores into shares, which add "
        f"up to 1; the values are then added up, each counted by its share.{left_out}",
        "A share is not a gate: it can only grow if others become smaller.",
    )


BY_SYMBOLS = (LSTM, GRU, SIMPLE_RNN)
BY_KIND: Mapping[str, CellMap] = {"Dense": DENSE, "Embedding": EMBEDDING, "Dot": DOT}
