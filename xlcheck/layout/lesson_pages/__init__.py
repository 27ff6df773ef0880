"""Pages that only some lessons have."""
