"""A day's readings: judged, filed, written, and written again when late."""
