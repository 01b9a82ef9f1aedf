"""Named recipes: the reports' and papers' generators, and ours."""
