"""Scores against labels: measures and baselines."""
