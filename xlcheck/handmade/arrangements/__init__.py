"""Which cells of some worksheets belong to which layer, what stands beside these, and what is left."""
