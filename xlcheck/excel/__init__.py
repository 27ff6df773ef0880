"""Everything that knows Excel: addresses, formulas, layout, the writer, the reader."""
