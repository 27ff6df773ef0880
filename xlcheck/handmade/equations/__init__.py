"""Layers found by their equations: weighted sums become rows and steps, these layers of Keras, these networks."""
