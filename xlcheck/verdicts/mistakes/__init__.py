"""The library of mistakes: what people do wrong in a cell, each as a change of what should be computed there."""
