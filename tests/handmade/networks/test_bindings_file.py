"""Bindings files: every way to say where a tensor stands, and one sentence for everything that does not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from xlcheck.errors import UsageError
from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.handmade.networks.bindings_text import bindings_text
from xlcheck.handmade.networks.network import Network
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.reader import read_workbook

LAYER = '[[model.layer]]\ntype = "LSTM"\nunits = 2\n'
DOCUMENT = '[[model.document]]\nx = "A40:B42"\n'


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> WorkbookContent:
    """A worksheet full of different numbers: 100 · row + column, both from 1."""
    path = tmp_path_factory.mktemp("bindings") / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "S 1"
    for row in range(1, 51):
        for column in range(1, 21):
            book.active.cell(row, column, 100 * row + column)
    book.create_sheet("Other")["A1"] = 1
    book.save(path)
    return read_workbook(path)


@pytest.fixture
def read(content: WorkbookContent, tmp_path: Path):
    """Reads the text of a bindings file."""

    def read(text: str) -> Network:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        (network,) = read_bindings(path, content)
        return network

    return read


def numbers(network: Network, name: str, content: WorkbookContent) -> np.ndarray:
    """What stands in the cells of a weight, in its shape."""
    quantity = network.graph[name]
    found = [content.sheets[c[0]].cells[c[1:]].value for c in network.places(quantity, 0) if c is not None]
    return np.array(found).reshape(quantity.shape)


def table(top: int, left: int, rows: int, columns: int) -> np.ndarray:
    """The numbers of a range of the worksheet."""
    return 100 * np.arange(top, top + rows)[:, None] + np.arange(left, left + columns)


WHOLE = 'kernel = "A1:H2"\nrecurrent_kernel = "A3:H4"\nbias = "A5:H5"\n'


class TestWhereATensorStands:
    """One tensor, many ways to write its place."""

    def test_whole_tables(self, read, content: WorkbookContent) -> None:
        """A range for each weight, in Keras's order of gates."""
        network = read(f"[[model]]\n{LAYER}{WHOLE}{DOCUMENT}")

        assert (numbers(network, "lstm.kernel", content) == table(1, 1, 2, 8)).all()
        assert (numbers(network, "lstm.bias", content) == table(5, 1, 1, 8)[0]).all()
        assert network.spec.inputs[0].shape == (3, 2)

    def test_gates_in_another_order(self, read, content: WorkbookContent) -> None:
        """`gates` says how the sheet stacks them; the weights come out in Keras's order i, f, c, o."""
        network = read(f'[[model]]\n{LAYER}gates = ["f", "i", "o", "c"]\n{WHOLE}{DOCUMENT}')
        f, i, o, c = np.split(table(1, 1, 2, 8), 4, axis=1)

        assert (numbers(network, "lstm.kernel", content) == np.concatenate([i, f, c, o], axis=1)).all()

    def test_a_range_for_each_gate(self, read, content: WorkbookContent) -> None:
        """A table with a key for each gate; of square ones it says which way they stand."""
        places = 'kernel = { i = "A1:B2", f = "C1:D2", c = "E1:F2", o = "G1:H2", transposed = false }\n'
        network = read(f'[[model]]\n{LAYER}{places}recurrent_kernel = "A10:B17"\nbias = "A20:A27"\n{DOCUMENT}')

        assert (numbers(network, "lstm.kernel", content) == table(1, 1, 2, 8)).all()
        assert (numbers(network, "lstm.recurrent_kernel", content) == table(10, 1, 8, 2).T).all()
        assert (numbers(network, "lstm.bias", content) == table(20, 1, 8, 1)[:, 0]).all()

    def test_packed_tables(self, read, content: WorkbookContent) -> None:
        """`[W | U | b]` in one range, units × inputs."""
        network = read(f'[[model]]\n{LAYER}"kernel + recurrent_kernel + bias" = "A1:E8"\n{DOCUMENT}')

        assert (numbers(network, "lstm.kernel", content) == table(1, 1, 8, 2).T).all()
        assert (numbers(network, "lstm.recurrent_kernel", content) == table(1, 3, 8, 2).T).all()
        assert (numbers(network, "lstm.bias", content) == table(1, 5, 8, 1)[:, 0]).all()

    def test_square_tables_may_be_transposed(self, read, content: WorkbookContent) -> None:
        """Where the shape does not tell, `transposed` does."""
        kernel = '{ range = "A1:B2", transposed = false }'
        layer = f'[[model.layer]]\ntype = "SimpleRNN"\nunits = 2\nkernel = {kernel}\nbias = "A5:B5"\n'
        square = '{{ range = "D1:E2", transposed = {} }}'
        name = "simple_rnn.recurrent_kernel"
        for turned, expected in (("false", table(1, 4, 2, 2)), ("true", table(1, 4, 2, 2).T)):
            network = read(f"[[model]]\n{layer}recurrent_kernel = {square.format(turned)}\n{DOCUMENT}")
            assert (numbers(network, name, content) == expected).all()
        with pytest.raises(UsageError, match=r"D1:E2 is square.*transposed = false"):
            read(f'[[model]]\n{layer}recurrent_kernel = "D1:E2"\n{DOCUMENT}')

    def test_a_missing_bias_and_an_initial_state(self, read) -> None:
        """No bias is use_bias=False; a state has its cells."""
        text = f'{DOCUMENT}h_init = "C40:D40"\n'
        network = read(f'[[model]]\n{LAYER}kernel = "A1:H2"\nrecurrent_kernel = "A3:H4"\n{text}')

        assert network.spec.layers[0].options["use_bias"] is False
        assert network.samples[0]["lstm.h_init"] == (("S 1", 39, 2), ("S 1", 39, 3))

    @pytest.mark.parametrize("time", ["down", "across"])
    def test_time_in_square_inputs(self, time: str, read) -> None:
        """As many features as steps: `time` says which way it runs."""
        text = '[[model.document]]\nx = "A40:B41"\n'
        network = read(f'[[model]]\ntime = "{time}"\n{LAYER}{WHOLE}{text}')
        second = ("S 1", 40, 0) if time == "down" else ("S 1", 39, 1)

        assert network.samples[0]["input.x[1]"][0] == second

    def test_what_is_written_is_read_again(self, read) -> None:
        """A draft of a network says the same as the file it came from."""
        network = read(f'[[model]]\n{LAYER}gates = ["o", "f", "c", "i"]\n{WHOLE}{DOCUMENT}h_init = "C40:D40"\n')
        again = read(bindings_text([network], [["a remark"]], "A title."))

        assert (again.weights, again.samples, again.spec) == (network.weights, network.samples, network.spec)


