"""Initial states out of a file: recurrent layers start from them, in the workbook as in Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlcheck.building.build import build_model
from xlcheck.errors import DataError, ModelError
from xlcheck.model.keras_import import import_keras
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

keras: Any = import_keras()
L: Any = keras.layers
RNG = np.random.default_rng(8)
X = RNG.normal(size=(2, 4, 3))
H, C = RNG.normal(size=(2, 2, 2))


def saved(folder: Path, layer: Any, *, batch: int | None = None) -> Path:
    keras.utils.set_random_seed(4)
    model = keras.Sequential([keras.Input(batch_shape=(batch, 4, 3)), layer, L.Dense(1, name="answer")])
    model.save(folder / "m.keras")
    return folder / "m.keras"


@pytest.mark.parametrize("stateful", [True, False])
def test_an_lstm_starts_from_the_states_in_the_archive(tmp_path: Path, stateful: bool) -> None:
    """Its answer is Keras's for these states, and the states stand in the workbook, sample by sample."""
    path = saved(tmp_path, L.LSTM(2, stateful=stateful, name="lstm"), batch=2 if stateful else None)
    np.savez(tmp_path / "x.npz", **{"input": X, "lstm.h_init": H, "lstm.c_init": C})
    built = build_model(path, tmp_path / "x.npz", tmp_path / "m.xlsx")
    lstm, answer = keras.saving.load_model(path).layers
    lstm.stateful = False
    states = [keras.ops.convert_to_tensor(state, dtype="float32") for state in (H, C)]
    desired = np.asarray(answer(lstm(X.astype(np.float32), initial_state=states)))
    cells = read_workbook(built.path).sheets["Inputs"].cells

    assert built.report.ok
    assert built.report.samples == 2
    np.testing.assert_allclose([cells[row, 2].value for row in (9, 10)], desired[:, 0], rtol=1e-5)
    assert {float(v) for v in H.ravel()} <= {cell.value for cell in cells.values()}


def test_states_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    """The sentence names the state: no layer has it, its shape is wrong, or it is not finite."""
    path = saved(tmp_path, L.GRU(2, name="gru"))
    archive = tmp_path / "x.npz"

    np.savez(archive, **{"input": X, "gru.c_init": C})
    with pytest.raises(ModelError, match=r"has no initial state gru\.c_init"):
        build_model(path, archive, tmp_path / "m.xlsx")
    np.savez(archive, **{"input": X, "gru.h_init": H[:, :1]})
    with pytest.raises(ModelError, match=r"gru\.h_init has the shape \(2, 1\); \(2, 2\) is needed"):
        build_model(path, archive, tmp_path / "m.xlsx")
    np.savez(archive, **{"input": X, "gru.h_init": H * np.nan})
    with pytest.raises(DataError, match=r"the gru\.h_init are no finite numbers"):
        build_model(path, archive, tmp_path / "m.xlsx")

    assert not (tmp_path / "m.xlsx").exists()
