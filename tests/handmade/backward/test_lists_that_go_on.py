"""One training step as a list, a quantity a row, that goes on with what the network says after it."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import verdict

pytestmark = pytest.mark.keras

_TYPED = {"i1": 0.05, "i2": 0.1, "b1": 0.35, "b2": 0.6, "t1": 0.01, "t2": 0.99, "rate": 0.5}
_FORWARD = {
    "z1": "{w1}*{i1}+{w2}*{i2}+{b1}", "z2": "{w3}*{i1}+{w4}*{i2}+{b1}", "h1": "1/(1+EXP(-{z1}))",
    "h2": "1/(1+EXP(-{z2}))", "n1": "{w5}*{h1}+{w6}*{h2}+{b2}", "n2": "{w7}*{h1}+{w8}*{h2}+{b2}",
    "o1": "1/(1+EXP(-{n1}))", "o2": "1/(1+EXP(-{n2}))",
}  # fmt: skip
_TOTAL = "0.5*({t1}-{o1})^2+0.5*({t2}-{o2})^2"
_BACK = {
    "E1": "0.5*({t1}-{o1})^2", "E2": "0.5*({t2}-{o2})^2", "E": "{E1}+{E2}",
    "d1": "-({t1}-{o1})*{o1}*(1-{o1})", "d2": "-({t2}-{o2})*{o2}*(1-{o2})",
    "g5": "{d1}*{h1}", "g6": "{d1}*{h2}", "g7": "{d2}*{h1}", "g8": "{d2}*{h2}",
    **{f"v{k}": f"{{w{k}}}-{{rate}}*{{g{k}}}" for k in (5, 6, 7, 8)},
    "e1": "({d1}*{w5}+{d2}*{w7})*{h1}*(1-{h1})", "e2": "({d1}*{w6}+{d2}*{w8})*{h2}*(1-{h2})",
    "g1": "{e1}*{i1}", "g2": "{e1}*{i2}", "g3": "{e2}*{i1}", "g4": "{e2}*{i2}",
    **{f"v{k}": f"{{w{k}}}-{{rate}}*{{g{k}}}" for k in (1, 2, 3, 4)},
}  # fmt: skip


def _list(gap: int, wrong: dict[str, str]) -> dict[str, object]:
    """The list in columns A and B; what comes after the step begins some rows below it.

    Args:
        gap: how many rows are left empty there.
        wrong: other formulas, by the names of their rows.
    """
    after = {f"{name}'": text.replace("{w", "{v").replace("{z", "{z'").replace("{h", "{h'") for name, text in
             _FORWARD.items()}  # fmt: skip
    after = {name: text.replace("{n", "{n'") for name, text in after.items()}
    for name in ("z1", "z2", "h1", "h2", "n1", "n2"):
        after = {own: text.replace(f"{{{name[0]}'{name[1]}}}", f"{{{name}'}}") for own, text in after.items()}
    after["E'"] = _TOTAL.replace("{o1}", "{o1'}").replace("{o2}", "{o2'}")
    rows = {**_TYPED, **{f"w{k}": 0.1 + 0.05 * k for k in range(1, 9)}, **_FORWARD, **_BACK, **after, **wrong}
    names = [*_TYPED, *(f"w{k}" for k in range(1, 9)), *_FORWARD, *_BACK, *[""] * gap, *after]
    places = {name: f"B{row}" for row, name in enumerate(names, 3) if name}
    cells: dict[str, object] = {f"A{place[1:]}": name for name, place in places.items()}
    for name, place in places.items():
        content = rows[name]
        cells[place] = f"={content.format(**places)}" if isinstance(content, str) else content
    return cells


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("gap", [0, 1, 3])
def test_what_the_network_says_after_the_step_is_right(gap: int, tmp_path: Path) -> None:
    """Rule: some weights lie as far below those before them as others do, and nothing else goes on so far."""
    found = verdict(_list(gap, {}), tmp_path)
    assert (found.code, found.roots) == (0, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "wrong",
    [
        {"z1'": "{w1}*{i1}+{v2}*{i2}+{b1}"},
        {"E'": "0.5*({t1}-{o1'})^2+0.5*({t2}-{o2})^2"},
        {"n2'": "{v7}*{h1'}+{v8}*{h2'}+{b1}"},
        {"v6": "{w6}+{rate}*{g6}"},
    ],
    ids=["a weight from before", "an output from before", "another bias", "upwards"],
)
def test_a_slip_in_such_a_list_is_no_pass(wrong: dict[str, str], tmp_path: Path) -> None:
    """Rule: the cell that is wrong is named, or nobody is."""
    cells = _list(1, wrong)
    place = next(f"B{own[1:]}" for own, name in cells.items() if own[0] == "A" and name == next(iter(wrong)))
    found = verdict(cells, tmp_path)
    assert found.code in {1, 3}
    assert found.roots <= {place}
