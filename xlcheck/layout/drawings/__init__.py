"""What is drawn of a network on the sheets: the way through it, and the cells of its layers."""
