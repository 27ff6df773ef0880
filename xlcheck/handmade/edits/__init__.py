"""Which one edit makes all of a part a textbook network, what it changes, and what speaks against it."""
