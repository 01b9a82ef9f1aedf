"""Simulated data from end to end: what `make demo` runs."""
