"""Any Keras model as a workbook: read its inputs, lay it out, write it, check it."""
