"""The tables of layers, gradients and batches: a row for each unit of each symbol, and time to the right."""
