"""What a cell should be, given what stands in the sheet: each operand from the depth that the formula has chosen."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
import xlsxwriter

from xlcheck.graph.evaluate import evaluate
from xlcheck.handmade.judging.local import SheetValues
from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.handmade.networks.elements import Element, quantity_sources
from xlcheck.handmade.networks.network import Network
from xlcheck.workbook.reader import read_workbook

STEPS = 1_200
"""More than functions can call each other."""
BINDINGS = f"""
[[model]]
[[model.layer]]
type = "SimpleRNN"
name = "rnn"
units = 1
kernel = "B1"
recurrent_kernel = "B2"
[[model.document]]
x = "A1:A{STEPS}"
"""
KERNEL, RECURRENT = 0.5, -0.8


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    path = tmp_path_factory.mktemp("local") / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_column("A1", [0.25] * STEPS)
        sheet.write_column("B1", [KERNEL, RECURRENT])
        sheet.write_formula("C1", "=TANH(A1*B1)")
    (path.parent / "book.toml").write_text(BINDINGS)
    (network,) = read_bindings(path.parent / "book.toml", read_workbook(path))
    return network


def seen(network: Network, name: str, reads: Iterable[str], held: dict[str, float]) -> dict[str, float]:
    """The operands of a quantity as a cell sees them that reads some quantities; some stand in the sheet."""
    given = {
        q.name: np.full((1, 1), KERNEL if q.name == "rnn.kernel" else RECURRENT)
        if q.is_weight
        else np.full((1, 1), 0.0 if "init" in q.name else 0.25)
        for q in network.given
    }
    (source,) = (s for s in quantity_sources(0, network, [evaluate(network.graph, given)]) if s.quantity.name == name)
    sheet = SheetValues(network, given, {(own, 0): number for own, number in held.items()})
    found = sheet.seen_from(Element(source, 0, 0), [(own, 0) for own in reads])
    return {own: float(values.item()) for own, values in found.items()}


def test_an_operand_that_is_read_is_taken_from_the_sheet(network: Network) -> None:
    """Whatever stands there, right or wrong."""
    assert seen(network, "rnn.h[3]", ["rnn.z[3]"], {"rnn.z[3]": 7.0}) == {"rnn.z[3]": 7.0}


def test_an_operand_that_the_formula_computes_is_computed_from_what_it_reads(network: Network) -> None:
    """A sum stands in the sheet as well, wrong; the formula does not read it."""
    found = seen(network, "rnn.h[3]", ["input.x[3]", "rnn.h[2]"], {"rnn.h[2]": 0.5, "rnn.z[3]": 7.0})

    assert found["rnn.z[3]"] == pytest.approx(KERNEL * 0.25 + RECURRENT * 0.5, abs=1e-15)


def test_an_operand_that_should_have_been_read_is_taken_from_where_it_stands(network: Network) -> None:
    """The formula reads the input alone and has forgotten the state."""
    found = seen(network, "rnn.h[3]", ["input.x[3]"], {"rnn.h[2]": 0.5, "rnn.z[2]": 0.1})

    assert found["rnn.z[3]"] == pytest.approx(KERNEL * 0.25 + RECURRENT * 0.5, abs=1e-15)


def test_long_sequences_are_followed_to_their_first_step(network: Network) -> None:
    """With nothing in the sheet but the first state, everything is computed from it."""
    last = f"rnn.z[{STEPS - 1}]"
    found = seen(network, f"rnn.h[{STEPS - 1}]", [], {"rnn.h[0]": 0.5})
    h = 0.5
    for _ in range(STEPS - 1):
        z = KERNEL * 0.25 + RECURRENT * h
        h = float(np.tanh(z))

    assert found[last] == pytest.approx(z, abs=1e-14)
