"""Find the networks in a workbook that nobody has described, also behind formulas that are wrong."""
