"""Mistakes in the backward pass and in the optimiser's step: each is the only root, at its cell, under its name.

The mistakes are made in the text of the formulas, as a person makes them; nothing of the checker takes part in that.
The workbooks have three epochs instead of 500, so that every cell can have its turn.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from planting import Place, planted_report, poisoned_report, roots
from thorough import EVERY_CASE, part_of

from xlcheck.chapter.lessons.training import TRAINING_LESSONS, plan_training
from xlcheck.chapter.recordings.training import TrainingFixture, load_training
from xlcheck.formulas.addresses import cell_name
from xlcheck.layout.training import epochs, one_step
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import Manifest, manifest_of
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

EPOCHS = 3
# Of each mistake so many, spread over all cells.
COUNT = 10_000 if EVERY_CASE else 1

Fault = tuple[str, str]
"""The changed formula, and the name of the mistake."""


def shortened(fixture: TrainingFixture) -> TrainingFixture:
    """The first epochs of a training."""
    training = replace(fixture.training, values={k: v[:EPOCHS] for k, v in fixture.training.values.items()})
    return replace(fixture, training=training, single={k: v[:EPOCHS] for k, v in fixture.single.items()})


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[WorkbookContent, Manifest]]:
    """The workbooks, as read from the disk."""
    found = {}
    for name, lesson in TRAINING_LESSONS.items():
        path = tmp_path_factory.mktemp("backward") / f"{name}.xlsx"
        write_workbook(plan_training(lesson, shortened(load_training(name))), path)
        content = read_workbook(path)
        manifest = manifest_of(content)
        assert manifest is not None
        found[name] = content, manifest
    return found


def pieces(formula: str, signs: str) -> list[str]:
    """A formula cut at signs that stand in no bracket; the signs stand at odd places."""
    depth, start, found = 0, 0, []
    for place, sign in enumerate(formula):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and sign in signs and place > start:
            found += [formula[start:place], sign]
            start = place + 1
    return [*found, formula[start:]]


def without_factor(formula: str) -> Iterator[Fault]:
    """Each factor of each product is left out once."""
    terms = pieces(formula, "+-")
    for place in range(0, len(terms), 2):
        factors = pieces(terms[place], "*")[::2]
        for left_out in range(len(factors) if len(factors) > 1 else 0):
            own = "*".join(factors[:left_out] + factors[left_out + 1 :])
            yield "".join([*terms[:place], own, *terms[place + 1 :]]), "missing-chain-factor"


def other_sign(formula: str) -> Iterator[Fault]:
    """The whole is negative, or one term is."""
    yield f"-({formula})", "wrong-sign"
    terms = pieces(formula, "+-")
    for place in range(1, len(terms), 2):
        sign = {"+": "-", "-": "+"}[terms[place]]
        yield "".join([*terms[:place], sign, *terms[place + 1 :]]), "wrong-sign"
    inner = re.search(r"\(1-([A-Z]+\d+\*[A-Z]+\d+)\)", formula)
    if inner:
        yield formula.replace(inner[0], f"(1+{inner[1]})"), "wrong-sign"


def without_term(formula: str) -> Iterator[Fault]:
    """A step, or a document, is forgotten in a sum."""
    terms = pieces(formula, "+")[::2]
    for left_out in range(len(terms) if len(terms) > 1 else 0):
        yield "+".join(terms[:left_out] + terms[left_out + 1 :]), "forgotten-term"


def not_squared(formula: str) -> Iterator[Fault]:
    """1 − h instead of 1 − h²."""
    changed = re.sub(r"1-([A-Z]+\d+)\*\1", r"1-\1", formula)
    yield changed, "not-squared"


def transposed(formula: str, addresses: dict[str, str]) -> Iterator[Fault]:
    """Rows and columns of a kernel are exchanged; `addresses` says which cell stands where each one should."""
    names = re.compile(r"(?<![A-Z!$])((?:\w+!)?\$?[A-Z]{1,3}\$?\d+)(?!\d)")
    yield names.sub(lambda match: addresses.get(match[1], match[1]), formula), "transposed-kernel"


def of_step(symbol: str, formula: str, addresses: dict[str, str]) -> Iterator[Fault]:
    """What can go wrong in Adam's step; `symbol` is α, a slot or a new weight."""
    alpha, rate = addresses["alpha"], addresses["learning_rate"]
    if symbol == "alpha":
        yield rate, "bias-correction-forgotten"
        yield re.sub(r"/\(1-.*\)$", "", formula), "bias-correction-forgotten"
        yield re.sub(r"\*SQRT\(.*?\)/", "/", formula), "bias-correction-forgotten"
        yield formula.replace("SQRT", ""), "root-forgotten"
    elif symbol.startswith("new_"):
        inside = r"\(SQRT\(([A-Z]+\d+)\)\+(Training!\$?B\$?\d+)\)"
        yield re.sub(inside, r"SQRT(\1+\2)", formula), "epsilon-misplaced"
        yield re.sub(inside, r"SQRT(\1)", formula), "epsilon-forgotten"
        yield re.sub(inside, r"(\1+\2)", formula), "root-forgotten"
        yield formula.replace(f"*{alpha}/", f"*{rate}/"), "bias-correction-forgotten"
        yield formula.replace(f"*{alpha}/", "/"), "missing-factor"
        before, _, after = formula.rpartition("-")
        yield f"{before}+{after}", "step-uphill"
    elif symbol.startswith("v_"):
        yield re.sub(r"\(([A-Z]+\d+)\*\1-", r"(\1-", formula), "not-squared"
        yield re.sub(r"\(1-(Training!\$?B\$?\d+)\)\)$", r"\1)", formula), "shares-exchanged"
        yield re.sub(r"\*\(1-Training!\$?B\$?\d+\)\)$", ")", formula), "missing-factor"
    else:
        yield re.sub(r"\(1-(Training!\$?B\$?\d+)\)\)$", r"\1)", formula), "shares-exchanged"


