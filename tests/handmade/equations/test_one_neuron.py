"""A single neuron for a single sample: right where its sheet leaves nothing out, and no pass with any slip in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from equation_sheets import answer
from thorough import part_of

pytestmark = pytest.mark.keras
_ACTIVATIONS = ("1/(1+EXP(-{z}))", "TANH({z})", "MAX(0,{z})")
_LAYOUTS = ("products", "down", "across", "one formula")


def _neuron(random: Random, layout: str) -> tuple[dict[str, object], list[dict[str, object]]]:
    """A neuron with three or more inputs, and what somebody may do wrong in it, cell by cell."""
    count, activation = random.randint(2, 5), random.choice(_ACTIVATIONS)
    numbers = [round(random.uniform(-2, 2), 2) + 0.003 * k for k in range(2 * count + 1)]
    last = 3 + count
    if layout in {"across", "one formula"}:
        names = "BCDEFGH"[: count + 1]
        pairs = [(f"{c}3", f"{c}4") for c in names[:-1]]
        bias = f"{names[-1]}4"
    else:
        pairs = [(f"B{row}", f"C{row}") for row in range(4, last + 1)]
        bias = f"C{last + 1}"
    cells: dict[str, object] = dict(zip([c for p in pairs for c in p], numbers, strict=False))
    cells |= {bias: numbers[-1], "A1": "ein Neuron"}
    (_, w), (first_x, first_w), (last_x, last_w) = pairs[1], pairs[0], pairs[-1]
    if layout == "products":
        cells |= {f"D{row}": f"=B{row}*C{row}" for row in range(4, last + 1)}
        z = f"SUM(D4:D{last})+{bias}"
        wrong: list[dict[str, object]] = [{"D5": f"=B5*{first_w}"}, {"D5": "=B5+C5"}, {"D5": 0.77}]
        wrongly = [
            f"SUM(D4:D{last - 1})+{bias}",
            f"SUM(D4:D{last})",
            f"SUM(D4:D{last})-{bias}",
            f"SUM(D5:D{last})+{bias}",
        ]
    elif layout == "one formula":
        products = [f"{x}*{w}" for x, w in pairs]
        z, wrong = "+".join([*products, bias]), []
        wrongly = [
            "+".join(products),
            "+".join([*products[1:], bias]),
            "+".join([f"{first_x}*{w}", *products[1:], bias]),
            "+".join([*products[:-1], f"{last_x}+{last_w}", bias]),
            "+".join([*products[:-1], f"{last_x}*{bias}"]),
        ]
    else:
        z, wrong = f"SUMPRODUCT({first_x}:{last_x},{first_w}:{last_w})+{bias}", []
        short = pairs[-2][0], pairs[-2][1]
        wrongly = [
            f"SUMPRODUCT({first_x}:{last_x},{first_w}:{last_w})",
            f"SUMPRODUCT({first_x}:{short[0]},{first_w}:{short[1]})+{bias}",
            f"SUMPRODUCT({first_x}:{last_x},{w}:{bias})+{bias}",
            f"SUM({first_x}:{last_x})*{w}+{bias}",
        ]
    cells |= {"F9": f"={z}", "F10": "=" + activation.format(z="F9")}
    wrong += [{"F9": f"={own}"} for own in wrongly]
    wrong += [
        {"F10": "=" + activation.format(z=w)},
        {"F10": "=" + activation.format(z="F8")},
        {"F9": 0.4},
        {"F10": 0.61},
    ]
    return cells, wrong


def _cases(seeds: int) -> Iterator[tuple[str, int]]:
    for seed in range(seeds):
        yield from ((layout, seed) for layout in _LAYOUTS)


@pytest.mark.parametrize(("layout", "seed"), part_of([*_cases(6)], 4))
def test_a_neuron_is_right_where_nothing_is_left_out(layout: str, seed: int, tmp_path: Path) -> None:
    """Rule: values and weights in two full lines, each read with the one beside it, and no number left unread."""
    cells, wrong = _neuron(Random(f"{layout} {seed}"), layout)

    assert answer(cells, tmp_path) == (0, set())
    for edit in part_of(wrong, 3):
        code, roots = answer(cells | edit, tmp_path)
        assert (code != 0, roots - edit.keys()) == (True, set()), edit


def test_a_number_that_nobody_reads_may_belong_to_the_neuron(tmp_path: Path) -> None:
    """Rule: a typed number beside, which may be a bias or another input, leaves it open what the neuron should be."""
    cells, _ = _neuron(Random("unread"), "products")

    assert answer(cells | {"B20": 0.3}, tmp_path, 3) == (3, set())
    assert answer(cells | {"A4": 1, "A5": 2, "A6": 3}, tmp_path) == (0, set())
