"""The series detector: it learns windows of a family, scores grids and finds anomalies."""
