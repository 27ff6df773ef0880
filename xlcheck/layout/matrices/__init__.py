"""A network as matrices with numbers beside them: each step as on paper, and a small one as a whole."""
