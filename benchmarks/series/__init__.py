"""Detectors of series against baselines and published figures, on folders of labelled series."""
