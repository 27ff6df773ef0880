"""A sample of the values in models' configurations; `python tests/fuzz/config_values.py` tries all of them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from config_values import ENDS_WELL, ending, endings, models, write
from other_values import replaced
from thorough import EVERY_CASE, spread

pytestmark = pytest.mark.keras


def test_a_value_of_another_kind_ends_well(tmp_path: Path) -> None:
    """The model is traced, or refused in one sentence; both happen."""
    found = dict(endings(1597, 140 if EVERY_CASE else 8, tmp_path))

    assert {what: how for what, how in found.items() if how not in ENDS_WELL} == {}
    assert set(found.values()) == ENDS_WELL


@pytest.mark.parametrize(
    ("number", "place", "value"),
    spread(
        [
            (0, ("config", "layers", 1, "config", "mask_value"), [[]]),
            (2, ("config", "layers", 1, "config", "offset"), 1e300),
            (2, ("config", "layers", 1, "config", "scale"), None),
            (2, ("config", "layers", 1, "config", "offset"), []),
            (4, ("config", "layers", 3, "config", "strides", 1), 1e300),
            (3, ("config", "layers", 3, "config", "return_sequences"), True),
            (3, ("config", "layers", 3, "inbound_nodes", 0, "kwargs", "initial_state"), [[]]),
        ],
        2,
    ),
)
def test_what_once_ended_badly(number: int, place: tuple[str | int, ...], value: object, tmp_path: Path) -> None:
    """No number where one belongs, one that TensorFlow cannot hold, inputs that do not fit one another."""
    model, inputs = models()[number]
    model.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        config = json.loads(archive.read("config.json"))
    write(tmp_path / "model.keras", json.dumps(replaced(config, place, value)).encode(), tmp_path / "other.keras")

    assert ending(tmp_path / "other.keras", inputs) == "one sentence"
