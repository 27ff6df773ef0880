"""Inputs that the workbook makes itself: words to codes, codes to one-hot vectors, padding.

What they should be is known from the bindings (`x_values`), from a vocabulary with its codes, from
the formulas beside them, and from the rule that Keras pads in front. The cells that break it are
wrong in themselves, although no quantity of the model is computed in them.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas import tree as ast
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.shapes import Filled, expected, skeleton
from xlcheck.handmade.networks.formula_text import may_be_layer
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.evaluated import computed
from xlcheck.handmade.reading.offsets import offset_between
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.workbook.content import Value

_ROUNDING = 1e-12
"""By how much two ways to compute the same number may differ."""
CODE, PADDING, STEP = "code-off-by-one", "padding-wrong-side", "wrong-time-step"


@dataclass(frozen=True)
class Correction:
    """What a cell on the way to the inputs should hold.

    Attributes:
        desired: the right number.
        diagnosis: the name of the mistake, or None.
        message: one sentence a learner understands.
    """

    desired: float
    diagnosis: str | None
    message: str


def correct_inputs(
    table: CellTable, answers: Answers, networks: Sequence[Network], precedents: Precedents
) -> tuple[dict[Address, Correction], dict[Address, float]]:
    """Find what is wrong on the way to the inputs.

    Returns:
        The wrong cells, and what each input cell should hold where that differs from what it holds.
    """
    inputs = _input_cells(networks)
    preparation = _preparation(inputs, table, precedents)
    found: dict[Address, Correction] = {}
    found |= dict(_against_vocabulary(preparation, table, answers.values))
    odd = dict(_against_neighbours(preparation - found.keys(), inputs, table, answers.values))
    told = _told(networks)
    found |= {cell: correction for cell, correction in odd.items() if cell not in told}
    values = _recalculated(table, answers, found) if found else answers.values
    for network in networks:
        for sample, places in enumerate(network.samples):
            wanted = network.wanted[sample] if network.wanted else {}
            found |= dict(_in_document(places, wanted, values, table, precedents, odd, found))
    right = _recalculated(table, answers, found) if found else answers.values
    changed = {}
    for cell in inputs:
        position = table.index.get(cell)
        if position is not None and right.numbers[position] != answers.values.numbers[position]:
            changed[cell] = float(right.numbers[position])
    return found, changed


def _input_cells(networks: Sequence[Network]) -> dict[Address, tuple[str, int]]:
    """The cell of each input, with its quantity and element."""
    return {
        cell: (quantity.name, index)
        for network in networks
        for quantity, _, index, cell in network.cells()
        if quantity.band.symbol == "x"
    }


def _told(networks: Sequence[Network]) -> set[Address]:
    """The input cells of which somebody has said what they should hold."""
    return {
        cell
        for network in networks
        for places, wanted in zip(network.samples, network.wanted, strict=False)
        for name in wanted
        for cell in places[name]
        if cell is not None
    }


def _preparation(inputs: Mapping[Address, object], table: CellTable, precedents: Precedents) -> set[Address]:
    """The formula cells among the inputs, and those that they read."""
    found = {cell for cell in inputs if table.is_formula(cell)}
    return found | reached(found, precedents.of, among=table.is_formula)


def _recalculated(table: CellTable, answers: Answers, corrections: Mapping[Address, Correction]) -> CellValues:
    session = answers.sessions.open()
    for cell, correction in corrections.items():
        session.set(*cell, correction.desired)
    return table.recalculate(session)


# A vocabulary with codes.


def _against_vocabulary(
    cells: set[Address], table: CellTable, values: CellValues
) -> Iterator[tuple[Address, Correction]]:
    """Look-ups of words whose codes are written beside them."""
    for cell in sorted(cells):
        looked_up = _code_of_word(cell, table)
        actual = values[table.index[cell]]
        if looked_up is not None and isinstance(actual, float) and actual != looked_up[1]:
            word, code = looked_up
            name = CODE if abs(actual - code) == 1 else None
            yield cell, Correction(
                code, name, f'The code of "{word}" is {code:g} in the list of words, but this cell gives {actual:g}.'
            )  # fmt: skip


def _code_of_word(cell: Address, table: CellTable) -> tuple[str, float] | None:
    """The word that a formula looks up by MATCH, and the code that stands beside it in the list."""
    tree = parsed(table.texts.get(cell, ""))
    calls = [] if tree is None else [n for n in ast.walk(tree) if isinstance(n, ast.FunctionCall)]
    if [c.name for c in calls] not in (["MATCH"], ["XMATCH"]):
        return None
    arguments = calls[0].arguments
    if len(arguments) < 2 or not all(isinstance(a, ast.Reference) for a in arguments[:2]):
        return None
    key, area = (a.area for a in arguments[:2] if isinstance(a, ast.Reference))
    word = _constant(table, (key.sheet or cell[0], key.top, key.left))
    if not isinstance(word, str) or min(area.rows, area.columns) != 1:
        return None
    down, right = (0, 1) if area.columns == 1 else (1, 0)
    for row, column in table.clip(replace(area, sheet=area.sheet or cell[0])).cells():
        listed = _constant(table, (area.sheet or cell[0], row, column))
        if isinstance(listed, str) and listed.lower() == word.lower():
            for side in (1, -1):
                code = _constant(table, (area.sheet or cell[0], row + side * down, column + side * right))
                if isinstance(code, float):
                    return word, code
    return None


def _constant(table: CellTable, cell: Address) -> Value:
    content = table.cell(cell)
    return None if content is None or content.formula is not None else content.value


# The formulas beside.


def _against_neighbours(
    cells: set[Address], inputs: Mapping[Address, tuple[str, int]], table: CellTable, values: CellValues
) -> Iterator[tuple[Address, Correction]]:
    """Formulas that do the same as those beside them, but with other cells than these would do it with.

    Those that may be layers are none of it: they are computed by what nobody has described.
    """
    groups: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for cell in sorted(cells):
        if not may_be_layer(table.texts.get(cell, "")):
            groups[cell[0], skeleton(table.texts.get(cell, ""))].append(cell)
    for members in groups.values():
        filled = [Filled(table.texts.get(cell, ""), cell[1], cell[2]) for cell in members]
        for cell, formula in zip(members, expected(filled), strict=True):
            if formula is not None:
                yield from _odd_one(cell, formula, inputs, table, values)


def _odd_one(
    cell: Address, formula: str, inputs: Mapping[Address, tuple[str, int]], table: CellTable, values: CellValues
) -> Iterator[tuple[Address, Correction]]:
    desired = computed(formula, cell, table, lambda read: table.value(read, values))
    actual = values[table.index[cell]]
    if desired is None or (isinstance(actual, float) and math.isclose(desired, actual, rel_tol=_ROUNDING)):
        return
    name = _along(cell, formula, inputs, table)
    shown = f"{actual:g}" if isinstance(actual, float) else str(actual)
    yield cell, Correction(
        desired, name,
        f"The formulas beside it would be ={formula} here, which gives {desired:g}; this cell gives {shown}.",
    )  # fmt: skip


def _along(cell: Address, right: str, inputs: Mapping[Address, tuple[str, int]], table: CellTable) -> str | None:
    """Whether the formula has slipped along the time axis, or along the list of words."""
    own = _references(table.texts.get(cell, ""), cell)
    other = _references(right, cell)
    slips = {offset_between(b, a) for a, b in zip(own, other, strict=False) if a != b}
    axis = _time_axis(cell, inputs)
    for down, along in slips:
        is_time = axis is not None and ((along != 0 and axis == "across") or (down != 0 and axis == "down"))
        return STEP if is_time else CODE
    return None


def _references(formula: str, cell: Address) -> list[Address]:
    tree = parsed(formula)
    nodes = () if tree is None else ast.walk(tree)
    return [(n.area.sheet or cell[0], n.area.top, n.area.left) for n in nodes if isinstance(n, ast.Reference)]


def _time_axis(cell: Address, inputs: Mapping[Address, tuple[str, int]]) -> str | None:
    """Whether the inputs of following steps stand side by side or below each other."""
    by_step: dict[int, dict[str, Address]] = defaultdict(dict)
    for place, (name, index) in inputs.items():
        by_step[index][name] = place
    for places in by_step.values():
        ordered = [places[name] for name in sorted(places)]
        for a, b in itertools.pairwise(ordered):
            return "across" if a[1] == b[1] else "down"
    return None


# What a document as a whole should be.


def _in_document(
    places: Mapping[str, Sequence[Address | None]],
    wanted: Mapping[str, Array],
    values: CellValues,
    table: CellTable,
    precedents: Precedents,
    odd: Mapping[Address, Correction],
    known: Mapping[Address, Correction],
) -> Iterator[tuple[Address, Correction]]:
    names = sorted((n for n in places if n.split(".")[-1].startswith("x")), key=_step)
    cells = [(name, index, cell) for name in names for index, cell in enumerate(places[name]) if cell is not None]
    if not wanted:
        wanted = _padded_in_front(names, places, values, table, precedents)
    if not wanted:
        return
    actual = {(n, i): values.numbers[table.index[c]] if c in table.index else np.nan for n, i, c in cells}
    wrong = [(n, i, c) for n, i, c in cells if actual[n, i] != wanted[n][i] and c not in known]
    is_coded = all(len(places[name]) == 1 for name in names)
    shuffled = is_coded and Counter(actual.values()) == Counter(float(wanted[n][i]) for n, i, _ in cells)
    for name, index, cell in wrong:
        desired, given = float(wanted[name][index]), actual[name, index]
        padded = is_coded and (shuffled or (given == 0) != (desired == 0))
        if padded and table.is_formula(cell):
            text = f"Keras pads in front: the input of step {_step(name) + 1} should be {desired:g}, not {given:g}."
            yield cell, Correction(desired, PADDING, text)
            continue
        source = _passed_on(cell, given, table, values, precedents) if not padded else cell
        name_ = odd[cell].diagnosis if cell in odd else CODE if abs(given - desired) == 1 else None
        text = f"The input of step {_step(name) + 1} should be {desired:g}, but {given:g} stands here."
        yield source, Correction(desired, name_, text)


def _step(name: str) -> int:
    return int(name.partition("[")[2].rstrip("]") or 0)


def _passed_on(cell: Address, number: float, table: CellTable, values: CellValues, precedents: Precedents) -> Address:
    """The cell from which a number is only passed on."""
    for precedent in precedents.of(cell):
        position = table.index.get(precedent)
        if position is not None and table.is_formula(precedent) and values.numbers[position] == number:
            return _passed_on(precedent, number, table, values, precedents)
    return cell


def _padded_in_front(
    names: Sequence[str],
    places: Mapping[str, Sequence[Address | None]],
    values: CellValues,
    table: CellTable,
    precedents: Precedents,
) -> dict[str, Array]:
    """What a document of codes should be, if its cells are formulas that put codes of the same document in order."""
    cells = [places[name][0] for name in names if len(places[name]) == 1]
    if len(cells) != len(names) or len(names) < 2:
        return {}
    read = {p for cell in cells if cell is not None and table.is_formula(cell) for p in precedents.of(cell)}
    codes = [values.numbers[table.index[p]] for p in sorted(read) if p in table.index and table.is_formula(p)]
    if not codes or len(codes) > len(names) or len(read) != len(names) or not np.isfinite(codes).all():
        return {}
    sequence = [0.0] * (len(names) - len(codes)) + codes
    return {name: np.array([sequence[step]]) for step, name in enumerate(names)}
