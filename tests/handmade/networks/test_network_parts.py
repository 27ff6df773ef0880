"""What the search for a network asks of formulas, of numbers and of quantities, each against the plain way to do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray
from thorough import PATIENT

from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Graph
from xlcheck.handmade.networks.formula_text import is_number, may_be_layer, numbers_in_text
from xlcheck.handmade.networks.helpers import helper_called, helpers
from xlcheck.handmade.networks.operands import operands_of, products_of
from xlcheck.handmade.networks.parts import part_sources, parts_in_cells
from xlcheck.handmade.networks.value_index import RTOL, ValueIndex, same
from xlcheck.handmade.reading.given_by_formulas import is_number_as_text
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential

LSTM = {"units": 2, "activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True,
        "return_sequences": False, "go_backwards": False}  # fmt: skip


def network() -> Graph:
    """An LSTM of two units over two steps of three features, and a softmax of three classes."""
    weights = {"kernel": (3, 8), "recurrent_kernel": (2, 8), "bias": (8,)}
    lstm = LayerSpec("LSTM", "lstm", LSTM, weights)
    dense = LayerSpec("Dense", "dense", {"units": 3, "activation": "softmax", "use_bias": True},
                      {"kernel": (2, 3), "bias": (3,)})  # fmt: skip
    return forward_graph(sequential("m", (2, 3), (lstm, dense)))


def values_of(graph: Graph) -> dict[str, np.ndarray]:
    """Random numbers for all that is given, and what follows."""
    rng = np.random.default_rng(5)
    shapes = {q.name: q.shape if q.is_weight else (1, *q.shape) for q in graph if q.expr is None}
    return evaluate(graph, {name: rng.normal(size=shape) for name, shape in shapes.items()})


@pytest.mark.parametrize("name", ["lstm.z_i[1]", "lstm.c_tilde[0]", "lstm.c[1]", "lstm.h[1]", "dense.z", "dense.y"])
def test_operands_are_the_numbers_that_change_an_element(name: str) -> None:
    """Each one that is named changes it if it is moved, and no other number that its formula could read does."""
    graph = network()
    values = values_of(graph)
    q = graph[name]
    assert q.expr is not None
    read = set(ex.refs(q.expr))
    for index in range(q.shape[-1]):
        named = operands_of(q.expr, graph)(index)
        moved = set()
        for other in read:
            for element in range(values[other].size):
                changed = values[other].copy()
                changed.reshape(-1)[element] += 0.37
                own = evaluate(_only(graph, read, name), {n: values[n] for n in read} | {other: changed})
                if own[name].reshape(-1)[index] != values[name].reshape(-1)[index]:
                    moved.add((other, element))
        assert named == moved
        assert {quantity for quantity, _ in named} == read


def _only(graph: Graph, read: set[str], name: str) -> Graph:
    """One quantity, with all that it reads as given."""
    return Graph((*(replace(graph[other], expr=None) for other in read), graph[name]))


def test_a_product_has_two_operands_and_a_running_sum_all_before_it() -> None:
    """Of a gate's part of a kernel, the columns begin where the gate does."""
    graph = network()
    product = graph["lstm.xk_f[0]"].expr
    assert product is not None
    dot = next(node for node in ex.walk(product) if isinstance(node, ex.Dot))
    single, running = (products_of(dot, graph, running=way) for way in (False, True))

    assert single(0) == {("input.x[0]", 0), ("lstm.kernel", 2)}
    assert single(3) == {("input.x[0]", 1), ("lstm.kernel", 8 + 3)}
    assert running(5) == {("input.x[0]", k) for k in range(3)} | {("lstm.kernel", 8 * k + 3) for k in range(3)}


def test_helpers_have_names_with_or_without_spaces() -> None:
    """A sum with its bias, an exponential, the complement of a gate; nothing else is one."""
    graph = network()
    known = helpers(graph)
    exponential = helper_called("exp( dense.z )", graph)

    assert exponential == known["exp(dense.z)"]
    assert exponential is not None
    assert (exponential.steps, exponential.size) == (("exp(dense.z)",), 3)
    assert all(len(helper.steps) == (2 if "lstm" in name else 1) for name, helper in known.items())
    assert helper_called("dense.y", graph) is None
    assert helper_called("exp(dense.y)", graph) is None


_SAYS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "1-{}": lambda x: 1 - x, "2·{}": lambda x: 2 * x, "-2·{}": lambda x: -2 * x, "-({})": lambda x: -x,
    "exp({})": np.exp, "exp(-{})": lambda x: np.exp(-x), "exp(2·{})": lambda x: np.exp(2 * x),
    "exp(-2·{})": lambda x: np.exp(-2 * x), "1+exp({})": lambda x: 1 + np.exp(x),
    "1+exp(-{})": lambda x: 1 + np.exp(-x),
    "exp(2·{})+1": lambda x: np.exp(2 * x) + 1, "exp(2·{})-1": lambda x: np.exp(2 * x) - 1,
    "exp(-2·{})+1": lambda x: np.exp(-2 * x) + 1, "exp(-2·{})-1": lambda x: np.exp(-2 * x) - 1,
    "1-exp(2·{})": lambda x: 1 - np.exp(2 * x), "1-exp(-2·{})": lambda x: 1 - np.exp(-2 * x),
    "exp({0})+exp(-{0})": lambda x: np.exp(x) + np.exp(-x), "exp({0})-exp(-{0})": lambda x: np.exp(x) - np.exp(-x),
    "sum of exp({})": lambda x: np.exp(x).sum(axis=-1, keepdims=True),
}  # fmt: skip


