"""What stands where on the sheets of a generated workbook."""
