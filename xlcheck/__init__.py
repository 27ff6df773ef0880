"""xlcheck: every number of a neural network's forward pass as a live, verified formula."""
