"""The failure of a trace as text for a log of 80 columns: roots first, then how many follow from them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from xlcheck.pytest_plugin.divergence import Divergence
from xlcheck.pytest_plugin.text import FAILURE_WIDTH, some, wrapped
from xlcheck.verdicts.messages import plural, show_apart
from xlcheck.verdicts.traces import Difference, TraceComparison

ROWS = 10


def trace_text(divergence: Divergence, golden: str, node: str) -> str:
    """What differs, where first, and what to do."""
    return "\n".join(_lines(divergence, golden, node))


def another_model_text(divergence: Divergence, golden: str, node: str) -> str:
    """The sentence on a golden file that has nothing in common with what is compared."""
    found = divergence.comparison
    if found.reshaped:
        name, actual, desired = found.reshaped[0]
        reason = f"{name} has the shape {desired} in it, and {actual} now"
    else:
        reason = f"it holds {some(found.missing)}, and now there are {some(found.unexpected)}"
    return wrapped(
        f"{golden} is of another model: {reason}; if that is right, run {_update(node)}", width=FAILURE_WIDTH
    )


def missing_text(golden: str) -> str:
    """The sentence on a golden file that was missing and has been written."""
    return wrapped(
        f"{golden} did not exist and was written; look at it, commit it, and run the test again", width=FAILURE_WIDTH
    )


def _lines(divergence: Divergence, golden: str, node: str) -> Iterator[str]:
    found = divergence.comparison
    number = len(found.differences) + len(found.reshaped)
    total = found.compared + len(found.reshaped)
    yield f"✗ {golden}: {number} of {plural(total, 'quantity', 'quantities')} {'differs' if number == 1 else 'differ'}"
    yield f"  {found.actual} against {'its' if found.actual == found.desired else found.desired + ' as'} golden values"
    for place, difference in enumerate(divergence.roots[:ROWS], start=1):
        yield ""
        yield from _block(place, difference, is_first=place == 1 and not divergence.knows_precedents)
    rest = [*_rest(divergence), *_structure(found)]
    if rest:
        yield ""
        yield from (wrapped(line, "  ", width=FAILURE_WIDTH) for line in rest)
    yield ""
    command = f"  Keep the new values: {_update(node)}"
    yield command if len(command) <= FAILURE_WIDTH else command.replace(": ", ":\n    ", 1)


def _block(place: int, difference: Difference, *, is_first: bool) -> Iterator[str]:
    actual, desired = show_apart(difference.actual, difference.desired)
    index = "".join(f"[{i}]" for i in difference.index)
    elements = f"{difference.mismatched} of {plural(difference.size, 'element', 'elements')}"
    yield f"{place:>3}  {difference.quantity}  {elements}{'  (the first to differ)' if is_first else ''}"
    yield f"     actual   {actual}{f'  at {index}' if index else ''}"
    yield f"     golden   {desired}  (difference {difference.max_abs_error:.2g})"


def _rest(divergence: Divergence) -> Iterator[str]:
    hidden = len(divergence.roots) - ROWS
    if hidden > 0:
        yield f"{plural(hidden, 'more quantity differs', 'more quantities differ')}."
    if divergence.carried:
        names = some([d.quantity for d in divergence.carried])
        number = len(divergence.carried)
        yield f"{plural(number, 'quantity differs', 'quantities differ')} only because of what comes before: {names}."


def _structure(found: TraceComparison) -> Iterator[str]:
    for name, actual, desired in found.reshaped[:ROWS]:
        yield f"{name} has the shape {actual} instead of {desired}."
    if len(found.reshaped) > ROWS:
        yield f"{len(found.reshaped) - ROWS} more have another shape."
    if found.missing:
        yield f"Only in the golden file: {some(found.missing)}."
    if found.unexpected:
        yield f"Not in the golden file: {some(found.unexpected)}."


def _update(node: str) -> str:
    return f"pytest {shlex.quote(node)} --xlcheck-update"
