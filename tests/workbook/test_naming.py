"""Names of worksheets and ranges that Excel accepts."""

from __future__ import annotations

import pytest

from xlcheck.workbook.naming import is_defined_name, sheet_name


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("lstm", [], "lstm"),
        ("lstm", ["LSTM"], "lstm 2"),
        ("lstm", ["lstm", "lstm 2"], "lstm 3"),
        ("block/lstm[1]:*?\\", [], "block_lstm_1_____"),
        ("a!b", [], "a_b"),
        ("_x0041_", [], "x0041_"),
        ("a" * 40, [], "a" * 31),
        ("a" * 40, ["a" * 31], "a" * 29 + " 2"),
        ("History", [], "History 2"),
        ("a" * 30 + "'b", [], "a" * 30),
        ("\U0001f642" * 20, [], "\U0001f642" * 15),
        ("\U0001f642" * 20, ["\U0001f642" * 15], "\U0001f642" * 14 + " 2"),
        ("'quoted'", [], "quoted"),
        ("", [], "sheet"),
    ],
)
def test_a_sheet_gets_a_name_that_excel_accepts(wanted: str, taken: list[str], name: str) -> None:
    """At most 31 units of UTF-16, nothing special, no apostrophe at the end, like no other whatever their case."""
    assert sheet_name(wanted, taken) == name


@pytest.mark.parametrize(
    ("name", "accepted"),
    [("lstm.kernel", True), ("bidirectional.forward_lstm.bias", True), ("1d.kernel", False), ("a b.kernel", False),
     ("kernel", False), ("a-b.kernel", False), ("_x0041_.bias", False), ("x." + "y" * 254, False),
     ("_xlnm.kernel", False), ("_XLNM.kernel", False), ("_xlfn.kernel", False), ("_x.kernel", True),
     ("x_xlnm.kernel", True)],
)  # fmt: skip
def test_a_range_is_only_called_what_excel_accepts(name: str, accepted: bool) -> None:
    """A name begins with a letter, not as Excel's own do, has no spaces or signs, and with a dot is like no cell."""
    assert is_defined_name(name) is accepted


def test_names_of_ranges_differ_by_more_than_their_case() -> None:
    """Excel repairs a file that has two names which differ by nothing else."""
    assert not is_defined_name("LSTM.kernel", ["lstm.kernel"])
    assert is_defined_name("LSTM.bias", ["lstm.kernel"])
