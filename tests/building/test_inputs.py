"""Inputs of a model from files: what fits is read exactly, everything else ends with one clear sentence."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from workbook_parts import declare

from xlcheck.building.inputs import Shape, fit, read_inputs
from xlcheck.errors import DataError, InputNote, WorkbookError
from xlcheck.layout.data.inputs import require_room

ONE: dict[str, Shape] = {"input": (2, 3)}
TWO: dict[str, Shape] = {"words": (4,), "age": (1,)}
NUMBERS = np.arange(12.0).reshape(2, 2, 3) / 7


class Touching:
    """A pickle of this would create a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


def refusal(path: Path, inputs: dict[str, Shape]) -> str:
    """The one sentence with which a file is refused."""
    with pytest.raises(DataError) as caught:
        read_inputs(path, inputs)
    return str(caught.value).replace(str(path), "FILE")


def test_npy_holds_one_array(tmp_path: Path) -> None:
    """Every bit of every number arrives, whatever number type the file has."""
    np.save(tmp_path / "x.npy", NUMBERS)
    np.save(tmp_path / "single.npy", NUMBERS.astype(np.float32))
    read = read_inputs(tmp_path / "x.npy", ONE)

    assert np.array_equal(read.arrays[0], NUMBERS)
    assert read.labels == ("sample 1", "sample 2")
    assert np.array_equal(read_inputs(tmp_path / "single.npy", ONE).arrays[0], NUMBERS.astype(np.float32))


def test_npz_holds_an_array_for_each_input_by_name(tmp_path: Path) -> None:
    """The order in the file does not matter; a model with one input takes the only array whatever its name."""
    words, age = np.array([[1, 2, 3, 0]]), np.array([[41.5]])
    np.savez(tmp_path / "two.npz", age=age, words=words)
    np.savez(tmp_path / "one.npz", NUMBERS)
    read = read_inputs(tmp_path / "two.npz", TWO)

    assert [array.tolist() for array in read.arrays] == [words.tolist(), age.tolist()]
    assert np.array_equal(read_inputs(tmp_path / "one.npz", ONE).arrays[0], NUMBERS)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("0,1,2,3,4,5.0\n6,7,8,9,10,11\n", ("sample 1", "sample 2")),
        ("0;1;2;3;4;5,0\n6;7;8;9;10;11,0\n", ("sample 1", "sample 2")),
        ("a\tb\tc\td\te\tf\n0\t1\t2\t3\t4\t5\n6\t7\t8\t9\t10\t11\n", ("sample 1", "sample 2")),
        (",0,1,2,3,4,5\n0,0,1,2,3,4,5\n1,6,7,8,9,10,11\n", ("sample 1", "sample 2")),
        ("text;a;b;c;d;e;f\nso, so;0;1;2;3;4;5\nbad;6;7;8;9;10;11", ("so, so", "bad")),
        ("a,b,c,d,e,f\n0,1,2,3,4,5\n\n6,7,8,9,10,11", ("sample 1", "sample 2")),
        ("\ufeffname,a,b,c,d,e,f\r\n“good”,0,1,2,3,4,5\r\nbad,6,7,8,9,10,11\r\n", ("“good”", "bad")),
    ],
)
def test_csv_holds_one_sample_a_row(tmp_path: Path, text: str, labels: tuple[str, ...]) -> None:
    """With or without a header and a column of names; a row is cut as NumPy flattens an array."""
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    read = read_inputs(tmp_path / "x.csv", ONE)

    assert np.array_equal(read.arrays[0], np.arange(12.0).reshape(2, 2, 3))
    assert read.labels == labels