class TestWhatElseIsBound:
    """Results and helpers whose cells somebody names."""

    @pytest.mark.parametrize("key", ["lstm.f", "1-lstm.f", "1 - lstm.f", "exp(lstm.z_f)", "1+exp(-lstm.z_f)"])
    def test_a_quantity_or_a_helper_at_every_step(self, key: str, read) -> None:
        """A row of either stands in one range for all steps, with or without spaces in its name."""
        network = read(f'[[model]]\n{LAYER}{WHOLE}{DOCUMENT}"{key}" = "A50:B52"\n')
        name = key.replace(" ", "")
        inner = "lstm.z_f" if "z_f" in name else "lstm.f"

        assert list(network.bound[0]) == [name.replace(inner, f"{inner}[{t}]") for t in range(3)]
        assert list(network.bound[0].values())[1] == (("S 1", 50, 0), ("S 1", 50, 1))
        assert network.binds_helpers is (name != "lstm.f")

    def test_a_sum_over_the_units_is_one_number(self, read) -> None:
        """What a softmax divides by has one cell, whatever the number of units."""
        dense = '[[model.layer]]\ntype = "Dense"\nunits = 3\nactivation = "softmax"\nkernel = "A1:C2"\n'
        network = read(f'[[model]]\n{dense}[[model.document]]\nx = "A40:B40"\n"sum of exp(dense.z)" = "D1"\n')

        assert network.bound[0] == {"sum of exp(dense.z)": (("S 1", 0, 3),)}

    def test_what_is_bound_is_written_again(self, read) -> None:
        """A draft names what was named."""
        network = read(f'[[model]]\n{LAYER}{WHOLE}{DOCUMENT}"lstm.f" = "A50:B52"\n"exp(lstm.z_f)" = "C50:D52"\n')
        again = read(bindings_text([network], [[]], "A title."))

        assert again.bound == network.bound


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[model", "is no TOML file"),
        ("", r"one or more tables \[\[model\]\]"),
        ("[[model]]\n", "at least one"),
        (f"[[model]]\n{LAYER}{WHOLE}", "at least one"),
        (f"[[model]]\nlayers = 3\n{LAYER}{WHOLE}{DOCUMENT}", "'layers' is not known here"),
        (f'[[model]]\nsheet = "No"\n{LAYER}{WHOLE}{DOCUMENT}', "no worksheet 'No'; it has 'S 1', 'Other'"),
        (f'[[model]]\ntime = "up"\n{LAYER}{WHOLE}{DOCUMENT}', "must be 'across' or 'down'"),
        (f"[[model]]\n{LAYER.replace('2', '0')}{WHOLE}{DOCUMENT}", "needs units, a whole number above 0"),
        (f"[[model]]\n{LAYER.replace('LSTM', 'CNN')}{WHOLE}{DOCUMENT}", "CNN"),
        (f'[[model]]\n{LAYER}activation = "tahn"\n{WHOLE}{DOCUMENT}', "tahn"),
        (f'[[model]]\n{LAYER}gates = ["i", "f"]\n{WHOLE}{DOCUMENT}', "must name each of i, f, c, o once"),
        (f"[[model]]\n{LAYER}{WHOLE.replace('A3:H4', 'A3:H5')}{DOCUMENT}", "has 24 cells, but 2 × 8 numbers"),
        (f"[[model]]\n{LAYER}{WHOLE.replace('A3:H4', 'nonsense')}{DOCUMENT}", "or a defined name"),
        (f'[[model]]\n{LAYER}kernel = "A1:H2"\n{DOCUMENT}', "needs a range for its recurrent_kernel"),
        (f"[[model]]\n{LAYER}{WHOLE}{DOCUMENT}speed = 3\n", "'speed' is no quantity of this model"),
        (f'[[model]]\n{LAYER}{WHOLE}{DOCUMENT}"exp(lstm.q)" = "A1"\n', r"helpers are called .*exp\(lstm.z_i\)"),
        (f'[[model]]\n{LAYER}{WHOLE}{DOCUMENT}"1-lstm.f" = "A50:B51"\n', "has 4 cells, but 3 × 2 numbers"),
        (f'[[model]]\n{LAYER}{WHOLE}[[model.document]]\nx = "A40:A42"\n', "no multiple of the 2 features"),
        (f"[[model]]\n{LAYER}{WHOLE}{DOCUMENT}x_values = [[1, 2]]\n", "x_values"),
    ],
)
def test_what_does_not_fit_is_one_sentence(text: str, sentence: str, read) -> None:
    """The message names the file and says what is wrong."""
    with pytest.raises(UsageError, match=sentence) as caught:
        read(text)

    assert "mine.toml" in str(caught.value)
    assert "\n" not in str(caught.value).strip()


def test_a_file_that_is_not_there(content: WorkbookContent, tmp_path: Path) -> None:
    """A missing file is a sentence with its name."""
    with pytest.raises(UsageError, match=r"nowhere\.toml cannot be read"):
        read_bindings(tmp_path / "nowhere.toml", content)
