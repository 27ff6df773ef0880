"""A network in a workbook: the cells of its weights and inputs, what cells may hold, and the bindings that say so."""
