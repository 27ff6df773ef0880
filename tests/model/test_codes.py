"""Inputs that hold codes of words."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.errors import ModelError
from xlcheck.model.codes import check_codes, code_inputs
from xlcheck.model.model_spec import LayerSpec, sequential

EMBEDDING = LayerSpec("Embedding", "embedding", {"input_dim": 7, "output_dim": 2, "mask_zero": False})
SPEC = sequential("model", (3,), (EMBEDDING,))


def test_input_of_an_embedding_holds_codes() -> None:
    """The size of the vocabulary is that of the layer that looks the codes up."""
    assert code_inputs(SPEC) == {"input": ("embedding", 7)}


def test_input_of_another_layer_holds_numbers() -> None:
    """Only an Embedding or a CategoryEncoding reads codes."""
    dense = LayerSpec("Dense", "dense", {"units": 1, "activation": "linear", "use_bias": False}, {"kernel": (3, 1)})

    assert code_inputs(sequential("model", (3,), (dense,))) == {}


def test_known_codes_pass() -> None:
    """From 0 to the last word."""
    check_codes(SPEC, {"input": np.array([[0.0, 6.0, 3.0]])})


@pytest.mark.parametrize("wrong", [7.0, -1.0, 2.5])
def test_unknown_code_is_refused(wrong: float) -> None:
    """A code outside the vocabulary would make Keras read another row, or none."""
    with pytest.raises(ModelError, match=f"input 'input' holds {wrong:g}; layer 'embedding' knows the codes 0 to 6"):
        check_codes(SPEC, {"input": np.array([[0.0, wrong, 3.0]])})
