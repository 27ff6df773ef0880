"""keras.Model → ModelSpec. `model_spec` is plain data; `keras_reader` is the only reader of Keras layers."""
