"""Limits of scores: from nights that the model had not seen, carried and controlled."""
