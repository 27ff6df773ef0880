"""Keras is imported quietly."""

from __future__ import annotations

import logging

from xlcheck.model.keras_import import import_keras


def test_tensorflow_does_not_warn_of_models_that_are_compiled_anew() -> None:
    """A model with several convolutions would end a build with a page about `tf.function` retracing."""
    import_keras()

    assert not logging.getLogger("tensorflow").isEnabledFor(logging.WARNING)
