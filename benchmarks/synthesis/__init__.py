"""Generators and other networks that make images: their quality, their use, and what they cost."""
