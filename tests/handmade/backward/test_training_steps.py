"""Training steps in a sheet are found, named and judged; who is wrong is said only where one cell explains it."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import FORMULAS, HEADS, cell, terms_of, trained, training

from xlcheck.handmade.backward.best_reading import best_reading
from xlcheck.handmade.backward.data import may_learn
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.steps import exact_updates
from xlcheck.handmade.backward_judging.diagnosis import in_words
from xlcheck.oracle.dense_steps import dense_gradients
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance

_TOLERANCE = Tolerance(1e-12, 1e-12, 1e-15, {})


def roots(path: Path) -> set[str]:
    """The cells that are blamed."""
    found = trained(path)
    assert found is not None
    return {result.cell for result in found.results if result.status is Status.ROOT}


def test_updates_end_a_step(tmp_path: Path) -> None:
    """Each weight of a later row is the update of the one above it, and each row is a network of its own."""
    sheet = Sheet(terms_of(training(tmp_path / "w.xlsx")))

    assert len(sheet.updates) == 16
    assert sheet.updates["Sheet", 4, 4] == ("Sheet", 3, 4)
    assert [len(network.samples) for network in sheet.networks] == [1, 1, 1]
    assert [layer.activation for layer in sheet.networks[0].layers] == ["sigmoid", "sigmoid"]


def test_a_forward_pass_alone_is_none_of_its_business(tmp_path: Path) -> None:
    """Where no output is compared with a target, Keras is not asked at all."""
    path = training(tmp_path / "w.xlsx", 1, {(head, 0): 0.5 for head in ("E", *(f"g{k}" for k in range(1, 9)))})

    assert not may_learn(terms_of(path))
    assert trained(path) is None


@pytest.mark.keras
def test_every_cell_of_a_right_training_agrees(tmp_path: Path) -> None:
    """All formulas of a right sheet have a role, and hold what Keras computes."""
    found = trained(training(tmp_path / "w.xlsx"))

    assert found is not None
    assert found.results == ()
    assert found.checked == found.formula_cells == 3 * 17 + 16
    assert found.max_abs_error < 1e-14


@pytest.mark.keras
def test_each_update_follows_its_gradient(tmp_path: Path) -> None:
    """Under the loss that the sheet means, all updates are weight less rate times gradient."""
    reading = best_reading(Sheet(terms_of(training(tmp_path / "w.xlsx"))), dense_gradients)

    assert exact_updates(reading.steps) == 16
    assert reading.steps[0].truth.loss == "mean_squared_error"


_WRONG = {
    "another unit's slope": ("g3", "({o1}-{t1})*{o1}*(1-{o1})*{w6}*{h1}*(1-{h1})*{x1}"),
    "a factor is missing": ("g5", "({o1}-{t1})*{o1}*{h1}"),
    "the sign": ("g8", "-({o2}-{t2})*{o2}*(1-{o2})*{h2}"),
    "another weight": ("g1", "(({o1}-{t1})*{o1}*(1-{o1})*{w6}+({o2}-{t2})*{o2}*(1-{o2})*{w7})*{h1}*(1-{h1})*{x1}"),
}


@pytest.mark.keras
@pytest.mark.parametrize("what", _WRONG)
def test_the_wrong_gradient_is_blamed(what: str, tmp_path: Path) -> None:
    """One wrong gradient is the root, its update follows from it, and nothing else is blamed."""
    head, formula = _WRONG[what]
    path = training(tmp_path / "w.xlsx", 3, {(head, 1): f"={formula}"})
    found = trained(path)

    assert found is not None
    assert {(r.cell, r.status) for r in found.results} == {
        (cell(head, 1), Status.ROOT), (cell(f"w{head[1]}", 2), Status.CARRIED)
    }  # fmt: skip


@pytest.mark.keras
def test_a_mistake_is_blamed_at_the_last_step_too(tmp_path: Path) -> None:
    """No update follows from the last gradients; one that was filled from wrong ones is as wrong as they are."""
    head, formula = _WRONG["another unit's slope"]
    path = training(tmp_path / "w.xlsx", 4, {(head, step): f"={formula}" for step in range(4)})
    found, terms = trained(path), terms_of(path)

    assert found is not None
    blamed = {r.cell: r for r in found.results if r.status is Status.ROOT}
    assert blamed.keys() == {cell(head, step) for step in range(4)}
    last = blamed[cell(head, 3)]
    assert last.message.startswith(f"This is the formula of Sheet!{cell(head, 0)}, and just as wrong;")
    w, o1, o2, t1, t2, h, x = (
        terms.number(("Sheet", 6, HEADS.index(name))) for name in ("w6", "o1", "o2", "t1", "t2", "h2", "x1")
    )
    w8 = terms.number(("Sheet", 6, HEADS.index("w8")))
    back = (o1 - t1) * o1 * (1 - o1) * w + (o2 - t2) * o2 * (1 - o2) * w8
    assert last.desired == pytest.approx(back * h * (1 - h) * x, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("∂E/∂w1[2,3]", "∂E/∂w1[2,3], the gradient of weight 2 of unit 3 in layer 1"),
        ("∂E/∂b2[1]", "∂E/∂b2[1], the gradient of the bias of unit 1 in layer 2 (its delta, of a single sample)"),
        ("∂E/∂z · w[1,1]", "∂E/∂z · w[1,1]"),
    ],
)
def test_a_gradient_is_called_what_a_learner_calls_it(name: str, words: str) -> None:
    """What a cell should hold is said in signs and in words."""
    assert in_words(name) == words


@pytest.mark.keras
def test_an_update_uphill_is_blamed_itself(tmp_path: Path) -> None:
    """A right gradient that is added instead of subtracted makes the update the root, under its name."""
    formula = f"={cell('w5', 0)}+$B$1*{cell('g5', 0)}"
    found = trained(training(tmp_path / "w.xlsx", 3, {("w5", 1): formula}))

    assert found is not None
    assert [(r.cell, r.diagnosis) for r in found.results if r.status is Status.ROOT] == [(cell("w5", 1), "step-uphill")]


@pytest.mark.keras
def test_a_typed_weight_among_updates_is_no_pass(tmp_path: Path) -> None:
    """A number typed where the others are updated is wrong, however right the step that starts from it."""
    found = trained(training(tmp_path / "w.xlsx", 4, {("w5", 2): 0.4}))

    assert found is not None
    assert [(r.cell, r.diagnosis) for r in found.results if r.status is Status.ROOT] == [
        (cell("w5", 2), "constant-over-formula")
    ]


@pytest.mark.keras
def test_two_weights_exchanged_in_the_forward_part_blame_no_gradient(tmp_path: Path) -> None:
    """If a mistake in the forward part explains all wrong gradients, nobody is blamed, and it is no pass."""
    swapped = {
        (f"s{k}", step): f"={{w{a}}}*{{h1}}+{{w{b}}}*{{h2}}" for k, a, b in ((1, 5, 7), (2, 6, 8)) for step in range(3)
    }
    path = training(tmp_path / "w.xlsx", 3, swapped)
    found = trained(path)

    assert found is None or not any(r.status is Status.ROOT for r in found.results)
    assert found is None or any(r.status is Status.NOT_EVALUATED for r in found.results)


@pytest.mark.keras
def test_a_gradient_in_the_place_of_another_is_no_pass(tmp_path: Path) -> None:
    """In the last row, which nothing reads, two cells with the same gradient are not certain to be right."""
    path = training(tmp_path / "w.xlsx", 1, {("g6", 0): "=({o1}-{t1})*{o1}*(1-{o1})*{h1}"})
    found = trained(path)

    assert found is not None
    assert found.without_cell or any(r.status is Status.NOT_EVALUATED for r in found.results)
    assert not any(r.status is Status.ROOT for r in found.results)


@pytest.mark.keras
def test_a_step_without_the_bias_of_the_others_is_another_network(tmp_path: Path) -> None:
    """Networks are asked about together only if they have the same shape, biases included."""
    biased = {("z1", step): "={w1}*{x1}+{w2}*{x2}+$D$1" for step in (0, 1)}
    biased |= {("z2", step): "={w3}*{x1}+{w4}*{x2}+$D$1" for step in (0, 1)}
    found = trained(training(tmp_path / "w.xlsx", 3, biased))

    assert found is not None
    assert found.results == ()


@pytest.mark.keras
def test_a_cell_that_breaks_its_column_is_blamed(tmp_path: Path) -> None:
    """Where nothing reads a gradient, the other steps say what should stand there."""
    path = training(tmp_path / "w.xlsx", 4, {("g6", 3): "=({o1}-{t1})*{o1}*(1-{o1})*{h1}"})

    assert roots(path) == {cell("g6", 3)}


@pytest.mark.keras
def test_an_update_by_a_blank_rate_is_blamed_and_not_the_next_one(tmp_path: Path) -> None:
    """Rule: an update that adds nothing, as its rate was filled into an empty cell, is no copy of its weight."""
    path = training(tmp_path / "w.xlsx", 5, {("w8", 2): "=P5-B2*AC5"})
    found = trained(path)

    assert found is not None
    assert [(r.cell, r.desired_formula) for r in found.results if r.status is Status.ROOT] == [
        (cell("w8", 2), "=P5-$B$1*AC5")
    ]


@pytest.mark.keras
def test_a_part_where_all_others_have_the_whole_is_blamed(tmp_path: Path) -> None:
    """Rule: a cell that holds another quantity than its line does is wrong, though nothing reads it."""
    path = training(tmp_path / "w.xlsx", 5, {("E", 3): "=0.5*({t1}-{o1})^2"})

    assert roots(path) == {cell("E", 3)}


@pytest.mark.keras
def test_weights_that_are_all_typed_begin_anew(tmp_path: Path) -> None:
    """Rule: a row in which every weight is typed, as one that was pasted is, is where another training begins."""
    typed: dict[tuple[str, int], str | float] = {(f"w{k}", 3): round(0.1 + 0.06 * k, 2) for k in range(1, 9)}
    path = training(tmp_path / "w.xlsx", 6, typed)

    assert roots(path) == set()


@pytest.mark.keras
def test_a_forward_mistake_in_one_step_is_blamed(tmp_path: Path) -> None:
    """A sum of one step that reads another weight than the same sum of all others is the root."""
    assert roots(training(tmp_path / "w.xlsx", 4, {("s1", 2): "={w5}*{h1}+{w8}*{h2}"})) == {cell("s1", 2)}


@pytest.mark.keras
def test_a_rounded_result_is_blamed(tmp_path: Path) -> None:
    """A ROUND around a right formula makes its cell the root, and what it feeds carried."""
    assert roots(training(tmp_path / "w.xlsx", 3, {("h1", 1): "=ROUND(1/(1+EXP(-{z1})),3)"})) == {cell("h1", 1)}


def test_inputs_and_targets_may_be_copied_from_step_to_step(tmp_path: Path) -> None:
    """Rule: a row that copies its inputs and targets from the row above is a step as any other, however many follow."""
    copied: dict[tuple[str, int], str | float] = {
        (head, step): f"={cell(head, step - 1)}" for head in ("t1", "t2", "x1", "x2") for step in range(1, 9)
    }
    found = trained(training(tmp_path / "w.xlsx", 9, copied))
    assert found is not None
    assert not found.results
    copied["t1", 4] = f"={cell('t2', 3)}"
    assert roots(training(tmp_path / "w.xlsx", 9, copied)) == {cell("t1", 4)}


@pytest.mark.keras
def test_an_update_with_the_wrong_sign_is_blamed_though_its_gradient_is_zero(tmp_path: Path) -> None:
    """Rule: what breaks its line is wrong, also where an input of 0 hides it; the same written otherwise is not."""
    before = (cell("w2", 2), cell("g2", 2))
    hidden: dict[tuple[str, int], str | float] = {("x2", 2): 0.0, ("w2", 3): "={}+$B$1*{}".format(*before)}
    assert roots(training(tmp_path / "w.xlsx", 5, hidden)) == {cell("w2", 3)}
    hidden["w2", 3] = "=-$B$1*{1}+{0}".format(*before)
    found = trained(training(tmp_path / "w.xlsx", 5, hidden))
    assert found is not None
    assert not found.results


@pytest.mark.keras
def test_updates_of_some_weights_without_the_learning_rate_are_no_pass(tmp_path: Path) -> None:
    """Rule: whole columns that go another distance along their gradients than the others do get no verdict."""
    columns = [(f"w{k}", f"g{k}") for k in (6, 7, 8)]
    band = {(w, step): f"={cell(w, step - 1)}-{cell(g, step - 1)}" for w, g in columns for step in range(1, 5)}
    found = trained(training(tmp_path / "w.xlsx", 5, band))
    assert found is not None
    assert {result.cell for result in found.results} == {cell(*place) for place in band}
    assert {result.status for result in found.results} == {Status.NOT_EVALUATED}


@pytest.mark.keras
def test_the_last_row_may_hold_changes_that_nobody_adds_any_more(tmp_path: Path) -> None:
    """Rule: changes, the learning rate included, are known in the last row by that of the rows before it."""
    changes: dict[tuple[str, int], str | float] = {}
    for step in range(4):
        for k in range(1, 9):
            changes[f"g{k}", step] = f"=$B$1*({FORMULAS[f'g{k}']})"
            if step:
                changes[f"w{k}", step] = f"={cell(f'w{k}', step - 1)}-{cell(f'g{k}', step - 1)}"
    found = trained(training(tmp_path / "w.xlsx", 4, changes))
    assert found is not None
    assert not found.results
    assert not found.without_cell
