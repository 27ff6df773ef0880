"""Excel formulas both ways: text → tree → scalar terms, and expression → text."""
