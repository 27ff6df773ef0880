"""Formulas that are right only for the numbers that stand in a generated workbook."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st
from planting import Place, planted_report, roots
from short_trainings import short_training
from small_book import Change, Checker, SmallBook
from thorough import part_of
from workbook_parts import edited

from xlcheck import api
from xlcheck.engines import engine
from xlcheck.graph.expressions import Const, NotEqual, Ref
from xlcheck.graph.quantities import Band, Graph, Quantity, Role
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.generated.other_numbers import _Draws, other_numbers
from xlcheck.verdicts.report import CheckReport, Status
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import Manifest, manifest_of
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
# Two layouts, one with masks, one training and one with formulas for what is given.
NAMES = ["encoder-decoder", "simple-rnn-training", "vanishing-gradients", "lstm"]
LESSONS = part_of([*NAMES, *(path.stem for path in sorted(WORKBOOKS.glob("*.xlsx")) if path.stem not in NAMES)], 2)

# The first state is 0, so that neither the weight nor the product matters; the second sample's first input is as
# large as its neighbour.
RIGHT_BY_CHANCE: list[Mapping[str, Change]] = [
    {"Net!C5": "=SUMPRODUCT(B9:B10,Weights!$C$4:$C$5)"},
    {"Net!C6": "=SUMPRODUCT(B9:B10,Weights!$C$4:$C$5)*2"},
    {"Net!C7": "=C3+Weights!$B$7"},
    {"All!C3": "=Data!$A$4*Weights!$B$2"},
]


def cells(report: CheckReport, status: Status) -> set[str]:
    """Addresses of the cells with a verdict."""
    return {f"{c.sheet}!{c.cell}" for c in report.cells if c.status is status}


BRANCHES = {
    "MIN(E31,1)": 1, "IF(E31&lt;-2,-2,MIN(E31,1))": 1, "MIN(1,MAX(-2,E31))": 1,
    "MAX(MIN(E31,1),-1)": 0, "IF(E31&gt;1,1,IF(E31&lt;-1,-1,E31))": 0, "MEDIAN(-1,E31,1)": 0,
}  # fmt: skip


@pytest.mark.parametrize("formula", BRANCHES)
def test_a_branch_that_no_sample_enters_is_tried(formula: str, tmp_path: Path) -> None:
    """Far numbers lead into each branch of an activation, whichever way it is written; the message says so."""
    path = edited(
        WORKBOOKS / "lstm-small.xlsx",
        tmp_path / "branch.xlsx",
        "xl/worksheets/sheet9.xml",
        lambda b: b.replace(b"MIN(MAX(E31,-1),1)", formula.encode(), 1),
    )
    report = api.check(path)

    assert report.exit_code == BRANCHES[formula]
    assert [(c.sheet, c.cell) for c in report.roots] == [("Documents", "E33")] * BRANCHES[formula]


@pytest.mark.parametrize("cell", ["F10", "F24", "F26"])
def test_the_size_of_a_number_is_told_from_the_number(cell: str) -> None:
    """Also where weights are positive: what is far away lies on either side of 0."""
    content = read_workbook(WORKBOOKS / "lstm.xlsx")
    place = ("lstm", int(cell[1:]) - 1, 5)
    own = content.sheets["lstm"].cells[place[1:]]
    report = planted_report(content, place, f"ABS({own.formula})", own.value)

    assert roots(report) == {place}


def test_a_circle_that_other_numbers_close_is_a_root(check_small: Checker) -> None:
    """Far numbers may lead a formula as in a book to any other error, where its equation has a value."""
    circle, overflow = "IF(ABS(D7)>5,D9,TANH(D7))", "TANH(D7)+0*EXP(D7^2*30)"
    reports = [check_small({"Net!D9": f"={formula}"}, perturb=1) for formula in (circle, overflow)]

    assert [cells(report, Status.ROOT) for report in reports] == [{"Net!D9"}, set()]
    assert reports[0].roots[0].actual == "#CIRC!"


@pytest.mark.parametrize("change", RIGHT_BY_CHANCE, ids=lambda change: next(iter(change)))
def test_a_formula_that_is_right_by_chance_is_a_root(check_small: Checker, change: Mapping[str, Change]) -> None:
    """It gives the right value for every sample that is stored, and another one for other numbers."""
    (cell,) = change
    without, by_default, asked = (check_small(change, perturb=rounds) for rounds in (0, None, 2))

    assert without.ok
    for report in (by_default, asked):
        assert cells(report, Status.ROOT) == {cell}
        assert report.exit_code == 1
        assert report.counts.agree == without.counts.agree - 1
        assert report.roots[0].message.startswith("Right only for the numbers that stand here. With others: ")
    assert asked.notes[-1].startswith("other numbers were put in for all weights and inputs 2 times")
    assert not by_default.notes


def test_a_right_workbook_stays_right_with_other_numbers(check_small: Checker, small_book: SmallBook) -> None:
    """Nobody is accused, and what is said about the stored numbers stays the same."""
    report = check_small(perturb=5)

    assert report.ok
    assert report.counts == check_small(perturb=0).counts
    assert report.counts.agree == len(small_book.formulas)


@pytest.mark.parametrize("limits", [{"atol": 5e-4}, {"tolerances": {"rnn.h*": Tolerance(5e-4)}}], ids=["all", "some"])
def test_what_was_allowed_is_allowed_with_other_numbers(check_small: Checker, limits: Mapping[str, object]) -> None:
    """A formula that is as near with other numbers agrees; one that is further away there is not what was allowed."""
    near, far = (check_small({"Net!D9": f"=TANH(D7)+0.0001{more}"}, perturb=1, **limits) for more in ("", "*D7^2"))

    assert not cells(near, Status.ROOT)
    assert cells(far, Status.ROOT) == {"Net!D9"}


def test_an_old_stored_value_hides_no_root(check_small: Checker) -> None:
    """A cell that is listed, though it agrees, for what is stored in it is asked like any other, and listed once."""
    change = {"Net!D9": ("TANH(D7)+0.0001*D7^2", 0.5)}
    without, asked = (check_small(change, atol=5e-4, perturb=rounds) for rounds in (0, 1))

    assert "Net!D9" in cells(without, Status.AGREE)
    assert cells(asked, Status.ROOT) == {"Net!D9"}
    assert [cell.cell for cell in asked.cells].count("D9") == 1


def test_cells_that_are_wrong_anyway_are_named_once(check_small: Checker) -> None:
    """A fault and one that shows only with other numbers: two roots, and what follows from the first is carried."""
    change = {**RIGHT_BY_CHANCE[0], "Net!D9": "=TANH(D7)+1"}
    report = check_small(change, perturb=1)

    assert sorted(cells(report, Status.ROOT)) == ["Net!C5", "Net!D9"]
    assert cells(report, Status.CARRIED) == cells(check_small({"Net!D9": "=TANH(D7)+1"}), Status.CARRIED)
    assert len(report.cells) == len({(cell.sheet, cell.cell) for cell in report.cells})


@pytest.mark.parametrize("name", LESSONS)
def test_no_lesson_is_accused(name: str) -> None:
    """Masks, codes, look-ups, drop-downs, batches and trainings: other numbers are numbers that could stand there."""
    content = read_workbook(WORKBOOKS / f"{name}.xlsx")
    report = check_content(content, engine("ironcalc"), perturb=2)

    assert report.ok, report.roots[:3]


def test_the_wrong_gate_s_weight_times_a_state_of_zero_is_found() -> None:
    """The first step multiplies the state 0 by a weight, and any other weight would do."""
    content = read_workbook(WORKBOOKS / "lstm.xlsx")
    manifest = manifest_of(content)
    assert manifest is not None
    area = next(b.area for b in manifest.bindings if b.quantity == "lstm.hr_f[0]" and b.sample is None)
    place = (area.sheet, area.top, area.left)
    cell = content.sheets[area.sheet].cells[place[1:]]
    assert cell.formula is not None
    assert cell.value == 0
    wrong = cell.formula.replace("$C$12", "$B$12")
    assert wrong != cell.formula

    assert roots(planted_report(content, place, wrong, cell.value, perturb=0)) == set()
    assert roots(planted_report(content, place, wrong, cell.value)) == {place}


EPOCHS = 30
FOLDER = TemporaryDirectory()


@cache
def training() -> tuple[WorkbookContent, Manifest]:
    """A lesson with a table of epochs and one of nudged runs, and what it says of itself."""
    content = read_workbook(short_training("simple-rnn-training", EPOCHS, Path(FOLDER.name) / "training.xlsx"))
    manifest = manifest_of(content)
    assert manifest is not None
    return content, manifest


def in_tables() -> list[Place]:
    """Some cells of the tables of a training: in the first row, the last and between them."""
    _, manifest = training()
    return [
        (table.area.sheet, table.area.top + row, column)
        for table in manifest.tables
        for row in (0, table.area.rows // 2, table.area.rows - 1)
        for column in sorted(table.columns.values())[:: max(1, len(table.columns) // 4)]
    ]


@pytest.mark.parametrize("place", part_of(in_tables(), 2), ids=str)
def test_a_formula_of_a_training_that_is_right_by_chance_is_a_root(place: Place) -> None:
    """Nothing is added as long as a weight is what it was, in whatever row of whatever table."""
    content, manifest = training()
    cell = content.sheets[place[0]].cells[place[1:]]
    weight = next(b.area for b in manifest.bindings if b.quantity == "simple_rnn.kernel")
    stored = content.sheets[weight.sheet].cells[weight.top, weight.left].value
    wrong = f"{cell.formula}+({weight.sheet}!{weight.a1}-({stored!r}))"

    assert roots(planted_report(content, place, wrong, cell.value, perturb=0)) == set()
    assert roots(planted_report(content, place, wrong, cell.value, perturb=1)) == {place}


@pytest.mark.parametrize(
    ("right", "wrong"), [("Training!$B$9*", ""), ("IF(Training!$B$11<>0,", "IF(Training!$B$11=7,")]
)
def test_a_branch_that_is_not_taken_is_looked_at(right: str, wrong: str) -> None:
    """What only another optimiser computes, or only Nesterov's momentum, is wrong as soon as somebody chooses that."""
    content, _ = training()
    place, text, value = next(
        ((sheet, row, column), cell.formula, cell.value)
        for sheet, row, column, cell in content.formula_cells()
        if sheet == "Epochs" and row == 20 and right in (cell.formula or "")
    )
    assert text is not None
    changed = text.replace(right, wrong)

    assert roots(planted_report(content, place, changed, value, perturb=0)) == set()
    assert roots(planted_report(content, place, changed, value, perturb=3)) == {place}


