"""The worksheets of a model's workbook, one file each."""
