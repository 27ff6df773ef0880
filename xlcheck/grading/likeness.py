"""Submissions that have in common what independent work rarely has: listed with evidence, and never marked.

An inverted index: for each unusual thing, who has it. What only few have in common is evidence; what many have is a
mistake that many make. So nothing is compared pair by pair, and a hundred thousand submissions take a second.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from xlcheck.formulas.meaning import canonical
from xlcheck.grading.marks import StudentMarks
from xlcheck.grading.prepared import PreparedKey
from xlcheck.grading.records import Record

_RARE = 0.02
"""Of all submissions: what more of them have in common is common."""
_FEW = 3
"""However small a class: what so many have in common may be copied."""
_NAMED = 3
"""So many mistakes that have a name, in the same cells, are evidence; one of them is made by anybody."""

Kind = Literal["same file", "same unusual formulas", "same typed numbers", "numbers of another student"]


@dataclass(frozen=True)
class Likeness:
    """What some submissions have in common.

    Attributes:
        files: whose.
        kind: what sort of thing it is.
        evidence: what exactly, in words, the strongest first.
        weight: how unlikely it is by chance, in bits: for ordering only.
    """

    files: tuple[str, ...]
    kind: Kind
    evidence: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class _Trace:
    """One unusual thing in a submission."""

    index: int
    kind: Kind
    text: str
    named: bool


def find_likeness(submissions: Sequence[tuple[StudentMarks, Record]], prepared: PreparedKey) -> list[Likeness]:
    """What submissions have in common, the strongest evidence first."""
    found = [*_same_files(submissions), *_of_others(submissions, prepared)]
    seen: set[str] = set()
    own: dict[tuple[int, Kind, str], list[tuple[str, _Trace]]] = defaultdict(list)
    for marks, record in submissions:
        if record.sha256 not in seen:  # a file that comes twice has everything in common
            seen.add(record.sha256)
            for trace in _traces(record, prepared):
                own[trace.index, trace.kind, trace.text].append((marks.file, trace))
    most = max(_FEW, int(_RARE * len(seen)))
    pairs: dict[tuple[str, str, Kind], list[tuple[float, _Trace]]] = defaultdict(list)
    for (_, kind, _), holders in own.items():
        if 2 <= len(holders) <= most:
            bits = math.log2(len(seen) / len(holders)) if len(seen) > len(holders) else 0.0
            for (one, trace), (other, _) in combinations(holders, 2):
                pairs[one, other, kind].append((bits, trace))
    for (one, other, kind), shared in pairs.items():
        if all(trace.named for _, trace in shared) and len(shared) < _NAMED:
            continue
        shared.sort(key=lambda item: (item[1].named, -item[0]))
        evidence = tuple(f"{prepared.elements[t.index]}: {t.text}" for _, t in shared)
        found.append(Likeness((one, other), kind, evidence, sum(bits for bits, _ in shared)))
    return sorted(found, key=lambda likeness: -likeness.weight)


def _traces(record: Record, prepared: PreparedKey) -> Iterable[_Trace]:
    named = {finding.index for finding in record.findings if finding.mistake}
    for index, formula in record.formulas.items():
        yield _Trace(
            index, "same unusual formulas", _spelling(*canonical(formula, prepared.cells[index][0])), index in named
        )
    for finding in record.findings:
        typed = finding.status == "not_a_formula" and finding.formula is None and not finding.right
        if typed and isinstance(finding.actual, float) and not finding.actual.is_integer():
            yield _Trace(finding.index, "same typed numbers", f"{finding.actual:.12g}", False)


def _spelling(formula: str, numbers: tuple[float, ...]) -> str:
    """One text for all spellings of a formula, in which numbers are 0, and the numbers."""
    return f"={formula}" + "".join(f" [{number:.12g}]" for number in numbers)


def _same_files(submissions: Sequence[tuple[StudentMarks, Record]]) -> Iterable[Likeness]:
    groups: dict[str, list[str]] = defaultdict(list)
    for marks, record in submissions:
        groups[record.sha256].append(marks.file)
    for files in groups.values():
        if len(files) > 1:
            yield Likeness(tuple(files), "same file", ("the files are the same, byte by byte",), math.inf)


def _of_others(submissions: Sequence[tuple[StudentMarks, Record]], prepared: PreparedKey) -> Iterable[Likeness]:
    """Typed numbers that are right for another student, who was given other numbers."""
    key = prepared.key
    if not key.varied or not any(f.status == "not_a_formula" for _, record in submissions for f in record.findings):
        return
    blanks = list(prepared.blanks)
    owners: dict[tuple[int, str], list[str]] = defaultdict(list)
    for student in key.students:
        numbers = prepared.values_in_cells(key.values_of(student.id))
        for index in blanks:
            owners[index, f"{numbers[index]:.9g}"].append(student.id)
    files: Mapping[str, str] = {marks.student: marks.file for marks, _ in submissions if marks.student}
    for marks, record in submissions:
        from_others: dict[str, list[int]] = defaultdict(list)
        for finding in record.findings:
            if finding.status == "not_a_formula" and isinstance(finding.actual, float) and np.isfinite(finding.actual):
                for owner in owners.get((finding.index, f"{finding.actual:.9g}"), ()):
                    from_others[owner].append(finding.index)
        for owner, indices in from_others.items():
            if owner != marks.student and marks.student not in _owners_of(owners, record, indices):
                evidence = tuple(f"{prepared.elements[index]} holds what is right for {owner}" for index in indices)
                both = (marks.file, files.get(owner, owner))
                yield Likeness(both, "numbers of another student", evidence, 30.0 * len(indices))


def _owners_of(owners: Mapping[tuple[int, str], list[str]], record: Record, indices: Sequence[int]) -> set[str]:
    """The students for whom all these numbers are right."""
    actual = {f.index: f.actual for f in record.findings}
    return set.intersection(*(set(owners.get((i, f"{actual[i]:.9g}"), ())) for i in indices))