@pytest.mark.parametrize("formula", ["B15*1", "1/0"])
def test_a_training_follows_from_a_wrong_setting(formula: str) -> None:
    """Where a formula makes another number of a setting, it alone is wrong, and no epoch that reads it."""
    content, manifest = training()
    place = next(
        (b.area.sheet, b.area.top, b.area.left) for b in manifest.bindings if b.quantity.endswith("beta_1_single")
    )
    report = planted_report(content, place, formula, content.sheets[place[0]].cells[place[1:]].value)

    assert roots(report) == {place}
    assert report.counts.carried


def given_only(*bands: tuple[str, Role]) -> Graph:
    """Given quantities of one number, or of three, and a mask that is 0 where the first is 7."""
    first = bands[0][0]
    quantities = [Quantity(Band("a", name, role), 0, (3 if name == "vector" else 1,)) for name, role in bands]
    mask = Quantity(Band("a", "mask", Role.INTERMEDIATE), 0, (1,), NotEqual(Ref(f"a.{first}[0]"), Const(7.0)))
    return Graph((*quantities, mask))


@given(st.integers(0, 2**16), st.lists(st.integers(0, 5), min_size=4, max_size=4))
def test_codes_become_codes_that_occur(seed: int, codes: list[int]) -> None:
    """A code is a row of a table, and 0 a step that is skipped; numbers that are all the same may be none."""
    assume(len(set(codes)) > 1)
    own = np.array(codes, dtype=float)[:, None]
    other = other_numbers(given_only(("code", Role.INPUT)), {"a.code[0]": own}, seed)["a.code[0]"]

    assert set(other.reshape(-1)) <= set(codes)
    assert ((other == 0) == (own == 0)).all()


