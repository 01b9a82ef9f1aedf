"""Readings on the family's clock, gaps filled, and windows of them."""
