"""Batches of painted defects: real good parts of a camera, each with one defect, its mask and its provenance."""
