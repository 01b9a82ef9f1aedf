"""Readings of sensors: where they come from, what can be used, and their regular grid."""
