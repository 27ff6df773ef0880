"""Worksheets with an attention over the steps of one unit: words that are pooled, and an additive attention."""

from __future__ import annotations

from itertools import product

from plain_sheets import Cells, attention

WORDS = range(3, 7)
"""The rows of the words, or of the states that are attended to."""


def pooled_words() -> Cells:
    """Words of two numbers in A3:B6; scores by u·tanh(W·x + b) in F; shares in H; their mean so weighed in A9:B9."""
    cells: Cells = {"K6": 0.7, "L6": -1.2, "A11": 0.9, "B11": -0.6, "C11": 0.15, "K5": 0.1, "L5": -0.2}
    for number, (column, row) in enumerate(product("KL", (3, 4))):
        cells[f"{column}{row}"] = round(0.8 - 0.55 * number, 2)
    for row in WORDS:
        cells |= {f"A{row}": round(0.53 * row - 2.1, 2), f"B{row}": round(1.7 - 0.41 * row * (row % 3), 2)}
        for hidden, w in (("D", "K"), ("E", "L")):
            cells[f"{hidden}{row}"] = f"=TANH($A{row}*{w}$3+$B{row}*{w}$4+{w}$5)"
        cells |= {f"F{row}": f"=$D{row}*$K$6+$E{row}*$L$6", f"G{row}": f"=EXP(F{row})"}
        cells[f"H{row}"] = f"=G{row}/SUM(G$3:G$6)"
    cells |= {f"{c}9": f"=SUMPRODUCT({c}$3:{c}$6,$H$3:$H$6)" for c in "AB"}
    return cells | {"D9": "=1/(1+EXP(-(A9*A11+B9*B11+C11)))"}


def additive_attention(queries: int = 2) -> Cells:
    """Typed states in A3:B6, queries in D3:E4; v·tanh(W·s + U·h), a block a query; what is mixed beside each."""
    cells: Cells = {"R9": 1.1, "S9": -0.8}
    for number, (column, row) in enumerate(product("RS", (3, 4, 6, 7))):
        cells[f"{column}{row}"] = round(0.91 - 0.37 * number + 0.05 * number * number, 2)
    for row in WORDS:
        cells |= {f"A{row}": round(0.31 * row - 1.3, 2), f"B{row}": round(0.9 - 0.47 * (row % 3), 2)}
    for query in range(queries):
        cells |= {f"D{3 + query}": round(0.4 - 0.7 * query, 2), f"E{3 + query}": round(0.9 * query - 0.6, 2)}
        first = 12 + 6 * query
        for number, row in enumerate(WORDS, first):
            for hidden, w in (("G", "R"), ("H", "S")):
                read = f"$D${3 + query}*{w}$3+$E${3 + query}*{w}$4+$A{row}*{w}$6+$B{row}*{w}$7"
                cells[f"{hidden}{number}"] = f"=TANH({read})"
            cells |= {f"I{number}": f"=G{number}*$R$9+H{number}*$S$9", f"J{number}": f"=EXP(I{number})"}
            cells[f"K{number}"] = f"=J{number}/SUM(J${first}:J${first + 3})"
        for mixed, h in (("M", "A"), ("N", "B")):
            products = (f"$K{number}*{h}${row}" for number, row in enumerate(WORDS, first))
            cells[f"{mixed}{first}"] = "=" + "+".join(products)
    return cells


def masked_by_positions(asks: str, mask: str = "-1E9") -> Cells:
    """Four tokens, of which scores are masked by what is asked of cells; the positions stand in AB2:AB5, 1 to 4.

    Args:
        asks: a condition on the cells `{key}` and `{query}` of the two positions, or on `{own}`, a place of a mask.
        mask: what stands in the place of a score where it holds.
    """
    cells = attention(4) | {f"AB{1 + n}": n for n in range(1, 5)}
    for query, (key, column) in product(range(2, 6), enumerate("MNOP", start=2)):
        score, own = str(cells[f"{column}{query}"])[1:], f"A{chr(ord(column) - 9)}{query}"
        condition = asks.format(key=f"$AB${key}", query=f"$AB{query}", own=own)
        cells[f"{column}{query}"] = f"=IF({condition},{mask},{score})"
    return cells


def masked_by_a_table() -> Cells:
    """The same with a typed mask in AD2:AG5, in which 0 stands for what is masked."""
    cells = masked_by_positions("{own}=0") | {
        f"A{c}{row}": int(n <= row) for row in range(2, 6) for n, c in enumerate("DEFG", 2)
    }
    return {cell: own for cell, own in cells.items() if not cell.startswith("AB")}
