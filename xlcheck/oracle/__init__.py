"""Traces out of Keras itself."""
