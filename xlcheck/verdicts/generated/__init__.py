"""The check of a workbook that xlcheck has made, and that says of itself what it should compute."""
