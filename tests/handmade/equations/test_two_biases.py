"""Units that add two biases, one with the inputs and one with the states, as PyTorch's layers do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from equation_sheets import answer, save

from xlcheck.api import bind, check
from xlcheck.errors import NothingCheckedError, UsageError

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]

_GATES = ("i", "f", "g", "o")


def _numbers(row: int, columns: str) -> dict[str, object]:
    return {f"{c}{row}": round(((7 * row + 5 * n + n * n * row) % 19) / 10 - 0.9, 2) for n, c in enumerate(columns)}


def _rnn() -> dict[str, object]:
    """Two units over three steps down: weights in A to F, inputs in H and I, sums in J and K, states in L and M."""
    cells: dict[str, object] = {"L4": 0, "M4": 0}
    for row in (1, 2):
        cells |= _numbers(row, "ABCDEF")
    for row in (5, 6, 7):
        cells |= _numbers(row, "HI")
        for unit, (total, state) in enumerate(("JL", "KM"), 1):
            read = f"$A${unit}*H{row}+$B${unit}*I{row}+$E${unit}+$C${unit}*L{row - 1}+$D${unit}*M{row - 1}+$F${unit}"
            cells |= {f"{total}{row}": f"={read}", f"{state}{row}": f"=TANH({total}{row})"}
    return cells


def _lstm() -> dict[str, object]:
    """One unit over three steps down: weights in rows of A to D, inputs in F, gates in G to J, c in K and h in L."""
    cells: dict[str, object] = {"K6": 0, "L6": 0}
    for row in range(1, 5):
        cells |= _numbers(row, "ABCD")
    for row in (7, 8, 9):
        cells |= _numbers(row, "F")
        for gate, column in enumerate("GHIJ", 1):
            total = f"$A${gate}*F{row}+$B${gate}*L{row - 1}+$C${gate}+$D${gate}"
            cells[f"{column}{row}"] = f"=TANH({total})" if column == "I" else f"=1/(1+EXP(-({total})))"
        cells |= {f"K{row}": f"=H{row}*K{row - 1}+G{row}*I{row}", f"L{row}": f"=J{row}*TANH(K{row})"}
    return cells


def _dense() -> dict[str, object]:
    """Two units behind two, over four samples in the rows 6 to 9; those behind add two biases."""
    cells: dict[str, object] = {}
    for row in range(1, 4):
        cells |= _numbers(row, "ABDE")
    cells |= {"D4": 0.35, "E4": -0.65}
    for row in range(6, 10):
        cells |= _numbers(row, "AB")
        for own, weight in zip("GH", "AB", strict=True):
            cells[f"{own}{row}"] = f"=TANH(A{row}*${weight}$1+B{row}*${weight}$2+${weight}$3)"
        for own, weight in zip("IJ", "DE", strict=True):
            total = f"G{row}*${weight}$1+H{row}*${weight}$2+${weight}$3+${weight}$4"
            cells[f"{own}{row}"] = f"=1/(1+EXP(-({total})))"
    return cells


_SHEETS = {"SimpleRNN": _rnn, "LSTM": _lstm, "Dense": _dense}


@pytest.mark.parametrize("kind", _SHEETS)
def test_two_biases_are_one_in_keras(kind: str, tmp_path: Path) -> None:
    """The second one stands as the weight of an input of 1, so that each keeps its cell."""
    report = check(save(_SHEETS[kind](), tmp_path / "w.xlsx"))

    assert (report.exit_code, report.counts.not_evaluated, report.reservations) == (0, 0, ())
    assert any("add two biases" in note for note in report.notes)


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM"])
def test_bindings_name_both(kind: str, tmp_path: Path) -> None:
    """What `bind` writes says where either stands, and a wrong one is found with it, too."""
    cells, bindings = _SHEETS[kind](), tmp_path / "w.toml"
    path = save(cells, tmp_path / "w.xlsx")
    bindings.write_text(bind(path).text, encoding="utf-8")
    assert "second_bias" in bindings.read_text("utf-8")
    assert check(path, bindings=bindings).exit_code == 0

    wrong = {"SimpleRNN": "K6", "LSTM": "H8"}[kind]
    cells[wrong] = re.sub(r"\+\$(F|D)\$2(?=\)|$)", "", str(cells[wrong]))
    roots = check(save(cells, path), bindings=bindings).roots
    assert [(root.cell, root.diagnosis) for root in roots] == [(wrong, "bias-missing")]


def test_only_the_first_layer_may_have_a_second_bias(tmp_path: Path) -> None:
    """Another one reads what the one before computes, which is no 1."""
    path, bindings = save(_dense(), tmp_path / "w.xlsx"), tmp_path / "w.toml"
    bindings.write_text(
        "[[model]]\n"
        + '[[model.layer]]\ntype = "Dense"\nunits = 2\nactivation = "tanh"\n'
        + 'kernel = { range = "A1:B2", transposed = false }\nbias = "A3:B3"\n'
        + '[[model.layer]]\ntype = "Dense"\nname = "d"\nunits = 2\nkernel = "D1:E2"\nbias = "D3:E3"\n'
        + 'second_bias = "D4:E4"\n[[model.document]]\nx = "A6:B6"\n',
        encoding="utf-8",
    )
    with pytest.raises(UsageError, match="layer 'd': only the first layer of a model may have a second_bias"):
        check(path, bindings=bindings)

    bindings.write_text(
        "[[model]]\ntimesteps = 2\n"
        '[[model.layer]]\ntype = "Conv1D"\nfilters = 2\nkernel_size = 1\nuse_bias = false\n'
        'kernel = "A1:B1"\nsecond_bias = "A3:B3"\n[[model.document]]\nx = "A6:B6"\n',
        encoding="utf-8",
    )
    with pytest.raises(UsageError, match=r"layer 'conv1d': only the first layer .* one of Dense, LSTM, GRU, SimpleRNN"):
        check(path, bindings=bindings)


@pytest.mark.parametrize(
    ("kind", "cell", "old", "new"),
    [
        ("SimpleRNN", "J6", "+$F$1", ""),
        ("SimpleRNN", "K7", "+$F$2", "+$F$1"),
        ("LSTM", "H8", "+$D$2", "+$C$2"),
        ("LSTM", "J9", "+$C$4", "-$C$4"),
        ("Dense", "I8", "+$D$4", ""),
    ],
)
def test_a_wrong_bias_is_found(kind: str, cell: str, old: str, new: str, tmp_path: Path) -> None:
    """One of the two is left out, that of another unit, counted twice, or with the other sign."""
    cells = _SHEETS[kind]()
    assert old in str(cells[cell])
    cells[cell] = str(cells[cell]).replace(old, new)

    report = check(save(cells, tmp_path / "w.xlsx"))

    assert [root.cell for root in report.roots] == [cell]


def test_two_biases_of_some_units_are_no_layer(tmp_path: Path) -> None:
    """Rule: only where all units add two are there two; otherwise that is a mistake of those which add but one."""
    cells = _rnn()
    for row in (5, 6, 7):
        cells[f"K{row}"] = str(cells[f"K{row}"]).replace("+$F$2", "")

    try:
        report = check(save(cells, tmp_path / "w.xlsx"))
    except NothingCheckedError:
        return
    assert report.exit_code in (1, 3)
    assert {root.cell for root in report.roots} <= {"K5", "K6", "K7"}


def _one_unit(names: tuple[str, str], *, adds_both: bool = True) -> dict[str, object]:
    """A SimpleRNN of one unit over five steps, its numbers in B, two biases among them, and their names in A."""
    cells: dict[str, object] = {f"B{row}": weight for row, weight in enumerate((1.4, -0.55, 0.03, -0.08), 1)}
    cells |= {"A1": "weight_ih_l0", "A2": "weight_hh_l0", "A3": names[0], "A4": names[1]}
    for row, x in enumerate((0.02, 0.11, -0.35, 0.6, 0.2), 2):
        state = f"$B$2*E{row - 1}+" if row > 2 else ""
        cells |= {f"D{row}": x, f"E{row}": f"=TANH($B$1*D{row}+$B$3+{state}{'$B$4' if adds_both else '0'})"}
    return cells


def test_two_biases_of_one_unit_are_in_line_where_both_are_called_so(tmp_path: Path) -> None:
    """Rule: nothing else says of two numbers that one unit adds that both are meant; the names do."""
    assert answer(_one_unit(("bias_ih_l0", "bias_hh_l0")), tmp_path) == (0, set())
    assert answer(_one_unit(("first", "second")), tmp_path) == (3, set())
    assert answer(_one_unit(("first", "second"), adds_both=False), tmp_path) == (3, set())
