"""Detectors of images: defects, unknown images, false alarms, large pictures, and a camera that defocuses."""
