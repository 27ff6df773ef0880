"""Formulas that may give something else on another day, on another machine or in another language.

A check computes once. `IF(NOW()>60000,0,…)` was right then. A quantity of a network follows from cells and numbers
alone, and no formula for one needs the clock, chance, the program it runs in, or a number written as a text, which
programs read with the decimal sign of the reader's country. Whoever uses one gets no pass, whatever it gave.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.scanner import tokens
from xlcheck.graph.quantities import Graph
from xlcheck.verdicts.formula_cells import FormulaCells, Upstream
from xlcheck.verdicts.messages import first_of
from xlcheck.verdicts.observe import Observation
from xlcheck.workbook.cell_codes import Codes, address, by_sheet, codes_of
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import Manifest

_TIME = "the time"
CHANCE = "chance"
_PROGRAM = "the program and the file it is opened in"
_LANGUAGE = "the reader's language"
_HIDDEN = "which rows are hidden"
DEPENDS_ON = {
    "NOW": _TIME, "TODAY": _TIME,
    "RAND": CHANCE, "RANDBETWEEN": CHANCE, "RANDARRAY": CHANCE,
    "INFO": _PROGRAM, "CELL": _PROGRAM, "SHEET": _PROGRAM, "SHEETS": _PROGRAM, "FORMULATEXT": _PROGRAM,
    "ISFORMULA": _PROGRAM, "WEBSERVICE": _PROGRAM, "RTD": _PROGRAM, "INDIRECT": _PROGRAM, "HYPERLINK": _PROGRAM,
    "IMAGE": _PROGRAM, "PY": _PROGRAM, "CUBEVALUE": _PROGRAM, "GETPIVOTDATA": _PROGRAM, "STOCKHISTORY": _PROGRAM,
    "VALUE": _LANGUAGE, "TEXT": _LANGUAGE, "NUMBERVALUE": _LANGUAGE, "DATEVALUE": _LANGUAGE, "TIMEVALUE": _LANGUAGE,
    "FIXED": _LANGUAGE, "DOLLAR": _LANGUAGE, "VALUETOTEXT": _LANGUAGE, "TRANSLATE": _LANGUAGE,
    "SUBTOTAL": _HIDDEN, "AGGREGATE": _HIDDEN,
}  # fmt: skip
"""Function → what its value depends on besides the numbers that it reads."""

_ARITHMETIC = frozenset("+-*/^%")
_SUSPECT = re.compile("|".join(['"', *DEPENDS_ON]))  # without one of these in it, a formula depends on nothing else
_ANYTHING = re.compile("")


Cell = tuple[str, int]


def depending_quantities(
    content: WorkbookContent, manifest: Manifest, graph: Graph, formulas: FormulaCells, seen: Observation
) -> Iterator[str]:
    """Why the quantities of a generated workbook may be others elsewhere, in sentences.

    Args:
        content: the workbook.
        manifest: what it says of itself.
        graph: its quantities.
        formulas: its formulas, without those of the tables of a training.
        seen: what stands where.
    """
    names = {name.casefold(): what for name, text in content.names.items() if (what := depends_on(text, {}))}
    cells = [
        (s.placement.sheet, s.placement.codes) for s in seen.sightings if graph[s.placement.quantity].expr is not None
    ]
    found = dict(_depending(formulas, cells, names))
    own = [(cell.sheet, np.array([cell.code])) for cell in seen.unbound]
    if reads := dict(_depending(formulas, own, names)):
        found |= _reading(formulas, cells, reads)
    if manifest.tables:
        areas = [Range(t.area.sheet, t.area.top, c, t.area.rows) for t in manifest.tables for c in t.columns.values()]
        found |= _depending(FormulaCells(content), [(area.sheet, codes_of(area)) for area in areas], names)
    yield from said_of((f"{sheet}!{address(code)}", reason) for (sheet, code), reason in found.items())


def said_of(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A sentence for each thing that cells depend on; from each cell, and what that is."""
    places: dict[str, list[str]] = {}
    for place, reason in found:
        places.setdefault(reason, []).append(place)
    for reason, own in places.items():
        give = "gives" if len(own) == 1 else "give"
        yield (
            f"what {first_of(own)} {give} depends on {reason}, and was checked here and now only; "
            "write a formula that reads nothing but cells"
        )


def _depending(
    formulas: FormulaCells, cells: Iterable[tuple[str, Codes]], names: Mapping[str, str]
) -> Iterator[tuple[Cell, str]]:
    """The cells whose formulas depend on something else than cells and numbers, each with what that is."""
    for sheet, codes in by_sheet(cells).items():
        said = formulas.that_say(sheet, _ANYTHING if names else _SUSPECT)
        for code in codes.tolist() if said else ():
            if code in said and (found := depends_on(said[code], names)) is not None:
                yield (sheet, code), found


def _reading(
    formulas: FormulaCells, cells: Iterable[tuple[str, Codes]], known: Mapping[Cell, str]
) -> Iterator[tuple[Cell, str]]:
    """Those of some cells that read cells which depend on something else, each with what that is.

    Only where it comes in: what follows from there in the network is not their fault.
    """
    asked = by_sheet(cells)
    for reason in dict.fromkeys(known.values()):
        sought = by_sheet((sheet, np.array([code])) for (sheet, code), own in known.items() if own == reason)
        upstream = Upstream(formulas, sought, asked)
        for sheet, codes in asked.items():
            yield from (((sheet, code), reason) for code in codes.tolist() if upstream.reads(sheet, code))


def depends_on(formula: str, names: Mapping[str, str], but: Collection[str] = ()) -> str | None:
    """What a formula's value depends on besides the numbers that it reads; None if on nothing.

    Args:
        formula: its text.
        names: defined names, in small letters, that depend on something, and on what.
        but: functions that may be used all the same.
    """
    words = [token for token in tokens(formula.removeprefix("=")) if token.kind != "space"]
    for kind, text in words:
        function = text.upper().rpartition(".")[2] if kind == "function" else ""
        if function not in but and (found := DEPENDS_ON.get(function)) is not None:
            return found
        if kind in {"name", "function"} and text.casefold() in names:
            return names[text.casefold()]
    around = [*pairwise(words), *((after, before) for before, after in pairwise(words))]
    if any(one.kind == "text" and other.kind == "operator" and other.text in _ARITHMETIC for one, other in around):
        return _LANGUAGE
    return None
