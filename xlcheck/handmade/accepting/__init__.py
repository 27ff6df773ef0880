"""Layers judged on what stands in their own inputs, and whether that is certain enough to call cells wrong."""
