"""Layers that have no sums of weights: recognised by what they compute and read, and never by halves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import plain_sheets as sheets
import pytest
from equation_sheets import answer, verdict
from thorough import spread

pytestmark = pytest.mark.keras
_KINDS = {
    sheets.slopes: "LeakyReLU(0.01)",
    sheets.pooling: "GlobalMaxPooling1D()",
    sheets.residual: "Add()",
    sheets.normalised: "LayerNormalization(0.001)",
    sheets.normalised_apart: "LayerNormalization(0.001)",
    sheets.normalised_by_typed: "BatchNormalization(0.001)",
    sheets.normalised_and_bent: "BatchNormalization(0.001) and relu",
    sheets.normalised_inputs: "LayerNormalization(1e-05)",
    sheets.softmax: "Softmax()",
    sheets.attention: "Dense(3, linear), 3 samples times 0.707107",
    sheets.attention_of_more: "Dense(4, linear), 4 samples times 0.707107",
    sheets.attention_by_hand: "Rescaling(0.707107)",
}


@pytest.mark.parametrize(("sheet", "kind"), _KINDS.items(), ids=[sheet.__name__ for sheet in _KINDS])
def test_a_layer_without_weights_is_recognised(tmp_path: Path, sheet: Callable[[], sheets.Cells], kind: str) -> None:
    """Keras computes what the cells hold, and no formula is left without a verdict."""
    cells = sheet()
    found = verdict(cells, tmp_path)

    assert (found.code, found.roots) == (0, set())
    assert kind in found.said
    assert found.agree >= len([v for v in cells.values() if isinstance(v, str)]) - 9  # some helpers are no quantities


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("sheet", "cell", "formula"),
    spread(
        [
            (sheets.slopes, "I8", "=IF(E8>0,E8,0.02*E8)"),  # another slope
            (sheets.slopes, "I8", "=IF(E8>0,E8,0.01*F8)"),  # another unit
            (sheets.pooling, "I7", "=MAX(E7:E8)"),  # another window
            (sheets.pooling, "H6", "=MIN(D6:D7)"),
            (sheets.residual, "H8", "=D8+A7"),  # what another sample skipped
            (sheets.residual, "I8", "=E8-B8"),
            (sheets.normalised, "K8", "=(E8-$H8)/SQRT($I8+0.01)*K$1+K$2"),  # another epsilon
            (sheets.normalised, "I7", "=VARP(D7:E7)"),
            (sheets.softmax, "M2", "=H2/SUM($F1:$I1)"),  # the sum of another row
            (sheets.softmax, "G2", "=EXP(B3)"),
            (sheets.attention, "N3", "=($D3*$G$3+$E3*$H$4)/SQRT(2)"),  # a key of two tokens
            (sheets.attention, "Y3", "=$U3*J$2+$V3*J$3+$V3*J$4"),  # one share twice
            (sheets.attention_by_hand, "F21", "=J7"),  # half of a key twice
            (sheets.attention_by_hand, "J20", "=$E20*J$4+$F20*I$5"),
            (sheets.attention_by_hand, "J41", "=J33/I$38"),
            (sheets.block, "AE2", "=AB2+B2"),  # another number of the token
            (sheets.block, "AF3", "=AB3+B3"),
            (sheets.block, "AP2", "=AM2+AE2"),
            (sheets.block, "AB3", "=$Y3*AB$7+$Z2*AB$8"),  # what another token gives
            (sheets.block, "AH4", "=MAX(0,$AE4*AH$7+$AF4*AH$8)"),
        ],
        2,
    ),
)
def test_a_slip_is_its_cell_or_nothing(
    tmp_path: Path, sheet: Callable[[], sheets.Cells], cell: str, formula: str
) -> None:
    """With a slip in one formula this one is wrong, or nobody knows which; no other one is, and nothing passes."""
    code, roots = answer(sheet() | {cell: formula}, tmp_path, 3)

    assert code in {1, 3}
    assert roots <= {cell}


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("text", ["=IF(D{0}>0,1,0)", "=MIN(D{0},E{0})", "=ABS(D{0})"])
def test_a_function_that_is_no_layer_gets_no_pass(tmp_path: Path, text: str) -> None:
    """A formula of one function, such as a step, is no copy of what it reads: it has no verdict, and none passes."""
    code, roots = answer(sheets.dense(lambda z: z) | {f"H{r}": text.format(r) for r in range(6, 10)}, tmp_path, 3)

    assert (code, roots) == (3, set())


@pytest.mark.parametrize(
    ("sheet", "cell", "formula"),
    [
        (sheets.normalised_by_typed, "K8", "=K$3*(E8-J$1)/SQRT(K$2+$N$1)+K$4"),  # the average of another unit
        (sheets.normalised_by_typed, "L7", "=L$3*(F7-L$1)/(SQRT(L$2)+$N$1)+L$4"),
        (sheets.normalised_by_typed, "J8", "=J$3*(D8-J$1)/SQRT(J$2+$N$1)"),
        (sheets.normalised_and_bent, "P8", "=MAX(0,K$3*(E8-J$1)/SQRT(K$2+$N$1)+K$4)"),
        (sheets.normalised_and_bent, "O7", "=J$3*(D7-J$1)/SQRT(J$2+$N$1)+J$4"),
        (sheets.normalised_by_typed, "P8", "=MAX(0,E8)"),  # what is not normalised
        (sheets.normalised_inputs, "F7", "=VAR($A7:$C7)"),
        (sheets.normalised_inputs, "J7", "=(B7-$E6)/SQRT($F7+$M$1)*J$1+J$2"),  # the average of another row
        (sheets.normalised_inputs, "R8", "=I8+O8"),  # another number is skipped
        (sheets.normalised_inputs, "P8", "=$I8*P$1+$J8*P$2+$K8*P$3"),
    ],
)
def test_a_slip_in_a_normalisation_is_named(
    tmp_path: Path, sheet: Callable[[], sheets.Cells], cell: str, formula: str
) -> None:
    """Rule: what all formulas around a cell have otherwise, and with which layers without weights fit, is wrong."""
    assert answer(sheet() | {cell: formula}, tmp_path, 5) == (1, {cell})


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, (0, set())),
        ({"K6": "=P6*K$1+L$2"}, None),  # another beta
        ({"K6": "=P6*J$1+K$2"}, None),
        ({"K6": "=O6*K$1+K$2"}, None),  # another unit
        ({"P6": "=(E6-$H6)/SQRT($I6)"}, None),
        ({"J6": "=O6*J$1", "K6": "=P6*K$1", "L6": "=Q6*L$1"}, (3, set())),
        ({"I6": "=VAR(D6:F6)"}, (3, set())),
    ],
)
def test_one_sample_is_normalised_in_two_steps(
    edits: Mapping[str, str], expected: tuple[int, set[str]] | None, tmp_path: Path
) -> None:
    """Rule: gamma and beta may be put on in cells of their own; a slip there is its cell, or nobody knows which."""
    found = answer(sheets.normalised_apart(samples=1) | edits, tmp_path, 3 if edits else None)

    assert found in [expected] if expected else found in [(1, {*edits}), (3, set())]


def test_a_weight_added_to_each_sample_is_a_second_bias(tmp_path: Path) -> None:
    """Rule: what all samples add is no residual, however it is computed; Keras has one bias, so there is no verdict."""
    cells = sheets.normalised_inputs()
    cells |= {f"{c}{row}": f"={x}$4+{x}{row}" for row in range(6, 10) for c, x in (("R", "O"), ("S", "P"))}

    assert answer(cells, tmp_path, 3)[1] == set()


@pytest.mark.parametrize(
    ("by", "size", "code"),
    [
        ("2", 2, 3), ("1.4142", 2, 0), ("SQRT(3)", 2, 3), ("SQRT($A$11)", 2, 0), ("SQRT($A$11)", 3, 3), ("$B$11", 2, 0),
        ("$B$11", 3, 3),
    ],
)  # fmt: skip
def test_scores_are_divided_by_the_root_of_what_they_add_up(by: str, size: int, code: int, tmp_path: Path) -> None:
    """Rule: an attention over two units divides its scores by √2, perhaps rounded, or by nothing; all formulas agree
    with any other number, too, and are no pass with it. That 2 may stand in a cell, and its root in another one."""
    cells = {c: v.replace("SQRT(2)", by) if isinstance(v, str) else v for c, v in sheets.attention().items()}
    cells |= {"A11": size, **({"B11": "=SQRT(A11)"} if "B" in by else {})} if "$" in by else {}

    assert answer(cells, tmp_path, 3) == (code, set())


@pytest.mark.parametrize(("by", "code"), [("SQRT(2)", 0), ("SQRT(3)", 3), ("2", 3)])
def test_so_they_are_within_a_softmax(by: str, code: int, tmp_path: Path) -> None:
    """Rule: it does not matter either whether scores are divided where their exponentials are computed."""
    cells = {c: v.replace("/SQRT(2)", "") if isinstance(v, str) else v for c, v in sheets.attention().items()}
    cells |= {c: f"={str(cells[c])[1:-1]}/{by})" for c in cells if c[0] in "QRS" and c[1:] in {"2", "3", "4"}}

    assert answer(cells, tmp_path, 3) == (code, set())


@pytest.mark.parametrize(("by", "code"), [("SQRT(2)", 0), ("SQRT(3)", 3), ("2", 3)])
def test_so_they_are_in_cells_of_their_own(by: str, code: int, tmp_path: Path) -> None:
    """Rule: it does not matter whether scores are divided where they are computed or in a table of their own."""
    cells = {c: v.replace("/SQRT(2)", "") if isinstance(v, str) else v for c, v in sheets.attention().items()}
    scaled = {f"A{c}": f"={c}/{by}" for c in cells if c[0] in "MNO" and c[1:] in {"2", "3", "4"}}
    for c in [c for c in cells if c[0] in "QRS" and c[1:] in {"2", "3", "4"}]:
        cells[c] = f"=EXP(A{chr(ord(c[0]) - 4)}{c[1:]})"

    assert answer(cells | scaled, tmp_path, 3) == (code, set())


@pytest.mark.parametrize(("bias", "place"), spread([(b, p) for b in (False, True) for p in (False, True)], 2))
def test_a_block_of_a_transformer_is_recognised(bias: bool, place: bool, tmp_path: Path) -> None:
    """Rule: what is added to weighted sums is skipped, be it a typed token, a sum that makes one, or a result, if they
    are computed from it; so is it without any bias."""
    cells = sheets.block(bias=bias, place=place)
    found = verdict(cells, tmp_path, 3)

    assert (found.code, found.roots, found.said.count("Add()")) == (0, set(), 2)
    assert found.agree == 84


_ROWS = (2, 3, 4)


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("place", [False, True])
@pytest.mark.parametrize(
    "formulas",
    spread(
        [
            pytest.param(
                {f"{c}{r}": f"={z}{r}+{x}{r}" for r in _ROWS for c, z, x in (("AE", "AB", "B"), ("AF", "AC", "A"))},
                id="another unit",
            ),
            pytest.param(
                {f"{c}{r}": f"={z}{r}-{x}{r}" for r in _ROWS for c, z, x in (("AE", "AB", "A"), ("AF", "AC", "B"))},
                id="subtracted",
            ),
            pytest.param(
                {f"{c}{r}": f"={z}{r}+{x}{r + 1}" for r in _ROWS for c, z, x in (("AE", "AB", "A"), ("AF", "AC", "B"))},
                id="the next token",
            ),
            pytest.param({f"AP{r}": f"=AM{r}" for r in _ROWS}, id="one unit alone"),
            pytest.param(
                {f"{c}{r}": f"={q}{r}/SUM({q}$2:{q}$4)" for r in _ROWS for c, q in zip("UVW", "QRS", strict=True)},
                id="shares of a column",
            ),
        ],
        2,
    ),
)
def test_what_all_formulas_of_a_block_do_otherwise_is_no_pass(
    formulas: sheets.Cells, place: bool, tmp_path: Path
) -> None:
    """Rule: what is skipped is added in the order of the results, and all shares of one softmax mix what is mixed."""
    assert answer(sheets.block(place=place) | formulas, tmp_path, 3) == (3, set())


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({}, 0),
        ({"A1": 0}, 3),
        ({"H7": "=EXP(E7)"}, 3),
        ({"H7": "=EXP(E7/$N$1)"}, 3),
        ({"L8": "=H8/SUM($G8:$H8)"}, 3),
    ],
    ids=["right", "a temperature of 0", "no temperature", "another temperature", "a share of two"],
)
def test_a_softmax_may_have_a_temperature(edit: dict[str, object], expected: int, tmp_path: Path) -> None:
    """Rule: shares of the exponentials of all results over one typed number are a softmax behind a scale."""
    cells = sheets.dense(lambda z: z) | {"A1": 0.7, "N1": 1.3, "N2": "=N1"}
    for row in range(6, 10):
        for e, z, share in zip("GHI", "DEF", "KLM", strict=True):
            cells |= {f"{e}{row}": f"=EXP({z}{row}/$A$1)", f"{share}{row}": f"={e}{row}/SUM($G{row}:$I{row})"}

    code, roots = answer(cells | edit, tmp_path)
    assert (min(code, 1), roots - edit.keys()) == (min(expected, 1), set())


@pytest.mark.parametrize(("scale", "other", "code"), [("2.5", "", 0), ("-2.5", "", 3), ("2.5", "2", 3)])
def test_a_temperature_may_be_typed_into_formulas(scale: str, other: str, code: int, tmp_path: Path) -> None:
    """Rule: a softmax may read several times what it is given, the same and more than none for all."""
    cells = sheets.dense(lambda z: z)
    for row in range(6, 10):
        for e, z, share in zip("GHI", "DEF", "KLM", strict=True):
            cells |= {f"{e}{row}": f"=EXP({scale}*{z}{row})", f"{share}{row}": f"={e}{row}/SUM($G{row}:$I{row})"}
    cells |= {"H7": f"=EXP({other}*E7)"} if other else {}

    found, roots = answer(cells, tmp_path, 3)
    assert (min(found, 1), roots - {"H7"}) == (min(code, 1), set())


def _two_shares() -> sheets.Cells:
    """Two units of four samples, and the shares of their softmax as sigmoids of what one has more than the other."""
    shares = {f"{c}{row}": f"=1/(1+EXP({other}{row}-{own}{row}))"
              for row in range(6, 10) for c, own, other in (("H", "D", "E"), ("I", "E", "D"))}  # fmt: skip
    return sheets.dense(lambda z: z, units=2) | shares


@pytest.mark.parametrize("wrong", [None, "H8", "E7"])
def test_two_shares_may_be_sigmoids_of_a_difference(wrong: str | None, tmp_path: Path) -> None:
    """Rule: what such a sigmoid is of is no unit; the two sums are, whose softmax it is."""
    slip = {"H8": "=1/(1+EXP(E8-D7))", "E7": "=$A7*C$1+$B7*C$1+C$3"}
    cells = _two_shares() if wrong is None else _two_shares() | {wrong: slip[wrong]}
    assert answer(cells, tmp_path) == ((0, set()) if wrong is None else (1, {wrong}))


def _over_the_batch(**edits: str) -> sheets.Cells:
    """Two units over five samples, each unit normalised by its own statistics over these, and a relu behind."""
    cells: sheets.Cells = {"K1": 0.8, "K2": -0.5, "K3": -0.3, "K4": 0.9, "K6": 1.5, "K7": 0.7, "K8": 0.2, "K9": -0.1}
    cells |= {"K11": 0.001, "C9": "=AVERAGE(C3:C7)", "D9": "=AVERAGE(D3:D7)", "K12": 1.1, "K13": -0.6, "K14": 0.3}
    cells |= {"C10": "=VARP(C3:C7)", "D10": "=VARP(D3:D7)"}
    for row, (x, y) in enumerate(((-0.9, -2.0), (-0.5, 0.6), (1.7, -0.6), (0.9, 1.5), (-1.2, 0.3)), start=3):
        cells |= {f"A{row}": x, f"B{row}": y}
        cells |= {f"C{row}": f"=A{row}*$K$1+B{row}*$K$2", f"D{row}": f"=A{row}*$K$3+B{row}*$K$4"}
        cells |= {f"{c}{row}": f"=({x}{row}-{x}$9)/SQRT({x}$10+$K$11)" for c, x in zip("EF", "CD", strict=True)}
        cells |= {f"G{row}": f"=MAX(0,$K$6*E{row}+$K$8)", f"H{row}": f"=MAX(0,$K$7*F{row}+$K$9)"}
        cells[f"I{row}"] = f"=G{row}*$K$12+H{row}*$K$13+$K$14"
    return cells | dict(edits)


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ({}, 0),
        ({"E5": "=(C5-C$9)/SQRT(D$10+$K$11)"}, 1),
        ({"D9": "=AVERAGE(D3:D6)"}, 3),
        ({"C10": "=VAR(C3:C7)", "D10": "=VAR(D3:D7)"}, 3),
    ],
    ids=["right", "the variance of the other unit", "a short mean", "of a sample"],
)
def test_a_batch_is_normalised_by_its_own_statistics(edits: Mapping[str, str], code: int, tmp_path: Path) -> None:
    """Rule: each unit over all samples, as in training, is known as well as each sample over its units."""
    assert answer(_over_the_batch(**edits), tmp_path) == (code, {*edits} if code == 1 else set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("scaled", "code"),
    [("=$P9*{}13+$Q9", 0), ("=$P9*{}12+$Q9", 3), ("=$Q9*{}13+$P9", 3)],
    ids=["right", "row", "γ and β"],
)
def test_units_in_rows_are_normalised_over_their_row(scaled: str, code: int, tmp_path: Path) -> None:
    """Rule: samples may stand in columns; a row that nobody reads, while another one is read twice, is no pass."""
    cells: sheets.Cells = {"P8": 2, "Q8": 0.1, "P9": 3, "Q9": 1}
    for row, weights in ((4, (1, 0, 1, 0)), (5, (0, 1, 1, -0.5))):
        cells |= {f"{c}{row}": w for c, w in zip("ABCD", weights, strict=True)}
    for c, x in zip("GHIJ", ((1, 2, 0.3), (3, 0, 1.2), (2, 1, -0.4), (0, 1.5, 0.8)), strict=True):
        cells |= {f"{c}{row}": number for row, number in zip((3, 4, 5, 6), (*x, 1), strict=True)}
        for row in (8, 9):
            products = "+".join(f"${w}{row - 4}*{c}${at}" for w, at in zip("ABCD", (3, 4, 5, 6), strict=True))
            cells |= {f"{c}{row}": f"=MAX(0,{products})", f"{c}{row + 4}": f"=({c}{row}-$L{row})/$N{row}"}
        cells |= {f"{c}16": f"=$P8*{c}12+$Q8", f"{c}17": scaled.format(c)}
    for row in (8, 9):
        cells |= {f"L{row}": f"=AVERAGE(G{row}:J{row})", f"M{row}": f"=VARP(G{row}:J{row})"}
        cells[f"N{row}"] = f"=SQRT(M{row}+0.001)"
    assert answer(cells, tmp_path) == (code, set())