def faults(symbol: str, formula: str, addresses: dict[str, str]) -> Iterator[Fault]:
    """Every mistake that can be made in one cell."""
    if not symbol.startswith("d_"):
        yield from of_step(symbol, formula, addresses)
        return
    yield from without_factor(formula)
    yield from other_sign(formula)
    yield from without_term(formula)
    yield from not_squared(formula)
    yield from transposed(formula, addresses)
    yield from [(formula.partition("/")[0], "mean-forgotten")] if formula.startswith("1/") else []


def cells(content: WorkbookContent, manifest: Manifest, sheet: str) -> Iterator[tuple[str, Place]]:
    """The cells of the backward pass and of the step, with the symbols that stand in them: `d_z`, `m_kernel`."""
    if sheet == one_step.NAME:
        found = [(b.quantity, (sheet, b.area.top, b.area.left)) for b in manifest.bindings if b.area.sheet == sheet]
    else:
        assert manifest.epochs is not None
        row = manifest.epochs.area.top + 1
        found = [(name, (sheet, row, column)) for name, column in manifest.epochs.columns.items()]
    for quantity, place in found:
        symbol = quantity.removeprefix("sample1.").removeprefix("sample2.").partition(".")[2]
        if symbol.startswith(("d_", "m_", "v_", "new_", "alpha")):
            yield symbol, place


def addresses_of(manifest: Manifest, sheet: str) -> dict[str, str]:
    """How formulas write α and the learning rate; and for each cell of a square kernel the one across its diagonal."""
    assert manifest.epochs is not None
    table = manifest.epochs
    at = {b.quantity: f"{b.area.sheet}!{b.area.a1}" for b in manifest.bindings}
    if sheet == epochs.NAME:
        row = table.area.top + 2  # of the second epoch, counted from 1; its weights are those of the row above
        letters = {name: re.sub(r"\d+", "", _a1(column)) for name, column in table.columns.items()}
        at = {name: f"{area}" for name, area in at.items() if area.startswith("Training!")}
        at = {name: re.sub(r"!([A-Z]+)(\d+)", r"!$\1$\2", area) for name, area in at.items()}
        at |= {name: f"{letter}{row}" for name, letter in letters.items()}
        at |= {given: f"{letters[after]}{row - 1}" for given, after in table.before.items()}
    found = {"alpha": at["optimiser.alpha"].removeprefix(f"{sheet}!"), "learning_rate": at["optimiser.learning_rate"]}
    square = re.compile(r"(.*recurrent_kernel)\[(\d)\]\[(\d)\]")
    for name, area in at.items():
        match = square.fullmatch(name)
        across = f"{match[1]}[{match[3]}][{match[2]}]" if match else name
        if match and across in at and ".new_" not in name and ".d_" not in name:
            found[area] = at[across]
    return found


