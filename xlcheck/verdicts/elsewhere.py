"""Formulas that may give something else on another day, on another machine or in another language.

A check computes once. `IF(NOW()>60000,0,…)` was right then. A quantity of a network follows from cells and numbers
alone, and no formula for one needs the clock, chance, the program it runs in, or a number written as a text, which
programs read with the decimal sign of the reader's country. Whoever uses one gets no pass, whatever it gave.

Nor does it compute with every number. `IF(F31=0.777,0,…)` was right for those that stood there, and for some others;
where the equation of a quantity knows of no condition, a formula with one is no pass either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import pairwise

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.scanner import tokens
from xlcheck.graph import expressions as ex
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
_CONDITION = "a condition of which its equation knows nothing"
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
_ONLY_HERE = "and was checked here and now only; write a formula that reads nothing but cells"
_ONLY_THESE = "and was checked for some numbers only; write a formula that holds for all of them"
_CHOOSING = frozenset({"IF", "IFS", "SWITCH", "CHOOSE"})
_COMPARING = frozenset({"=", "<>", "<", ">", "<=", ">="})
_WITH_CONDITION = re.compile(r"[=<>]|IF|SWITCH|CHOOSE")
# What goes one way for all numbers, in whatever style it is written; but for a one-hot vector, which takes a row.
_ONE_WAY = (
    ex.Ref, ex.Const, ex.Slice, ex.Neg, ex.Exp, ex.Log, ex.Sqrt, ex.Tanh, ex.Sum, ex.Add, ex.Sub, ex.Mul, ex.Div,
    ex.Dot, ex.Total,
)  # fmt: skip

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
    computed = {q.name for q in graph if q.expr is not None}
    one_way = {name for name in computed if _goes_one_way(graph, name)}
    own = [(cell.sheet, np.array([cell.code])) for cell in seen.unbound]
    found: dict[Cell, str] = {}
    for asked, rule, word in ((one_way, has_condition, _WITH_CONDITION), (computed, depends_on, _SUSPECT)):
        names = {name.casefold(): what for name, text in content.names.items() if (what := rule(text, {}))}
        cells = [(s.placement.sheet, s.placement.codes) for s in seen.sightings if s.placement.quantity in asked]
        found |= _depending(formulas, cells, names, rule, word)
        if reads := dict(_depending(formulas, own, names, rule, word)):
            found |= _reading(formulas, cells, reads)
    if manifest.tables:
        areas = [Range(t.area.sheet, t.area.top, c, t.area.rows) for t in manifest.tables for c in t.columns.values()]
        everything = [(area.sheet, codes_of(area)) for area in areas]
        found |= _depending(FormulaCells(content), everything, names, depends_on, _SUSPECT)
    yield from said_of((f"{sheet}!{address(code)}", reason) for (sheet, code), reason in found.items())


def said_of(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A sentence for each thing that cells depend on; from each cell, and what that is."""
    places: dict[str, list[str]] = {}
    for place, reason in found:
        places.setdefault(reason, []).append(place)
    for reason, own in places.items():
        give = "gives" if len(own) == 1 else "give"
        rest = _ONLY_THESE if reason == _CONDITION else _ONLY_HERE
        yield f"what {first_of(own)} {give} depends on {reason}, {rest}"


def _depending(
    formulas: FormulaCells,
    cells: Iterable[tuple[str, Codes]],
    names: Mapping[str, str],
    rule: Callable[[str, Mapping[str, str]], str | None],
    word: re.Pattern[str],
) -> Iterator[tuple[Cell, str]]:
    """The cells of whose formulas a rule says that they depend on something, each with what that is.

    Without one of certain words in it, and names, a formula depends on nothing.
    """
    for sheet, codes in by_sheet(cells).items():
        for code, text in formulas.that_say(sheet, codes, _ANYTHING if names else word).items():
            if (found := rule(text, names)) is not None:
                yield (sheet, code), found


def _goes_one_way(graph: Graph, name: str) -> bool:
    """Whether the equation of a quantity is the same for all numbers."""
    expr = graph[name].expr
    nodes = [] if expr is None else list(ex.walk(expr))
    rows = (graph[node.name].expr for node in nodes if isinstance(node, ex.Ref))
    return all(isinstance(node, _ONE_WAY) for node in nodes) and not any(isinstance(row, ex.OneHot) for row in rows)


def has_condition(formula: str, names: Mapping[str, str]) -> str | None:
    """That a formula's value depends on a condition; None if on none.

    Args:
        formula: its text.
        names: defined names, in small letters, that have one.
    """
    for kind, text in tokens(formula.removeprefix("=")):
        chooses = kind == "function" and text.upper().rpartition(".")[2] in _CHOOSING
        if chooses or (kind == "operator" and text in _COMPARING) or text.casefold() in names:
            return _CONDITION
    return None


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