def test_an_open_dimension_takes_what_the_file_has(tmp_path: Path) -> None:
    """A model with an open number of time steps reads sequences of any length."""
    (tmp_path / "x.csv").write_text("1,2,3,4,5,6\n", encoding="utf-8")

    assert read_inputs(tmp_path / "x.csv", {"input": (None, 3)}).arrays[0].shape == (1, 2, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "FILE: the file holds no sample"),
        ("a,b,c\n", "FILE: the file holds no sample"),
        ("1,2,3,4,5,6\n1,2\n", "FILE: sample 2 has 2 numbers, the first one has 6"),
        ("1,2,3,4,5,6\n1,2,x,4,5,6\n", "FILE: sample 2, column 3: 'x' is not a number"),
        ("1,2,3,4,5\n", "FILE: a sample has 5 numbers; the model's input 'input' needs 2 × 3"),
        ("1,2,3,4,5,nan\n", "FILE: input 'input' has 1 values that are no finite numbers, the first at [0, 1, 2]; "
                            "replace them"),
    ],
)  # fmt: skip
def test_a_csv_that_does_not_fit_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """The sentence says which sample and column."""
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")

    assert refusal(path, ONE) == message


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (NUMBERS[:, :, :2], "input 'input' has the shape (2, 2, 2); the model needs (samples, 2, 3)"),
        (NUMBERS[0, 0], "input 'input' has the shape (3,); the model needs (samples, 2, 3)"),
        (NUMBERS[:0], "input 'input' holds no sample"),
        (NUMBERS.astype(str), "input 'input' holds <U"),
        (NUMBERS * 1j, "input 'input' holds complex128, not numbers"),
        (np.where(NUMBERS > 1, np.inf, NUMBERS), "has 4 values that are no finite numbers, the first at [1, 0, 2]"),
    ],
)
def test_an_array_that_does_not_fit_is_refused(tmp_path: Path, array: np.ndarray, message: str) -> None:
    """Wrong shapes, types and values that are no numbers are named with the input."""
    path = tmp_path / "x.npy"
    np.save(path, array)

    assert message in refusal(path, ONE)


def test_no_object_of_a_file_is_ever_unpickled(tmp_path: Path) -> None:
    """A pickle can run code when it is loaded; a file with one is refused unread."""
    marker, objects = tmp_path / "ran", np.array([Touching(tmp_path / "ran")], dtype=object)
    np.save(tmp_path / "x.npy", objects, allow_pickle=True)
    np.savez(tmp_path / "x.npz", input=objects)

    assert "Python objects" in refusal(tmp_path / "x.npy", ONE)
    assert "Python objects" in refusal(tmp_path / "x.npz", ONE)
    assert not marker.exists()


def test_a_csv_of_the_shape_of_one_sample_is_one_sample(tmp_path: Path) -> None:
    """A step a row, as one looks at a series; a note says so."""
    (tmp_path / "x.csv").write_text("length,width\n1,2\n3,4\n5,6\n", encoding="utf-8")
    with pytest.warns(InputNote, match="taken for one sample"):
        read = read_inputs(tmp_path / "x.csv", {"input": (3, 2)})
    assert read.arrays[0].tolist() == [[[1, 2], [3, 4], [5, 6]]]
    assert read.labels == ("sample 1",)


@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.csv"])
@pytest.mark.parametrize(
    "content", [b"", b"\x93NUMPY", b"PK\x03\x04 and then nothing", b"\xff\xfe\x00", bytes(range(256))]
)
def test_damaged_files_end_with_a_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    """Whatever is in a file, there is no traceback."""
    path = tmp_path / name
    path.write_bytes(content)

    assert re.match("FILE: ", refusal(path, ONE))


def test_files_that_are_missing_or_of_another_kind_are_refused(tmp_path: Path) -> None:
    """The sentence says what can be given."""
    (tmp_path / "x.txt").write_text("1", encoding="utf-8")

    assert refusal(tmp_path / "no.npy", ONE) == "FILE: there is no such file; give a .npy, .npz or .csv file"
    assert refusal(tmp_path / "x.txt", ONE) == "FILE: files of this kind are not read; give a .npy, .npz or .csv file"


def test_several_inputs_must_belong_together(tmp_path: Path) -> None:
    """A missing input, other numbers of samples or a kind of file without names are refused."""
    np.savez(tmp_path / "x.npz", words=np.ones((2, 4)))
    np.savez(tmp_path / "y.npz", words=np.ones((2, 4)), age=np.ones((3, 1)))
    (tmp_path / "x.csv").write_text("1,2,3,4,5\n", encoding="utf-8")

    assert "there is no array 'age' for the model's input of this name; the file holds words" in refusal(
        tmp_path / "x.npz", TWO
    )
    assert "the same number of samples, but they have {'words': 2, 'age': 3}" in refusal(tmp_path / "y.npz", TWO)
    assert "the model has 2 inputs (words, age); give them as .npz" in refusal(tmp_path / "x.csv", TWO)
    with pytest.raises(DataError, match=r"has 2 inputs \(words, age\), but got 1 array$"):
        fit([np.ones((2, 4))], TWO, "the inputs")
    with pytest.raises(DataError, match="1 label for 2 samples"):
        fit([NUMBERS], ONE, "the inputs", ["only"])