def test_the_name_of_a_part_says_what_it_is() -> None:
    """Rule: what a part is called, read as a formula of the quantity that it names, gives its values."""
    graph = network()
    values, said = values_of(graph), set[str]()
    for source in part_sources(0, graph, [values]):
        if source.part in _SAYS:
            said.add(source.part)
            np.testing.assert_allclose(source.values[0], _SAYS[source.part](values[source.quantity.name]))
    assert said == _SAYS.keys()


def test_products_of_a_sum_add_up_to_it() -> None:
    """Rule: the products of a weighted sum are as many as it has weights, and the last of their running sums is it."""
    graph = network()
    values = values_of(graph)
    parts = {(s.part, s.quantity.name): s.values[0].reshape(2, 3) for s in part_sources(0, graph, [values])
             if s.quantity.name == "dense.z" and "1 of {}" in s.part and s.size == 6}  # fmt: skip
    single, running = parts["product 1 of {}", "dense.z"], parts["running sum 1 of {}", "dense.z"]

    np.testing.assert_allclose(single, values["lstm.h[1]"].reshape(2, 1) * values["dense.kernel"])
    np.testing.assert_allclose(running[-1], single.sum(axis=0))
    np.testing.assert_allclose(running[-1] + values["dense.bias"], values["dense.z"][0])


def test_parts_that_some_cell_shows_are_kept_at_every_step() -> None:
    """Rule: the parts stay of which a cell holds an element; all of them, if other cells hold nothing known."""
    graph = network()
    parts = part_sources(0, graph, [values_of(graph)])
    (one,) = [s for s in parts if s.part == "1+exp(-{})" and s.quantity.name == "lstm.z_f[1]"]
    shown = one.values[0, 0, :1]
    found = {(source.part, source.quantity.band.name) for source in parts_in_cells(parts, shown, cells=100)}

    assert found == {("1+exp(-{})", "lstm.z_f")}
    assert parts_in_cells(parts, np.array([*shown, 17.0, 18.0]), cells=10) == parts


NUMBERS = st.sampled_from([0.0, 1.0, 1.0 + 1e-9, 1.0 + 1e-7, -2.5, float("nan"), float("inf")])
COLUMNS = st.lists(NUMBERS, min_size=2, max_size=2)


@PATIENT
@given(st.lists(COLUMNS, max_size=8), st.lists(COLUMNS, min_size=1, max_size=5))
def test_columns_are_found_by_value_as_one_by_one(known: list[list[float]], asked: list[list[float]]) -> None:
    """In all settings, up to the rounding of two ways to compute the same; what is no number is found nowhere."""
    table = np.array(known, dtype=float).reshape(-1, 2).T
    index, wanted = ValueIndex([table] if known else []), np.array(asked, dtype=float).T
    finite = np.isfinite(wanted).all(axis=0)
    expected = [tuple(k for k in range(len(known)) if finite[c] and same(table[:, k], wanted[:, c]).all())
                for c in range(len(asked))]  # fmt: skip

    assert index.equal_to(wanted) == expected
    assert index.hold(wanted).tolist() == [bool(found) for found in expected]
    first = float(wanted[0, 0])
    assert index.holds(first) == (np.isfinite(first) and any(same(table[0, k], first) for k in range(len(known))))
    assert not same(np.array(1.0 + 3 * RTOL), np.array(1.0))


@pytest.mark.parametrize(
    ("formula", "layer", "number", "fractions"),
    [
        ("TANH(A1)", True, False, []),
        ("$A$1*B1+0.5", True, False, [0.5]),
        ("A1+B1", False, False, []),
        ("INDEX(A1:A9,3)", False, False, []),
        ("-0.25", False, True, [0.25]),
        ("+3", False, True, []),
        ("1/(1+EXP(-A1))", True, False, []),
        ('IF(A1="x*y 0.5",1,0)', False, False, []),
        ("1E-3*A1", False, False, [0.001]),
    ],
)
def test_what_the_text_of_a_formula_tells(formula: str, layer: bool, number: bool, fractions: list[float]) -> None:
    """Whether it multiplies or bends cells, whether it is nothing but a number, which fractions are typed into it."""
    assert may_be_layer(formula) is layer
    assert is_number(formula) is number
    assert numbers_in_text(formula) == fractions


@pytest.mark.parametrize(("text", "expected"), [
    ("0.5", True), (" 0,5 ", True), ("-3", True), ("1e5", True), ("inf", False), ("nan", False), ("x", False),
    ("1.000,5", False), (0.5, False), (None, False), ("", False),
])  # fmt: skip
def test_a_number_may_be_stored_as_a_text(text: object, expected: bool) -> None:
    """With a point or a comma, and spaces around; a number is no text."""
    assert is_number_as_text(text) is expected
