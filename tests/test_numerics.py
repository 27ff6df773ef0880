"""What files hold is the same on every processor."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from xlcheck.numerics import dot, exp, expm1, log, log1p, tanh

_PRINTED = """
import hashlib, numpy as np
from xlcheck.numerics import dot, exp, expm1, log, log1p, tanh
random = np.random.default_rng(3)
x, matrix = random.normal(size=(40, 37)), random.normal(size=(37, 29))
found = [dot(x, matrix), exp(x), expm1(x), log(x**2), log1p(x**2), tanh(x)]
print(hashlib.sha256(b"".join(own.tobytes() for own in found)).hexdigest())
"""


def _digest(**settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _PRINTED], env=os.environ | settings, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_no_processor_has_another_last_digit() -> None:
    """Whatever NumPy and its products of matrices are made for, where both let themselves be told."""
    as_it_is = _digest()
    for features, kernels in (("X86_V4 AVX512_ICL AVX512_SPR", "Haswell"), ("X86_V3 X86_V4", "Prescott")):
        assert _digest(NPY_DISABLE_CPU_FEATURES=features, OPENBLAS_CORETYPE=kernels) == as_it_is


def test_functions_are_those_of_numpy() -> None:
    """To the last digits; infinite, or no number, where there is none."""
    x = np.linspace(-3, 3, 13)
    for own, its in ((exp, np.exp), (expm1, np.expm1), (tanh, np.tanh)):
        assert own(x) == pytest.approx(its(x), rel=1e-15)
    assert log1p(x**2) == pytest.approx(np.log1p(x**2), rel=1e-15)
    with np.errstate(all="ignore"):
        assert np.array_equal(log(np.array([0.0, -1.0, 1.0])), [-np.inf, np.nan, 0.0], equal_nan=True)
        assert exp(np.array([1000.0])) == np.inf


def test_products_are_added_up_in_order() -> None:
    """As a formula adds them: large numbers that cancel one another leave what came after them."""
    x = np.array([[1e17, 1.0, -1e17, 1.0]])

    assert dot(x, np.ones((4, 2))).tolist() == [[1.0, 1.0]]
    assert dot(x[0], np.ones((4, 1))).tolist() == [1.0]
    assert dot(np.zeros((2, 0)), np.ones((0, 3))).shape == (2, 3)
