"""The fixture `xlcheck_trace`: compare every quantity with a golden file, say what differs, keep it up to date."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from xlcheck.arguments import checked
from xlcheck.errors import UsageError, XlcheckError
from xlcheck.graph.trace import Trace
from xlcheck.pytest_plugin.divergence import Divergence, diverge
from xlcheck.pytest_plugin.golden import DamagedGoldenError, merged, read_golden, write_golden
from xlcheck.pytest_plugin.golden_paths import (
    GOLDEN_ENDINGS,
    LONGEST_NAME,
    golden_folder,
    golden_stem,
    require_own_name,
)
from xlcheck.pytest_plugin.report_files import trace_failure
from xlcheck.pytest_plugin.settings import Level, Settings, level_of, marker_levels
from xlcheck.pytest_plugin.subject import Subject, subject_of
from xlcheck.pytest_plugin.text import FAILURE_WIDTH, some, wrapped
from xlcheck.verdicts.messages import plural, show_apart
from xlcheck.verdicts.traces import Difference, TraceComparison

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


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


def no_numbers_text(golden: str) -> str:
    """The sentence on a trace of which nothing is known."""
    return wrapped(
        f"{golden}: every number that is compared with it is NaN, of which nothing is known; look for where the first "
        "one comes from",
        width=FAILURE_WIDTH,
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


@dataclass
class TraceCheck:
    """What the fixture `xlcheck_trace` gives to a test; call it."""

    item: pytest.Item = field(repr=False)
    settings: Settings = field(repr=False)
    _compared: set[Path] = field(default_factory=set, repr=False)

    @checked
    def __call__(
        self,
        values: Any,
        inputs: ArrayLike | Sequence[ArrayLike] | None = None,
        *,
        targets: ArrayLike | None = None,
        initial_states: Mapping[str, ArrayLike] | None = None,
        name: str | None = None,
        atol: float | None = None,
        rtol: float | None = None,
        tolerances: Mapping[str, float | tuple[float, float]] | None = None,
    ) -> None:
        """Compare every quantity with the golden file `<test module>/<test name>.json` (or `.npz`).

        A missing golden file is written, and the test fails. With `--xlcheck-update` the test passes, and
        what differs is written; with `--xlcheck-update-new-only` only what the golden file does not have.
        NaN equals NaN, but a trace of nothing else says nothing: it is not written, and the test fails.

        Args:
            values: a `keras.Model`, the path of a `.keras` file, a `Trace`, or, from any other implementation,
                a mapping of names to arrays in order of computation. Numbers, DataFrames (one array a column) and
                mappings inside are arrays, too: `lstm.h` is `h` inside `lstm`.
            inputs: what the model reads: one array with a leading axis of samples, or a list of them.
            targets: what the model should answer; with them its loss is compared, too.
            initial_states: `{"lstm.h_init": …}`; zeros by default.
            name: tells several golden files of one test apart: `<test name>.<name>.json`.
            atol: largest absolute difference of every quantity.
            rtol: the same relative to each quantity's largest magnitude.
            tolerances: pattern of quantity names → atol, or (atol, rtol): `{"lstm.*": 1e-9}`.
        """
        __tracebackhide__ = True
        try:
            levels = [level_of("xlcheck_trace", atol, rtol, tolerances), *marker_levels(self.item)]
            subject = subject_of(values, inputs, targets, initial_states)
            problem = self._compare(subject, self._path(name), [*levels, *self.settings.levels])
        except XlcheckError as error:
            problem = wrapped(str(error), width=FAILURE_WIDTH)
        if problem is not None:
            pytest.fail(problem)

    def _path(self, name: str | None) -> Path:
        stem = golden_stem(self.item) if name is None else f"{golden_stem(self.item)}.{name}"
        folder = golden_folder(self.item, self.settings.golden_dir)
        path = folder / f"{stem}.{self.settings.golden_format}"
        if name is not None and (Path(name).name != name or not name):
            raise UsageError(f"{name!r} cannot be part of a file's name; use letters, digits, - and _")
        if name is not None and len(name) > LONGEST_NAME:
            raise UsageError(f"a name of {len(name)} letters cannot be part of a file's name; use up to {LONGEST_NAME}")
        if path in self._compared:
            raise UsageError(
                f"{self.settings.shown(path)} was compared before in this test; tell the traces apart with name=…"
            )
        self._compared.add(path)
        self.settings.record.used |= {str(folder / f"{stem}{ending}") for ending in GOLDEN_ENDINGS}
        return path

    def _compare(self, subject: Subject, path: Path, levels: Sequence[Level]) -> str | None:
        """What to fail with, or None."""
        path = self._in_its_format(path)
        golden = self._read(path)
        if _says_nothing(subject.trace) and (golden is None or self.settings.updates_all or _says_nothing(golden)):
            return no_numbers_text(self.settings.shown(path))
        if golden is None:
            is_new = not path.exists()
            self._write(subject.trace, path, "new" if is_new else "changed")
            return None if self.settings.updates_new else missing_text(self.settings.shown(path))
        source, subject = subject.trace.source, subject.called_as_in(golden)
        divergence = diverge(subject, golden, levels)
        if divergence.ok and not (self.settings.updates_all and path.suffix != self._ending):
            return None
        if self.settings.updates_all:
            self._write(replace(_updated(subject.trace, golden, divergence), source=source), path, "changed")
            return None
        if self.settings.updates_new and divergence.comparison.unexpected and not divergence.is_another_model:
            golden = _extended(subject.trace, golden)
            self._write(golden, path, "changed")
            divergence = diverge(subject, golden, levels)
        return None if divergence.ok else self._failed(divergence, path)

    def _read(self, path: Path) -> Trace | None:
        if not path.exists():
            return None
        try:
            return read_golden(path, self.settings.shown(path))
        except DamagedGoldenError:
            if self.settings.updates_all:
                return None
            raise

    def _write(self, trace: Trace, path: Path, how: str) -> None:
        target = path.with_name(f"{path.name.removesuffix(path.suffix)}{self._ending}")
        write_golden(trace, target)
        self.settings.record.written.append((str(target), how))
        if target != path:
            path.unlink()

    @property
    def _ending(self) -> str:
        return f".{self.settings.golden_format}"

    def _in_its_format(self, path: Path) -> Path:
        """The golden file as it is there; one of the other format stays until it is written anew."""
        stem = path.name.removesuffix(self._ending)
        others = [path.with_name(f"{stem}{ending}") for ending in GOLDEN_ENDINGS]
        found = next((other for other in (path, *others) if other.exists()), path)
        require_own_name(found, self.settings.shown(found))
        return found

    def _failed(self, divergence: Divergence, path: Path) -> str:
        text = another_model_text if divergence.is_another_model else trace_text
        message = text(divergence, self.settings.shown(path), self.settings.node(self.item))
        if self.settings.report is not None:
            self.settings.record.add_failure(trace_failure(divergence, str(path), self.item.nodeid, message))
        return message


def _says_nothing(trace: Trace) -> bool:
    """Whether a trace holds nothing but NaN, which equals itself in a golden file but is nothing to compare."""
    return all(bool(np.isnan(values).all()) for values in trace.values.values())


def _updated(trace: Trace, golden: Trace, divergence: Divergence) -> Trace:
    """The new trace; quantities that agree within the tolerance keep their golden values bit for bit."""
    found = divergence.comparison
    differ = {d.quantity for d in found.differences} | {name for name, _, _ in found.reshaped}
    return merged(golden, trace, {name for name in golden.values if name not in differ})


def _extended(trace: Trace, golden: Trace) -> Trace:
    """The golden trace with what only the new one has, each quantity in its place."""
    added = merged(golden, trace, golden.values)
    return Trace(golden.source, dict(added.values) | {n: v for n, v in golden.values.items() if n not in trace})