@given(st.integers(0, 2**16))
def test_samples_get_codes_of_their_own(seed: int) -> None:
    """Else a formula that reads another sample's would be right again; and what is skipped is once read, too."""
    own = np.array([[1.0], [1.0], [0.0], [0.0]])
    pool = {"a.code[0]": own, "a.code[1]": np.array([[2.0], [3.0], [4.0], [5.0]])}
    graph = Graph(tuple(Quantity(Band("a", "code", Role.INPUT), step, (1,)) for step in range(2)))
    near, far = (other_numbers(graph, pool, seed, reach)["a.code[0]"].reshape(-1) for reach in (1.0, -30.0))

    assert len({1.0, *near[:2]}) == 3
    assert (near[2:] == 0).all()
    assert len({*far}) == 4
    assert far[2:].any()


@given(st.integers(0, 2**16))
def test_equal_whole_numbers_that_are_no_codes_move(seed: int) -> None:
    """As those of `numpy.ones`: there is no other one that could take the place of any."""
    own = {"a.x[0]": np.ones((2, 1)), "a.vector[0]": np.zeros((2, 3))}
    graph = Graph(tuple(Quantity(Band("a", s, Role.INPUT), 0, (n,)) for s, n in (("x", 1), ("vector", 3))))
    other = other_numbers(graph, own, seed)

    assert all((other[name] != values).all() for name, values in own.items())