def test_columns_that_are_counted_above_fractions_are_a_header(tmp_path: Path) -> None:
    """pandas writes 0, 1, 2, … above columns without names; such a row is never silently a sample."""
    path = tmp_path / "x.csv"
    path.write_text("0,1,2,3,4,5\n0.5,1.5,2.5,3.5,4.5,5.5\n", encoding="utf-8")
    with pytest.warns(InputNote, match="the first row, which counts the columns, is taken for their names"):
        assert read_inputs(path, ONE).arrays[0].tolist() == [[[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]]]

    path.write_text("0\n1\n1\n", encoding="utf-8")  # as targets are written
    assert read_inputs(path, {"input": (1,)}).arrays[0].tolist() == [[0], [1], [1]]


@pytest.mark.parametrize(
    "rows",
    [
        "1,0,0,0,0,0\n0,0,0,1,0,0\n",  # zeros and ones
        "0,0,0,0,0,0\n2,1,0,0,1,2\n",
        "9,0,1,0,2,4\n1,0,0,2,2,1\n",
    ],
)
def test_a_row_that_counts_above_small_numbers_is_a_header(tmp_path: Path, rows: str) -> None:
    """It is larger than everything below in half of the columns, so it is no sample like those."""
    (tmp_path / "x.csv").write_text("0,1,2,3,4,5\n" + rows, encoding="utf-8")

    with pytest.warns(InputNote, match="the first row, which counts the columns, is taken for their names"):
        assert read_inputs(tmp_path / "x.csv", {"input": (6,)}).arrays[0].shape == (2, 6)


def test_a_long_row_that_counts_is_a_header(tmp_path: Path) -> None:
    """Whole numbers of any size may stand below it, as codes of words do; a series that goes on is refused."""
    path, rng = tmp_path / "x.csv", np.random.default_rng(3)
    header, rows = np.arange(12), rng.integers(0, 90, (5, 12))
    np.savetxt(path, np.vstack([header, rows]), "%d", ",")
    with pytest.warns(InputNote, match="is taken for their names"):
        assert read_inputs(path, {"input": (12,)}).arrays[0].tolist() == rows.tolist()

    for below in (header + 1, 2 * header, header[::-1], [*header[1:], 30]):
        np.savetxt(path, np.vstack([header, below, rows]), "%d", ",")
        assert "may be a header or a sample" in refusal(path, {"input": (12,)})


@pytest.mark.parametrize(
    "text",
    [
        "0,1,2,3,4,5\n0,1,2,3,4,5.5\n",
        "0,1,2,3,4,5\n",
        "0,1,2,3,4,5\n1,0,0,0,0,0\n",  # a single sample, or two
        "0,1,2,3,4,5\n1,2,3,4,5,6\n2,3,4,5,6,7\n",  # stretches of a series
        "0,1,2,3,4,5\n0,2,7,3,8,9\n0,0,5,2,6,1\n",  # codes of words
        "name,0,1,2,3,4,5\nx,1,2,3,4,5,6\n",
    ],
)
def test_a_row_that_counts_and_may_be_a_sample_is_refused(tmp_path: Path, text: str) -> None:
    """Where the rows below do not tell, nobody guesses."""
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")

    assert "may be a header or a sample" in refusal(tmp_path / "x.csv", ONE)


def test_a_text_above_the_numbers_of_the_rows_makes_a_header(tmp_path: Path) -> None:
    """As pandas writes `to_csv(index_label="n")`: a sample would have a number there; notes say what is left out."""
    (tmp_path / "x.csv").write_text("n,0,1,2,3,4,5\n0,0,1,2,3,4,5\n1,6,7,8,9,10,11\n", encoding="utf-8")

    with (
        pytest.warns(InputNote, match="the first row, which counts the columns, is taken for their names"),
        pytest.warns(InputNote, match="the first column, which only counts the rows, is left out"),
    ):
        assert np.array_equal(read_inputs(tmp_path / "x.csv", ONE).arrays[0], np.arange(12.0).reshape(2, 2, 3))


def test_an_index_column_is_left_out_with_a_note(tmp_path: Path) -> None:
    """A column that counts the rows, where a row has one number too many for the model."""
    path = tmp_path / "x.csv"
    for rows in ("1,0,1,2,3,4,5\n2,6,7,8,9,10,11\n", "0,0,1,2,3,4,5\n"):
        path.write_text("n,a,b,c,d,e,f\n" + rows, encoding="utf-8")
        with pytest.warns(InputNote, match="the first column, which only counts the rows, is left out"):
            numbers = read_inputs(path, ONE).arrays[0].ravel().tolist()
        assert numbers == list(range(len(numbers)))


