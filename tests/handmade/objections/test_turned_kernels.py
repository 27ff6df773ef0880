"""Which way the rows and columns of a block of weights are meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import verdict
from plain_sheets import Cells, normalised_by_typed
from recognised_sheets import sheet

from xlcheck.handmade.objections.turned_kernels import turned_kernel


@pytest.mark.keras
def test_a_recurrent_kernel_is_read_as_the_kernel_of_its_layer(tmp_path: Path) -> None:
    """Rule: the weights of the layer behind may stand in line with it and be read the other way."""
    tables = {
        "B": ((0.24, -0.99), (-0.25, 0.49), (0.1, -1.8)),
        "E": ((-0.8, 0.18), (-1.55, -0.9), (0.52, 0.34)),
        "H": ((0.11, -0.66), (-0.74, -0.72), (0.16, 0.01)),
    }
    cells: dict[str, object] = {"F15": 0, "G15": 0, "J4": 0.4, "J5": 0.1, "J6": -0.2}
    for left, rows in tables.items():
        columns = (left, chr(ord(left) + 1))
        cells |= {f"{c}{n}": w for n, row in enumerate(rows, 4) for c, w in zip(columns, row, strict=True)}
    for row, inputs in enumerate(((0.3, 1.2, -0.5), (-0.9, 0.1, 0.8), (1.1, -0.4, 0.2), (0.6, 0.7, -1.3)), 16):
        cells |= {f"{c}{row}": x for c, x in zip("BCD", inputs, strict=True)}
        for state, kernel, recurrent in (("F", "B", "H"), ("G", "C", "I")):
            fed = "+".join(f"$B{row}*{kernel}$4 $C{row}*{kernel}$5 $D{row}*{kernel}$6".split())
            sums = f"{fed}+$F{row - 1}*{recurrent}$4+$G{row - 1}*{recurrent}$5+{recurrent}$6"
            cells[f"{state}{row}"] = f"=TANH({sums})"
        for number, column in enumerate("KLM", 4):
            cells[f"{column}{row}"] = f"=$F{row}*$E${number}+$G{row}*$F${number}+$J${number}"

    assert verdict(cells, tmp_path).code == 0
    turned = {
        f"G{row}": str(cells[f"G{row}"]).replace(f"$F{row - 1}*I$4+$G{row - 1}*I$5", f"$F{row - 1}*H$5+$G{row - 1}*I$5")
        for row in range(16, 20)
    }
    assert verdict(cells | turned, tmp_path).roots == {*turned}


@pytest.mark.keras
@pytest.mark.parametrize(("first", "code"), [(3, 0), (2, 3)])
def test_who_writes_blocks_in_both_ways_may_mean_a_square_one_in_either(first: int, code: int, tmp_path: Path) -> None:
    """Rule: a square block is in doubt if all that are not square are read the other way.

    Of the first layer, with as many inputs as given or else square, a column is a unit, as in the second one, of two by
    two; in the third one a row is.
    """
    cells: dict[str, object] = {}
    sizes, tops, letters = (first, 2, 2, 3), (1, 5, 9), "ABCDEFGH"
    for number, top in enumerate(tops):
        turned, inputs, units = number == 2, sizes[number], sizes[number + 1]
        for k in range(inputs):
            for u in range(units):
                row, column = (top + u, letters[k]) if turned else (top + k, letters[u])
                cells[f"{column}{row}"] = round(0.31 * (k + 1) - 0.47 * u + 0.13 * number, 2)
    for row in range(20, 25):
        last = [f"$J{row}", f"$K{row}", f"$L{row}"][:first]
        cells |= {own.lstrip("$"): round(((row + k * 3) % 7) / 5 - 0.6, 2) for k, own in enumerate(last)}
        for number, (top, columns) in enumerate(zip(tops, ("NO", "QR", "TUV"), strict=True)):
            for u, column in enumerate(columns):
                places = [
                    f"${letters[k]}${top + u}" if number == 2 else f"${letters[u]}${top + k}" for k in range(len(last))
                ]
                total = "+".join(f"{x}*{w}" for x, w in zip(last, places, strict=True))
                cells[f"{column}{row}"] = f"=TANH({total})"
            last = [f"${column}{row}" for column in columns]

    assert verdict(cells, tmp_path).code == code


@pytest.mark.keras
def test_weights_of_a_kind_stand_in_one_line(tmp_path: Path) -> None:
    """Rule: the average and the offset of one unit of a normalisation are not read from each other's places."""
    cells = normalised_by_typed()
    wrong = {
        place: text.replace("L$1", "L$0").replace("L$4", "L$1").replace("L$0", "L$4")
        for place, text in cells.items() if isinstance(text, str) and place.startswith("L")
    }  # fmt: skip

    assert verdict(cells, tmp_path).code == 0
    found = verdict(cells | wrong, tmp_path)
    assert found.code != 0
    assert found.roots <= wrong.keys()


