"""Workbooks with blanks, their solution and marking key, and other numbers for each student."""
