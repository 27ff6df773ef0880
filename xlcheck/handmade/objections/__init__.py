"""What speaks against layers that all formulas agree with: numbers nobody reads, words, places, results passed over."""
