"""Reports for a terminal or a log: one verdict a file, the roots first, then counts.

Everything is said in words and marks; colour only repeats it. The text reads well in 80 columns.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from xlcheck.reports.groups import by_mistake, elsewhere, said_once
from xlcheck.reports.lines import WIDTH, Line, broken, line
from xlcheck.shown import printable
from xlcheck.verdicts.cell_result import CellResult, Kind, Status
from xlcheck.verdicts.findings import Edit, Findings, Refusal
from xlcheck.verdicts.messages import edited, plural, show_apart, show_values
from xlcheck.verdicts.placement import is_number

if TYPE_CHECKING:
    from rich.console import Console

ROWS = 10
SIGNS = {0: "✓", 1: "✗", 2: "!", 3: "?", 70: "!"}  # of exit codes
MOST_LOOKED_AT = 1_000
"""Cells among which those with the same mistake are found; each takes time to describe."""
_FORMULA_WIDTH = 240
_MANY = 1000  # units in the last place, which then say less than a share of the number
_EPSILON = 2.0**-52
_INDENT = 5  # of what is said of a cell


def render_text(reports: Iterable[Findings | Refusal], *, rows: int | None = ROWS, width: int = WIDTH) -> str:
    """The reports as plain text, without colour.

    Args:
        reports: what to show.
        rows: how many mistakes to show of each, with their cells; None shows every cell by itself.
        width: characters in a line.
    """
    return "".join(text_pieces(reports, rows=rows, width=width)).removesuffix("\n")


def text_pieces(reports: Iterable[Findings | Refusal], *, rows: int | None = ROWS, width: int = WIDTH) -> Iterator[str]:
    """The text of `render_text`, line by line, each with its end."""
    for each in _lines(reports, rows, width):
        yield f"{each.plain}\n"


def print_text(reports: Iterable[Findings | Refusal], console: Console, *, rows: int | None = ROWS) -> None:
    """Print the reports to a console of the library rich; see `render_text`."""
    for each in _lines(reports, rows, console.width):
        console.print(each.styled(), soft_wrap=True, highlight=False)


def verdict(report: Findings) -> str:
    """The verdict on one workbook in a few words."""
    counts = report.counts
    if counts.root or counts.carried:
        wrong = f"{plural(counts.root, 'cell', 'cells')} wrong, " if counts.root else ""
        return f"{wrong}{counts.carried} carried, {counts.agree} of {counts.checked} agree"
    if not counts.checked:
        return "nothing was checked"
    return _open(report) or _agreement(report)


def _open(report: Findings) -> str:
    """What leaves a check without a wrong cell incomplete."""
    counts = report.counts
    agree = plural(counts.agree, "formula cell agrees", "formula cells agree")
    if report.gaps_without_a_cell:
        return f"{agree}, but not everything was checked"
    if counts.not_evaluated:
        return f"{plural(counts.not_evaluated, 'cell', 'cells')} could not be checked; {counts.agree} others agree"
    if counts.stray:
        return f"{plural(counts.stray, 'formula cell is', 'formula cells are')} unknown; {counts.agree} others agree"
    return f"{agree}, but with reservations" if report.reservations and not report.differs_from_built else ""


def objections(report: Findings) -> Sequence[str]:
    """What is said above the cells, because neither they nor the notes say it."""
    return said_once([*report.reservations, *(gap for gap in report.gaps_without_a_cell if gap not in report.notes)])


def _agreement(report: Findings) -> str:
    """What was compared, where everything agrees."""
    counts = report.counts
    agree = f"{plural(counts.agree, 'formula cell agrees', 'formula cells agree')} with Keras"
    others = f"; {plural(counts.unbound, 'other belongs', 'others belong')} to no network"
    agree = f"{agree}{others}" if counts.unbound else f"all {agree}"
    if report.differs_from_built:
        agree = f"not as it was built; {agree}"
    if not report.edits:
        return agree
    built = f"the {edited(report.edits)} that stand in the sheet, which are not those that were built"
    return f"{agree} for {built}"


def _lines(reports: Iterable[Findings | Refusal], rows: int | None, width: int) -> Iterator[Line]:
    before: Findings | Refusal | None = None
    for report in reports:
        if before is not None and not (report.ok and before.ok):
            yield Line()
        yield from _refusal(report, width) if isinstance(report, Refusal) else _report(report, rows, width)
        before = report


def _refusal(refusal: Refusal, width: int) -> Iterator[Line]:
    style = "bold yellow" if refusal.exit_code == 3 else "bold red"
    head = line(("! ", style), (printable(refusal.workbook), "bold"), ": ", ("not checked", style))
    yield from broken(head, width)
    yield from _indented(refusal.message, width)


def _report(report: Findings, rows: int | None, width: int) -> Iterator[Line]:
    style = {0: "bold green", 1: "bold red", 3: "bold yellow"}[report.exit_code]
    head = line(
        (f"{SIGNS[report.exit_code]} ", style), (printable(report.workbook), "bold"), ": ", (verdict(report), style)
    )
    yield from broken(head, width)
    yield from _indented(_circumstances(report), width, "dim")
    for objection in objections(report):
        yield from _indented(f"But: {objection}.", width)
    yield from _listed(map(_changed, report.edits), "changes", rows, width)
    said = " ".join(report.reservations)
    warnings = said_once(warning.message for warning in report.warnings if warning.message not in said)
    yield from _listed([f"look at {warning}." for warning in warnings], "warnings", rows, width)
    shown = _groups(report, rows)
    for number, (cell, *others) in enumerate(shown, start=1):
        yield Line()
        yield from _cell(number, cell, others, report, width)
    yield from _rest(report, shown, rows, width)


def _changed(edit: Edit) -> str:
    actual, desired = show_apart(edit.actual, edit.desired)
    return f"changed: {edit.sheet}!{edit.cell}, {edit.quantity}, is now {actual}; it was {desired}"


def _listed(sentences: Iterable[str], what: str, rows: int | None, width: int) -> Iterator[Line]:
    """The first of some sentences, and how many more there are."""
    found = [*sentences]
    for sentence in found[:rows]:
        yield from _indented(sentence, width)
    if rows is not None and len(found) > rows:
        yield from _indented(f"and {len(found) - rows} more {what}", width)


def _groups(report: Findings, rows: int | None) -> Sequence[Sequence[CellResult]]:
    """The cells to show, those with one mistake together."""
    if rows is None:
        return [[cell] for cell in report.cells]
    return by_mistake(islice(report.cells.with_status(*_FIRST), MOST_LOOKED_AT))[:rows]


def _circumstances(report: Findings) -> str:
    parts = [f"{report.engine} against {report.oracle}"]
    parts += [f"{report.samples} samples"] if report.samples > 1 else []
    size = f"{_EPSILON * report.max_ulps:.1g}"
    places = f"{report.max_ulps:.3g}" if report.max_ulps >= 1 or report.max_ulps == 0 else "below 1"
    last_places = f" ({places} ULP)" if report.max_ulps < _MANY else f", {size} of the number's size"
    last_places = last_places if report.ok else ""
    parts += [f"difference ≤ {report.max_abs_error:.2g}{last_places}"] if report.counts.checked else []
    return ", ".join(parts)


def _cell(number: int, cell: CellResult, others: Sequence[CellResult], report: Findings, width: int) -> Iterator[Line]:
    head = [(f"{number:>3}  {printable(cell.sheet)}!{cell.cell}", "")]
    if cell.quantity:
        head.append((f"  {printable(cell.quantity)}", "cyan"))
    head.append((f"  {_WORDS[cell.status]}", _STYLES[cell.status]))
    if cell.diagnosis:
        head.append((f"  {cell.diagnosis}", "italic"))
    if report.samples > 1 and cell.sample is not None:
        head.append((f"  (sample {cell.sample})", "dim"))
    yield from broken(line(*((text, f"bold {style}".rstrip()) for text, style in head)), width)
    rows = [*_rows(cell), *([("also", elsewhere(others))] if others else [])]
    indent = _INDENT + max(len(label) for label, _ in rows) + 2
    for label, text in rows:
        first, *more = broken(line(printable(text)), width, indent)
        yield line((f"{'':{_INDENT}}{label:<{indent - _INDENT}}", "dim"), first.plain[indent:])
        yield from more


def _rows(cell: CellResult) -> Iterator[tuple[str, str]]:
    actual, desired = show_values(cell)
    if cell.status is not Status.NOT_EVALUATED:
        yield "stored" if cell.kind is Kind.STALE_CACHE else "gives", actual
    if cell.desired is not None:
        yield "Keras" if cell.quantity else "should be", desired + _difference(cell)
    if cell.desired_from_precedents is not None:
        here = show_apart(cell.actual, cell.desired_from_precedents)[1]
        if here != desired:
            yield "should be", f"{here}, given the values it is computed from"
    if cell.formula is not None:
        yield "formula", _cut(cell.formula)
    if cell.desired_formula is not None:
        yield "correct", _cut(cell.desired_formula)
    yield "why", cell.message


def _cut(formula: str) -> str:
    return formula if len(formula) <= _FORMULA_WIDTH else f"{formula[:_FORMULA_WIDTH]}…"


def _difference(cell: CellResult) -> str:
    if is_number(cell.actual) and is_number(cell.desired) and cell.kind is not Kind.STALE_CACHE:
        return f"  (difference {abs(cell.actual - cell.desired):.2g})"
    return ""


def _rest(report: Findings, shown: Sequence[Sequence[CellResult]], rows: int | None, width: int) -> Iterator[Line]:
    lines = [] if rows is None else list(_hidden(report, Counter(cell.status for cell in chain.from_iterable(shown))))
    lines += [f"Note: {note}." for note in report.notes]
    if len(report.cells) > len(shown):
        lines.append(f"Every cell: {full_command(report)}")
    if lines and shown:
        yield Line()
    for text in lines:
        yield from _indented(text, width)


def full_command(report: Findings) -> str:
    """The command that shows everything."""
    name = report.engine.partition(" ")[0]
    engine = [] if name == "ironcalc" else ["--engine", name]
    return shlex.join(["xlcheck", "check", printable(report.workbook), *engine, *map(printable, report.asked), "--all"])


def _hidden(report: Findings, shown: Counter[Status]) -> Iterator[str]:
    """What was not shown, counted."""
    left = Counter(cell.status for cell in report.cells.items)
    left.subtract(shown)
    if count := left[Status.ROOT]:
        yield f"{plural(count, 'more cell is', 'more cells are')} wrong."
    if count := left[Status.CARRIED]:
        yield f"{plural(count, 'cell is', 'cells are')} wrong only because an earlier cell is."
    if count := left[Status.NOT_EVALUATED]:
        yield f"{plural(count, 'more cell has', 'more cells have')} no verdict."
    if count := left[Status.UNBOUND]:
        yield f"{plural(count, 'formula belongs', 'formulas belong')} to no quantity; not checked."
    if count := left[Status.AGREE]:
        yield f"{plural(count, 'stored value is', 'stored values are')} not what the formula gives."


def _indented(text: str, width: int, style: str = "") -> Iterator[Line]:
    return broken(line((printable(text), style)), width, indent=2)


_FIRST = (Status.ROOT, Status.NOT_EVALUATED)
_WORDS = {
    Status.ROOT: "wrong",
    Status.CARRIED: "carried",
    Status.NOT_EVALUATED: "no verdict",
    Status.UNBOUND: "unbound",
    Status.AGREE: "stale",
}
_STYLES = {
    Status.ROOT: "bold red",
    Status.CARRIED: "yellow",
    Status.NOT_EVALUATED: "magenta",
    Status.UNBOUND: "blue",
    Status.AGREE: "blue",
}
