"""Building, fitting and saving the models, deterministic by seed."""
