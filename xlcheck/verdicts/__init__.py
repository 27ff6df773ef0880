"""Compare what an engine computes with what Keras computes, cell by cell, and say what is wrong."""