def _a1(column: int) -> str:
    return cell_name(0, column)


# In an ordinary run one lesson for each sheet; `tests/chapter/lessons` transposes a kernel, which only one has.
FIRST = [("simple-rnn-training", epochs.NAME), ("lstm-training", one_step.NAME)]
GRID = [*FIRST, *(each for each in product(TRAINING_LESSONS, (one_step.NAME, epochs.NAME)) if each not in FIRST)]


@pytest.mark.parametrize(("lesson", "sheet"), part_of(GRID, 1))
def test_a_mistake_is_the_only_root_under_its_name(
    lesson: str, sheet: str, workbooks: dict[str, tuple[WorkbookContent, Manifest]]
) -> None:
    """Whatever is planted, the check names the cell and the mistake; what changes no value is not reported."""
    content, manifest = workbooks[lesson]
    addresses = addresses_of(manifest, sheet)
    planned = [
        (place, symbol, changed, name)
        for symbol, place in cells(content, manifest, sheet)
        for formula in [content.sheets[sheet].cells[place[1:]].formula]
        if formula is not None
        for changed, name in faults(symbol, formula, addresses)
        if changed != formula
    ]
    by_name: dict[str, list[tuple[Place, str, str, str]]] = {}
    for item in planned:
        by_name.setdefault(item[3], []).append(item)
    planted: Counter[str] = Counter()
    for name, items in by_name.items():
        for place, symbol, changed, _ in items[:: max(1, len(items) // (4 * COUNT))]:
            if planted[name] == COUNT:
                break
            report = planted_report(content, place, changed, content.sheets[sheet].cells[place[1:]].value)
            if report.ok:
                continue  # a factor of 1, a term of 0
            planted[name] += 1

            assert roots(report) == {place}, (place, symbol, changed)
            (root,) = report.roots
            # Without a factor of -1 a number has the wrong sign, and nobody can tell the one from the other.
            same = root.actual == -(root.desired_from_precedents or 0) and root.diagnosis == "wrong-sign"
            # A formula has a branch for each optimiser. Made in one of them, the mistake is not the same function as
            # made in all, so that no name is certain.
            in_one_branch = root.diagnosis is None and changed.startswith("IF(")
            assert same or in_one_branch or root.diagnosis == name, (place, symbol, changed, root)
    always = {"missing-chain-factor", "wrong-sign", "forgotten-term", "epsilon-misplaced", "epsilon-forgotten",
              "bias-correction-forgotten", "step-uphill", "not-squared", "shares-exchanged"}  # fmt: skip
    assert always <= planted.keys()
    assert lesson != "rnn-dimensions-training" or planted["transposed-kernel"]


@pytest.mark.parametrize("lesson", part_of(list(TRAINING_LESSONS), 1))
def test_a_stale_value_in_a_table_is_noticed(
    lesson: str, workbooks: dict[str, tuple[WorkbookContent, Manifest]]
) -> None:
    """A wrong stored value among the epochs or the nudged runs is found at its cell, and changes no verdict."""
    content, manifest = workbooks[lesson]
    for table in manifest.tables:
        column = list(table.columns.values())[-1]
        report = poisoned_report(content, (table.area.sheet, table.area.top + 1, column))

        assert report.ok
        assert [(cell.sheet, cell.cell) for cell in report.stale] == [
            (table.area.sheet, cell_name(table.area.top + 1, column))
        ]
