"""Why a layer may be another one, though its formulas agree: each reason by itself, on a sheet that has just that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from equation_sheets import TOYS, dense, simple_rnn
from recognised_sheets import Sheet, a1, sheet

from xlcheck.handmade.accepting.witnesses import _stands_for_another
from xlcheck.handmade.equations.instances import Instance
from xlcheck.handmade.equations.networks import networks_of
from xlcheck.handmade.equations.variants import tables_apart
from xlcheck.handmade.families.pairs import Pair, Pairs
from xlcheck.handmade.forms.kinks import STEPS, layers_behind, slope_below_0
from xlcheck.handmade.networks.elements import Key
from xlcheck.handmade.objections.between import against_them_together
from xlcheck.handmade.objections.left_out import input_left_out, reads_empty, reads_less
from xlcheck.handmade.objections.objections import doubt_of, repeated
from xlcheck.handmade.objections.orders import exchanged, other_order
from xlcheck.handmade.objections.places import stands_apart

RNN, DENSE, XOR = simple_rnn(5), dense(4), TOYS["xor"]


def _with(cells: Mapping[str, object], where: str, old: str, new: str) -> dict[str, object]:
    """Some formulas with other words in them."""
    return {**cells, **{cell: str(cells[cell]).replace(old, new) for cell in where.split()}}


CASES: dict[str, tuple[Mapping[str, object], str]] = {
    "exchanged": ({**DENSE, "I9": DENSE["I10"], "I10": DENSE["I9"]},
                  "S!J9 holds y of another step or sample than the cells in line with it do"),
    "other_order": ({**DENSE, "I9": DENSE["J9"], "J9": DENSE["I9"]},
                    "S!J9 and the units beside it stand the other way round than elsewhere"),
    "reads_less": (_with(_with({**DENSE, "G9": None}, "I9", "+G9*$B$4", ""), "J9", "+G9*$C$4", ""),
                   "S!I9 reads fewer inputs than the others of its layer"),
    "reads_empty": ({**DENSE, "G9": "=Z9"}, "S!G9, an input, reads nothing but S!Z9, which is empty"),
    "reads_empty at first": ({**RNN, "H11": "=Z9"}, "S!H11, a first state, reads nothing but S!Z9, which is empty"),
    "stands_apart": (_with({**DENSE, "M30": 0.3, "B5": None}, "I8 I9 I10 I11", "$B$5", "$M$30"),
                     "S!C5 is not in line with the other biases of its layer"),
    "left_out": (_with(_with(RNN, "H14 I14 J14", "$E14", "$E13"), "H14 I14 J14", "$F14", "$F13"),
                 "no formula reads S!E14, and a step or sample reads the input beside it, or none"),
    "left_out at the end": ({**RNN, "E17": 1.0, "F17": 2.0, "H17": 0.1, "I17": 0.2, "J17": 0.3},
                            "S!H17 stands where the next step would, whose inputs no formula reads"),
    "doubt": ({**RNN, **{cell: f"={str(own)[6:-1]}" for cell, own in RNN.items() if str(own).startswith("=TANH")}},
              "S!H12 and the other states are weighted sums without an activation"),
    "doubt of two steps": (_with(_with({**simple_rnn(2), "E13": None, "F13": None}, "H13 I13 J13", "$E13", "$E12"),
                                 "H13 I13 J13", "$F13", "$F12"),
                           "S!E12 is read by both steps of what may be no recurrent layer"),
    "doubt of a bias": (_with(_with(DENSE, "I9", "+$B$5", ""), "J9", "+$C$5", ""),
                        "S!I9 adds no bias, though others do"),
    "between": (_with(XOR, "E7", "D7*", "C7*"), "S!D7 is read by no layer, though one reads others of its kind"),
    "repeated": ({**DENSE, "L8": DENSE["I8"]}, "S!L8 computes again what S!I8 holds"),
}  # fmt: skip
"""A sheet with one thing that a reader would ask about, and what is said of it."""
_ALSO = {"between": "no formula reads S!D7, and a step or sample reads the input beside it, or none"}
"""What another function says of the same thing."""


def _said(found: Sheet) -> dict[str, list[str]]:
    """What each of the functions says of the layers of a sheet."""
    readings, reads, table = found.recognised.readings, found.arrangement.reads, found.table
    ways: dict[str, Callable[..., str | None]] = {
        "exchanged": lambda r: exchanged(table, r),
        "other_order": lambda r: other_order(r, networks_of(r, "d")[0].weights),
        "reads_less": lambda r: reads_less(reads.multiplies_blank, r),
        "reads_empty": lambda r: reads_empty(reads.of, table, r), "stands_apart": lambda r: stands_apart(table, r),
        "left_out": lambda r: input_left_out(table, reads.read.keys(), r),
        "doubt": lambda r: doubt_of(table, reads.read.keys(), r),
    }  # fmt: skip
    said = {name: [why for r in readings if (why := way(r)) is not None] for name, way in ways.items()}
    said["between"] = [*against_them_together(readings, found.forms, table, readings)]
    said["repeated"] = [why for _, why in repeated(readings)]
    return said


@pytest.mark.parametrize("case", CASES)
def test_each_reason_is_given_by_one_function(case: str, tmp_path: Path) -> None:
    """In these words; what any other function says of the sheet is that doubt passed on."""
    cells, why = CASES[case]
    said = _said(sheet(cells, tmp_path))
    name, *_ = case.split()

    assert said.pop(name) == [why]
    assert {text for own in said.values() for text in own} <= {why, _ALSO.get(case)}


@pytest.mark.parametrize("cells", [RNN, DENSE, XOR, *(TOYS[name] for name in ("rnn", "one sample", "gru", "lstm"))])
def test_of_right_layers_nothing_is_said(cells: Mapping[str, object], tmp_path: Path) -> None:
    """Neither of small ones, nor of those with several units and samples."""
    assert not any(_said(sheet(cells, tmp_path)).values())


def test_tables_side_by_side_of_the_same_sums(tmp_path: Path) -> None:
    """By tanh and by ReLU at each place, they are two tables; one that differs is a mistake in one table."""
    relu = {
        f"{to}{row}": f"=MAX(0,{str(DENSE[f'{of}{row}'])[6:-1]})" for of, to in ("IL", "JM") for row in range(8, 12)
    }
    found = sheet({**DENSE, **relu}, tmp_path)
    instances: list[Instance] = [own for layer in found.layers for own in layer.instances]
    rows = {own.atom: int(a1(own.atom)[0] in "JM") for own in instances}

    tables = tables_apart([instances], rows)
    assert sorted(sorted({a1(own.atom)[0] for own in table}) for table in tables) == [["I", "J"], ["L", "M"]]
    tanh = [own for own in instances if own.activation == "tanh"]
    odd = [replace(own, activation="relu") if a1(own.atom) == "J9" else own for own in tanh]
    assert tables_apart([odd], rows) == [odd]


def test_slopes_below_0() -> None:
    """Keras knows two of them by name; of any other one a layer of its own makes the activation."""
    assert [slope_below_0(name) for name in ("relu", "leaky_relu", "LeakyReLU(0.05)", "tanh")] == [0.0, 0.2, 0.05, None]
    assert layers_behind("relu") == layers_behind("leaky_relu") == layers_behind("tanh") == ()
    assert layers_behind("LeakyReLU(0.05)") == (("LeakyReLU", {"negative_slope": 0.05}),)
    assert layers_behind("gelu by tanh") == (("ops.gelu", {"approximate": True}),)


@pytest.mark.parametrize("name", STEPS)
def test_steps_are_layers_that_give_what_they_say(name: str) -> None:
    """Heaviside's function, and where it gives −1 below 0, a scale and an offset behind it."""
    options: list[dict[str, Any]] = [dict(own) for _, own in layers_behind(name)]
    below, at_zero = STEPS[name]
    (at,) = options[0]["x2"]
    scale, offset = (options[1]["scale"], options[1]["offset"]) if len(options) > 1 else (1, 0)

    assert [scale * own + offset for own in (0, at, 1)] == [below, at_zero, 1]


