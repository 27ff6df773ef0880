"""Read a workbook: its cells, what its formulas refer to, and what each of them computes."""