def test_a_single_sample_needs_no_axis_of_samples(tmp_path: Path) -> None:
    """It is added, with a note."""
    np.save(tmp_path / "x.npy", NUMBERS[0])

    with pytest.warns(InputNote, match=r"has the shape \(2, 3\), without an axis of samples; it is taken for one"):
        assert np.array_equal(read_inputs(tmp_path / "x.npy", ONE).arrays[0], NUMBERS[:1])


def test_arrays_without_names_are_taken_in_the_model_s_order(tmp_path: Path) -> None:
    """As `numpy.savez(file, a, b)` writes them; names that are there win."""
    words, age = np.array([[1, 2, 3, 0]]), np.array([[41.5]])
    others = [("layer_a", "tensor_a", "arr_0"), ("layer_b", "tensor_b", "arr_1")]
    np.savez(tmp_path / "x.npz", words, age)
    np.savez(tmp_path / "y.npz", tensor_b=age, layer_a=words)

    for name in ("x.npz", "y.npz"):
        read = read_inputs(tmp_path / name, TWO, others)
        assert [array.tolist() for array in read.arrays] == [words.tolist(), age.tolist()]


def test_names_of_tensors_that_another_process_gave(tmp_path: Path) -> None:
    """In ascending order they are the model's inputs in order, with a note; in another nobody knows which is which."""
    words, age = np.array([[1, 2, 3, 0]]), np.array([[41.5]])
    others = [("layer_a", "tensor_a", "arr_0"), ("layer_b", "tensor_b", "arr_1")]
    np.savez(tmp_path / "x.npz", keras_tensor_9=words, keras_tensor_10=age)
    np.savez(tmp_path / "y.npz", keras_tensor_3=words, keras_tensor=age)

    with pytest.warns(InputNote, match="keras_tensor_9, keras_tensor_10 are taken in this order"):
        read = read_inputs(tmp_path / "x.npz", TWO, others)
    assert [array.tolist() for array in read.arrays] == [words.tolist(), age.tolist()]
    with pytest.raises(DataError, match="do not stand in their order; call the arrays"):
        read_inputs(tmp_path / "y.npz", TWO, others)


def test_files_that_declare_too_much_are_refused_unread(tmp_path: Path) -> None:
    """An archive that would unpack to gigabytes, and a header that promises numbers that are not there."""
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("input.npy", bytes(1000))
    declare(tmp_path / "x.npz", 600_000_000)
    np.save(tmp_path / "x.npy", np.zeros((1, 2, 3)))
    content = (tmp_path / "x.npy").read_bytes()
    (tmp_path / "x.npy").write_bytes(content.replace(b"(1, 2, 3), }   ", b"(9000, 2, 3), }"))
    (tmp_path / "y.npy").write_bytes(content.replace(b"(1, 2, 3), }        ", b"(90000000, 2, 3), } "))
    (tmp_path / "x.csv").write_text("1,2\n" * 1_100_000, encoding="utf-8")

    assert "it would unpack to 572 MB" in refusal(tmp_path / "x.npz", ONE)
    assert "it is damaged" in refusal(tmp_path / "x.npy", ONE)
    assert "90,000,000 × 2 × 3 numbers takes 4,120 MB, more than the limit of 512 MB" in refusal(
        tmp_path / "y.npy", ONE
    )
    assert "it has 1,100,000 lines; a worksheet has 1,048,576 rows" in refusal(tmp_path / "x.csv", ONE)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.csv"])
def test_a_pipe_is_not_waited_for(name: str, tmp_path: Path) -> None:
    """Inputs are ordinary files."""
    os.mkfifo(tmp_path / name)

    assert refusal(tmp_path / name, ONE) == "FILE cannot be read: it is a named pipe, not an ordinary file"


@pytest.mark.parametrize(("shape", "fits"), [
    ((1, 1_048_576), True), ((1, 1_048_577), False), ((70, 16_384), True), ((70, 16_385, 1), False),
    ((16_376,), True), ((16_377,), False), ((10_000, 104, 3), True), ((10_000, 105, 3), False),
    ((10_000, 105, 500), True),
])  # fmt: skip
def test_more_samples_or_steps_than_a_worksheet_has_room_for(shape: tuple[int, ...], fits: bool) -> None:
    """Samples that fit neither into rows nor into columns are refused with the sizes before Keras runs."""
    if fits:
        require_room([shape])
    else:
        with pytest.raises(
            WorkbookError, match=r"samples? (of [\d,]+ steps )?would need 1[\d,]+ (rows|columns) of a work"
        ):
            require_room([shape])