@given(st.integers(0, 2**16))
def test_numbers_keep_their_kind(seed: int) -> None:
    """Rates stay below 1, variances above 0, one-hot vectors one-hot, skipped steps skipped; everything else moves."""
    graph = given_only(("x", Role.INPUT), ("vector", Role.INPUT), ("rate", Role.WEIGHT), ("variance", Role.WEIGHT),
                       ("bias", Role.WEIGHT), ("state", Role.STATE), ("y", Role.TARGET))  # fmt: skip
    values = {
        "a.x[0]": np.array([[0.5], [7.0], [0.25]]),
        "a.vector[0]": np.eye(3),
        "a.rate[0]": np.array([[0.9], [0.999]]),
        "a.variance[0]": np.array([[2.0], [0.5]]),
        "a.bias[0]": np.zeros((2, 1)),
        "a.state[0]": np.zeros((2, 1)),
        "a.y[0]": np.array([[0.0], [1.0]]),
    }
    before = {name: array.copy() for name, array in values.items()}
    found = {name.partition("[")[0][2:]: array for name, array in other_numbers(graph, values, seed).items()}

    assert all((values[name] == array).all() for name, array in before.items())
    assert found["x"][1] == 7.0
    assert (found["x"][[0, 2]] != values["a.x[0]"][[0, 2]]).all()
    assert (np.sort(found["vector"]) == [0, 0, 1]).all()
    assert ((found["rate"] > 0) & (found["rate"] < 1)).all()
    assert (found["variance"] > 0).all()
    assert (found["bias"] != 0).all()
    assert (found["state"] > 0).all()
    assert set(found["y"].reshape(-1)) <= {0.0, 1.0}


def test_draws_are_spread_as_they_should_be() -> None:
    """Other numbers are drawn evenly, and normally, and by the seed alone."""
    draws, again, other = _Draws(7), _Draws(7), _Draws(8)
    even, normal = draws.uniform((20_000,)), draws.normal((20_000,))

    assert (even == again.uniform((20_000,))).all()
    assert (even != other.uniform((20_000,))).all()
    assert ((even >= 0) & (even < 1)).all()
    assert np.allclose(np.quantile(even, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.02)
    assert np.allclose([normal.mean(), normal.std(), (np.abs(normal) < 1).mean()], [0, 1, 0.683], atol=0.03)
    assert abs(np.corrcoef(even[:-1], even[1:])[0, 1]) < 0.03


def test_far_numbers_turn_the_signs_of_sums() -> None:
    """Rule: the other way round is so for weights alone, as two factors that both change sign give the same product."""
    graph = Graph(
        (
            Quantity(Band("input", "x", Role.INPUT), None, (3,)),
            Quantity(Band("dense", "kernel", Role.WEIGHT), None, (3, 2), shared=True),
            Quantity(Band("dense", "bias", Role.WEIGHT), None, (2,), shared=True),
        )
    )
    now = {
        "input.x": np.array([[0.107, -1.19, 0.4], [-0.43, 0.23, -0.8]]),
        "dense.kernel": np.array([[0.3, -0.7], [0.9, 0.2], [-0.5, 0.6]]), "dense.bias": np.array([0.1, -0.2]),
    }  # fmt: skip
    turned = []
    for seed in range(20):
        far = [other_numbers(graph, now, seed, reach) for reach in (30.0, -30.0)]
        one, other = (np.sign(own["input.x"] @ own["dense.kernel"] + own["dense.bias"]) for own in far)
        turned.append(float((one == -other).mean()))

    assert np.mean(turned) > 0.7
