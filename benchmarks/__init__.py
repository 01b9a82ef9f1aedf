"""Measurements of quality and speed; README.md is their index. They run from a checkout and are not installed."""
