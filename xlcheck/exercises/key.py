"""The marking key: all that is needed to mark the submissions of one exercise, in one JSON file.

The key holds the network, the numbers that everybody is given, what stands in which cell, the blanks with their
points and formulas, the hints with their costs, and the secret from which each student's own numbers are drawn.
Whoever has it has all answers: it stays with the teacher.

    key = load_key(Path("exam/key.json"))
    own = key.numbers_of("s012345")       # weights and inputs of one student, by quantity name
    values = key.values_of("s012345")     # and every value that follows from them
    for blank in key.blanks:
        blank.cell, blank.formula, blank.points, values[blank.quantity].reshape(-1)[blank.index]

Formulas and places are the same for all students; only numbers differ.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.documents import parse_json
from xlcheck.errors import DataError
from xlcheck.exercises.draws import Variation, drawn, personal
from xlcheck.files import read_input, reading, write_text
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Graph
from xlcheck.learning.forward import forward_graph
from xlcheck.learning.optimisers.batch import Batch, batch_graph
from xlcheck.model.model_spec import ModelSpec
from xlcheck.sizes import TEXTS
from xlcheck.workbook.bindings import Binding

VERSION = 1
FILE = "key.json"


@dataclass(frozen=True)
class Blank:
    """A cell that students fill.

    Attributes:
        cell: where it stands.
        quantity: the quantity's name (`lstm.f[1]`).
        index: which of its numbers, counted from 0 in C order.
        element: the same in one name (`lstm.f[1][0]`).
        points: what it is worth.
        formula: the formula of the solution, without `=`.
        mark: the cell of its live mark (✓, ✗ or ○), if it has one.
    """

    cell: Range
    quantity: str
    index: int
    element: str
    points: float
    formula: str
    mark: Range | None = None


@dataclass(frozen=True)
class Hint:
    """A hint that a student opens by typing 1.

    Attributes:
        cell: where the 1 is typed.
        band: the symbol it is about (`lstm.f`): all blanks of `lstm.f[…]`.
        number: 1 for the first hint about a symbol; each is to be opened after the one before.
        cost: the part of the points of these blanks that it costs, from 0 to 1.
    """

    cell: Range
    band: str
    number: int
    cost: float


@dataclass(frozen=True)
class Student:
    """One line of the roster.

    Attributes:
        id: what the student is known by; it stands in the workbook, too.
        name: for people.
        attempt: how many draws of numbers were thrown away before the one that the student has.
        file: the student's workbook, beside the key (`blanks/s012345.xlsx`).
    """

    id: str
    name: str = ""
    attempt: int = 0
    file: str = ""


@dataclass(frozen=True)
class Rules:
    """What the plan says about marking.

    Attributes:
        feedback: what students see while they work: `none`, `count` (how many are right) or `cells`.
        tolerance: how far a number may be from what follows from those it is computed from, relative to its size
            or, of numbers below 1, to 1.
        typed: which part of the points a right number earns that was typed, not computed.
    """

    feedback: str = "cells"
    tolerance: float = 1e-9
    typed: float = 0.0


@dataclass(frozen=True)
class MarkingKey:
    """See the module.

    Attributes:
        name: the lesson's or the model's name.
        title: what the exercise is called.
        spec: the network.
        batch: the backward pass that is shown, if there is one.
        given: the numbers of the exercise as everybody has it who has none of his own: weights as they are, inputs,
            targets and initial states `(1, n)`.
        sample: a short text for the one sample that the workbook shows.
        blanks: what is to be filled, in order of computation.
        hints: in the order in which they stand.
        bindings: where every quantity stands, given or not; those with `sample` 0 are stored inputs.
        formulas: the formulas of the cells that are given, without `=`, by cell; of quantities only.
        rules: how is marked.
        id_cell: where the student's id stands.
        solution: the file with the solution, beside the key.
        students: the roster; empty if all have the same workbook.
        variations: how numbers can differ, by quantity name: between students, and when a submission is recalculated
            with numbers that nobody has seen.
        varied: whether each student has numbers of his own; see `Variation.personal`.
        secret: what other numbers are drawn from.
        version: of this format.
    """

    name: str
    title: str
    spec: ModelSpec
    batch: Batch | None
    given: Mapping[str, Array]
    sample: str
    blanks: tuple[Blank, ...]
    hints: tuple[Hint, ...]
    bindings: tuple[Binding, ...]
    formulas: Mapping[Range, str]
    rules: Rules
    id_cell: Range
    solution: str
    students: tuple[Student, ...] = ()
    variations: Mapping[str, Variation] = field(default_factory=dict)
    varied: bool = False
    secret: str = field(default="", repr=False)
    version: int = VERSION

    @cached_property
    def graph(self) -> Graph:
        """Every quantity, in order of computation."""
        return forward_graph(self.spec) if self.batch is None else batch_graph(self.spec, self.batch)

    @property
    def points(self) -> float:
        """What the whole exercise is worth."""
        return sum(blank.points for blank in self.blanks)

    @cached_property
    def roster(self) -> Mapping[str, Student]:
        """The students by their ids."""
        return {student.id: student for student in self.students}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that marks depend on: results belong to one key."""
        return hashlib.sha256(json.dumps(_to_json(self), sort_keys=True).encode()).hexdigest()

    def numbers_of(self, student: str | None = None) -> dict[str, Array]:
        """What a student was given; of nobody, or somebody who is not on the roster, what everybody is."""
        known = self.roster.get(student) if student is not None else None
        if known is None or not self.varied:
            return dict(self.given)
        return drawn(self.given, personal(self.variations), self.secret, known.id, known.attempt)

    def other_numbers(self, label: str) -> dict[str, Array]:
        """Numbers that no student has: another set for each label; the same for the same label and secret."""
        return drawn(self.given, self.variations, self.secret, f"\nnobody\n{label}")

    def values_of(self, student: str | None = None) -> dict[str, Array]:
        """Every quantity with a student's numbers: `(1, n)`, and weights and their gradients as they are."""
        return evaluate(self.graph, self.numbers_of(student))

    def save(self, path: Path) -> None:
        """Write the key as JSON.

        Raises:
            UsageError: the file cannot be written there.
        """
        write_text(path, json.dumps(_to_json(self), ensure_ascii=False, indent=1) + "\n")


