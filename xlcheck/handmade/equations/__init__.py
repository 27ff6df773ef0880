"""Layers found by their equations: formulas become polynomials, polynomials rows and steps, these Keras layers."""
