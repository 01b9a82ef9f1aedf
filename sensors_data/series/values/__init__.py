"""Cells as values: numbers, units, codes for no value, words for states, plausible ranges."""
