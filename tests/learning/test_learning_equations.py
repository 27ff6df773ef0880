"""Losses and optimisers beside a few lines of NumPy, without Keras: what an answer costs, and where a weight goes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from xlcheck.graph.evaluate import evaluate, value_of
from xlcheck.graph.expressions import Ref, Sigmoid, Softmax
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.graph.trace import Training
from xlcheck.learning.losses import EPSILON, LOSSES, Loss, clipped
from xlcheck.learning.optimisers import ADAM, PLAIN_SGD, RMSPROP, SGD
from xlcheck.learning.optimisers.optimiser import Optimiser
from xlcheck.learning.optimisers.run import numbers_of
from xlcheck.learning.optimisers.table import epoch_graph
from xlcheck.model.model_spec import LayerSpec, sequential

P, HOT = np.array([0.2, 0.5, 0.3]), np.array([0.0, 1.0, 0.0])


def cost(loss: Loss, y: np.ndarray, p: np.ndarray, make: Callable[[Ref], Sigmoid | Softmax] | None = None) -> float:
    """What an answer costs: `p` itself, or what `make` makes of the logits `p`, which Keras then knows."""
    build = GraphBuilder()
    target = build.given(Band("target", "y", Role.TARGET, "y"), y.shape)
    given = build.given(Band("input", "x", Role.INPUT, "x"), p.shape)
    output = given if make is None else build.let(Band("dense", "y", Role.OUTPUT, "y"), make(given))
    build.let(Band("loss", "loss", Role.LOSS, "loss"), loss.expr(build, target, output, make is not None))
    values = evaluate(build.build(), {"target.y": y[None], "input.x": p[None]})
    return float(values["loss.loss"][0, 0])


def test_losses_are_their_definitions() -> None:
    """Of probabilities a cross-entropy is the logarithm of what was given to the truth; an error is squared."""
    assert cost(LOSSES["categorical_crossentropy"], HOT, P) == pytest.approx(-np.log(0.5), rel=1e-15)
    assert cost(LOSSES["sparse_categorical_crossentropy"], np.array([2.0]), P) == pytest.approx(-np.log(0.3), rel=1e-15)
    assert cost(LOSSES["binary_crossentropy"], np.array([0.0]), P[:1]) == pytest.approx(-np.log(0.8), rel=1e-15)
    assert cost(LOSSES["mean_squared_error"], HOT, P) == pytest.approx(np.mean((P - HOT) ** 2), rel=1e-15)


def test_losses_of_logits_are_not_clipped() -> None:
    """Behind its activation a certain, wrong answer costs its logit; where only the probability is left, ln(1/ε)."""
    wrong = np.array([40.0])

    assert cost(LOSSES["binary_crossentropy"], np.array([0.0]), wrong, Sigmoid) == pytest.approx(40.0)
    assert cost(LOSSES["binary_crossentropy_from_logits"], np.array([0.0]), wrong) == pytest.approx(40.0)
    assert cost(LOSSES["binary_crossentropy"], np.array([0.0]), np.array([1.0])) == pytest.approx(
        -np.log(EPSILON), rel=1e-8
    )
    assert cost(LOSSES["categorical_crossentropy"], HOT, np.log(P), Softmax) == pytest.approx(-np.log(0.5))
    assert value_of(clipped(Ref("p")), {"p": np.array([[-1.0, 0.5, 2.0]])}).tolist() == [[1e-7, 0.5, 1 - 1e-7]]


RATE, G, G2 = 0.1, 0.6, -0.4
"""The learning rate, and the gradients of two steps from the weight 1."""
OPTIMISERS: list[tuple[str, Optimiser, dict[str, float], float]] = [
    ("plain", PLAIN_SGD, {}, 1 - RATE * (G + G2)),
    ("momentum", SGD, {"momentum_single": 0.5, "nesterov": 0.0}, 1 - RATE * G - RATE * (0.5 * G + G2)),
    ("nesterov", SGD, {"momentum_single": 0.5, "nesterov": 1.0},
     1 - RATE * G * 1.5 - RATE * (0.5 * (0.5 * G + G2) + G2)),
    ("rmsprop", RMSPROP, {"rho": 0.75, "epsilon": 0.0},
     1 - RATE * G / np.sqrt(0.25 * G**2) - RATE * G2 / np.sqrt(0.25 * G2**2 + 0.1875 * G**2)),
    ("adam", ADAM,
     {"beta_1": 0.5, "beta_2": 0.75, "beta_1_single": 0.5, "beta_2_single": 0.75, "epsilon": 0.0},
     1 - RATE * np.sign(G) - RATE * ((G / 2 + G2) / 1.5) / np.sqrt((0.75 * G**2 + G2**2) / 1.75)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("optimiser", "settings", "desired"), [case[1:] for case in OPTIMISERS], ids=[case[0] for case in OPTIMISERS]
)
def test_two_steps_of_one_weight(optimiser: Optimiser, settings: dict[str, float], desired: float) -> None:
    """A weight of 1 with the gradients 0.6 and −0.4 goes where the optimiser's definition sends it."""
    values = {name: np.array([value]) for name, value in {"w": 1.0, "learning_rate": RATE, **settings}.items()}
    values |= {slot.symbol: np.array([0.0]) for slot in optimiser.kept}
    known = {name: Ref(name) for name in values if name not in {"w", "g"}}
    for iteration, gradient in enumerate((G, G2), start=1):
        values |= {"g": np.array([gradient]), "iteration": np.array([float(iteration)])}
        shared = optimiser.shared(known | {"iteration": Ref("iteration")})
        slots = optimiser.slots(Ref("g"), {slot.symbol: Ref(slot.symbol) for slot in optimiser.kept}, known)
        moved = optimiser.moved(Ref("w"), Ref("g"), slots, known | shared)
        values |= {"w": value_of(moved, values)} | {name: value_of(slot, values) for name, slot in slots.items()}

    assert values["w"][0] == pytest.approx(desired, rel=1e-14)


def test_a_table_of_epochs_holds_the_whole_training() -> None:
    """Each number of each epoch has its own name, follows from the epoch before, and can be put together again."""
    dense = LayerSpec("Dense", "dense", {"units": 1, "activation": "linear", "use_bias": False}, {"kernel": (2, 1)})
    x, y, w = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0], [0.0]]), np.array([[0.5], [0.25]])
    epoch = epoch_graph(sequential("model", (2,), (dense,), "mean_squared_error"), len(x))
    given = {"input.x": np.stack([x, x]), "target.y": np.stack([y, y]), "dense.kernel": np.stack([w, w])}
    numbers = numbers_of(epoch, Training("sgd", {"learning_rate": RATE}, given))

    for number in range(2):
        w = w - RATE * 2 * x.T @ (x @ w - y) / len(x)
        new = [numbers[f"dense.new_kernel[{i}][0]"][number, 0] for i in range(2)]
        np.testing.assert_allclose(new, w[:, 0], rtol=1e-14)
    whole = epoch.together({name: value[1:] for name, value in numbers.items()})
    np.testing.assert_array_equal(whole["input.x"], x)
    assert epoch.before["dense.kernel[1][0]"] == "dense.new_kernel[1][0]"