def _in_rows(turned: str) -> Cells:
    """Two numbers, and two more that all samples read, through three layers of two units and one of three.

    The last one has its weights in A20:C21, a column a unit. A unit of the others has a row, in A1:B2 and D1:E2, in
    A5:B6 and in A9:B10, or a column if the letter of the block (a, d, b, c) is among those turned.
    """
    cells: Cells = {f"{c}{row}": round(0.83 - 0.29 * n + 0.07 * n * n, 2) for n, (c, row) in enumerate(
        (c, row) for top in (1, 5, 9) for c in "AB" for row in (top, top + 1))}  # fmt: skip
    cells |= {f"{c}{row}": round(0.4 * n - 0.7 + 0.3 * row, 2) for n, c in enumerate("DE") for row in (1, 2)}
    cells |= {f"{c}{row}": round(0.17 * n - 0.02 * row, 2) for n, c in enumerate("ABC") for row in (20, 21)}
    cells |= {"I1": 0.35, "J1": -0.62}

    def weights(left: str, right: str, top: int, unit: int, *, columns: bool) -> list[str]:
        across = [f"${left}${top + unit}", f"${right}${top + unit}"]
        return [f"${(left, right)[unit]}${top}", f"${(left, right)[unit]}${top + 1}"] if columns else across

    for row in range(30, 35):
        cells |= {f"A{row}": round(0.31 * (row % 4) - 0.5, 2), f"B{row}": round(0.9 - 0.23 * (row % 5), 2)}
        for unit, (first, second, third) in enumerate(("DGJ", "EHK")):
            own, beside = (
                weights("A", "B", 1, unit, columns="a" in turned),
                weights("D", "E", 1, unit, columns="d" in turned),
            )
            cells[f"{first}{row}"] = f"=TANH($A{row}*{own[0]}+$B{row}*{own[1]}+$I$1*{beside[0]}+$J$1*{beside[1]})"
            for made, read, top, letter in ((second, "DE", 5, "b"), (third, "GH", 9, "c")):
                w = weights("A", "B", top, unit, columns=letter in turned)
                cells[f"{made}{row}"] = f"=TANH({read[0]}{row}*{w[0]}+{read[1]}{row}*{w[1]})"
        cells |= {f"{y}{row}": f"=$J{row}*{w}$20+$K{row}*{w}$21" for y, w in zip("MNO", "ABC", strict=True)}
    return cells


@pytest.mark.parametrize(("turned", "is_in_doubt"), [("", False), ("c", True), ("a", True), ("abcd", False)])
def test_who_writes_square_blocks_of_several_layers_in_one_way_means_so(
    turned: str, is_in_doubt: bool, tmp_path: Path
) -> None:
    """Rule: three square blocks of two layers may stand otherwise than one that is not square, all of them alike."""
    found = sheet(_in_rows(turned), tmp_path).arrangement
    layers = [(own.reading, own.networks[0].weights) for own in found.layers]

    assert len(layers) == 4
    assert (turned_kernel(found.reads.table, layers) is not None) == is_in_doubt
