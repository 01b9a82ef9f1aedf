"""A painter of defects learned from a few real ones: more of their kind, drawn on good parts."""