def test_pairs_tell_where_a_filled_formula_reads() -> None:
    """What most pairs read in place of a cell, and how far it goes along; those that do not count say nothing."""
    pairs = [
        Pair(("S", row, 2), ("S", row, 3), "sum", ((("S", row, 0), ("S", row, 1)), (("S", 9, 0), ("S", 9, 0))))
        for row in range(3)
    ]
    pairs[2] = replace(pairs[2], both=((("S", 2, 0), ("S", 2, 1)), (("S", 9, 0), ("S", 9, 7))))
    told = Pairs(pairs, lambda *_: True).without()

    assert told.cell(("S", 9, 0)) == ("S", 9, 0)
    assert told.cell(("S", 5, 5)) is None
    assert (told.move("sum", 0), told.move("sum", 1), told.move("mean", 0)) == ((0, 1), (0, 0), None)
    assert told.reads("sum", ("S", 1, 0))
    assert not told.reads("sum", ("S", 1, 1))
    left = Pairs(pairs, lambda *_: True).without([("S", 0, 2), ("S", 1, 3)])
    assert left.cell(("S", 9, 0)) == ("S", 9, 7)
    assert not left.reads("sum", ("S", 1, 0))
    some = Pairs(pairs, lambda one, _: one == ("S", 2, 2)).without()
    assert some.cell(("S", 9, 0)) == ("S", 9, 7)  # where any was filled, the others say nothing


def _line(*held: tuple[int, Key | None], down: bool = False) -> dict[tuple[str, int, int], Key]:
    """Cells of a row, or of a column, and what they hold."""
    return {(("S", at, 4) if down else ("S", 4, at)): key for at, key in held if key is not None}


@pytest.mark.parametrize("down", [False, True])
def test_a_cell_that_stands_in_the_place_of_another_one(down: bool) -> None:
    """Between two states the one between them belongs, and behind two the next one, if that is anywhere at all."""
    h = [Key((0, "rnn.h", ""), step, 0, 1) for step in range(4)]
    z = Key((0, "rnn.z", ""), 2, 0, 1)
    cell = ("S", 2, 4) if down else ("S", 4, 2)

    assert not _stands_for_another(cell, _line(*enumerate(h[:4]), down=down))
    assert _stands_for_another(cell, _line((1, h[1]), (2, z), (3, h[3]), down=down))
    assert not _stands_for_another(cell, _line((1, h[1]), (2, z), (3, h[2]), down=down))
    assert not _stands_for_another(cell, _line((0, h[0]), (1, h[1]), (2, z), down=down))  # the line may end there
    ends = _line((0, h[0]), (1, h[1]), (2, z), down=down) | {("T", 0, 0): h[2]}
    assert _stands_for_another(cell, ends)
    assert _stands_for_another(cell, _line((2, z), (3, h[1]), (4, h[0]), down=down) | {("T", 0, 0): h[2]})
