"""The worksheets of a generated workbook: one file for each kind."""
