"""A name and a sentence for a wrong cell of a backward pass, by what it holds beside what it should hold."""

from __future__ import annotations

import re

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.backward.quantities import Role
from xlcheck.handmade.backward.roles import Reading

_GRADIENT = re.compile(r"∂E/∂([bw])(\d*)\[([h\d,]+)\]")


def diagnosed(reading: Reading, cell: Address, role: Role) -> tuple[str | None, str]:
    """The mistake's name, if it has one, and what a learner should know.

    Args:
        reading: the sheet as training steps.
        cell: the wrong cell.
        role: what it should hold.
    """
    sheet = reading.sheet
    actual = sheet.after[cell] if cell in sheet.updates else sheet.cells[cell]
    desired = role.quantity.values * role.factor
    name = role.quantity.name
    if cell in sheet.updates:
        before = sheet.cells[sheet.updates[cell]]
        if same(actual - before, before - desired):
            return "step-uphill", "The weight moves along its gradient, uphill; subtract the gradient instead."
        return None, f"{name[0].upper()}{name[1:]} should be {role.desired:.6g}: the weight less rate times gradient."
    if same(actual, -desired):
        return "wrong-sign", f"{name} has the wrong sign."
    factor = _missing(reading, cell, actual, desired)
    if factor is not None:
        return "missing-chain-factor", f"This should be {name}; the factor {factor} of the chain rule is missing."
    held = reading.roles.get(cell)
    if held is not None and held[1].quantity.name != name:
        return None, f"This should be {in_words(name)}: {role.desired:.6g}, but it holds {held[1].quantity.name}."
    return None, f"This should be {in_words(name)}: {role.desired:.6g}."


def in_words(name: str) -> str:
    """The name of a gradient, and what a learner calls it; other names as they are.

    Args:
        name: as quantities are named, such as `∂E/∂w1[2,1]`.
    """
    found = _GRADIENT.fullmatch(name)
    if found is None:
        return name
    kind, layer, place = found.groups()
    of_layer = f" in layer {layer}" if layer else ""
    if kind == "b":
        return f"{name}, the gradient of the bias of unit {place}{of_layer} (its delta, of a single sample)"
    before, unit = place.split(",")
    if before.startswith("h"):
        state = f"of unit {before[1:]} at the step before"
        return f"{name}, the gradient of the weight with which unit {unit}{of_layer} reads the state {state}"
    return f"{name}, the gradient of weight {before} of unit {unit}{of_layer}"


def _missing(reading: Reading, cell: Address, actual: Array, desired: Array) -> str | None:
    """The quantity by which a cell would have to be multiplied."""
    with np.errstate(all="ignore"):
        ratio = desired / actual
    if not np.isfinite(ratio[:-1]).all() or np.ptp(ratio[:-1]) < 1e-9:
        return None
    ratio[-1] = ratio[-1] if np.isfinite(ratio[-1]) else 0.0
    for library in reading.libraries:
        role = library.role(ratio)
        if role is not None and role.quantity.name.startswith(("∂o/∂z", "∂z/∂w", "∂z/∂h", "∂E/∂o", "o", "1 − o")):
            return role.quantity.name
    return None
