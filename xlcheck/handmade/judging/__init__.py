"""Judge each cell, and name its mistake."""
