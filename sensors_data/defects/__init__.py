"""Defects painted on real good parts, each with its mask: seeded, by kind, size and visibility."""
