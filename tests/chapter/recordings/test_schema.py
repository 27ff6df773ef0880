"""The published JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from thorough import spread

from xlcheck.chapter.recordings.store import FORMAT, available_fixtures, fixtures_folder

SCHEMA = json.loads((fixtures_folder() / "schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def stored(name: str) -> Any:
    return json.loads((fixtures_folder() / f"{name}.json").read_text(encoding="utf-8"))


def test_schema_is_a_schema() -> None:
    """The schema itself follows the JSON Schema draft that it names."""
    Draft202012Validator.check_schema(SCHEMA)


def test_schema_is_of_this_format() -> None:
    """The schema names the format that fixtures are written in and read."""
    assert SCHEMA["properties"]["format"] == {"const": FORMAT}


@pytest.mark.parametrize("name", spread(available_fixtures(), 4))
def test_every_fixture_is_valid(name: str) -> None:
    """Each stored fixture follows the schema."""
    VALIDATOR.validate(stored(name))


BROKEN: dict[str, Callable[[Any], object]] = {
    "no weights": lambda data: data["float64"].pop("weights"),
    "a number as text": lambda data: data["float64"]["quantities"].update({"dense.y": [["0.5"]]}),
    "a quantity without samples": lambda data: data["float32"]["quantities"].update({"dense.y": [0.5]}),
    "unknown set of weights": lambda data: data.update({"weights": "guessed"}),
    "unknown member": lambda data: data.update({"date": "today"}),
    "a call without its layer": lambda data: data["model"]["calls"][0].pop("layer"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_fixture_is_invalid(case: str) -> None:
    """The schema refuses a file that lacks a part, has an unknown one, or holds a value of another kind."""
    data = stored("lstm")
    BROKEN[case](data)

    with pytest.raises(ValidationError):
        VALIDATOR.validate(data)
