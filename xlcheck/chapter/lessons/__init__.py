"""The chapter's workbooks as short recipes: the words on the sheets, the data sheet, the book's names."""