def load_key(path: Path) -> MarkingKey:
    """Read a key.

    Raises:
        DataError: it cannot be read, is no key, or is of a version that this xlcheck does not know.
    """
    try:
        with reading(path, DataError):
            data = parse_json(read_input(path, TEXTS[".json"]))
    except ValueError as error:
        why = "it is no text" if isinstance(error, UnicodeDecodeError) else error
        raise DataError(f"{path} is no marking key: {why}; `xlcheck exercise` writes one, key.json") from None
    version = data.get("xlcheck marking key") if isinstance(data, dict) else None
    if version != VERSION:
        what = "is no marking key" if version is None else f"is a marking key of the unknown version {version!r}"
        raise DataError(f"{path} {what}; write it with `xlcheck exercise` of this xlcheck")
    try:
        return _from_json(data)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise DataError(
            f"{path}: the marking key is damaged ({type(error).__name__}: {error}); write it anew"
        ) from None


def _to_json(key: MarkingKey) -> dict[str, Any]:
    plain = {name: getattr(key, name) for name in ("name", "title", "sample", "solution", "secret")}
    return {
        "xlcheck marking key": key.version,
        **plain,
        "varied": key.varied,
        "rules": asdict(key.rules),
        "id_cell": str(key.id_cell),
        "blanks": [
            asdict(replace(b, mark=None)) | {"cell": str(b.cell), "mark": None if b.mark is None else str(b.mark)}
            for b in key.blanks
        ],
        "hints": [asdict(h) | {"cell": str(h.cell)} for h in key.hints],
        "students": [asdict(s) for s in key.students],
        "variations": {name: asdict(v) for name, v in key.variations.items()},
        "given": {name: [list(v.shape), v.reshape(-1).tolist()] for name, v in key.given.items()},
        "bindings": [[b.quantity, str(b.area), b.sample, b.transposed] for b in key.bindings],
        "formulas": {str(cell): text for cell, text in key.formulas.items()},
        "spec": key.spec.to_json(),
        "batch": None if key.batch is None else key.batch.to_json(),
    }


def _from_json(data: Mapping[str, Any]) -> MarkingKey:
    return MarkingKey(
        name=data["name"],
        title=data["title"],
        sample=data["sample"],
        solution=data["solution"],
        secret=data["secret"],
        spec=ModelSpec.from_json(data["spec"]),
        batch=None if data["batch"] is None else Batch.from_json(data["batch"]),
        given={
            name: np.array(numbers, dtype=np.float64).reshape(shape) for name, (shape, numbers) in data["given"].items()
        },
        blanks=tuple(
            Blank(
                **item
                | {
                    "cell": parse_range(item["cell"]),
                    "mark": None if item["mark"] is None else parse_range(item["mark"]),
                }
            )
            for item in data["blanks"]
        ),
        hints=tuple(Hint(**item | {"cell": parse_range(item["cell"])}) for item in data["hints"]),
        bindings=tuple(Binding(q, parse_range(area), sample, turned) for q, area, sample, turned in data["bindings"]),
        formulas={parse_range(cell): text for cell, text in data["formulas"].items()},
        varied=bool(data["varied"]),
        rules=Rules(**data["rules"]),
        id_cell=parse_range(data["id_cell"]),
        students=tuple(Student(**item) for item in data["students"]),
        variations={name: Variation(**item) for name, item in data["variations"].items()},
    )
