"""The jobs of a night: score, find, drift, self-test."""
