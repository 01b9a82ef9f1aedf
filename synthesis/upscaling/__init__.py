"""Enlarging a camera's images: learned from its own, measured against bicubic interpolation."""
