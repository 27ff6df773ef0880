"""What formulas compute, however they are written: polynomials, activations of them, or functions of results."""
