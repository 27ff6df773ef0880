"""Worksheets with layers that have no sums of weights: slopes, pooling, residual sums, normalisation, attention."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

Cells = dict[str, object]
_ROWS = range(6, 10)


def dense(activation: Callable[[str], str], units: int = 3) -> Cells:
    """Two inputs in A6:B9, weights in B1:D2, biases in B3:D3, results in D6:F9; a sample a row."""
    cells: Cells = {}
    for number, (column, row) in enumerate(product("BCD"[:units], (1, 2, 3))):
        cells[f"{column}{row}"] = round(0.31 * number - 0.9 + 0.07 * row * row, 2)
    for row in _ROWS:
        cells |= {f"A{row}": round(0.4 * row - 2.7, 2), f"B{row}": round(1.9 - 0.27 * row, 2)}
        for column, w in zip("DEF", "BCD"[:units], strict=False):
            cells[f"{column}{row}"] = f"={activation(f'$A{row}*{w}$1+$B{row}*{w}$2+{w}$3')}"
    return cells


def _linear(z: str) -> str:
    return z


def _relu(z: str) -> str:
    return f"MAX(0,{z})"


def slopes() -> Cells:
    """A sum, and 0.01 of it where it is negative."""
    return dense(_linear) | {
        f"{c}{row}": f"=IF({z}{row}>0,{z}{row},0.01*{z}{row})"
        for row in _ROWS
        for c, z in zip("HIJ", "DEF", strict=True)
    }


def pooling() -> Cells:
    """The largest result of each unit over two samples at a time, and a unit that reads them."""
    cells = dense(_relu)
    for column, z in zip("HIJ", "DEF", strict=True):
        cells |= {f"{column}{row}": f"=MAX({z}{first}:{z}{first + 1})" for row, first in ((6, 6), (7, 8))}
        cells[f"{column}1"] = {"H": 0.4, "I": -0.6, "J": 0.9}[column]
    return cells | {f"L{row}": f"=TANH(H{row}*$H$1+I{row}*$I$1+J{row}*$J$1)" for row in (6, 7)}


def residual() -> Cells:
    """Two units of which each is added to an input."""
    cells = dense(_relu, units=2)
    return cells | {
        f"{c}{row}": f"={z}{row}+{x}{row}" for row in _ROWS for c, z, x in (("H", "D", "A"), ("I", "E", "B"))
    }


def normalised() -> Cells:
    """Three units, normalised for each sample, with gamma in J1:L1 and beta in J2:L2."""
    cells = dense(_linear) | {"J1": 1.1, "K1": 0.8, "L1": -0.7, "J2": 0.1, "K2": -0.2, "L2": 0.3}
    for row in _ROWS:
        cells |= {f"H{row}": f"=AVERAGE(D{row}:F{row})", f"I{row}": f"=VARP(D{row}:F{row})"}
        for c, z in zip("JKL", "DEF", strict=True):
            cells[f"{c}{row}"] = f"=({z}{row}-$H{row})/SQRT($I{row}+0.001)*{c}$1+{c}$2"
    return cells


def normalised_apart(samples: int = 4) -> Cells:
    """The same, with what gamma and beta are for in O6:Q9, and a unit that reads the results."""
    cells = normalised() | {"S1": 0.6, "S2": -0.9, "S3": 0.4, "S4": 0.2}
    for row in _ROWS:
        for c, x, z in zip("JKL", "OPQ", "DEF", strict=True):
            cells[f"{x}{row}"] = f"=({z}{row}-$H{row})/SQRT($I{row}+0.001)"
            cells[f"{c}{row}"] = f"={x}{row}*{c}$1+{c}$2"
        cells[f"S{row}"] = f"=J{row}*S$1+K{row}*S$2+L{row}*S$3+S$4"
    return {cell: own for cell, own in cells.items() if int(cell[1:]) < _ROWS[0] + samples}


def normalised_by_typed() -> Cells:
    """Three units, normalised by typed averages in J1:L2, with gamma and beta in J3:L4 and an epsilon in N1; relu."""
    cells = dense(_linear) | {"N1": 0.001}
    for number, c in enumerate("JKL"):
        cells |= {f"{c}1": 0.3 - 0.2 * number, f"{c}2": 0.5 + 0.3 * number}
        cells |= {f"{c}3": 1.2 - 0.4 * number, f"{c}4": round(0.15 * number - 0.1, 2)}
    for row in _ROWS:
        for c, z, a in zip("JKL", "DEF", "OPQ", strict=True):
            cells[f"{c}{row}"] = f"={c}$3*({z}{row}-{c}$1)/SQRT({c}$2+$N$1)+{c}$4"
            cells[f"{a}{row}"] = f"=MAX(0,{c}{row})"
    return cells


def normalised_and_bent() -> Cells:
    """The same with normalisation and relu in one formula, in O6:Q9."""
    cells = normalised_by_typed()
    for row in _ROWS:
        for c, a in zip("JKL", "OPQ", strict=True):
            cells[f"{a}{row}"] = f"=MAX(0,{str(cells.pop(f'{c}{row}'))[1:]})"
    return cells


def normalised_inputs() -> Cells:
    """Three typed numbers a row, normalised; two units whose sums are added to the first two of them; a head."""
    cells: Cells = {"I1": 1.1, "J1": 0.8, "K1": -0.7, "I2": 0.1, "J2": -0.2, "K2": 0.3, "M1": 0.00001}
    cells |= {f"{c}{row}": round(0.3 * row - 0.4 * n, 2) for n, c in enumerate("OP") for row in (1, 2, 3)}
    cells |= {"O4": 0.1, "P4": -0.2, "U1": 0.6, "U2": -0.9}
    for row in _ROWS:
        cells |= {f"{c}{row}": round(0.37 * row * (n - 1.4) % 2 - 1, 2) for n, c in enumerate("ABC")}
        cells |= {f"E{row}": f"=AVERAGE($A{row}:$C{row})", f"F{row}": f"=VARP($A{row}:$C{row})"}
        for c, x in zip("IJK", "ABC", strict=True):
            cells[f"{c}{row}"] = f"=({x}{row}-$E{row})/SQRT($F{row}+$M$1)*{c}$1+{c}$2"
        for c, x in zip("OP", "AB", strict=True):
            cells[f"{c}{row}"] = f"=$I{row}*{c}$1+$J{row}*{c}$2+$K{row}*{c}$3+{c}$4"
            cells[f"{'R' if c == 'O' else 'S'}{row}"] = f"={x}{row}+{c}{row}"
        cells[f"U{row}"] = f"=TANH(R{row}*U$1+S{row}*U$2)"
    return cells


def softmax() -> Cells:
    """The softmax of three rows of typed numbers."""
    cells: Cells = {
        f"{c}{row}": round(0.37 * row * n - 2, 2) for row in (1, 2, 3) for n, c in enumerate("ABCD", start=1)
    }
    for row in (1, 2, 3):
        cells |= {f"{c}{row}": f"=EXP({x}{row})" for c, x in zip("FGHI", "ABCD", strict=True)}
        cells |= {f"{c}{row}": f"={e}{row}/SUM($F{row}:$I{row})" for c, e in zip("KLMN", "FGHI", strict=True)}
    return cells


def attention(tokens: int = 3) -> Cells:
    """Tokens of two numbers; queries, keys and values; scores over √2, their softmax, and what it mixes."""
    rows = range(2, 2 + tokens)
    cells: Cells = {f"{c}{row}": round(0.53 * row - 0.8 * n, 2) for row in rows for n, c in enumerate("AB")}
    columns = "DEGHJK"
    for number, (column, row) in enumerate(product(columns, (7, 8))):
        cells[f"{column}{row}"] = round(0.23 * number - 1.1 + 0.31 * (row - 7) * (number % 3), 2)
    for row in rows:
        cells |= {f"{c}{row}": f"=$A{row}*{c}$7+$B{row}*{c}$8" for c in columns}
        for k, score, power, share in zip(rows, "MNOP", "QRST", "UVWX", strict=False):
            cells[f"{score}{row}"] = f"=($D{row}*$G${k}+$E{row}*$H${k})/SQRT(2)"
            cells[f"{power}{row}"] = f"=EXP({score}{row})"
            cells[f"{share}{row}"] = f"={power}{row}/SUM($Q{row}:${'QRST'[tokens - 1]}{row})"
        for c, v in (("Y", "J"), ("Z", "K")):
            cells[f"{c}{row}"] = "=" + "+".join(f"${s}{row}*{v}${k}" for s, k in zip("UVWX", rows, strict=False))
    return cells


def attention_of_more() -> Cells:
    """The same with as many tokens as there are columns for scores, the keys before the queries."""
    exchanged = str.maketrans("DEGH", "GHDE")
    return {
        cell: text.translate(exchanged) if isinstance(text, str) and cell[0] in "MNOP" else text
        for cell, text in attention(4).items()
    }


def masked_attention(asks: str = "{key}>{query}", mask: str = "-1E9") -> Cells:
    """The same with the scores of later tokens masked, and the queries before the keys again.

    Args:
        asks: whether a score does not count, by the numbers of its key and its query.
        mask: what stands there instead.
    """
    cells = attention(4)
    for query, row in enumerate(range(2, 6), start=1):
        for key, column in enumerate("MNOP", start=1):
            score = str(cells[f"{column}{row}"])[1:]
            cells[f"{column}{row}"] = f"=IF({asks.format(key=key, query=query)},{mask},{score})"
    return cells


def attention_by_hand(tokens: int = 3) -> Cells:
    """Tokens in columns, matrices to their left; keys that stand once more, transposed; shares by columns."""
    columns = "IJKL"[:tokens]
    cells: Cells = {
        f"{c}{row}": round(0.37 * row - 0.9 + 0.41 * n * (row - 2), 2) for n, c in enumerate(columns) for row in (1, 2)
    }
    for number, (row, c) in enumerate(product((4, 5, 7, 8, 10, 11), "AB")):
        cells[f"{c}{row}"] = round(0.29 * number - 1.2 + 0.17 * (number % 4), 2)
    for n, c in enumerate(columns):
        cells |= {f"{c}{row}": f"=$A{row}*{c}$1+$B{row}*{c}$2" for row in (4, 5, 7, 8, 10, 11)}
        cells |= {f"E{20 + n}": f"={c}7", f"F{20 + n}": f"={c}8"}
        for k in range(tokens):
            cells |= {f"{c}{20 + k}": f"=$E{20 + k}*{c}$4+$F{20 + k}*{c}$5", f"{c}{26 + k}": f"={c}{20 + k}/SQRT(2)"}
            cells |= {f"{c}{32 + k}": f"=EXP({c}{26 + k})", f"{c}{40 + k}": f"={c}{32 + k}/{c}$38"}
        cells[f"{c}38"] = f"=SUM({c}32:{c}{31 + tokens})"
        for row, values in ((46, 10), (47, 11)):
            cells[f"{c}{row}"] = "=" + "+".join(f"${v}${values}*{c}{40 + k}" for k, v in enumerate(columns))
    return cells


def block(*, bias: bool = False, place: bool = False) -> Cells:
    """Attention, a layer that reads it, and two layers behind; both times what was read is added. A block of a model.

    Args:
        bias: whether the layer that reads the attention has a bias.
        place: whether the tokens are sums of two numbers, of a word and of its place, on the right.
    """
    cells = attention() | {"AH9": 0.4, "AI9": -0.1, "AJ9": 0.2, "AL10": 0.3, "AM10": -0.2}
    cells |= {f"{c}7": w for c, w in zip(("AB", "AC", "AH", "AI", "AJ"), (0.6, -0.8, 1.1, -0.5, 0.9), strict=True)}
    cells |= {f"{c}8": w for c, w in zip(("AB", "AC", "AH", "AI", "AJ"), (0.3, 0.7, -0.4, 0.8, 0.6), strict=True)}
    cells |= {f"AL{row}": 0.21 * row - 1.2 for row in (7, 8, 9)} | {f"AM{row}": 1.9 - 0.3 * row for row in (7, 8, 9)}
    cells |= {"AB9": 0.15, "AC9": -0.35} if bias else {}
    for row in (2, 3, 4):
        for c, x, own, total in (("AB", "A", "AL", "AO"), ("AC", "B", "AM", "AP")):
            cells[f"{c}{row}"] = f"=$Y{row}*{c}$7+$Z{row}*{c}$8" + (f"+{c}$9" if bias else "")
            cells[f"{'AE' if x == 'A' else 'AF'}{row}"] = f"={c}{row}+{x}{row}"
            cells[f"{own}{row}"] = f"=$AH{row}*{own}$7+$AI{row}*{own}$8+$AJ{row}*{own}$9+{own}$10"
            cells[f"{total}{row}"] = f"={own}{row}+{'AE' if x == 'A' else 'AF'}{row}"
            cells |= {f"{x}{row}": f"=A{x}{row + 20}+B{x}{row + 20}"} if place else {}
            cells |= (
                {f"{k}{x}{row + 20}": round(0.31 * row * (0.7 if k == "A" else -0.4), 2) for k in "AB"} if place else {}
            )
        cells |= {f"{c}{row}": f"=MAX(0,$AE{row}*{c}$7+$AF{row}*{c}$8+{c}$9)" for c in ("AH", "AI", "AJ")}
    return cells
