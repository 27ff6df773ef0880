"""Fixture ↔ JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from thorough import PATIENT, spread

from xlcheck.chapter.recordings.store import (
    Fixture,
    available_fixtures,
    load_fixture,
    read_fixture,
    to_json,
    write_fixture,
)
from xlcheck.errors import DataError, UsageError
from xlcheck.graph.trace import Trace


def with_value(fixture: Fixture, value: float, single: float) -> Fixture:
    """The fixture with another value of `dense.z` in both precisions."""

    def changed(trace: Trace, new: float) -> Trace:
        return replace(trace, values={**trace.values, "dense.z": np.full((2, 1), new)})

    return replace(fixture, trace=changed(fixture.trace, value), trace_float32=changed(fixture.trace_float32, single))


def same(a: Fixture, b: Fixture) -> bool:
    """Whether two fixtures are the same to the last bit, signs of zeros included."""

    def bits(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
        return [(name, (array.shape, array.tobytes())) for name, array in values.items()]

    plain = [replace(f, trace=Trace("", {}), trace_float32=Trace("", {}), further={}) for f in (a, b)]
    return (
        plain[0] == plain[1]
        and bits(a.trace.values) == bits(b.trace.values)
        and bits(a.trace_float32.values) == bits(b.trace_float32.values)
        and bits(a.further) == bits(b.further)
    )


@settings(PATIENT)
@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
def test_exact_to_the_last_bit(value: float, single: float) -> None:
    """Any finite float64 and float32 comes back as the same bits."""
    fixture = with_value(load_fixture("simple-rnn"), value, single)
    data = json.loads(to_json(fixture))

    assert np.array(data["float64"]["quantities"]["dense.z"]).tobytes() == fixture.trace["dense.z"].tobytes()
    stored = np.array(data["float32"]["quantities"]["dense.z"], dtype=np.float32)
    assert stored.astype(np.float64).tobytes() == fixture.trace_float32["dense.z"].tobytes()


@pytest.mark.parametrize("name", spread(available_fixtures(), 4))
def test_round_trip(name: str, tmp_path: Path) -> None:
    """What is written is read back as the same fixture, and written again as the same bytes."""
    fixture = load_fixture(name)
    write_fixture(fixture, tmp_path / "f.json")

    assert same(read_fixture(tmp_path / "f.json"), fixture)
    assert to_json(read_fixture(tmp_path / "f.json")).encode() == (tmp_path / "f.json").read_bytes()


def test_one_changed_number_is_one_changed_line() -> None:
    """In a diff, a number that moved is the one line of its quantity."""
    fixture = load_fixture("lstm")
    moved = {**fixture.trace.values, "lstm.i[1]": fixture.trace["lstm.i[1]"] + 1e-12}
    before = to_json(fixture).splitlines()
    after = to_json(replace(fixture, trace=replace(fixture.trace, values=moved))).splitlines()
    changed = [line for line, other in zip(before, after, strict=True) if line != other]

    assert [line.split(":")[0].strip() for line in changed] == ['"lstm.i[1]"']


def test_float32_is_written_short() -> None:
    """A float32 stands in the file with the digits that Keras prints, not with those of its float64."""
    text = to_json(load_fixture("simple-rnn-book"))

    assert '"dense.y": [[0.5319927]' in text or '"dense.y": [[0.53199273]' in text


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_not_finite_is_refused(value: float, tmp_path: Path) -> None:
    """JSON has no NaN and no infinity: the quantity is named, and nothing is written."""
    with pytest.raises(DataError, match=r"dense\.z is not finite"):
        write_fixture(with_value(load_fixture("simple-rnn"), value, 0.0), tmp_path / "f.json")

    assert not list(tmp_path.iterdir())


def test_unknown_name() -> None:
    """A fixture that does not exist is refused with the list of those that do; a path is no name."""
    for name in ("gpt", "../fixtures/lstm", "schema"):
        with pytest.raises(UsageError, match=r"there are .*, lstm, lstm-book, .* such as options/lstm-no-bias"):
            load_fixture(name)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '"lstm"', '{"format": "xlcheck-fixture-1"}', b"\xff"],
)
def test_damaged_file(content: str | bytes, tmp_path: Path) -> None:
    """A cut, empty or other file is called damaged in one sentence that names it."""
    path = tmp_path / "f.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)

    with pytest.raises(DataError, match=r"f\.json: this is not a fixture, or it is damaged"):
        read_fixture(path)


def test_other_format(tmp_path: Path) -> None:
    """A file of a later format says which format it has and which is read."""
    path = tmp_path / "f.json"
    path.write_text(to_json(load_fixture("lstm")).replace("xlcheck-fixture-1", "xlcheck-fixture-9"), encoding="utf-8")

    with pytest.raises(DataError, match="format is 'xlcheck-fixture-9'"):
        read_fixture(path)


def test_missing_file(tmp_path: Path) -> None:
    """A path without a file is an error with the system's reason."""
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_fixture(tmp_path / "gone.json")


@pytest.mark.parametrize("change", ["missing", "extra", "shape"])
def test_quantities_are_those_of_the_model(change: str, tmp_path: Path) -> None:
    """A file that lacks a quantity of its model, has another one or another shape is damaged."""
    data = json.loads(to_json(load_fixture("lstm")))
    quantities = data["float64"]["quantities"]
    if change == "missing":
        del quantities["lstm.f[0]"]
    elif change == "extra":
        quantities["lstm.g[0]"] = [[0.0], [0.0]]
    else:
        quantities["lstm.f[0]"].append([0.0])
    path = tmp_path / "f.json"
    path.write_text(json.dumps(data), encoding="utf-8")

    with pytest.raises(DataError, match="damaged"):
        read_fixture(path)
