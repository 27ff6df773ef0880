"""Formula engines behind one protocol."""
